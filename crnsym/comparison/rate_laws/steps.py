"""From a rate law to the elementary steps that make it."""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from ...network.complexes import Complex
from ...network.rate_laws import MassAction
from ...network.reaction import Reaction
from ...network.symbols import symbol
from .form import HALF, Form
from .mechanism import APART, Mechanism

FAST = "fast"  # the rate of unbinding, of whatever binds


def mechanism_of(form: Form) -> Mechanism:
    """Return the elementary steps that make a law."""
    return _Builder(form).build()


class _Builder:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.fast: list[tuple[Reaction, Reaction]] = []
        self.holds: dict[str, dict[str, Any]] = {}  # {species: composition in those of the reaction}
        self.sites = [form.fresh("E"), form.fresh("F")][: 2 if form.kinds else 1 if form.bound else 0]
        self.on = {name: self.sites[i if form.kinds else 0] for i, (name, _) in enumerate(form.bound)}
        self.held = {name: self._bind(name, order) for name, order in form.bound}

    def build(self) -> Mechanism:
        """Put the steps together."""
        reacting = self._reacting()
        left = Complex(reacting)
        made_of: dict[str, Any] = {}
        for z, n in reacting.items():
            for x, m in self.holds.get(z, {} if z in self.sites else {z: sp.Integer(1)}).items():
                made_of[x] = made_of.get(x, 0) + n * m
        freed = self._freed(reacting)
        share = self._share(made_of)
        slow_rate = MassAction(symbol(self.form.fresh("k1")))
        follow: list[Reaction] = []
        if share is not None:
            right = Complex(_sum(_times(self.form.products, share), freed))
        else:
            share = sp.Integer(1)
            right, follow = self._through_intermediate(made_of, freed)
        right = self._stays_bound(right)
        slow = [Reaction(left, right, slow_rate)]
        if self.form.reversible:
            slow.append(Reaction(right, left, MassAction(symbol(self.form.fresh("k_1")))))
        totals = {e: symbol(self.form.fresh(f"{e}_total")) for e in self.sites}
        return Mechanism(self.form, tuple(self.fast), tuple(slow), tuple(follow), totals, share)

    def _bind(self, name: str, order: sp.Rational) -> str:
        """Add the binding of a species, whole or in halves, and return what is bound."""
        site = self.on[name]
        z = self.form.fresh(f"{name}{site}")
        times = 1 if order == 1 else 2
        # the law has K sqrt(A): the equilibrium constant of A + 2 E <-> 2 AE is its square
        constant = self.form.binding[name] ** times
        self._pair({name: 1, site: times}, {z: times}, constant)
        self.holds[z] = {name: sp.Integer(1) / times}
        return z

    def _pair(self, left: dict[str, Any], right: dict[str, Any], constant: sp.Expr) -> None:
        fast, a, b = symbol(self.form.fresh(FAST)), Complex(left), Complex(right)
        self.fast.append((Reaction(a, b, MassAction(constant * fast)), Reaction(b, a, MassAction(fast))))

    def _half(self, name: str) -> str:
        """Return what a species comes apart into, with its equilibrium."""
        z = self.form.fresh(f"half_{name}")
        if z not in self.holds:
            self._pair({name: 1}, {z: 2}, symbol(self.form.fresh(f"{APART}{name}")))
            self.holds[z] = {name: HALF}
        return z

    def _reacting(self) -> dict[str, Any]:
        """Return what meets in the slow step."""
        orders, taken = dict(self.form.orders), {}
        places = len(self.sites) if self.form.kinds else self.form.sites
        for name, order in self.form.bound:
            while orders.get(name, 0) >= order and places > 0:
                orders[name] -= order
                taken[self.held[name]] = taken.get(self.held[name], 0) + 1
                places -= 1
        if places > 0:
            taken[self.sites[0]] = places
        for name, n in orders.items():
            whole = int(sp.floor(n))
            if whole:
                taken[name] = taken.get(name, 0) + whole
            if n != whole:
                taken[self._half(name)] = 1
        return taken

    def _freed(self, reacting: dict[str, Any]) -> dict[str, Any]:
        back = {z: self.on[name] for name, z in self.held.items()} | {e: e for e in self.sites}
        freed: dict[str, Any] = {}
        for z, n in reacting.items():
            if z in back:
                freed[back[z]] = freed.get(back[z], 0) + n
        return freed

    def _share(self, made_of: dict[str, Any]) -> sp.Rational | None:
        """Return which part of the reaction as written the slow step is, None where it is no such part."""
        if set(made_of) != set(self.form.reactants):
            return None
        parts = {sp.Rational(n) / self.form.reactants[x] for x, n in made_of.items()}
        if len(parts) != 1:
            return None
        part = parts.pop()
        return part if all((n * part).is_integer for n in self.form.products.values()) else None

    def _through_intermediate(self, made_of: dict[str, Any], freed: dict[str, Any]) -> tuple[Complex, list[Reaction]]:
        """Let what met become an intermediate that quickly takes up what is missing."""
        missing = {x: self.form.reactants.get(x, 0) - made_of.get(x, 0) for x in {*self.form.reactants, *made_of}}
        needed, surplus = self._pieces(missing, 1), self._pieces(missing, -1)
        if not needed:
            return Complex(_sum(_sum(self.form.products, surplus), freed)), []
        between = self.form.fresh("I")
        after = Reaction(
            Complex(_sum({between: 1}, needed)),
            Complex(_sum(_sum(self.form.products, surplus), self._freed(needed))),
            MassAction(symbol(self.form.fresh("quick"))),
        )
        return Complex(_sum({between: 1}, freed)), [after]

    def _pieces(self, missing: dict[str, Any], sign: int) -> dict[str, Any]:
        """Return what is missing (or too much) in whole molecules and in halves that are there."""
        found: dict[str, Any] = {}
        for x in sorted(missing):
            n = sign * missing[x]
            if n <= 0:
                continue
            whole = int(sp.floor(n))
            if whole:
                found[x] = whole
            if n != whole:
                split = [z for z, parts in self.holds.items() if parts == {x: HALF}]
                found[split[0] if split and sign > 0 else self._half(x)] = 1
        return found

    def _stays_bound(self, right: Complex) -> Complex:
        """Let the only product leave the slow step bound, where it binds."""
        if len(self.form.products) != 1 or self.form.kinds:
            return right
        ((name, _),) = self.form.products.items()
        z = self.held.get(name)
        if z is None or right.get(name, 0) != 1 or (not self.form.reversible and self.form.sites == 2):
            return right
        site = self.on[name]
        return Complex(_sum({x: m for x, m in right.items() if x not in (name, site)}, {z: 1, site: right[site] - 1}))


def _sum(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    total = {x: a.get(x, 0) + b.get(x, 0) for x in dict.fromkeys([*a, *b])}
    return {x: n for x, n in total.items() if n != 0}


def _times(a: Mapping[str, Any], factor: sp.Rational) -> dict[str, Any]:
    return {x: n * factor for x, n in a.items()}
