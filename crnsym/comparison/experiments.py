"""The next experiment: starts, sampling times and species that separate the top mechanisms best.

Every mechanism predicts the outcome of a design as a Gaussian on the scale of unit noise: its course, with the noise,
the uncertainty of its rates and that of the start, which is fitted again. The information that the outcome gives on
*which* mechanism is right is bounded from below by the overlaps of these Gaussians (Kolchinsky & Tracey 2017, Entropy
19, 361), which, unlike sums of pairwise distances, does not reward separating further what is already apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import FitError
from ..refit.evaluate import evaluate
from ..refit.fit import Fit
from ..search.widen import start_with_hidden
from .predict import predict
from .ranking import Candidate, Discovery

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOP = 5  # mechanisms told apart
LEAST = 1e-3  # weight below which a mechanism is left out
RANDOM, ROUNDS, KEPT, CHILDREN = 192, 5, 6, 8  # random designs; rounds of improvement around the best
OPEN = 2.0  # largest standard deviation of a log rate: Laplace's approximation is not to be trusted beyond
START = 0.5  # standard deviation of the log of a start value, which is fitted anew in the new run
MOST_TIMES = 40  # allowed sampling times


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """A design, and what it is expected to tell.

    Attributes
    ----------
    start
        {species: initial concentration}.
    times
        Sampling times, the first at the start.
    measured
        Species to measure.
    information
        Expected information on which mechanism is right, in nats (a lower bound).
    typical, possible
        The median of random designs, and what there is to be known: the entropy of the weights.
    names, weights
        Of the mechanisms told apart.
    grid, courses
        ``(points,)`` and ``(mechanisms, points, measured)``: where their curves part.
    """

    start: Mapping[str, float]
    times: np.ndarray
    measured: tuple[str, ...]
    information: float
    typical: float
    possible: float
    names: tuple[str, ...]
    weights: np.ndarray
    grid: np.ndarray
    courses: np.ndarray

    def __str__(self) -> str:
        start = ", ".join(f"{s} = {v:.3g}" for s, v in self.start.items())
        times = ", ".join(f"{t:.3g}" for t in self.times)
        gap = np.abs(self.courses[0] - self.courses[1:]).max(axis=0)
        at, which = np.unravel_index(int(np.argmax(gap / np.maximum(gap.max(), 1e-300))), gap.shape)
        return (
            f"Start with {start} and measure {', '.join(self.measured)} at {times}. Expected information on the "
            f"mechanism: {self.information:.2f} of {self.possible:.2f} nats (a random design: {self.typical:.2f}). "
            f"The curves part most in {self.measured[which]} near t = {self.grid[at]:.3g}."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What one mechanism predicts of many designs on all allowed times, on the scale of unit noise.

    Attributes
    ----------
    means
        ``(designs, times, species)``.
    factors
        ``(designs, times, species, numbers)``; the product with their transpose is the covariance beside the noise.
    ok
        ``(designs,)``: which could be integrated.
    """

    means: np.ndarray
    factors: np.ndarray
    ok: np.ndarray


def next_experiment(
    found: Discovery,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    times: np.ndarray | None = None,
    samples: int | None = None,
    measured: Sequence[str] | None = None,
    seed: int = 0,
) -> Experiment:
    """Choose the run that tells the top mechanisms apart best.

    Parameters
    ----------
    found
        What `discover` or `compare` returned, with two mechanisms at least.
    ranges
        {species: (smallest, largest initial concentration)}; by default the range of the starts in the data. A species
        that is not named starts at zero.
    times
        Allowed sampling times from the start at ``times[0]``; by default those of the longest run.
    samples
        How many of them are used, the first included; by default all.
    measured
        Species that can be measured; by default those of the data.
    seed
        Of the random designs.

    Returns
    -------
    Experiment
        Printing it gives the proposal in words.

    Raises
    ------
    FitError
        Fewer than two mechanisms with different courses, or names and numbers that do not fit the data.
    """
    rivals, weights = _rivals(found)
    species = found.data.species
    seen = tuple(species if measured is None else measured)
    low, high = _box(found, ranges)
    allowed = _allowed(found, times)
    count = len(allowed) if samples is None else samples
    unknown = [s for s in seen if s not in species]
    if unknown or not 2 <= count <= len(allowed):
        raise FitError(
            f"measured={list(seen)}, samples={count} do not fit {len(allowed)} allowed times of {', '.join(species)}; "
            "give names of the data and between 2 samples and the number of times"
        )
    columns = np.array([species.index(s) for s in seen])
    rng = np.random.default_rng(seed)
    starts = rng.uniform(low, high, (RANDOM, len(species)))
    picks = np.array([_random_times(len(allowed), count, rng) for _ in starts])
    value = _information(rivals, weights, starts, allowed, picks, columns)
    typical = float(np.median(value))
    for step in np.geomspace(0.3, 0.03, ROUNDS):
        best = np.argsort(-value)[:KEPT]
        parents = np.repeat(best, CHILDREN)
        moved = starts[parents] + step * (high - low) * rng.standard_normal((len(parents), len(species)))
        # half of the children keep the start and change one sampling time
        moved[::2] = np.where(count < len(allowed), starts[parents[::2]], moved[::2])
        moved = np.clip(moved, low, high)
        changed = picks[parents].copy()
        for child in changed[::2] if count < len(allowed) else ():
            child[rng.integers(1, count)] = rng.choice(np.setdiff1d(np.arange(1, len(allowed)), child))
        changed = np.sort(changed, axis=1)
        score = _information(rivals, weights, moved, allowed, changed, columns)
        starts, picks = np.vstack([starts[best], moved]), np.vstack([picks[best], changed])
        value = np.concatenate([value[best], score])
    winner = int(np.argmax(value))
    grid = np.linspace(allowed[0], allowed[-1], 120)
    courses = np.array([_course(c.fit, starts[winner], grid)[:, columns] for c in rivals])
    return Experiment(
        start=dict(zip(species, map(float, starts[winner]), strict=True)),
        times=allowed[picks[winner]],
        measured=seen,
        information=float(value[winner]),
        typical=typical,
        possible=float(-(weights * np.log(weights)).sum()),
        names=tuple(c.name for c in rivals),
        weights=weights,
        grid=grid,
        courses=courses,
    )


def plot_experiment(ax: "Axes", experiment: Experiment, species: str | None = None) -> "Axes":
    """Draw what the mechanisms predict for one species, by default where they part most, with the sampling times."""
    gaps = np.ptp(experiment.courses, axis=0).max(axis=0)
    column = int(np.argmax(gaps)) if species is None else experiment.measured.index(species)
    for name, weight, course in zip(experiment.names, experiment.weights, experiment.courses, strict=True):
        ax.plot(experiment.grid, course[:, column], label=f"{name} ({weight:.2f})")
    ax.plot(experiment.times, np.zeros(len(experiment.times)), "|", color="0.3", transform=ax.get_xaxis_transform())
    ax.set(xlabel="time", ylabel=experiment.measured[column])
    ax.legend(frameon=False)
    return ax


def outcomes(fit: Fit, starts: np.ndarray, times: np.ndarray) -> Outcomes:
    """Predict many designs at once.

    Parameters
    ----------
    fit
        A mechanism with the covariance of its rates.
    starts
        ``(designs, measured species)``.
    times
        ``(times,)`` of all of them.
    """
    designs, known = starts.shape
    initial = start_with_hidden(fit, starts)
    runs = (designs, len(times))
    wide = replace(
        fit.problem,
        times=np.tile(times, (designs, 1)),
        lengths=np.full(designs, len(times)),
        values=np.zeros((*runs, initial.shape[1])),
        present=np.broadcast_to(np.arange(initial.shape[1]) < known, (*runs, initial.shape[1])).copy(),
        start=initial,
        free=initial > 0,
        guide=(),
    )
    n = len(fit.mechanism.log_rates)
    here = evaluate(wide, fit.mechanism, initial)
    if here is None:
        if designs == 1:
            shape = (1, len(times), known)
            return Outcomes(np.zeros(shape), np.zeros((*shape, n + initial.shape[1])), np.array([False]))
        parts = [outcomes(fit, part, times) for part in np.array_split(starts, 2)]
        return Outcomes(*(np.concatenate([getattr(p, k) for p in parts]) for k in ("means", "factors", "ok")))
    values, vectors = np.linalg.eigh(fit.covariance)
    root = vectors * np.sqrt(np.clip(values, 0.0, OPEN**2))
    jacobian = here.jacobian[:, :, :known]
    factor = np.concatenate([jacobian[..., :n] @ root, START * jacobian[..., n:]], axis=-1)
    return Outcomes(wide.noise.stabilise(here.states)[..., :known], factor, np.ones(designs, bool))


def _information(
    rivals: Sequence[Candidate],
    weights: np.ndarray,
    starts: np.ndarray,
    times: np.ndarray,
    picks: np.ndarray,
    columns: np.ndarray,
) -> np.ndarray:
    """Lower bound of the mutual information of mechanism and outcome, ``(designs,)``, in nats."""
    designs = np.arange(len(starts))[:, None]
    means, covariances, ok = [], [], np.ones(len(starts), bool)
    for c in rivals:
        predicted = outcomes(c.fit, starts, times)
        factor = predicted.factors[designs, picks][:, :, columns].reshape(len(starts), -1, predicted.factors.shape[-1])
        # a scale above one tells that the noise is larger than its model says
        scale = max(c.fit.reduced, 0.5)
        covariances.append(scale * np.eye(factor.shape[1]) + factor @ factor.transpose(0, 2, 1))
        means.append(predicted.means[designs, picks][:, :, columns].reshape(len(starts), -1))
        ok &= predicted.ok
    logs = [np.linalg.slogdet(v)[1] for v in covariances]
    overlap = np.ones((len(starts), len(rivals), len(rivals)))
    for i in range(len(rivals)):
        for j in range(i):
            middle = 0.5 * (covariances[i] + covariances[j])
            apart = means[i] - means[j]
            distance = 0.125 * (apart * np.linalg.solve(middle, apart[..., None])[..., 0]).sum(axis=1)
            distance += 0.5 * (np.linalg.slogdet(middle)[1] - 0.5 * (logs[i] + logs[j]))
            overlap[:, i, j] = overlap[:, j, i] = np.exp(-np.maximum(distance, 0.0))
    information = -(weights * np.log(np.maximum(overlap @ weights, 1e-300))).sum(axis=1)
    return np.where(ok, information, -1.0)


def _rivals(found: Discovery) -> tuple[list[Candidate], np.ndarray]:
    groups: dict[int, Candidate] = {}
    for c in found:
        if c.weight > LEAST:
            groups.setdefault(c.group, c)
    rivals = list(groups.values())[:TOP]
    if len(rivals) < 2:
        raise FitError("there is nothing to tell apart: only one mechanism has a weight above 0.001")
    weights = np.array([c.weight for c in rivals])
    return rivals, weights / weights.sum()


def _box(found: Discovery, ranges: Mapping[str, tuple[float, float]] | None) -> tuple[np.ndarray, np.ndarray]:
    species = found.data.species
    if ranges is None:
        first = found.problem.start
        return first.min(axis=0)[: len(species)], first.max(axis=0)[: len(species)]
    bad = [s for s, (a, b) in ranges.items() if s not in species or not 0 <= a <= b]
    if bad:
        raise FitError(
            f"ranges of {', '.join(bad)}: give species of the data ({', '.join(species)}) with 0 <= low <= high"
        )
    box = np.array([ranges.get(s, (0.0, 0.0)) for s in species], float)
    return box[:, 0], box[:, 1]


def _allowed(found: Discovery, times: np.ndarray | None) -> np.ndarray:
    if times is None:
        times = max(found.data.times, key=lambda t: (t[-1] - t[0], len(t)))
    times = np.asarray(times, float)
    if len(times) < 2 or np.any(np.diff(times) <= 0):
        raise FitError("times must be increasing, two at least")
    chosen = np.unique(np.linspace(0, len(times) - 1, min(len(times), MOST_TIMES)).round().astype(int))
    return times[chosen]


def _random_times(allowed: int, count: int, rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([[0], np.sort(rng.choice(np.arange(1, allowed), count - 1, replace=False))])


def _course(fit: Fit, start: np.ndarray, grid: np.ndarray) -> np.ndarray:
    initial = start_with_hidden(fit, start[None])
    return predict(fit.mechanism, initial, [grid], fit.problem.noise)[0]
