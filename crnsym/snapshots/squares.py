"""Second moments of counts: what each rule adds to them, besides what it does to the means."""

import numpy as np

from .observed import Jumps, Squares


def squared_steps(
    squares: Squares, times: np.ndarray, spline: np.ndarray, trapezoid: np.ndarray, rates: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return products of two steps of counts, their expected values for every rule, and doubts about those.

    Each rule adds the square of what it changes, which tells ``2 A -> 0`` from ``2 A -> A`` where means do not. Steps
    are those around the mean of all runs.
    """
    runs = len(squares.values)
    apart = squares.values - squares.values.mean(axis=0)
    step = np.diff(apart, axis=1) * np.sqrt(runs / (runs - 1))
    uneven = squares.places - squares.places.mean(axis=0)  # (runs, times, rules)
    half = np.diff(times)[:, None] / 2 * np.sqrt(runs / (runs - 1))
    whole, rough = (np.einsum("kt,rtm->rkm", w, squares.places, optimize=True) for w in (spline, trapezoid))
    made, sums, doubts = [], [], []
    for a, b in squares.pairs:
        made.append(step[..., a] * step[..., b])
        jump, mixed = squares.nets[:, a] * squares.nets[:, b], half * uneven[:, 1:]
        drift = mixed * (squares.nets[:, a] * step[..., b, None] + squares.nets[:, b] * step[..., a, None])
        sums.append(whole * jump + drift)
        turned, plain = drift.mean(axis=0) @ rates, whole.mean(axis=0) * jump @ rates
        # of a variance that is drawn back within the interval: D t - D t (at) + (2/3) D t (at)^2, less the trapezoid's
        drawn = turned**2 / (3 * np.maximum(abs(plain), 1e-100))
        doubts.append(abs(0.5 * ((whole - rough).mean(axis=0) * jump) @ rates) + drawn)
    return np.stack(made, axis=2), np.stack(sums, axis=2), np.stack(doubts, axis=1)


def with_products(jumps: Jumps, squares: Squares) -> Jumps:
    """Add the products of two counts around their means at each time, behind the counts."""
    runs = len(squares.values)
    scale = np.sqrt(runs / (runs - 1))
    apart = scale * (squares.values - squares.values.mean(axis=0))
    uneven = scale * (squares.places - squares.places.mean(axis=0))
    values, changes = [], []
    for a, b in squares.pairs:
        values.append(apart[..., a] * apart[..., b])
        drift = squares.nets[:, a] * apart[..., b, None] + squares.nets[:, b] * apart[..., a, None]
        changes.append(uneven * drift + squares.places * squares.nets[:, a] * squares.nets[:, b])
    place = squares.values.shape[2]
    return jumps._replace(
        values=np.concatenate([jumps.values[..., :place], np.stack(values, axis=2), jumps.values[..., place:]], axis=2),
        changes=np.concatenate(
            [jumps.changes[:, :, :place], np.stack(changes, axis=2), jumps.changes[:, :, place:]], axis=2
        ),
    )
