"""Apparent orders of reaction: which rate is asked for, what makes it, and how sure the orders are."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...data.given_noise import GivenNoise
from ...data.laws import is_followed
from ...data.noise import NoiseModel, estimate_noise
from ...data.operation.attach import Operations, with_operation
from ...data.operation.courses import pieces
from ...data.smoothing import smooth
from ...data.sources import Measurements, as_trajectories
from ...data.trajectories import Trajectories
from ...errors import DataError, FitError, UnsupportedError
from ...refit.freedom import two_sided
from ...refit.temperature import Temperatures
from .courses import Course, courses_of
from .fit import PowerLaw, fit_power_law, refined
from .result import Order, Orders

MOVES = 4.0  # standard deviations of the noise by which a species must change to count as one that reacts
DRAWS = 24  # of the noise of concentrations
EXPLAINED, CORRELATED = 1.5, 0.4  # chi2 per degree of freedom and correlation of neighbours that a law may leave


def orders(
    data: Measurements,
    *,
    target: str | None = None,
    species: Sequence[str] | None = None,
    noise: GivenNoise = "auto",
    operation: Operations | None = None,
    level: float = 0.95,
) -> Orders:
    """Find apparent orders of reaction and the rate constant of one species, from a few runs.

    The rate of the target is a constant times powers of concentrations; orders may be fractions. They are found by
    least squares on the courses themselves, as in variable time normalisation analysis, without derivatives and without
    a mechanism. Runs must differ in what is to be told: excesses, or amounts of a catalyst.

    Parameters
    ----------
    data
        The measurements, as `read_table` returns them, or what it reads.
    target
        The species whose rate is described; by default the one that changes most, in units of its noise.
    species
        Those whose orders are asked for; by default all that are used up, and those that are constant in every run but
        not the same in all.
    noise
        As for `discover`.
    operation
        What was done to the vessel, as for `discover`.
    level
        Probability of the intervals.

    Returns
    -------
    Orders
        Its text is a table.

    Raises
    ------
    DataError, FitError
        Names that are no columns, runs of several temperatures, a target that does not change.

    Examples
    --------
    >>> import crnsym as cs
    >>> network = cs.network("A + B -> P @ 0.3")
    >>> runs = cs.simulate(network, (0, 10, 21), initial=[{"A": 1, "B": 2}, {"A": 2, "B": 1.5}])
    >>> [round(order.value, 2) for order in cs.orders(runs, noise=0.001).orders]
    [1.0, 1.0]
    """
    if not 0 < level < 1:
        raise FitError(f"level={level} is no probability; give a number between 0 and 1, such as 0.95")
    data = with_operation(as_trajectories(data), operation)
    _check(data)
    model = estimate_noise(data, noise)
    guide = smooth(data, model)
    moves = _moves(data, model, guide)
    goal = _index(data, target, "target") if target is not None else int(np.argmax(np.abs(moves)))
    drivers = _drivers(data, model, guide, moves, goal, species)
    courses, mean = courses_of(data, model, guide, goal, drivers)
    law = fit_power_law(courses, len(drivers))
    if law is None:
        raise FitError(f"{data.species[goal]} does not change; choose another target")
    covariance = law.covariance * law.chi2 / law.freedom
    covariance = covariance + scatter_by_drivers(data, model, guide, goal, drivers, law, mean)
    return replace(_told(data, goal, drivers, law, covariance, mean, level), lines=_lines(data, courses, law))


def _check(data: Trajectories) -> None:
    if Temperatures.of(data) is not None:
        raise DataError("orders need runs of one temperature; give those of one, or discover, which fits energies")
    if any(done.steady for done in data.operation or ()):
        raise UnsupportedError("orders need courses over time; samples of a tank at rest are for discover and compare")
    if data.wavelengths:
        raise DataError("orders need concentrations, not absorbances; the columns are wavelengths")


def _moves(data: Trajectories, noise: NoiseModel, guide: Sequence[np.ndarray]) -> np.ndarray:
    """Largest change by reaction of every species, in units of its noise, ``(species,)``; 0 for those not followed."""
    parts = pieces(data, guide)
    change = np.array([p.gained[-1] - p.gained[0] for p in parts])
    sigma = np.array([noise.sigma(p.smooth).mean(axis=0) for p in parts])
    largest = np.argmax(np.abs(change / sigma), axis=0)
    found = (change / sigma)[largest, np.arange(change.shape[1])]
    return np.where(is_followed(data), found, 0.0)


def _drivers(
    data: Trajectories,
    noise: NoiseModel,
    guide: Sequence[np.ndarray],
    moves: np.ndarray,
    goal: int,
    species: Sequence[str] | None,
) -> list[int]:
    if species is not None:
        chosen = [_index(data, name, "species") for name in species]
    else:
        levels = np.array([g.mean(axis=0) for g in guide])
        differs = np.ptp(levels, axis=0) > MOVES * noise.sigma(levels).mean(axis=0)
        still = (np.abs(moves) < MOVES) & differs & is_followed(data)
        chosen = [i for i in range(len(moves)) if moves[i] < -MOVES or (still[i] and i != goal)]
    unseen = [data.species[i] for i in chosen if not is_followed(data)[i]]
    if unseen:
        raise DataError(
            f"{unseen[0]} was not followed; orders need its course: measure it, or compute it by the balance"
        )
    if not chosen:
        raise FitError("no species is used up or differs between the runs; name those whose orders you want (species=)")
    return chosen


def _index(data: Trajectories, name: str, argument: str) -> int:
    if name not in data.species:
        raise DataError(f"{argument}: '{name}' is no column of the data; there are {', '.join(data.species)}")
    return data.species.index(name)


def scatter_by_drivers(
    data: Trajectories,
    noise: NoiseModel,
    guide: Sequence[np.ndarray],
    goal: int,
    drivers: Sequence[int],
    law: PowerLaw,
    mean: np.ndarray,
) -> np.ndarray:
    """Covariance of ln k and the orders that comes from noise in the concentrations that make the rate.

    Their noise is drawn anew some times about the smoothed courses, and smoothed as it was; the course of the target
    stays.
    """
    rng, moved = np.random.default_rng(0), []
    for _ in range(DRAWS):
        values = tuple(g + noise.sigma(g) * rng.standard_normal(g.shape) for g in guide)
        drawn = smooth(replace(data, values=values), noise)
        again, other = courses_of(data, noise, guide, goal, drivers, drawn)
        found = refined(again, law, other - mean)
        moved.append(np.concatenate([[found[0] + (mean - other) @ found[1:]], found[1:]]))
    return np.atleast_2d(np.cov(np.array(moved).T))


def _told(
    data: Trajectories,
    goal: int,
    drivers: Sequence[int],
    law: PowerLaw,
    covariance: np.ndarray,
    mean: np.ndarray,
    level: float,
) -> Orders:
    scale = law.chi2 / law.freedom
    half = two_sided(level, law.freedom)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))[1:]
    names = [data.species[i] for i in drivers]
    found = tuple(
        Order(name, float(n), float(e), float(n - half * e), float(n + half * e))
        for name, n, e in zip(names, law.orders, errors, strict=True)
    )
    direction = np.concatenate([[1.0], -mean])
    log_rate, spread = law.log_rate - mean @ law.orders, half * np.sqrt(max(direction @ covariance @ direction, 0.0))
    ends = float(np.exp(log_rate - spread)), float(np.exp(log_rate + spread))
    return Orders(
        data.species[goal],
        found,
        float(np.exp(log_rate)),
        ends,
        float(scale),
        level,
        _unit(data, float(sum(law.orders))),
        _remarks(found, covariance, scale, _correlation(law.residuals)),
        law.sign,
    )


def _lines(
    data: Trajectories, courses: Sequence[Course], law: PowerLaw
) -> tuple[tuple[str, np.ndarray, np.ndarray], ...]:
    found = []
    for course in courses:
        time = np.exp(law.log_rate) * course.integral(law.orders)[0]
        seen, share = course.weights > 0, course.weights**2
        level = float(share @ (course.values - law.sign * time)) / max(float(share.sum()), 1e-300)
        found.append((data.experiments[course.run], time[seen], course.values[seen] - level))
    return tuple(found)


def _unit(data: Trajectories, order: float) -> str:
    """Return the unit of k, concentration^(1 - order)/time; empty where it is not known."""
    concentrations = set(data.units)
    if len(concentrations) != 1 or "" in concentrations or not data.time_unit:
        return ""
    return f"{concentrations.pop()}^{1.0 - order:.2f}/{data.time_unit}"


def _correlation(residuals: Sequence[np.ndarray]) -> float:
    """Correlation of neighbouring residuals: near 0 for noise, near 1 where the law is wrong."""
    square = sum(float(r @ r) for r in residuals)
    return sum(float(r[1:] @ r[:-1]) for r in residuals) / square if square > 0 else 0.0


def _remarks(found: Sequence[Order], covariance: np.ndarray, scale: float, correlation: float) -> tuple[str, ...]:
    said = []
    if scale > EXPLAINED and correlation > CORRELATED:
        said.append(
            f"a power law leaves {scale:.1f} times the noise: the orders change in the course of the runs, as with an "
            "intermediate, an inhibition by product or several reactions"
        )
    unknown = [o.species for o in found if not o.known]
    if unknown:
        vectors = np.linalg.eigh(covariance[1:, 1:])[1]
        worst = np.abs(vectors[:, -1]) > 0.3
        together = [o.species for o, flag in zip(found, worst, strict=True) if flag]
        why = f"the runs change {' and '.join(together)} in step" if len(together) > 1 else "no run changes it enough"
        said.append(f"the order in {', '.join(unknown)} is not told: {why}; add a run with another ratio")
    return tuple(said)
