"""How many processors this process may use, and threads that wait for each other without keeping one busy."""

import os
from functools import cache
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")  # of a container: microseconds of processor time in so many of the clock


@cache
def processors() -> int:
    """Count the processors that this process may use: those it is bound to, and no more than its container may spend.

    Programs that start as many threads as the machine has stand still where they may use one.
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(bound, _quota()))


def _quota() -> int:
    """Whole processors that a container may use, rounded up; very many where nothing is said."""
    try:
        spent, clock = QUOTA.read_text(encoding="ascii").split()
        return -(-int(spent) // int(clock))
    except (OSError, ValueError):  # no such file, or "max": no bound
        return 1 << 30


def wait_passively() -> None:
    """Let threads of OpenMP sleep while they wait; unless somebody wants it otherwise, and before any has started.

    On a busy machine threads that spin cost three times the work: 15 ms instead of 4 for an evaluation of 11 runs with
    50 times (two processors, load 14).
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
