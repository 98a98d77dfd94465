"""The price of a reaction, set by leaving runs out.

Where no mechanism reaches the noise, residuals are errors of the model, and a criterion that takes them for noise says
little about how many reactions the data support. Predicted runs do.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.problem import FitProblem
from crnsym.search.score import Score

ITERATIONS = 8  # of a fit to all runs but one, from the rates of all
COUNTS = 80  # numbers of independent values that are tried as explanation of the choice


def priced_by_runs(score: Score, fits: Sequence[Fit]) -> Score:
    """Choose the number of independent values so that the score prefers what predicts left-out runs.

    Parameters
    ----------
    score
        Its ``count`` is the first guess.
    fits
        The best of each number of reactions.

    Returns
    -------
    Score
        With the ``count`` nearest to the guess for which the score is least for the chosen mechanism: the smallest
        whose left-out error exceeds the least by no more than one standard error of the difference (Breiman et al.
        1984). As given where no run can be left out.
    """
    if not fits or len(fits[0].problem.lengths) < 3:
        return score
    best = _choice(np.array([left_out_errors(fit) for fit in fits]))
    counts = np.unique(np.geomspace(5, fits[0].count, COUNTS).astype(int))
    order = np.argsort(np.abs(np.log(counts / score.count)), kind="stable")
    places = {}
    for count in counts[order].tolist():
        trial = replace(score, count=count)
        values = [trial.mechanism(fit.mechanism, fit.chi2) for fit in fits]
        places.setdefault(count, abs(int(np.argmin(values)) - best))
    nearest = min(places, key=lambda count: places[count])  # the first of equals is nearest to the guess
    return replace(score, count=nearest)


def _choice(errors: np.ndarray) -> int:
    """First row (sizes ascend) whose mean is within one standard error of the difference from the least."""
    means = errors.mean(axis=1)
    least = int(np.argmin(means))
    if not np.isfinite(means[least]):
        return least
    excess = errors[: least + 1] - errors[least]
    spread = excess.std(axis=1, ddof=1) / np.sqrt(errors.shape[1])
    return int(np.argmax(np.isfinite(means[: least + 1]) & (excess.mean(axis=1) <= spread)))


def left_out_errors(fit: Fit) -> np.ndarray:
    """Chi2 per value of every run, ``(runs,)``, predicted from its first row by a fit to the others."""
    problem = fit.problem
    runs = np.arange(len(problem.lengths))
    errors: list[float] = []
    for run in runs:
        others = np.delete(runs, run)
        trained = fit_mechanism(
            fit.mechanism, problem.thin(others), initial=fit.initial_states[others], iterations=ITERATIONS
        )
        errors.append(_chi2(trained, problem.thin(np.array([run]))))
    return np.array(errors)


def _chi2(fit: Fit, run: FitProblem) -> float:
    here = evaluate(run, fit.mechanism, run.start) if fit.ok else None
    return np.inf if here is None else here.chi2 / max(run.count, 1)
