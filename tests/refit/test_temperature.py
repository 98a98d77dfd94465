"""Activation energies: exact sensitivities, fits, references, and temperatures that cannot be used."""

from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.equivalents import equivalent_mechanisms
from crnsym.comparison.given import given_mechanism
from crnsym.comparison.predict import predict, predict_runs
from crnsym.comparison.statement import doubts
from crnsym.data.noise import estimate_noise
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError
from crnsym.network.text import network
from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import fit_mechanism, parameters_of, with_parameters
from crnsym.refit.knowledge import Knowledge, KnownRate
from crnsym.refit.profile import best_point, profile_interval
from crnsym.refit.temperature import Temperatures, temperature_remarks
from crnsym.regression.library import complexes
from crnsym.regression.temperature import complex_energies
from crnsym.regression.weak_form import weak_form
from crnsym.rounding.to_network import to_network
from tests.engine import CASCADE, arranged, measured

KELVIN = (290.0, 300.0, 310.0, 305.0, 295.0, 315.0)
HOT = replace(CASCADE, energies=np.array([50e3, 80e3, 20e3]), reference=300.0)


def heated(noise: float = 0.02, kelvin: tuple[float, ...] = KELVIN) -> Trajectories:
    data = measured(CASCADE, runs=len(kelvin), noise=0.0)
    model, random = estimate_noise(data), np.random.default_rng(1)
    first = np.array([v[0] for v in data.values])
    courses = predict(HOT, first, data.times, model, rtol=1e-8, kelvin=kelvin)
    values = tuple(c * (1.0 + noise * random.standard_normal(c.shape)) for c in courses)
    return replace(data, values=values, temperatures=kelvin)


def test_energy_sensitivities_are_the_derivatives_of_the_model():
    problem = arranged(heated())
    mechanism = problem.temperatures.complete(HOT)
    point = parameters_of(mechanism, problem)
    here = evaluate(problem, mechanism, problem.start, rtol=1e-9)
    for p in range(len(point)):
        step = 1e-5 * np.eye(len(point))[p]
        up = evaluate(problem, with_parameters(mechanism, problem, point + step), problem.start, rtol=1e-9)
        down = evaluate(problem, with_parameters(mechanism, problem, point - step), problem.start, rtol=1e-9)
        difference = (down.residuals - up.residuals) / 2e-5
        assert np.abs(difference - here.jacobian[..., p]).max() < 1e-3 * np.abs(here.jacobian[..., p]).max()


def test_a_fit_finds_rates_and_energies_from_far_away():
    problem = arranged(heated())
    fit = fit_mechanism(replace(CASCADE, log_rates=np.log([3.0, 0.05, 0.1])), problem, prior=0.0)
    wanted = problem.temperatures.complete(HOT)
    assert np.all(np.abs(fit.mechanism.energies - wanted.energies) < 4 * fit.energy_errors)
    assert np.all(np.abs(fit.mechanism.log_rates - wanted.log_rates) < 4 * fit.log_errors)
    assert np.all(fit.energy_errors < 5e3)


def test_the_interval_of_an_energy_is_that_of_its_standard_error():
    problem = arranged(heated())
    fit = fit_mechanism(HOT, problem, prior=0.0, tolerance=1e-8)
    interval = profile_interval(fit, [0, 0, 0, 1, 0, 0], 0.9, best_point(fit))
    width = np.log(interval.high / interval.low) * problem.temperatures.unit
    assert width == pytest.approx(2 * 1.65 * fit.energy_errors[0], rel=0.1)


def test_a_mechanism_of_another_reference_is_the_same_mechanism():
    problem = arranged(heated())
    moved = replace(HOT, log_rates=HOT.log_rates_at(np.array([350.0]))[0], reference=350.0)
    ours, theirs = problem.temperatures.complete(moved), problem.temperatures.complete(HOT)
    assert ours.reference == theirs.reference
    assert np.allclose(ours.log_rates, theirs.log_rates)


def test_runs_are_predicted_at_their_own_temperature():
    data = heated(noise=0.0)
    fit = fit_mechanism(HOT, arranged(data), prior=0.0)
    courses = predict_runs(fit, [5, 0], [data.times[5], data.times[0]])
    for run, course in zip((5, 0), courses, strict=True):
        assert np.abs(course - data.values[run]).max() < 5e-3


def test_the_weak_form_finds_energies_of_the_complexes_that_react():
    data = heated(noise=0.01)
    heat = Temperatures.of(data)
    noise = estimate_noise(data)
    form = weak_form(data, noise, smooth(data, noise), complexes(len(data.species), 2))
    found = complex_energies(form, data.species, heat.kelvin, heat.reference, heat.typical)
    for reactants, energy in zip(HOT.reactants, HOT.energies, strict=True):
        row = (found.reactants == reactants).all(axis=1)
        assert found.energies[row] == pytest.approx(energy, abs=15e3)


def test_a_written_network_is_read_back_with_its_energies():
    data = heated()
    mechanism = Temperatures.of(data).complete(HOT)
    again = given_mechanism(network(str(to_network(mechanism))), data)
    assert np.allclose(again.energies, mechanism.energies, rtol=1e-5)
    assert np.allclose(again.log_rates, mechanism.log_rates, atol=1e-5)
    isothermal = given_mechanism(to_network(mechanism), replace(data, temperatures=(310.0,) * 6))
    assert isothermal.energies is None
    assert np.allclose(isothermal.log_rates, mechanism.log_rates_at(np.array([310.0]))[0], atol=1e-4)


def test_reactions_of_one_complex_with_two_energies_have_no_equivalent_by_their_sum():
    text = "A -> B @ arrhenius(0.3, 40000, T, 0, 300); A -> 2 B @ arrhenius(0.1, 70000, T, 0, 300); param T = 300"
    data = Trajectories(("A", "B", "C"), ("0", "1"), (np.arange(3.0),) * 2, (np.ones((3, 3)),) * 2, (290.0, 310.0))
    branched = given_mechanism(network(text), data)
    assert len(equivalent_mechanisms(branched.at(300.0))) > 0
    assert equivalent_mechanisms(branched) == []


@pytest.mark.parametrize(
    ("kelvin", "match"),
    [
        ((300.0, float("nan"), 310.0, 300.0, 300.0, 300.0), "has no temperature"),
        ((-20.0, 25.0, 30.0, 0.1, 1.0, 2.0), "kelvin"),
    ],
)
def test_temperatures_that_cannot_be_used_are_refused(kelvin, match):
    data = replace(measured(CASCADE, runs=6), temperatures=kelvin)
    with pytest.raises(DataError, match=match):
        Temperatures.of(data)


def test_degrees_celsius_are_remarked_on():
    data = replace(measured(CASCADE, runs=2), temperatures=(25.0, 35.0))
    assert any("Celsius" in remark for remark in temperature_remarks(data, Temperatures.of(data)))


def test_temperatures_within_a_kelvin_count_as_one():
    data = replace(measured(CASCADE, runs=2), temperatures=(298.1, 298.4))
    assert Temperatures.of(data) is None
    assert any("one set of rate constants" in remark for remark in temperature_remarks(data, None))


def test_a_rate_measured_at_its_own_temperature_is_met_there():
    problem = arranged(heated())
    sides = tuple(map(int, HOT.reactants[0])), tuple(map(int, HOT.products[0]))
    told = KnownRate(*sides, float(np.log(0.5)), 1e-4, kelvin=330.0)
    fit = fit_mechanism(HOT, replace(problem, knowledge=Knowledge((told,))), prior=0.0, iterations=60)
    assert fit.mechanism.log_rates_at(np.array([330.0]))[0, 0] == pytest.approx(np.log(0.5), abs=1e-3)


def test_a_step_that_slows_down_as_it_gets_warmer_is_doubted():
    assert doubts(HOT, []) == []
    (doubt,) = doubts(replace(HOT, energies=np.array([50e3, -20e3, 20e3])), [])
    assert "slows down as it gets warmer" in doubt
