"""Faults of measurements are found, named in one sentence, and set right only beyond doubt."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.faults import without_faults
from crnsym.comparison.faults.answer import no_network
from crnsym.comparison.ranking import make_candidate
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import fit_mechanism
from crnsym.search.score import Score
from tests.benchmarks.faults import SYSTEMS, measured, sharp
from tests.benchmarks.problems import parse
from tests.engine import arranged

NAMES = tuple(SYSTEMS)


def changed(data: Trajectories, change: Callable[[list[np.ndarray]], None]) -> Trajectories:
    values = [v.copy() for v in data.values]
    change(values)
    return replace(data, values=tuple(values))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("factor", [10.0, 100.0])
def test_a_value_times_ten_is_named_with_run_column_time_and_value_and_left_out(name: str, factor: float) -> None:
    data = measured(name, seed=3)

    def slip(values: list[np.ndarray]) -> None:
        values[2][12, -1] *= factor

    faulty = changed(data, slip)
    found = without_faults(faulty)
    wrong = faulty.values[2][12, -1]
    [remark] = found.remarks
    assert f"e2, {data.species[-1]} at time {data.times[2][12]:g}: {wrong:.6g} is an outlier" in remark
    assert f"a factor of {factor:g}" in remark
    assert np.isnan(found.values[2][12, -1])
    assert found.count == data.count - 1


@pytest.mark.parametrize("name", NAMES)
def test_a_ceiling_is_named_and_its_values_are_left_out(name: str) -> None:
    data = measured(name, seed=4)
    top = 0.6 * max(v[:, -2].max() for v in data.values)

    def clip(values: list[np.ndarray]) -> None:
        for v in values:
            v[:, -2] = np.minimum(v[:, -2], top)

    found = without_faults(changed(data, clip))
    [remark] = found.remarks
    assert f"{data.species[-2]} is clipped at a ceiling: it is {top:g}" in remark
    assert max(np.nanmax(v[:, -2]) for v in found.values) <= top
    assert sum((v[:, -2] == top).sum() for v in found.values) < 3 * len(data)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decimals", [3, 12])
def test_a_column_that_is_an_exact_sum_is_named_and_left_out(name: str, decimals: int) -> None:
    data = measured(name, seed=5)
    a, b = data.species[0], data.species[-1]
    rounded = [v.round(decimals) for v in data.values]
    total = [np.column_stack([v, (v[:, 0] + v[:, -1]).round(decimals)]) for v in rounded]
    found = without_faults(replace(data, species=(*data.species, "Sum"), values=tuple(total)))
    assert found.species == data.species
    assert found.remarks[0].startswith(f"column Sum is {a} + {b} in every row")
    kept = without_faults(replace(data, species=(*data.species, "Sum"), values=tuple(total)), named=("Sum",))
    assert kept.species[-1] == "Sum"
    assert "left out" not in kept.remarks[0]


@pytest.mark.parametrize("name", NAMES)
def test_data_scaled_to_100_are_named(name: str) -> None:
    data = measured(name, seed=6)
    scaled = replace(data, values=tuple(100 * v / v.sum(axis=1, keepdims=True) for v in data.values))
    [remark] = without_faults(scaled).remarks
    assert remark.startswith(" + ".join(data.species) + " is 100 in every row")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_nothing_is_said_about_clean_data_rounded_or_not(name: str, noise: float) -> None:
    for seed in (7, 8):
        for decimals in (2, 4, 12):
            data = measured(name, seed=seed, noise=noise)
            data = replace(data, values=tuple(v.round(decimals) for v in data.values))
            assert without_faults(data) is data


def test_sharp_transients_are_no_outliers() -> None:
    for seed in range(5):
        data = sharp(seed)
        assert without_faults(data) is data


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_predictions_worse_than_the_mean_are_called_data_of_no_network(complete: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.linspace(0.0, 10.0, 30)
    walks = tuple(np.abs(np.cumsum(rng.normal(size=(30, 2)), axis=0) + 6.0) for _ in range(3))
    data = Trajectories(("A", "B"), ("e0", "e1", "e2"), (times,) * 3, walks)
    fit = fit_mechanism(parse(["A -> B @ 0.1", "B -> A @ 0.1"], ("A", "B")), arranged(data))
    best = replace(make_candidate(fit, Score(fit.count, 2)), test_error=0.4)
    said = no_network([best], data, complete)
    assert len(said) == 1
    assert "no reaction network" in said[0]
    assert said[0].startswith("so far") == (not complete)
    assert no_network([replace(best, test_error=0.01)], data, complete) == ()
