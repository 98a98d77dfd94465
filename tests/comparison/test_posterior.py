"""Samples of rates agree with the profile likelihood, and say when they cannot be trusted."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.compare import compare
from crnsym.comparison.density import Target
from crnsym.comparison.intervals import profile_intervals
from crnsym.comparison.posterior import Posterior, posterior
from crnsym.errors import FitError, MissingExtraError, UnsupportedError
from crnsym.network.text import network

from .cases import measured


@pytest.fixture(scope="module")
def candidate():
    return compare([network("A -> B @ 0.3")], measured(runs=2, points=15))[0]


@pytest.fixture(scope="module")
def samples(candidate) -> Posterior:
    pytest.importorskip("blackjax")
    return posterior(candidate, 150, chains=2, warmup=100, seed=1)


def test_the_gradient_is_that_of_the_density(candidate):
    target = Target(candidate.fit, 3.0)
    z = np.random.default_rng(0).normal(size=target.size)
    slopes = [(target(z + e)[0] - target(z - e)[0]) / 2e-4 for e in 1e-4 * np.eye(target.size)]
    np.testing.assert_allclose(target(z)[1], slopes, atol=1e-5)
    assert target(np.full(target.size, 1e3))[0] == -np.inf


def test_near_a_linear_model_intervals_are_those_of_the_profile(candidate, samples):
    profile, sampled = profile_intervals(candidate)["k1"], samples.intervals()["k1"]
    assert sampled.value == pytest.approx(profile.value, rel=0.003)
    width = np.log(profile.high / profile.low)
    assert np.log(sampled.high / sampled.low) == pytest.approx(width, rel=0.2)
    assert samples.rhat["k1"] < 1.03
    assert samples.ess["k1"] > 100
    assert samples.divergences == 0


def test_samples_print_and_become_a_table(samples):
    assert "2 chains of 150 draws" in repr(samples)
    rows = samples.to_rows()
    assert len(rows) == 300
    assert rows[0]["k1"] == np.exp(samples.log_rates[0, 0, 0])
    assert not replace(samples, ess={"k1": 300.0}).trusted
    assert not replace(samples, rhat={"k1": 1.05}).trusted


def test_what_cannot_be_sampled_is_refused(candidate, monkeypatch):
    pytest.importorskip("blackjax")
    with pytest.raises(FitError, match="2 chains"):
        posterior(candidate, chains=1)
    law = compare([network("A -> B @= V*A/(K + A)\n param V = 1, K = 0.5")], measured(runs=1, points=8))[0]
    with pytest.raises(UnsupportedError, match="other rate laws"):
        posterior(law)
    monkeypatch.setitem(sys.modules, "blackjax.diagnostics", None)
    with pytest.raises(MissingExtraError, match=r'pip install "crnsym\[sampling\]"'):
        posterior(candidate)
