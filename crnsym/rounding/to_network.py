"""The bridge back from arrays to symbols: a fitted mechanism as a network."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..data.mechanism import Mechanism
from ..network.complexes import Complex
from ..network.network import Network
from ..network.rate_laws import Arrhenius, MassAction
from ..network.reaction import Reaction
from ..network.species import Species
from ..network.symbols import exact_number, symbol

DIGITS = 6  # of a rate constant that is written; measured rates have three at best


def to_network(
    mechanism: Mechanism,
    rate_names: Sequence[str] | None = None,
    errors: Sequence[float] | np.ndarray | None = None,
    energy_errors: Sequence[float] | np.ndarray = (),
    initial: Mapping[str, float] | None = None,
    name: str = "",
) -> Network:
    """Return a mechanism as a network of mass-action reactions with named rate constants.

    With activation energies every rate constant follows the centred Arrhenius law: parameters ``k1`` (at the reference
    temperature), ``Ea1`` (in J/mol) and ``T``, whose value is the reference.

    Parameters
    ----------
    mechanism
        Integer reactions and log rates.
    rate_names
        One parameter name a reaction; by default k1, k2, ... in order.
    errors
        Standard errors of the log rates (relative errors of the rates), kept as ``metadata["standard_errors"]``
        in units of the rates.
    energy_errors
        Standard errors of the activation energies in J/mol, kept there too.
    initial
        Initial concentrations by species.
    name
        Name of the network.

    Returns
    -------
    Network
        Parameters are rounded to six significant digits.

    Examples
    --------
    >>> import crnsym as cs
    >>> mechanism = cs.mass_action_arrays(cs.network("2 A -> B @ 0.5"))
    >>> print(cs.to_network(mechanism, rate_names=["kd"]))
    2 A -> B  @ kd
    param kd = 0.5
    """
    names = rate_names or default_rate_names(mechanism)
    rates = np.exp(mechanism.log_rates)
    start = dict(initial or {})
    energy_names = default_energy_names(mechanism)
    reactions = tuple(
        Reaction(_complex(mechanism.species, a), _complex(mechanism.species, b), law)
        for a, b, law in zip(mechanism.reactants, mechanism.products, _laws(mechanism, names), strict=True)
    )
    species = tuple(
        Species(s, initial=exact_number(_rounded(start[s])) if s in start else None) for s in mechanism.species
    )
    parameters = {k: exact_number(_rounded(value)) for k, value in zip(names, rates, strict=True)}
    if mechanism.energies is not None:
        energies = zip(energy_names, mechanism.energies, strict=True)
        parameters.update({name: exact_number(_rounded(value)) for name, value in energies})
        parameters[_temperature_name(mechanism)] = exact_number(_rounded(mechanism.reference))
    metadata: dict[str, object] = {}
    if mechanism.provenance:
        metadata["provenance"] = mechanism.provenance
    if errors is not None:
        known = {k: float(e * value) for k, e, value in zip(names, errors, rates, strict=True)}
        known.update(zip(energy_names, map(float, energy_errors), strict=False))
        metadata["standard_errors"] = known
    return Network(reactions, species, parameters, name=name, metadata=metadata)


def default_rate_names(mechanism: Mechanism) -> list[str]:
    """Return k1, k2, ...; with an underscore where a species has that name."""
    taken = set(mechanism.species)
    names = [f"k{i + 1}" for i in range(len(mechanism.log_rates))]
    return [f"{k}_" if k in taken else k for k in names]


def default_energy_names(mechanism: Mechanism) -> list[str]:
    """Return Ea1, Ea2, ...; none without activation energies."""
    names = [] if mechanism.energies is None else [f"Ea{i + 1}" for i in range(len(mechanism.energies))]
    return [f"{name}_" if name in mechanism.species else name for name in names]


def _temperature_name(mechanism: Mechanism) -> str:
    return "T_" if "T" in mechanism.species else "T"


def _laws(mechanism: Mechanism, names: Sequence[str]) -> list[MassAction | Arrhenius]:
    """Rate laws with these names of the rate constants."""
    if mechanism.energies is None:
        return [MassAction(symbol(k)) for k in names]
    temperature, reference = symbol(_temperature_name(mechanism)), exact_number(_rounded(mechanism.reference))
    return [
        Arrhenius(symbol(k), symbol(e), temperature, reference=reference)
        for k, e in zip(names, default_energy_names(mechanism), strict=True)
    ]


def _complex(species: tuple[str, ...], row: np.ndarray) -> Complex:
    return Complex({s: int(n) for s, n in zip(species, row, strict=True) if n})


def _rounded(value: float) -> float:
    return float(f"{float(value):.{DIGITS}g}")
