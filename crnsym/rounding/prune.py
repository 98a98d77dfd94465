"""Drop reactions that hardly change anything over the measured range."""

from dataclasses import replace

import numpy as np

from crnsym.data.mechanism import FractionalNetwork
from crnsym.data.trajectories import Trajectories

IDLE = 0.01  # share of every species' turnover below which a reaction is idle


def sample_states(data: Trajectories, count: int = 400) -> np.ndarray:
    """Complete measured states spread evenly over all runs, ``(states, species)``; negative values become 0.

    A missing value is replaced by the species' median.
    """
    stacked = np.concatenate(data.values)
    stacked = stacked[:: max(1, len(stacked) // count)]
    with np.errstate(all="ignore"):
        medians = np.array([np.median(c[np.isfinite(c)]) if np.isfinite(c).any() else 0.0 for c in stacked.T])
    return np.maximum(np.where(np.isfinite(stacked), stacked, medians), 0.0)


def typical_concentrations(states: np.ndarray) -> np.ndarray:
    """Upper-half mean of every species, ``(species,)``, positive: where most of the reactions happen."""
    high = np.quantile(states, 0.75, axis=0)
    fallback = high[high > 0].min() if (high > 0).any() else 1.0
    return np.where(high > 0, high, np.where(states.max(axis=0) > 0, states.max(axis=0), fallback))


def flux_shares(network: FractionalNetwork, states: np.ndarray) -> np.ndarray:
    """Largest share that each reaction has in the turnover of any species, ``(reactions,)``.

    The turnover of a species is the sum of the sizes of all its changes over the states.
    """
    floor = 1e-6 * np.maximum(states.max(axis=0), 1e-300)
    logs = np.log(np.maximum(states, floor))
    fluxes = np.exp(np.clip(network.log_rates + logs @ network.orders.T, -700, 700))  # (states, reactions)
    turnover = fluxes.mean(axis=0)[:, None] * np.abs(network.net_stoichiometry)
    total = turnover.sum(axis=0)
    return (turnover / np.where(total > 0, total, 1.0)).max(axis=1)


def prune_idle(
    network: FractionalNetwork, states: np.ndarray, threshold: float = IDLE
) -> tuple[FractionalNetwork, tuple[str, ...]]:
    """Drop reactions that make less than ``threshold`` of every species' turnover.

    Returns
    -------
    network, remarks
        The network without them (the strongest reaction always stays), and one remark a reaction.
    """
    shares = flux_shares(network, states)
    keep = (shares >= threshold) | (shares == shares.max(initial=0.0))
    if keep.all():
        return network, ()
    remarks = tuple(
        f"dropped reaction {j + 1} ({100 * shares[j]:.2g} % of any species' turnover)" for j in np.flatnonzero(~keep)
    )
    pruned = replace(
        network,
        orders=network.orders[keep],
        net_stoichiometry=network.net_stoichiometry[keep],
        log_rates=network.log_rates[keep],
    )
    return pruned, remarks
