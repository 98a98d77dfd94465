"""From symbols to arrays: a network as a vector field."""

from collections.abc import Sequence

import numpy as np
import sympy as sp

from ..errors import NetworkError
from ..network.network import Network
from ..network.reaction import Reaction
from ..network.symbols import symbol
from .programs import Program, compile_expressions, number
from .vector_field import DenseStoichiometry, SparseStoichiometry, VectorField

_DENSE_ENTRIES = 1 << 14  # above this many species x reactions, entries are added up one by one
_LARGEST_ORDER = 8  # reactions of higher order are written out instead of padding the table of all others


def compile_network(network: Network, *, padded: bool = False) -> VectorField:
    """Turn a network into a vector field for jax and diffrax.

    Parameters
    ----------
    network
        All its parameters need values.
    padded
        Round the shape up: species to a multiple of 4, mass-action reactions to a multiple of 8, reactants to
        at least 3. Networks of similar size then share one compiled program; padding species never change.

    Returns
    -------
    VectorField
        ``field(t, y)`` with species in the order of ``network.species_names``.

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
    species = _round_up(len(network.species), 4) if padded else len(network.species)
    rows = _round_up(len(mass_action), 8) if padded else len(mass_action)

    reactants = _reactant_table(network, mass_action, rows, dummy=species, narrowest=3 if padded else 1)
    k = np.zeros(rows)
    k[: len(mass_action)] = [constants[i] for i in mass_action]
    columns = np.zeros(_round_up(len(network.reactions), 8) if padded else len(network.reactions), dtype=np.int32)
    columns[mass_action] = np.arange(len(mass_action))
    columns[others] = rows + np.arange(len(others))
    parameters = np.array([number(p) for p in network.parameters.values() if p is not None] if others else [])
    laws = _laws(network, [network.reactions[i] for i in others]) if others else None
    stoichiometry = _stoichiometry(network, columns, (species, rows + len(others)))
    return VectorField(reactants, k, stoichiometry, parameters, columns, laws)  # type: ignore[arg-type]


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
    return [_rate_constant(reaction, values) for reaction in network.reactions]


def _rate_constant(reaction: Reaction, values: dict[sp.Symbol, sp.Rational | None]) -> float | None:
    if not reaction.rate.is_mass_action or not reaction.reactants.is_integer or reaction.order > _LARGEST_ORDER:
        return None
    k = reaction.rate.k.xreplace(values)  # type: ignore[attr-defined]
    if k.free_symbols:
        return None  # a rate "constant" that depends on time
    return number(k)


def _round_up(count: int, multiple: int) -> int:
    return max(-(-count // multiple), 1) * multiple


def _reactant_table(network: Network, chosen: Sequence[int], rows: int, dummy: int, narrowest: int) -> np.ndarray:
    index = network.species_index
    molecules = [
        [index[name] for name, c in network.reactions[i].reactants.items() for _ in range(int(c))] for i in chosen
    ]
    table = np.full((rows, max([narrowest, *map(len, molecules)])), dummy, dtype=np.int32)
    for row, found in zip(table, molecules, strict=False):
        row[: len(found)] = found
    return table


def _laws(network: Network, reactions: Sequence[Reaction]) -> Program:
    parameters = {name: i for i, name in enumerate(network.parameters)}
    return compile_expressions([r.rate_expression for r in reactions], network.species_index, parameters)


def _stoichiometry(
    network: Network, columns: np.ndarray, shape: tuple[int, int]
) -> DenseStoichiometry | SparseStoichiometry:
    index, fixed = network.species_index, network.fixed_species
    entries = sorted(
        (index[name], int(column), number(change))
        for column, reaction in zip(columns, network.reactions, strict=False)
        for name, change in reaction.net.items()
        if name not in fixed
    )
    rows, cols, changes = (np.array(x) for x in zip(*entries, strict=True)) if entries else ([], [], [])
    if shape[0] * shape[1] > _DENSE_ENTRIES:
        return SparseStoichiometry(
            np.asarray(rows, np.int32),  # type: ignore[arg-type]
            np.asarray(cols, np.int32),  # type: ignore[arg-type]
            np.asarray(changes, float),  # type: ignore[arg-type]
            shape[0],
        )
    matrix = np.zeros(shape)
    matrix[np.asarray(rows, int), np.asarray(cols, int)] = changes
    return DenseStoichiometry(matrix)  # type: ignore[arg-type]
