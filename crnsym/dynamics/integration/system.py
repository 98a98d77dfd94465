"""A network as arrays for numba: its rates, their sum for each species, and the sparse Jacobian."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...files.compiled import njit
from ...network.network import Network
from ..arrays import compile_laws, net_changes, rate_constants, reactant_table
from ..programs import number
from .machine import INPUT, Assembler, differentiate, run


class System(NamedTuple):
    """The arrays of a network, species in its order.

    The input vector is the concentrations, then 1 (the dummy reactant), then the time. Rates are those of mass
    action and then those of the other laws.

    Attributes
    ----------
    species
        Number of species.
    constants, reactants
        Rate constants, and positions of the reactant molecules, padded with the dummy.
    rows, numbers, outputs
        The program of the other laws, and the rows that hold their rates.
    starts, changed, changes
        Which species each reaction changes, and by how much, from ``starts[i]`` to ``starts[i + 1]``.
    law_starts, law_inputs
        Inputs that each other law depends on, from ``law_starts[l]`` to ``law_starts[l + 1]``.
    colours, colour_count
        Colour of each species (-1 where no other law has it): no law has two inputs of one colour, so that one
        pass through the program gives the slopes of all species of a colour.
    places
        Entry of the Jacobian for each product of a slope and a change, in the order of `jacobian`.
    entries
        ``(row, column)`` of each entry of the Jacobian.
    timed
        Whether a law depends on time.
    """

    species: int
    constants: np.ndarray
    reactants: np.ndarray
    rows: np.ndarray
    numbers: np.ndarray
    outputs: np.ndarray
    starts: np.ndarray
    changed: np.ndarray
    changes: np.ndarray
    law_starts: np.ndarray
    law_inputs: np.ndarray
    colours: np.ndarray
    colour_count: int
    places: np.ndarray
    entries: np.ndarray
    timed: bool


def compile_system(network: Network) -> System:
    """Turn a network into arrays; all its parameters need values.

    Raises
    ------
    NetworkError
        A parameter without value, or a rate constant that is not a finite real number.
    UnsupportedError
        A function in a rate law that cannot be simulated.
    """
    constants = rate_constants(network)
    mass_action = [i for i, k in enumerate(constants) if k is not None]
    others = [i for i, k in enumerate(constants) if k is None]
    species = len(network.species)
    reactants = reactant_table(network, mass_action)
    rows, numbers, outputs, inputs = _program(network, others)
    starts, changed, changes = net_changes(network, mass_action + others)
    colours = _colours(inputs, species)
    sources = [[int(s) for s in row] for row in reactants] + [[s for s in i if s < species] for i in inputs]
    # Positions are unsigned: numba would look for negative ones each time.
    entries, places = _pattern(sources, starts, changed, species)
    return System(
        species,
        np.array([constants[i] for i in mass_action], dtype=float),
        reactants.astype(np.uint32),
        rows,
        numbers,
        outputs,
        starts.astype(np.uint32),
        changed.astype(np.uint32),
        changes,
        np.concatenate([[0], np.cumsum([len(i) for i in inputs])]).astype(np.int64),
        np.array([s for i in inputs for s in i], dtype=np.int64),
        colours,
        int(colours.max(initial=-1)) + 1,
        places.astype(np.uint32),
        entries,
        bool(np.any((rows[:, 0] == INPUT) & (rows[:, 1] == species + 1))),
    )


def _program(network: Network, others: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[list[int]]]:
    """Return the program of these laws, its outputs, and the species that each law depends on."""
    species = network.species_index
    parameters = [number(p) for p in network.parameters.values() if p is not None] if others else []
    assembler = Assembler(len(species) + 1, parameters)
    outputs = assembler.place(compile_laws(network, others)) if others else []
    inputs = [
        sorted({species[str(s)] for s in network.reactions[i].rate_expression.free_symbols if str(s) in species})
        for i in others
    ]
    rows = np.array(assembler.rows, dtype=np.int64).reshape(-1, 4)
    return rows, np.array(assembler.numbers), np.array(outputs, dtype=np.int64), inputs


def _colours(inputs: Sequence[Sequence[int]], species: int) -> np.ndarray:
    """Colour the species greedily so that no law has two of one colour."""
    neighbours: dict[int, set[int]] = {}
    for law in inputs:
        for s in law:
            neighbours.setdefault(s, set()).update(law)
    colours = np.full(species, -1, dtype=np.int64)
    for s in sorted(neighbours, key=lambda s: (-len(neighbours[s]), s)):
        taken = {int(colours[other]) for other in neighbours[s]}
        colours[s] = next(c for c in range(len(taken) + 1) if c not in taken)
    return colours


def _pattern(
    sources: Sequence[Sequence[int]], starts: np.ndarray, changed: np.ndarray, species: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the entries of the Jacobian, and where each product goes; products of the dummy go behind the last."""
    keys = []
    for i, row in enumerate(sources):
        targets = changed[starts[i] : starts[i + 1]].astype(np.int64)
        for s in row:
            keys.append(targets * species + s if s < species else np.full(len(targets), species * species))
    flat = np.concatenate([np.zeros(0, np.int64), *keys]).astype(np.int64)
    known, places = np.unique(np.append(flat, species * species), return_inverse=True)
    entries = np.stack([known[:-1] // max(species, 1), known[:-1] % max(species, 1)], axis=1)
    return entries, places[:-1].astype(np.int64)


def slope(system: System, time: float, state: np.ndarray) -> np.ndarray:
    """Return dy/dt."""
    result = np.empty(system.species)
    x = np.concatenate([state, [1.0, time]])
    rates = np.empty(len(system.starts) - 1)
    other_rates(system, x, np.empty(len(system.rows)), rates)
    add_up(system.constants, system.reactants, system.starts, system.changed, system.changes, x, rates, result)
    return result


@njit(cache=True, error_model="numpy")
def other_rates(system, x, values, rates):
    """Write the rates of the laws that are not mass action at inputs ``x`` into ``rates``, behind those that are."""
    run(system.rows, system.numbers, x, values)
    count = len(system.constants)
    for i in range(len(system.outputs)):
        rates[count + i] = values[system.outputs[i]]


@njit(cache=True, error_model="numpy")
def add_up(constants, reactants, starts, changed, changes, x, rates, dy):
    """Write the rates of mass action at inputs ``x`` into ``rates``, and dy/dt from all rates.

    Arrays come one by one because numba counts references of each array of a tuple at each call.
    """
    width = reactants.shape[1]
    for i in range(len(constants)):
        rate = constants[i]
        for j in range(width):
            rate *= x[reactants[i, j]]
        rates[i] = rate
    for i in range(len(dy)):
        dy[i] = 0.0
    e = starts[0]
    for i in range(len(rates)):
        rate, stop = rates[i], starts[i + 1]
        while e < stop:
            dy[changed[e]] += changes[e] * rate
            e += 1


@njit(cache=True, error_model="numpy")
def jacobian(system, x, values, slopes, seed, partials, result):
    """Write the entries of the Jacobian into ``result``, which has room for one more: the dummy's.

    ``values``, ``slopes``: room for the program; ``seed``: as ``x``; ``partials``: as ``system.law_inputs``.
    """
    at = _mass_action_slopes(
        system.constants, system.reactants, system.starts, system.changes, system.places, x, result
    )
    outputs, starts, changes, places = system.outputs, system.starts, system.changes, system.places
    count = len(system.constants)
    if not len(outputs):
        return
    law_starts, inputs, colours = system.law_starts, system.law_inputs, system.colours
    run(system.rows, system.numbers, x, values)
    seed[:] = 0.0
    for colour in range(system.colour_count):
        for s in range(system.species):
            seed[s] = 1.0 if colours[s] == colour else 0.0
        differentiate(system.rows, seed, values, slopes)
        for law in range(len(outputs)):
            for p in range(law_starts[law], law_starts[law + 1]):
                if colours[inputs[p]] == colour:
                    partials[p] = slopes[outputs[law]]
    for law in range(len(outputs)):
        i = count + law
        for p in range(law_starts[law], law_starts[law + 1]):
            for e in range(starts[i], starts[i + 1]):
                result[places[at]] += changes[e] * partials[p]
                at += 1


@njit(cache=True, error_model="numpy")
def _mass_action_slopes(constants, reactants, starts, changes, places, x, result):
    """Add up the entries that come from mass action; return the number of products so far."""
    for i in range(len(result)):
        result[i] = 0.0
    width, at = reactants.shape[1], 0
    for i in range(len(constants)):
        for j in range(width):
            slope = constants[i]
            for other in range(width):
                if other != j:
                    slope *= x[reactants[i, other]]
            for e in range(starts[i], starts[i + 1]):
                result[places[at]] += changes[e] * slope
                at += 1
    return at


@njit(cache=True, error_model="numpy")
def time_slope(system, values, slopes, seed, result):
    """Write the derivative of dy/dt with time alone into ``result``, after `jacobian` there."""
    seed[:] = 0.0
    seed[system.species + 1] = 1.0
    differentiate(system.rows, seed, values, slopes)
    result[:] = 0.0
    count = len(system.constants)
    for law in range(len(system.outputs)):
        for e in range(system.starts[count + law], system.starts[count + law + 1]):
            result[system.changed[e]] += system.changes[e] * slopes[system.outputs[law]]
