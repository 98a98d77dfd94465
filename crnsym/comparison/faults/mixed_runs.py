"""A run of mixtures that differs from the others: in its speed, or in all it shows, by one factor."""

from dataclasses import replace

import numpy as np

from crnsym.comparison.faults.runs import EXPLAINED, LEAST_RUNS, SMALLEST, STRANGE, SUSPECT, best_factor
from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.problem import FitProblem


def runs_apart(fit: Fit, labels: tuple[str, ...]) -> list[str]:
    """Say which run does not fit the mechanism of the others, and the factor with which it would.

    Parameters
    ----------
    fit
        The best, to all runs.
    labels
        Names of the runs.
    """
    runs = np.arange(len(labels))
    if len(runs) < LEAST_RUNS or fit.problem.observation is None:
        return []
    found = [(fault, sentence) for run in runs for fault, sentence in [_without(fit, int(run), labels)] if sentence]
    return [min(found)[1]] if found else []


def _without(fit: Fit, run: int, labels: tuple[str, ...]) -> tuple[float, str]:
    """Fit without a run; chi2/N of the others over that of all, and what explains the run."""
    others = np.delete(np.arange(len(labels)), run)
    part = fit.problem.thin(others)
    trained = fit_mechanism(fit.mechanism, part, initial=fit.initial_states[others], iterations=20)
    own = evaluate(part, trained.mechanism, trained.initial_states) if trained.ok else None
    if own is None or trained.reduced > SUSPECT * fit.reduced:
        return 1.0, ""
    alone = fit.problem.thin(np.array([run]))
    seen = alone.observation
    assert seen is not None
    alone = replace(alone, observation=seen.held(own.coefficients))
    here = evaluate(alone, trained.mechanism, alone.start)
    if here is None or here.chi2 / max(alone.count, 1) < STRANGE:
        return 1.0, ""
    options = [_slower(trained, alone, labels[run]), _weaker(trained, alone, labels[run])]
    reduced, what = min(options)
    figures = f"chi2/N of all others is {trained.reduced:.2f}, of {labels[run]} {here.chi2 / alone.count:.3g}"
    if reduced > EXPLAINED:
        return trained.reduced / fit.reduced, f"{labels[run]} does not fit the others: {figures}; fit without it"
    return trained.reduced / fit.reduced, f"{what}: with that its chi2/N is {reduced:.2f}; {figures}"


def _slower(trained: Fit, alone: FitProblem, label: str) -> tuple[float, str]:
    """Scale all rates of the run."""
    factor, slowed = best_factor(trained, alone)
    way = f"{1.0 / factor:.3g} times slower" if factor < 1 else f"{factor:.3g} times faster"
    apart = max(factor, 1.0 / factor) > SMALLEST
    why = "look at its temperature, its stirring, its time column"
    return (slowed.reduced, f"{label} is {way} than the other runs ({why})") if apart else (np.inf, "")


def _weaker(trained: Fit, alone: FitProblem, label: str) -> tuple[float, str]:
    """Scale all columns of the run."""
    seen = alone.observation
    here = evaluate(alone, trained.mechanism, alone.start)
    if here is None or seen is None:
        return np.inf, ""
    shown = seen.weights * seen.values
    model = shown - here.residuals
    factor = float((shown * model).sum() / max((model**2).sum(), 1e-300))
    left = float(((shown - factor * model) ** 2).sum()) / max(alone.count, 1)
    way = f"{1.0 / factor:.3g} times weaker" if 0 < factor < 1 else f"{factor:.3g} times stronger"
    why = "look at what was weighed in, at a dilution, at the length of the cell"
    return (left, f"{label} shows all columns {way} than the other runs ({why})") if factor > 0 else (np.inf, "")
