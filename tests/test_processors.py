"""The processors that a process may use."""

import os
import subprocess
import sys

import pytest

from crnsym import processors


@pytest.mark.parametrize(
    ("written", "most"), [("100000 100000", 1), ("150000 100000", 2), ("50000 100000", 1), ("max 100000", None)]
)
def test_a_container_bounds_the_processors(monkeypatch, tmp_path, written, most):
    monkeypatch.setattr(processors, "QUOTA", tmp_path / "cpu.max")
    processors.processors.cache_clear()
    unbounded = processors.processors()
    processors.QUOTA.write_text(written + "\n", encoding="ascii")
    processors.processors.cache_clear()
    assert processors.processors() == min(unbounded, most or unbounded)
    monkeypatch.undo()
    processors.processors.cache_clear()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="processes cannot be bound here")
def test_a_process_bound_to_one_processor_uses_one():
    code = "import os; os.sched_setaffinity(0, {0}); from crnsym.processors import processors; print(processors())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"
