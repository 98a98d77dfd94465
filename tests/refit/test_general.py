from dataclasses import replace

import numpy as np
import pytest

from crnsym.data.noise import NoiseModel
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.dynamics.ode import simulate
from crnsym.errors import FitError, NetworkError, UnsupportedError
from crnsym.network.text import network
from crnsym.refit.fit import fit_mechanism
from crnsym.refit.general.build import law_mechanism, law_problem
from crnsym.refit.general.evaluate import evaluate
from crnsym.refit.general.fit import fit_laws
from crnsym.refit.general.limits import with_ends
from crnsym.refit.general.setting import Setting
from crnsym.refit.general.transform import transform
from crnsym.refit.problem import fit_problem

ENZYME = network(
    """
    S + E <-> C @ k1, k2
    C -> P + E @ k3
    0 -> S @= a*exp(-b*time)
    P -> 0 @= mm(P, V, K)
    param k1 = 2, k2 = 0.5, k3 = 1, a = 0.5, b = 0.3, V = 0.4, K = 0.5
    init S = 1, E = 0.3
    """
)


def columns(source, names, times=(0, 10, 25), noise=0.0, seed=0, initial=None):
    """Simulate a network and keep expressions of its species as columns, with absolute noise."""
    runs = simulate(source, times, initial=initial)
    rng = np.random.default_rng(seed)
    values = []
    for v in runs.values:
        x = dict(zip(runs.species, v.T, strict=True))
        seen = np.stack([eval(e, {}, x) for e in names.values()], axis=1)
        values.append(np.abs(seen + noise * rng.standard_normal(seen.shape)))
    return Trajectories(tuple(names), runs.experiments, runs.times, tuple(values))


def prepared(source, data, noise=0.01, **told):
    setting = Setting(**told)
    mechanism = law_mechanism(source, data, setting)
    model = NoiseModel(np.zeros(len(data.species)), np.full(len(data.species), noise))
    problem = fit_problem(data, model, smooth(data, model))
    return mechanism, law_problem(mechanism, data, problem, setting.conditions)


def test_slopes_are_those_of_the_solution_with_an_input_hidden_species_and_observables():
    data = columns(ENZYME, {"tot": "S + 2*C", "y": "3*P"})
    told = {"observables": {"tot": "S + 2*C", "y": "s*P"}, "initial": {"E": "E0"}, "fixed": ["b"]}
    mechanism, problem = prepared(ENZYME, data, **told)
    mechanism = replace(mechanism, log_rates=mechanism.log_rates + 0.1)
    here = evaluate(mechanism, problem, problem.start, 1e-7)
    assert here is not None
    assert set(mechanism.parameters) == {"k1", "k2", "k3", "a", "V", "K", "s", "E0"}
    for p in range(len(mechanism.log_rates)):
        moved = []
        for step in (1e-5, -1e-5):
            numbers = mechanism.log_rates.copy()
            numbers[p] += step
            there = evaluate(replace(mechanism, log_rates=numbers), problem, problem.start, 1e-7)
            assert there is not None
            moved.append(there.residuals)
        slope = -(moved[0] - moved[1]) / 2e-5
        assert np.abs(slope - here.jacobian[..., p]).max() < 1e-5 * max(np.abs(slope).max(), 1.0)


def test_slopes_in_measured_starts_are_those_of_the_solution():
    source = network("A -> B @= V*A/(K + A); param V = 1, K = 0.5")
    data = columns(source, {"A": "A", "B": "B"}, initial={"A": 2.0, "B": 0.5})
    mechanism, problem = prepared(source, data)
    here = evaluate(mechanism, problem, problem.start, 1e-7)
    assert here is not None
    for s in range(2):
        start = problem.start.copy()
        start[0, s] *= 1.0 + 1e-5
        there = evaluate(mechanism, problem, start, 1e-7)
        assert there is not None
        slope = -(there.residuals - here.residuals) / np.log1p(1e-5)
        assert np.abs(slope - here.jacobian[..., 2 + s]).max() < 1e-3 * np.abs(slope).max()


def test_inputs_that_are_switched_are_followed_exactly():
    source = network(
        "0 -> Y @= b*piecewise(1, time < off, 0); Y -> 0 @ e; param b = 0.5, e = 0.3, off = 8.1; init Y = 1"
    )
    times = np.linspace(0, 20, 9)
    data = columns(source, {"Y": "Y"}, times=times)
    mechanism, problem = prepared(source, data, fixed=["off"])
    off = np.minimum(times, 8.1)
    risen = 0.5 / 0.3 + (1.0 - 0.5 / 0.3) * np.exp(-0.3 * off)
    expected = risen * np.exp(-0.3 * (times - off))
    (course,) = mechanism.courses(problem.start, [times], rtol=1e-8)
    assert course[:, 0] == pytest.approx(expected, rel=1e-6)
    with pytest.raises(UnsupportedError, match="off in a condition"):
        law_mechanism(source, data, Setting())


def test_parameters_of_any_laws_are_recovered_from_starts_far_away():
    data = columns(ENZYME, {"tot": "S + C", "P": "P"}, noise=0.003, times=(0, 20, 60))
    blank = ENZYME.with_parameters(dict.fromkeys(("k3", "a", "V", "K")))
    told = {"observables": {"tot": "S + C"}, "fixed": {"k1": 2.0, "k2": 0.5, "b": 0.3}}
    mechanism, problem = prepared(blank, data, noise=0.003, **told)
    fit = fit_laws(mechanism, problem, data)
    assert fit.reduced < 1.3
    truth = np.log([float(ENZYME.parameters[p]) for p in mechanism.parameters])
    assert np.all(np.abs(fit.mechanism.log_rates - truth) < 4.0 * fit.log_errors + 1e-3)


def test_mass_action_gives_the_same_fit_by_both_kernels():
    source = network("A <-> B @ 0.4, 0.1; 2 B -> C @ 0.2")
    runs = simulate(source, (0, 8, 20), initial=[{"A": 1.0}, {"A": 2.0, "B": 0.5}], noise=0.02, seed=3)
    mechanism, problem = prepared(source, runs)
    from crnsym.comparison.given import given_mechanism, is_plain
    from crnsym.refit.general.fit import polished

    assert is_plain(source, runs, Setting())
    plain_problem = replace(problem, species=runs.species)
    options = {"iterations": 40, "tolerance": 1e-9, "rtol": 1e-7, "prior": 0.0}
    plain = fit_mechanism(given_mechanism(source, runs), plain_problem, **options)
    laws = polished(fit_mechanism(mechanism, problem, **options))
    assert laws.chi2 == pytest.approx(plain.chi2, rel=1e-4)
    assert laws.mechanism.log_rates == pytest.approx(plain.mechanism.log_rates, abs=2e-3)
    assert laws.log_errors == pytest.approx(plain.log_errors, rel=0.01)
    assert laws.count == plain.count


def test_a_parameter_that_may_be_infinite_gets_a_bound_and_one_that_may_be_zero_a_ceiling():
    source = network("A -> B @ fast; B -> C @ slow; C -> A @ none; param fast = 200, slow = 0.3, none = 1e-5")
    data = columns(source, {"C": "C"}, noise=0.01, times=(0, 12, 30), initial={"A": 1.0})
    mechanism, problem = prepared(source.with_initial(A=1.0), data)
    fit = with_ends(fit_laws(mechanism, problem, data, starts=4))
    assert fit.ends["fast"].above
    assert 1.0 < fit.ends["fast"].bound < 200.0
    assert fit.ends["none"].below
    assert 1e-5 < fit.ends["none"].bound < 0.1
    assert "slow" not in fit.ends
    assert len(fit.pinned) == 2


def test_only_the_product_of_scale_and_amount_is_determined_and_that_is_said():
    source = network("A -> B @ k; param k = 0.3")
    data = columns(source, {"y": "2*A"}, noise=0.01, initial={"A": 1.0})
    mechanism, problem = prepared(source, data, observables={"y": "scale*A"}, initial={"A": "A0"})
    fit = with_ends(fit_laws(mechanism, problem, data, starts=2))
    (name, end), *_ = fit.ends.items()
    assert {name, *end.tied} == {"scale", "A0"}
    assert end.above
    assert end.below
    assert list(end.tied.values()) == [-1]


def test_values_that_differ_between_runs_come_from_conditions():
    source = network("S -> P @= k*E*S; param k = 0.5, E = 1")
    doses = {"0": {"E": 0.5, "S": 1.0}, "1": {"E": 2.0, "S": 3.0}}
    one, two = (columns(source.with_parameters(E=d["E"]), {"y": "P"}, initial={"S": d["S"]}) for d in doses.values())
    data = Trajectories(("y",), ("0", "1"), one.times + two.times, one.values + two.values)
    mechanism, problem = prepared(source, data, observables={"y": "P"}, conditions=doses)
    assert mechanism.parameters == ("k",)
    fit = fit_laws(mechanism, problem, data, starts=1)
    assert mechanism.transform.values(fit.mechanism.log_rates)[0] == pytest.approx(0.5, rel=1e-3)
    assert fit.chi2 < 1e-3


def test_bounds_hold_and_parameters_may_be_negative_where_they_say_so():
    scales = transform(["k", "b"], {"k": 1.0, "b": -0.5}, {"k": (0.1, 10.0)})
    points = np.array([[-50.0, 0.0], [0.0, 1.0], [50.0, -2.0]])
    values = np.array([scales.values(p) for p in points])
    assert values[:, 0] == pytest.approx([0.1, 1.0, 10.0])
    assert values[1] == pytest.approx([1.0, 0.5])
    assert scales.numbers(np.array([3.0, -0.7])) == pytest.approx([1.196, -1.4], abs=0.001)
    for p in points[1:2]:
        step = np.array([1e-6, 1e-6])
        assert (scales.values(p + step) - scales.values(p - step)) / 2e-6 == pytest.approx(scales.slopes(p))


DATA = columns(network("A -> B @ 0.3"), {"A": "A", "B": "B"}, initial={"A": 1.0})


@pytest.mark.parametrize(
    ("source", "told", "error", "message"),
    [
        ("A -> C @ 1", {}, NetworkError, "column 'B' is neither a species nor an observable"),
        ("A -> B @= k*A/(1 + A)", {"fixed": ["k"]}, NetworkError, "'k' is fixed but has no value"),
        ("A -> B @ k", {"observables": {"B": "x*Bacteria"}}, None, ""),
        ("species A, B", {}, NetworkError, "no reactions"),
        ("A -> B @ k", {"initial": {"A": "B"}}, NetworkError, "only parameters can stand there"),
        ("A -> B @ k; param q = 1", {"bounds": {"q": (1, 2)}}, NetworkError, "nothing that was measured depends"),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_name(source, told, error, message):
    if error is None:
        assert "x" in law_mechanism(network(source), DATA, Setting(**told)).parameters
        return
    with pytest.raises(error, match=message):
        law_mechanism(network(source), DATA, Setting(**told))


def test_a_setting_that_names_nothing_is_refused_with_the_nearest_name():
    nets = [network("Apple -> B @ rate")]
    for told, error, message in (
        ({"observables": {"y": "Apple"}}, FitError, "observable of this name has no column"),
        ({"observables": {"B": "scale*Aple"}}, NetworkError, "'Aple' .* did you mean 'Apple'"),
        ({"fixed": {"rat": 1.0}}, NetworkError, "'rat'; did you mean 'rate'"),
        ({"initial": {"C": 1.0}}, NetworkError, "'C'; there are"),
        ({"conditions": {"z": {"Apple": 1.0}}}, FitError, "no experiment 'z'"),
    ):
        with pytest.raises(error, match=message):
            Setting(**told).check(nets, ("B",), ("0",))
    with pytest.raises(FitError, match="2 is not below 1"):
        Setting(bounds={"k": (2, 1)})


def test_a_function_that_cannot_be_simulated_is_refused():
    import sympy as sp

    from crnsym.network.rate_laws import Custom

    source = network("A -> B @ 1").with_rates([Custom(sp.gamma(sp.Symbol("A")))])
    with pytest.raises(UnsupportedError, match="gamma"):
        law_mechanism(source, DATA, Setting())
