"""A killed run leaves the old results or the new ones and no process; ``python -m tests.fuzz.kills`` kills many."""

import sys

import pytest

from .fuzz.kills import COMMANDS, kill_once, moments, ready


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks for processes in /proc")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_run_leaves_old_or_new_results_and_resumes_to_the_same(name, tmp_path):
    old, new, seconds = ready(tmp_path, name)
    for moment, moved in moments(3, seconds, seed=1):
        kill_once(name, tmp_path, old, new, moment, moved)
