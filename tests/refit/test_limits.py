"""Rates that run to infinity are pinned, charged nothing, and bounded from below."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.polish import polish
from crnsym.data.mechanism import Mechanism
from crnsym.refit.fast_pairs import fast_pairs
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.limits import limits, lower_bound, partner
from crnsym.search.widen import with_hidden
from tests.engine import arranged, columns_of

MODULE = (
    np.array([[2, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 1]]),
    np.array([[0, 0, 0, 1], [2, 0, 0, 0], [0, 0, 1, 0]]),
)


def fitted_module(backward: float, forward: float, onward: float) -> Fit:
    net = cs.network(f"2 A <-> Z @ {forward}, {backward}\nB + Z -> C @ {onward}")
    rng = np.random.default_rng(3)
    starts = [{"A": float(a), "B": float(b)} for a, b in rng.uniform(0.5, 2.0, (6, 2))]
    full = cs.simulate(net, times=(0, 10, 50), initial=starts, noise=0.02, seed=3)
    problem = with_hidden(arranged(columns_of(full, "ABC")), "zero")
    start = Mechanism(problem.species, *MODULE, np.array([0.0, 3.0, 0.0]), ())
    return fit_mechanism(start, problem, iterations=30, tolerance=1e-6)


def test_a_slow_module_keeps_all_its_rates() -> None:
    fit = fitted_module(10.0, 0.5, 10.0)
    assert limits(fit) is fit


def test_a_fast_pair_is_pinned_and_its_ratio_is_found() -> None:
    fit = limits(fitted_module(1e3, 50.0, 10.0))
    assert fit.pinned == (1,)
    rates = np.exp(fit.mechanism.log_rates)
    assert rates[0] / rates[1] == pytest.approx(0.05, rel=0.02)
    assert rates[2] == pytest.approx(10.0, rel=0.1)
    assert fit.covariance[1, 1] == 0.0


def test_the_bound_of_a_fast_rate_lies_below_the_true_rate() -> None:
    fit = limits(fitted_module(1e4, 500.0, 10.0))
    assert fit.pinned == (1,)
    assert 10.0 < lower_bound(fit, 1) < 1e4


def test_a_pinned_rate_does_not_move_when_the_fit_is_polished() -> None:
    fit = limits(fitted_module(1e3, 50.0, 10.0))
    again = polish(fit)
    assert again.pinned == fit.pinned
    assert again.mechanism.log_rates[1] == fit.mechanism.log_rates[1]


def test_the_partner_of_a_fast_reaction_is_its_reverse_or_its_rival() -> None:
    mechanism = Mechanism(("A", "B", "C", "Z"), *MODULE, np.zeros(3), ())
    assert partner(mechanism, 1) == 0
    assert partner(mechanism, 2) == 1


def test_a_fast_pair_shows_several_signals_and_a_slow_one_none() -> None:
    (pair,) = fast_pairs(limits(fitted_module(1e4, 500.0, 10.0)))
    assert (pair.forward, pair.backward) == (0, 1)
    assert len(pair.signals) >= 2
    assert fast_pairs(fitted_module(1.0, 0.5, 1.0)) == []
