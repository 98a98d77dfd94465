"""Fits of one mechanism as well as it can be."""

from collections.abc import Callable

from ..data.mechanism import Mechanism
from ..deciding import THRESHOLDS
from ..refit.fit import Fit, fit_mechanism
from ..refit.limits import limits
from ..refit.problem import FitProblem
from ..search.pieces import ladder
from .restrictions import Restrictions


def refit(mechanism: Mechanism, problem: FitProblem) -> Fit:
    """Fit one mechanism as well as it can be, from short pieces of the runs where whole runs fail."""
    fit = fit_mechanism(mechanism, problem, iterations=30)
    if fit.reduced > THRESHOLDS.poor:
        for length in ladder(problem):
            piecewise = fit_mechanism(mechanism, problem.cut(length), iterations=15)
            mechanism = piecewise.mechanism if piecewise.ok else mechanism
        shot = fit_mechanism(mechanism, problem, iterations=30)
        fit = shot if shot.chi2 < fit.chi2 else fit
    return polish(fit, required=lambda _: False)


def polish(
    fit: Fit, fitter: Callable[..., Fit] = fit_mechanism, required: Callable[[Mechanism], bool] = lambda _: True
) -> Fit:
    """Fit to tight tolerances, and send the rates that the data leave open to their limits, see `limits`."""
    if not fit.ok:
        return fit
    final = fitter(
        fit.mechanism,
        fit.problem,
        initial=fit.initial_states,
        iterations=40,
        tolerance=1e-7,
        rtol=1e-6,
        pinned=fit.pinned,
    )
    return limits(final if final.ok else fit, fitter, required)


def polished(restrictions: Restrictions, fit: Fit) -> Fit:
    """Polish one fit as a task, see `crnsym.training.tasks`."""
    return polish(fit, required=restrictions.met_by)
