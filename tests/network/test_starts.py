"""Starts that depend on parameters: followed, kept by every format, fitted."""

import math

import numpy as np
import pytest
import sympy as sp

import crnsym as cs
from crnsym.errors import NetworkError

NET = cs.network("A -> B @ k; param k = 0.3, A0 = 2, f = 0.25; init A = A0*(1 - f), B = A0*f")
A0, F = sp.symbols("A0 f")


def test_starts_follow_the_values_of_parameters():
    assert NET.initial == {"A": sp.Rational(3, 2), "B": sp.Rational(1, 2)}
    assert NET.with_parameters(A0=4).initial == {"A": 3, "B": 1}
    assert NET.with_parameters(A0=None).initial == {}
    assert NET.subs(f=0.5).species[0].start == A0 / 2
    assert NET.subs(f=0, A0=7).species[0].start is None
    assert NET.rename({"A0": "total"}).with_parameters(total=8).initial["A"] == 6


def test_a_number_in_the_place_of_a_start_stays():
    changed = NET.with_initial(A=5)
    assert changed.with_parameters(A0=9).initial == {"A": 5, "B": sp.Rational(9, 4)}
    assert changed.with_initial(A="A0").initial["A"] == 2


def test_amounts_scale_starts():
    assert NET.to_amounts(10).with_parameters(A0=4).initial == {"A": 30, "B": 10}


@pytest.mark.parametrize("suffix", ["crn", "json", "xml", "ant"])
def test_every_format_keeps_starts(suffix, tmp_path):
    if suffix == "ant":
        pytest.importorskip("antimony")
    cs.write(NET, tmp_path / f"n.{suffix}")
    again = cs.read(tmp_path / f"n.{suffix}")
    assert again.with_parameters(A0=4).initial == {"A": 3, "B": 1}
    if suffix != "ant":
        assert again == NET


@pytest.mark.parametrize("start", ["B", "2*time", "A0*A"])
def test_starts_are_of_parameters_alone(start):
    with pytest.raises(NetworkError, match="the start of A depends on"):
        cs.network("A -> B @ 1").with_initial(A=start)


def test_simulations_start_there():
    data = cs.simulate(NET.with_parameters(A0=4), times=(0, 1, 2))
    np.testing.assert_allclose(data.values[0][:, 0], [3, 3 * math.exp(-0.3)], rtol=1e-7)


def test_initial_assignments_of_sbml_that_name_parameters_stay_live():
    from crnsym.formats import sbml
    from tests.refit.petab_problems import sbml as written

    text = written({"k1": 0.5, "k2": 0, "a0": 3}, {"A": "2 * a0", "B": "A / 3"})
    net = sbml.from_text(text)
    assert net.with_parameters(a0=6).initial == {"A": 12, "B": 4}
    in_vessel = sbml.from_text(written({"k1": 0.5, "k2": 0, "a0": 3}, {"A": "a0 / c"}, size="4"))
    assert in_vessel.with_parameters(a0=6).initial["A"] == sp.Rational(3, 2)


def test_a_hidden_start_is_fitted():
    net = cs.network("A -> B @ k; param k = 0.1, A0 = 1; init A = A0, B = 0")
    clean = cs.simulate(net.with_parameters(A0=2, k=0.25), times=(0, 15, 21), noise=0.01, seed=1)
    seen = cs.Trajectories(("B",), clean.experiments, clean.times, (clean.values[0][:, 1:],))
    found = cs.compare([net], seen)[0]
    assert found.rates["A0"] == pytest.approx(2, rel=0.03)
    assert found.rates["k"] == pytest.approx(0.25, rel=0.05)
