"""Moment equations against the generator itself, in rational numbers."""

from fractions import Fraction
from math import prod

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from crnsym import linear_noise, moment_equations, network
from crnsym.errors import NetworkError, UnsupportedError

REACTIONS = (
    "0 -> A @ 2", "A -> 0 @ 3", "A -> B @ 1/2", "2 A -> B @ 5", "A + B -> C @ 7", "C -> A + 2 B @ 1/3",
    "3 B -> 0 @ 2", "B -> 2 B @= B*(4 - C)", "A -> A + C @ 2/5", "2 C -> C @= C*(C - 1)/2",
)  # fmt: skip
POINTS = st.lists(st.tuples(*[st.integers(0, 5)] * 3), min_size=1, max_size=3, unique=True)


def mean(points, function):
    return sum((function(x) for x in points), sp.Integer(0)) / len(points)


def power(x, m):
    return prod((x[i] for i in m), start=sp.Integer(1))


def generator(net, function, x):
    """Return the generator applied to a function of the state, written out reaction by reaction."""
    total = sp.Integer(0)
    for reaction in net.reactions:
        state = dict(zip(net.species_names, x, strict=True))
        if reaction.rate.is_mass_action:
            falling = (prod(range(state[s] - int(n) + 1, state[s] + 1)) for s, n in reaction.reactants.items())
            rate = reaction.rate.k * prod(falling)
        else:
            rate = reaction.rate_expression.subs({sp.Symbol(s): v for s, v in state.items()})
        after = tuple(v + reaction.net.get(s, 0) for s, v in state.items())
        total += rate * (function(after) - function(x))
    return total


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(REACTIONS), min_size=1, max_size=4, unique=True), POINTS, st.booleans())
def test_the_equations_are_the_generator_applied_to_any_distribution(lines, points, central):
    net = network("\n".join([*lines, "C -> C + A @ 1", "B -> B + A @ 1"]))
    order = {name: i for i, name in enumerate("ABC")}
    points = [tuple(x[order[name]] for name in net.species_names) for x in points]
    found = moment_equations(net, 2, central)
    center = [mean(points, lambda x, i=i: x[i]) for i in range(3)]

    def moment(m):
        if central and len(m) > 1:
            return mean(points, lambda x: power([a - b for a, b in zip(x, center, strict=True)], m))
        return mean(points, lambda x: power(x, m))

    known = dict(zip(found.equations, found.powers, strict=True)) | dict(found.higher)
    values = {s: moment(m) for s, m in known.items()}
    slopes = [mean(points, lambda x, i=i: generator(net, lambda y: y[i], x)) for i in range(3)]
    for (_, right), m in zip(found.equations.items(), found.powers, strict=True):
        if central and len(m) > 1:
            # d<(x - mu)^m>/dt has a part from the distribution and one from mu
            shifted = lambda y, m=m: power([a - b for a, b in zip(y, center, strict=True)], m)  # noqa: E731
            wanted = mean(points, lambda x, f=shifted: generator(net, f, x))
            for n in range(len(m)):
                rest = m[:n] + m[n + 1 :]
                wanted -= slopes[m[n]] * (moment(rest) if len(rest) > 1 else 0)
        else:
            wanted = mean(points, lambda x, m=m: generator(net, lambda y: power(y, m), x))
        assert sp.expand(right.subs(values) - wanted) == 0


def test_first_order_reactions_need_no_closure():
    net = network("0 -> M @ a; M -> 0 @ b; M -> M + P @ c; P -> 0 @ d; P <-> Q @ e, f")
    for central in (False, True):
        found = moment_equations(net, 3, central)
        assert found.is_closed
        assert found.close("lognormal").closure == "exact"


def test_linear_noise_is_exact_for_first_order_reactions():
    net = network("0 -> M @ a; M -> 0 @ b; M -> M + P @ c; P -> 0 @ d")
    exact, noise = moment_equations(net, 2, central=True).close().odes(), linear_noise(net).odes()
    assert exact.keys() == noise.keys()
    assert all(sp.expand(exact[name] - noise[name]) == 0 for name in exact)


def test_linear_noise_takes_laws_that_are_no_polynomials():
    odes = linear_noise(network("0 -> A @= v/(1 + A); A -> 0 @ d")).odes()
    a, c, v, d = map(sp.Symbol, ("⟨A⟩", "⟨δA²⟩", "v", "d"))
    wanted = v / (1 + a) + d * a + 2 * c * (-v / (1 + a) ** 2 - d)
    assert sp.simplify(odes["⟨δA²⟩"] - wanted) == 0


def test_the_equations_of_dimerisation_name_the_moments_that_are_missing():
    found = moment_equations(network("2 A -> B @ k"))
    assert [s.name for s in found.higher] == ["⟨A³⟩", "⟨A² B⟩"]
    assert "open: ⟨A³⟩, ⟨A² B⟩" in repr(found)
    k, a, aa = map(sp.Symbol, ("k", "⟨A⟩", "⟨A²⟩"))
    assert sp.expand(found.equations[a] + 2 * k * (aa - a)) == 0


def test_poisson_closure_of_order_one_gives_the_rate_equations():
    net = network("2 A -> B @ k; B -> 2 A @ j; A + B -> 0 @ i")
    odes = moment_equations(net, 1).close("poisson").odes()
    symbols = {sp.Symbol(n): sp.Symbol(f"⟨{n}⟩") for n in net.species_names}
    for name, right in net.odes().items():
        assert sp.expand(odes[f"⟨{name}⟩"] - right.xreplace(symbols)) == 0


def test_a_polynomial_law_with_the_right_zeros_is_as_good_as_mass_action():
    one, other = network("2 A -> B @ k"), network("2 A -> B @= k*A*(A - 1)")
    assert moment_equations(one).equations == moment_equations(other).equations


def test_a_species_held_fixed_is_a_number():
    net = network("2 S -> S + A @ k; A -> 0 @ d; const S; init S = 5")
    assert moment_equations(net, 1).equations == {
        sp.Symbol("⟨A⟩"): sp.sympify("k*S*(S - 1) - d*a", {"S": sp.Symbol("S")}).subs("a", sp.Symbol("⟨A⟩"))
    }


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("A -> B @= k*A/(1 + A)", UnsupportedError, r"'A -> B.*is no polynomial.*linear_noise"),
        ("A -> B @= k*A^0.5", UnsupportedError, "is no polynomial"),
        ("A -> 0 @= k", UnsupportedError, r"is not zero at A = 0.*factor A"),
        ("2 A -> 0 @= k*A^2", UnsupportedError, r"is not zero at A = 1.*A\*\(A - 1\)"),
        ("1/2 A -> B @ k", NetworkError, "must be whole"),
    ],
)
def test_a_propensity_that_is_no_polynomial_is_refused_by_name(text, error, words):
    with pytest.raises(error, match=words):
        moment_equations(network(text))


def test_arguments_out_of_range_are_refused():
    net = network("A -> B @ k")
    with pytest.raises(NetworkError, match="order=0"):
        moment_equations(net, 0)
    with pytest.raises(NetworkError, match="choose one of mean_field, normal, poisson, lognormal"):
        moment_equations(net).close("gaussian")
    with pytest.raises(NetworkError, match=r"100 species have 176850 moments up to order 3"):
        moment_equations(network("\n".join(f"A{i} -> A{i + 1} @ 1" for i in range(99))), 3)
    with pytest.raises(NetworkError, match="no species whose number changes"):
        moment_equations(network("A + B -> A + B @ 1; const A, B"))


def test_latex_names_every_moment_and_closes_its_braces():
    for closed in (
        moment_equations(network("2 A_x -> B @ k1; B -> 0 @ 0.25")).close("lognormal"),
        moment_equations(network("2 A_x -> B @ k1"), central=True).close("normal"),
        linear_noise(network("2 A -> B @ k")),
    ):
        text = closed.latex()
        assert text.count("{") == text.count("}")
        assert "⟨" not in text
        assert r"\langle" in text
    assert "0.0625" in moment_equations(network("B -> 0 @ 0.0625")).latex()


def test_fractions_stay_exact():
    found = moment_equations(network("A -> 0 @ 1/3"), 1).equations
    assert found[sp.Symbol("⟨A⟩")].coeff(sp.Symbol("⟨A⟩")) == -sp.Rational(Fraction(1, 3))
