"""Arguments of public verbs: numbers checked where they come in, so that a wrong one is named at once."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..errors import CrnsymError, NetworkError
from .inputs import Times
from .network import Network

MOST_POINTS = 10**7
"""Times of a simulation."""


def whole_number(
    name: str, value: object, least: int = 0, most: int | None = None, error: type[CrnsymError] = NetworkError
) -> int:
    """Return a whole number within its range; 3.0 is one, True, ``"3"`` and NaN are none.

    Raises
    ------
    CrnsymError
        ``error``, with the name of the argument, its value and its range.
    """
    found = real(value)
    if found is None or found != found // 1 or found < least or (most is not None and found > most):
        span = f"of {least} or more" if most is None else f"from {least} to {most}"
        raise error(f"{name}={value!r}: give a whole number {span}")
    return int(value)  # type: ignore[call-overload]  # `real` has found a number


def seed_number(seed: object, error: type[CrnsymError] = NetworkError, most: int = 2**32 - 1) -> int:
    """Return a seed that every generator of random numbers takes.

    Raises
    ------
    CrnsymError
        ``error``, with the range.
    """
    return whole_number("seed", seed, 0, most, error)


def real(value: object) -> float | None:
    """Return a finite number, or None for anything else."""
    if isinstance(value, (str, bytes, bool, np.bool_)):
        return None
    try:
        found = float(value)  # type: ignore[arg-type]  # what is no number is refused
    except (TypeError, ValueError, OverflowError):
        return None
    return found if np.isfinite(found) else None


def by_name(name: str, values: object, example: str) -> Mapping[str, Any]:
    """Return a mapping of names, empty for None.

    Raises
    ------
    NetworkError
        Anything else; shows how to write it.
    """
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise NetworkError(f"{name} is a {type(values).__name__}; give values by name, as {example}")
    return values


def time_grid(times: Times) -> np.ndarray:
    """Return the times of ``(start, stop, points)``, or the times themselves, as floats.

    Raises
    ------
    NetworkError
        Fewer than two times, or times that are no finite numbers or do not increase; shows what was found.
    """
    if isinstance(times, tuple) and len(times) == 3:
        start, stop, points = (real(t) for t in times)
        if start is None or stop is None or not start < stop or points is None or not points == points // 1 >= 2:
            raise NetworkError(f"times={times} is not (start, stop, points) with start < stop and 2 or more points")
        if points > MOST_POINTS:
            raise NetworkError(f"times={times}: {points:.3g} points are too many; the most are {MOST_POINTS}")
        return np.linspace(start, stop, int(points))
    try:
        clock = np.asarray(times, dtype=float)
    except (TypeError, ValueError):
        clock = np.zeros(0)
    if clock.ndim != 1 or len(clock) < 2 or not np.isfinite(clock).all() or not (np.diff(clock) > 0).all():
        shown = " ".join(repr(times).split())
        shown = shown if len(shown) < 60 else f"{shown[:50]} ..."
        raise NetworkError(f"times={shown}: times must be (start, stop, points), or two or more times that increase")
    return clock


def lattice_sides(shape: int | Iterable[int]) -> tuple[int, ...]:
    """Return the sides of a lattice; one number is a chain.

    Raises
    ------
    NetworkError
        Anything but whole numbers.
    """
    given = list(shape) if isinstance(shape, Iterable) and not isinstance(shape, str) else [shape]
    try:
        return tuple(whole_number("shape", side) for side in given)
    except NetworkError:
        raise NetworkError(f"shape={shape!r}: give the sides of a lattice as whole numbers, such as (40, 40)") from None


def check_network(value: object) -> None:
    """Refuse anything but a network, such as its text or the name of its file.

    Raises
    ------
    NetworkError
        Says how to read one.
    """
    if not isinstance(value, Network):
        raise NetworkError(
            f"network is a {type(value).__name__}; make one of text by crnsym.network('A -> B @ 0.1'), "
            "or read one from a file by crnsym.read('model.crn')"
        )


def check_one_way(network: Network) -> None:
    """Refuse rates of both directions at once, which have no propensity and no noise of their own.

    Raises
    ------
    NetworkError
        Names the reaction.
    """
    for reaction in network.reactions:
        if reaction.rate.runs_backward:
            raise NetworkError(
                f"'{reaction}' has no propensity: its rate is that of both directions; write them as two reactions"
            )
