"""What rate laws look like: (k prod x^n - k_r prod y) over (1 + sum K_i x_i^m) to the power of the sites involved."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from ...network.complexes import Complex
from ...network.network import Network
from ...network.rate_laws import Custom
from ...network.reaction import Reaction
from ...network.recognise import recognise
from ...network.symbols import symbol

HALF = sp.Rational(1, 2)


@dataclass(frozen=True)
class Form:
    """A rate law without numbers.

    Attributes
    ----------
    reactants, products
        Of the reaction whose rate it is.
    orders
        ((species, order), ...) of the forward rate.
    bound
        ((species, order), ...) of what binds to a site: 1, or 1/2 where it comes apart on binding.
    sites
        How many sites of one kind the slow step needs: the power of the denominator.
    reversible
        Whether the products react back.
    kinds
        Whether every bound species has a kind of site to itself.
    """

    reactants: Complex
    products: Complex
    orders: tuple[tuple[str, Any], ...]
    bound: tuple[tuple[str, Any], ...] = ()
    sites: int = 0
    reversible: bool = False
    kinds: bool = False

    @cached_property
    def taken(self) -> frozenset[str]:
        """Names of all species that occur."""
        named = [self.reactants, self.products, dict(self.orders), dict(self.bound)]
        return frozenset(name for part in named for name in part)

    def fresh(self, name: str) -> str:
        """Return a name that no species has."""
        while name in self.taken:
            name += "_"
        return name

    @cached_property
    def forward(self) -> sp.Symbol:
        """The rate constant."""
        return symbol(self.fresh("k"))

    @cached_property
    def backward(self) -> sp.Symbol:
        """The rate constant of the products."""
        return symbol(self.fresh("k_r"))

    @cached_property
    def binding(self) -> Mapping[str, sp.Symbol]:
        """{bound species: symbol of its binding constant}."""
        return {name: symbol(self.fresh(f"K_{name}")) for name, _ in self.bound}

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the constants: k, k_r where there is one, and the binding constants."""
        back = [self.backward] if self.reversible else []
        return tuple(str(s) for s in (self.forward, *back, *self.binding.values()))

    @cached_property
    def terms(self) -> Mapping[str, sp.Expr]:
        """{bound species: what its binding constant multiplies}, such as A or sqrt(A)."""
        return {name: symbol(name) ** order for name, order in self.bound}

    @cached_property
    def rate(self) -> sp.Expr:
        """The rate of the reaction."""
        top = self.forward * sp.Mul(*(symbol(name) ** order for name, order in self.orders))
        if self.reversible:
            top -= self.backward * self.products.monomial
        parts = [self.binding[name] * term for name, term in self.terms.items()]
        if self.kinds:
            return top / sp.Mul(*(1 + part for part in parts))
        return top / (1 + sp.Add(*parts)) ** self.sites

    @property
    def elementary(self) -> bool:
        """Whether the forward orders are those of the reaction as written."""
        return dict(self.orders) == dict(self.reactants)

    @property
    def title(self) -> str:
        """What chemists call it."""
        from .names import title

        return title(self)

    def network(self, species: tuple[str, ...], values: Mapping[str, float] | None = None) -> Network:
        """Return a network of this one reaction; its species are all of the data, also those that stay as they are."""
        rate = recognise(self.rate, self.reactants, self.products, self.taken)
        if not rate.is_mass_action:
            rate = Custom(self.rate)
        reaction = Reaction(self.reactants, self.products, rate)
        given: Any = {name: None if values is None else values[name] for name in self.parameters}
        return Network((reaction,), species=species, parameters=given, name=self.title)  # type: ignore[arg-type]  # names become species
