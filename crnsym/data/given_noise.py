"""Noise that is known: numbers that the user gives, or standard deviations that came with the measurements."""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from ..errors import DataError
from .trajectories import Trajectories

RELATIVES = np.concatenate([[0.0], np.geomspace(1e-3, 0.6, 64)])
FRACTIONS = np.concatenate([[1e-6], np.geomspace(1e-5, 0.6, 96)])  # absolute part over the species' range
FLOOR = 1e-4  # of the relative part times the range: the least absolute part, so that zeros have a finite weight
_NUMBER = re.compile(r"\s*([0-9.]+(?:[eE][+-]?\d+)?)\s*(%?)\s*")

Parts = tuple[np.ndarray, np.ndarray]
"""Relative and absolute part of each species, both ``(species,)``."""

GivenNoise: TypeAlias = str | float | Mapping[str, float | str]
"""The name of a form, or numbers as `given_parts` reads them."""


def given_parts(data: Trajectories, noise: GivenNoise) -> Parts | None:
    """Return the parts of a noise that is given by numbers; None where ``noise`` is the name of a form.

    Parameters
    ----------
    data
        The measurements; with ``errors`` and ``noise="auto"``, their law is the answer.
    noise
        A standard deviation in the units of the data (``0.02``), a share of the value (``"2%"``), or one of these a
        species (``{"A": 0.1, "B": "2%"}``).

    Raises
    ------
    DataError
        A number that is not positive, a species that the data do not have, or one without a number.
    """
    if isinstance(noise, Mapping):
        return _each(data, noise)
    if isinstance(noise, str):
        number = _NUMBER.fullmatch(noise)
        if number is None:
            return law_of_errors(data) if noise == "auto" and data.errors is not None else None
    return _each(data, dict.fromkeys(data.species, noise))


def _each(data: Trajectories, noise: Mapping[str, Any]) -> Parts:
    for name in noise:
        if name not in data.species:
            raise DataError(f"noise: '{name}' is no column of the data; there are {', '.join(data.species)}")
    missing = [s for s in data.species if s not in noise]
    if missing:
        raise DataError(f"noise: no standard deviation of {', '.join(missing)}; give one for every column")
    pairs = np.array([_number(name, noise[name]) for name in data.species])
    return floored(data, pairs[:, 0], pairs[:, 1])


def _number(name: str, given: object) -> tuple[float, float]:
    """Return the relative and the absolute part that a number, or a text such as ``2%``, stands for."""
    found = _NUMBER.fullmatch(str(given))
    try:
        value = float(found[1]) if found else float("nan")
    except ValueError:
        value = float("nan")
    if not (value > 0 and np.isfinite(value)):
        raise DataError(f"noise: '{given}' of {name} must be positive, a number such as 0.02, or 2% of the value")
    return (value / 100.0, 0.0) if found and found[2] else (0.0, value)


def law_of_errors(data: Trajectories) -> Parts:
    """Return the parts a, r of the law sigma^2 = a^2 + (r c)^2 nearest to the given standard deviations.

    Standard deviations of a few repeats scatter by half of their size; a law over all values of a species weighs them
    better than each would weigh itself. The likelihood is that of a variance from repeats (a gamma distribution):
    sum s^2/sigma^2 + ln sigma^2 is least.
    """
    values, errors = np.concatenate(data.values), np.concatenate(data.errors or ())
    spans = np.where(data.ranges() > 0, data.ranges(), np.nanmax(np.abs(values), axis=0))
    fitted = [_law(values[:, j], errors[:, j], spans[j]) for j in range(values.shape[1])]
    known = [parts for parts in fitted if parts is not None]
    if not known:
        raise DataError("the standard deviations are all missing or zero; give --noise, or leave them out")
    relative = float(np.median([r for r, _ in known]))
    share = float(np.median([f for _, f in known]))
    pairs = np.array([parts or (relative, share) for parts in fitted])
    return floored(data, pairs[:, 0], pairs[:, 1] * spans)


def _law(values: np.ndarray, errors: np.ndarray, span: float) -> tuple[float, float] | None:
    """Return the relative part, and the absolute part over the range, of one species."""
    seen = np.isfinite(values) & np.isfinite(errors)
    if not (errors[seen] > 0).any():
        return None
    squares, levels = errors[seen] ** 2, np.abs(values[seen])
    variance = (FRACTIONS[None, :, None] * span) ** 2 + (RELATIVES[:, None, None] * levels) ** 2
    loss = (squares / variance + np.log(variance)).sum(axis=-1)
    row, column = np.unravel_index(loss.argmin(), loss.shape)
    return float(RELATIVES[row]), float(FRACTIONS[column])


def floored(data: Trajectories, relative: np.ndarray, absolute: np.ndarray) -> Parts:
    """Give every species an absolute part, so that a value of zero has a finite weight."""
    largest = np.nanmax(np.abs(np.concatenate(data.values)), axis=0)
    return relative, np.maximum(absolute, FLOOR * np.maximum(relative, 1e-2) * np.where(largest > 0, largest, 1.0))
