"""Quasi-steady elimination: every way into an intermediate joined with every way out of it."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import comb, factorial
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...errors import UnsupportedError
from ..complexes import Complex
from ..magnitude import parts
from ..rate_laws import Custom, MassAction, RateLaw
from ..reaction import Reaction
from ..symbols import TIME, names_in, put, symbol

if TYPE_CHECKING:
    from ..network import Network

_MOST_REACTIONS = 2000
"""That an elimination may leave: each intermediate joins every way in with every way out."""
_MOST_PARTS = 3000
"""Of a sum of rates, whose common divisors would take minutes."""


def quasi_steady(network: "Network", species: Sequence[str]) -> tuple[list[Reaction], dict[str, sp.Expr]]:
    """Return the reactions without the intermediates, and {intermediate: concentration}.

    ``dZ/dt = 0`` is solved for one intermediate after the other, which is Gaussian elimination on the linear
    system of all of them. A way in at rate v and a way out with share b become one reaction at rate v b.

    Raises
    ------
    UnsupportedError
        If an intermediate is consumed at a rate that is not proportional to it, or multiplies itself; if too many
        reactions would be left.
    """
    reactions = list(network.reactions)
    solution: dict[str, sp.Expr] = {}
    tidied = _Tidied()
    for z in species:
        reactions, value = _eliminated(reactions, z, set(network.species_names), tidied)
        solution[z] = value
    for z in reversed(species):  # later ones are free of earlier ones
        later = {symbol(other): solution[other] for other in species[species.index(z) + 1 :]}
        solution[z] = tidy(put(later, solution[z]))
    return reactions, solution


class _Tidied:
    """Rates as products of factors that have nothing in common; each is cancelled and factored once.

    Products and quotients of such rates are such again, as equal factors cancel by themselves. Only sums need the
    greatest common divisors of polynomials in all constants and species, which take most of the time.
    """

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def __call__(self, expression: sp.Expr) -> sp.Expr:
        """Return an expression cancelled and factored."""
        if expression not in self._known:
            if parts(expression) > _MOST_PARTS:
                raise UnsupportedError(
                    f"quasi_steady: a sum of rates has more than {_MOST_PARTS} parts; eliminate fewer species, or give "
                    "the rate constants numbers"
                )
            self._known[expression] = self.note(expression if _is_monomial(expression) else tidy(expression))
        return self._known[expression]

    def note(self, expression: sp.Expr) -> sp.Expr:
        """Return an expression that is tidy, and know it."""
        self._known[expression] = expression
        return expression


def _is_monomial(expression: sp.Expr) -> bool:
    return all(factor.as_base_exp()[0].is_Atom for factor in sp.Mul.make_args(expression))


def _eliminated(reactions: list[Reaction], z: str, names: set[str], tidied: _Tidied) -> tuple[list[Reaction], sp.Expr]:
    ways_in, ways_out, others = [], [], []
    for r in reactions:
        before, after = r.reactants.get(z, 0), r.products.get(z, 0)
        if before == after:
            others.append(r)
        elif before == 0 and symbol(z) not in r.rate_expression.free_symbols and after == int(after):
            ways_in.append(r)
        elif before == 1 and after == 0:
            ways_out.append((r, _per_molecule(r, z)))
        else:
            raise UnsupportedError(
                f"quasi_steady: '{r}' changes {z} by {after - before} with {before} of it as reactants; only "
                f"reactions that make {z} without it, or consume one of it, can be eliminated"
            )
    if not ways_out or not ways_in:
        raise UnsupportedError(f"quasi_steady: {z} is never {'made' if ways_out else 'consumed'}; nothing to eliminate")
    joined = sum(comb(len(ways_out) + int(r.products[z]) - 1, int(r.products[z])) for r in ways_in)
    if joined + len(others) > _MOST_REACTIONS:
        raise UnsupportedError(
            f"quasi_steady: without {z} there would be {joined + len(others)} reactions, which are more than "
            f"{_MOST_REACTIONS}; eliminate fewer species"
        )
    loss = tidied(sp.Add(*(k for _, k in ways_out)))
    value = tidied(sp.Add(*(r.products[z] * r.rate_expression for r in ways_in))) / loss
    kept: list[Reaction] = []
    for r in others:
        law: RateLaw = r.rate
        if symbol(z) in r.rate_expression.free_symbols:
            law = _law(_without(r.reactants, z), tidied(r.rate_expression.xreplace({symbol(z): value})), names)
        kept.append(Reaction(_without(r.reactants, z), _without(r.products, z), law, r.name))
    for r in ways_in:
        kept += _joined(r, z, ways_out, loss, names, tidied)
    return kept, value


def _per_molecule(r: Reaction, z: str) -> sp.Expr:
    slope = r.rate_expression / symbol(z)
    slope = tidy(slope) if symbol(z) in slope.free_symbols else slope
    if symbol(z) in slope.free_symbols:
        raise UnsupportedError(f"quasi_steady: the rate of '{r}' is not proportional to {z}")
    return slope


def _joined(
    way_in: Reaction,
    z: str,
    ways_out: list[tuple[Reaction, Any]],
    loss: sp.Expr,
    names: set[str],
    tidied: _Tidied,
) -> list[Reaction]:
    """Return the overall reactions of one way in: n intermediates leave by n ways out, in all combinations."""
    n = int(way_in.products[z])
    result = []
    for chosen in combinations_with_replacement(range(len(ways_out)), n):
        times = factorial(n)
        for count in Counter(chosen).values():
            times //= factorial(count)
        share = sp.Mul(*(tidied(ways_out[i][1]) / loss for i in chosen))
        reactants, products, made = way_in.reactants, Complex(), _without(way_in.products, z)
        taken = Complex()
        for i in chosen:
            taken, products = (
                _plus(taken, _without(ways_out[i][0].reactants, z)),
                _plus(products, ways_out[i][0].products),
            )
        rate = tidied.note(times * tidied(way_in.rate_expression) * share)
        name = "_".join([way_in.name, *(ways_out[i][0].name for i in chosen)])
        name = name if way_in.name and all(ways_out[i][0].name for i in chosen) else ""
        whole = _overall(reactants, made, taken, products, rate, names, name)
        if whole is not None:
            tidied.note(whole.rate_expression)  # which the law may write in another form
            result.append(whole)
    return result


def _overall(
    reactants: Complex, made: Complex, taken: Complex, products: Complex, rate: sp.Expr, names: set[str], name: str
) -> Reaction | None:
    """Return ``reactants -> made``, ``taken -> products`` as one reaction, or None if nothing changes."""
    both = _plus(reactants, taken), _plus(made, products)
    if both[0] == both[1]:
        return None
    if _constant(both[0], rate, names) is not None:
        return Reaction(*both, _law(both[0], rate, names), name)
    shared = {n: min(made[n], taken[n]) for n in {*made} & {*taken}}  # made on the way, and used up again
    left, right = _minus(both[0], shared), _minus(both[1], shared)
    return Reaction(left, right, _law(left, rate, names), name)


def _law(reactants: Complex, rate: sp.Expr, names: set[str]) -> RateLaw:
    """Return mass action if a tidy rate is a constant times the reactants, else a free law."""
    k = _constant(reactants, rate, names)
    return Custom(rate) if k is None else MassAction(k)


def _constant(reactants: Complex, rate: sp.Expr, names: set[str]) -> sp.Expr | None:
    k = rate / reactants.monomial
    return None if {*names_in(k)} & {*names, TIME} else k


def tidy(expression: sp.Expr) -> sp.Expr:
    """Cancel and factor a rational expression; anything else is left as it is."""
    try:
        return sp.factor(sp.cancel(expression))
    except sp.PolynomialError:
        return expression


def _without(side: Complex, z: str) -> Complex:
    return Complex({name: n for name, n in side.items() if name != z})


def _plus(a: Complex, b: Complex) -> Complex:
    return Complex({name: a.get(name, 0) + b.get(name, 0) for name in {*a, *b}})


def _minus(a: Complex, b: dict[str, Any]) -> Complex:
    left = {name: n - b.get(name, 0) for name, n in a.items()}
    return Complex({name: n for name, n in left.items() if n})
