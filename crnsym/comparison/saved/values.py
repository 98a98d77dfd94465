"""Values of a discovery as values of JSON, and back: exact, without code, infinite numbers as texts."""

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from ...formats.json import from_dict, to_dict
from ...formats.json_kinds import Json
from ...network.network import Network
from .kinds import ONCE, kind, name_of

SMALL = 16  # numbers up to which an array is written wherever it stands
TYPES = "biufU"  # of arrays: truth values, whole and real numbers, text


class Writer:
    """Turns objects into values of JSON.

    Attributes
    ----------
    objects
        What is referred to by its place in this list; each refers to earlier ones only.
    """

    def __init__(self) -> None:
        self.objects: list[Any] = []
        self._places: dict[int, int] = {}
        self._kept: list[Any] = []  # as long as an object lives nobody else has its identity

    def plain(self, value: object) -> Json:
        """Return a value of JSON; TypeError for what has none."""
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float | np.generic):
            return self._number(value.item() if isinstance(value, np.generic) else value)
        if isinstance(value, list):
            return [self.plain(v) for v in value]
        if isinstance(value, tuple):
            return {"tuple": [self.plain(v) for v in value]}
        if isinstance(value, Mapping):
            if all(isinstance(k, str) for k in value):
                return {"map": {k: self.plain(v) for k, v in value.items()}}
            return {"map": [[self.plain(k), self.plain(v)] for k, v in value.items()]}
        if isinstance(value, np.ndarray):
            return self._once(value) if value.size > SMALL else _array(value)
        if isinstance(value, Network):
            metadata = {k: v for k, v in value.metadata.items() if k != "report"}
            return {"network": to_dict(value), "metadata": self.plain(metadata)}
        name = name_of(value)
        if not name:
            raise TypeError(f"a discovery with a {type(value).__name__} in it cannot be saved")
        return self._once(value) if name in ONCE else self._object(value)

    def _number(self, value: float | str) -> Json:
        return value if not isinstance(value, float) or math.isfinite(value) else {"number": repr(value)}

    def _object(self, value: object) -> Json:
        if isinstance(value, np.ndarray):
            return _array(value)
        return {"kind": name_of(value), "fields": {f.name: self.plain(getattr(value, f.name)) for f in fields(value)}}  # type: ignore[arg-type]  # what has a name is a data class

    def _once(self, value: object) -> Json:
        if id(value) not in self._places:
            written = self._object(value)
            self._places[id(value)] = len(self.objects)
            self.objects.append(written)
            self._kept.append(value)
        return {"object": self._places[id(value)]}


class Reader:
    """Turns values of JSON back into objects.

    Parameters
    ----------
    objects
        As `Writer.objects`.
    """

    def __init__(self, objects: list[Any]) -> None:
        self._objects: list[Any] = []
        for written in objects:
            self._objects.append(self.built(written))

    def built(self, value: Any) -> Any:
        """Return an object; some exception for what `Writer` did not write."""
        if isinstance(value, list):
            return [self.built(v) for v in value]
        if not isinstance(value, dict):
            return value
        if "object" in value:
            return self._objects[value["object"]]
        if "array" in value:
            return _read_array(value)
        if "tuple" in value:
            return tuple(self.built(v) for v in value["tuple"])
        if "map" in value:
            pairs = value["map"].items() if isinstance(value["map"], dict) else value["map"]
            return {self.built(k): self.built(v) for k, v in pairs}
        if "number" in value:
            return float(value["number"])
        if "network" in value:
            return replace(from_dict(value["network"]), metadata=self.built(value["metadata"]))
        return kind(value["kind"])(**{name: self.built(v) for name, v in value["fields"].items()})


def _array(value: np.ndarray) -> dict[str, Any]:
    if value.dtype.kind not in TYPES:
        raise TypeError(f"an array of {value.dtype} cannot be saved")
    flat = value.ravel().tolist()
    if value.dtype.kind == "f":
        flat = [v if math.isfinite(v) else repr(v) for v in flat]
    return {"array": flat, "type": value.dtype.str, "shape": list(value.shape)}


def _read_array(value: Mapping[str, Any]) -> np.ndarray:
    number = np.dtype(value["type"])
    if number.kind not in TYPES:
        raise TypeError(f"an array of {number}")
    flat = [float(v) for v in value["array"]] if number.kind == "f" else value["array"]
    return np.array(flat, number).reshape(value["shape"])
