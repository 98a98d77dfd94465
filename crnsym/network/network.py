"""A reaction network: the object that everything else in crnsym takes or returns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import sympy as sp

from ..arguments import checked
from . import assembly
from .complexes import Complex
from .frozen import FrozenDict
from .inputs import Formula
from .reaction import Reaction
from .species import Species
from .symbols import symbol

if TYPE_CHECKING:
    from rich.console import Group

    from .latex import Form
    from .steady.conserved import ConservedReduction
    from .steady.states import SteadyStates
    from .structure import Structure


@checked
@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """An immutable reaction network.

    Attributes
    ----------
    reactions
        The reactions, in order; two with the same name are refused.
    species
        Species in the order of all arrays; those that only occur in reactions are added in order of
        appearance. A plain name stands for ``Species(name)``.
    parameters
        {name: exact number, or None where no value is given}. Symbols in rate laws that are neither species,
        parameters nor ``time`` are added with None.
    observables
        {name: expression of species}.
    units
        {parameter: unit as written}.
    name, metadata
        For titles and provenance; they do not count for equality.

    Raises
    ------
    NetworkError
        For a name used twice, or a rate "constant" that contains a species.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A <-> B @ 0.3, 0.1; init A = 1")
    >>> net.odes()["B"]
    3*A**2/10 - B/10
    >>> net.conservation_laws(), net.structure.deficiency
    ([{'A': 1, 'B': 2}], 0)
    """

    reactions: tuple[Reaction, ...] = ()
    species: tuple[Species, ...] = ()
    parameters: Mapping[str, sp.Rational | None] = field(default_factory=FrozenDict)
    observables: Mapping[str, sp.Expr] = field(default_factory=FrozenDict)
    units: Mapping[str, str] = field(default_factory=FrozenDict)
    name: str = ""
    metadata: Mapping[str, Any] = field(default_factory=FrozenDict)

    def __post_init__(self) -> None:
        for key, value in assembly.assemble(self).items():
            object.__setattr__(self, key, value)

    @cached_property
    def species_names(self) -> tuple[str, ...]:
        """Names of the species, in order."""
        return tuple(s.name for s in self.species)

    @cached_property
    def species_index(self) -> Mapping[str, int]:
        """{name: position in the arrays}."""
        return FrozenDict({name: i for i, name in enumerate(self.species_names)})

    @property
    def initial(self) -> dict[str, sp.Rational]:
        """Initial concentrations of the species that have one."""
        return {s.name: s.initial for s in self.species if s.initial is not None}

    @property
    def fixed_species(self) -> frozenset[str]:
        """Names of the species that reactions do not change."""
        return frozenset(s.name for s in self.species if s.fixed)

    @property
    def is_mass_action(self) -> bool:
        """Whether every reaction follows mass action."""
        return all(r.rate.is_mass_action for r in self.reactions)

    @property
    def missing_values(self) -> tuple[str, ...]:
        """Parameters that have no value yet."""
        return tuple(name for name, value in self.parameters.items() if value is None)

    def symbol(self, name: str) -> sp.Symbol:
        """Return the plain sympy symbol of a species, a parameter or ``time``."""
        return symbol(name)

    # --- equations (equations.py) -------------------------------------------------------------------------

    def rates(self) -> list[sp.Expr]:
        """Return the rate of each reaction, concentration per time."""
        return list(self._rates)

    @cached_property
    def _rates(self) -> tuple[sp.Expr, ...]:
        return tuple(r.rate_expression for r in self.reactions)

    def odes(self, substitute: bool = False) -> dict[str, sp.Expr]:
        """Return {species: dx/dt}, with parameter values put in if asked."""
        from .equations import odes

        return odes(self, substitute)

    def jacobian(self, substitute: bool = False) -> sp.Matrix:
        """Return d(dx_i/dt)/dx_j as a matrix, species x species; `jacobian_entries` is sparse."""
        from .equations import jacobian

        return jacobian(self, substitute)

    def jacobian_entries(self, substitute: bool = False) -> dict[tuple[str, str], sp.Expr]:
        """Return the entries of the Jacobian that are not structurally zero, {(i, j): expression}."""
        from .equations import jacobian_entries

        return jacobian_entries(self, substitute)

    # --- structure (structure.py, canonical.py, equivalence.py) -------------------------------------------

    def reactant_stoichiometry(self) -> np.ndarray:
        """Return reactant coefficients, species x reactions: int64, or object with sympy Rationals."""
        from .structure import stoichiometry

        return stoichiometry(self, "reactants")

    def product_stoichiometry(self) -> np.ndarray:
        """Return product coefficients, species x reactions: int64, or object with sympy Rationals."""
        from .structure import stoichiometry

        return stoichiometry(self, "products")

    def net_stoichiometry(self) -> np.ndarray:
        """Return products - reactants, species x reactions; rows of constant species are not zeroed."""
        return self.product_stoichiometry() - self.reactant_stoichiometry()

    @cached_property
    def structure(self) -> "Structure":
        """Complexes, classes, rank and deficiency (`crnsym.network.structure.Structure`)."""
        from .structure import Structure

        return Structure(self)

    def conservation_laws(self, semipositive: bool = False) -> list[dict[str, int]]:
        """Return conserved sums, {species: integer}: a basis, or all minimal non-negative ones; see `laws`."""
        from .laws import conservation_laws

        return conservation_laws(self, semipositive)

    def steady_states(self, values: Mapping[str, Any] | None = None) -> "SteadyStates":
        """Return where the network rests, and how stably; see `steady.states.steady_states`."""
        from .steady.states import steady_states

        return steady_states(self, values)

    def reduce(self) -> "ConservedReduction":
        """Return the equations without the species that conservation laws give; see `steady.conserved`."""
        from .steady.conserved import reduce_by_laws

        return reduce_by_laws(self)

    def canonical_form(self) -> dict[Complex, dict[str, sp.Expr]]:
        """Return {reactant complex: sum of k (products - reactants)}; see `canonical.canonical_form`."""
        from .canonical import canonical_form

        return canonical_form(self)

    def dynamically_equivalent(self, other: "Network", tolerance: float = 0) -> bool:
        """Tell whether both networks have the same vector field; see `equivalence.dynamically_equivalent`."""
        from .equivalence import dynamically_equivalent

        return dynamically_equivalent(self, other, tolerance)

    def element_balance(self, formulas: Mapping[str, str] | None = None) -> list[dict[str, int]]:
        """Return, for each reaction, the elements (and charge) it creates; see `balance.element_balance`."""
        from .balance import element_balance

        return element_balance(self, formulas)

    def graph(self) -> nx.DiGraph:
        """Return the bipartite graph of species and reactions; see `graphs.species_reaction_graph`."""
        from .graphs import species_reaction_graph

        return species_reaction_graph(self)

    def complex_graph(self) -> nx.MultiDiGraph:
        """Return the graph of complexes, an edge a reaction; see `graphs.complex_graph`."""
        from .graphs import complex_graph

        return complex_graph(self)

    @staticmethod
    def from_graph(graph: nx.DiGraph) -> "Network":
        """Return the network of a graph made by `graph` or `complex_graph`."""
        from .graphs import from_graph

        return from_graph(graph)

    # --- other networks from this one ---------------------------------------------------------------------

    def with_rates(self, rates: "Mapping[str | int, Any] | Sequence[Any]") -> "Network":
        """Return the network with other rates, {reaction name or position: law or constant} or a list."""
        return assembly.with_rates(self, rates)

    def with_parameters(self, values: Mapping[str, Any] | None = None, **more: Formula) -> "Network":
        """Return the network with other parameter values."""
        return assembly.with_parameters(self, {**(values or {}), **more})

    def with_initial(self, values: Mapping[str, Any] | None = None, **more: Formula) -> "Network":
        """Return the network with other initial concentrations."""
        return assembly.with_initial(self, {**(values or {}), **more})

    def subs(self, values: Mapping[str, Any] | None = None, **more: Formula) -> "Network":
        """Return the network with parameters replaced by numbers or expressions; they are parameters no longer."""
        return assembly.substitute(self, {**(values or {}), **more})

    def to_amounts(self, volume: Formula, unit: str | None = None) -> "Network":
        """Return the network with amounts in the place of concentrations; see `amounts.to_amounts`."""
        from .amounts import to_amounts

        return to_amounts(self, volume, unit)

    def rename(self, names: Mapping[str, str]) -> "Network":
        """Return the network with species and parameters renamed, {old: new}."""
        return assembly.rename(self, names)

    def without(self, *reactions: "Reaction | str | int") -> "Network":
        """Return the network without reactions, and without the parameters that only they used."""
        return assembly.without(self, reactions)

    def __add__(self, other: "Network") -> "Network":
        """Return the union: a reaction that both have stands once."""
        return assembly.union(self, other)

    # --- equality and display -----------------------------------------------------------------------------

    @cached_property
    def _identity(self) -> tuple[Any, ...]:
        return Counter(self.reactions), frozenset(self.species), self.parameters, self.observables, self.units

    def __eq__(self, other: object) -> bool:
        """Compare up to the order of reactions and species; name and metadata do not count."""
        return self._identity == other._identity if isinstance(other, Network) else NotImplemented

    def __hash__(self) -> int:
        return hash((frozenset(self.reactions), frozenset(self.species), self.parameters))

    def __str__(self) -> str:
        from .text_format import network_text

        return network_text(self)

    def __repr__(self) -> str:
        if len(self.reactions) > 100:
            return f"<Network {self.name or ''}: {len(self.species)} species, {len(self.reactions)} reactions>"
        return str(self)

    def svg(self, seed: int = 0) -> str:
        """Return a drawing as an ``<svg>`` element; see `drawing.svg`."""
        from .drawing import svg

        return svg(self, seed)

    def latex(self, form: "Form" = "aligned", **options: Any) -> str:
        """Return the network in LaTeX, by default the reactions for math mode; see `latex.latex` for other forms."""
        from .latex import latex

        return latex(self, form, **options)

    def _repr_latex_(self) -> str:
        return f"$$\\require{{mhchem}}\n{self.latex()}$$"

    def _repr_html_(self) -> str:
        from .display import network_html

        return network_html(self)

    def __rich__(self) -> "Group":
        from .display import network_table

        return network_table(self)
