"""Rates fitted through a closure."""

import numpy as np
import pytest

from crnsym import FittedRates, fit_closure_rates, simulate_closure, simulate_lattice
from crnsym.closures import rates as fitting
from crnsym.errors import FitError, NetworkError

from .fitted import contact, fitted


def test_the_rate_that_made_a_course_is_found_again(monkeypatch):
    model, times = fitted(), np.linspace(0, 6, 13)
    made = simulate_closure(model, times, {"A": 90}, {"birth": 2.7}).values
    exact = (times, made, None, np.full_like(made, 1e-4), None)
    monkeypatch.setattr(fitting, "measured", lambda *_: exact)
    found = fit_closure_rates(model, None)
    assert found.values["birth"] == pytest.approx(2.7, rel=1e-4)  # the tolerance of predictions
    assert found.chi_square < 1e-6
    assert not found.at_border


def test_the_slopes_are_those_of_differences():
    import jax

    model = fitted()
    with jax.enable_x64(True):
        rates_of = fitting._rates_of(model, model.processes.values({"birth": 2.0}), ["birth"])
        at, times = np.log([2.7]), np.linspace(0, 6, 13)
        start = simulate_closure(model, times, {"A": 90}, {"birth": 2.7}).values[0]
        slope = np.asarray(fitting._slopes(model.field, rates_of, at, times, start))[..., 0]
        above, below = (np.asarray(fitting._course(model.field, rates_of, at + h, times, start)) for h in (1e-3, -1e-3))
    np.testing.assert_allclose(slope, (above - below) / 2e-3, atol=2e-3 * np.abs(slope).max())


def test_rates_come_from_the_moments_of_movies():
    runs = simulate_lattice(contact().with_parameters(birth=2.7), (40, 40), (0, 6, 13), 10, 3, {"A": 700}, hops=0.0)
    found = fit_closure_rates(fitted(), runs)
    assert isinstance(found, FittedRates)
    low, high = found.intervals["birth"]
    assert found.values["birth"] == pytest.approx(2.7, rel=0.1)
    assert low < found.values["birth"] < high
    assert "birth = " in repr(found)


def test_without_anything_to_fit_that_is_said():
    with pytest.raises(FitError, match="no rate to fit"):
        fit_closure_rates(fitted(), [], {"birth": 2.0})
    with pytest.raises(NetworkError, match="data is empty"):
        fit_closure_rates(fitted(), [])
    with pytest.raises(NetworkError, match="death is no parameter"):
        fit_closure_rates(fitted(), [], {"death": 2.0})
