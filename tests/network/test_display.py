"""LaTeX, HTML and the terminal."""

import io
import re

import pytest
import sympy as sp
from hypothesis import given, settings
from rich.console import Console

from crnsym import Reaction, network
from crnsym.network.latex.inline import expression_latex, latex_name, latex_number, reaction_latex
from crnsym.network.names import pretty, rounded
from crnsym.network.symbols import exact_number
from tests.strategies import expressions, networks


@pytest.mark.parametrize(
    ("name", "upright", "latex"),
    [
        ("k", False, "k"),
        ("k1", False, "k_{1}"),
        ("k_cat", False, r"k_{\mathrm{cat}}"),
        ("kf", False, "k_{f}"),
        ("Vmax", False, r"V_{\mathrm{max}}"),
        ("beta", False, r"\beta"),
        ("γ2", False, r"\gamma_{2}"),
        ("A2", True, r"\mathrm{A}_{2}"),
        ("a b", True, r"\text{a b}"),
        ("50%", True, r"\text{50\%}"),
        ("E", False, "E"),
        ("k_on_1", False, r"k_{\mathrm{on},1}"),
        ("Km", True, r"\mathrm{Km}"),
    ],
)
def test_names_in_latex(name, upright, latex):
    assert latex_name(name, upright=upright) == latex


@pytest.mark.parametrize(
    ("number", "latex"),
    [
        ("0.25", "0.25"),
        ("1.5e-7", r"1.5 \cdot 10^{-7}"),
        ("1e-7", "10^{-7}"),
        ("1/3", r"\frac{1}{3}"),
        ("-1/3", r"-\frac{1}{3}"),
    ],
)
def test_numbers_in_latex(number, latex):
    assert latex_number(exact_number(number)) == latex


def test_reactions_in_mhchem():
    r = network("2 A + B <-> C @ k1, kr; 0 -> A2 @ 0.5; 1/2 v -> 0 @ k").reactions
    assert reaction_latex(r[0], r[1]) == r"\ce{2 A + B <=>[$k_{1}$][$k_{r}$] C}"
    assert reaction_latex(r[2]) == r"\ce{$\varnothing$ ->[$0.5$] A2}"
    assert reaction_latex(r[3]) == r"\ce{$\frac{1}{2}$ $\text{v}$ ->[$k$] $\varnothing$}"


def test_the_gas_constant_is_a_letter():
    text = reaction_latex(network("A -> B @ arrhenius(A0, Ea)").reactions[0])
    assert re.search(r"\bR\b", text)
    assert "831446" not in text


@settings(deadline=None, max_examples=40)
@given(networks())
def test_latex_and_html_of_any_network_are_balanced(net):
    text = re.sub(r"\\[{}]", "", net._repr_latex_())
    depth = 0
    for c in text:
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    assert depth == 0
    assert text.count("$$") == 2
    assert text.count("$") % 2 == 0


@settings(deadline=None, max_examples=50)
@given(expressions(["A", "pi", "x y"]))
def test_expressions_print_without_long_fractions(expression):
    assert not re.search(r"\\frac\{\d{6,}\}\{\d{6,}\}", expression_latex(expression, {"A"}))


def test_a_fraction_too_long_to_read_is_written_as_a_decimal():
    assert expression_latex(sp.Rational(1048576, 1050625)).startswith("0.998")
    assert expression_latex(sp.Rational(3, 7)) == r"\frac{3}{7}"


def test_the_html_has_a_drawing_and_escaped_rows():
    text = network('"<b>" -> C @ k; param k = 0.25; init C = 2')._repr_html_()
    assert "<svg" in text
    assert "&lt;b&gt; → C" in text
    assert "<b>" in text.split("<svg")[0]
    assert "0.25" in text
    assert "initial: C = 2" in text


def test_the_terminal_shows_reactions_rates_and_values():
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(network("bind: A + B <-> C @ k1, k2; S -> P @= mm(S, V, K); param k1 = 0.5, V = 2, K = 1e-4"))
    text = console.export_text()
    for part in [
        "5 species, 3 reactions, 4 parameters",
        "bind",
        "A + B ⇌ C",
        "k₁, k₂",
        "0.5",
        "mm(S, V, K)",
        "K = 0.0001",
    ]:
        assert part in text


def test_a_large_network_is_summarised_in_the_shell():
    large = network("; ".join(f"S{i} -> S{i + 1} @ 1" for i in range(150)))
    assert repr(large) == "<Network : 151 species, 150 reactions>"
    assert repr(network("A -> B @ 1")) == "A -> B  @ 1"


def test_short_names_and_numbers():
    assert (pretty("k1"), pretty("beta2"), pretty("k_1"), pretty("kf")) == ("k₁", "β₂", "k_1", "kf")
    assert (rounded(0.012345), rounded(1.5e-7), rounded(12345)) == ("0.0123", "1.5e-7", "1.23e4")


def test_a_reaction_prints_as_text():
    assert str(Reaction("2 A", "B", 0.1, "r")) == "r: 2 A -> B  @ 0.1"
