"""Fit problems with species that were never measured, and without some."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.refit.evaluate import balanced
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem

NAMES = {"intermediate": ("Z", "Z1", "Z2", "Z3", "Z4", "hidden"), "catalyst": ("E", "E0", "Cat", "catalyst")}


def hidden_name(species: Sequence[str], kind: str = "intermediate") -> str:
    """Return a name for a hidden species that is not taken."""
    return next(name for name in NAMES[kind] if name not in species)


def with_unmeasured(problem: FitProblem, names: Sequence[str], starts: Sequence[float]) -> FitProblem:
    """Add species that were never measured as the last columns, each with one known start in every run."""
    scale = problem.typical
    count = len(names)

    def widen(array: np.ndarray, value: object) -> np.ndarray:
        last = np.broadcast_to(np.asarray(value, array.dtype), (*array.shape[:-1], count))
        return np.concatenate([array, last], axis=-1)

    noise = NoiseModel(
        np.append(problem.noise.relative, np.zeros(count)),
        np.append(problem.noise.absolute, [1e-3 * (scale if start == 0.0 else start) for start in starts]),
    )
    return replace(
        problem,
        species=(*problem.species, *names),
        values=widen(problem.values, 0.0),
        present=widen(problem.present, False),
        weights=None if problem.weights is None else widen(problem.weights, 1.0),
        noise=noise,
        start=widen(problem.start, np.array(starts)),
        free=widen(problem.free, False),
        guide=tuple(widen(g, 0.0) for g in problem.guide),
    )


def with_hidden(problem: FitProblem, start: str) -> FitProblem:
    """Add one species that was never measured, last.

    ``start`` is its initial state: ``"zero"``, ``"quasi_steady"`` (production equals consumption at the first
    sample) or ``"free"`` (fitted in every run).
    """
    n = len(problem.species)
    wide = with_unmeasured(problem, [hidden_name(problem.species)], [0.0])
    if start == "zero":
        return wide
    wide.start[:, n] = 0.1 * problem.typical
    if start == "free":
        wide.free[:, n] = True
        return wide
    return replace(wide, quasi_steady=(n,))


def with_hidden_as(pattern: FitProblem, problem: FitProblem) -> FitProblem:
    """Give a problem of the measured species the hidden ones that ``pattern`` has, if any."""
    n = len(problem.species)
    if len(pattern.species) == n:
        return problem
    if pattern.quasi_steady:
        return with_hidden(problem, "quasi_steady")
    starts = np.where(pattern.free[:, n:].any(axis=0), 0.0, pattern.start[0, n:])
    return replace(with_unmeasured(problem, pattern.species[n:], starts.tolist()), shared=pattern.shared)


def narrowed(problem: FitProblem, keep: Sequence[int]) -> FitProblem:
    """Return the problem of some of the species, named by their positions in ascending order."""
    chosen = list(keep)
    return replace(
        problem,
        species=tuple(problem.species[i] for i in chosen),
        values=problem.values[..., chosen],
        present=problem.present[..., chosen],
        weights=None if problem.weights is None else problem.weights[..., chosen],
        noise=NoiseModel(problem.noise.relative[chosen], problem.noise.absolute[chosen]),
        start=problem.start[:, chosen],
        free=problem.free[:, chosen],
        guide=tuple(course[:, chosen] for course in problem.guide),
        quasi_steady=tuple(chosen.index(i) for i in problem.quasi_steady if i in chosen),
        shared=tuple(chosen.index(i) for i in problem.shared if i in chosen),
    )


def start_with_hidden(fit: Fit, first: np.ndarray, kelvin: Sequence[float] | None = None) -> np.ndarray:
    """Return initial states of a fit's mechanism in runs of which only the measured species are known.

    ``kelvin`` are the temperatures of these runs, by default the reference of the mechanism.
    """
    known = first.shape[1]
    free = fit.problem.fitted.any(axis=0)
    constant = np.where(free, np.median(fit.initial_states, axis=0), fit.problem.start[0])[known:]
    start = np.hstack([first, np.tile(constant, (len(first), 1))])
    for index in fit.problem.quasi_steady:
        at = np.array([fit.mechanism.reference] * len(start) if kelvin is None else kelvin)
        start = balanced(index, start, fit.mechanism, np.exp(fit.mechanism.log_rates_at(at)))
    return start


def widened(mechanism: Mechanism, species: tuple[str, ...]) -> Mechanism:
    """Add further species, which no reaction of the mechanism touches, as last columns."""
    columns = np.zeros((len(mechanism.log_rates), len(species) - len(mechanism.species)), np.int64)
    return replace(
        mechanism,
        species=species,
        reactants=np.hstack([mechanism.reactants, columns]),
        products=np.hstack([mechanism.products, columns]),
    )
