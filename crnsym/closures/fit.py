"""Learn a moment closure of a lattice over rate constants and compositions."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns
from ..errors import FitError, NetworkError
from ..network.arguments import lattice_sides, time_grid, whole_number
from ..network.inputs import Formula, Hops, Shape, Times
from ..network.network import Network
from ..training.progress import Reporter, as_progress
from .conditions import (
    Ranges,
    composition_ranges,
    courses_of,
    draw,
    measured,
    rate_ranges,
    simulated,
)
from .domain import learned_domain
from .field import ClosureField, blank_field
from .learn import Courses, learn_courses, learn_motifs, rows_of, standardised
from .model import LearnedClosure, moment_names
from .processes import Processes, lattice_processes
from .simulate import CLOSURES, solved

LEFT_OUT = 8  # one condition in so many is for scores alone
MOTIF_STEPS = 1500


def fit_closure(
    network: Network,
    shape: Shape = (40, 40),
    times: Times = (0.0, 20.0, 21),
    rates: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    *,
    hops: Hops = 1.0,
    rules: Mapping[str, Any] | None = None,
    data: Sequence[tuple[Mapping[str, float], Any]] | None = None,
    conditions: int = 64,
    runs: int = 24,
    steps: int = 300,
    seed: int = 0,
    progress: Reporter = None,
) -> LearnedClosure:
    """Learn to close the exact equations of densities and neighbouring pairs, for ranges of rates and compositions.

    The equations of the reactions are exact but for motifs of three sites. These are taken by the pair approximation,
    and a small network corrects what each process does by them: it is learned from lattices, first from the motifs that
    are seen there, then so that whole courses come out. Only means over runs are used, so snapshots may be destructive.
    One model serves all rates and compositions of the ranges, and lattices of any size on which means are those of a
    large one; the rest is warned of (`simulate_closure`). One condition in eight is left out and tells the errors.

    Parameters
    ----------
    network
        Mass action of at most two reactants and two products; rates that vary are parameters.
    shape
        Sides of the lattice to learn on, all of the same length.
    times
        A tuple ``(start, stop, points)``, or the times themselves, of the snapshots.
    rates
        {parameter: (lowest, highest)}; others are as in the network.
    initial
        {species: (fewest, most) molecules, or a number} on random sites, over those of the network.
    hops, rules
        As in `crnsym.simulate_lattice`; values may be names of parameters of the network.
    data
        Lattices to learn from instead of simulated ones: pairs of {parameter: value} and runs or snapshots, one for
        each condition. They tell the times, compositions and ranges.
    conditions, runs
        How many rates and compositions are drawn, and lattices simulated for each.
    steps
        Of the optimiser on whole courses; 0 for none. Ctrl-C ends it early and keeps what there is.
    seed
        0 to 2^31.
    progress
        Function ``(stage, fraction, text)`` or reporter.

    Returns
    -------
    LearnedClosure

    Raises
    ------
    NetworkError
        A name that is no parameter or species, a range that is none, or a lattice that is too small.
    UnsupportedError
        A reaction that has no meaning on a lattice.
    DataError
        Snapshots of another kind of lattice, or of other species.
    FitError
        Fewer than 4 conditions.

    Examples
    --------
    >>> from crnsym import network
    >>> net = network("A -> 2 A @ k; A -> 0 @ 1; param k = 2")
    >>> fit_closure(net, (10, 10), (0, 4, 5), {"k": (1, 4)}, {"A": (20, 80)}, conditions=4, runs=2, steps=0).species
    ('A',)
    """
    counts = [
        whole_number(n, v, low, error=FitError) for n, v, low in (("conditions", conditions, 4), ("runs", runs, 2))
    ]
    steps, seed = whole_number("steps", steps, 0, error=FitError), whole_number("seed", seed, 0, 2**31 - 1, FitError)
    report = as_progress(progress).report
    clock = time.process_time()
    if data is None:
        processes = lattice_processes(network, lattice_sides(shape), hops, rules)
        ranges, starts = rate_ranges(processes, rates), composition_ranges(processes, initial)
        at, parts = _simulated(processes, ranges, starts, time_grid(times), counts[0], counts[1], seed, report)
    else:
        processes, at, parts = _given(network, hops, rules, data)
        ranges = {n: (min(v), max(v)) for n in processes.parameters for v in [[processes.values(k)[n] for k in at]]}
    took = time.process_time() - clock
    with jax.enable_x64(True):
        courses = courses_of(processes, at, parts)
        field, rows = _learned(processes, courses, steps, seed, report)
        scores = _scores(processes, field, courses.of(_left_out(len(at))))
    first = courses.moments[:, 0, : processes.species]
    begun = dict(zip(network.species_names, zip(first.min(axis=0), first.max(axis=0), strict=True), strict=True))
    domain = learned_domain(ranges, begun, float(courses.times.max()), *rows)
    field = jax.tree.map(lambda x: np.asarray(x) if isinstance(x, jax.Array) else x, field)
    seconds = {"simulation": took, "training": time.process_time() - clock - took}
    return LearnedClosure(processes, field, domain, scores, seconds)


def _simulated(
    processes: Processes, ranges: Ranges, starts: Ranges, clock: np.ndarray, conditions: int, runs: int, seed: int,
    report: Callable[[str, float | None, str], None],
) -> tuple[list, list]:  # fmt: skip
    drawn = draw(ranges, starts, int(np.prod(processes.shape)), conditions, seed)
    parts = []
    for i, (k, numbers) in enumerate(drawn):
        parts.append(measured(processes, simulated(processes, k, numbers, clock, runs, (seed + i * 7919) % 2**32)))
        report("simulating lattices", i / conditions, f"{i + 1} of {conditions} conditions")
    return [k for k, _ in drawn], parts


def _given(
    network: Network,
    hops: Hops,
    rules: Mapping[str, Formula] | None,
    data: Sequence[tuple[Mapping[str, float], LatticeRuns | Snapshots]],
) -> tuple[Processes, list, list]:
    pairs = list(data) if isinstance(data, Sequence) else []
    if len(pairs) < 4 or not all(isinstance(p, Sequence) and len(p) == 2 and isinstance(p[0], Mapping) for p in pairs):
        raise FitError("data: give four or more pairs ({parameter: value}, runs or snapshots), one for each condition")
    sides = getattr(pairs[0][1], "shape", None)
    if sides is None:
        values = getattr(pairs[0][1], "values", None)
        if values is None:
            raise NetworkError(f"data: expected runs or snapshots of a lattice, got {type(pairs[0][1]).__name__}")
        sides = values.shape[2:]
    if not sides:
        raise NetworkError("data: expected lattice runs or snapshots of a lattice, got counts")
    processes = lattice_processes(network, (max(sides),) * len(sides), hops, rules)
    return processes, [dict(k) for k, _ in pairs], [measured(processes, found) for _, found in pairs]


def _left_out(conditions: int) -> np.ndarray:
    return np.arange(conditions) % LEFT_OUT == LEFT_OUT // 2 if conditions >= LEFT_OUT else np.arange(conditions) == 1


def _learned(
    processes: Processes, courses: Courses, steps: int, seed: int, report: Callable[[str, float | None, str], None]
) -> tuple[ClosureField, tuple[np.ndarray, np.ndarray]]:
    field, kept = blank_field(processes, seed), courses.of(~_left_out(len(courses.rates)))
    rows, inputs = rows_of(field, kept)
    field = standardised(field, inputs)
    if processes.higher:
        field = learn_motifs(field, rows, MOTIF_STEPS, lambda done, text: report("motifs", done, text))
        if steps:
            field = learn_courses(field, kept, steps, seed, lambda done, text: report("courses", done, text))
    condition = np.repeat(np.arange(len(kept.rates)), kept.seen().sum(axis=1))
    return field, ((inputs - np.asarray(field.centre)) / np.asarray(field.scale), condition)


def _scores(processes: Processes, field: ClosureField, courses: Courses) -> dict[str, dict[str, np.ndarray]]:
    """Return relative L2 distances of conditions that were left out."""
    seen = courses.seen()[..., None] & (np.arange(courses.times.shape[1]) > 0)[:, None]
    size = np.maximum(np.linalg.norm(courses.moments * seen, axis=1), 1e-12)
    off = {"noise": np.linalg.norm(courses.error * seen, axis=1) / size}
    for name in CLOSURES:
        found = solved(field, courses.rates, courses.times, courses.moments[:, 0], name)
        off[name] = np.linalg.norm((found - courses.moments) * seen, axis=1) / size
    order = (*CLOSURES, "noise")
    return {q: {name: off[name][:, i] for name in order} for i, q in enumerate(moment_names(processes))}
