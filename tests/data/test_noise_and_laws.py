from dataclasses import replace

import numpy as np
import pytest

from crnsym.data.laws import mine_laws
from crnsym.data.noise import NoiseModel, estimate_noise, falls_below_zero
from crnsym.data.smoothing import smooth
from crnsym.errors import DataError
from tests.benchmarks.problems import parse
from tests.engine import CASCADE, measured


@pytest.mark.parametrize("level", [0.02, 0.05, 0.1])
def test_relative_noise_is_found(level):
    model = estimate_noise(measured(CASCADE, runs=10, points=60, noise=level))
    assert np.all(model.relative > 0.9 * level)
    assert np.all(model.relative < 1.15 * level)


def test_additive_noise_is_found():
    data = measured(CASCADE, runs=8, points=60, noise=0.0)
    rng = np.random.default_rng(1)
    data = replace(data, values=tuple(v + 0.02 * rng.normal(size=v.shape) for v in data.values))
    model = estimate_noise(data)
    assert np.allclose(model.sigma(np.full(4, 0.5)), 0.026, rtol=0.3)


def test_a_few_samples_get_one_absolute_noise_for_all_species():
    model = estimate_noise(measured(CASCADE, runs=1, points=8, noise=0.02))
    assert np.all(model.relative == 0.0) or np.ptp(model.relative) == 0.0
    assert np.all(np.isfinite(model.absolute))
    assert np.all(model.absolute > 0)


def test_the_form_of_the_noise_can_be_given():
    data = measured(CASCADE, runs=6, points=40, noise=0.05)
    plain, relative = estimate_noise(data, "absolute"), estimate_noise(data, "relative")
    assert not plain.relative.any()
    assert np.ptp(plain.absolute) == 0.0
    assert np.ptp(relative.relative) == 0.0
    with pytest.raises(DataError, match="'poisson'"):
        estimate_noise(data, "poisson")


def test_the_stabilised_scale_has_unit_noise():
    model = NoiseModel(np.array([0.05]), np.array([0.01]))
    c, step = np.array([[0.4]]), 1e-6
    slope = (model.stabilise(c + step) - model.stabilise(c)) / step
    assert slope[0, 0] == pytest.approx(1 / model.sigma(c)[0, 0], rel=1e-4)
    assert model.stabilise(np.array([[0.0]]))[0, 0] == 0.0


def test_smoothing_removes_most_of_the_noise_and_fills_gaps():
    clean, noisy = measured(CASCADE, noise=0.0), measured(CASCADE, noise=0.05)
    values = [v.copy() for v in noisy.values]
    values[0][10:13, 0] = np.nan
    noisy = replace(noisy, values=tuple(values))
    smoothed = smooth(noisy, estimate_noise(noisy))
    before = np.sqrt(np.mean((noisy.values[1] - clean.values[1]) ** 2))
    after = np.sqrt(np.mean((smoothed[1] - clean.values[1]) ** 2))
    assert after < 0.6 * before
    assert np.abs(smoothed[0][10:13, 0] - clean.values[0][10:13, 0]).max() < 0.1


def test_conserved_totals_are_found_exactly():
    truth = parse(["E + S -> X @ 2", "X -> E + S @ 0.4", "X -> E + P @ 0.6"])
    data = measured(truth, runs=8, points=40, end=10.0)
    noise = estimate_noise(data)
    laws = mine_laws(data, noise, smooth(data, noise))[-1]
    assert len(laws) == 2
    assert not (laws @ truth.net_stoichiometry.T).any()


def test_an_open_system_has_no_law():
    data = measured(parse(["X -> 2 X @ 1", "X + Y -> 2 Y @ 0.9", "Y -> 0 @ 0.8"]), runs=6, points=40, end=8.0)
    noise = estimate_noise(data)
    assert mine_laws(data, noise, smooth(data, noise)) == []


def test_few_negative_values_or_small_ones_are_noise_and_others_a_signal():
    rotation = np.linspace(60.0, -20.0, 30)
    scatter = np.linspace(1.0, 0.0, 30) + np.where(np.arange(30) % 3 == 0, -0.04, 0.02)
    two = np.concatenate([[-5.0, -4.0], np.linspace(0.0, 1.0, 28)])
    gaps = np.where(np.arange(30) % 2 == 0, np.nan, -rotation)
    empty = np.full(30, np.nan)
    columns = np.column_stack([rotation, scatter, two, gaps, empty])
    assert falls_below_zero(columns).tolist() == [True, False, False, True, False]
