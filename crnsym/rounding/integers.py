"""Integer neighbours of real rows, in order of how far they are."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

SCALES = (1, 2, 3, 4)
SPREAD = 0.15  # an entry this far from an integer costs 1/2
LOCAL_LIMIT = 24  # neighbours of one row that are kept
TIED_SCALE_COST, FREE_SCALE_COST = 4.0, 0.1  # times |ln m|
MOLECULE_COST = 0.15  # for every molecule written, so that of equivalent lengths the shortest comes first
CATALYST_COST = 0.5  # for every molecule that stands on both sides of the arrow


@dataclass(frozen=True, slots=True)
class IntegerRow:
    """One reaction near a real one: integer reactants and products, the scale of the net vector, and its cost."""

    reactants: tuple[int, ...]
    products: tuple[int, ...]
    scale: float
    cost: float


def best_first(options: Sequence[Sequence[float]]) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Yield choices, one option from every list, in order of their summed cost.

    Parameters
    ----------
    options
        For every place the costs of its options, ascending.

    Yields
    ------
    cost, choice
        ``choice`` holds one index a place.  Ties come in a fixed order.
    """
    if any(not costs for costs in options):
        return
    start: tuple[int, ...] = (0,) * len(options)
    queue: list[tuple[float, tuple[int, ...]]] = [(float(sum(costs[0] for costs in options)), start)]
    seen: set[tuple[int, ...]] = {start}
    while queue:
        cost, choice = heapq.heappop(queue)
        yield cost, choice
        for place, index in enumerate(choice):
            if index + 1 < len(options[place]):
                following: tuple[int, ...] = (*choice[:place], index + 1, *choice[place + 1 :])
                if following not in seen:
                    seen.add(following)
                    more = options[place][index + 1] - options[place][index]
                    heapq.heappush(queue, (cost + more, following))


def row_scales(net: np.ndarray) -> list[float]:
    """Scales worth trying for a net vector whose length is free: 1, and {1..4} over its largest and smallest entry."""
    sizes = np.abs(net)
    entries = sizes[sizes > 0.1 * sizes.max(initial=0.0)]
    if len(entries) == 0:
        return [1.0]
    scales = [1.0] + [m / base for m in SCALES for base in (entries.max(), entries.min())]
    kept: list[float] = []
    for scale in scales:  # near-equal scales give the same integers
        if 0.2 <= scale <= 5.0 and all(abs(np.log(scale / other)) > 0.05 for other in kept):
            kept.append(scale)
    return kept


def integer_rows(
    orders: np.ndarray,
    net: np.ndarray,
    *,
    max_order: int,
    tied: bool = False,
    limit: int = LOCAL_LIMIT,
    laws: np.ndarray | None = None,
    spread: float = SPREAD,
) -> list[IntegerRow]:
    """Integer reactions near a real one, cheapest first.

    Parameters
    ----------
    orders, net
        ``(species,)`` real orders and net stoichiometry.
    max_order
        Largest number of reactant molecules.
    tied
        Orders are consumptions: only the net vector is rounded, and nothing stands on both sides.
    limit
        How many at most.
    laws
        ``(laws, species)`` weights every reaction must conserve, or None.
    spread
        Uncertainty of one entry.

    Notes
    -----
    Every entry may go to the floor or the ceiling of its value at the cost ((value - integer)/spread)^2 / 2, which is
    Laplace's approximation with a diagonal covariance.  The length of a net vector is free when orders do not depend
    on it (rate k/m with m s is the same as k with s), so it is tried at several scales m at the cost of |ln m| times
    a constant; for tied orders that constant is larger, because there the length is seen by the data.
    """
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], IntegerRow] = {}
    reactant_lists = [] if tied else [_neighbours(value, spread, least=0) for value in orders]
    for scale in row_scales(net):
        places = reactant_lists + [_neighbours(value * scale, spread * max(1.0, scale)) for value in net]
        fixed = abs(np.log(scale)) * (TIED_SCALE_COST if tied else FREE_SCALE_COST)
        for count, (cost, choice) in enumerate(best_first([[c for c, _ in place] for place in places])):
            if count >= 12 * limit:
                break
            values = [place[index][1] for place, index in zip(places, choice, strict=True)]
            change = values[-len(net) :]
            reactants = [max(-s, 0) for s in change] if tied else values[: len(net)]
            row = _row(reactants, change, scale, cost + fixed, max_order, laws)
            if row is not None:
                key = (row.reactants, row.products)
                if key not in found or row.cost < found[key].cost:
                    found[key] = row
    return sorted(found.values(), key=lambda row: (row.cost, row.reactants, row.products))[:limit]


def _neighbours(value: float, spread: float, least: int | None = None) -> list[tuple[float, int]]:
    low = int(np.floor(value))
    options = {low, low + 1} if least is None else {max(least, low), max(least, low + 1)}
    return sorted((0.5 * ((value - n) / spread) ** 2, n) for n in options)


def _row(reactants, change, scale, cost, max_order, laws) -> IntegerRow | None:
    """Make a reaction of integer orders and an integer net vector, or None if there is none."""
    products = [a + s for a, s in zip(reactants, change, strict=True)]
    if min(products) < 0 or sum(reactants) > max_order or not any(change):
        return None
    if laws is not None and np.abs(np.asarray(laws) @ np.asarray(change)).max(initial=0.0) > 1e-9:
        return None
    written = sum(reactants) + sum(products)
    kept = sum(min(a, b) for a, b in zip(reactants, products, strict=True))
    return IntegerRow(tuple(reactants), tuple(products), scale, cost + CATALYST_COST * kept + MOLECULE_COST * written)
