"""One run of an absorbance that is slower, or weaker, than the others is named with the factor."""

from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.faults.mixed_runs import runs_apart
from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.observables import mixtures_of

TIMES = np.linspace(0.0, 8.0, 30)
DECAY = Mechanism(("A",), np.array([[1]]), np.array([[0]]), np.array([0.0]))
STARTS = (1.0, 0.7, 0.5, 1.4)


def fitted(speeds: tuple[float, ...], sizes: tuple[float, ...], seed: int = 0) -> Fit:
    """Fit A -> 0 to a signal 2 A of runs with their own speeds and sizes."""
    rng = np.random.default_rng(seed)
    values = tuple(
        (2.0 * size * a * np.exp(-0.4 * speed * TIMES) + 0.01 * rng.standard_normal(30))[:, None]
        for a, speed, size in zip(STARTS, speeds, sizes, strict=True)
    )
    data = Trajectories(("y",), ("a", "b", "c", "d"), (TIMES,) * 4, values)
    problem = mixtures_of(data, {"y": "s*A"}, {"A": STARTS}).problem(data, NoiseModel(np.zeros(1), np.full(1, 0.01)))
    return fit_mechanism(replace(DECAY, log_rates=np.log([0.4])), problem)


def test_runs_that_agree_are_not_named() -> None:
    assert runs_apart(fitted((1, 1, 1, 1), (1, 1, 1, 1)), ("a", "b", "c", "d")) == []


@pytest.mark.parametrize(("factor", "word"), [(1 / 3, "slower"), (2.0, "faster")])
def test_a_run_of_another_speed_is_named_with_its_factor(factor: float, word: str) -> None:
    (sentence,) = runs_apart(fitted((1, 1, factor, 1), (1, 1, 1, 1)), ("a", "b", "c", "d"))
    assert sentence.startswith("c is ")
    assert f"times {word} than the other runs" in sentence
    assert float(sentence.split()[2]) == pytest.approx(max(factor, 1 / factor), rel=0.03)


@pytest.mark.parametrize(("factor", "words"), [(0.5, "times weaker"), (1.8, "times stronger")])
def test_a_run_that_shows_less_or_more_is_named_with_its_factor(factor: float, words: str) -> None:
    (sentence,) = runs_apart(fitted((1, 1, 1, 1), (1, factor, 1, 1)), ("a", "b", "c", "d"))
    assert sentence.startswith("b shows all columns ")
    assert words in sentence
    told = float(sentence.split()[4])
    assert told == pytest.approx(max(factor, 1 / factor), rel=0.03)
