"""The next experiment: what separates mechanisms, and what cannot."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import crnsym as cs
from crnsym.comparison.compare import compare
from crnsym.comparison.expected_weight import expected_weight
from crnsym.comparison.experiments import _weighable, next_experiment
from crnsym.comparison.outcomes import outcomes
from crnsym.comparison.result import Discovery
from tests.comparison.cases import measured, mechanism


@pytest.fixture(scope="module")
def undecided() -> Discovery:
    """First order or second order: a single start cannot tell, for the first and last sample fix either rate."""
    data = measured(mechanism(((1, 0), (0, 1), 0.3)), runs=1, points=5)
    found = compare([cs.network("A -> B @ 0.3"), cs.network("2 A -> 2 B @ 0.3")], data, noise="relative")
    even = tuple(replace(c, weight=0.5) for c in found)
    return replace(found, candidates=even)


def test_the_same_seed_gives_the_same_design_within_its_bounds(undecided: Discovery) -> None:
    options = {"ranges": {"A": (0.1, 2.0)}, "times": np.linspace(0, 10, 21), "samples": 4}
    first, again = (next_experiment(undecided, **options, seed=1) for _ in range(2))
    assert first.start == again.start
    assert 0.1 <= first.start["A"] <= 2.0
    assert first.start["B"] == 0.0
    assert len(first.times) == 4
    assert first.times[0] == 0.0
    assert np.all(np.diff(first.times) > 0)
    assert np.all(np.isin(first.times, options["times"]))


@pytest.mark.parametrize("seed", range(5))
def test_a_design_starts_with_no_more_than_the_data_did(undecided: Discovery, seed: int) -> None:
    first = undecided.problem.start
    start = next_experiment(undecided, seed=seed).start
    for i, name in enumerate(undecided.data.species):
        assert 0.5 * first[:, i].min() <= start[name] <= first[:, i].max()


def test_a_design_is_weighed_in_round_numbers_where_its_ranges_have_some() -> None:
    low, high = np.array([0.0, 0.517, 0.3, 1.01, 0.0]), np.array([0.0, 2.12, 0.3, 1.02, 3.7e-4])
    drawn = np.random.default_rng(0).uniform(-1, 2, (50, 5)) * (high - low) + low
    found = _weighable(drawn, low, high)
    assert np.all((low <= found) & (found <= high))
    np.testing.assert_allclose(found[:, 1] / 0.1, np.rint(found[:, 1] / 0.1))
    np.testing.assert_allclose(found[:, 4] / 1e-5, np.rint(found[:, 4] / 1e-5), atol=1e-9)
    assert np.ptp(found[:, 1]) > 1.4
    assert np.ptp(found[:, 3]) > 0.005  # no round number lies there: as drawn


def test_a_proposal_names_what_is_there_at_the_start(undecided: Discovery) -> None:
    proposal = next_experiment(undecided, ranges={"A": (1.0, 1.0)})
    assert str(proposal).startswith("Start with A = 1 and nothing else, and measure A, B at ")
    both = next_experiment(undecided, ranges={"A": (1.0, 1.0), "B": (0.5, 0.5)})
    assert str(both).startswith("Start with A = 1, B = 0.5, and measure A, B at ")


def test_the_proposal_beats_the_median_of_random_designs(undecided: Discovery) -> None:
    options = {"ranges": {"A": (0.1, 2.0)}, "times": np.linspace(0, 10, 21), "samples": 3}
    proposal = next_experiment(undecided, **options, measured=["B"])
    assert proposal.measured == ("B",)
    assert proposal.expected >= proposal.typical >= 0.45
    assert proposal.now == pytest.approx(0.5)
    assert "expected to rise from 0.50" in str(proposal)
    assert f"part most in B near t = {proposal.parting[1]:.3g}" in str(proposal)


def test_courses_that_are_the_same_leave_the_weights(undecided: Discovery) -> None:
    twins = [undecided[0], undecided[0]]
    starts, times, picks = np.array([[1.0, 0.0], [2.0, 0.0]]), np.linspace(0, 5, 6), np.tile(np.arange(6), (2, 1))
    value = expected_weight([c.fit for c in twins], np.array([0.5, 0.5]), starts, times, picks, np.array([0, 1]))
    np.testing.assert_allclose(value, 0.5, atol=1e-9)


def test_predictions_carry_the_uncertainty_of_the_rate(undecided: Discovery) -> None:
    fit = undecided[0].fit
    predicted = outcomes(fit, np.array([[1.0, 0.0]]), np.array([0.0, 2.0]))
    assert predicted.ok.all()
    # d g(A) / d ln k = -k t A / sigma(A)
    k, noise = float(np.exp(fit.mechanism.log_rates[0])), fit.problem.noise
    left = np.exp(-2 * k)
    slope = 2 * k * left / noise.sigma(np.array([left, 0.0]))[0]
    assert abs(predicted.rates[0, 1, 0, 0]) == pytest.approx(slope * fit.log_errors[0], rel=1e-3)


def test_one_mechanism_leaves_nothing_to_decide(undecided: Discovery) -> None:
    alone = replace(undecided, candidates=undecided.candidates[:1])
    with pytest.raises(cs.errors.FitError, match="nothing to tell apart"):
        next_experiment(alone)


@pytest.mark.parametrize(
    "options",
    [{"measured": ["X"]}, {"samples": 99}, {"ranges": {"X": (0, 1)}}, {"times": np.array([0.0, 0.0])}],
)
def test_designs_that_cannot_be_are_refused(undecided: Discovery, options: dict) -> None:
    with pytest.raises(cs.errors.FitError, match=r"names|give species|increasing"):
        next_experiment(undecided, **options)


def test_two_values_end_in_an_answer():
    found = cs.discover(cs.read_table(pd.DataFrame({"time": [0.0, 1.0], "A": [1.0, 0.5]})), time_budget=5.0)
    assert found.verdict != "decided"
