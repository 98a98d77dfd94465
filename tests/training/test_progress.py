"""Anything with a report method reports."""

import pytest

from crnsym.training.progress import CallbackProgress, Progress, SilentProgress, as_progress


def test_none_is_silent_and_a_function_is_called():
    seen = []
    assert isinstance(as_progress(None), SilentProgress)
    as_progress(lambda *report: seen.append(report)).report("stage", 0.5, "best")
    assert seen == [("stage", 0.5, "best")]


def test_a_reporter_is_taken_as_it_is():
    reporter = SilentProgress()
    assert as_progress(reporter) is reporter


@pytest.mark.parametrize("kind", [SilentProgress, lambda: CallbackProgress(print)])
def test_reporters_follow_the_protocol(kind):
    assert isinstance(kind(), Progress)
