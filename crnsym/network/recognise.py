"""From the formula of a rate back to the rate law it was written for."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from .complexes import Complex
from .rate_laws import Custom, Hill, HillRepression, MassAction, MichaelisMenten, RateLaw, ReversibleMM
from .reaction import Reaction
from .symbols import TIME, exact_expression, symbol

if TYPE_CHECKING:
    from .network import Network


def recognise_laws(network: "Network") -> "Network":
    """Return the network with every free rate that is a known law, such as mass action, written as that law.

    Vector fields and kinetics stay as they are; propensities of several equal molecules become those of mass action.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(recognise_laws(network("2 A -> B @= k*A^2; S -> P @= v*S/(2 + S)")))
    2 A -> B  @ k
    S -> P  @= mm(S, v, 2)
    """
    return replace(
        network,
        reactions=tuple(
            r.with_rate(recognise(r.rate_expression, r.reactants, r.products, network.species_names))
            if isinstance(r.rate, Custom)
            else r
            for r in network.reactions
        ),
    )


def recognise(rate: sp.Expr, reactants: Complex, products: Complex, species: Collection[str]) -> RateLaw:
    """Return the simplest law whose expression is the given rate.

    Mass action of the reactants, Michaelis-Menten (also reversible), Hill, Hill repression, else `Custom`.

    Parameters
    ----------
    rate
        The whole rate, concentration per time.
    species
        All names that are species; other symbols are constants.
    """
    rate = exact_expression(rate)  # one form of an expression, as rate laws keep it
    k = rate / reactants.monomial if reactants else rate
    if _constant(k, species):
        law = MassAction(k)
        if exact_expression(law.k * reactants.monomial) == rate:
            return law
    if isinstance(rate, sp.Mul | sp.Pow):
        reaction = Reaction(reactants, products, Custom(rate))
        for law in (*_saturating(rate, species), *_reversible(rate, reactants, species)):
            if exact_expression(law.expression(reaction)) == rate:
                return law
    return Custom(rate)


def _constant(expression: sp.Expr, species: Collection[str]) -> bool:
    return all(s.name not in species and s.name != TIME for s in expression.free_symbols)  # type: ignore[attr-defined]  # all are symbols


def _saturating(rate: sp.Expr, species: Collection[str]) -> Iterator[RateLaw]:
    """Yield laws that the rate may be, from its denominators of two terms."""
    for factor in sp.Mul.make_args(rate):
        base, exponent = factor.as_base_exp()
        if exponent != -1 or not isinstance(base, sp.Add) or len(base.args) != 2:
            continue
        for constant, term in (base.args, base.args[::-1]):
            x, n = term.as_base_exp()
            if _may_vanish(constant):
                continue
            if not (isinstance(x, sp.Symbol) and x.name in species and _constant(constant * n, species)):
                continue
            rest = rate * base
            if n == 1 and _constant(rest / x, species):
                yield MichaelisMenten(rest / x, constant, x.name)
            k = _root(constant, n)
            if k is not None and _constant(rest / x**n, species):
                yield Hill(rest / x**n, k, n, x.name)
            if k is not None and _constant(rest, species):
                yield HillRepression(rest / constant, k, n, x.name)


def _reversible(rate: sp.Expr, reactants: Complex, species: Collection[str]) -> Iterator[ReversibleMM]:
    """Yield reversible Michaelis-Menten laws that the rate may be, a reactant as their substrate."""
    for factor in sp.Mul.make_args(rate):
        base, exponent = factor.as_base_exp()
        if exponent != -1 or not isinstance(base, sp.Add) or len(base.args) != 3:
            continue
        names = sorted(
            {str(s) for s in base.free_symbols} & set(species), key=lambda name: (name not in reactants, name)
        )
        moving, top = [symbol(name) for name in names], sp.expand(rate * base)
        if len(moving) != 2:
            continue
        for s, p in (moving, moving[::-1]):
            scale: Any = base.xreplace({s: sp.S.Zero, p: sp.S.Zero})
            a, b, forward, backward = base.coeff(s), base.coeff(p), top.coeff(s), -top.coeff(p)
            parts: tuple[Any, ...] = (scale, a, b, forward, backward)
            if all(not _may_vanish(part) and _constant(part, species) for part in parts):
                yield ReversibleMM(forward / a, scale / a, backward / b, scale / b, s.name, p.name)


def _may_vanish(constant: sp.Expr) -> bool:
    """Whether a constant is 0, or 0**n with an unknown n, by which nothing can be divided."""
    return constant == 0 or (1 / constant).has(sp.zoo)


def _root(constant: sp.Expr, n: sp.Expr) -> sp.Expr | None:
    """Return k with k^n = constant, if it is a symbol or an exact number."""
    base, exponent = constant.as_base_exp()
    if exponent == n and isinstance(base, sp.Symbol | sp.Rational):
        return base
    if isinstance(constant, sp.Rational) and constant > 0 and isinstance(n, sp.Integer) and 0 < n <= 64:
        top, whole = sp.integer_nthroot(constant.p, int(n))
        bottom, also = sp.integer_nthroot(constant.q, int(n))
        return sp.Rational(top, bottom) if whole and also else None
    if isinstance(constant, sp.Symbol | sp.Rational) and n == 1:
        return constant
    return None


def split_reversible(
    rate: sp.Expr, reactants: Complex, products: Complex, species: Collection[str]
) -> tuple[MassAction, MassAction] | None:
    """Return (forward, backward) if the rate is kf * reactants - kr * products, else None."""
    expanded = sp.expand(rate)
    if not isinstance(expanded, sp.Add) or reactants == products:
        return None
    forward: list[sp.Expr] = []
    backward: list[sp.Expr] = []
    for term in expanded.args:
        if term.could_extract_minus_sign():
            k, side = -term / products.monomial, backward
        else:
            k, side = term / reactants.monomial, forward
        if not _constant(k, species):
            return None
        side.append(k)
    if not forward or not backward:
        return None
    return MassAction(sp.Add(*forward)), MassAction(sp.Add(*backward))
