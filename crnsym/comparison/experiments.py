"""The next experiment: starts, sampling times and species that separate the top mechanisms best.

A design is worth the weight that the true mechanism is expected to have after it (`expected_weight`): unlike sums of
pairwise distances (Box & Hill 1967, Technometrics 9, 57) this does not reward separating further what is already apart.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

import numpy as np

from ..errors import FitError, UnsupportedError
from ..network.arguments import seed_number
from ..refit.fit import Fit
from ..search.widen import start_with_hidden
from ..training.progress import Reporter, as_progress
from ..training.tasks import Tasks, as_tasks
from .candidate import Candidate
from .expected_weight import expected_weight
from .predict import predict, rising
from .proposal import Experiment
from .result import Discovery

TOP = 8  # mechanisms told apart
LEAST = 1e-3  # weight below which a mechanism is left out
RANDOM, ROUNDS, KEPT, CHILDREN = 192, 8, 6, 8  # random designs; rounds of improvement around the best
MOST_TIMES = 40  # allowed sampling times
BATCH = 24  # designs a task
STEPS = 20  # in which a concentration is weighed in, at least, up to its largest


def next_experiment(
    found: Discovery,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    times: np.ndarray | None = None,
    samples: int | None = None,
    measured: Sequence[str] | None = None,
    seed: int = 0,
    executor: Executor | Tasks | None = None,
    progress: Reporter = None,
) -> Experiment:
    """Choose the run that tells the top mechanisms apart best, in a closed vessel.

    Parameters
    ----------
    found
        What `discover` or `compare` returned, with two mechanisms at least.
    ranges
        {species: (smallest, largest initial concentration)}; a species that is not named starts at zero. By default
        from half the smallest to the largest start in the data: what is more may not be possible (solubility, percent).
        Where runs were fed, to the largest concentration that was measured.
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

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 1, 6), noise=0.05, seed=0)
    >>> found = cs.compare([cs.network("A -> B"), cs.network("2 A -> 2 B")], data)
    >>> design = cs.next_experiment(found, ranges={"A": (0.5, 2.0)}, samples=5)
    >>> sorted(design.start), len(design.times)
    (['A', 'B'], 5)
    """
    if found.problem.observation is not None:
        raise UnsupportedError("next_experiment designs runs of measured species; here only mixtures were measured")
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
    rng = np.random.default_rng(seed_number(seed, FitError))
    starts = _weighable(rng.uniform(low, high, (RANDOM, len(species))), low, high)
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
        moved = _weighable(moved, low, high)
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
        closed=found.data.operation is not None,
    )


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
        first = found.problem.start[:, : len(species)]
        low, high = 0.5 * first.min(axis=0), first.max(axis=0)
        if found.data.operation is None:
            return low, high
        return low, np.maximum(high, np.nanmax(np.concatenate(found.data.values), axis=0))  # what was fed, too
    bad = [s for s, (a, b) in ranges.items() if s not in species or not 0 <= a <= b]
    if bad:
        raise FitError(
            f"ranges of {', '.join(bad)}: give species of the data ({', '.join(species)}) with 0 <= low <= high"
        )
    box = np.array([ranges.get(s, (0.0, 0.0)) for s in species], float)
    return box[:, 0], box[:, 1]


def _weighable(starts: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return starts in round numbers that a person would weigh in, within their ranges, where there is a round one."""
    tens = 10.0 ** np.floor(np.log10(np.where(high > 0, high / STEPS, 1.0)))
    step = tens * np.select([high / STEPS >= 5 * tens, high / STEPS >= 2 * tens], [5.0, 2.0], 1.0)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return np.clip(np.where(first <= last, np.clip(np.rint(starts / step), first, last) * step, starts), low, high)


def _allowed(found: Discovery, times: np.ndarray | None) -> np.ndarray:
    if times is None:
        times = max(found.data.times, key=lambda t: (t[-1] - t[0], len(t)))
    times = rising(times)
    if len(times) < 2 or np.any(np.diff(times) <= 0):
        raise FitError("times must be increasing, two at least")
    chosen = np.unique(np.linspace(0, len(times) - 1, min(len(times), MOST_TIMES)).round().astype(int))
    return times[chosen]


def _random_times(allowed: int, count: int, rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([[0], np.sort(rng.choice(np.arange(1, allowed), count - 1, replace=False))])


def _course(fit: Fit, start: np.ndarray, grid: np.ndarray) -> np.ndarray:
    initial = start_with_hidden(fit, start[None])
    return predict(fit.mechanism, initial, [grid], fit.problem.noise)[0]
