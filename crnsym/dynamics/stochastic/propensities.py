"""From symbols to counts: a network as propensities, state changes and who depends on whom."""

import math
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ...errors import NetworkError
from ...network.arguments import by_name, check_one_way, real
from ...network.network import Network
from ...network.reaction import Reaction
from ...network.recognise import recognise
from ..arrays import rate_constants
from ..ode import initial_state
from ..programs import compile_expressions, number
from .interpreter import assemble


class Propensities(NamedTuple):
    """A network as arrays for numba.

    The propensity of reaction ``i`` is ``constants[i]`` times the product of ``x[reactants[i]] - taken[i]``
    (falling factorials; the dummy species behind the last one counts 1), or, where ``laws[i]`` is not -1, the value
    of that law as long as all reactants are there; ``laws`` is None if there are no such laws. What reaction ``i``
    changes, and which propensities depend on it, stands from ``starts[i]`` to ``starts[i + 1]``.
    """

    constants: np.ndarray
    reactants: np.ndarray
    taken: np.ndarray
    laws: np.ndarray | None
    code: np.ndarray
    change_starts: np.ndarray
    change_species: np.ndarray
    changes: np.ndarray
    dependent_starts: np.ndarray
    dependents: np.ndarray

    @property
    def reactions(self) -> int:
        """Number of reactions."""
        return len(self.constants)


def compile_propensities(network: Network) -> Propensities:
    """Turn a network into arrays; species in the order of ``network.species_names``.

    Raises
    ------
    NetworkError
        No reactions, a rate without value, coefficients that are not whole, or a negative rate constant.
    UnsupportedError
        A rate that depends on time, or a function that cannot be simulated.
    """
    if not network.reactions:
        raise NetworkError("the network has no reactions, so there are no propensities to simulate")
    check_one_way(network)
    for reaction in network.reactions:
        if not (reaction.reactants.is_integer and reaction.products.is_integer):
            raise NetworkError(f"'{reaction}' has no propensity: molecules are counted, so coefficients must be whole")
    try:
        constants = rate_constants(network)
    except NetworkError as error:
        raise NetworkError(f"the network has no propensities: {error}") from None
    for reaction, k in zip(network.reactions, constants, strict=True):
        if k is not None and k < 0:
            raise NetworkError(f"the rate constant of '{reaction}' is {k:g}; a propensity cannot be negative")
    _warn_of_powers(network, constants)
    laws = np.full(len(constants), -1, dtype=np.int64)
    others = [i for i, k in enumerate(constants) if k is None]
    laws[others] = np.arange(len(others))
    reactants, taken = _reactants(network)
    starts, species, changes = _changes(network)
    return Propensities(
        np.array([0.0 if k is None else k for k in constants]),
        reactants,
        taken,
        laws if others else None,
        _code(network, [network.reactions[i] for i in others]),
        starts,
        species,
        changes,
        *_dependents(network),
    )


def _warn_of_powers(network: Network, constants: list[float | None]) -> None:
    """Warn of ``2 A -> B @= k*A^2``: as a whole rate it is its propensity, which mass action would not have."""
    for r, k in zip(network.reactions, constants, strict=True):
        if k is None and max(r.reactants.values(), default=0) > 1:
            law = recognise(r.rate_expression, r.reactants, r.products, network.species_names)
            if law.is_mass_action:
                warnings.warn(
                    f"the whole rate of '{r}' is taken as its propensity, with x^2 where mass action has x (x - 1); "
                    "if mass action is meant, crnsym.recognise_laws writes it so",
                    stacklevel=4,
                )


def initial_counts(network: Network, given: Mapping[str, Any] | None) -> np.ndarray:
    """Return the numbers of molecules at the start, int64.

    Raises
    ------
    NetworkError
        A number that is not whole, or negative, or none at all; names the species.
    """
    for name, value in {**network.initial, **by_name("initial", given, "{'A': 100}")}.items():
        count = real(value)
        if name in network.species_index and (count is None or not 0 <= count == math.floor(count) < 2**53):
            kind = "negative" if count is not None and count < 0 else "not a whole number"
            raise NetworkError(f"initial: {name} = {value} is {kind}; a stochastic simulation counts molecules")
    return initial_state(network, given).astype(np.int64)


def _reactants(network: Network) -> tuple[np.ndarray, np.ndarray]:
    index, dummy = network.species_index, len(network.species)
    factors = [
        [(index[name], i) for name, count in r.reactants.items() for i in range(int(count))] for r in network.reactions
    ]
    width = max([1, *map(len, factors)])
    table = np.array([row + [(dummy, 0)] * (width - len(row)) for row in factors], dtype=np.int32)
    return np.ascontiguousarray(table[:, :, 0].astype(np.uint32)), np.ascontiguousarray(table[:, :, 1])


def _code(network: Network, reactions: list[Reaction]) -> np.ndarray:
    positions = {name: i for i, name in enumerate(network.parameters)}
    programs = [compile_expressions([r.rate_expression], network.species_index, positions) for r in reactions]
    values = [number(p) for p in network.parameters.values() if p is not None] if reactions else []
    return assemble(programs, np.array(values))


def _changes(network: Network) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    index, fixed = network.species_index, network.fixed_species
    rows = [[(index[n], int(c)) for n, c in r.net.items() if n not in fixed] for r in network.reactions]
    flat = np.array([pair for row in rows for pair in row], dtype=np.int32).reshape(-1, 2)
    return _starts(rows), np.ascontiguousarray(flat[:, 0].astype(np.uint32)), np.ascontiguousarray(flat[:, 1])


def _dependents(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each reaction, the reactions whose propensity its firing changes."""
    readers: dict[str, list[int]] = {name: [] for name in network.species_names}
    for i, reaction in enumerate(network.reactions):
        used = {*reaction.reactants, *map(str, reaction.rate_expression.free_symbols)}
        for name in sorted(used & readers.keys()):
            readers[name].append(i)
    fixed = network.fixed_species
    rows = [sorted({i for n in r.net if n not in fixed for i in readers[n]}) for r in network.reactions]
    return _starts(rows), np.array([i for row in rows for i in row], dtype=np.uint32)


def _starts(rows: list[list]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int32)
