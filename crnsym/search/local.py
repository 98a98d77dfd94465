"""Local search over reactions in the metric of the fitted trajectories."""

from dataclasses import replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import Library
from crnsym.search.linearise import linearise
from crnsym.search.moves import Move, propose
from crnsym.search.pool import Pool
from crnsym.search.score import Score

IMPROVEMENT = 1e-3
LEAST = 1e-6  # predicted rates are raised to this fraction of the largest


def indexed(mechanism: Mechanism, library: Library) -> tuple[np.ndarray, np.ndarray]:
    """Reactions of a mechanism as (complex index, net vector)."""
    position = {tuple(y): i for i, y in enumerate(library.complexes.tolist())}
    source = np.array([position[tuple(y)] for y in mechanism.reactants.tolist()], int)
    return source, mechanism.net_stoichiometry


def build(
    species: tuple[str, ...],
    library: Library,
    source: np.ndarray,
    net: np.ndarray,
    rates: np.ndarray,
    *remarks: str,
    model: Mechanism | None = None,
) -> Mechanism:
    """Mechanism from (complex index, net vector, rate); activation energies from those in ``model``."""
    reactants = library.complexes[source]
    same_order = np.equal.outer(reactants.sum(axis=1), reactants.sum(axis=1))  # other orders have other units
    largest = np.where(same_order, rates, 0.0).max(axis=1, initial=0.0)
    rates = np.maximum(rates, LEAST * largest + 1e-300)
    built = Mechanism(species, reactants, reactants + net, np.log(rates), remarks)
    return built if model is None else built.with_energies_of(model)


def local_search(
    fit: Fit,
    pool: Pool,
    library: Library,
    *,
    problem: FitProblem | None = None,
    rounds: int = EFFORT.local_rounds,
    refits: int = EFFORT.local_refits,
) -> Fit:
    """Improve a fitted mechanism until no neighbour is better.

    Each round linearises the trajectories about the current mechanism, scores every neighbour by the quadratic
    model and refits the most promising; the first that improves the true score is taken.

    Parameters
    ----------
    problem
        Fit to this (pieces of the runs) instead of the pool's problem.
    """
    target = pool.problem if problem is None else problem
    score = pool.score if problem is None else replace(pool.score, count=target.count)
    value = score.mechanism(fit.mechanism, fit.chi2)
    tried = {fit.mechanism.structure()}
    for _ in range(rounds):
        linear = linearise(fit, target, library.complexes)
        if linear is None:
            return fit
        source, net = indexed(fit.mechanism, library)
        moves = propose(source, net, linear, library, score)
        better = None
        spent = 0
        for move in moves:
            if spent >= refits or move.score > value + _slack(score):
                break
            candidate = build(
                fit.mechanism.species, library, move.source, move.net, move.rates, _remark(move), model=fit.mechanism
            )
            key = candidate.structure()
            if key in tried:
                continue
            tried.add(key)
            spent += 1
            needed = score.count * np.exp(
                (value - score.structure(candidate.reactants, candidate.net_stoichiometry)) / score.count
            )
            trial, trial_value = pool.fit(candidate, initial=fit.initial_states, give_up=needed, problem=problem)
            if trial.ok and trial_value < value - IMPROVEMENT:
                better = trial, trial_value
                break
        if better is None:
            return fit
        fit, value = better
    return fit


def _slack(score: Score) -> float:
    """How much worse than the current score a prediction may be and still deserve a refit."""
    return 0.1 * score.count + 2.0 * score.per_reaction


def _remark(move: Move) -> str:
    return {
        "add": "one reaction added",
        "drop": "one reaction dropped",
        "swap": "one reaction exchanged",
        "decode": "one complex decoded again",
        "transfer": "one product molecule moved between reactions",
    }[move.kind]
