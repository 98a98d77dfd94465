"""Exact equations of the densities and neighbouring pairs of a lattice, as arrays, one set for each process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from ..errors import NetworkError, UnsupportedError
from ..network.arguments import check_network
from ..network.inputs import Formula, Hops
from ..network.moments.hierarchy import expanded
from ..network.moments.lattice import LatticeMomentEquations, lattice_moment_equations
from ..network.moments.motifs import Motif
from ..network.network import Network
from ..network.rate_laws import MassAction
from ..network.symbols import exact_expression, symbol


@dataclass(frozen=True, eq=False)
class Processes:
    """What changes the moments m of a lattice: dm/dt = sum over processes c of k_c (A_c m + b_c + W_c T).

    T are the probabilities of the motifs of three sites and more that the moments do not determine.

    Attributes
    ----------
    network, hops, rules
        As given; rate constants may be expressions of parameters.
    shape
        Sides of the lattice.
    moments
        The exact open equations, with one symbol for the rate of each process.
    names
        Of the processes: reactions, hops and rules.
    constants
        Their rates as expressions of parameters.
    linear
        ``(processes, moments, moments + 1)``: A, and b in the last column.
    open
        ``(processes, moments, motifs)``: W.
    """

    network: Network
    hops: Mapping[str, Any]
    rules: Mapping[str, Any]
    shape: tuple[int, ...]
    moments: LatticeMomentEquations
    names: tuple[str, ...]
    constants: tuple[sp.Expr, ...]
    linear: np.ndarray
    open: np.ndarray

    @property
    def higher(self) -> tuple[Motif, ...]:
        """The motifs that have to be closed."""
        return tuple(self.moments.higher.values())

    @property
    def species(self) -> int:
        """Number of species."""
        return len(self.network.species)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters that a rate depends on."""
        return tuple(sorted({str(s) for k in self.constants for s in k.free_symbols}))

    @cached_property
    def states(self) -> tuple[np.ndarray, np.ndarray]:
        """How single sites and neighbours follow from the moments, a linear map each.

        ``(states, moments + 1)`` and ``(states, states, moments + 1)``; state 0 is an empty site.
        """
        every = range(self.species + 1)
        origin = (0,) * len(self.shape)
        step = (*origin[:-1], 1)
        one = np.array([self._row(((origin, a),)) for a in every])
        two = np.array([[self._row(((origin, a), (step, b))) for b in every] for a in every])
        return one, two

    def _row(self, motif: Motif) -> np.ndarray:
        position = {m: i for i, m in enumerate((*self.moments.motifs, ()))}
        row = np.zeros(len(position))
        for part, count in expanded(motif, self.network, self.shape).items():
            row[position[part]] += count
        return row

    @cached_property
    def evaluate(self) -> Callable[[Any], Any]:
        """Return the rate of each process as a jax function of the values of the parameters, ``(parameters,)``."""
        import jax.numpy as jnp

        written = sp.lambdify([[symbol(name) for name in self.parameters]], list(self.constants), modules="jax")
        return lambda values: jnp.stack([jnp.asarray(k, dtype=float) for k in written(values)])

    def number(self, rate: Formula, values: Mapping[str, float]) -> float:
        """Return what a rate, a number or an expression of parameters, is at their values."""
        found: Any = exact_expression(rate).xreplace({symbol(name): value for name, value in values.items()})
        return float(found)

    def values(self, rates: Mapping[str, float] | None = None) -> dict[str, float]:
        """Return the value of each parameter, those of the network changed by the given ones.

        Raises
        ------
        NetworkError
            A name that is no parameter, or a parameter without value.
        """
        known: dict[str, Any] = {
            name: value for name, value in self.network.parameters.items() if name in self.parameters
        }
        for name, value in (rates or {}).items():
            if name not in self.parameters:
                there = ", ".join(self.parameters) or "none: write rates as names, as in 'A -> 0 @ k'"
                raise NetworkError(f"rates: {name} is no parameter of the rates; there are {there}")
            known[name] = value
        missing = [name for name in self.parameters if known.get(name) is None]
        if missing:
            raise NetworkError(f"no value for {', '.join(missing)}; give one in rates={{{missing[0]!r}: ...}}")
        return {name: float(known[name]) for name in self.parameters}  # type: ignore[arg-type]  # none is missing


def lattice_processes(
    network: Network, shape: tuple[int, ...], hops: Hops = 1.0, rules: Mapping[str, Any] | None = None
) -> Processes:
    """Return the exact equations of densities and pairs of nearest neighbours, process by process.

    Parameters
    ----------
    network, shape, hops, rules
        As in `crnsym.lattice_moment_equations`; what is a number or a name in those may be a parameter here.

    Raises
    ------
    NetworkError, UnsupportedError
        As `crnsym.lattice_moment_equations`; a lattice whose axes differ in length.
    """
    check_network(network)
    if len(set(shape)) > 1:
        raise UnsupportedError(
            f"shape={'x'.join(map(str, shape))}: a closure takes all directions as alike; give sides of the same length"
        )
    given = hops if isinstance(hops, Mapping) else dict.fromkeys(network.species_names, hops)
    constants: list[sp.Expr] = []
    names: list[str] = []

    def fresh(name: str, rate: Formula) -> sp.Symbol:
        names.append(name)
        constants.append(exact_expression(rate))
        return symbol(f"process_{len(names) - 1}")

    for reaction in network.reactions:
        if not reaction.rate.is_mass_action:
            raise UnsupportedError(f"'{reaction}' cannot run on a lattice: it takes mass action")
    reactions = [
        replace(r, rate=MassAction(fresh(str(r).split("  ")[0].strip(), r.rate.k)))  # type: ignore[attr-defined]  # mass action, see above
        for r in network.reactions
    ]
    moves = {name: fresh(f"{name} hops", rate) for name, rate in given.items() if exact_expression(rate) != 0}
    beside = {text: fresh(text, rate) for text, rate in (rules or {}).items()}
    known = dict.fromkeys((f"process_{i}" for i in range(len(names))), 1.0)
    plain = replace(network, reactions=tuple(reactions), parameters=known)
    moments = lattice_moment_equations(plain, shape, hops=moves, rules=beside, reach=1)
    linear, opened = _split(moments, [symbol(name) for name in known], network, shape)
    return Processes(network, given, rules or {}, shape, moments, tuple(names), tuple(constants), linear, opened)


def _split(
    moments: LatticeMomentEquations, symbols: list[sp.Symbol], network: Network, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Take the equations apart: every term is a number times a process, times one motif or none."""
    place = {m: i for i, m in enumerate((*moments.motifs, ()))}
    higher = {m: i for i, m in enumerate(moments.higher.values())}
    motifs = list(moments.occurring)
    linear = np.zeros((len(symbols), len(moments.motifs), len(place)))
    opened = np.zeros((len(symbols), len(moments.motifs), len(higher)))
    for row, right in enumerate(moments.equations.values()):
        for powers, number in sp.Poly(right, *motifs, *symbols).terms() if right != 0 else []:
            c = powers[len(motifs) :].index(1)
            motif = moments.occurring[motifs[powers.index(1)]] if any(powers[: len(motifs)]) else ()
            if motif in higher:
                opened[c, row, higher[motif]] += float(number)
                continue
            for part, count in expanded(motif, network, shape).items() if motif else [((), 1)]:
                linear[c, row, place[part]] += count * float(number)
    return linear, opened
