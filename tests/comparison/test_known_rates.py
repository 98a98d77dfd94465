"""Rates that are known, by name or by reaction; cycle conditions in words."""

from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.compare import compare
from crnsym.comparison.cycles import cycle_conditions
from crnsym.comparison.known_rates import knowledge
from crnsym.errors import FitError, NetworkError, UnsupportedError
from crnsym.network.text import network
from crnsym.refit.knowledge import cycles
from tests.comparison.cases import measured, mechanism

LOOP = network("A <-> B @ k1, k2; 2 A <-> A + B @ k3, k4")
SOURCE = mechanism(((1, 0), (0, 1), 0.6), ((0, 1), (1, 0), 0.3), ((2, 0), (1, 1), 0.2), ((1, 1), (2, 0), 0.1))
DATA = measured(SOURCE, runs=5)


def test_a_tied_comparison_has_one_parameter_less_and_obeys_the_condition():
    free, tied = compare([LOOP], DATA), compare([LOOP], DATA, detailed_balance=True)
    assert (free[0].n_parameters, tied[0].n_parameters) == (4, 3)
    row = cycles(tied[0].mechanism)[0]
    assert abs(row @ tied[0].mechanism.log_rates) < 1e-9
    (condition,) = cycle_conditions(free[0])
    assert condition.p > 0.01
    assert condition.log_ratio == pytest.approx(row @ free[0].mechanism.log_rates)
    assert any("obey the cycle condition" in remark for remark in free.remarks)
    assert any("holds by constraint" in remark for remark in tied.remarks)


def test_rates_that_break_the_condition_are_called_so():
    broken = mechanism(((1, 0), (0, 1), 0.6), ((0, 1), (1, 0), 0.1), ((2, 0), (1, 1), 0.1), ((1, 1), (2, 0), 0.4))
    found = compare([LOOP], measured(broken, runs=6))
    assert any("break the cycle condition" in remark for remark in found.remarks)


def test_a_measured_rate_is_found_by_name_and_by_reaction():
    by_name, by_reaction = (knowledge(DATA, {key: (0.3, 0.03)}, networks=[LOOP]) for key in ("k2", "B -> A"))
    assert by_name == by_reaction
    assert by_name.rates[0].reactants == (0, 1)
    assert by_name.rates[0].error == pytest.approx(0.1)
    fit = compare([LOOP], DATA, rates={"k2": (0.3, 0.003)})[0]
    (name,) = [k for k, reaction in zip(fit.rates, fit.reactions, strict=True) if reaction == "B -> A"]
    assert fit.rates[name] == pytest.approx(0.3, rel=0.03)
    assert fit.standard_errors[name] < 0.0035


def test_a_value_alone_is_fixed():
    found = compare([LOOP], DATA, rates={"A -> B": 0.55})[0]
    rates = dict(zip(found.reactions, found.rates.values(), strict=True))
    assert rates["A -> B"] == pytest.approx(0.55)
    assert found.n_parameters == 3


@pytest.mark.parametrize(
    ("rates", "error", "match"),
    [
        ({"k9": 1.0}, FitError, "neither one reaction"),
        ({"A -> X": 1.0}, NetworkError, "'X' is not measured"),
        ({"k1": -1.0}, FitError, "positive value"),
        ({"k1": (1.0, 2.0, 3.0, 4.0)}, FitError, "value, standard error"),
        ({"A <-> B": 1.0}, FitError, "two reactions"),
    ],
)
def test_rates_that_make_no_sense_are_refused(rates, error, match):
    with pytest.raises(error, match=match):
        compare([LOOP], DATA, rates=rates)


def test_bounds_the_wrong_way_round_are_refused():
    with pytest.raises(FitError, match="lowest < highest"):
        knowledge(DATA, None, {"A -> B": (2.0, 1.0)})


def test_known_rates_of_other_laws_are_refused_by_name():
    with pytest.raises(UnsupportedError, match="detailed_balance="):
        compare([network("A -> B @= v * A / (K + A); param v = 1, K = 1")], DATA, detailed_balance=True)


def test_a_rate_needs_its_temperature_where_runs_have_several():
    warm = replace(DATA, temperatures=(290.0, 300.0, 310.0, 320.0, 330.0))
    with pytest.raises(FitError, match="kelvin"):
        knowledge(warm, {"A -> B": (1.0, 0.1)})
    told = knowledge(warm, {"A -> B": (1.0, 0.1, 305.0)})
    assert np.isclose(told.rates[0].kelvin, 305.0)
