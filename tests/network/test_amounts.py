"""Amounts in the place of concentrations, and the combinatoric convention of rate constants."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings

from crnsym import Network, from_combinatoric, network, simulate, simulate_stochastic, to_combinatoric
from crnsym.errors import NetworkError, UnsupportedError
from tests.strategies import networks

EVERY_LAW = """
0 -> A @ 0.3
A + B -> C @ k
2 C -> A @ arrhenius(0.4, 1000, T)
A -> B @= mm(A, 1, 0.5)
B -> C @= revmm(B, C, 1, 0.4, 0.3, k)
C -> 0 @= hill(A, 0.5, 2, 3)
0 -> B @= hillr(C, 0.2, 0.7, 2)
B -> 0 @= 0.1*B*A/(1 + A + time)
param k = 0.7, T = 300
init A = 1, B = 2, C = 0.5
obs total = A + B^2
"""


def test_amounts_over_the_volume_are_the_concentrations():
    net = network(EVERY_LAW)
    given = simulate(net, times=(0, 5, 6))
    found = simulate(net.to_amounts(8), times=(0, 5, 6))
    np.testing.assert_allclose(found.values[0] / 8, given.values[0], rtol=1e-6)


def test_a_named_volume_is_a_parameter():
    net = network("2 A + B -> C @ k; A -> 0 @ 2; param k = 3, V = 4 [L]; init A = 1, B = 0.5").to_amounts("V")
    assert [str(r) for r in net.reactions] == ["2 A + B -> C  @ k/V^2", "A -> 0  @ 2"]
    assert net.initial == {"A": 4, "B": 2}
    assert network("0 -> A @ 2").to_amounts("V") == network("0 -> A @ 2*V; param V")


@settings(max_examples=40, deadline=None)
@given(networks())
def test_the_rates_of_amounts_are_those_of_concentrations_times_the_volume(net):
    assume("V" not in net.parameters)
    v = sp.Symbol("V")
    bare = net if not any(s.unit for s in net.species) else Network(net.reactions, observables=net.observables)
    bare = Network(bare.reactions, bare.species_names, bare.parameters, bare.observables)
    found = bare.to_amounts("V")
    values = {s: sp.Rational(i + 3, 7) for i, s in enumerate(sorted(_symbols(found), key=str))}
    back = {s.symbol: s.symbol / v for s in bare.species}
    for r, amount in zip(bare.reactions, found.rates(), strict=True):
        wanted = (v * r.rate_expression.xreplace(back)).xreplace(values)
        assume(_finite(wanted))
        np.testing.assert_allclose(float(amount.xreplace(values)), float(wanted), rtol=1e-9)


def _symbols(net):
    return {s for rate in net.rates() for s in rate.free_symbols} | {sp.Symbol("V")} | {s.symbol for s in net.species}


def _finite(value):
    number = complex(sp.N(value))
    return np.isfinite(number) and number.imag == 0 and 1e-100 < abs(number) < 1e100


def test_units_are_those_of_amounts():
    net = network("2 A -> B @ k; param k = 2 [1/(mM*s)], V = 3; init A = 1 [mM], B = 0 [mM]").to_amounts("V", "L")
    assert [s.unit for s in net.species] == ["mM*L", "mM*L"]
    assert net.units["V"] == "L"


@pytest.mark.parametrize(
    ("volume", "options", "message"),
    [
        (0, {}, "volume=0 is 0; a volume is positive"),
        (-1.5, {}, "a volume is positive"),
        ("A", {}, "volume='A': give a positive number, or the name of a parameter"),
        ("time", {}, "volume='time'"),
        ("V", {}, "the volume V has no value, and A an initial concentration; give V one"),
        (2, {"of": "A -> 0 @ 1; init A = 1 [mM]"}, "A has the unit mM; name that of the volume, as in unit='L'"),
        (float("nan"), {}, "nan"),
    ],
)
def test_a_volume_that_is_none_is_refused(volume, options, message):
    net = network(options.get("of", "2 A -> 0 @ 1; init A = 1"))
    with pytest.raises(NetworkError, match=message):
        net.to_amounts(volume)


def test_combinatoric_constants_count_sets_of_molecules():
    text = "2 A + 3 B -> C @ k; 2 A -> B @ arrhenius(1, 2, T); A -> B @= mm(A, 1, 2); A + B -> 0 @ 2; param k = 6"
    net = network(text, combinatoric=True)
    assert net == from_combinatoric(network(text))
    assert to_combinatoric(net) == network(text)
    a, b, k = map(net.symbol, "ABk")
    assert net.rates()[0] == k * a**2 * b**3 / 12
    assert str(net.reactions[1].rate.prefactor) == "1/2"  # type: ignore[attr-defined]  # (it is Arrhenius)
    assert net.reactions[2:] == network(text).reactions[2:]


def test_a_combinatoric_propensity_counts_pairs():
    pairs = network("2 A -> 0 @ 1; init A = 400", combinatoric=True)
    found = simulate_stochastic(pairs, times=[0, 0.001], runs=2000, seed=1).counts[:, 1, 0]
    events = (400 - found.mean()) / 2
    assert 0.001 * 400 * 399 / 2 * 0.5 < events < 0.001 * 400 * 399 / 2  # the count falls on the way


def test_a_fraction_of_a_molecule_has_no_factorial():
    with pytest.raises(UnsupportedError, match="'1/2 A -> B  @ 1' has no combinatoric constant"):
        network("1/2 A -> B @ 1", combinatoric=True)
