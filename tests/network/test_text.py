"""Text to network and back."""

from dataclasses import replace

import pytest
import sympy as sp
from hypothesis import given, settings

from crnsym import (
    Arrhenius,
    Complex,
    Custom,
    Hill,
    MassAction,
    MichaelisMenten,
    Network,
    Reaction,
    Species,
    network,
    parse_expression,
)
from crnsym.errors import NetworkError, ParseError
from crnsym.network.symbols import symbol
from tests.strategies import networks


@settings(deadline=None, max_examples=50)
@given(networks(rational=True))
def test_text_reads_back_to_an_equal_network(net):
    again = network(str(net))
    assert again == net
    assert again.species == net.species
    assert again.reactions == net.reactions
    assert again.observables == net.observables


def test_the_example_of_the_design_reads():
    net = network("""
        2 A -> B      @ 0.1          # mass action
        A + B <-> C   @ kf, kr
        S -> P        @= Vmax * S / (Km + S)
        0 -> A        @ 0.5
        param kf = 0.3, kr = 0.02 [1/s], Vmax = 1, Km = 0.4
        init A = 1.0, S = 2.0 [mM]
        obs total = A + 2*B
    """)
    assert net.species_names == ("A", "B", "C", "S", "P")
    assert len(net.reactions) == 5
    assert net.reactions[0].reactants == Complex({"A": 2})
    assert net.reactions[0].rate == MassAction(sp.Rational(1, 10))
    assert net.reactions[2].is_reverse_of(net.reactions[1])
    a, b, c, kf, kr = map(symbol, ["A", "B", "C", "kf", "kr"])
    assert net.odes()["C"] == kf * a * b - kr * c
    assert net.parameters["kr"] == sp.Rational(1, 50)
    assert net.units == {"kr": "1/s"}
    assert net.initial == {"A": 1, "S": 2}
    assert net.species[3].unit == "mM"


@pytest.mark.parametrize("arrow", ["<->", "<=>", "⇌", "<-->", "↔"])
def test_all_reversible_arrows_mean_the_same(arrow):
    assert network(f"A {arrow} 2B @ 1, 2") == network("A -> 2 B @ 1; 2 B -> A @ 2")


@pytest.mark.parametrize("line", ["A -> B @ 1", "A --> B @ 1", "A → B @ 1", "B <- A @ 1", "A->B@1", "1 * A -> B @ 1"])
def test_all_forward_arrows_mean_the_same(line):
    assert network(line) == network("A -> B @ 1.0")


@pytest.mark.parametrize("zero", ["0", "∅", ""])
def test_the_zero_complex_has_three_spellings(zero):
    net = network(f"A -> {zero} @ 1")
    assert not net.reactions[0].products
    assert network(f"{zero} -> A @ 1").reactions[0].products == Complex("A")


def test_a_digit_in_front_is_a_coefficient_and_behind_it_a_name():
    net = network("2A2 + 2E1 -> 3E @ 1")
    assert net.reactions[0].reactants == Complex({"A2": 2, "E1": 2})


def test_repeated_species_add_up():
    assert network("A + A -> B @ 1") == network("2 A -> B @ 1")


def test_a_rational_coefficient_stays_exact():
    assert network("1/2 A -> B @ 1").reactions[0].reactants["A"] == sp.Rational(1, 2)


def test_reactions_without_rates_get_fresh_constants():
    net = network("A -> B; B -> A @ k2; A <-> C")
    assert [r.rate.k.name for r in net.reactions] == ["k1", "k2", "k3", "k4"]
    assert net.missing_values == ("k1", "k2", "k3", "k4")


def test_sympy_constants_are_plain_symbols():
    net = network("E + I -> S @ pi; N -> lambda @= beta*gamma*N")
    assert {"E", "I", "S", "N", "lambda"} == set(net.species_names)
    assert {"pi", "beta", "gamma"} == set(net.parameters)
    assert net.odes()["S"] == symbol("pi") * symbol("E") * symbol("I")


def test_named_rate_laws_become_objects():
    net = network("S -> P @= mm(S, V, K); 0 -> X @= hill(P, 1, K, 2); A -> B @ arrhenius(A0, Ea)")
    assert net.reactions[0].rate == MichaelisMenten("V", "K", "S")
    assert net.reactions[1].rate == Hill(1, "K", 2, "P")
    assert net.reactions[2].rate == Arrhenius("A0", "Ea")


def test_a_named_rate_law_inside_an_expression_is_expanded():
    law = network("S -> P @= E*mm(S, V, K); E -> 0").reactions[0].rate
    assert isinstance(law, Custom)
    assert law == Custom("E*V*S/(K + S)")


def test_a_rate_constant_with_a_species_is_a_whole_rate():
    assert network("A -> B @ k*E; E -> 0 @ 1").reactions[0].rate == Custom("k*E*A")


def test_comments_quotes_and_semicolons_live_together():
    net = network('"a;b" -> "c#d" @ 1; X -> 0 @ 2 # and a -> comment')
    assert net.species_names == ("a;b", "c#d", "X")


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("A + -> B", 1, 5, "after '+'"),
        ("A -> B\nA -> B -> C", 2, 8, "two arrows"),
        ("A <-> B @ 1", 1, 3, "two rates"),
        ("A -> B @ 1, 2", 1, 13, "too many rates"),
        ("A <-> B @ 1, 2, 3", 1, 17, "too many rates"),
        ("param A = 1\nA -> B", 1, 7, "species already"),
        ("-1 A -> B", 1, 1, "positive"),
        ("0 A -> B", 1, 1, "positive"),
        ("0 -> 0", 1, 1, "both sides are empty"),
        ("A B -> C", 1, 3, "arrow after A"),
        ("A", 1, 2, "expected an arrow"),
        ("A -> B @ k*(", 1, 13, "the end"),
        ("A -> B @ (k", 1, 12, "')'"),
        ("A -> B @ foo(x)", 1, 10, "no function named 'foo'"),
        ("A -> B @ 1/0", 1, 12, "division by zero"),
        ("A -> B @ 9^9^9^9", 1, 12, "too large"),
        ("A -> B 0.1", 1, 8, "'@'"),
        ("A -> B @ kff; param kf = 1", 1, 10, "did you mean 'kf'"),
        ("Substrate -> P @= v*Substrat", 1, 21, "did you mean 'Substrate'"),
        ("A -> B; init Bb = 1", 1, 14, "did you mean 'B'"),
        ("A -> B; init A = k", 1, 18, "expected a number"),
        ("A -> B; init A = 1, A = 2", 1, 21, "given twice"),
        ("param k = 1, k = 2", 1, 14, "declared twice"),
        ("x: A -> B; x: B -> A", 1, 12, "two reactions are called 'x'"),
        ("A -> B; param k = 1 [1/s", 1, 25, "']'"),
        ("A => B", 1, 3, "'->'"),
        ("compartment C = 2", 1, 1, "'compartment' is not part of a network, which is reactions in one volume"),
        ("event hit at time > 1", 1, 1, "'event' is not part of a network"),
        ("rule x := 2*A", 1, 1, "'rule' is not part of a network"),
        ("A -> B; x := 2*A", 1, 9, "the rule for 'x' is not part of a network"),
        ("x' = 1 - x", 1, 1, "the rule for 'x' is not part of a network"),
        ("{n} A -> B", 1, 1, "symbols in braces are not supported"),
        ("A -> 2 {n} B", 1, 8, "symbols in braces are not supported"),
        ("1/0 A -> B", 1, 1, "division by zero in a coefficient"),
        ("0/2 A -> B", 1, 1, "a coefficient must be positive, found 0"),
        ("A -> B @ 1 2", 1, 12, "expected ',' or the end of the reaction"),
        ("A -> B @ arrhenius(1)", 1, 10, "arrhenius takes a prefactor"),
        ("A -> B @= sin(A, B)", 1, 11, "sin takes 1 argument"),
        ("A -> B @= piecewise(1, !A, 2)", 1, 24, "negates a condition such as A > 1"),
        ("A -> B @= piecewise(1, A && B, 2)", 1, 24, "joins conditions such as A > 1"),
        ("0 -> A @= hill(A, 1/2, 0, -1)", 1, 11, "is no number to count with"),
        ("0 -> A @= hillr(A, 1e300, 1e300, 1/2)", 1, 11, "is no number to count with"),
        ("0 -> A @= hill(A, 1, 1e250, 2)", 1, 11, "is no number to count with"),
        ("A -> B @= revmm(A, B, 1, 0, 2, K)", 1, 11, "ks and kp divide"),
        ("A -> B @= revmm(A, B, 1, K, 2, 0)", 1, 11, "ks and kp divide"),
        ("A -> B @= revmm(A, A, 1, K, 2, 3)", 1, 11, "two species"),
        ("init A", 1, 7, "expected '=' and the initial concentration of A"),
        ("param k, = 2", 1, 10, "expected a name, found '='"),
    ],
)
def test_an_error_points_at_the_place(text, line, column, words):
    with pytest.raises(ParseError, match="line") as caught:
        network(text, source="my.crn")
    assert (caught.value.line, caught.value.column) == (line, column), caught.value
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"my.crn, line {line}, column {column}: ")
    shown, caret = str(caught.value).split("\n")[1:]
    assert caret.index("^") - 2 == column - 1
    assert shown.strip() == text.split("\n")[line - 1].strip()


def test_strict_text_declares_everything():
    assert network("A -> B @ k; param k", strict=True) == network("A -> B @ k")
    with pytest.raises(ParseError, match="line 1, column 10: 'k' is not declared; declare it, as in 'param k = 1'"):
        network("A -> B @ k", strict=True)
    with pytest.raises(ParseError, match="column 3: the reaction has no rate; give one"):
        network("A -> B", strict=True)


def test_deep_nesting_is_an_error_and_no_crash():
    with pytest.raises(ParseError, match="nested"):
        network("A -> B @ " + "(" * 5000 + "1" + ")" * 5000)


def test_the_callable_package_reads_text():
    import crnsym
    import crnsym.network as package

    assert crnsym.network("A -> B @ 1") == package("A -> B @ 1")


@pytest.mark.parametrize(
    "name", ["A->B", "A → B", "x <-> y", "k ⇌ l", "p; q -> r", "Fe2+", "4-NP", "Cl-", "A->", "#1 -> 2"]
)
def test_any_name_comes_back_from_text(name):
    net = Network((Reaction({name: 1}, {"C": 1}, 1),), (Species(name, formula="C2H4", initial=2), Species("C")))
    net = replace(net, species=(replace(net.species[0], constant=True), *net.species[1:]))
    assert network(str(net)) == net


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Fe2+ -> B", '"Fe2\\+"'),
        ("A + 4-NP -> B", '"4-NP"'),
        ("A + Cl- -> B", '"Cl-"'),
        ("Fe(CN)6 -> B", '"Fe\\(CN\\)6"'),
        ("A* -> B", '"A\\*"'),
        ("α-pinene -> B", '"α-pinene"'),
        ("2 p-cresol -> B", '"p-cresol"'),
        ("B -> H2O2(aq)", '"H2O2\\(aq\\)"'),
        ("MnO4- + A -> B", '"MnO4-"'),
        ("A + B -> Cl- + C", '"Cl-"'),
        ("B -> K3[Fe(CN)6] @ 2", '"K3\\[Fe\\(CN\\)6\\]"'),
        ("A -> B; init Fe2+ = 1", '"Fe2\\+"'),
        ("species 4-NP, A", '"4-NP"'),
        ("A -> B; const A, Cl-", '"Cl-"'),
    ],
)
def test_a_name_that_needs_quotes_is_shown_in_them(text, hint):
    with pytest.raises(ParseError, match="stands in quotes: " + hint):
        network(text)


@pytest.mark.parametrize("text", ["1e3A -> B", "A -> 2e4B", "2e+3 B -> C", "1E2X + A -> B", "3.5e-7 B -> A"])
def test_a_power_of_ten_before_a_species_is_refused(text):
    with pytest.raises(ParseError, match="power of ten"):
        network(text)
    assert network("2 e4 -> B").species_names == ("e4", "B")


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("obs Tot = A + 2*B; A -> C @= k*Tot; B -> 0 @ 1", "k*(A + 2*B)"),
        ("A -> C @ k*Tot; obs Tot = A + 2*B; B -> 0 @ 1", "k*A*(A + 2*B)"),
        ("A -> C @= k*T2; obs T2 = 3*Tot + 1; obs Tot = A + C", "k*(3*A + 3*C + 1)"),
        ("A -> C @= mm(Tot, V, K); obs Tot = A + C", "V*(A + C)/(K + A + C)"),
        ("A -> C @ kk; obs kk = 2*k1", "2*k1*A"),
        ("A -> C @= hill(A, V, K, 2)*Tot; obs Tot = A/2", "V*A^3/(K^2 + A^2)/2"),
    ],
)
def test_an_observable_in_a_rate_is_its_expression(text, rate):
    net = network(text)
    found = next(r.rate_expression for r in net.reactions if "C" in r.products)
    assert sp.simplify(found - parse_expression(rate)) == 0
    assert not {*net.observables} & {*net.parameters, *net.species_names}
    assert network(str(net)) == net


def test_observables_in_rates_of_networks_built_by_hand():
    net = Network((Reaction("A", "C", Custom("k*Tot")),), observables={"Tot": "A + C"})
    assert net.rates() == [parse_expression("k*(A + C)")]
    assert tuple(net.parameters) == ("k",)
    with pytest.raises(NetworkError, match="X, Y depend on each other in a circle"):
        Network((Reaction("A", "C", Custom("X")),), observables={"X": "2*Y", "Y": "X"})
    with pytest.raises(NetworkError, match="contains the species A"):
        Network((Reaction("A", "C", "k*Tot"),), observables={"Tot": "A + C"})
