"""Noise that is given: by numbers, or by standard deviations that came with the measurements."""

from dataclasses import replace

import numpy as np
import pytest

from crnsym.cli.values import noise as noise_option
from crnsym.data.noise import estimate_noise
from crnsym.data.trajectories import Trajectories, data_hash
from crnsym.errors import DataError

TIMES = np.arange(40.0)
VALUES = np.stack([np.exp(-0.1 * TIMES), 1 - np.exp(-0.1 * TIMES)], axis=1)
DATA = Trajectories(("A", "B"), ("0",), (TIMES,), (VALUES,))


@pytest.mark.parametrize(
    ("noise", "relative", "absolute"),
    [
        (0.02, [0, 0], [0.02, 0.02]),
        ("0.02", [0, 0], [0.02, 0.02]),
        ("2%", [0.02, 0.02], None),
        ({"A": 0.1, "B": "5 %"}, [0, 0.05], [0.1, None]),
    ],
)
def test_a_number_is_the_noise(noise, relative, absolute):
    model = estimate_noise(DATA, noise)
    np.testing.assert_allclose(model.relative, relative)
    for found, wanted in zip(model.absolute, absolute or [], strict=bool(absolute)):
        assert wanted is None or found == pytest.approx(wanted)
    assert np.all(model.absolute > 0)


@pytest.mark.parametrize("noise", [0, -1, "-2%", "0%", {"A": 1}, {"A": 1, "B": 1, "C": 1}, {"A": "x", "B": 1}, "1e999"])
def test_what_is_no_noise_is_refused(noise):
    with pytest.raises(DataError):
        estimate_noise(DATA, noise)


@pytest.mark.parametrize(("relative", "absolute"), [(0.0, 0.03), (0.05, 0.0), (0.05, 0.02)])
def test_errors_that_come_with_the_data_are_their_noise(relative, absolute):
    law = np.sqrt(absolute**2 + (relative * VALUES) ** 2)
    model = estimate_noise(replace(DATA, errors=(law,)))
    np.testing.assert_allclose(model.sigma(VALUES)[5:], law[5:], rtol=0.12)


def test_errors_of_three_repeats_give_the_law_behind_them():
    rng = np.random.default_rng(0)
    shape = (3, 200, 2)
    values = np.broadcast_to(np.linspace(0.1, 1, 200)[:, None], shape[1:])
    spread = (0.1 * values * rng.normal(size=shape)).std(axis=0, ddof=1)
    data = Trajectories(("A", "B"), ("0",), (np.arange(200.0),), (values,), errors=(spread,))
    np.testing.assert_allclose(estimate_noise(data).sigma(values), 0.1 * values, rtol=0.15)


def test_a_species_without_errors_takes_those_of_the_others():
    errors = np.stack([0.05 * np.ones(40), np.full(40, np.nan)], axis=1)
    model = estimate_noise(replace(DATA, errors=(errors,)))
    assert model.absolute[1] == pytest.approx(0.05, rel=0.2)


def test_errors_go_along_with_their_runs_and_count_in_the_hash():
    two = Trajectories(("A", "B"), ("0", "1"), (TIMES, TIMES), (VALUES, VALUES), errors=(VALUES, 2 * VALUES))
    assert two.select([1]).errors[0][0, 0] == 2.0
    assert data_hash(two) != data_hash(replace(two, errors=None))


def test_the_command_line_reads_numbers():
    assert noise_option("auto") == "auto"
    assert noise_option("0.02") == "0.02"
    assert noise_option("A=0.1, B = 2%") == {"A": "0.1", "B": "2%"}
    with pytest.raises(DataError, match="each name once"):
        noise_option("A=1,A=2")
