"""Parameters that the data bound at one end only: held far out there, and bounded instead of estimated.

The profile likelihood of a parameter that the data leave loose is followed both ways. Where it stays low to the end,
the parameter is a limit (Raue et al. 2009, Bioinformatics 25, 1923: practically not identifiable); it no longer counts
as fitted. Those that follow it on the way are determined as multiples (or parts) of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np

from ..fit import Fit, fit_mechanism
from ..freedom import rise
from ..limits import SLOPPY
from .fit import DRIFT, laws_of, polished
from .mechanism import LawMechanism

STRIDES = (0.5, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 8.0, 8.0)  # steps of a profile in the fitted number
ARRIVED = 0.02  # how near to its value at the end the criterion is where a limit counts as reached
CLOSE = 0.3  # width of the stride in which a crossing is interpolated
UNKNOWN = 3.0  # standard error above which a parameter is not taken along on the first step of a profile
FOLLOWS = 0.15  # how near to 1 or -1 the slope of another parameter is that is tied to one at its limit
BETTER = 0.05  # by how much a profile must fall to count as a better fit
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class End:
    """A parameter that the data do not bound at one end or at both.

    Attributes
    ----------
    above, below
        Whether it may be as large, as small as it likes (or as its own bounds allow).
    bound
        The value that it has on the other side, one-sided 95 %; NaN where both are open.
    tied
        {parameter: 1 or -1}: the others that are determined only divided by it, or multiplied by it.
    """

    above: bool
    below: bool
    bound: float
    tied: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class LawFit(Fit):
    """A fit of any rate laws.

    Attributes
    ----------
    ends
        {parameter: its open end}; these parameters are ``pinned``.
    ranges
        {parameter: (low, high)}, 90 % by profile likelihood, of those that are loose but not open.
    """

    ends: Mapping[str, End] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def with_ends(fit: Fit) -> LawFit:
    """Find the parameters that the data leave open at an end, hold them far out there and refit the others."""
    ends: dict[str, End] = {}
    ranges: dict[str, tuple[float, float]] = {}
    seen: set[int] = set()
    rounds = 0
    while fit.ok:
        errors = fit.log_errors
        loose = [int(j) for j in np.argsort(-errors) if errors[j] > SLOPPY and j not in fit.pinned and j not in seen]
        if not loose:
            break
        j = loose[0]
        up, down = _follow(fit, j, 1.0), _follow(fit, j, -1.0)
        better = min(up, down, key=lambda path: path.lowest.chi2).lowest
        if _criterion(better) < _criterion(fit) - BETTER and rounds < ROUNDS:
            fit, rounds, seen, ranges = polished(replace(better, pinned=fit.pinned)), rounds + 1, set(), {}
            continue
        seen.add(j)
        mechanism = laws_of(fit)
        name = mechanism.parameters[j]
        if not up.open and not down.open:
            ranges[name] = _value(mechanism, j, down.crossing), _value(mechanism, j, up.crossing)
            continue
        if up.open and down.open:
            fit = polished(replace(fit, pinned=(*fit.pinned, j)))
            ends[name] = End(True, True, float("nan"), up.tied)
            continue
        path, other = (up, down) if up.open else (down, up)
        ends[name] = End(up.open, down.open, _value(mechanism, j, other.crossing), path.tied)
        fit = polished(path.last)
    return LawFit(**{f.name: getattr(fit, f.name) for f in fields(Fit)}, ends=ends, ranges=ranges)


def _value(mechanism: LawMechanism, j: int, number: float) -> float:
    """Value of a parameter at another fitted number."""
    numbers = mechanism.log_rates.copy()
    numbers[j] = number
    return float(mechanism.transform.values(numbers)[j])


@dataclass(frozen=True, slots=True)
class _Path:
    """A profile to one side: whether it stays low, where it rises, the fit at its limit, the lowest, who follows."""

    open: bool
    crossing: float
    last: Fit
    lowest: Fit
    tied: dict[str, int]


def _follow(fit: Fit, j: int, direction: float) -> _Path:
    start = float(fit.mechanism.log_rates[j])
    base = value = _criterion(fit)
    top = base + rise(fit.count, fit.degrees_of_freedom)
    current, lowest, u = fit, fit, start
    slope = np.zeros(len(fit.mechanism.log_rates))
    variance, known = fit.covariance[j, j], fit.log_errors < UNKNOWN
    follow = np.where(known, fit.covariance[j] / variance, 0.0) if variance > 0 else slope
    points = [(base, fit)]
    for stride in STRIDES:
        moved = current.mechanism.log_rates + np.where(np.arange(len(slope)) == j, 1.0, follow) * direction * stride
        trial = _held(current, moved, j)
        there = _criterion(trial)
        if there > top:
            return _Path(False, _crossing(current, (value, there), u, direction * stride, j, top), current, lowest, {})
        follow = (trial.mechanism.log_rates - current.mechanism.log_rates) / (direction * stride)
        current, value, u = trial, there, u + direction * stride
        lowest = trial if trial.chi2 < lowest.chi2 else lowest
        points.append((there, trial))
    names = laws_of(fit).parameters
    tied = {
        names[i]: int(np.sign(follow[i]))
        for i in range(len(names))
        if i != j and i not in fit.pinned and abs(abs(follow[i]) - 1.0) < FOLLOWS
    }
    reached = next(f for v, f in points[1:] if abs(v - value) < ARRIVED)
    return _Path(True, u, reached, lowest, tied)


def _held(fit: Fit, numbers: np.ndarray, j: int) -> Fit:
    """Refit all but one parameter, and those at a limit."""
    return fit_mechanism(
        replace(fit.mechanism, log_rates=numbers),
        fit.problem,
        initial=fit.initial_states,
        iterations=20,
        tolerance=1e-5,
        prior=DRIFT,
        rtol=1e-6,
        pinned=tuple({*fit.pinned, j}),
    )


def _crossing(inside: Fit, values: tuple[float, float], u: float, stride: float, j: int, top: float) -> float:
    """Where the profile crosses its limit, in a stride from a fit inside; ``values`` of the criterion at both ends."""
    below, above = values
    while abs(stride) > CLOSE:
        numbers = inside.mechanism.log_rates.copy()
        numbers[j] = u + 0.5 * stride
        middle = _held(inside, numbers, j)
        value = _criterion(middle)
        if value > top:
            above = value
        else:
            inside, below, u = middle, value, u + 0.5 * stride
        stride *= 0.5
    share = (top - below) / (above - below) if np.isfinite(above) else 0.0
    return u + stride * min(max(share, 0.0), 1.0)


def _criterion(fit: Fit) -> float:
    """N ln(chi2/N), which does not count parameters; infinite where the fit failed."""
    if not fit.ok:
        return np.inf
    return fit.count * float(np.log(max(fit.chi2, 1e-300) / max(fit.count, 1)))
