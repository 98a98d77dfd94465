import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from crnsym.comparison import criteria


def test_the_likelihood_is_that_of_gaussian_residuals_at_their_best_variance():
    r = np.random.default_rng(0).standard_normal(50) * 1.7
    direct = norm.logpdf(r, scale=np.sqrt(np.mean(r**2))).sum()
    assert criteria.log_likelihood(float(r @ r), 50) == pytest.approx(direct)


def test_bic_and_aicc_are_minus_twice_the_likelihood_plus_their_price():
    for chi2, n, p in ((10.0, 40, 3), (55.0, 60, 7)):
        other = criteria.log_likelihood(1.0, n), criteria.log_likelihood(chi2, n)
        gain = -2 * (other[1] - other[0])
        assert criteria.bic(chi2, n, p) - criteria.bic(1.0, n, 0) == pytest.approx(gain + p * np.log(n))
        price = 2 * p + 2 * p * (p + 1) / (n - p - 1)
        assert criteria.aicc(chi2, n, p) - criteria.aicc(1.0, n, 0) == pytest.approx(gain + price)


def test_aicc_is_infinite_without_enough_values():
    assert criteria.aicc(1.0, 4, 3) == np.inf


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=8), st.floats(-1e5, 1e5))
def test_weights_are_probabilities_that_only_differences_decide(values, shift):
    w = criteria.weights(values)
    assert w.sum() == pytest.approx(1.0)
    assert np.all(w >= 0)
    assert np.allclose(w, criteria.weights([v + shift for v in values]), atol=1e-6)


def test_a_difference_of_two_halves_the_odds_by_e():
    a, b = criteria.weights([0.0, 2.0])
    assert a / b == pytest.approx(np.e)
