"""Public verbs and methods that end in an error of Python say in one line which argument is of a wrong kind.

A verb has words of its own for most of what is wrong. Where it has none, and fails by an attribute that a text lacks,
the arguments are compared with the annotations. ``crnsym.NAME`` is the function that the stub names, with this around
it; public classes bear `checked`. A call that ends well costs a fraction of a microsecond more, and what the package
calls itself fails as it did: that would be a fault of the package.
"""

import builtins
import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any, TypeVar

from .errors import ArgumentError, CrnsymError
from .kinds import Inner, Kinds, fault, kinds_of

Class = TypeVar("Class", bound=type)


def checked(cls: Class) -> Class:
    """Let the public methods of a class, its sum and its making name wrong arguments."""
    for name, method in list(vars(cls).items()):
        called = cls.__name__ if name == "__init__" else f"{cls.__name__}.{name}"
        if name.startswith("_") and name not in ("__init__", "__add__"):
            continue
        if isinstance(method, (classmethod, staticmethod)):
            setattr(cls, name, type(method)(_telling(method.__func__, called)))
        elif inspect.isfunction(method) and len(inspect.signature(method).parameters) > 1:
            setattr(cls, name, _telling(method, called))
    return cls


@functools.cache
def public(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a function that names wrong arguments; it goes to other processes by its public name."""
    told = _telling(function, name)
    told.__module__, told.__qualname__ = "crnsym", name
    return told


def _telling(function: Callable[..., Any], called: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def telling(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except CrnsymError:
            raise
        except Exception as error:
            wrong = None if _within(sys._getframe(1)) else _wrong(function, arguments, options)
            if wrong is None:
                raise
            raise ArgumentError(f"{called}: {_described(*wrong)}") from error

    return telling


def _within(caller: FrameType | None) -> bool:
    """Whether the package itself has called; `crnsym.verbs` only passes on what users call."""
    while caller and caller.f_globals.get("__name__") == "crnsym.verbs":
        caller = caller.f_back
    return caller is not None and caller.f_globals.get("__name__", "").partition(".")[0] == "crnsym"


def _wrong(function: Callable[..., Any], arguments: tuple[Any, ...], options: Mapping[str, Any]) -> Inner | None:
    """Return the first argument, or the part of one, that is of another kind than its annotation says."""
    parameters = inspect.signature(function).parameters
    try:
        given = inspect.signature(function).bind(*arguments, **options).arguments
    except TypeError:  # too few, too many, or unknown: Python says which
        return None
    for name, value in given.items():
        parameter = parameters[name]
        kinds = _kinds(function, parameter.annotation)
        several = parameter.kind is parameter.VAR_POSITIONAL
        named = parameter.kind is parameter.VAR_KEYWORD
        parts = value.items() if named else [(f"{name}[{i}]", one) for i, one in enumerate(value)] if several else None
        for label, one in [(name, value)] if parts is None else parts:
            if found := fault(label, one, kinds):
                return found
    return None


def _described(where: str, wrong: object, wanted: Kinds) -> str:
    """Say which argument it is, or which part of one, what it is and what to give."""
    shown = "None" if wrong is None else "a function" if inspect.isroutine(wrong) else f"of type {type(wrong).__name__}"
    words = [kind.words for kind in wanted if kind.words != "None"]
    if "a path" in words and "a text" in words:
        words.remove("a text")  # it is the path
    listed = " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return f"{where} is {shown}; give {listed}"


def _kinds(function: Callable[..., Any], hint: Any) -> Kinds:
    """Return the kinds that an annotation admits; what it names is sought in its module, then in the package."""
    if hint is inspect.Parameter.empty:
        return ()
    if isinstance(hint, str):
        hint = eval(hint, {}, _Names(function.__globals__))
    return kinds_of(hint)


class _Names(Mapping[str, Any]):
    """What the annotations of a module name; modules that are read by type checkers only are not imported."""

    def __init__(self, here: Mapping[str, Any]) -> None:
        self.here = here

    def __getitem__(self, name: str) -> Any:
        if name in self.here or hasattr(builtins, name):
            return self.here[name]
        package = importlib.import_module("crnsym")
        return getattr(package, name) if name in package.__all__ else Any

    def __iter__(self) -> Iterator[str]:
        return iter(self.here)

    def __len__(self) -> int:
        return len(self.here)
