"""Limits of a mechanism: rates that run to infinity are pinned there, and bounded instead of estimated.

On a face of the parameter space a rate is infinite at a fixed ratio to its partners: a forward and backward pair at
equilibrium, or an intermediate consumed as soon as it is made. Whichever face it is, the same routine finds it: hold
the rate so high that its reaction is over long before the next sample, let the others follow along the sloppy
direction, refit them, and count one parameter less (Transtrum & Qiu 2014, manifold boundaries).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.freedom import rise

FAST = 1e3  # turnovers of a pinned reaction between two samples
SLOPPY = 0.25  # standard error of a log rate above which its limit is tried
FAINT = 1.0  # standard error of a log rate above which the reaction may as well not be there
SHARED = 0.15  # a partner follows fully (or not at all) if its share of the sloppy direction is that close to 1 (or 0)
STEP, LOWEST = 1.0, 14.0  # in ln k: steps of the profile, and how far down it is followed


def limits(
    fit: Fit, fitter: Callable[..., Fit] = fit_mechanism, required: Callable[[Mechanism], bool] = lambda _: True
) -> Fit:
    """Pin, one after the other, the rates that the data let run to infinity.

    Parameters
    ----------
    fit
        A fitted mechanism.
    fitter
        Stands in for `fit_mechanism`.
    required
        Whether a mechanism still has the reactions that it must have.

    Returns
    -------
    Fit
        The fit on the lowest face, without reactions that do nothing, that costs less than the parameters it saves,
        N ln(chi2/N) + p ln N; or ``fit`` itself.
    """
    price = fit.problem.numbers * float(np.log(max(fit.count, 2)))
    while fit.ok and len(fit.mechanism.log_rates) - len(fit.pinned) > 1:
        faint = _without_faintest(fit, fitter, required)
        if faint is not None and faint.ok and _criterion(faint) < _criterion(fit) + price:
            fit = faint
            continue
        tried = [_pin(fit, j, fitter) for j in _open_ended(fit)]
        options = [(_criterion(f), f) for f in tried if f.ok]
        if not options:
            return fit
        # a pair at equilibrium may be pinned at either rate: the one of fewer molecules is the easier to read
        lowest = min(value for value, _ in options)
        near = [(f.mechanism.reactants[f.pinned[-1]].sum(), v, f) for v, f in options if v < lowest + 0.1 * price]
        _, value, best = min(near, key=lambda option: option[:2])
        if value >= _criterion(fit) + price:
            return fit
        fit = best
    return fit


def lower_bound(fit: Fit, reaction: int, fitter: Callable[..., Fit] = fit_mechanism) -> float:
    """Smallest rate constant of a pinned reaction that the data still allow, one-sided 95 %.

    Profile likelihood: the rate is lowered step by step and the others are refitted, until the criterion has risen by
    the quantile of its distribution.

    Parameters
    ----------
    fit
        A fit in which ``reaction`` is pinned.
    reaction
        Index of the reaction.

    Returns
    -------
    float
        In the units of the rate constant.
    """
    top = float(fit.mechanism.log_rates[reaction])
    last, previous, current = top, _criterion(fit), fit
    limit = previous + rise(fit.count, fit.degrees_of_freedom)
    while last > top - LOWEST:
        current = _moved(current, reaction, last - STEP, fitter)
        value = _criterion(current) if current.ok else np.inf
        if value > limit:
            share = (value - limit) / (value - previous) if np.isfinite(value) else 0.0
            return float(np.exp(last - STEP * (1.0 - share)))
        last, previous = last - STEP, value
    return 0.0


def _criterion(fit: Fit) -> float:
    """N ln(chi2/N), which does not count parameters."""
    return fit.count * float(np.log(max(fit.chi2, 1e-300) / max(fit.count, 1)))


def _open_ended(fit: Fit) -> list[int]:
    """Reactions whose rate the data leave open, at most one for every sloppy direction, the most open first."""
    errors = fit.log_errors
    known = () if fit.problem.knowledge is None else [j for j, _ in fit.problem.knowledge.found(fit.mechanism)]
    taken = {*fit.pinned, *known}
    open_ended = [int(j) for j in np.argsort(-errors) if errors[j] > SLOPPY and j not in taken]
    return open_ended[:4]


def _without_faintest(fit: Fit, fitter: Callable[..., Fit], required: Callable[[Mechanism], bool]) -> Fit | None:
    """Send the rate of which the data know least to zero; None if they know enough of all of them."""
    errors = fit.log_errors
    worst = int(np.argmax(errors))
    if not errors[worst] > FAINT or fit.pinned:
        return None
    rest = fit.mechanism.take(np.delete(np.arange(len(errors)), worst))
    if not required(rest):
        return None
    return fitter(rest, fit.problem, initial=fit.initial_states, iterations=30, tolerance=1e-6)


def _pin(fit: Fit, reaction: int, fitter: Callable[..., Fit]) -> Fit:
    """Hold one reaction at its fast limit and refit the others."""
    problem = fit.problem
    order = fit.mechanism.reactants[reaction].sum()
    scale = problem.typical
    sampled = float(np.median(problem.lengths)) / problem.horizon
    target = float(np.log(FAST * sampled) - (max(order, 1) - 1) * np.log(scale))
    target = max(target, float(fit.mechanism.log_rates[reaction]))
    pinned = replace(fit, pinned=(*fit.pinned, reaction))
    return _moved(pinned, reaction, target, fitter)


def _moved(fit: Fit, reaction: int, log_rate: float, fitter: Callable[..., Fit]) -> Fit:
    """Set one pinned log rate, let the others follow along the sloppy direction, and refit them."""
    log_rates = fit.mechanism.log_rates
    follow = followers(fit, reaction)
    moved = log_rates + follow * (log_rate - log_rates[reaction])
    return fitter(
        replace(fit.mechanism, log_rates=moved),
        fit.problem,
        initial=fit.initial_states,
        iterations=30,
        tolerance=1e-6,
        pinned=fit.pinned,
    )


def followers(fit: Fit, reaction: int) -> np.ndarray:
    """How far each log rate goes along with one of them while chi2 stays, ``(reactions,)``; 1 for itself."""
    share = np.zeros(len(fit.mechanism.log_rates))
    variance = fit.covariance[reaction, reaction]
    if variance > 0:
        share = fit.covariance[reaction, : len(share)] / variance
    else:  # pinned already: the reactions that undo it
        net = fit.mechanism.net_stoichiometry
        share = np.all(net == -net[reaction], axis=1).astype(float)
    share = np.where(np.abs(share) < SHARED, 0.0, np.where(np.abs(share - 1.0) < SHARED, 1.0, share))
    share[list(fit.pinned)] = 0.0
    share[reaction] = 1.0
    return share


def partner(mechanism: Mechanism, reaction: int) -> int | None:
    """Return the reaction that is tied to one at its fast limit, so that only the ratio of the two rates counts.

    It is what undoes the fast reaction or else what competes with it for the species that it uses up; None where
    nothing does.
    """
    if not isinstance(mechanism, Mechanism):
        return None  # parameters of other rate laws, see `crnsym.refit.general.limits`
    net = mechanism.net_stoichiometry
    undone = np.asarray((net == -net[reaction]).all(axis=1))
    used = (net[reaction] < 0) & (mechanism.reactants[reaction] > 0)
    rivals = np.asarray((net[:, used] < 0).any(axis=1))
    undone[reaction] = rivals[reaction] = False
    tied = np.flatnonzero(undone) if undone.any() else np.flatnonzero(rivals)
    return int(tied[0]) if len(tied) else None
