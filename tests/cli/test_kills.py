"""A killed run leaves the old results or the new ones and no process; ``python -m tests.fuzz.kills`` kills many."""

import sys

import pytest

from tests.fuzz.kills import kill_once, ready


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks for processes in /proc")
@pytest.mark.parametrize(("name", "part", "moved"), [("discover", 0.3, True)])
def test_a_killed_run_leaves_old_or_new_results_and_resumes_to_the_same(name, part, moved, tmp_path):
    old, new, seconds = ready(tmp_path, name)
    kill_once(name, tmp_path, old, new, part * (1.0 if moved else seconds), moved)
