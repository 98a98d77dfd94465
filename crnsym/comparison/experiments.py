"""The next experiment: starts, sampling times and species that separate the top mechanisms best.

Each mechanism in turn is taken to be true, as often as its weight says. Outcomes of a design are drawn from its course,
the uncertainty of its rates and the noise. Every mechanism is refitted to them (in the linear approximation around its
present fit, with the start of the new run free, as a new fit would have it); its score moves by what chi2 rises, and
the weights with it. A design is worth the weight that the true mechanism then has, on average: unlike sums of pairwise
distances (Box & Hill 1967, Technometrics 9, 57) this does not reward separating further what is already apart.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import FitError, UnsupportedError
from ..refit.evaluate import evaluate
from ..refit.fit import Fit
from ..refit.profile import degrees_of_freedom
from ..search.widen import start_with_hidden
from ..training.progress import as_progress
from ..training.tasks import Tasks, as_tasks
from .predict import predict
from .ranking import Candidate, Discovery

TOP = 8  # mechanisms told apart
LEAST = 1e-3  # weight below which a mechanism is left out
RANDOM, ROUNDS, KEPT, CHILDREN = 192, 8, 6, 8  # random designs; rounds of improvement around the best
START = 1.0  # standard deviation of the log of a start value, which is fitted anew in the new run
DRAWS = 64  # outcomes a mechanism
LEAST_SCALE = 1e-3  # of the noise: a fit through as few values as it has parameters leaves nothing
MOST_TIMES = 40  # allowed sampling times
BATCH = 24  # designs a task
FEW_TIMES = 8  # sampling times that are all listed


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
    expected
        Weight that the true mechanism is expected to have afterwards, if it is one of ``names``.
    typical, now
        The same for the median of random designs, and without a new experiment.
    names, weights
        Of the mechanisms told apart.
    grid, courses
        ``(points,)`` and ``(mechanisms, points, measured)``: their curves.
    parting
        The species and the time at which the curves lie farthest apart in units of the noise.
    """

    start: Mapping[str, float]
    times: np.ndarray
    measured: tuple[str, ...]
    expected: float
    typical: float
    now: float
    names: tuple[str, ...]
    weights: np.ndarray
    grid: np.ndarray
    courses: np.ndarray
    parting: tuple[str, float]

    def __str__(self) -> str:
        start = ", ".join(f"{s} = {v:.3g}" for s, v in self.start.items())
        return (
            f"Start with {start} and measure {', '.join(self.measured)} at {times_text(self.times)}. "
            f"The true mechanism's weight is expected to rise from {self.now:.2f} to {self.expected:.2f} "
            f"(a random design: {self.typical:.2f}). "
            f"The curves part most in {self.parting[0]} near t = {self.parting[1]:.3g}."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What one mechanism predicts of many designs on all allowed times, on the scale of unit noise.

    Attributes
    ----------
    means
        ``(designs, times, species)``.
    rates, starts
        ``(designs, times, species, numbers)``; their products with their transposes are the covariances that come from
        the rates, and from the start of the run.
    ok
        ``(designs,)``: which could be integrated.
    """

    means: np.ndarray
    rates: np.ndarray
    starts: np.ndarray
    ok: np.ndarray


def next_experiment(
    found: Discovery,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    times: np.ndarray | None = None,
    samples: int | None = None,
    measured: Sequence[str] | None = None,
    seed: int = 0,
    executor: Executor | Tasks | None = None,
    progress: Any = None,
) -> Experiment:
    """Choose the run that tells the top mechanisms apart best.

    Parameters
    ----------
    found
        What `discover` or `compare` returned, with two mechanisms at least.
    ranges
        {species: (smallest, largest initial concentration)}; a species that is not named starts at zero. By default
        from half the smallest to one and a half times the largest start in the data.
    times
        Allowed sampling times from the start at ``times[0]``; by default those of the longest run.
    samples
        How many of them are used, the first included; by default all.
    measured
        Species that can be measured; by default those of the data.
    seed
        Of the random designs.
    executor
        Values batches of designs in parallel, or `Tasks`, which also keep what is finished.
    progress
        Reporter or function ``(stage, fraction, best)``.

    Returns
    -------
    Experiment
        Printing it gives the proposal in words.

    Raises
    ------
    FitError
        Fewer than two mechanisms with different courses, or names and numbers that do not fit the data.
    UnsupportedError
        A mechanism with other rate laws than mass action.
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
    fits = [c.fit for c in rivals]
    tasks, reporter = as_tasks(executor), as_progress(progress)

    def valued(starts: np.ndarray, picks: np.ndarray) -> np.ndarray:
        batches = [(starts[i : i + BATCH], picks[i : i + BATCH]) for i in range(0, len(starts), BATCH)]
        return np.concatenate(tasks.run(_values, (fits, weights, allowed, columns), batches, "designs", reporter))

    value = valued(starts, picks)
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
        score = valued(moved, changed)
        starts, picks = np.vstack([starts[best], moved]), np.vstack([picks[best], changed])
        value = np.concatenate([value[best], score])
    winner = int(np.argmax(value))
    between = np.interp(np.arange(0.0, len(allowed) - 0.9, 0.25), np.arange(len(allowed)), allowed)
    grid = np.unique(np.concatenate([np.linspace(allowed[0], allowed[-1], 120), between]))
    full = [_course(c.fit, starts[winner], grid)[:, : len(species)] for c in rivals]
    on_noise = [found.noise.stabilise(c)[:, columns] for c in full]
    at, which = np.unravel_index(int(np.argmax(np.ptp(on_noise, axis=0))), (len(grid), len(columns)))
    return Experiment(
        start=dict(zip(species, map(float, starts[winner]), strict=True)),
        times=allowed[picks[winner]],
        measured=seen,
        expected=float(value[winner]),
        typical=typical,
        now=float((weights**2).sum()),
        names=tuple(c.name for c in rivals),
        weights=weights,
        grid=grid,
        courses=np.array([c[:, columns] for c in full]),
        parting=(seen[which], float(grid[at])),
    )


def times_text(times: np.ndarray) -> str:
    """Write sampling times shortly: ``t = 0, 0.5, 1``, or ``25 times from t = 0 to 8, 0.333 apart``."""
    if len(times) <= FEW_TIMES:
        return "t = " + ", ".join(f"{t:.3g}" for t in times)
    steps = np.diff(times)
    ends = f"{len(times)} times from t = {times[0]:.3g} to {times[-1]:.3g}"
    if np.ptp(steps) < 0.02 * steps.mean():
        return f"{ends}, {steps.mean():.3g} apart"
    half = FEW_TIMES // 2
    shown = [*(f"{t:.3g}" for t in times[:half]), "…", *(f"{t:.3g}" for t in times[-half:])]
    return f"{ends} ({', '.join(shown)})"


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
        temperatures=None if fit.problem.temperatures is None else fit.problem.temperatures.central(designs),
    )
    n = len(fit.covariance)
    here = evaluate(wide, fit.mechanism, initial)
    if here is None:
        if designs == 1:
            shape = (1, len(times), known)
            none = np.zeros((*shape, n)), np.zeros((*shape, initial.shape[1]))
            return Outcomes(np.zeros(shape), *none, np.array([False]))
        parts = [outcomes(fit, part, times) for part in np.array_split(starts, 2)]
        return Outcomes(*(np.concatenate([getattr(p, k) for p in parts]) for k in ("means", "rates", "starts", "ok")))
    # a log rate whose error is large is one near zero: its course is linear in the rate itself, with that very slope
    values, vectors = np.linalg.eigh(fit.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    jacobian = here.jacobian[:, :, :known]
    means = wide.noise.stabilise(here.states)[..., :known]
    return Outcomes(means, jacobian[..., :n] @ root, START * jacobian[..., n:], np.ones(designs, bool))


def expected_weight(
    rivals: Sequence[Fit],
    weights: np.ndarray,
    starts: np.ndarray,
    times: np.ndarray,
    picks: np.ndarray,
    columns: np.ndarray,
    seed: int = 0,
) -> np.ndarray:
    """Estimate the weight that the true mechanism will have after a run of each design.

    Parameters
    ----------
    rivals, weights
        The mechanisms, one of which is taken to be true, and their present weights.
    starts
        ``(designs, measured species)``.
    times, picks
        All allowed times and ``(designs, samples)`` indices of the ones used.
    columns
        Indices of the species that are measured.
    seed
        Of the outcomes; all designs share their random numbers.

    Returns
    -------
    ``(designs,)``; 0 where a mechanism could not be integrated.
    """
    rng = np.random.default_rng(seed)
    rows, designs = np.arange(len(starts))[:, None], len(starts)
    size = picks.shape[1] * len(columns)
    noise = rng.standard_normal((DRAWS, size))
    drawn, predicted, inverses, ok = [], [], [], np.ones(designs, bool)
    for fit in rivals:
        outcome = outcomes(fit, starts, times)
        mean = outcome.means[rows, picks][:, :, columns].reshape(designs, size)
        rates = outcome.rates[rows, picks][:, :, columns].reshape(designs, size, -1)
        start = outcome.starts[rows, picks][:, :, columns].reshape(designs, size, -1)
        scale = max(fit.chi2 / degrees_of_freedom(fit), LEAST_SCALE)
        random = rng.standard_normal((DRAWS, rates.shape[-1]))
        drawn.append(mean[:, None] + np.sqrt(scale) * noise + random @ rates.transpose(0, 2, 1))
        factor = np.concatenate([rates, start], axis=2)
        inverses.append(np.linalg.inv(scale * np.eye(size) + factor @ factor.transpose(0, 2, 1)))
        predicted.append(mean)
        ok &= outcome.ok
    total = np.zeros(designs)
    for j, outcome in enumerate(drawn):
        logs = []
        for weight, mean, inverse in zip(weights, predicted, inverses, strict=True):
            apart = outcome - mean[:, None]
            logs.append(np.log(weight) - 0.5 * ((apart @ inverse) * apart).sum(axis=2))
        after = np.exp(logs[j] - np.logaddexp.reduce(logs, axis=0))
        total += weights[j] * after.mean(axis=1)
    return np.where(ok, total, 0.0)


def _values(
    shared: tuple[list[Fit], np.ndarray, np.ndarray, np.ndarray], batch: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    (fits, weights, times, columns), (starts, picks) = shared, batch
    return expected_weight(fits, weights, starts, times, picks, columns)


def _rivals(found: Discovery) -> tuple[list[Candidate], np.ndarray]:
    groups: dict[int, Candidate] = {}
    for c in found:
        if c.weight > LEAST:
            groups.setdefault(c.group, c)
    rivals = list(groups.values())[:TOP]
    other = [c.name for c in rivals if not c.one_rate_each]
    if other:
        raise UnsupportedError(
            f"the next experiment is designed for mass-action mechanisms of the measured species; {', '.join(other)} "
            "has other rate laws or observables"
        )
    if len(rivals) < 2:
        raise FitError("there is nothing to tell apart: only one mechanism has a weight above 0.001")
    weights = np.array([c.weight for c in rivals])
    return rivals, weights / weights.sum()


def _box(found: Discovery, ranges: Mapping[str, tuple[float, float]] | None) -> tuple[np.ndarray, np.ndarray]:
    species = found.data.species
    if ranges is None:
        first = found.problem.start
        return 0.5 * first.min(axis=0)[: len(species)], 1.5 * first.max(axis=0)[: len(species)]
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
