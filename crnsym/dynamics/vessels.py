"""The network of a vessel that is fed, emptied, flowed through or heated: what is done to it as further species.

The volume changes by the flows; flows, feeds and the rate of heating are constant until a stretch of the plan ends and
they jump to their next values.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..data.operation import plan as columns
from ..data.operation.operation import Operation
from ..data.operation.plan import FIRST
from ..errors import NetworkError
from ..network.complexes import Complex
from ..network.network import Network
from ..network.rate_laws import Custom
from ..network.reaction import Reaction
from ..network.species import Species
from ..network.symbols import symbol

TEMPERATURE = "T"
"""Parameter that a temperature program moves."""


@dataclass(frozen=True)
class Vessel:
    """A network with what is done to its vessel as further species.

    Attributes
    ----------
    network
        The species of the given network, and then volume, its rate of change, inflow, the feeds of `fed`, and, where a
        program moves it, temperature and its rate of change.
    species, added
        Names of the species of the given network, and of those beside them.
    fed
        Positions of the species that are fed.
    changing
        Positions of the species that dilution and additions change: not those that are held.
    heated
        Whether there is a temperature.
    """

    network: Network
    species: tuple[str, ...]
    added: tuple[str, ...]
    fed: tuple[int, ...]
    changing: tuple[int, ...]
    heated: bool

    def state(self, state: np.ndarray, row: np.ndarray, time: float) -> np.ndarray:
        """Return the state of all species at a time in a stretch of a plan."""
        return np.concatenate([state, self.condition(row, time)])

    def condition(self, row: np.ndarray, time: float) -> np.ndarray:
        """Return the state of the added species."""
        since = time - row[columns.BEGIN]
        volume = row[columns.VOLUME] + row[columns.SWELL] * since
        feeds = row[FIRST : FIRST + len(self.species)][list(self.fed)]
        warm = [row[columns.KELVIN] + row[columns.HEATING] * since, row[columns.HEATING]] if self.heated else []
        return np.concatenate([[volume, row[columns.SWELL], row[columns.INFLOW]], feeds, warm])

    def jumped(self, state: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Return concentrations after the disturbance with which a stretch begins."""
        place = list(self.changing)
        after = state.copy()
        after[place] = row[columns.KEEP] * state[place] + row[FIRST + len(state) :][place]
        return after


def vessel(network: Network, operations: Sequence[Operation]) -> Vessel:
    """Make the network of a vessel from that of its reactions.

    Raises
    ------
    NetworkError
        A temperature program where no rate depends on the temperature ``T``, or only in some runs.
    """
    names = network.species_names
    heated = any(operation.program for operation in operations)
    if heated and (TEMPERATURE not in network.parameters or not all(o.program for o in operations)):
        raise NetworkError(
            f"operation: a temperature program needs rates with the parameter {TEMPERATURE}, such as "
            "'A -> B @ arrhenius(A0, Ea)', and a program for every run"
        )
    fed = tuple(i for i, name in enumerate(names) if any(_feeds(o, name) for o in operations))
    volume, swell, inflow = (_free(name, network) for name in ("volume", "swell", "inflow"))
    feeds = {i: _free(f"feed_{k}", network) for k, i in enumerate(fed)}
    changing = tuple(i for i, name in enumerate(names) if name not in network.fixed_species)
    reactions = [Reaction(Complex(), Complex({volume: 1}), Custom(symbol(swell)))]
    for i in changing:
        lost = symbol(inflow) / symbol(volume) * symbol(names[i])
        reactions.append(Reaction(Complex({names[i]: 1}), Complex(), Custom(lost)))
        if i in feeds:
            reactions.append(Reaction(Complex(), Complex({names[i]: 1}), Custom(symbol(feeds[i]) / symbol(volume))))
    species = [Species(name) for name in (volume, swell, inflow, *feeds.values())]
    parameters = dict(network.parameters)
    if heated:
        heating = _free("heating", network)
        species += [Species(TEMPERATURE), Species(heating)]
        parameters.pop(TEMPERATURE)
        reactions.append(Reaction(Complex(), Complex({TEMPERATURE: 1}), Custom(symbol(heating))))
    own = [_written_out(r) if heated else r for r in network.reactions]
    whole = replace(
        network,
        reactions=(*own, *reactions),
        species=(*network.species, *species),
        parameters=parameters,
    )
    return Vessel(whole, names, tuple(s.name for s in species), fed, changing, heated)


def _written_out(reaction: Reaction) -> Reaction:
    """Return a reaction with its whole rate as an expression where it depends on temperature, now a species."""
    if symbol(TEMPERATURE) not in reaction.rate_expression.free_symbols:
        return reaction
    return replace(reaction, rate=Custom(reaction.rate_expression))


def _feeds(operation: Operation, name: str) -> bool:
    inlet = operation.charge if operation.steady else ()
    return any(name == n for n, _ in inlet) or any(
        not step.at_once and any(name == n for n, _ in step.contents) for step in operation.steps
    )


def _free(name: str, network: Network) -> str:
    """Return a name that the network does not use."""
    taken = {*network.species_names, *network.parameters, *network.observables}
    while name in taken:
        name += "_"
    return name
