"""Courses that an unfollowed species may have had, by the mass that is missing.

In a closed vessel something is conserved that an unfollowed species Z has a share in: Z(t) = Z(0) + m.(x(0) - x(t))
for small m, up to the laws that the followed species keep among themselves. With m = 0 it is a catalyst, or was left
over: what was weighed in stays. Where a vessel is fed or emptied the balance is one of what reaction makes, and Z is
diluted like everything.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import numpy as np

from crnsym.data.operation.courses import without_reaction
from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.search.view import View

LARGEST = (3, 3, 3, 3, 3, 3, 2, 2, 1, 1, 1)  # coefficient of m, by number of followed species; then 1


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One hypothesis about one unfollowed species: its courses in the runs, and the law ``(followed,)`` behind them."""

    weights: tuple[Fraction, ...]
    values: tuple[np.ndarray, ...]
    smooth: tuple[np.ndarray, ...]
    sigma: float


def courses(
    view: View, followed: np.ndarray, laws: np.ndarray, start: np.ndarray, *, signed: bool = False
) -> list[Course]:
    """All courses of one species that stay positive, simple balances first, each course once.

    ``signed``: also balances with negative coefficients, as differences of two that share another unfollowed species.
    """
    top = LARGEST[len(followed)] if len(followed) < len(LARGEST) else 1
    least = -min(top, 2) if signed else 0
    vectors = [m for m in product(range(least, top + 1), repeat=len(followed)) if any(m)][: EFFORT.vectors]
    halves = [m for m in vectors if max(m) <= 2 and any(a % 2 for a in m)]
    listed = [tuple(map(Fraction, m)) for m in vectors] + [tuple(Fraction(a, 2) for a in m) for m in halves]
    odd = oddities(np.array(listed, dtype=float))
    listed = [m for _, m in sorted(zip(odd, listed, strict=True))]
    unchanged = (Fraction(0),) * len(followed)
    reduce, runs = _Reduction(laws), missing(view, followed, start)
    seen, found = set(), []
    for weights in (unchanged, *listed):
        key = reduce(weights)
        if key in seen or not (any(key) or np.nanmax(start, initial=0.0) > 0):
            continue
        seen.add(key)
        course = _course(runs, weights)
        if course is not None:
            found.append(course)
    return found


def oddities(weights: np.ndarray) -> np.ndarray:
    """How far balances ``(balances, species)`` are from counting atoms of a kind that few species have.

    Plain ones are likelier. Of 26 random problems with two species that were weighed in and not followed (bench seeds
    3106 to 3418), the true pair was among the 1100 plainest by the sum of both in 24; among the smallest 40 of each
    species by size in 16. In one it was no option at all.
    """
    negative, broken = (weights < 0).any(axis=1), (weights % 1.0 != 0).any(axis=1)
    return np.abs(weights).sum(axis=1) + 2.0 * negative + 1.0 * broken


class Missing(NamedTuple):
    """What the followed species of one run say of an unfollowed one, before the weights are chosen.

    Attributes
    ----------
    start
        ``(times,)`` what is left of the unfollowed species at the start.
    smooth, measured
        ``(times, followed)`` what the followed species would be without reaction, less what they are, by the smoothed
        and by the measured courses.
    variance
        ``(times, followed)`` of the measurements.
    """

    start: np.ndarray
    smooth: np.ndarray
    measured: np.ndarray
    variance: np.ndarray


def missing(view: View, followed: np.ndarray, start: np.ndarray) -> list[Missing]:
    """Say for every run what an unfollowed species can be made of."""
    found = []
    for run, (guide, first) in enumerate(zip(view.guide, start, strict=True)):
        curve, values = guide[:, followed], view.data.values[run][:, followed]
        share, came = without_reaction(view.data, run)
        at_first = np.where(np.isfinite(values[0]), values[0], curve[0])
        total = share[:, None] * at_first + came[:, followed]
        filled = np.where(np.isfinite(values), values, curve)
        variance = view.noise.sigma(guide)[:, followed] ** 2
        found.append(Missing((first if np.isfinite(first) else 0.0) * share, total - curve, total - filled, variance))
    return found


def _course(runs: list[Missing], weights: tuple[Fraction, ...]) -> Course | None:
    m = np.array([float(w) for w in weights])
    values, smooth, below, total, square, variances = [], [], 0, 0, 0.0, []
    for run in runs:
        made = run.smooth @ m
        z = run.start + made
        own = run.variance @ m**2 + run.variance[0] @ m**2
        below += int((z < -THRESHOLDS.below_zero * np.sqrt(own)).sum())
        total += len(z)
        square += float((made**2 / np.maximum(own, 1e-300)).sum())
        variances.append(own)
        smooth.append(np.maximum(z, 0.0))
        values.append(run.start + run.measured @ m)
    if below > THRESHOLDS.often_below * total or (m.any() and square < THRESHOLDS.present * total):
        return None
    return Course(weights, tuple(values), tuple(smooth), float(np.sqrt(np.mean(np.concatenate(variances)))))


class _Reduction:
    """What is left of a vector of weights when the laws among the followed species are taken away."""

    def __init__(self, laws: np.ndarray) -> None:
        import sympy as sp

        rows, self.pivots = sp.Matrix(laws.tolist()).rref() if len(laws) else (sp.zeros(0, 0), ())
        self.rows = [[Fraction(int(v.p), int(v.q)) for v in rows[i, :]] for i in range(len(self.pivots))]

    def __call__(self, weights: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        left = list(weights)
        for pivot, row in zip(self.pivots, self.rows, strict=True):
            factor = left[pivot]
            if factor:
                left = [a - factor * b for a, b in zip(left, row, strict=True)]
        return tuple(left)
