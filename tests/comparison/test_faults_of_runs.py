"""A slower run, exchanged columns and values that the answer cannot explain are named with chi2/N before and after."""

import numpy as np
import pytest

from crnsym.comparison.faults.answer import unexplained_values
from crnsym.comparison.faults.runs import RunCheck, RunsDisagree, best_factor, explanation
from crnsym.data.noise import estimate_noise
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.problem import FitProblem, fit_problem
from crnsym.search.question import Question, ask
from crnsym.search.run import search
from crnsym.search.strategies.lawful import Lawful
from tests.benchmarks.faults import SYSTEMS, measured, swapped
from tests.benchmarks.problems import parse

NAMES = tuple(SYSTEMS)


def arranged(data: Trajectories, clean: Trajectories) -> FitProblem:
    noise = estimate_noise(clean)
    return fit_problem(data, noise, smooth(data, noise))


def of_others(name: str, problem: FitProblem) -> Fit:
    return fit_mechanism(parse(SYSTEMS[name]), problem.thin(np.array([0, 1, 3])), prior=0.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_run_three_times_slower_gets_its_factor(name: str) -> None:
    data = measured(name, seed=1, slow=2)
    problem = arranged(data, data)
    fit, alone = of_others(name, problem), problem.thin(np.array([2]))
    assert best_factor(fit, alone)[0] == pytest.approx(1 / 3, rel=0.1)
    assert "e2 is" in explanation(fit, alone, "e2")
    assert "times slower" in explanation(fit, alone, "e2")


@pytest.mark.parametrize("name", NAMES)
def test_exchanged_columns_are_named(name: str) -> None:
    clean = measured(name, seed=1)
    data = swapped(clean, 2)
    problem = arranged(data, clean)
    a, b = data.species[:2]
    said = explanation(of_others(name, problem), problem.thin(np.array([2])), "e2")
    assert f"in e2 the columns {a} and {b} seem to be exchanged" in said


@pytest.mark.parametrize("name", NAMES)
def test_a_run_like_the_others_has_no_factor(name: str) -> None:
    data = measured(name, seed=1)
    problem = arranged(data, data)
    factor, _ = best_factor(of_others(name, problem), problem.thin(np.array([2])))
    assert factor == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_a_value_far_from_the_answer_is_named_and_nothing_in_clean_data(name: str) -> None:
    clean = measured(name, seed=2)
    fit = fit_mechanism(parse(SYSTEMS[name]), arranged(clean, clean), prior=0.0)
    assert unexplained_values(fit, clean) == ()
    data = swapped(clean, 0, 0, 0)
    data.values[1][8, -1] *= 1.5
    fit = fit_mechanism(parse(SYSTEMS[name]), arranged(data, clean), prior=0.0)
    [said] = unexplained_values(fit, data)
    assert said.startswith(f"e1, {data.species[-1]} at time {data.times[1][8]:g}: {data.values[1][8, -1]:.6g} is far")


def test_a_search_stops_at_a_slower_run_and_says_what_it_is() -> None:
    data = measured("chain", seed=1, slow=2)

    def about(runs: list[int]) -> Question:
        part = data.select(runs)
        return ask(part, estimate_noise(part), max_order=2)

    with pytest.raises(RunsDisagree, match=r"e2 is .* times slower than the other runs.* left out") as caught:
        search(about([0, 1, 2, 3]), strategies=(Lawful(), RunCheck(about)))
    assert caught.value.run == 2
