"""Products of powers of rates: which ones the data determine, and how they are written."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product

import numpy as np

from ..errors import UnsupportedError
from ..refit.fit import Fit
from ..refit.general.mechanism import LawMechanism
from ..refit.limits import SLOPPY, partner

MUCH_BETTER = 0.3  # a product must be that much better known than each of its rates
MOST_RATES = 14  # open rates among which products of three are looked for


def identified_exponents(fit: Fit, limit: float = SLOPPY) -> list[np.ndarray]:
    """Return independent whole powers ``(reactions,)`` of the rates whose product these data determine.

    A rate counts as determined if its logarithm has a standard error below ``limit``. Of the others, products of two
    and three with powers up to two are taken, the best known first, if they are much better known than their rates.
    """
    n, errors = len(fit.mechanism.log_rates), fit.log_errors
    tied = {partner(fit.mechanism, j): j for j in fit.pinned}
    unit = np.eye(n, dtype=int)
    chosen = [unit[j] - (unit[tied[j]] if j in tied else 0) for j in range(n) if _known(fit, j, limit)]
    open_ended = [j for j in range(n) if j not in fit.pinned and not errors[j] < limit]
    options = []
    for size in (2, 3) if len(open_ended) <= MOST_RATES else (2,):
        for members in combinations(open_ended, size):
            powers = (1, -1, 2, -2) if size == 2 else (1, -1)
            for signs in product((1, 2) if size == 2 else (1,), *[powers] * (size - 1)):
                if size == 2 and abs(signs[0]) == abs(signs[1]) == 2:
                    continue
                a = np.zeros(n, int)
                a[list(members)] = signs
                error = float(np.sqrt(max(a @ fit.rate_covariance @ a, 0.0)))
                if error < limit and error < MUCH_BETTER * errors[list(members)].min():
                    options.append((error * (1.0 + 0.5 * (np.abs(a).sum() - 2)), tuple(a)))
    taken: list[np.ndarray] = []
    for _, powers in sorted(options):
        trial = [*taken, np.array(powers)]
        if np.linalg.matrix_rank(np.array(trial)) == len(trial):
            taken = trial
    return [*chosen, *(a if a[np.flatnonzero(a)[0]] > 0 else -a for a in taken)]


def _known(fit: Fit, reaction: int, limit: float) -> bool:
    return reaction not in fit.pinned and bool(fit.log_errors[reaction] < limit)


def require_logarithms(fit: Fit) -> None:
    """Refuse a fit whose parameters are not all fitted as logarithms without bounds.

    Raises
    ------
    UnsupportedError
        For such a fit.
    """
    if isinstance(fit.mechanism, LawMechanism) and not fit.mechanism.transform.plain:
        raise UnsupportedError(
            "products of powers are known for positive parameters without bounds only; compare without bounds, and fix "
            "parameters that are negative"
        )


def named_powers(names: Sequence[str], exponents: np.ndarray) -> dict[str, int]:
    """Return {parameter: power} of the powers that are not zero."""
    return {name: int(p) for name, p in zip(names, exponents, strict=True) if p}


def product_text(powers: Mapping[str, int]) -> str:
    """Write a product of powers such as ``k1*k3/k2`` or ``k1^2/(k2*k3)``."""
    above = [k if p == 1 else f"{k}^{p}" for k, p in powers.items() if p > 0]
    below = [k if p == -1 else f"{k}^{-p}" for k, p in powers.items() if p < 0]
    top = "*".join(above) or "1"
    return top if not below else f"{top}/{below[0] if len(below) == 1 else '(' + '*'.join(below) + ')'}"
