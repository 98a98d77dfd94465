"""Reactions of three and more reactants as limits of reactions of at most two."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from ..errors import NetworkError, UnsupportedError
from .binding_rates import BindingTask
from .bounds import concentration_bounds, rate_values, speed_bounds
from .complexes import Complex
from .pairing import Pairing, pair_up
from .rate_laws import MassAction
from .reaction import Reaction
from .symbols import symbol

if TYPE_CHECKING:
    from .network import Network


@dataclass(frozen=True)
class Elementary:
    """A network of reactions with at most two reactants that approximates another.

    Attributes
    ----------
    network
        The elementary network; the intermediates start at zero.
    source
        What was compiled.
    composition
        {intermediate: complex of source species that it binds}.
    tolerance
        Largest relative error of a rate that was asked for.
    delta
        A-priori bound of the relative error of every rate, to first order in itself: what the intermediates
        take up (``K c``), what leaves them forward rather than back (``rho c``), and their lag.
    concentrations
        Bounds of the source species for which ``delta`` holds.
    speed, lipschitz
        Largest |dx/dt| of the source within these bounds, and its Lipschitz constant.
    """

    network: "Network"
    source: "Network"
    composition: Mapping[str, Complex]
    tolerance: float
    delta: float
    concentrations: Mapping[str, float]
    speed: float
    lipschitz: float

    kind = "approximate, chemical"

    @property
    def intermediates(self) -> tuple[str, ...]:
        """Names of the species that the source does not have."""
        return tuple(self.composition)

    def __str__(self) -> str:
        """Return the network under a line that says what it is."""
        return f"# {self.kind}: rates within {self.delta:.2g} (relative) of the source\n{self.network}"

    def error_bound(self, horizon: float) -> float:
        """Return an a-priori bound of the largest concentration error up to a time, to first order in delta.

        Gronwall's inequality with the perturbation ``delta * speed``, an initial layer and a difference of free
        and total concentration of ``delta * max(concentrations)`` each. It is as pessimistic as such bounds
        are over long times; `crnsym.check_elementary` measures the error.
        """
        growth = self.lipschitz * horizon
        if growth > 700:
            return math.inf
        largest = max(self.concentrations.values(), default=0.0)
        drift = self.speed * (math.expm1(growth) / self.lipschitz if self.lipschitz else horizon)
        return self.delta * (largest * (1 + math.exp(growth)) + drift)

    def limit(self) -> "Network":
        """Return the symbolic limit of fast binding, derived from the compiled network alone.

        It is the source, but for reactions of three and more molecules that change nothing.
        """
        from .reduction.eliminate import eliminate

        return eliminate(self.network, self.intermediates, "partial_equilibrium").network


def elementary(
    network: "Network", tolerance: float = 0.01, concentrations: Mapping[str, float] | float | None = None
) -> Elementary:
    """Compile a network into reactions of at most two reactants (approximate, chemical).

    ``A + B + C -> P @ k`` becomes ``A + B <-> Z`` and ``Z + C -> P`` with fast binding: with
    ``K = kon/koff`` and ``rho = kcat/koff`` the rate is ``k A B C`` up to the relative error ``K c + rho c``, at
    the price of a stiffness ``koff`` of order ``tolerance^-2``. Longer complexes chain; intermediates are shared
    by all reactions that can use them. ``kcat`` is written as ``k koff/kon``, so that the limit is exact in
    symbols. Wilhelm 2000, J. Math. Chem. 27, 71.

    Parameters
    ----------
    network
        Reactions of three or more molecules must follow mass action with integer coefficients; the others are
        taken over as they are. All parameters need values.
    tolerance
        Largest relative error of any rate, to first order; the concentration error is proportional to it.
    concentrations
        Largest concentration of each species, or one number for all; by default from the conservation laws
        and the initial state.

    Raises
    ------
    UnsupportedError
        A free rate law or a fractional coefficient in a reaction of three or more molecules.
    NetworkError
        A species without a bound, a parameter without a value, or a tolerance outside (0, 1).

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(elementary(network("2 A + B -> C @ 0.4; init A = 1, B = 1"), 0.1).network.reactions[0])
    A + B -> A_B  @ kon_A_B
    """
    if not 0 < tolerance < 1:
        raise NetworkError(f"tolerance={tolerance} is a relative error; give a number between 0 and 1")
    high = [i for i, r in enumerate(network.reactions) if _is_high(r)]
    taken = {*network.species_names, *network.parameters, *network.observables}
    pairing = pair_up([network.reactions[i].reactants for i in high], taken)
    bounds = concentration_bounds(network, concentrations)
    speed, lipschitz = speed_bounds(network, bounds)
    every = rate_values(network, bounds)
    task = BindingTask(network, pairing, high, bounds, [every[i] for i in high], lipschitz)
    binding, delta = task.solve(tolerance)
    return Elementary(
        _assembled(network, pairing, high, binding),
        network,
        pairing.composition,
        tolerance,
        delta,
        bounds,
        speed,
        lipschitz,
    )


def _is_high(reaction: Reaction) -> bool:
    if reaction.order <= 2:
        return False
    if not reaction.rate.is_mass_action:
        raise UnsupportedError(
            f"'{reaction}' has more than two reactants and a free rate law; only mass action compiles"
        )
    if not reaction.reactants.is_integer:
        raise UnsupportedError(f"'{reaction}' has a fractional reactant coefficient; it has no elementary steps")
    return True


def _assembled(
    network: "Network", pairing: Pairing, high: list[int], binding: Mapping[str, tuple[sp.Rational, sp.Rational]]
) -> "Network":
    from .network import Network
    from .species import Species

    taken = {*network.species_names, *network.parameters, *pairing.pairs, *network.observables}
    names = {z: tuple(_unused(f"{kind}_{z}", taken) for kind in ("kon", "koff")) for z in pairing.pairs}
    reactions: list[Reaction] = []
    for z, pair in pairing.pairs.items():
        on, off = names[z]
        reactions += [
            Reaction(pair, Complex({z: 1}), MassAction(symbol(on))),
            Reaction(Complex({z: 1}), pair, MassAction(symbol(off))),
        ]
    left = dict(zip(high, range(len(high)), strict=True))
    for i, r in enumerate(network.reactions):
        if i in left:
            weakness = sp.Mul(
                *((symbol(names[z][1]) / symbol(names[z][0])) ** n for z, n in pairing.uses(left[i]).items())
            )
            # sympy or numpy type it too widely
            r = Reaction(pairing.reactants[left[i]], r.products, r.rate.k * weakness, r.name)  # type: ignore[attr-defined]
        reactions.append(r)
    values = {name: v for z, both in names.items() for name, v in zip(both, binding[z], strict=True)}
    return Network(
        tuple(reactions),
        (*network.species, *(Species(z, initial=sp.Integer(0)) for z in pairing.pairs)),
        {**network.parameters, **values},
        network.observables,
        network.units,
        network.name,
        network.metadata,
    )


def _unused(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
