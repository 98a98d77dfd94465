"""Networks that somebody wrote, as mechanisms of the measured species."""

import difflib
from typing import Any

import numpy as np
import sympy as sp

from ..data.mechanism import GAS_CONSTANT, Mechanism
from ..data.trajectories import Trajectories
from ..errors import NetworkError, UnsupportedError
from ..network.network import Network
from ..network.rate_laws import Arrhenius
from ..network.reaction import Reaction
from ..network.symbols import TIME, exact_number, symbol
from ..refit.general.setting import Setting
from ..refit.temperature import Temperatures


def given_mechanism(
    network: Network, data: Trajectories, source: str = "the network", unmeasured: tuple[str, ...] = ()
) -> Mechanism:
    """Put a mass-action network on the species of a data set, with rates to start a fit from.

    Rate constants without a value start where the reaction turns over about the range of the data in the length of
    a run. Where the runs differ in temperature (or all have one that is given), rate constants are taken there; one
    that does not depend on temperature starts with a typical activation energy.

    Parameters
    ----------
    network
        Mass action with whole coefficients.
    data
        Its species give the order of the columns.
    source
        What to call the network in errors.
    unmeasured
        Further species that it may have; their columns come last.

    Raises
    ------
    NetworkError
        Any other species that is not measured, or a network without reactions.
    UnsupportedError
        A rate law other than mass action, a fractional coefficient.
    """
    if not network.reactions:
        raise NetworkError(f"{source} has no reactions")
    species = (*data.species, *unmeasured)
    used = [s for r in network.reactions for s in (*r.reactants, *r.products)]
    for name in dict.fromkeys(used):
        if name not in species:
            near = difflib.get_close_matches(name, data.species, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"measured are {', '.join(data.species)}"
            raise NetworkError(f"{source}: species '{name}' is not measured; {hint}")
    shape = (len(network.reactions), len(species))
    reactants, products = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    log_rates, energies = np.zeros(shape[0]), np.full(shape[0], np.nan)
    heat = Temperatures.of(data)
    kelvin = heat.reference if heat else (float(np.mean(data.temperatures)) if data.temperatures else None)
    levels = _typical_levels(data)
    levels = np.append(levels, np.full(len(unmeasured), np.median(levels)))
    guess = _typical_log_flux(data), np.log(levels)
    for j, reaction in enumerate(network.reactions):
        if not reaction.rate.is_mass_action:
            raise UnsupportedError(f"{source}: reaction '{reaction}' is not mass action; only those can be refitted")
        for table, side in ((reactants, reaction.reactants), (products, reaction.products)):
            for name, n in side.items():
                if n.q != 1:
                    raise UnsupportedError(f"{source}: coefficient {n} in '{reaction}' is not a whole number")
                table[j, species.index(name)] = int(n)
        fixed = [species.index(s) for s in network.fixed_species if s in species]
        products[j, fixed] = reactants[j, fixed]
        value, energy = rate_value(network, reaction, kelvin)
        log_rates[j] = guess[0] - reactants[j] @ guess[1] if value is None else np.log(value)
        energies[j] = np.nan if value is None else energy
    if heat is None:
        return Mechanism(species, reactants, products, log_rates, ("given",))
    return heat.complete(Mechanism(species, reactants, products, log_rates, ("given",), energies, heat.reference))


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
        law = reaction.rate
        if isinstance(law, Arrhenius) and law.exponent == 0:  # centred or not, the same straight line in 1/T
            own = [law.prefactor, law.activation_energy]
        else:
            own = [reaction.rate_constant]
        if not all((k.is_Symbol and str(k) != TIME) or k.is_Rational for k in own):
            return False
        constants += [k for k in own if k.is_Symbol]
    used = {s for r in network.reactions for s in (*r.reactants, *r.products)}
    return len(set(constants)) == len(constants) and used <= set(data.species)


def _coefficients(reaction: Reaction) -> list[Any]:
    return [n for side in (reaction.reactants, reaction.products) for n in side.values()]


def rate_value(network: Network, reaction: Reaction, kelvin: float | None = None) -> tuple[float | None, float]:
    """Return the number behind a mass-action rate constant, and its activation energy in J/mol.

    Parameters
    ----------
    network, reaction
        Where the parameters and the rate law stand.
    kelvin
        Temperature at which the number is wanted, by default the value that the network gives it.

    Returns
    -------
    value
        None if it has no positive value.
    energy
        R T^2 d ln k / dT, the slope of the Arrhenius plot; NaN where the rate constant does not depend on temperature.
    """
    heat: Any = reaction.rate.temperature if isinstance(reaction.rate, Arrhenius) else symbol("T")
    known = {symbol(k): v for k, v in network.parameters.items() if v is not None}
    at = known.get(heat) if kelvin is None else exact_number(kelvin)
    constant: Any = reaction.rate_constant
    constant = constant.xreplace({name: v for name, v in known.items() if name != heat})
    value = constant if at is None else constant.xreplace({heat: at})
    if value.free_symbols or not value.is_number or not float(value) > 0:
        return None, float("nan")
    if at is None or heat not in constant.free_symbols:
        return float(value), float("nan")
    slope: Any = sp.diff(sp.log(constant), heat).xreplace({heat: at})
    return float(value), GAS_CONSTANT * float(at) ** 2 * float(slope)


def _typical_levels(data: Trajectories) -> np.ndarray:
    """Mean positive concentration of every species."""
    stacked = np.concatenate(data.values)
    mean = np.nanmean(np.abs(stacked), axis=0)
    return np.where(mean > 0, mean, 1.0)


def _typical_log_flux(data: Trajectories) -> float:
    horizon = float(np.median([t[-1] - t[0] for t in data.times]))
    span = float(np.max(data.ranges()))
    return float(np.log((span if span > 0 else 1.0) / horizon))
