"""The elementary steps that make a rate law: fast binding to sites or fast dissociation, and one slow step."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from ...network.network import Network
from ...network.reaction import Reaction
from ...network.reduction.occupancy import occupancy
from ...network.species import Species
from ...network.symbols import symbol
from .form import Form

APART = "K_half_"  # begins the names of constants of dissociation
SCARCE = 1e-3  # sites over the largest concentration, where a mechanism is given numbers
QUICK = 1e3  # fast steps over the slow one


@dataclass(frozen=True)
class Mechanism:
    """Elementary steps whose limit is a rate law.

    Attributes
    ----------
    form
        The law.
    fast, slow, follow
        Pairs that are at equilibrium, the step (or reversible pair) that sets the rate, and steps quicker than that.
    sites
        {free site: symbol of its total}.
    share
        How often the reaction as written happens when the slow step happens once.
    """

    form: Form
    fast: tuple[tuple[Reaction, Reaction], ...]
    slow: tuple[Reaction, ...]
    follow: tuple[Reaction, ...]
    sites: Mapping[str, sp.Symbol]
    share: Any

    @cached_property
    def network(self) -> Network:
        """All steps; rate constants are symbols."""
        return Network((*(r for pair in self.fast for r in pair), *self.slow, *self.follow), name=self.form.title)

    @cached_property
    def law(self) -> sp.Expr:
        """The rate of the reaction in the limit, by elimination of the fast species."""
        pairs = [(2 * i, 2 * i + 1) for i in range(len(self.fast))]
        made: Any = {symbol(z): e for z, e in occupancy(self.network, pairs, self.sites).items()}
        rates: list[Any] = [r.rate_expression.xreplace(made) for r in self.slow]
        return self.share * (rates[0] - sum(rates[1:]))

    @cached_property
    def constants(self) -> dict[str, sp.Expr]:
        """{constant of the law: what it is in constants of the steps}."""
        found = {str(self.form.forward): self._top(self.slow[0]) / self._monomial}
        if self.form.reversible:
            found[str(self.form.backward)] = self._top(self.slow[1]) / self.form.products.monomial
        return found

    def _top(self, step: Reaction) -> sp.Expr:
        """Return the rate of a slow step where nothing is crowded out: all denominators 1."""
        pairs = [(2 * i, 2 * i + 1) for i in range(len(self.fast))]
        made = occupancy(self.network, pairs, {})
        totals: Any = {symbol(e): total for e, total in self.sites.items()}
        chosen: Any = {symbol(z): e for z, e in made.items()}
        rate = self.share * step.rate_expression.xreplace(chosen).xreplace(totals)
        return sp.expand_power_base(rate, force=True)

    @property
    def _monomial(self) -> sp.Expr:
        return sp.Mul(*(symbol(name) ** order for name, order in self.form.orders))

    def lines(self) -> list[str]:
        """Return the steps as text, one a line."""
        said = [f"{a.reactants} <-> {a.products}   fast, K = {_constant(a) / _constant(b)}" for a, b in self.fast]
        steps = list(self.slow)
        arrow = "<->" if len(steps) > 1 else "->"
        rate = ", ".join(str(_constant(r)) for r in steps)
        said.append(f"{steps[0].reactants} {arrow} {steps[0].products}   slow, {rate}")
        return [*said, *(f"{r.reactants} -> {r.products}   quick" for r in self.follow)]

    def with_numbers(self, values: Mapping[str, float], largest: float = 1.0) -> Network:
        """Return the steps with rates that give the law to a part in a thousand, to be simulated.

        Parameters
        ----------
        values
            {constant of the law: its value}.
        largest
            The largest concentration of the runs, in their unit.
        """
        total = SCARCE * largest
        known: dict[Any, Any] = {s: sp.Float(values[str(s)]) for s in self.form.binding.values()}
        known |= dict.fromkeys(self.sites.values(), sp.Float(total))
        halves = [s for r in self.network.reactions for s in r.rate_expression.free_symbols if str(s).startswith(APART)]
        known |= dict.fromkeys(halves, sp.Float(SCARCE**2 * largest))
        chosen: dict[str, float] = {}
        for r, name in zip(self.slow, (self.form.forward, self.form.backward), strict=False):
            k = _constant(r)
            factor: Any = self.constants[str(name)].xreplace({**known, k: sp.Integer(1)})
            chosen[str(k)] = values[str(name)] / float(factor)
        slowest = min(1.0, *(float(v) ** 0.5 for v in known.values()), largest)
        speed = QUICK * max(chosen.values()) * max(1.0, *(float(v) for v in known.values())) / slowest
        rest = {str(s): float(v) for s, v in known.items() if str(s) in self.network.parameters}
        for name in self.network.parameters:
            rest.setdefault(name, chosen.get(name, speed))
        starts = [Species(name, initial=sp.Float(total)) for name in self.sites]  # type: ignore[arg-type]  # a sympy number
        given: Any = rest
        return Network(self.network.reactions, species=tuple(starts), parameters=given, name=self.network.name)


def _constant(reaction: Reaction) -> sp.Expr:
    """Return the rate constant of mass action."""
    return reaction.rate_expression / reaction.reactants.monomial
