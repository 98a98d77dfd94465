"""The noise as an answer leaves it, against the noise that was put in."""

from dataclasses import replace

import numpy as np
import pytest

import crnsym
from crnsym.data.noise import NoiseModel, estimate_noise
from crnsym.deciding import THRESHOLDS
from crnsym.refit.fit import fit_mechanism
from crnsym.search.renewed import gain, noise_of, search_again
from crnsym.search.run import SearchResult
from tests.benchmarks.problems import parse
from tests.engine import arranged, measured

SHARP = parse(["A -> B @ 0.9", "B + C -> D @ 4", "D -> C @ 0.15"])  # few samples hold the transient
SMOOTH = parse(["A -> B @ 0.5", "B -> C @ 0.2"])


def with_floor(data, level, seed):
    """The same runs with an absolute noise beside."""
    rng = np.random.default_rng(seed)
    return replace(data, values=tuple(v + level * rng.normal(size=v.shape) for v in data.values))


def typical(noise, data):
    """Root mean square of the noise over the values of each species."""
    values = np.concatenate(data.values)
    return np.sqrt(np.mean(noise.sigma(values) ** 2, axis=0))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_residuals_show_the_noise_that_transients_hide(seed):
    data = with_floor(measured(SHARP, runs=8, points=30, end=30.0, noise=0.03, seed=seed), 0.002, seed)
    true = typical(NoiseModel(np.full(4, 0.03), np.full(4, 0.002)), data)
    first = estimate_noise(data)
    fit = fit_mechanism(SHARP, arranged(data, first))
    found = noise_of(fit, data, "auto")
    assert found is not None
    assert typical(found, data) == pytest.approx(true, rel=0.2)
    assert np.abs(np.log(typical(first, data) / true)).max() > np.log(1.5)
    assert gain(fit, found) > THRESHOLDS.likelier_noise


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_smooth_courses_show_their_noise_at_once(seed):
    data = measured(SMOOTH, runs=6, points=40, end=10.0, noise=0.03, seed=seed, zero=("B", "C"))
    fit = fit_mechanism(SMOOTH, arranged(data))
    found = noise_of(fit, data, "auto")
    assert found is not None
    assert gain(fit, found) < THRESHOLDS.likelier_noise


def test_the_scale_of_a_noise_is_no_gain():
    data = measured(SMOOTH, seed=3)
    fit = fit_mechanism(SMOOTH, arranged(data))
    noise = fit.problem.noise
    assert gain(fit, NoiseModel(3.0 * noise.relative, 3.0 * noise.absolute)) == pytest.approx(0.0, abs=1e-12)


def test_few_values_say_nothing_of_their_noise():
    data = measured(SMOOTH, runs=1, points=8)
    assert noise_of(fit_mechanism(SMOOTH, arranged(data)), data, "auto") is None


@pytest.mark.parametrize(("explained", "settled"), [(False, True), (True, False)])
def test_an_answer_that_does_not_explain_or_is_not_finished_says_nothing_of_the_noise(explained, settled):
    data = measured(SHARP, runs=8, points=30, end=30.0)
    problem = arranged(data)
    fit = fit_mechanism(SHARP, problem)
    first = SearchResult([(0.0, fit)], problem, None, (), 1, settled, False, explained)  # type: ignore[arg-type]

    def never(*_):
        raise AssertionError("nothing is to be asked")

    assert search_again(first, data, "auto", never, never) == (None, first)


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_second_search_that_is_ended_leaves_what_the_first_found(interrupted):
    data = with_floor(measured(SHARP, runs=8, points=30, end=30.0, noise=0.03), 0.002, 0)
    fit = fit_mechanism(SHARP, arranged(data))
    stages = (("a search", 1.0, 0.0),)
    first = SearchResult([(0.0, fit)], fit.problem, None, stages, 1, True, False, True)  # type: ignore[arg-type]  # no score is asked
    ended = replace(first, ranked=[], settled=False, interrupted=interrupted, explained=False)
    question, kept = search_again(first, data, "auto", lambda noise, _: noise, lambda *_: ended)  # type: ignore[arg-type, return-value]  # stand-ins
    assert question is None
    assert kept.ranked == first.ranked
    assert (kept.settled, kept.interrupted, kept.fits) == (False, interrupted, 2)


def test_a_slow_side_reaction_under_a_sharp_transient_is_found():
    truth = parse(["A -> B @ 0.9", "B + C -> D @ 4", "D -> A + C @ 0.15", "D -> B + C @ 0.03"])
    data = measured(truth, runs=6, points=30, end=30.0, noise=0.02, seed=4)
    found = crnsym.discover(data)
    assert found.candidates[0].mechanism.structure() == truth.structure()
    noise = np.array([part["relative"] for part in found.details["noise"].values()])
    assert noise == pytest.approx(np.full(4, 0.02), rel=0.25)
    assert any(stage["stage"] == "with the noise of the residuals" for stage in found.details["stages"])
