"""What every numerical form of a network is made from: rate constants, reactants and changes as numpy arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp

from ..errors import NetworkError
from ..network.network import Network
from ..network.reaction import Reaction
from ..network.symbols import symbol
from .programs import Program, compile_expressions, number

_LARGEST_ORDER = 8  # reactions of higher order are written out instead of padding the table of all others


def rate_constants(network: Network) -> list[float | None]:
    """Return the number k of each mass-action reaction, None where another rate law holds.

    Raises
    ------
    NetworkError
        A parameter without value, or a rate constant that is not a finite real number.
    """
    if network.missing_values:
        missing = ", ".join(network.missing_values)
        first = network.missing_values[0]
        raise NetworkError(f"no value for {missing}; give one, as in 'param {first} = 0.1'")
    values = {symbol(name): value for name, value in network.parameters.items()}
    known: dict[sp.Expr, float | None] = {}  # in a large network thousands of reactions share one constant

    def constant(reaction: Reaction) -> float | None:
        if not reaction.rate.is_mass_action or not reaction.reactants.is_integer or reaction.order > _LARGEST_ORDER:
            return None
        law: Any = reaction.rate  # a law of mass action has a ``k``
        k = law.k
        if k not in known:
            value: Any = k.xreplace(values)
            known[k] = None if value.free_symbols else number(value)  # one that depends on time is no constant
        return known[k]

    return [constant(reaction) for reaction in network.reactions]


def reactant_table(network: Network, chosen: Sequence[int]) -> np.ndarray:
    """Return positions of the reactant molecules of the chosen reactions, padded with the number of species."""
    index = network.species_index
    molecules = [
        [index[name] for name, c in network.reactions[i].reactants.items() for _ in range(int(c))] for i in chosen
    ]
    table = np.full((len(chosen), max([1, *map(len, molecules)])), len(index), dtype=np.int32)
    for row, found in zip(table, molecules, strict=True):
        row[: len(found)] = found
    return table


def compile_laws(network: Network, chosen: Sequence[int]) -> Program:
    """Return the whole rates of the chosen reactions as one program."""
    parameters = {name: i for i, name in enumerate(network.parameters)}
    expressions = [network.reactions[i].rate_expression for i in chosen]
    return compile_expressions(expressions, network.species_index, parameters)


def net_changes(network: Network, chosen: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what the chosen reactions change: where each one starts, the species, and by how much.

    Species that are held fixed are left out.
    """
    index, fixed = network.species_index, network.fixed_species
    rows = [
        [(index[name], number(change)) for name, change in network.reactions[i].net.items() if name not in fixed]
        for i in chosen
    ]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    species = np.array([s for row in rows for s, _ in row], dtype=np.int32)
    return starts, species, np.array([change for row in rows for _, change in row], dtype=float)
