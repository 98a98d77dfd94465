"""Anything with a report method reports."""

import pytest

from crnsym.training.progress import CallbackProgress, Progress, RichProgress, SilentProgress, as_progress


def test_none_is_silent_and_a_function_is_called():
    seen = []
    assert isinstance(as_progress(None), SilentProgress)
    as_progress(lambda *report: seen.append(report)).report("stage", 0.5, "best")
    assert seen == [("stage", 0.5, "best")]


def test_a_reporter_is_taken_as_it_is():
    reporter = SilentProgress()
    assert as_progress(reporter) is reporter


@pytest.mark.parametrize("kind", [SilentProgress, lambda: CallbackProgress(print), RichProgress])
def test_reporters_follow_the_protocol(kind):
    assert isinstance(kind(), Progress)


def test_the_terminal_line_shows_the_stage_and_the_best_answer(capsys):
    with RichProgress(interval=0.0) as progress:
        progress.report("training", 0.25, "loss 0.5")
        progress.report("polishing", None, "loss 0.25")
    assert "polishing" in capsys.readouterr().out
