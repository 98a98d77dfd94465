"""What kind of thing an annotation admits, how it is called, and where a value is of another kind.

Annotations of the package say what is taken, and this reads them leniently: a list is a tuple, numbers of numpy and
sympy are numbers, whatever numpy reads is an array. What cannot be told from outside (``Any``, a type variable) admits
everything. Values of the right kind may still be wrong: their verbs say so.
"""

import os
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from numpy.typing import ArrayLike

Inner = tuple[str, Any, "Kinds"]
"""Part of a value, how it is called, and the kinds it may be of."""
Kinds = tuple["Kind", ...]
"""Kinds that a value may be of; none at all admits everything."""

LOOKED_AT = 100
"""Elements of a collection that are looked at: enough to name a wrong kind, and cheap."""

WORDS = {
    "Network": "a network, of crnsym.network('A -> B @ 0.1') or crnsym.read('model.crn')",
    "Trajectories": "measurements, of crnsym.read_table('runs.csv')",
    "Discovery": "a result, of crnsym.discover or crnsym.compare",
    "Candidate": "a candidate, such as crnsym.discover('runs.csv')[0]",
    "LatticeRuns": "runs, of crnsym.simulate_lattice",
    "Snapshots": "snapshots, of crnsym.read_snapshots",
    "CompositionDBM": "a model, of crnsym.fit_dbm",
    "LearnedClosure": "a closure, of crnsym.fit_closure",
    "ClosedMoments": "closed moments, such as crnsym.moment_equations(network).close()",
    "Executor": "an executor of concurrent.futures",
    "Axes": "axes of matplotlib",
    "DataFrame": "a frame",
    "LazyFrame": "a frame",
    "Expr": "an expression",
    "Basic": "an expression",
}
"""Where values of a class come from."""


@dataclass(frozen=True)
class Kind:
    """One kind of thing: what is called so, and what may be in it."""

    words: str
    admits: Callable[[Any], bool]
    inside: Callable[[str, Any], Iterator[Inner]] | None = None


def fault(name: str, value: object, kinds: Kinds) -> Inner | None:
    """Return where a value, or the first elements of it, is of no kind that is admitted; None where all is."""
    if not kinds:
        return None
    nearest = None
    for kind in kinds:
        if kind.admits(value):
            parts = kind.inside(name, value) if kind.inside else ()
            found = next(filter(None, (fault(*part) for part in parts)), None)
            if found is None:
                return None
            nearest = nearest or found
    return nearest or (name, value, kinds)


def kinds_of(hint: Any) -> Kinds:
    """Return the kinds that an annotation admits."""
    members = _members(hint)
    if not any("_SupportsArray" in str(member) for member in members):
        return _joined(members)
    others = [member for member in members if member not in _ARRAY_LIKE]  # it holds texts, which are never meant
    return tuple(dict.fromkeys((_ARRAY, *_joined(others)))) if others else (_ARRAY,)


def _joined(members: Iterable[Any]) -> Kinds:
    found: dict[str, Kind] = {}
    for member in members:
        kind = _kind(member)
        if kind is None:
            return ()
        found.setdefault(kind.words, kind)
    return tuple(found.values())


def _members(hint: Any) -> list[Any]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return [one for member in typing.get_args(hint) for one in _members(member)]
    return [hint]


def _bare(hint: Any) -> Any:
    return typing.get_origin(hint) or hint


def _kind(hint: Any) -> Kind | None:
    """Return the kind of one member of a union; None for what admits everything."""
    bare, inner = _bare(hint), typing.get_args(hint)
    if bare is None or bare is type(None):
        return Kind("None", lambda value: value is None)
    if bare is typing.Literal:
        return Kind(" or ".join(map(repr, inner)), lambda value: isinstance(value, tuple(map(type, inner))))
    if isinstance(bare, typing.ForwardRef):
        return _named(bare.__forward_arg__.rpartition(".")[2])
    if not isinstance(bare, type) or bare in (Any, object):
        return None
    if bare in _SIMPLE:
        return _SIMPLE[bare]
    if bare.__module__.partition(".")[0] in ("jaxtyping", "jax", "numpy") or bare.__name__ == "ndarray":
        return _ARRAY
    if issubclass(bare, Mapping) and bare.__module__ in ("collections.abc", "builtins"):
        return _mapping(*map(kinds_of, inner or (Any, Any)))
    if issubclass(bare, tuple) and inner and inner[-1] is not Ellipsis:
        return _tuple([kinds_of(one) for one in inner])
    if bare in (list, tuple, set, frozenset) or bare.__module__ == "collections.abc":
        return _CALLABLE if bare is Callable else _several(kinds_of(inner[0]) if inner else ())
    if getattr(bare, "_is_protocol", False):
        parts = [name for name in (*vars(bare), *getattr(bare, "__annotations__", ())) if not name.startswith("_")]
        return Kind(_called(bare.__name__), lambda value: all(hasattr(value, one) for one in parts)) if parts else None
    return Kind(_called(bare.__name__), lambda value: isinstance(value, bare))


def _named(name: str) -> Kind:
    """Return the kind of a class of a library that need not be there, by its name."""
    return Kind(_called(name), lambda value: any(base.__name__ == name for base in type(value).__mro__))


def _called(name: str) -> str:
    return WORDS.get(name, f"{'an' if name[0] in 'AEIOU' else 'a'} {name}")


def _is_number(value: Any) -> bool:
    """Whether a value is a number, or stands for one, such as a symbol or an array of no dimension."""
    return hasattr(type(value), "__float__") and not getattr(value, "shape", ())


def _is_whole(value: Any) -> bool:
    return _is_number(value) and (not isinstance(value, float) or value.is_integer())


def _is_several(value: Any) -> bool:
    """Whether a value is a list in the widest sense: it has elements, and is neither a text nor a dict."""
    if isinstance(value, (str, bytes, bytearray, Mapping, type)):
        return False
    return hasattr(value, "__array__") or isinstance(value, (Collection, Iterable))


def _is_array(value: Any) -> bool:
    return hasattr(type(value), "__array__") or _is_number(value) or isinstance(value, (list, tuple, range))


def _rows(name: str, value: Any) -> Iterator[Inner]:
    if isinstance(value, (list, tuple)):
        for i, one in enumerate(islice(value, LOOKED_AT)):
            yield f"{name}[{i}]", one, (_ARRAY,)


def _mapping(keys: Kinds = (), values: Kinds = ()) -> Kind:
    def inside(name: str, value: Any) -> Iterator[Inner]:
        for key, one in islice(value.items(), LOOKED_AT):
            yield f"a key of {name}", key, keys
            yield f"{name}[{key!r}]", one, values

    return Kind("a dict", lambda value: isinstance(value, Mapping), inside)


def _several(each: Kinds) -> Kind:
    def inside(name: str, value: Any) -> Iterator[Inner]:
        if isinstance(value, Collection):  # an iterator would be used up
            for i, one in enumerate(islice(value, LOOKED_AT)):
                yield f"{name}[{i}]", one, each

    return Kind("a list", _is_several, inside)


def _tuple(members: list[Kinds]) -> Kind:
    def inside(name: str, value: Any) -> Iterator[Inner]:
        if isinstance(value, Collection):
            for i, (one, kinds) in enumerate(zip(value, members, strict=False)):
                yield f"{name}[{i}]", one, kinds

    return Kind(f"{len(members)} values", _is_several, inside)


_ARRAY_LIKE = {*_members(ArrayLike)}
_ARRAY = Kind("an array of numbers", _is_array, _rows)
_CALLABLE = Kind("a function", callable)
_PATH = Kind("a path", lambda value: hasattr(type(value), "__fspath__"))
_NUMBER = Kind("a number", _is_number)
_SIMPLE: dict[type, Kind] = {
    str: Kind("a text", lambda value: isinstance(value, str)),
    bytes: Kind("bytes", lambda value: isinstance(value, bytes)),
    bool: Kind("True or False", lambda value: isinstance(value, int) or type(value).__name__ in ("bool_", "bool")),
    int: Kind("a whole number", _is_whole),
    float: _NUMBER,
    complex: _NUMBER,
    typing.SupportsFloat: _NUMBER,
    os.PathLike: _PATH,
}
