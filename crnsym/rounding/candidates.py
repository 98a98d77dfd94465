"""From a learner's real network to an ordered list of integer mechanisms."""

import heapq
from collections.abc import Iterator

import numpy as np

from crnsym.data.mechanism import FractionalNetwork, Mechanism
from crnsym.data.trajectories import Trajectories
from crnsym.errors import FitError

from .integers import IntegerRow, best_first, integer_rows
from .merge import merge_parallel
from .prune import flux_shares, prune_idle, sample_states, typical_concentrations

DROP_SHARE = 0.03  # a reaction with this share of a species' turnover costs 1/2 to leave out
VARIANT_COST = 2.0  # what each variant costs more than the one before it
ATTEMPTS = 50  # choices looked at for every candidate wanted


def round_network(
    fractional: FractionalNetwork,
    *,
    max_order: int | None = None,
    laws: np.ndarray | None = None,
    limit: int = 64,
    data: Trajectories | None = None,
) -> list[Mechanism]:
    """Integer mechanisms near a real network, the nearest first.

    Clones are merged, idle reactions dropped, every remaining row is rounded to its neighbours at several scales, and
    the rows' options are combined best first.  The same is done without merging and without pruning, at a cost.

    Parameters
    ----------
    fractional
        What a learner found.
    max_order
        Largest number of reactant molecules; default: 2, or more if the network's orders say so.
    laws
        ``(laws, species)`` weights that every reaction must conserve: conservation laws, or numbers of atoms.
    limit
        How many at most.
    data
        The measurements, for typical concentrations: rates are moved along with the orders so that fluxes stay, and
        shares of turnover tell what is idle.  Without them concentrations of order one are assumed.

    Returns
    -------
    list of Mechanism
        No two have the same reactions or the same vector field; ``provenance`` says what was merged, dropped, scaled
        and rounded, and at what cost.

    Raises
    ------
    FitError
        If ``laws`` does not fit the species.

    Examples
    --------
    >>> import numpy as np
    >>> import crnsym as cs
    >>> learned = cs.FractionalNetwork(("A", "B"), np.array([[1.97, 0.0]]), np.array([[-1.98, 1.01]]), np.array([-0.7]))
    >>> near = cs.round_network(learned, limit=4)
    >>> near[0].reactants.tolist(), near[0].products.tolist()
    ([[2, 0]], [[0, 1]])
    """
    if laws is not None and np.shape(laws)[-1:] != (len(fractional.species),):
        raise FitError(f"laws has {np.shape(laws)[-1:]} columns; expected {len(fractional.species)} species")
    states = np.ones((1, len(fractional.species))) if data is None else sample_states(data)
    typical = typical_concentrations(states)
    streams = [
        _mechanisms(network, remarks, VARIANT_COST * rank, states, typical, max_order, laws)
        for rank, (network, remarks) in enumerate(_variants(fractional, states, typical))
    ]
    found: list[Mechanism] = []
    seen: set = set()
    for attempt, (_, mechanism) in enumerate(heapq.merge(*streams, key=lambda pair: pair[0])):
        if len(found) >= limit or attempt >= ATTEMPTS * limit:
            break
        keys = (mechanism.structure(), _canonical(mechanism))
        if seen.isdisjoint(keys):
            found.append(mechanism)
            seen.update(keys)
    return found


def _variants(
    network: FractionalNetwork, states: np.ndarray, typical: np.ndarray
) -> list[tuple[FractionalNetwork, tuple[str, ...]]]:
    """Return it merged and pruned, merged, as it is, and merged whatever has the same orders; without repetitions."""
    merged, merges = merge_parallel(network, typical)
    pruned, drops = prune_idle(merged, states)
    wide, wide_merges = merge_parallel(network, typical, parallel=-1.0)
    source = f"{network.source}, loss {network.loss:.4g}"
    variants = [(pruned, merges + drops), (merged, merges), (network, ()), (wide, wide_merges)]
    unique: dict[tuple[str, ...], tuple[FractionalNetwork, tuple[str, ...]]] = {}
    for variant, remarks in variants:
        unique.setdefault(remarks, (variant, (source, *remarks)))
    return list(unique.values())


def _mechanisms(
    network: FractionalNetwork,
    remarks: tuple[str, ...],
    base: float,
    states: np.ndarray,
    typical: np.ndarray,
    max_order: int | None,
    laws: np.ndarray | None,
) -> Iterator[tuple[float, Mechanism]]:
    """Yield (cost, mechanism) of one variant, ascending."""
    tied = bool(np.allclose(network.orders, np.maximum(-network.net_stoichiometry, 0.0)))
    highest = max(2, round(float(network.orders.sum(axis=1).max(initial=0.0)))) if max_order is None else max_order
    shares = flux_shares(network, states)
    options: list[list[tuple[float, IntegerRow | None]]] = []
    for orders, net, share in zip(network.orders, network.net_stoichiometry, shares, strict=True):
        rows = integer_rows(orders, net, max_order=highest, laws=laws, tied=tied)
        choices: list[tuple[float, IntegerRow | None]] = [(row.cost, row) for row in rows]
        choices.append((0.5 * (share / DROP_SHARE) ** 2, None))
        options.append(sorted(choices, key=lambda choice: choice[0]))
    for cost, choice in best_first([[c for c, _ in row] for row in options]):
        rows = [row[index][1] for row, index in zip(options, choice, strict=True)]
        if any(row is not None for row in rows):
            yield base + cost, _assemble(network, rows, typical, remarks, base + cost)


def _assemble(
    network: FractionalNetwork,
    rows: list[IntegerRow | None],
    typical: np.ndarray,
    remarks: tuple[str, ...],
    cost: float,
) -> Mechanism:
    """Make the mechanism; equal reactions become one, and fluxes at typical concentrations are kept."""
    logs, rates, notes = np.log(typical), {}, []
    for j, row in enumerate(rows):
        if row is None:
            notes.append(f"left out reaction {j + 1}")
            continue
        flux = network.log_rates[j] + network.orders[j] @ logs - np.log(row.scale)
        key = (row.reactants, row.products)
        log_rate = flux - np.asarray(row.reactants) @ logs
        rates[key] = np.logaddexp(rates[key], log_rate) if key in rates else log_rate
        if row.scale != 1.0:
            notes.append(f"scaled reaction {j + 1} by {row.scale:.3g}")
    reactants, products = (np.array(part, int) for part in zip(*rates, strict=True))
    if len(rates) < sum(row is not None for row in rows):
        notes.append("combined equal reactions")
    notes.append(f"rounded at cost {cost:.3g}")
    return Mechanism(network.species, reactants, products, np.array(list(rates.values())), (*remarks, *notes))


def _canonical(mechanism: Mechanism) -> tuple:
    """Hashable canonical form {complex -> net vector}, to six digits."""
    vectors = mechanism.net_vectors()
    return ("field", frozenset((y, tuple(float(f"{x:.6g}") for x in d)) for y, d in vectors.items()))
