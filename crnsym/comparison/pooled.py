"""Predictions of all candidates together, each with its weight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.frames import Tidy
from ..errors import DataError, UnsupportedError
from ..network.arguments import by_name, real, time_grid
from ..refit.general.mechanism import LawMechanism
from ..search.widen import start_with_hidden
from .predict import predict

if TYPE_CHECKING:
    from .candidate import Candidate
    from .result import Discovery

LEAST_WEIGHT = 0.01  # of a candidate that takes part, relative to the heaviest


@dataclass(frozen=True, slots=True, eq=False)
class PooledPrediction(Tidy):
    """Time courses averaged over candidates.

    Attributes
    ----------
    species
        Names of the measured species.
    times
        ``(times,)``.
    mean
        ``(times, species)`` weighted mean over the candidates.
    spread
        ``(times, species)`` weighted standard deviation between the candidates: what comes from not knowing the
        mechanism. Uncertainty of the rates and noise of a measurement are not in it.
    names, weights
        Of the candidates that took part; the weights sum to one.
    """

    species: tuple[str, ...]
    times: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    names: tuple[str, ...]
    weights: np.ndarray

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one dict a time: time, every species, and its spread as ``<species>_spread``."""
        rows = []
        for t, mean, spread in zip(self.times, self.mean, self.spread, strict=True):
            row = {"time": float(t)}
            for name, m, s in zip(self.species, mean, spread, strict=True):
                row |= {name: float(m), f"{name}_spread": float(s)}
            rows.append(row)
        return rows


def pooled_prediction(
    found: "Discovery", initial: Mapping[str, float], times: Sequence[float] | np.ndarray, kelvin: float | None = None
) -> PooledPrediction:
    """Predict a run by all candidates, weighted as they are (model averaging, Burnham & Anderson 2002, section 4.1).

    Parameters
    ----------
    found
        Result of `discover` or `compare`.
    initial
        {measured species: concentration at the first time}; those not named are absent. Hidden species start as in
        the fits.
    times
        From the start of the run on, or ``(start, stop, points)``, as in `simulate`.
    kelvin
        Temperature, where the candidates have activation energies.

    Raises
    ------
    DataError, NetworkError
        A species, a temperature or a time that cannot be used, or no candidate that can be integrated.
    UnsupportedError
        Candidates of other rate laws than mass action.
    """
    if any(isinstance(c.mechanism, LawMechanism) for c in found):
        raise UnsupportedError(
            "found: its candidates have rate laws of their own; simulate each one's network and weigh them"
        )
    species, grid = found.problem.species, time_grid(times)
    given = {name: real(value) for name, value in by_name("initial", initial, "{'A': 1}").items()}
    for name, value in given.items():
        if name not in species:
            raise DataError(f"initial: '{name}' is not a measured species; those are {', '.join(species)}")
        if value is None or value < 0:
            raise DataError(f"initial: '{name}' is {initial[name]!r}; give a concentration of 0 or more")
    if kelvin is not None and found.data.temperatures is None:
        raise DataError(f"kelvin={kelvin}: the runs had no temperatures, so the rates hold at theirs alone")
    if kelvin is not None and not (real(kelvin) or 0.0) > 0:
        raise DataError(f"kelvin={kelvin!r}: give a temperature in kelvin, above 0")
    first = np.array([[given.get(name, 0.0) for name in species]])
    heaviest = max((c.weight for c in found), default=0.0)
    taken, courses = [], []
    for candidate in found:
        if candidate.weight >= LEAST_WEIGHT * heaviest:
            course = _course(candidate, first, grid, kelvin)[:, : len(species)]
            if np.isfinite(course).all():
                taken.append(candidate)
                courses.append(course)
    if not taken:
        raise DataError("initial: no candidate could be integrated from there")
    weights = np.array([c.weight for c in taken])
    weights /= weights.sum()
    every = np.array(courses)
    mean = np.tensordot(weights, every, axes=1)
    spread = np.sqrt(np.tensordot(weights, (every - mean) ** 2, axes=1))
    return PooledPrediction(species, grid, mean, spread, tuple(c.name for c in taken), weights)


def _course(candidate: "Candidate", first: np.ndarray, times: np.ndarray, kelvin: float | None) -> np.ndarray:
    fit = candidate.fit
    at = None if kelvin is None else [kelvin]
    start = start_with_hidden(fit, first, at)
    return predict(fit.mechanism, start, [times], fit.problem.noise, kelvin=at)[0]
