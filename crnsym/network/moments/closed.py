"""Moment equations that can be solved: as many equations as unknowns."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..complexes import Complex
from ..network import Network
from ..rate_laws import Custom
from ..reaction import Reaction
from ..species import Species
from .latex import equations_latex

if TYPE_CHECKING:
    from .equations import MomentEquations
    from .lattice import LatticeMomentEquations


@dataclass(frozen=True, eq=False)
class ClosedMoments:
    """Closed moment equations, to be solved by `crnsym.simulate_moments`.

    Attributes
    ----------
    moments
        The open equations that were closed.
    closure
        Name of the closure; ``"exact"`` where none was needed.
    definitions
        {a moment that is not a variable: its expression}, each in variables and those before it.

    Examples
    --------
    >>> import crnsym as cs
    >>> closed = cs.moment_equations(cs.network("2 A -> 0 @ k")).close("normal")
    >>> closed.closure, closed.names
    ('normal', ('⟨A⟩', '⟨A²⟩'))
    """

    moments: "MomentEquations | LatticeMomentEquations"
    closure: str
    definitions: Mapping[sp.Symbol, sp.Expr]

    @property
    def network(self) -> Network:
        """The network whose moments these are."""
        return self.moments.network

    @property
    def variables(self) -> tuple[sp.Symbol, ...]:
        """The moments that are solved for, in the order of all arrays."""
        return tuple(self.moments.equations)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables, such as ``⟨A⟩`` and ``⟨A B⟩``."""
        return tuple(s.name for s in self.variables)

    @cached_property
    def substituted(self) -> Mapping[sp.Symbol, sp.Expr]:
        """{moment that is not a variable: expression of variables alone}."""
        found: dict[Any, Any] = {}
        for moment, value in self.definitions.items():
            found[moment] = value.xreplace(found)
        return found

    def odes(self) -> dict[str, sp.Expr]:
        """Return {name of a variable: its time derivative}, an expression of variables and parameters."""
        rights: dict[Any, Any] = {
            s.name: right.xreplace(self.substituted) for s, right in self.moments.equations.items()
        }
        return rights

    def as_network(self) -> Network:
        """Return the equations as a network with one species a moment and one inflow for each.

        It compiles to jax as any network does (`crnsym.compile_network`). Where a closure divides by a moment that is
        next to nothing, it is taken as 0: so is then what it stands for. Species held fixed become parameters.
        """
        network = self.network
        closures: dict[Any, Any] = {}
        for moment, value in self.definitions.items():
            closures[moment] = _guarded(value, self.moments.floor).xreplace(closures)
        rights: dict[Any, Any] = {s.name: r.xreplace(closures) for s, r in self.moments.equations.items()}
        reactions = tuple(Reaction(Complex(), Complex({name: 1}), Custom(right)) for name, right in rights.items())
        held = {name: network.initial.get(name) for name in network.species_names if name in network.fixed_species}
        return Network(reactions, tuple(Species(name) for name in self.names), {**network.parameters, **held})

    def latex(self) -> str:
        r"""Return the equations and the closure as rows of ``aligned``, for math mode."""
        labels = self.moments.labels()
        return equations_latex(self.moments.equations, self.definitions, labels, self.network.species_names)

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def __repr__(self) -> str:
        return f"<ClosedMoments: {len(self.variables)} equations, closure {self.closure}>"


def _guarded(closure: sp.Expr, floor: sp.Expr) -> sp.Expr:
    bases = {power.base for power in closure.atoms(sp.Pow) if power.exp.is_negative}
    if not bases:
        return closure
    present = sp.And(*(sp.Gt(base, floor) for base in sorted(bases, key=str)))
    return sp.Piecewise((closure, present), (sp.Integer(0), sp.true))  # type: ignore[return-value]  # (sympy: Basic)
