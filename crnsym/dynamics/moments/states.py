"""The states that a jump process can be in: a box, or all that can be reached; and the rates between them."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ...errors import NetworkError, UnsupportedError
from ...network.arguments import by_name, real
from ...network.network import Network
from ..compile import compile_network
from ..stochastic.propensities import Propensities, compile_propensities
from ..vector_field import VectorField

_BLOCK = 1 << 14  # states whose rates are computed at once


class Jumps:
    """The reactions of a network as functions of many states at once.

    The propensities are those of `crnsym.simulate_stochastic`: falling factorials for mass action, any other law as
    it stands as long as all reactants are there.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.compiled: Propensities = compile_propensities(network)
        others = [r for r in network.reactions if not r.rate.is_mass_action]
        for reaction in others:
            # sympy types its atoms as Basic
            symbols = {s.name for s in reaction.rate_expression.free_symbols}  # type: ignore[attr-defined]
            if "time" in symbols - {*network.species_names, *network.parameters}:
                raise UnsupportedError(f"the rate of '{reaction}' depends on time, which the master equation cannot do")
        self.changes = np.zeros((len(network.reactions), len(network.species)), dtype=np.int64)
        p = self.compiled
        for r in range(len(self.changes)):
            span = slice(p.change_starts[r], p.change_starts[r + 1])
            self.changes[r, p.change_species[span]] = p.changes[span]
        self.laws = None if p.laws is None else compile_network(network)

    def rates(self, states: np.ndarray) -> np.ndarray:
        """Return the propensities, ``(states, reactions)``.

        Raises
        ------
        NetworkError
            A propensity that is negative or not finite; names the reaction and the state.
        """
        p = self.compiled
        padded = np.column_stack([states, np.ones(len(states), dtype=np.int64)])
        left = padded[:, p.reactants.astype(np.int64)] - p.taken
        found = p.constants * np.where(left > 0, left, 0).prod(axis=2)
        if self.laws is not None and p.laws is not None and len(states):
            with jax.enable_x64(True):
                values = np.asarray(_all_rates(self.laws, np.asarray(states, dtype=float)))
            chosen = np.flatnonzero(p.laws >= 0)
            found[:, chosen] = np.where((left > 0).all(axis=2), values, 0.0)[:, chosen]
        wrong = ~(np.isfinite(found) & (found >= 0))
        if wrong.any():
            state, reaction = np.argwhere(wrong)[0]
            where = ", ".join(f"{n} = {x}" for n, x in zip(self.network.species_names, states[state], strict=True))
            raise NetworkError(
                f"the propensity of '{self.network.reactions[reaction]}' is {found[state, reaction]:g} at {where}"
            )
        return found


@eqx.filter_jit
def _all_rates(field: VectorField, states: np.ndarray) -> jax.Array:
    return jax.vmap(lambda x: field.rates(0.0, x))(states)


def box(network: Network, bounds: Mapping[str, Any], start: np.ndarray, limit: int) -> np.ndarray:
    """Return all states with 0 <= n <= bound, ``(states, species)``; a species held fixed keeps its number.

    Raises
    ------
    NetworkError
        A bound that is missing, not whole or below the start, or too many states.
    """
    bounds = by_name("bounds", bounds, "{'A': 50}")
    sides = []
    for name, count in zip(network.species_names, start, strict=True):
        if name in network.fixed_species:
            sides.append(np.array([count]))
            continue
        bound = bounds.get(name)
        if bound is None:
            raise NetworkError(
                f"bounds: {name} has none; give the largest number of every species, or no bounds at all"
            )
        size = real(bound)
        if size is None or not count <= size == size // 1:
            raise NetworkError(f"bounds: {name} = {bound} is not a whole number of at least {count}, where it starts")
        sides.append(np.arange(int(bound) + 1))
    unknown = [name for name in bounds if name not in network.species_index]
    if unknown:
        raise NetworkError(f"bounds: {unknown[0]} is no species; there are {', '.join(network.species_names)}")
    size = float(np.prod([float(len(side)) for side in sides]))
    if size > limit:
        raise NetworkError(f"the box has {size:.3g} states, more than limit={limit}; take smaller bounds")
    return np.stack([grid.ravel() for grid in np.meshgrid(*sides, indexing="ij")], axis=1)


def reachable(jumps: Jumps, start: np.ndarray, limit: int) -> np.ndarray:
    """Return every state that can be reached from the start, ``(states, species)``, the start first.

    Raises
    ------
    NetworkError
        More than ``limit`` states.
    """
    known = {start.tobytes()}
    levels, frontier = [start[None]], start[None]
    while len(frontier):
        rates = jumps.rates(frontier)
        following = (frontier[:, None, :] + jumps.changes)[rates > 0]
        fresh = []
        for state in np.unique(following, axis=0) if len(following) else ():
            key = state.tobytes()
            if key not in known:
                known.add(key)
                fresh.append(state)
        frontier = np.array(fresh, dtype=np.int64).reshape(-1, len(start))
        levels.append(frontier)
        if len(known) > limit:
            largest = ", ".join(
                f"{n} = {x}"
                for n, x in zip(jumps.network.species_names, np.concatenate(levels).max(axis=0), strict=True)
            )
            raise NetworkError(
                f"more than limit={limit} states can be reached (up to {largest}); give bounds, or raise the limit"
            )
    return np.concatenate(levels)


def transitions(jumps: Jumps, states: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (from, to, rate) of all jumps between states, and the rate out of the set, ``(states,)``."""
    index = {state.tobytes(): i for i, state in enumerate(states)}
    sources, targets, rates = [], [], []
    outwards = np.zeros(len(states))
    for first in range(0, len(states), _BLOCK):
        block = states[first : first + _BLOCK]
        values = jumps.rates(block)
        for reaction, change in enumerate(jumps.changes):
            if not change.any():
                continue
            here = np.flatnonzero(values[:, reaction] > 0)
            there = np.array([index.get(s.tobytes(), -1) for s in block[here] + change], dtype=np.int64)
            inside = there >= 0
            np.add.at(outwards, first + here[~inside], values[here[~inside], reaction])
            sources.append(first + here[inside])
            targets.append(there[inside])
            rates.append(values[here[inside], reaction])
    empty = np.zeros(0, dtype=np.int64)
    parts = (
        np.concatenate([empty.astype(kind), *found]) for found, kind in ((sources, int), (targets, int), (rates, float))
    )
    return (*parts, outwards)  # type: ignore[return-value]  # (sympy: Basic)
