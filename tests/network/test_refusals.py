"""What networks refuse, by the message: what, where, and what to do."""

import pytest
import sympy as sp

import crnsym as cs
from crnsym import Complex, Custom, Network, Reaction, network
from crnsym.errors import NetworkError, NotMassActionError, ParseError, TooManyError, UnsupportedError
from crnsym.network.symbols import exact_expression
from crnsym.network.theory import siphons

A_TO_B = network("A -> B @ 1; init A = 1")
HUB = "; ".join(["0 -> A @ 1; A -> 0 @ 2"] * 8)


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        # networks from networks
        (lambda: network("A -> B @ k; B -> A @ q").rename({"k": "q"}), NetworkError, "two things the same name"),
        (lambda: A_TO_B.without(Reaction("B", "A", 1)), NetworkError, "the network has no reaction 'B -> A  @ 1'"),
        (lambda: A_TO_B + network("A -> C @ 1; init A = 2"), NetworkError, "declare the species 'A' differently"),
        (lambda: Reaction("A", "B", 1, "a\nb"), NetworkError, "a reaction name has no line breaks"),
        (lambda: network("A -> B @= A").reactions[0].rate_constant, NotMassActionError, "has no rate constant"),
        # expressions and complexes
        (lambda: Complex.parse("2 A )"), ParseError, r"expected '\+' or the end, found '\)'"),
        (lambda: exact_expression(sp.true), NetworkError, r"expected an expression, got True \(BooleanTrue\)"),
        (lambda: exact_expression(sp.Symbol("x") * sp.I), NetworkError, r"I\*x is not a finite real number"),
        (lambda: network("A -> B @ " + "^".join(["2"] * 3000)), ParseError, "an expression nested deeper than"),
        (lambda: str(network("A -> B").with_rates([Custom(sp.gamma(sp.Symbol("A")))])), UnsupportedError,
         "cannot write the function gamma"),
        # elements and bounds
        (lambda: A_TO_B.element_balance({"A": "H2(O", "B": "O"}), NetworkError, "the formula of A: "),
        (lambda: A_TO_B.element_balance({"A": "H"}), NetworkError, "a formula for every species; none for B"),
        (lambda: cs.elementary(network("3 A -> B @ 1"), concentrations={"A": -1, "B": 1}), NetworkError,
         "the bound of A is -1; give a positive number"),
        # searches that are given up
        (lambda: cs.elementary_modes(network(HUB), limit=1), TooManyError, "elementary modes: gave up at 64 comb"),
        # realisations
        (lambda: cs.core_reactions(A_TO_B, ["A", "0"]), NetworkError, "no reactions from 'A' to the given complexes"),
        # moments and noise
        (lambda: cs.linear_noise(network("A -> B @ 1; const A, B")), NetworkError,
         "no species whose number changes, so there is no noise"),
        # reduction
        (lambda: cs.eliminate(network("A + Y <-> X @ 1, 2; B + X <-> Y @ 3, 4"), ["X", "Y"], "partial_equilibrium"),
         UnsupportedError, "X, Y are made of each other in a circle"),
        (lambda: cs.eliminate(network("A <-> Z @ 1, 9; Z -> P @ 1"), "Z", "partial_equilibrium").project({"Q": 1}),
         NetworkError, "project: Q is no species"),
    ],
)  # fmt: skip
def test_each_refusal_says_what_it_is_about(ask, error, message):
    with pytest.raises(error, match=message):
        ask()


def test_a_search_for_siphons_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(siphons, "_EFFORT", 0)
    with pytest.raises(TooManyError, match=r"siphons: gave up with 0 found.*; raise the limit"):
        cs.siphons(A_TO_B)


def test_too_many_minors_are_refused():
    with pytest.raises(TooManyError, match=r"injectivity: .* minors are more than the limit of 1; raise the limit"):
        cs.injectivity(network("A + B -> C; C -> A + B; A -> 0; 0 -> A; 0 -> B; B -> 0"), limit=1)


def test_an_empty_network_is_no_refusal():
    assert network("") == Network()
    assert network("").conservation_laws() == []
    assert str(network("")) == ""
