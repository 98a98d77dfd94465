"""Predictions of several candidates together."""

from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.compare import assemble
from crnsym.comparison.polish import polish
from crnsym.comparison.ranking import rank
from crnsym.comparison.statement import as_good_on_left_out_runs
from crnsym.errors import DataError, NetworkError
from crnsym.refit.fit import fit_mechanism
from crnsym.search.score import Score

from .cases import DECAY, PAIRS, measured, problem

DATA = measured()
PROBLEM = problem(DATA)


@pytest.fixture(scope="module")
def found():
    candidates = rank([polish(fit_mechanism(m, PROBLEM)) for m in (PAIRS, DECAY)], Score(PROBLEM.count, 2), np.ones(2))
    whole = assemble(candidates, DATA, PROBLEM)
    weighted = [replace(c, weight=w) for c, w in zip(whole, (0.75, 0.25), strict=True)]
    return replace(whole, candidates=tuple(weighted))


def test_the_mean_of_two_mechanisms_lies_between_them_by_their_weights(found):
    k1, k2 = (float(c.rates["k1"]) for c in found)
    predicted = found.predict({"A": 2.0}, [0.0, 1.0, 4.0])
    first_order = 2.0 * np.exp(-k1 * predicted.times)
    second_order = 2.0 / (1 + 2 * k2 * 2.0 * predicted.times)
    np.testing.assert_allclose(predicted.mean[:, 0], 0.75 * first_order + 0.25 * second_order, rtol=1e-4)
    np.testing.assert_allclose(
        predicted.spread[:, 0], np.sqrt(0.75 * 0.25) * abs(first_order - second_order), atol=2e-4
    )
    assert predicted.mean.sum(axis=1) == pytest.approx([2.0] * 3, rel=1e-5)
    assert predicted.to_rows()[2].keys() == {"time", "A", "A_spread", "B", "B_spread"}
    assert predicted.weights.tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("initial", "times", "error", "told"),
    [
        ({"Q": 1.0}, [0, 1], DataError, "'Q' is not a measured species; those are A, B"),
        ({"A": -1.0}, [0, 1], DataError, "'A' is -1.0; give a concentration of 0 or more"),
        ({"A": "much"}, [0, 1], DataError, "'A' is 'much'; give a concentration of 0 or more"),
        ([1.0, 0.0], [0, 1], NetworkError, "initial is a list; give values by name"),
        ({"A": 1.0}, [0, 1, 1], NetworkError, "two or more times that increase"),
    ],
)
def test_what_cannot_be_predicted_is_refused(found, initial, times, error, told):
    with pytest.raises(error, match=told):
        found.predict(initial, times)


def test_times_are_those_of_a_simulation(found):
    assert found.predict({"A": 1.0}, (0, 4, 5)).times.tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(DataError, match="the runs had no temperatures"):
        found.predict({"A": 1.0}, (0, 4, 5), kelvin=300)


def test_mechanisms_as_good_on_left_out_runs_are_named(found):
    first, second = found
    near = [replace(first, test_error=0.010), replace(second, test_error=0.011)]
    assert "mechanisms 1 and 2 predict about equally well (mean error 1 to 1.1 %" in as_good_on_left_out_runs(near)
    assert as_good_on_left_out_runs([near[0], replace(second, test_error=0.02)]) == ""
    assert as_good_on_left_out_runs(found.candidates) == ""
