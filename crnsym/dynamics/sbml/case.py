"""Cases of the SBML Test Suite: a model, a settings file, and the table that the two ask for."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import FormatError
from .integrate import integrate
from .load import load
from .system import System

_SUFFIXES = ("l3v2", "l3v1", "l2v5", "l2v4", "l2v3", "l2v2", "l2v1", "l1v2", "l1v1")


@dataclass(frozen=True)
class Settings:
    """What a settings file says: the times, the variables, and which are amounts or concentrations."""

    start: float
    duration: float
    steps: int
    variables: tuple[str, ...]
    absolute: float = 1e-6
    relative: float = 1e-4
    amount: frozenset[str] = frozenset()
    concentration: frozenset[str] = frozenset()

    @classmethod
    def of(cls, given: "Settings | Mapping[str, Any] | str | os.PathLike") -> "Settings":
        """Return the settings of a file, or of a mapping with the same keys.

        Raises
        ------
        FormatError
            For a missing key, or a value that is no number.
        """
        if isinstance(given, Settings):
            return given
        found: dict[str, Any] = dict(given) if isinstance(given, Mapping) else _fields(Path(given))
        source = "settings" if isinstance(given, Mapping) else str(given)
        try:
            return cls(
                float(found.get("start") or 0),
                float(found["duration"]),
                int(found["steps"]),
                _names(found["variables"]),
                float(found.get("absolute") or 1e-6),
                float(found.get("relative") or 1e-4),
                frozenset(_names(found.get("amount"))),
                frozenset(_names(found.get("concentration"))),
            )
        except (KeyError, ValueError) as error:
            raise FormatError(f"{source}: start, duration, steps and variables are needed ({error})") from None

    @property
    def times(self) -> np.ndarray:
        """The times of the rows; shape (steps + 1,)."""
        times = self.start + np.arange(self.steps + 1) * self.duration / self.steps
        return np.array([float(f"{t:.13g}") for t in times])  # 0.3, not 0.30000000000000004: events may lie there


def simulate_case(
    folder_or_xml: str | os.PathLike, settings: "Settings | Mapping[str, Any] | str | os.PathLike | None" = None
) -> dict[str, np.ndarray]:
    """Simulate an SBML model as a case of the SBML Test Suite asks for it.

    Parameters
    ----------
    folder_or_xml
        A folder of the suite (the highest level and version in it is read), or an SBML file.
    settings
        A settings file, or a mapping with its keys ``start``, ``duration``, ``steps``, ``variables``, ``amount``,
        ``concentration``, ``absolute``; without it the ``*-settings.txt`` beside the model.

    Returns
    -------
    dict of str to ndarray
        The columns of the results file: ``time``, then the variables in their order; each of shape (steps + 1,).

    Raises
    ------
    UnsupportedError
        For algebraic rules, ``delay()``, fast reactions, required packages, and events in random order where the
        order matters; by name.
    FormatError
        For a broken model or settings file.
    SimulationError
        Where the integration does not reach its end.
    """
    model = _model_file(Path(folder_or_xml))
    system = System(load(model), str(model))
    s = Settings.of(_settings_file(model) if settings is None else settings)
    outputs = system.outputs(s.variables, set(s.amount), set(s.concentration))
    rows = integrate(system, s.times, outputs, rtol=1e-9, atol=min(1e-12, 1e-6 * s.absolute))
    if np.isnan(rows).any():
        system.refuse_unset()
    return {"time": s.times, **{name: rows[:, i] for i, name in enumerate(s.variables)}}


def _model_file(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.xml"))
    for suffix in _SUFFIXES:
        for file in found:
            if file.stem.endswith(f"-sbml-{suffix}"):
                return file
    named = [f for f in found if f.stem == path.name] or found
    if len(named) != 1:
        raise FormatError(f"{path}: one SBML file is needed, found {len(named)}")
    return named[0]


def _settings_file(model: Path) -> Path:
    found = sorted(model.parent.glob("*-settings.txt"))
    found = [f for f in found if model.stem.startswith(f.name.removesuffix("-settings.txt"))] or found
    if len(found) != 1:
        raise FormatError(f"{model.parent}: one *-settings.txt is needed, found {len(found)}")
    return found[0]


def _fields(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error})") from None
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines) if _}


def _names(text: Any) -> tuple[str, ...]:
    if text is None:
        return ()
    parts = text.split(",") if isinstance(text, str) else text
    return tuple(p.strip() for p in parts if p.strip())
