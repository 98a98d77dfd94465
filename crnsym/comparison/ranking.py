"""From fits to a ranked list of candidates."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from ..data.trajectories import Trajectories
from ..network.symbols import exact_number, symbol
from ..refit.coefficients import columns_of
from ..refit.fit import Fit
from ..refit.limits import lower_bound
from ..refit.problem import FitProblem
from ..rounding.to_network import default_energy_names, default_rate_names, to_network
from ..search.alike import Alike
from ..search.score import Score
from ..training.tasks import Tasks
from . import criteria
from .candidate import Candidate
from .describe import in_reading_order, reaction_texts
from .groups import acting, runnable, same_vector_field, tie_width
from .same_columns import same_columns


def rank(fits: Sequence[Fit], score: Score, scale: np.ndarray) -> list[Candidate]:
    """Order fits by score and merge those with the same vector field.

    The best-scored of a class represents it; the others become its ``alternatives``, unless they are the same reactions
    or only add some that do nothing. A hidden species that no reaction needs is no difference.

    Parameters
    ----------
    fits
        Final fits.
    score
        The ranking score on these data.
    scale
        ``(species,)`` typical concentrations.
    """
    usable = _without_idle([Alike.of(f.problem).named(f) for f in fits if f.ok], len(scale))
    ordered = sorted(usable, key=lambda f: (score_of(f, score), reaction_texts(f.mechanism)))
    kept: list[Candidate] = []
    for fit in map(in_order, _distinct(ordered)):
        for i, other in enumerate(kept):
            one, two = (acting(m, len(scale)) for m in (other.mechanism, fit.mechanism))
            if same_vector_field(one, two, scale) or same_columns(other.fit, fit):
                idle = set(reaction_texts(other.mechanism)) <= set(reaction_texts(fit.mechanism))
                if not idle:
                    kept[i] = replace(other, alternatives=(*other.alternatives, fit.mechanism))
                break
        else:
            kept.append(make_candidate(fit, score, group=len(kept), name=f"{len(kept) + 1:02d}"))
    return weigh(kept)


def sizes(data: Trajectories, problem: FitProblem) -> np.ndarray:
    """Return typical concentrations of the species that were measured or, behind mixtures, named, ``(species,)``."""
    if problem.observation is not None:
        return np.full(len(problem.species), problem.typical)
    return np.maximum(np.nanmean(np.abs(np.concatenate(data.values)), axis=0), 1e-300)


def _distinct(fits: Sequence[Fit]) -> list[Fit]:
    """Keep the first fit of the same reactions with the same assumption about the starts: dropped steps lead there."""
    kept: dict[tuple[object, ...], Fit] = {}
    for fit in fits:
        problem = fit.problem
        assumed = np.concatenate([problem.free.any(axis=0), (problem.start != 0).any(axis=0)])
        kept.setdefault((frozenset(reaction_texts(fit.mechanism)), problem.quasi_steady, assumed.tobytes()), fit)
    return list(kept.values())


def _without_idle(fits: Sequence[Fit], measured: int) -> list[Fit]:
    """Leave out mechanisms with reactions that never run, as of a hidden species that nothing makes, if others do."""

    def doing(fit: Fit, chosen: np.ndarray) -> frozenset[str]:
        return frozenset(reaction_texts(acting(fit.mechanism.take(chosen), measured)))

    runs = [runnable(f) for f in fits]
    whole = {doing(f, r) for f, r in zip(fits, runs, strict=True) if r.all()}
    return [f for f, r in zip(fits, runs, strict=True) if r.all() or doing(f, r) not in whole]


def score_of(fit: Fit, score: Score) -> float:
    """Score a fit; a rate that is at its limit, fixed or tied to others is not a fitted number."""
    value = score.widened(fit.problem).mechanism(fit.mechanism, fit.chi2)
    return value - (len(fit.covariance) - fit.directions.shape[1]) * float(np.log(score.count))


def weigh(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Give candidates their weights."""
    values = criteria.weights([c.score for c in candidates])
    return [replace(c, weight=float(w)) for c, w in zip(candidates, values, strict=True)]


def make_candidate(fit: Fit, score: Score, *, group: int = 0, name: str = "") -> Candidate:
    """Wrap one fit."""
    names = default_rate_names(fit.mechanism)
    rates = dict(zip(names, map(float, np.exp(fit.mechanism.log_rates)), strict=True))
    errors = {k: float(e) * rates[k] for k, e in zip(names, fit.log_errors, strict=True)}
    errors.update({names[j]: float("inf") for j in fit.pinned})
    hot = default_energy_names(fit.mechanism)
    energies = [] if fit.mechanism.energies is None else (fit.mechanism.energies / 1e3).tolist()
    energy_errors = dict(zip(hot, (fit.energy_errors / 1e3).tolist(), strict=True))
    energy_errors.update({hot[j]: float("inf") for j in fit.pinned if hot})
    network = to_network(fit.mechanism, names, fit.log_errors, fit.energy_errors, initial=typical_start(fit))
    return Candidate(
        network=replace(network, observables=observables_of(fit)) if fit.problem.observation else network,
        fit=fit,
        rates=rates,
        standard_errors=errors,
        n_parameters=fit.directions.shape[1],
        log_likelihood=criteria.log_likelihood(fit.chi2, fit.count),
        score=score_of(fit, score),
        provenance=fit.mechanism.provenance,
        group=group,
        name=name,
        bounds={names[j]: 0.0 for j in fit.pinned},
        energies=dict(zip(hot, energies, strict=True)),
        energy_errors=energy_errors,
    )


def observables_of(fit: Fit) -> dict[str, Any]:
    """Return the columns of mixtures as expressions of species; only those whose names a network can have."""
    taken = {*fit.mechanism.species, *default_rate_names(fit.mechanism)}

    def number(value: float) -> sp.Rational:
        return exact_number(float(f"{value:.6g}"))

    return {
        column: sum((number(f) * symbol(s) if s else number(f) for s, f in parts.items()), number(0.0))
        for column, parts in columns_of(fit).items()
        if column.isidentifier() and column not in taken
    }


def typical_start(fit: Fit) -> dict[str, float]:
    """Return the initial concentrations of the first run: what a simulation of the network starts from."""
    return dict(zip(fit.mechanism.species, map(float, fit.initial_states[0]), strict=True))


def in_order(fit: Fit) -> Fit:
    """Put the reactions of a fit into reading order."""
    order = in_reading_order(fit.mechanism)
    pinned = tuple(int(np.flatnonzero(order == j)[0]) for j in fit.pinned)
    every = np.concatenate([order + i * len(order) for i in range(fit.problem.numbers)])
    return replace(
        fit, mechanism=fit.mechanism.take(order), covariance=fit.covariance[np.ix_(every, every)], pinned=pinned
    )


def with_bounds(candidates: Sequence[Candidate], tasks: Tasks) -> list[Candidate]:
    """Find the bounds of the rates at their fast limit, by profile likelihood."""
    todo = [(i, j) for i, c in enumerate(candidates) if c.one_rate_each for j in c.fit.pinned]
    found = tasks.run(_bound, None, [(candidates[i].fit, j) for i, j in todo], "bounds of fast rates")
    bounds: list[dict[str, float]] = [{} for _ in candidates]
    for (i, j), value in zip(todo, found, strict=True):
        bounds[i][list(candidates[i].rates)[j]] = value
    return [replace(c, bounds=b) if b else c for c, b in zip(candidates, bounds, strict=True)]


def _bound(_: None, task: tuple[Fit, int]) -> float:
    return lower_bound(*task)


def count_ties(candidates: Sequence[Candidate], problem: FitProblem) -> int:
    """Count the candidates at the top that these data cannot tell apart."""
    width = tie_width(problem)
    return sum(bool(c.score - candidates[0].score <= width) for c in candidates)
