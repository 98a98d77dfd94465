"""How fast molecules may hop: the rates that explain the snapshots as well as the best."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .exclusion import Library
from .loss import Loss
from .ratios import Forms, ratios, smallest
from .result import SnapshotDiscovery
from .select import Search, Set

GRID = 24  # rates that are tried, between the limits of what times could show
SLOWEST = 1e-3  # hops in the whole time
ALIKE = 4.0  # loss above the smallest at two standard errors
WIDE = 4.0  # ratio of the largest to the smallest rate from which a hop is not resolved
CHANCE = 3.0  # standard deviations by which losses of one truth differ


def range_of_rate(loss: Loss, chosen: Sequence[int], rates: np.ndarray, rule: int, low: float) -> tuple[float, float]:
    """Return the smallest and the largest rate of a rule at which a set explains the snapshots as well as at its best.

    The other rates are fitted anew at each. Two losses also differ by chance, the more the less the residuals that
    they are made of have in common; a difference within that is none.

    Parameters
    ----------
    loss
        Of all rules that may be chosen.
    chosen, rates
        The other rules of the set, and the rule itself if it belongs to it, with their rates.
    rule
        The rule whose rate is asked for.
    low
        Smallest rate that differs from 0.

    Returns
    -------
    tuple of float
        0 where the rule is not needed, and infinity where nothing bounds its rate.
    """
    others = [i for i in chosen if i != rule]
    best = float(dict(zip(chosen, rates, strict=True)).get(rule, 0.0))
    tried = np.unique(np.concatenate([[0.0], np.geomspace(low, loss.limits[rule], GRID), [best]]))
    index = np.array([0, *(i + 1 for i in others), rule + 1])
    forms = Forms(*(form[:, index[:, None], index[None, :]] for form in loss.forms))
    limits = np.repeat(loss.limits[others][None], len(tried), axis=0)
    fitted = smallest(_at_rates(forms, tried), loss.weights, limits)[1]
    vectors = np.concatenate([np.ones((len(tried), 1)), -fitted, -tried[:, None]], axis=1)
    values = ratios(_at_rates(forms, tried), fitted, loss.weights)
    place = int(np.searchsorted(tried, best))
    good = values - values[place] <= ALIKE + CHANCE * _scatter(forms.spread, vectors, loss.sizes, place)
    first, last = int(np.argmax(good)), len(good) - 1 - int(np.argmax(good[::-1]))
    return float(tried[first]), np.inf if last == len(tried) - 1 else float(tried[last])


def _at_rates(forms: Forms, tried: np.ndarray) -> Forms:
    """Return forms in which the last rule, at each of its rates, is part of the increments."""
    size = forms.mean.shape[-1]
    turn = np.repeat(np.eye(size)[None, :-1], len(tried), axis=0)  # (rates, size - 1, size)
    turn[:, 0, -1] = -tried
    return Forms(*(np.einsum("tai,gij,tbj->tgab", turn, form, turn, optimize=True) for form in forms))


def _scatter(spread: np.ndarray, vectors: np.ndarray, sizes: np.ndarray, place: int) -> np.ndarray:
    """Return the standard deviation of the difference of each loss from that at ``place``, were both at the truth."""
    across = np.einsum("ti,gij,j->tg", vectors, spread, vectors[place], optimize=True)
    own = np.einsum("ti,gij,tj->tg", vectors, spread, vectors, optimize=True)
    alike = across**2 / (own * own[place])
    return np.sqrt((4 * sizes * np.clip(1 - alike, 0, 1)).sum(axis=1))


def with_hops(found: SnapshotDiscovery, library: Library, search: Search, best: Set) -> SnapshotDiscovery:
    """Add what the snapshots say of hops that the best set does not hold, or holds with a vague rate."""
    shots, rates = found.snapshots, search.rates[best]
    low = SLOWEST / (shots.times[-1] - shots.times[0])
    unresolved, remarks = dict[str, tuple[float, float]](), list[str]()
    for position, number in enumerate(library.usable):
        rule: Any = library.rules[number]
        if not rule.is_hop or rule.apart > 1:
            continue
        name = shots.species[max(rule.before) - 1]
        bounds = range_of_rate(search.loss, best, rates, position, low)
        if position not in best or bounds[1] > WIDE * bounds[0]:
            unresolved[name] = bounds
            remarks.append(_said(name, *bounds))
    return replace(found, unresolved=unresolved, remarks=(*found.remarks, *remarks))


def _said(name: str, low: float, high: float) -> str:
    if np.isfinite(high):
        return (
            f"hops of {name}: any rate up to {high:.2g} is possible"
            if low == 0
            else (f"hops of {name}: any rate from {low:.2g} to {high:.2g} is possible")
        )
    if low > 0:
        return (
            f"hops of {name} are fast: {low:.2g} or more, so that molecules mix between snapshots; to see the rate, "
            "take more snapshots, closer in time"
        )
    return f"hops of {name} are not identifiable: where molecules are says nothing of them here"
