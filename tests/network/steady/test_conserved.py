"""Elimination of conserved sums."""

import pytest
import sympy as sp
from hypothesis import given, settings

from crnsym import network
from crnsym.errors import NetworkError, ReductionError
from crnsym.network.steady.conserved import reduce_by_laws
from crnsym.network.symbols import symbol
from tests.strategies import mass_action_networks

ENZYME = "E + S <-> ES @ 1, 2; ES -> E + P @ 3; init E = 1, S = 5, ES = 0, P = 0"


def test_the_dependent_species_follow_from_totals():
    reduced = reduce_by_laws(network(ENZYME))
    assert len(reduced.independent) == 2
    assert set(reduced.laws) == {f"{n}_total" for n in reduced.dependent}
    assert sorted(reduced.totals().values()) == [1, 5]
    assert sorted(reduced.totals({"E": 2}).values()) == [2, 5]


def test_the_choice_of_dependent_species_is_free_where_the_laws_allow_it():
    net = network(ENZYME)
    reduced = reduce_by_laws(net, ["ES", "S"])
    total = symbol("ES_total")
    assert reduced.dependent["ES"] == total - symbol("E")
    with pytest.raises(ReductionError, match="2 conservation laws eliminate as many species, not \\['ES'\\]"):
        reduce_by_laws(net, ["ES"])
    with pytest.raises(ReductionError, match="dependent: Q is no species"):
        reduce_by_laws(net, ["Q", "E"])
    with pytest.raises(ReductionError, match="the conservation laws do not determine S, P together"):
        reduce_by_laws(net, ["S", "P"])
    with pytest.raises(ReductionError, match="X is in no conservation law"):
        reduce_by_laws(network(ENZYME + "; X -> 0 @ 1"), ["E", "X"])


def test_totals_without_an_initial_state_are_refused():
    with pytest.raises(NetworkError, match="need the initial concentration of A; use with_initial"):
        reduce_by_laws(network("A <-> B @ 1, 2")).totals()


def test_names_of_totals_avoid_what_is_taken():
    reduced = reduce_by_laws(network("A <-> B @ A_total, 1"))
    assert list(reduced.laws) != ["A_total"]


@settings(deadline=None, max_examples=40)
@given(mass_action_networks())
def test_the_reduced_equations_are_those_of_the_network_on_a_class(net):
    reduced = reduce_by_laws(net)
    state = {n: sp.Rational(i + 2, 3) for i, n in enumerate(net.species_names)}
    at = {symbol(n): v for n, v in {**state, **reduced.totals(state)}.items()}
    full = {n: e.xreplace(at) for n, e in net.odes().items()}
    assert len(reduced.independent) == net.structure.rank
    assert {n: e.xreplace(at) for n, e in reduced.odes().items()} == {n: full[n] for n in reduced.independent}
    assert all(e.xreplace(at) == state[n] for n, e in reduced.dependent.items())


@pytest.mark.parametrize(
    "law", ["k*abs(A - B)", "k*A*floor(A)", "ceil(B)", "k*max(A, B)", "A*piecewise(1, abs(A) > 2, 3)"]
)
def test_the_jacobian_leaves_no_derivative_of_a_law_with_kinks_and_steps(law):
    reduced = reduce_by_laws(network(f"A -> B @= {law}; B -> A @ 1; param k = 2; init A = 3, B = 1"))
    assert not reduced.jacobian(substitute=True).atoms(sp.Derivative, sp.Subs)
