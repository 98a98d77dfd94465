"""Merge reactions that a learner has split into several near-equal ones, before anything is rounded."""

from dataclasses import replace

import numpy as np

from crnsym.data.mechanism import FractionalNetwork

ORDER_TOLERANCE = 0.15  # largest difference of one order between clones
PARALLEL = 0.97  # least cosine between net vectors of clones


def merge_parallel(
    network: FractionalNetwork,
    typical: np.ndarray,
    *,
    tolerance: float = ORDER_TOLERANCE,
    parallel: float = PARALLEL,
) -> tuple[FractionalNetwork, tuple[str, ...]]:
    """Combine clones: reactions with nearly equal orders and nearly parallel net vectors.

    The data determine only the sum of such reactions; any split of it fits as well, and rounding the parts one by one
    would invent reactions.

    Parameters
    ----------
    network
        What a learner found.
    typical
        ``(species,)`` concentrations at which fluxes are compared.
    tolerance, parallel
        Largest difference of an order, and least cosine between net vectors.  ``parallel = -1`` merges whatever has
        the same orders, opposite reactions included.

    Returns
    -------
    network, remarks
        The merged network: orders are averages weighted by flux, and the net vector keeps the length of the strongest
        part, so that k times it is the sum; and one remark a merge.
    """
    orders, net, rates = network.orders, network.net_stoichiometry, np.array(network.log_rates)
    fluxes = np.exp(np.clip(rates + orders @ np.log(typical), -700, 700))
    size = fluxes * np.abs(net).sum(axis=1)
    groups: list[list[int]] = []
    for j in np.argsort(-size, kind="stable"):
        for group in groups:
            head = group[0]
            close = np.abs(orders[j] - orders[head]).max() <= tolerance
            if close and _cosine(net[j], net[head]) >= parallel:
                group.append(int(j))
                break
        else:
            groups.append([int(j)])
    if all(len(group) == 1 for group in groups):
        return network, ()
    rows = [_combine(group, orders, net, fluxes, typical) for group in sorted(groups, key=min)]
    remarks = tuple(
        f"merged reactions {', '.join(str(j + 1) for j in sorted(group))} (orders within {tolerance:g})"
        for group in sorted(groups, key=min)
        if len(group) > 1
    )
    merged_orders, merged_net, log_rates = (np.array(part) for part in zip(*rows, strict=True))
    return replace(network, orders=merged_orders, net_stoichiometry=merged_net, log_rates=log_rates), remarks


def _combine(group, orders, net, fluxes, typical):
    """One row for a group; flux and change at the typical concentrations stay what they were."""
    if len(group) == 1:
        j = group[0]
        return orders[j], net[j], np.log(fluxes[j]) - orders[j] @ np.log(typical)
    weights = fluxes[group] * np.abs(net[group]).sum(axis=1)
    weights = weights / weights.sum() if weights.sum() > 0 else np.full(len(group), 1.0 / len(group))
    order = weights @ orders[group]
    change = fluxes[group] @ net[group]
    length = np.abs(net[group[0]]).sum()
    total = np.abs(change).sum()
    flux = max(total / max(length, 1e-300), 1e-300)
    return order, change / flux if total > 0 else change, np.log(flux) - order @ np.log(typical)


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    size = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / size) if size > 0 else 1.0
