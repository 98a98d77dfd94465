"""Fits of vessels that are fed and emptied: courses against `simulate`, sensitivities against differences."""

from dataclasses import replace

import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.given import given_mechanism
from crnsym.data.noise import NoiseModel
from crnsym.refit.evaluate import evaluate, parameters_of
from crnsym.refit.fit import fit_mechanism, with_parameters
from crnsym.refit.general.build import law_mechanism, law_problem
from crnsym.refit.general.setting import Setting
from crnsym.refit.problem import fit_problem

NETWORK = cs.network("A + B -> C @ 0.4; C -> D @ 0.1; init A = 2, B = 0.3")
OPERATION = (
    cs.Operation(1.0)
    .feed(0, 15, flow=0.1, contents={"B": 2.0})
    .add(20, 0.5, {"A": 1.0})
    .withdraw(25, volume=0.7)
    .add(30, contents={"A": 0.5})
    .stirred(8.0, {"B": 1.0}, time=32)
)
TIMES = np.array([0.0, 1, 3, 7, 12, 16, 20, 21, 24, 30, 33, 40])


@pytest.fixture(scope="module")
def data():
    return cs.simulate(NETWORK, TIMES, operation=OPERATION, initial=[{}, {"A": 1.0, "B": 0.1, "C": 0.2}])


@pytest.fixture(scope="module")
def problem(data):
    noise = NoiseModel(np.zeros(4), np.full(4, 1e-3))
    return fit_problem(data, noise, [np.maximum(v, 1e-3) for v in data.values])


def starts(data):
    return np.array([v[0] for v in data.values])


def test_courses_are_those_of_the_simulation(data, problem):
    here = evaluate(problem, given_mechanism(NETWORK, data), starts(data), rtol=1e-8)
    assert here.states == pytest.approx(np.array(data.values), abs=1e-6)


def test_sensitivities_are_those_of_differences(data, problem):
    mechanism, first = given_mechanism(NETWORK, data), np.maximum(starts(data), 0.1)
    problem = replace(problem, free=np.ones_like(problem.free))
    here = evaluate(problem, mechanism, first, rtol=1e-9)

    def residuals(log_rates, log_start):
        moved = replace(mechanism, log_rates=log_rates)
        return evaluate(problem, moved, np.exp(log_start), rtol=1e-9).residuals

    rates, log_start = mechanism.log_rates, np.log(first)
    for p in range(2):
        step = 1e-5 * np.eye(2)[p]
        slope = (residuals(rates - step, log_start) - residuals(rates + step, log_start)) / 2e-5
        assert here.jacobian[..., p] == pytest.approx(slope, abs=2e-2, rel=1e-4)
    for i in range(4):
        step = 1e-5 * np.eye(4)[i]
        slope = (residuals(rates, log_start - step) - residuals(rates, log_start + step)) / 2e-5
        assert here.jacobian[..., 2 + i] == pytest.approx(slope, abs=2e-2, rel=1e-4)


def test_pieces_and_parts_of_runs_keep_their_operation(data, problem):
    mechanism = given_mechanism(NETWORK, data)
    cut = problem.cut(4, list(data.values))
    here = evaluate(cut, mechanism, np.maximum(cut.start, 0.0), rtol=1e-8)
    exact = np.array([g[-1] for g in cut.guide])
    ends = here.states[np.arange(len(cut.lengths)), cut.lengths - 1]
    started = np.isclose(cut.start, [g[0] for g in cut.guide]).all(axis=1)
    assert started.sum() >= 3
    assert ends[started] == pytest.approx(exact[started], abs=1e-5)
    one = evaluate(problem.thin(np.array([1])), mechanism, starts(data)[[1]], rtol=1e-8)
    assert one.states[0] == pytest.approx(data.values[1], abs=1e-6)


def test_rates_come_back(data, problem):
    mechanism = given_mechanism(NETWORK, data)
    fit = fit_mechanism(replace(mechanism, log_rates=mechanism.log_rates + np.array([0.7, -0.9])), problem, prior=0.0)
    assert np.exp(fit.mechanism.log_rates) == pytest.approx([0.4, 0.1], rel=1e-3)


def test_any_rate_laws_are_operated_too(data, problem):
    written = "A + B -> C @= k1*A*B; C -> D @= k2*C; param k1 = 0.4, k2 = 0.1"
    mechanism = law_mechanism(cs.network(written), data, Setting())
    wide = law_problem(mechanism, data, problem, {})
    here = mechanism.evaluate(wide, starts(data), 1e-8)
    assert here.states == pytest.approx(np.array(data.values), abs=1e-5)
    plain = evaluate(problem, given_mechanism(NETWORK, data), starts(data), rtol=1e-8)
    assert here.jacobian == pytest.approx(plain.jacobian, abs=1e-2)
    assert mechanism.courses(starts(data), data.times, 1e-8, data.operation)[1] == pytest.approx(
        data.values[1], abs=1e-5
    )


def test_tanks_at_rest_have_the_states_and_slopes_of_their_balances():
    tank = cs.Operation(charge={"A": 1.5, "B": 1.0}, axis="stirred flow")
    run = cs.simulate(NETWORK, [0.0, 0.5, 3.0, 15.0], operation=tank)
    mechanism, noise = given_mechanism(NETWORK, run), NoiseModel(np.zeros(4), np.full(4, 1e-2))
    problem = fit_problem(run, noise, list(run.values))
    here = evaluate(problem, mechanism, run.values[0][:1], rtol=1e-8)
    assert here.states[0] == pytest.approx(run.values[0], abs=1e-7)
    rates = np.exp(mechanism.log_rates)
    for row, (residence, (a, b, c, _)) in enumerate(zip(run.times[0], run.values[0], strict=True)):
        if row:
            f = rates[0] * a * b
            net = np.array([[-1, -1, 1, 0], [0, 0, -1, 1]])
            flux = np.array([[rates[0] * b, rates[0] * a, 0, 0], [0, 0, rates[1], 0]])
            balance = net.T @ flux - np.eye(4) / residence
            slopes = -np.linalg.solve(balance, net.T * [f, rates[1] * c])
            assert here.jacobian[0, row, :, :2] == pytest.approx(slopes / 1e-2, abs=1e-4)


def test_a_temperature_program_has_the_courses_and_slopes_of_a_simulation():
    program = cs.Operation().temperature(0, 290).temperature(20, 340).temperature(25, 340).temperature(26, 310)
    energies, reference = (40e3, 80e3), 315.0
    laws = [f"arrhenius({k}, {e}, T, 0, {reference})" for k, e in zip((0.05, 0.03), energies, strict=True)]
    network = cs.network(f"A -> B @ {laws[0]}; B -> C @ {laws[1]}; init A = 1")
    run = cs.simulate(network, (0, 40, 9), operation=program)
    both = replace(
        run,
        experiments=("heated", "flat"),
        times=run.times * 2,
        values=(run.values[0], cs.simulate(network.with_parameters(T=320), (0, 40, 9)).values[0]),
        temperatures=(*run.temperatures, 320.0),
        operation=(program, cs.Operation()),
    )
    noise = NoiseModel(np.zeros(3), np.full(3, 1e-2))
    problem = fit_problem(both, noise, list(both.values))
    mechanism = given_mechanism(network, both)
    problem = replace(problem, free=np.ones_like(problem.free))
    first = np.array([[1.0, 0.1, 0.1]] * 2)
    start = np.array([[1.0, 0, 0]] * 2)
    assert evaluate(problem, mechanism, start, rtol=1e-8).states == pytest.approx(np.array(both.values), abs=1e-6)
    here = evaluate(problem, mechanism, first, rtol=1e-9)
    base = parameters_of(mechanism, problem)
    for p in range(4):
        ends = [with_parameters(mechanism, problem, base + sign * 1e-5 * np.eye(4)[p]) for sign in (-1, 1)]
        low, high = (evaluate(problem, m, first, rtol=1e-9).residuals for m in ends)
        assert here.jacobian[..., p] == pytest.approx((low - high) / 2e-5, abs=1e-3)
    off = with_parameters(mechanism, problem, base + np.array([0.5, -0.4, 0.6, -0.5]))
    fit = fit_mechanism(off, replace(problem, free=np.zeros_like(problem.free), start=start), prior=0.0)
    assert fit.mechanism.energies == pytest.approx(energies, rel=1e-3)


def drawn(rng):
    """Return an operation of random steps."""
    operation = cs.Operation(1.0)
    for _ in range(rng.integers(1, 6)):
        begin = float(rng.uniform(0, 10))
        end = begin + float(rng.uniform(0.1, 6))
        inside = {"A": float(rng.uniform(0, 3)), "B": float(rng.uniform(0, 3))}
        operation = [
            lambda o, b, e, c: o.add(b, 0.3, c),
            lambda o, b, e, c: o.add(b, contents=c),
            lambda o, b, e, c: o.feed(b, e, flow=0.2, contents=c),
            lambda o, b, e, c: o.withdraw(b, volume=0.05),
            lambda o, b, e, c: o.withdraw(b, e, flow=0.02),
        ][rng.integers(5)](operation, begin, end, inside)
    return operation


@pytest.mark.parametrize("seed", range(20))
def test_any_operation_has_the_courses_of_the_simulation(seed):
    rng = np.random.default_rng(seed)
    run = cs.simulate(NETWORK, np.sort(rng.uniform(0, 12, 9)), operation=drawn(rng))
    problem = fit_problem(run, NoiseModel(np.zeros(4), np.full(4, 1e-3)), list(run.values))
    here = evaluate(problem, given_mechanism(NETWORK, run), run.values[0][:1], rtol=1e-8)
    assert here.states[0] == pytest.approx(run.values[0], abs=1e-6)
