"""Measured rates, bounds, fixed rates and detailed balance in a fit."""

from dataclasses import replace

import numpy as np
import pytest

from crnsym.refit.fit import fit_mechanism
from crnsym.refit.knowledge import Knowledge, KnownRate, cycles
from crnsym.refit.profile import profile_interval
from tests.benchmarks.problems import parse
from tests.engine import arranged, measured

TRIANGLE = parse(
    ["A -> B @ 1.0", "B -> A @ 0.5", "B -> C @ 0.6", "C -> B @ 0.4", "C -> A @ 0.2", "A -> C @ 0.6"], ("A", "B", "C")
)
PROBLEM = arranged(measured(TRIANGLE, runs=3, noise=0.05))
ROW = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


def known(row: int, value: float = 1.0, **told: float) -> KnownRate:
    sides = tuple(map(int, TRIANGLE.reactants[row])), tuple(map(int, TRIANGLE.products[row]))
    return KnownRate(*sides, float(np.log(value)), **told)


def fitted(knowledge: Knowledge | None):
    return fit_mechanism(TRIANGLE, replace(PROBLEM, knowledge=knowledge), prior=0.0, tolerance=1e-8, iterations=60)


FREE = fitted(None)


def test_the_condition_of_a_triangle_is_that_of_wegscheider():
    assert np.array_equal(np.abs(cycles(TRIANGLE) @ np.diag(ROW)), np.ones((1, 6)))
    irreversible = TRIANGLE.take(np.arange(5))
    assert cycles(irreversible).shape == (0, 5)


def test_a_step_and_its_catalysed_copy_have_one_equilibrium():
    both = parse(["A -> B @ 1", "B -> A @ 1", "A + E -> B + E @ 1", "B + E -> A + E @ 1"])
    assert np.array_equal(np.abs(cycles(both)), np.ones((1, 4)))
    assert cycles(both)[0] @ [1.0, 0.0, 1.0, 0.0] == 0.0


def test_detailed_balance_holds_exactly_and_costs_little_where_it_is_true():
    tied = fitted(Knowledge(detailed_balance=True))
    assert abs(ROW @ FREE.mechanism.log_rates) > 1e-3
    assert abs(ROW @ tied.mechanism.log_rates) < 1e-9
    assert tied.count * np.log(tied.chi2 / FREE.chi2) < 9.0
    assert tied.directions.shape == (6, 5)
    assert np.all(tied.log_errors <= FREE.log_errors * 1.05)
    assert ROW @ tied.covariance @ ROW < 1e-12


def test_without_cycles_detailed_balance_changes_nothing():
    chain = TRIANGLE.take(np.arange(4))
    free, tied = (
        fit_mechanism(chain, replace(PROBLEM, knowledge=k), prior=0.0, tolerance=1e-8)
        for k in (None, Knowledge(detailed_balance=True))
    )
    assert np.allclose(free.mechanism.log_rates, tied.mechanism.log_rates, atol=1e-6)


def test_a_measured_rate_and_the_data_meet_at_their_weighted_mean():
    error = float(FREE.log_errors[2])
    start, beside = FREE.mechanism.log_rates[2], 0.3 * error
    told = known(2, float(np.exp(start + beside)), error=error)
    fit = fitted(Knowledge((told,)))
    assert fit.mechanism.log_rates[2] == pytest.approx(start + beside / 2, abs=0.1 * beside)
    assert fit.log_errors[2] == pytest.approx(error / np.sqrt(2), rel=0.05)
    # the criterion rises by (beside / error)^2 / 2: the squared distance over the sum of the variances
    assert fit.count * np.log(fit.chi2 / FREE.chi2) == pytest.approx(0.3**2 / 2, rel=0.15)


def test_a_fixed_rate_stays_and_is_no_parameter():
    value = float(np.log(0.7))
    fit = fitted(Knowledge((replace(known(0), low=value, high=value),)))
    assert fit.mechanism.log_rates[0] == value
    assert fit.log_errors[0] == 0.0
    assert fit.directions.shape == (6, 5)
    interval = profile_interval(fit, np.eye(6)[0])
    assert (interval.low, interval.high) == (interval.value, interval.value)


@pytest.mark.parametrize(("low", "high"), [(1.5, np.inf), (0.0, 0.3), (0.0, 50.0)])
def test_a_bounded_rate_ends_at_its_bound_or_inside(low, high):
    with np.errstate(divide="ignore"):
        told = replace(known(0), low=float(np.log(low)), high=float(np.log(high)))
    fit = fitted(Knowledge((told,)))
    if high == 50.0:
        assert fit.mechanism.log_rates[0] == pytest.approx(FREE.mechanism.log_rates[0], abs=1e-3)
    else:
        assert np.exp(fit.mechanism.log_rates[0]) == pytest.approx(low or high, rel=1e-6)
        assert fit.chi2 > FREE.chi2
        held = fitted(
            Knowledge(
                (
                    replace(
                        told, low=min(told.high, 9.0) if not low else told.low, high=told.high if not low else told.low
                    ),
                )
            )
        )
        assert fit.chi2 == pytest.approx(held.chi2, rel=1e-4)


def test_what_is_known_of_a_reaction_that_is_not_there_does_not_matter():
    chain = TRIANGLE.take(np.arange(4))
    told = replace(PROBLEM, knowledge=Knowledge((known(5, 0.1, error=0.01),)))
    free, same = (fit_mechanism(chain, p, prior=0.0, tolerance=1e-8) for p in (PROBLEM, told))
    assert same.chi2 == pytest.approx(free.chi2, rel=1e-9)
