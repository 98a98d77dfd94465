"""Second moments of counts: what each rule adds to them, besides what it does to the means."""

import numpy as np

from .observed import Jumps, Squares

LEAST_TIMES = 4  # from which products of a step and the next are used


def squared_steps(
    squares: Squares, times: np.ndarray, spline: np.ndarray, trapezoid: np.ndarray, rates: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return products of two steps of counts, their expected values for every rule, and doubts about those.

    Each rule adds the square of what it changes, which tells ``2 A -> 0`` from ``2 A -> A`` where means do not. Steps
    are those around the mean of all runs.
    """
    runs = len(squares.values)
    scale = np.sqrt(runs / (runs - 1))
    step = scale * np.diff(squares.values - squares.values.mean(axis=0), axis=1)
    uneven = scale * (squares.drifts - squares.drifts.mean(axis=0))[:, 1:]  # (runs, intervals, counts, rules)
    half = np.diff(times)[:, None] / 2
    whole, rough = (np.einsum("kt,rtpm->rkpm", w, squares.jumps, optimize=True) for w in (spline, trapezoid))
    made, sums, doubts = [], [], []
    for pair, (a, b) in enumerate(squares.pairs):
        made.append(step[..., a] * step[..., b])
        drift = half * (uneven[:, :, a] * step[..., b, None] + uneven[:, :, b] * step[..., a, None])
        sums.append(whole[:, :, pair] + drift)
        turned, plain = drift.mean(axis=0) @ rates, whole[:, :, pair].mean(axis=0) @ rates
        # of a variance that is drawn back within the interval: D t - D t (at) + (2/3) D t (at)^2, less the trapezoid's
        drawn = turned**2 / (3 * np.maximum(np.maximum(abs(plain), abs(turned)), 1e-100))
        doubts.append(abs(0.5 * (whole - rough)[:, :, pair].mean(axis=0) @ rates) + drawn)
    for a in range(step.shape[2]) if len(times) > LEAST_TIMES else ():
        # a step and the next: opposed where errors of reading come and go, more than any drift draws back
        drift, rough_drift = (
            np.einsum("kt,rtm->rkm", w, squares.drifts[:, :, a] - squares.drifts[:, :, a].mean(axis=0), optimize=True)
            for w in (spline, trapezoid)
        )
        made.append(_with_last(step[:, :-1, a] * step[:, 1:, a]))
        sums.append(_with_last(scale * step[:, :-1, a, None] * drift[:, 1:]))
        rough_sums = _with_last(scale * step[:, :-1, a, None] * rough_drift[:, 1:])
        doubts.append(0.5 * (sums[-1] - rough_sums).mean(axis=0) @ rates)
    return np.stack(made, axis=2), np.stack(sums, axis=2), np.stack(doubts, axis=1)


def _with_last(products: np.ndarray) -> np.ndarray:
    """Let the last of the products of neighbouring intervals stand for the last interval too."""
    return np.concatenate([products, products[:, -1:]], axis=1)


def with_products(jumps: Jumps, squares: Squares) -> Jumps:
    """Add the products of two counts around their means at each time, behind the counts."""
    runs = len(squares.values)
    scale = np.sqrt(runs / (runs - 1))
    apart = scale * (squares.values - squares.values.mean(axis=0))
    uneven = scale * (squares.drifts - squares.drifts.mean(axis=0))
    values, changes = [], []
    for pair, (a, b) in enumerate(squares.pairs):
        values.append(apart[..., a] * apart[..., b])
        drift = uneven[:, :, a] * apart[..., b, None] + uneven[:, :, b] * apart[..., a, None]
        changes.append(drift + squares.jumps[:, :, pair])
    place = squares.values.shape[2]
    return jumps._replace(
        values=np.concatenate([jumps.values[..., :place], np.stack(values, axis=2), jumps.values[..., place:]], axis=2),
        changes=np.concatenate(
            [jumps.changes[:, :, :place], np.stack(changes, axis=2), jumps.changes[:, :, place:]], axis=2
        ),
    )
