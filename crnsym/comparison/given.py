"""Networks that somebody wrote, as mechanisms of the measured species."""

import difflib
from typing import Any

import numpy as np

from ..data.mechanism import Mechanism
from ..data.trajectories import Trajectories
from ..errors import NetworkError, UnsupportedError
from ..network.network import Network
from ..network.reaction import Reaction
from ..network.symbols import TIME, symbol
from ..refit.general.setting import Setting


def given_mechanism(network: Network, data: Trajectories, source: str = "the network") -> Mechanism:
    """Put a mass-action network on the species of a data set, with rates to start a fit from.

    Rate constants without a value start where the reaction turns over about the range of the data in the length of
    a run.

    Parameters
    ----------
    network
        Mass action with whole coefficients.
    data
        Its species give the order of the columns.
    source
        What to call the network in errors.

    Raises
    ------
    NetworkError
        A species that is not measured, or a network without reactions.
    UnsupportedError
        A rate law other than mass action, a fractional coefficient.
    """
    if not network.reactions:
        raise NetworkError(f"{source} has no reactions")
    used = [s for r in network.reactions for s in (*r.reactants, *r.products)]
    for name in dict.fromkeys(used):
        if name not in data.species:
            near = difflib.get_close_matches(name, data.species, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"measured are {', '.join(data.species)}"
            raise NetworkError(f"{source}: species '{name}' is not measured; {hint}")
    shape = (len(network.reactions), len(data.species))
    reactants, products = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    log_rates = np.zeros(shape[0])
    guess = _typical_log_flux(data), np.log(_typical_levels(data))
    for j, reaction in enumerate(network.reactions):
        if not reaction.rate.is_mass_action:
            raise UnsupportedError(f"{source}: reaction '{reaction}' is not mass action; only those can be refitted")
        for table, side in ((reactants, reaction.reactants), (products, reaction.products)):
            for name, n in side.items():
                if n.q != 1:
                    raise UnsupportedError(f"{source}: coefficient {n} in '{reaction}' is not a whole number")
                table[j, data.species.index(name)] = int(n)
        fixed = [data.species.index(s) for s in network.fixed_species if s in data.species]
        products[j, fixed] = reactants[j, fixed]
        value = rate_value(network, reaction)
        log_rates[j] = guess[0] - reactants[j] @ guess[1] if value is None else np.log(value)
    return Mechanism(data.species, reactants, products, log_rates, ("given",))


def is_plain(network: Network, data: Trajectories, setting: Setting) -> bool:
    """Whether a network is mass action of measured species, one free rate constant a reaction.

    Such networks are fitted by a kernel of their own.
    """
    if setting.observables or any(name in network.observables for name in data.species):
        return False
    names = {*network.species_names, *network.parameters}
    if any(name in names for name in (*setting.initial, *setting.fixed, *setting.bounds, *setting.conditioned())):
        return False
    constants = []
    for reaction in network.reactions:
        if not reaction.rate.is_mass_action or not all(n.q == 1 for n in _coefficients(reaction)):
            return False
        k = reaction.rate_constant
        if not ((k.is_Symbol and str(k) != TIME) or k.is_Rational):
            return False
        constants += [k] if k.is_Symbol else []
    used = {s for r in network.reactions for s in (*r.reactants, *r.products)}
    return len(set(constants)) == len(constants) and used <= set(data.species)


def _coefficients(reaction: Reaction) -> list[Any]:
    return [n for side in (reaction.reactants, reaction.products) for n in side.values()]


def rate_value(network: Network, reaction: Reaction) -> float | None:
    """Return the number behind a mass-action rate constant; None if it has no positive value."""
    values = {symbol(k): v for k, v in network.parameters.items() if v is not None}
    constant = reaction.rate.k.xreplace(values)  # type: ignore[attr-defined]  # mass action, as checked by the caller
    if constant.free_symbols or not constant.is_number:
        return None
    value = float(constant)
    return value if value > 0 else None


def _typical_levels(data: Trajectories) -> np.ndarray:
    """Mean positive concentration of every species."""
    stacked = np.concatenate(data.values)
    mean = np.nanmean(np.abs(stacked), axis=0)
    return np.where(mean > 0, mean, 1.0)


def _typical_log_flux(data: Trajectories) -> float:
    horizon = float(np.median([t[-1] - t[0] for t in data.times]))
    span = float(np.max(data.ranges()))
    return float(np.log((span if span > 0 else 1.0) / horizon))
