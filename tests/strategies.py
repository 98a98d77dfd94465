"""Random networks for property tests."""

from fractions import Fraction

import sympy as sp
from hypothesis import strategies as st

from crnsym import (
    Arrhenius,
    Complex,
    Custom,
    Hill,
    HillRepression,
    MassAction,
    MichaelisMenten,
    Network,
    Reaction,
    ReversibleMM,
    Species,
)
from crnsym.network.symbols import symbol

SPECIES = ["A", "B", "C", "E", "I", "S", "N", "pi", "beta", "lambda", "gamma", "γ", "x y", "A2", "param"]
PARAMETERS = ["k", "k_1", "Q", "zeta", "Km", "exp", "init", "rate const"]

positive_numbers = st.one_of(
    st.integers(1, 10**6),
    st.floats(1e-12, 1e12, allow_nan=False),
    st.fractions(Fraction(1, 50), 50, max_denominator=50),
)


def complexes(names: list[str], largest: int = 3, rational: bool = False) -> st.SearchStrategy[Complex]:
    coefficients = st.integers(1, 3)
    if rational:
        coefficients = coefficients | st.fractions(Fraction(1, 5), 3, max_denominator=5)
    return st.dictionaries(st.sampled_from(names), coefficients, max_size=largest).map(Complex)


def constants() -> st.SearchStrategy[sp.Expr]:
    """Expressions of parameters and numbers, as they stand behind '@'."""
    atoms = st.sampled_from(PARAMETERS).map(symbol) | positive_numbers.map(MassAction).map(lambda law: law.k)
    return st.recursive(atoms, _grow, max_leaves=3)


def expressions(names: list[str]) -> st.SearchStrategy[sp.Expr]:
    """Whole rates: sums, products, powers and functions of species and parameters."""
    atoms = st.sampled_from([*names, *PARAMETERS]).map(symbol) | positive_numbers.map(lambda x: MassAction(x).k)
    return st.recursive(atoms, lambda inner: _grow(inner) | _functions(inner), max_leaves=5)


def _grow(inner):
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda p: p[0] + p[1]),
        pairs.map(lambda p: p[0] - p[1]),
        pairs.map(lambda p: p[0] * p[1]),
        pairs.filter(lambda p: _divides(p[1])).map(lambda p: p[0] / p[1]),
    )


def _divides(expression: sp.Expr) -> bool:
    """Whether one may divide by it: a number that is zero in disguise defeats sympy's printing."""
    if not expression.is_number:
        return expression != 0
    try:
        return abs(complex(expression.n(40))) > 1e-12
    except (ZeroDivisionError, ValueError, TypeError):
        return False


def _functions(inner):
    positive = inner.map(lambda e: e**2 + 1)
    symbols = st.sampled_from(["A", *PARAMETERS]).map(symbol)
    return st.one_of(
        st.tuples(positive, st.sampled_from([-2, sp.Rational(1, 2), sp.Rational(-3, 2), 3])).map(
            lambda p: p[0] ** p[1]
        ),
        positive.map(sp.log),
        inner.filter(lambda e: not e.is_number).map(lambda e: sp.exp(-e)),
        inner.filter(lambda e: not e.is_number).map(lambda e: sp.tanh(e)),
        st.tuples(positive, inner.filter(lambda e: e.is_Symbol)).map(lambda p: p[0] ** p[1]),
        # conditions on symbols only: sympy folds a piecewise inside a condition into an if-then-else
        st.tuples(symbols, positive_numbers, inner, inner).map(
            lambda p: sp.Piecewise((p[2], p[0] < MassAction(p[1]).k), (p[3], True))
        ),
        st.tuples(symbols, symbols, positive_numbers).map(lambda p: sp.Max(p[0], p[1], MassAction(p[2]).k)),
    )


def _reversible(vf, ks, vr, kp, names):
    return ReversibleMM(vf, ks, vr, kp, names[0], names[1])


def rate_laws(names: list[str]) -> st.SearchStrategy:
    number, name = constants(), st.sampled_from(names)
    exponent = st.sampled_from([symbol("Q"), symbol("zeta"), 1, 2, 4, 0.5, 2.5, -1])
    return st.one_of(
        st.builds(MassAction, number),
        st.builds(MichaelisMenten, number, number, name),
        *([st.builds(_reversible, *[number] * 4, st.permutations(names))] if len(names) > 1 else []),
        st.builds(Hill, number, number, exponent, name),
        st.builds(HillRepression, number, number, exponent, name),
        st.builds(Arrhenius, number, number),
        st.builds(Arrhenius, number, number, st.just(symbol("T")), exponent, number),
        st.builds(Custom, expressions(names)),
    )


@st.composite
def networks(draw: st.DrawFn, rational: bool = False, most_reactions: int = 3, simple: bool = False) -> Network:
    """Networks with every feature that the text format knows; ``simple`` ones have constants as rates."""
    names = draw(st.lists(st.sampled_from(SPECIES), min_size=1, max_size=5, unique=True))
    sides = complexes(names, rational=rational)
    laws = st.sampled_from(PARAMETERS).map(symbol).map(MassAction) if simple else rate_laws(names)
    reactions = []
    for i in range(draw(st.integers(1, most_reactions))):
        left, right = draw(sides), draw(sides)
        if left or right:
            label = draw(st.sampled_from(["", "", f"r{i}", f"step {i}"]))
            reactions.append(Reaction(left, right, draw(laws), label))
            if draw(st.booleans()) and left != right:
                back = f"{label}_reverse" if label else ""
                reactions.append(Reaction(right, left, draw(laws), back))
    species = [
        Species(
            name,
            formula=draw(st.sampled_from([None, "C6H12O6", "SO4^2-"])),
            constant=draw(st.booleans()),
            boundary=draw(st.booleans()),
            initial=draw(st.none() | positive_numbers | st.just(0)),
            unit=draw(st.sampled_from([None, "mM", "mol/L"])),
        )
        for name in names
    ]
    values = draw(st.dictionaries(st.sampled_from(PARAMETERS), st.none() | positive_numbers))
    units = {name: "1/s" for name in values if draw(st.booleans())}
    observables = {"total": draw(expressions(names))} if draw(st.booleans()) else {}
    return Network(tuple(reactions), tuple(species), values, observables, units)


@st.composite
def mass_action_networks(draw: st.DrawFn, most_species: int = 5, most_reactions: int = 8) -> Network:
    """Networks with integer coefficients and numeric rate constants."""
    names = list("ABCDE"[: draw(st.integers(1, most_species))])
    sides = complexes(names, largest=2)
    pairs = draw(st.lists(st.tuples(sides, sides).filter(lambda p: p[0] or p[1]), min_size=1, max_size=most_reactions))
    rates = st.fractions(Fraction(1, 100), 10, max_denominator=100)
    return Network(tuple(Reaction(a, b, draw(rates)) for a, b in pairs), tuple(names))
