"""The description of a network in a terminal."""

import io
from math import comb

import pytest
from rich.console import Console

from crnsym import network
from crnsym.errors import size_text
from crnsym.report.info import describe, law_text


def shown(text, width=100):
    console = Console(file=io.StringIO(), width=width)
    console.print(describe(network(text)))
    return " ".join(console.file.getvalue().split())


def test_a_small_model_is_described_with_reasons_and_steady_states():
    text = shown("A + B -> 2 B @ 2; B -> A @ 3; init A = 5, B = 1")
    for part in (
        "conserved A + B",
        "deficiency 1 = 4 complexes - 2 linkage classes - rank 1; of the linkage classes: 0, 0",
        "Does not apply, because the deficiency is 1 and the network is not weakly reversible.",
        "A, as A + B and B differ in it alone: the same concentration in every positive steady state",
        "what may die out): {B}",
        "with A_total = 6",
        "stable unstable",
        "All steady states, by elimination in exact numbers.",
    ):
        assert part in text, part


def test_what_is_missing_for_steady_states_is_said():
    assert "steady states need numbers, and k1 has no value" in shown("A -> 0")
    assert "need the initial concentration of A" in shown("A <-> B @ 1, 1")


def test_theorems_of_mass_action_are_not_asked_of_other_laws():
    text = shown("S -> P @= mm(S, V, K); P -> 0 @ 1; const X; X + P -> X @ 1")
    assert "complex balance, detailed balance, robust species, injectivity say nothing here" in text
    assert "held constant X" in text


def test_networks_of_every_size_are_described(monkeypatch):
    assert "continuum of steady states" in shown("S + I -> 2 I @ 1; I -> R @ 1; init S = 3, I = 1, R = 0")
    monkeypatch.setattr("crnsym.report.info._QUICK", 20)
    assert "not searched in a network of this size" in shown("\n".join(f"A{i} -> A{i + 1} @ 1" for i in range(21)))
    assert "0 reactions" in shown("species A, B")
    assert "in no law C" in shown("A <-> B; 0 -> C")


def test_a_law_is_written_with_its_signs():
    assert law_text({"A": 1, "B": -1}) == "A - B"
    assert law_text({"A": 2, "B": 1, "C": -3}) == "2 A + B - 3 C"


def test_what_looks_like_a_mistake_is_listed_at_the_end():
    text = shown("A -> B @= k - A; param k = 1, q = 2")
    assert "Worth a look the parameter q is declared and not used A -> B @= -A + k: the rate can be negative" in text


def test_a_count_of_thousands_of_digits_is_a_power_of_ten():
    assert size_text(10**6) == "1000000"
    assert size_text(comb(20000, 9000)).startswith("about 10^59")


def test_nothing_is_said_of_steady_states_and_theorems_where_nothing_reacts():
    for text, told in (("", "Nothing."), ("species A", "1 species: A."), ("species A, B", "2 species: A, B.")):
        assert f"{told} No reaction is written" in shown(text)
        assert not any(word in shown(text) for word in ("steady", "deficiency", "Complex"))


@pytest.mark.parametrize(
    "law",
    [
        "abs(A - B)",
        "floor(A)*B",
        "ceil(A)",
        "piecewise(1, piecewise(B, A > 1, 3) > 2, 5)",
        "max(A, B, 1)",
        "A*min(B, 2)",
    ],
)
def test_laws_with_kinks_steps_and_nested_branches_are_described(law):
    assert "Steady states" in shown(f"A -> B @= {law}; B -> 0 @ 1; 0 -> A @ 2; init A = 1.5, B = 3")
