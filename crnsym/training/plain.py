"""Arguments and results of tasks as text: exact, readable by another process or a later run, and safe to read.

Numbers keep every bit. An object that the reader has already (the measurements, above all) is written as a reference,
so that results stay small. Only data classes of this package are ever built from the text; nothing in it is executed.
"""

import hashlib
import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from ..formats.json_kinds import Json

LARGEST = 1 << 16  # bytes of one number or text in an array
PACKAGE = __name__.partition(".")[0]


def encode(result: object, shared: object = ()) -> str:
    """Write a result as text.

    Parameters
    ----------
    result
        None, booleans, numbers, text, NumPy arrays, and tuples, lists, dictionaries with text keys, and data classes
        of this package made of these.
    shared
        What the reader has too: data classes anywhere inside it are written as references.

    Raises
    ------
    TypeError
        Anything else.
    """
    places = {id(value): i for i, value in enumerate(_inside(shared))}
    return json.dumps(_plain(result, places))


def decode(text: str, shared: object = ()) -> Any:
    """Read what `encode` wrote, given an equal ``shared``.

    Raises
    ------
    ValueError
        The text was not written by `encode`.
    """
    try:
        return _built(json.loads(text), list(_inside(shared)))
    except Exception as error:  # also what a data class says of values that it refuses, and nesting without end
        raise ValueError(f"not the result of a task: {error}") from None


def fingerprint(*values: object) -> str:
    """Digest of everything inside ``values``, equal for equal content in any process."""
    from crnsym import __version__

    text = json.dumps([__version__, _plain(values, {}, exact=False)])
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object, places: Mapping[int, int], exact: bool = True) -> Json:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        data = np.ascontiguousarray(value)
        content = data.tolist() if exact else hashlib.sha256(data.tobytes()).hexdigest()
        return {"array": content, "type": data.dtype.str, "shape": list(data.shape)}
    if isinstance(value, np.generic):
        return _plain(value.item(), places, exact)
    if isinstance(value, list):
        return [_plain(v, places, exact) for v in value]
    if isinstance(value, tuple):
        return {"tuple": [_plain(v, places, exact) for v in value]}
    if isinstance(value, Mapping):
        return {"mapping": [[_plain(k, places, exact), _plain(v, places, exact)] for k, v in value.items()]}
    if id(value) in places:
        return {"shared": places[id(value)]}
    if is_dataclass(value) and not isinstance(value, type) and type(value).__module__.startswith(PACKAGE):
        content = {f.name: _plain(getattr(value, f.name), places, exact) for f in fields(value)}
        return {"class": f"{type(value).__module__}:{type(value).__qualname__}", "fields": content}
    raise TypeError(f"a task takes and returns numbers, arrays, text and data classes, not {type(value).__name__}")


def _built(value: Any, shared: list[Any]) -> Any:
    if isinstance(value, list):
        return [_built(v, shared) for v in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], _number_type(value["type"])).reshape(value["shape"])
    if "tuple" in value:
        return tuple(_built(v, shared) for v in value["tuple"])
    if "mapping" in value:
        return {_built(k, shared): _built(v, shared) for k, v in value["mapping"]}
    if "shared" in value:
        return shared[value["shared"]]
    return _kind(value["class"])(**{k: _built(v, shared) for k, v in value["fields"].items()})


def _kind(told: str) -> type:
    """Return a data class of this package by its module and name; nothing else is ever imported."""
    module, _, name = told.partition(":")
    parts = module.split(".")
    if parts[0] != PACKAGE or not all(part.isidentifier() and not part.startswith("_") for part in parts):
        raise TypeError(f"'{told}' is no module of this package")
    kind = getattr(importlib.import_module(module), name)
    if not (isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module):
        raise TypeError(f"'{told}' is no data class of this package")
    return kind


def _number_type(told: str) -> np.dtype:
    kind = np.dtype(told)
    if kind.kind not in "biufcU" or kind.itemsize > LARGEST:
        raise TypeError(f"'{told}' is no type of numbers or text")
    return kind


def _inside(value: object) -> Iterator[Any]:
    """Every data class inside a value, in one fixed order."""
    if isinstance(value, list | tuple):
        for v in value:
            yield from _inside(v)
    elif isinstance(value, Mapping):
        for v in value.values():
            yield from _inside(v)
    elif is_dataclass(value) and not isinstance(value, type):
        yield value
        for f in fields(value):
            yield from _inside(getattr(value, f.name))
