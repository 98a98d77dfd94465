"""Spectra over time: how many species absorb, bands of wavelengths, pure spectra known or not."""

import numpy as np
import pytest

from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.refit.spectra import BACKGROUND, banded, mixtures_of_spectra, rank_of

TIMES = np.linspace(0.0, 10.0, 40)


def spectra(species: int, width: int, seed: int, sigma: float = 0.005) -> Trajectories:
    """Courses of a chain of first order with random bands, and noise."""
    rng = np.random.default_rng(seed)
    waves = np.linspace(400.0, 600.0, width)
    courses = np.stack([np.exp(-(3.0**-i) * TIMES) for i in range(species)], axis=1)
    centres = np.linspace(400.0, 600.0, species) if species > 1 else np.array([500.0])
    pure = np.exp(-0.5 * ((waves - centres[:, None]) / 40.0) ** 2)
    values = courses @ pure + sigma * rng.standard_normal((len(TIMES), width))
    return Trajectories(
        tuple(f"{w:g}" for w in waves), ("r",), (TIMES,), (values,), wavelengths=tuple(map(float, waves))
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("species", [1, 2, 3])
@pytest.mark.parametrize("width", [6, 60])
def test_the_rank_is_the_number_of_absorbing_species(species: int, width: int, seed: int) -> None:
    noise = NoiseModel(np.zeros(width), np.full(width, 0.005))
    assert rank_of(spectra(species, width, seed), noise).absorbing == species


def test_noise_alone_has_no_rank() -> None:
    data = spectra(1, 20, 0)
    empty = Trajectories(data.species, ("r",), (TIMES,), (np.random.default_rng(1).normal(size=(40, 20)),))
    assert rank_of(empty, NoiseModel(np.zeros(20), np.ones(20))).absorbing == 0


def test_bands_are_averages_of_neighbours() -> None:
    data = spectra(2, 60, 0)
    narrow = banded(data, 12)
    assert len(narrow.species) == len(narrow.wavelengths) == 12
    np.testing.assert_allclose(narrow.values[0][:, 3], data.values[0][:, 15:20].mean(axis=1))
    assert narrow.wavelengths[3] == pytest.approx(np.mean(data.wavelengths[15:20]))
    assert banded(narrow, 12) is narrow


def test_columns_are_sums_over_pure_spectra() -> None:
    data = spectra(2, 4, 0)
    mixtures = mixtures_of_spectra(data, ("A", "B"), {"B": [1, 2, 3, 4]}, {"A": (1.0,), "C": (2.0,)})
    assert set(mixtures.species) == {"A", "B", "C"}
    state = np.array([{"A": 2.0, "B": 0.5, "C": 9.0}[s] for s in mixtures.species])
    theta = np.array([0.1, 0.2, 0.3, 0.4])
    columns = mixtures.known[0] @ state + np.tensordot(theta, mixtures.terms[:, 0] @ state, axes=1)
    np.testing.assert_allclose(columns, 0.5 * np.arange(1, 5) + 2.0 * theta)
    assert mixtures.names[0] == f"A at {data.species[0]}"


def test_a_background_is_a_constant_of_every_column() -> None:
    mixtures = mixtures_of_spectra(spectra(1, 3, 0), ("A", BACKGROUND))
    assert mixtures.species == ("A",)
    assert len(mixtures.names) == 6
    np.testing.assert_array_equal(mixtures.offsets[3:, 0], np.eye(3))
    assert not mixtures.terms[3:].any()
