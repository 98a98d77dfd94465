"""How well sets of rules explain snapshots: the scatter between runs is taken out, for many sets at once."""

from dataclasses import dataclass

import numpy as np

from .ratios import Forms, hidden, newton, ratios, resolved, smallest
from .weak import Regression

FAR = 100.0  # loss of fast hops above that of slow ones from which they are not fitted


@dataclass(frozen=True)
class Loss:
    """Sum over observables of the ratio of two quadratic forms of the rates, times the number of their equations.

    The noise of a snapshot enters both an increment and the integrals that should explain it, so that least squares
    over runs is confidently wrong. Here the squared mean residual of each observable is compared with the scatter of
    *its* residuals between runs at the same rates (continuously updated weights, as in Hansen, Heaton and Yaron, 1996;
    for one observable limited-information maximum likelihood, Anderson and Rubin, 1949). Like the products of different
    runs, it leaves out what one run says about itself, and it is never negative. One observable cannot hide another:
    a fast hop scatters the numbers of pairs as much as it likes, and the counts are still to be explained within their
    own noise.

    Attributes
    ----------
    forms
        Of all rules.
    regressions
        What the forms were made of, one a preparation.
    limits
        ``(rules,)``: largest rates that are tried.
    fast
        ``(rules,)``: rates from which sets are fitted a second time, where not 0. A hop may be fast though the numbers
        of pairs, which hardly differ from those of mixed molecules, lead least squares to a slow one.
    """

    forms: Forms
    regressions: tuple[Regression, ...]
    limits: np.ndarray
    fast: np.ndarray

    @staticmethod
    def of(*regressions: Regression, limits: np.ndarray | None = None, fast: np.ndarray | None = None) -> "Loss":
        """Collect the forms."""
        parts = [_forms(r) for r in regressions]
        forms = Forms(np.concatenate([p.mean for p in parts]), np.concatenate([p.spread for p in parts]))
        rules = forms.mean.shape[-1] - 1
        none = np.full(rules, np.inf) if limits is None else limits
        return Loss(forms, regressions, none, np.zeros(rules) if fast is None else fast)

    @property
    def sizes(self) -> np.ndarray:
        """Number of equations of each observable: what either form is at the truth."""
        return np.concatenate([np.full(r.increments.shape[2], float(r.increments.shape[1])) for r in self.regressions])

    @property
    def equations(self) -> int:
        """Number of equations: the mean of the loss at the truth."""
        return int(self.sizes.sum())

    @property
    def coarse(self) -> float:
        """Largest doubt about an integral over time, in standard errors."""
        return max(r.coarse for r in self.regressions)

    @property
    def weights(self) -> np.ndarray:
        """What the ratio of each observable counts: its equations, less what estimated weights add to it."""
        shrunk = np.concatenate([np.full(r.increments.shape[2], 1 / r.inflation) for r in self.regressions])
        return self.sizes * shrunk

    def fit(self, sets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the losses ``(sets,)`` of sets of rules ``(sets, size)``, their rates, and what each hides.

        The loss is infinite if a rate is negative. At the truth it is about chi-square distributed, with as many
        degrees of freedom as equations. A rule hides equations in which the scatter is its own: all of them times
        one less the squared correlation of the residuals with and without it; all, where its rate is not resolved.
        """
        chosen = np.asarray(sets, dtype=int)
        forms = _cut(self.forms, chosen)
        losses, rates = smallest(forms, self.weights, self.limits[chosen])
        start = np.where(self.fast[chosen] > 0, self.fast[chosen], rates)
        near = ratios(forms, start, self.weights) < np.minimum(losses, 1e100) + FAR
        fast = np.flatnonzero(self.fast[chosen].any(axis=1) & near)
        if len(fast):
            part = Forms(forms.mean[fast], forms.spread[fast])
            other = smallest(part, self.weights, self.limits[chosen[fast]], self.fast[chosen[fast]])
            better = other[0] < losses[fast]
            losses[fast[better]], rates[fast[better]] = other[0][better], other[1][better]
        touched = np.einsum("g,sgii->si", self.sizes, (forms.spread > 0).astype(float))[:, 1:]
        clear = resolved(forms, rates, self.weights)
        return losses, rates, np.where(clear, hidden(forms.spread, rates, self.sizes), touched)

    def covariance(self, chosen: np.ndarray, rates: np.ndarray) -> np.ndarray:
        """Return the covariance of the rates of one set, by leaving out one run after the other (jackknife)."""
        weights, start = self.weights, 0
        whole = _cut(self.forms, chosen[None])
        total = np.zeros((len(chosen), len(chosen)))
        for regression in self.regressions:
            every = _together(regression, chosen)
            runs, _, observables, _ = every.shape
            part = slice(start, start + observables)
            start += observables
            left = Forms(*(np.repeat(form, runs, axis=0) for form in whole))
            mean, spread = _left_out(every)
            left.mean[:, part], left.spread[:, part] = mean, spread
            moved = newton(left, np.repeat(rates[None], runs, axis=0), weights)
            apart = moved - moved.mean(axis=0)
            total += (runs - 1) / runs * apart.T @ apart
        return total


def _forms(regression: Regression) -> Forms:
    every = _together(regression, slice(None))
    runs = len(every)
    mean = every.mean(axis=0)
    apart = (every - mean).transpose(2, 0, 1, 3).reshape(every.shape[2], -1, every.shape[3])
    mean = mean.swapaxes(0, 1)  # (observables, tests, rules + 1)
    return Forms(runs * mean.swapaxes(1, 2) @ mean, apart.swapaxes(1, 2) @ apart / (runs - 1))


def _left_out(every: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the forms without each of the runs in turn."""
    runs = len(every)
    left = (every.sum(axis=0) - every) / (runs - 1)
    squares = np.einsum("rboa,rboc->roac", every, every, optimize=True)
    mean = (runs - 1) * np.einsum("rboa,rboc->roac", left, left, optimize=True)
    return mean, (squares.sum(axis=0) - squares - mean) / (runs - 2)


def _together(regression: Regression, chosen: np.ndarray | slice) -> np.ndarray:
    return np.concatenate([regression.increments[..., None], regression.integrals[..., chosen]], axis=3)


def _cut(forms: Forms, chosen: np.ndarray) -> Forms:
    """Return the forms of sets of rules, ``(sets, observables, size + 1, size + 1)``."""
    index = np.concatenate([np.zeros((len(chosen), 1), dtype=int), chosen + 1], axis=1)
    rows, columns = index[:, :, None], index[:, None, :]
    mean, spread = (np.moveaxis(form[:, rows, columns], 0, 1) for form in forms)
    return Forms(mean, spread)
