"""Compiled parallel loops entered from several threads: without OpenMP only one thread at a time may."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

from numba.np.ufunc.parallel import threading_layer

from crnsym.processors import wait_passively

P = ParamSpec("P")
R = TypeVar("R")
SAFE = ("omp", "tbb")  # layers of Numba whose loops several threads may enter; the third, workqueue, ends the process
_FREE: AbstractContextManager = nullcontext()
_turns = RLock()
_layer = ""


def _turn() -> AbstractContextManager:
    global _layer
    if not _layer:
        try:
            _layer = threading_layer()
        except ValueError:  # it is chosen when the first loop runs
            wait_passively()
            return _turns
    return _FREE if _layer in SAFE else _turns


def in_turn(loop: Callable[P, R]) -> Callable[P, R]:
    """Let a compiled parallel loop be called from any thread."""

    @wraps(loop)
    def run(*arguments: P.args, **options: P.kwargs) -> R:
        with _turn():
            return loop(*arguments, **options)

    return run
