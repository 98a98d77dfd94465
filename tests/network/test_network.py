"""Building, changing and comparing networks."""

import pickle

import pytest
import sympy as sp
from hypothesis import given, settings

from crnsym import Arrhenius, Complex, Custom, Hill, HillRepression, MassAction, Network, Reaction, Species, network
from crnsym.errors import NetworkError
from crnsym.network.equations import sensitivity_rhs
from crnsym.network.symbols import symbol
from tests.strategies import mass_action_networks, networks


def test_plain_values_are_converted():
    r = Reaction({"A": 2}, "B", 0.1)
    assert r == Reaction(Complex("A + A"), Complex("B"), MassAction(sp.Rational(1, 10)))
    assert r.net == {"A": -2, "B": 1}
    assert r.order == 2


def test_a_catalyst_stays_on_both_sides():
    r = network("A + E -> B + E @ k").reactions[0]
    assert r.catalysts == ("E",)
    assert r.net == {"A": -1, "B": 1}
    assert r.rate_expression == symbol("k") * symbol("A") * symbol("E")


@pytest.mark.parametrize("coefficient", [0, -1, 0.0])
def test_a_coefficient_that_is_not_positive_is_refused(coefficient):
    with pytest.raises(NetworkError, match="positive"):
        Complex({"A": coefficient})


def test_names_used_twice_are_refused():
    with pytest.raises(NetworkError, match="both a species and a parameter"):
        Network((Reaction("A", "B", "k"),), parameters={"A": 1})
    with pytest.raises(NetworkError, match="declared twice"):
        Network((), ("A", "A"))
    with pytest.raises(NetworkError, match="names are unique"):
        Network((Reaction("A", "B", 1, "r"), Reaction("B", "A", 1, "r")))
    with pytest.raises(NetworkError, match="contains the species E"):
        Network((Reaction("A", "B", "k*E"), Reaction("E", "0", 1)))
    with pytest.raises(NetworkError, match="at least one side"):
        Reaction("0", "0", 1)


def test_a_network_does_not_change():
    net = network("A -> B @ k; param k = 1")
    with pytest.raises(TypeError, match="read-only"):
        net.parameters["k"] = 2
    with pytest.raises(AttributeError):
        net.name = "x"
    with pytest.raises(AttributeError):
        net.reactions[0].reactants.anything = 1


@settings(deadline=None, max_examples=20)
@given(networks())
def test_a_network_survives_pickling(net):
    again = pickle.loads(pickle.dumps(net))
    assert again == net
    assert hash(again) == hash(net)


@settings(deadline=None, max_examples=30)
@given(networks(simple=True))
def test_equality_ignores_the_order_of_reactions_and_species(net):
    turned = Network(net.reactions[::-1], net.species[::-1], net.parameters, net.observables, net.units)
    assert turned == net
    assert hash(turned) == hash(net)
    if net.reactions:
        assert turned != Network(net.reactions[1:], net.species, net.parameters, net.observables, net.units)


def test_changes_give_new_networks():
    net = network("bind: A + B <-> C @ kf, kr; C -> P @ k; param kf = 1, kr = 2, k = 3")
    assert net.with_parameters(kf=5).parameters["kf"] == 5
    assert net.with_initial(A=1.5).initial == {"A": sp.Rational(3, 2)}
    assert net.with_rates({"bind": 7}).reactions[0].rate == MassAction(7)
    assert "kf" not in net.with_rates({0: 7}).parameters
    assert net.with_rates([1, 2, 3]).parameters == {}
    smaller = net.without("bind_reverse")
    assert len(smaller.reactions) == 2
    assert smaller.parameters == {"kf": 1, "k": 3}
    assert net.without(net.reactions[2]) == net.without(2) == net.without(-1)
    renamed = net.rename({"A": "enzyme", "kf": "k_on"})
    assert renamed.odes()["C"] == net.odes()["C"].subs({symbol("A"): symbol("enzyme"), symbol("kf"): symbol("k_on")})
    assert renamed.rename({"enzyme": "A", "k_on": "kf"}) == net


def test_a_change_of_something_unknown_names_the_nearest():
    net = network("Alpha -> B @ kf; param kf = 1")
    with pytest.raises(NetworkError, match="did you mean 'kf'"):
        net.with_parameters(kff=1)
    with pytest.raises(NetworkError, match="did you mean 'Alpha'"):
        net.with_initial(alpha=1)
    with pytest.raises(NetworkError, match="no species or parameter named 'Z'"):
        net.rename({"Z": "Y"})
    with pytest.raises(NetworkError, match="3 rates for 1 reactions"):
        net.with_rates([1, 2, 3])
    with pytest.raises(NetworkError, match="positions count from 0"):
        net.without(1)


def test_parameters_are_replaced_by_numbers_and_expressions():
    net = network("A -> B @ k; B -> A @= mm(B, V, K); param k = 1 [1/s], V = 2, K = 3; obs y = k*A")
    other = net.subs(k="c*d", V=5)
    assert other == network("A -> B @ c*d; B -> A @= mm(B, 5, K); param K = 3; obs y = c*d*A")
    with pytest.raises(NetworkError, match="no parameter named 'q'"):
        net.subs(q=1)


def test_a_union_has_common_reactions_once():
    a, b = network("A -> B @ 1; B -> C @ k; param k = 2"), network("B -> C @ k; C -> 0 @ 3; init C = 1")
    both = a + b
    assert len(both.reactions) == 3
    assert both.parameters == {"k": 2}
    assert both.initial == {"C": 1}
    with pytest.raises(NetworkError, match="disagree"):
        a + network("B -> D @ k; param k = 3")


@settings(deadline=None, max_examples=40)
@given(mass_action_networks())
def test_odes_are_stoichiometry_times_rates(net):
    product = sp.Matrix(net.net_stoichiometry()) * sp.Matrix(net.rates())
    for row, expression in zip(product, net.odes().values(), strict=True):
        assert sp.expand(row - expression) == 0


@settings(deadline=None, max_examples=25)
@given(mass_action_networks())
def test_the_jacobian_is_the_derivative_of_the_odes(net):
    x = [symbol(n) for n in net.species_names]
    expected = sp.Matrix(list(net.odes().values())).jacobian(x)
    assert sp.expand(net.jacobian() - expected) == sp.zeros(len(x))


def test_rate_laws_have_the_formulas_of_the_textbook():
    s, v, k, n, t = map(symbol, ["S", "V", "K", "n", "T"])
    r = Reaction("S", "P", Hill("V", "K", "n", "S"))
    assert r.rate_expression == v * s**n / (k**n + s**n)
    assert r.with_rate(HillRepression("V", "K", "n", "S")).rate_expression == v * k**n / (k**n + s**n)
    centred = Arrhenius("V", "Ea", reference=300)
    assert centred.k.subs(t, 300) == v
    plain = Arrhenius(2, 8314.46261815324)
    assert float(plain.k.subs(t, 500)) == pytest.approx(2 * 2.718281828459045 ** (-1000 / 500))
    assert Custom("V*time").parameters == (v, symbol("time"))


def test_time_is_no_parameter_unless_declared():
    assert network("A -> B @= sin(time)").parameters == {}
    assert network("A -> B @= sin(time); param time = 3").parameters == {"time": 3}


def test_a_species_of_a_rate_law_alone_is_a_species():
    assert network("0 -> A @= hillr(R, 1, 2, 3)").species_names == ("A", "R")


@pytest.mark.parametrize("name", ["", " ", "a\nb"])
def test_a_bad_species_name_is_refused(name):
    with pytest.raises(NetworkError, match="species name"):
        Species(name)


def test_sensitivities_follow_the_chain_rule():
    """A = a0 exp(-k t): dA/dk = -t A, d/dt(-t A) = -A + k t A; C is not reached by k."""
    net = network("A -> B @ k; B -> 0 @ q; C -> 0 @ 2; const E; E + B -> E @ 3")
    found = sensitivity_rhs(net)
    assert set(found) == {("A", "k"), ("B", "k"), ("B", "q")}
    t, a, b, k, q = (sp.Symbol(n) for n in ("t", "A", "B", "k", "q"))
    assert found["A", "k"].xreplace({sp.Symbol("d(A)/d(k)"): -t * a}) == sp.expand(-a + k * t * a)
    s = sp.Symbol("d(B)/d(q)")
    assert sp.expand(found["B", "q"] - (-b - q * s - 3 * net.symbol("E") * s)) == 0
