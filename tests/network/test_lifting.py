"""Exact lifting to reactions of at most two reactants."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from crnsym import Complex, Network, Reaction, lift, network, simulate
from crnsym.errors import UnsupportedError
from tests.benchmarks.elementary import NETWORKS


def check_exact(lifted):
    """The lifted equations, with the monomials put in, are those of the source and the product rule."""
    assert all(r.order <= 2 for r in lifted.network.reactions)
    inside = {sp.Symbol(w): c.monomial for w, c in lifted.variables.items()}
    source, odes = lifted.source.odes(), lifted.network.odes()
    for name, change in source.items():
        assert sp.expand(odes[name].xreplace(inside) - change) == 0
    for w, c in lifted.variables.items():
        product_rule = sum(c.monomial.diff(sp.Symbol(s)) * source[s] for s in c)
        assert sp.expand(odes[w].xreplace(inside) - product_rule) == 0


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_the_lifted_equations_are_the_source_on_the_manifold(text):
    check_exact(lift(network(text)))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(*[st.dictionaries(st.sampled_from("AB"), st.integers(1, 2)).map(Complex)] * 2), max_size=3))
def test_any_small_network_of_two_species_is_lifted_exactly(sides):
    reactions = [Reaction(a, b, f"k{i}") for i, (a, b) in enumerate(sides) if a != b]
    check_exact(lift(Network(tuple(reactions))))


def test_a_trimer_needs_one_variable_and_nothing_stiff():
    source = network("3 A -> B @ 0.5; B -> 3 A @ 0.1; init A = 1")
    lifted = lift(source)
    assert lifted.variables == {"A_A": Complex("2 A")}
    assert lifted.network.initial["A_A"] == 1
    a, b = (simulate(n, (0, 5, 11)).values[0] for n in (source, lifted.network))
    np.testing.assert_allclose(b[:, :2], a, rtol=1e-6, atol=1e-9)


def test_bimolecular_networks_stay_as_they_are():
    net = network("A + B -> C @ k")
    assert lift(net).network is net


@pytest.mark.parametrize("text", ["3 A -> B @= A^3", "5/2 A -> B @ 1"])
def test_only_integer_mass_action_is_lifted(text):
    with pytest.raises(UnsupportedError, match="mass action with integer"):
        lift(network(text))


def test_too_few_variables_are_refused():
    with pytest.raises(UnsupportedError, match="at most 1"):
        lift(network("A + B + C -> D @ 1"), most=1)
