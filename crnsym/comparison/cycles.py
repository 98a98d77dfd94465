"""Do fitted rates of reversible steps obey thermodynamics? Wegscheider's conditions, with the errors of the fit."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from ..refit.knowledge import cycles
from .candidate import Candidate, require_candidate

ERROR = 0.05


@dataclass(frozen=True, slots=True)
class CycleCondition:
    """One condition that equilibrium sets on the rates of reversible steps.

    Attributes
    ----------
    text
        Such as ``k1*k3*k5 = k2*k4*k6``.
    log_ratio, standard_error
        Logarithm of the left side over the right side, 0 if the condition holds.
    p
        Probability of such a deviation or a larger one if it does.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A <-> B @ 1, 0.5; B <-> C @ 1, 0.5; A <-> C @ 1, 0.25")
    >>> data = cs.simulate(net, (0, 6, 25), initial=[{"A": 1}, {"B": 1}, {"C": 1}], noise=0.01, seed=0)
    >>> found = cs.compare([net], data)
    >>> condition = cs.cycle_conditions(found[0])[0]
    >>> condition.text
    'k1*k6*k3 = k2*k5*k4'
    >>> abs(condition.log_ratio) < 3 * condition.standard_error
    True
    """

    text: str
    log_ratio: float
    standard_error: float
    p: float

    def __str__(self) -> str:
        if not self.standard_error > 0.0:
            return f"{self.text} holds by constraint"
        size = f"ln of the quotient {self.log_ratio:.2g} ± {self.standard_error:.2g}"
        if self.p < ERROR:
            return f"the rates break the cycle condition {self.text}, which thermodynamics demands: {size}"
        return f"the rates obey the cycle condition {self.text} within their errors: {size}"


def cycle_conditions(candidate: Candidate) -> list[CycleCondition]:
    """Test the conditions of detailed balance on the cycles of reversible steps.

    Where a combination of reversible steps changes no concentration, the product of their equilibrium constants must be
    1 (Wegscheider 1901). Irreversible steps set no condition.

    Parameters
    ----------
    candidate
        A fitted mass-action mechanism, such as ``found[0]``.

    Returns
    -------
    list of CycleCondition
        Empty where the reversible steps close no cycle.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A <-> B @ 1, 0.5; B <-> C @ 1, 0.5; A <-> C @ 1, 0.25")
    >>> data = cs.simulate(net, (0, 6, 25), initial=[{"A": 1}, {"B": 1}, {"C": 1}], noise=0.01, seed=0)
    >>> found = cs.compare([net], data)
    >>> [condition.text for condition in cs.cycle_conditions(found[0])]
    ['k1*k6*k3 = k2*k5*k4']
    """
    require_candidate(candidate, "cycle_conditions")
    fit, names = candidate.fit, list(candidate.rates)
    found = []
    for row in cycles(fit.mechanism):
        if set(np.flatnonzero(row)) & set(fit.pinned):
            continue  # a rate at its limit has no value
        value = float(row @ fit.mechanism.log_rates)
        error = float(np.sqrt(max(row @ fit.rate_covariance @ row, 0.0)))
        tied = error <= 1e-9 * max(1.0, float(np.abs(row) @ fit.log_errors))
        p = 1.0 if tied else float(2.0 * norm.sf(abs(value) / error))
        left, right = (_product(names, np.maximum(sign * row, 0.0)) for sign in (1.0, -1.0))
        found.append(CycleCondition(f"{left} = {right}", value, 0.0 if tied else error, p))
    return found


def _product(names: list[str], powers: np.ndarray) -> str:
    return "*".join(k if p == 1 else f"{k}^{int(p)}" for k, p in zip(names, powers, strict=True) if p)
