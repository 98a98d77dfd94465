"""Compiling to reactions of at most two reactants."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crnsym import Complex, Network, Reaction, check_elementary, elementary, network
from crnsym.errors import NetworkError, UnsupportedError
from crnsym.network.pairing import pair_up
from tests.benchmarks.elementary import NETWORKS

THIRD = "2 A + B -> C @ k; param k = 0.4; init A = 1, B = 0.7"


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_no_reaction_has_more_than_two_reactants_and_the_limit_is_the_source(text):
    source = network(text)
    compiled = elementary(source, 0.02)
    assert max(r.order for r in compiled.network.reactions) <= 2
    assert compiled.limit() == source


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_the_error_is_linear_in_the_tolerance_and_below_the_bound(text):
    compiled = elementary(network(text), 0.01)
    check = check_elementary(compiled, (0.0, 5.0, 21))
    assert 0.93 < check.order < 1.05
    assert check.error < compiled.error_bound(5.0)
    assert check.error < 0.01
    assert check.estimate == pytest.approx(check.error, rel=0.1)


def test_the_first_order_error_is_the_tolerance():
    assert elementary(network(THIRD), 0.03).delta == pytest.approx(0.03, rel=1e-3)
    assert elementary(network("A + B -> C @ 1; init A = 1, B = 1"), 0.03).delta == 0


def test_the_price_grows_with_the_square_of_the_tolerance():
    slow, fast = (elementary(network(THIRD), t).network.parameters["koff_A_B"] for t in (0.1, 0.001))
    assert float(fast / slow) == pytest.approx(1e4, rel=0.2)


def test_a_common_pair_is_bound_once():
    source = network("A + B + C -> P @ 1; A + B + D -> Q @ 1; A + B + P -> 0 @ 1; init A=1, B=1, C=1, D=1")
    compiled = elementary(source, 0.1, concentrations=1.0)
    assert compiled.composition == {"A_B": Complex("A + B")}
    assert len(compiled.network.reactions) == 5


def test_a_pair_of_pairs_needs_one_intermediate():
    pairing = pair_up([Complex("2 A + 2 B")], ())
    assert list(pairing.pairs) == ["A_B"]
    assert pairing.reactants == (Complex({"A_B": 2}),)
    assert pairing.uses(0) == {"A_B": 2}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.dictionaries(st.sampled_from("ABCD"), st.integers(1, 3), min_size=1).map(Complex), max_size=4))
def test_pairing_keeps_what_a_complex_is_made_of(complexes):
    pairing = pair_up(complexes, "ABCD")
    for before, after in zip(complexes, pairing.reactants, strict=True):
        assert after.order <= max(2, min(before.order, 2))
        whole = {}
        for name, n in after.items():
            for part, m in pairing.composition.get(name, Complex({name: 1})).items():
                whole[part] = whole.get(part, 0) + n * m
        assert Complex(whole) == before


def test_names_that_exist_are_not_taken():
    compiled = elementary(network("2 A + B -> A_B @ kon_A_B_2; param kon_A_B_2 = 1; init A = 1, B = 1"), 0.1)
    assert compiled.intermediates == ("A_B_2",)
    assert "kon_A_B_2_" in compiled.network.parameters
    assert compiled.limit() == compiled.source


def test_other_reactions_and_constant_species_stay_as_they_are():
    source = network("A + B + C -> P @ 1; P -> A @= P/(1 + P); const C; init A = 1, B = 1, C = 2")
    compiled = elementary(source, 0.05, concentrations={"A": 1, "B": 1, "P": 1})
    assert source.reactions[1] in compiled.network.reactions
    assert compiled.limit() == source


def test_bounds_come_from_laws_or_from_the_caller():
    assert elementary(network(THIRD)).concentrations == pytest.approx({"A": 1, "B": 0.7, "C": 0.5})
    with pytest.raises(NetworkError, match="bound A"):
        elementary(network("0 -> A @ 1; 3 A -> 0 @ 1; init A = 1"))
    with pytest.raises(NetworkError, match="no species"):
        elementary(network(THIRD), concentrations={"X": 1})


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("3 A -> B @= A^3; init A = 1", UnsupportedError, "free rate law"),
        ("5/2 A -> B @ 1; init A = 1", UnsupportedError, "fractional"),
        ("3 A -> B @ k; init A = 1", NetworkError, "k has no value"),
    ],
)
def test_what_cannot_be_compiled_is_refused_by_name(text, error, message):
    with pytest.raises(error, match=message):
        elementary(network(text))


@pytest.mark.parametrize("tolerance", [0, 1, -0.1, float("nan")])
def test_a_tolerance_is_a_share(tolerance):
    with pytest.raises(NetworkError, match="tolerance"):
        elementary(network(THIRD), tolerance)


def test_a_reaction_that_does_nothing_stays():
    source = network("A -> A @ 2; 3 A -> B @ 1; A + 2 B -> C @ 0; init A = 1, B = 1")
    assert elementary(source).limit() == source


def test_the_text_says_that_it_is_an_approximation():
    text = str(elementary(network(THIRD), 0.02))
    assert text.startswith("# approximate, chemical: rates within 0.02")
    assert network(text) == elementary(network(THIRD), 0.02).network


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.dictionaries(st.sampled_from("ABCD"), st.integers(1, 2)).map(Complex)] * 2), max_size=4))
def test_the_limit_of_any_compiled_network_is_its_source(sides):
    constants = ["k", "k*m", "0.3*(k + m)", "k/m^2"]
    reactions = [Reaction(a, b, constants[i]) for i, (a, b) in enumerate(sides) if a != b]
    source = Network(tuple(reactions), parameters={"k": 0.3, "m": 2})
    compiled = elementary(source, 0.05, concentrations=2.0)
    assert all(r.order <= 2 for r in compiled.network.reactions)
    assert compiled.delta == pytest.approx(0.05, rel=2e-3) or not compiled.intermediates
    assert compiled.limit() == source


def test_a_check_needs_room_to_double_the_tolerance():
    with pytest.raises(NetworkError, match="doubled"):
        check_elementary(elementary(network(THIRD), 0.6))
