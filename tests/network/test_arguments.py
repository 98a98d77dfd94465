"""Numbers and times that a public verb takes."""

import numpy as np
import pytest
import sympy as sp

from crnsym import (
    lattice_moment_equations,
    master_equation,
    moment_equations,
    network,
    simulate,
    simulate_stochastic,
)
from crnsym.errors import FitError, NetworkError
from crnsym.network.arguments import real, time_grid, whole_number

DECAY = network("A -> 0 @ 1; init A = 5")


@pytest.mark.parametrize("value", [3, 3.0, np.int8(3), np.float64(3), sp.Integer(3)])
def test_a_whole_number_of_any_kind_is_taken(value):
    found = whole_number("runs", value, 1)
    assert found == 3
    assert type(found) is int


@pytest.mark.parametrize("value", [None, "3", True, 2.5, 0, 9, float("nan"), float("inf"), [3], 1j, sp.Symbol("k")])
def test_anything_else_is_named_with_its_range(value):
    with pytest.raises(FitError, match=r"runs=.*: give a whole number from 1 to 8"):
        whole_number("runs", value, 1, 8, FitError)


def test_only_finite_numbers_are_real():
    assert real(sp.Rational(1, 2)) == 0.5
    assert [real(x) for x in ("1", True, None, float("inf"), 1j)] == [None] * 5


def test_times_are_a_triple_or_themselves():
    np.testing.assert_allclose(time_grid((0, 4, 5)), range(5))
    np.testing.assert_allclose(time_grid([-1, 0.5, 4]), [-1, 0.5, 4])


@pytest.mark.parametrize("times", [(0, 1, 1), (0, 1, 2.5), (1, 0, 5), (0, np.inf, 5), ("a", 1, 5), (0, 1, None)])
def test_a_bad_triple_is_shown(times):
    with pytest.raises(NetworkError, match=r"times=\(.*\) is not \(start, stop, points\)"):
        time_grid(times)


@pytest.mark.parametrize(
    "times", ["0:1:5", None, 5, [1], [0, 0], [0, np.nan], np.zeros((2, 2)), list(range(99, 0, -1))]
)
def test_bad_times_are_shown_shortly(times):
    with pytest.raises(NetworkError, match=r"times=.*: times must be \(start, stop, points\), or two") as caught:
        time_grid(times)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize("verb", [simulate, simulate_stochastic])
@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ("A -> 0 @ 1", {}, "is neither a network nor the path of one"),
        (DECAY, {"times": "0:5:6"}, "times='0:5:6'"),
        (DECAY, {"initial": "A=5"}, "initial"),
        (DECAY, {"initial": {"A": "five"}}, "initial: A = five"),
        (DECAY, {"initial": {"A": float("nan")}}, "initial: A = nan"),
    ],
)
def test_simulations_name_a_wrong_argument(verb, given, options, message):
    with pytest.raises(NetworkError, match=message) as caught:
        verb(given, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("verb", [moment_equations, lattice_moment_equations, master_equation])
def test_moments_need_a_network(verb):
    with pytest.raises(NetworkError, match="network is a str; make one of text"):
        verb("A -> 0 @ 1")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simulate(DECAY, noise="much"), "noise=much, rtol=1e-08, atol=None: noise cannot be negative"),
        (lambda: simulate(DECAY, noise=None), "noise=None"),
        (lambda: simulate(DECAY, rtol="tight"), "rtol=tight"),
        (lambda: simulate(DECAY, noise=0.1, seed=None), "seed=None: give a whole number of 0 or more"),
        (lambda: simulate(DECAY, initial=5), "initial is a int; give values by name"),
        (lambda: moment_equations(DECAY, "two"), "order='two': give a whole number of 1 or more"),
        (lambda: lattice_moment_equations(DECAY, "9x9"), "shape='9x9': give the sides"),
        (lambda: lattice_moment_equations(DECAY, 9, reach="far"), "reach=far: give a whole number"),
        (lambda: master_equation(DECAY, bounds=5), "bounds is a int; give values by name"),
        (lambda: master_equation(DECAY, bounds={"A": "many"}), "bounds: A = many is not a whole number"),
    ],
)
def test_other_arguments_are_named_too(call, message):
    with pytest.raises(NetworkError, match=message):
        call()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runs": None}, "runs=None: give a whole number of 1 or more"),
        ({"seed": -1}, "seed=-1: give a whole number from 0 to 4294967295"),
        ({"max_events": 0.5}, "max_events=0.5: give a whole number from 1"),
        ({"epsilon": "small"}, "epsilon='small': give a number between 0 and 1"),
    ],
)
def test_a_stochastic_simulation_names_its_own(options, message):
    with pytest.raises(NetworkError, match=message):
        simulate_stochastic(DECAY, **options)
