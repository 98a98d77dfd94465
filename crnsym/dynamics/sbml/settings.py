"""The settings file of a case of the SBML Test Suite."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import FormatError

_MOST_STEPS = 10**7


@dataclass(frozen=True)
class Settings:
    """What a settings file says: the times, the variables, which are amounts or concentrations, and how to judge."""

    start: float
    duration: float
    steps: int
    variables: tuple[str, ...]
    absolute: float = 1e-6
    relative: float = 1e-4
    amount: frozenset[str] = frozenset()
    concentration: frozenset[str] = frozenset()
    output: tuple[str, ...] = ()
    """Of a stochastic case: columns ``X-mean`` and ``X-sd``."""
    mean_range: tuple[float, float] = (-3.0, 3.0)
    sd_range: tuple[float, float] = (-5.0, 5.0)

    @classmethod
    def of(cls, given: "Settings | Mapping[str, Any] | str | os.PathLike[str]") -> "Settings":
        """Return the settings of a file, or of a mapping with the same keys.

        Raises
        ------
        FormatError
            For a missing key, or a value that is no number, negative, or too large.
        """
        if isinstance(given, Settings):
            return given
        found: dict[str, Any] = dict(given) if isinstance(given, Mapping) else _fields(Path(given))
        source = "settings" if isinstance(given, Mapping) else str(given)
        try:
            return cls(
                _time("start", found.get("start") or 0),
                _time("duration", found["duration"]),
                _steps(found["steps"]),
                _names(found["variables"]),
                float(found.get("absolute") or 1e-6),
                float(found.get("relative") or 1e-4),
                frozenset(_names(found.get("amount"))),
                frozenset(_names(found.get("concentration"))),
                _names(found.get("output")),
                _range(found.get("meanRange"), (-3.0, 3.0)),
                _range(found.get("sdRange"), (-5.0, 5.0)),
            )
        except (KeyError, ValueError) as error:
            raise FormatError(f"{source}: start, duration, steps and variables are needed ({error})") from None

    @property
    def times(self) -> np.ndarray:
        """The times of the rows; shape (steps + 1,), the start alone for no steps."""
        times = self.start + np.arange(self.steps + 1) * self.duration / max(1, self.steps)
        return np.array([float(f"{t:.13g}") for t in times])  # 0.3, not 0.30000000000000004: events may lie there


def _fields(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error})") from None
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines) if _}


def _time(key: str, given: float | str) -> float:
    value = float(given)
    if not 0 <= value < math.inf:
        raise ValueError(f"{key}: {given} is no time of 0 or more")
    return value


def _steps(given: float | str) -> int:
    value = float(given)
    if not (value.is_integer() and 0 <= value <= _MOST_STEPS):
        raise ValueError(f"steps: {given} is no whole number from 0 to {_MOST_STEPS}")
    return int(value)


def _names(text: str | Iterable[str] | None) -> tuple[str, ...]:
    if text is None:
        return ()
    parts = text.split(",") if isinstance(text, str) else text
    return tuple(p.strip() for p in parts if p.strip())


def _range(given: str | Sequence[float] | None, default: tuple[float, float]) -> tuple[float, float]:
    if not given:
        return default
    low, high = given.strip().strip("()").split(",") if isinstance(given, str) else given
    return float(low), float(high)
