import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

from crnsym.data.mechanism import Mechanism
from crnsym.data.trajectories import Trajectories
from crnsym.errors import FitError, UnsupportedError
from crnsym.refit import bulk
from crnsym.refit.bulk import refit_many, screen
from crnsym.refit.bulk_data import pad_mechanisms, prepare_data
from crnsym.refit.bulk_jax import JaxNormalEquations
from crnsym.refit.bulk_numba import NumbaNormalEquations
from crnsym.training.tasks import Tasks

SPECIES = ("A", "B", "C")


def mechanism(*reactions, rates=None):
    sides = [tuple(side.strip() for side in reaction.split("->")) for reaction in reactions]

    def row(side):
        return [side.count(name) for name in SPECIES]

    reactants, products = (np.array([row(pair[i]) for pair in sides]) for i in range(2))
    return Mechanism(SPECIES, reactants, products, np.log(np.full(len(sides), 0.2) if rates is None else rates))


TRUTH = mechanism("AA -> B", "B -> C", "-> A", "ABC -> CC", rates=[0.3, 0.5, 0.1, 0.2])


def field(m, y):
    return np.exp(m.log_rates) * np.prod(y**m.reactants, axis=1) @ m.net_stoichiometry


def measure(m, runs=3, noise=0.03, seed=0, horizon=10.0, count=25):
    rng = np.random.default_rng(seed)
    times = np.linspace(0, horizon, count)
    values = []
    for _ in range(runs):
        y0 = rng.uniform(0.2, 2.0, 3)
        clean = solve_ivp(lambda t, y: field(m, y), (0, horizon), y0, "LSODA", times, rtol=1e-9, atol=1e-11).y.T
        values.append(clean * (1 + noise * rng.standard_normal(clean.shape)))
    return Trajectories(SPECIES, tuple(map(str, range(runs))), (times,) * runs, tuple(values))


def cost_by_scipy(m, log_rates, data):
    deviation = np.concatenate(data.values).std(axis=0)
    trial = Mechanism(m.species, m.reactants, m.products, log_rates)
    misses = []
    for _, times, values in data:
        solved = solve_ivp(
            lambda t, y: field(trial, y), (times[0], times[-1]), values[0], "LSODA", times, rtol=1e-8, atol=1e-10
        )
        misses.append((solved.y.T - values) / deviation)
    return np.nan_to_num(np.concatenate(misses).ravel(), nan=0.0)


CANDIDATES = [
    TRUTH,
    mechanism("AA -> B", "B -> C", "-> A"),
    mechanism("A -> B", "B -> C", "A -> C", "AB -> C", "C -> A"),
    mechanism("AAA -> BC", "BB -> A", "C ->"),
]
NASTY = [
    mechanism("A -> AA", "B -> BB", "AB -> AABB", rates=[5.0, 5.0, 5.0]),
    mechanism("AAA -> AAAAAA", "BBB -> BBBBBB", rates=[1e3, 1e8]),
    mechanism("A -> B", "B -> A", "B -> C", rates=[1e9, 1e9, 1e-9]),
    mechanism("AA -> AAA", "ABC -> AABBCC", "-> A", "C -> CCC", rates=[1e5, 1e-30, 1e30, 1.0]),
    mechanism("A -> A", rates=[1.0]),
]


@pytest.fixture(scope="module")
def data():
    return measure(TRUTH)


@pytest.fixture(scope="module")
def fits(data):
    return {backend: refit_many(CANDIDATES, data, backend=backend, threads=1) for backend in ("numba", "jax")}


@pytest.mark.parametrize("backend", ["numba", "jax"])
def test_costs_reach_those_of_scipy_with_an_implicit_solver(backend, fits, data):
    for m, cost, log_rates in zip(CANDIDATES, fits[backend].cost, fits[backend].log_rates, strict=True):
        assert cost == pytest.approx((cost_by_scipy(m, log_rates, data) ** 2).sum(), rel=1e-3)
        again = least_squares(lambda x, m=m: cost_by_scipy(m, x, data), log_rates, max_nfev=10)
        assert cost <= 2.0 * again.cost * 1.01


def test_the_true_rates_come_back_from_ragged_runs_with_gaps():
    full = measure(TRUTH, runs=6, noise=1e-4)
    lengths = [25, 20, 12, 25, 7, 25]
    values = [v[:n].copy() for v, n in zip(full.values, lengths, strict=True)]
    rng = np.random.default_rng(3)
    for v in values:
        v[1:][rng.random(v[1:].shape) < 0.3] = np.nan
    ragged = Trajectories(
        SPECIES, full.experiments, tuple(t[:n] for t, n in zip(full.times, lengths, strict=True)), tuple(values)
    )
    for backend in ("numba", "jax"):
        found = refit_many([TRUTH], ragged, start="regression", backend=backend)
        np.testing.assert_allclose(np.exp(found.log_rates[0]), np.exp(TRUTH.log_rates), rtol=5e-3)


def test_nothing_that_blows_up_or_is_stiff_ends_without_a_finite_cost(data):
    for backend in ("numba", "jax"):
        for start in ("given", "regression", "best"):
            found = refit_many(NASTY, data, backend=backend, start=start)
            assert np.isfinite(found.cost).all()
            assert all(np.isfinite(row).all() for row in found.log_rates)
    assert refit_many(NASTY, data, start="given").blown_up.any()


def test_both_backends_agree(fits):
    np.testing.assert_allclose(fits["jax"].cost, fits["numba"].cost, rtol=1e-6)


def test_sensitivities_are_the_derivatives_of_the_discrete_solution(data):
    prepared = prepare_data(data)
    padded = pad_mechanisms([*CANDIDATES, mechanism("A -> B")], prepared.species)
    index, substeps = np.arange(len(padded)), np.full((len(padded), 24), 2)
    x = padded.log_rates
    for backend in (NumbaNormalEquations, JaxNormalEquations):
        evaluate = backend(prepared, padded, threads=2)
        cost, gradient, hessian = evaluate(index, x, substeps)
        np.testing.assert_array_equal(evaluate(index, x, substeps, sensitivities=False)[0].shape, cost.shape)
        for j in range(x.shape[1]):
            step = 1e-6 * np.eye(x.shape[1])[j]
            up, down = (evaluate(index, x + s, substeps, sensitivities=False)[0] for s in (step, -step))
            np.testing.assert_allclose(2 * gradient[:, j], (up - down) / 2e-6, rtol=1e-5, atol=1e-4)
        np.testing.assert_allclose(hessian, np.swapaxes(hessian, 1, 2), rtol=1e-12)
        assert (np.linalg.eigvalsh(hessian) > -1e-8 * np.abs(hessian).max()).all()


def test_the_regression_score_prefers_the_true_mechanism(data):
    score, log_rates = screen(CANDIDATES, data)
    assert score.argmin() == 0
    assert [len(row) for row in log_rates] == [4, 3, 5, 3]


def test_results_keep_the_order_and_do_not_depend_on_the_company(data):
    together = refit_many(CANDIDATES, data)
    for i, m in enumerate(CANDIDATES):
        np.testing.assert_allclose(refit_many([m], data).cost[0], together.cost[i], rtol=1e-3)
    assert together.order()[0] == 0


def test_batches_are_the_same_on_workers_and_are_not_repeated(data, tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 3)
    alone = refit_many(CANDIDATES, data)
    with ThreadPoolExecutor(2) as executor:
        first = Tasks(executor, tmp_path)
        shared = refit_many(CANDIDATES, data, executor=first)
    again = Tasks(None, tmp_path, resume=True)
    read = refit_many(CANDIDATES, data, executor=again)
    assert (first.computed, again.computed, again.reused) == (2, 0, 2)
    for other in (shared, read):
        np.testing.assert_array_equal(other.cost, alone.cost)
        assert all(np.array_equal(a, b) for a, b in zip(other.log_rates, alone.log_rates, strict=True))


def test_no_mechanism_gives_an_empty_result(data):
    assert len(refit_many([], data)) == 0


def test_what_cannot_be_used_is_refused_in_one_line(data):
    other = Mechanism(("A", "B", "Z"), TRUTH.reactants, TRUTH.products, TRUTH.log_rates)
    with pytest.raises(FitError, match="species A, B, Z"):
        refit_many([other], data)
    with pytest.raises(UnsupportedError, match="order 4"):
        refit_many([mechanism("AABB -> C")], data)
    with pytest.raises(FitError, match="backend"):
        refit_many([TRUTH], data, backend="gpu")
    with pytest.raises(FitError, match="scale"):
        refit_many([TRUTH], data, scale=[1.0, -1.0, 1.0])
    with pytest.raises(FitError, match="initial"):
        refit_many([TRUTH], data, initial=np.zeros(3))
    holes = tuple(np.where(np.arange(3) == 1, np.nan, v) for v in data.values)
    with pytest.raises(FitError, match="species B was never measured"):
        refit_many([TRUTH], Trajectories(SPECIES, data.experiments, data.times, holes), scale=np.ones(3))


def test_importing_it_loads_neither_jax_nor_numba():
    code = "import sys, crnsym.refit.bulk; sys.exit(any(m in sys.modules for m in ('jax', 'numba')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
