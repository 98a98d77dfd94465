"""Compiled functions whose stored machine code is never older than what it was made of.

Numba stores machine code and takes it again while the file of the function is unchanged; what the function calls in
other files, and the numbers it takes from there, may have changed meanwhile. Here they are part of the key.
"""

import hashlib
from collections.abc import Callable, Iterator
from functools import cache, wraps
from types import CodeType, FunctionType
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

P = ParamSpec("P")
R = TypeVar("R")
PLAIN = (bool, int, float, complex, str, bytes, tuple, type(None))


def njit(**options: Any) -> Callable[[Callable[..., Any]], Dispatcher]:
    """Compile as `numba.njit` does; with ``cache=True`` the machine code is stored under all that it was made of."""

    def compiled(function: Callable[..., Any]) -> Dispatcher:
        dispatcher: Any = numba.njit(**options)(function)
        if options.get("cache"):
            dispatcher._cache = _Cache(dispatcher.py_func)
        return dispatcher

    return compiled


def in_one_form(function: Callable[P, R]) -> Callable[P, R]:
    """Let a compiled function see arrays in C order that may be written, since for each other form it is compiled anew.

    Arrays that it fills must be of this form: of others it fills a copy.
    """

    @wraps(function)
    def run(*arguments: P.args, **options: P.kwargs) -> R:
        plain: Any = (_plain(a) if isinstance(a, np.ndarray) else a for a in arguments)
        return function(*plain, **options)

    return run


def _plain(array: np.ndarray) -> np.ndarray:
    flags = array.flags
    return array if flags.c_contiguous and flags.writeable else np.array(array, order="C")


class _Cache(FunctionCache):
    """Numba's store of one function, with a key that tells what the function stands on."""

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), contents(self._py_func))


@cache
def contents(function: FunctionType) -> str:
    """Digest of the instructions of a function, of all compiled ones that it calls and of the numbers it takes."""
    digest = hashlib.sha256()
    for part in _parts(function, set()):
        digest.update(part)
    return digest.hexdigest()


def _parts(function: FunctionType, met: set[FunctionType]) -> Iterator[bytes]:
    met.add(function)
    for code in _codes(function.__code__):
        yield code.co_code
        yield repr([c for c in code.co_consts if not isinstance(c, CodeType)]).encode()
        for name in code.co_names:
            yield name.encode()
            value = function.__globals__.get(name)
            if isinstance(value, Dispatcher):
                yield repr(sorted(value.targetoptions.items())).encode()
                if value.py_func not in met:
                    yield from _parts(value.py_func, met)
            elif isinstance(value, np.ndarray):
                yield f"{value.dtype}{value.shape}".encode() + value.tobytes()
            elif isinstance(value, PLAIN):
                yield repr(value).encode()


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Code and that of the functions and comprehensions inside it."""
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)
