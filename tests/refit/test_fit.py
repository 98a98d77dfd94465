from dataclasses import replace

import numpy as np
import pytest

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import estimate_noise
from crnsym.data.smoothing import smooth
from crnsym.refit.evaluate import evaluate, reactant_slots
from crnsym.refit.fit import fit_mechanism
from crnsym.refit.normal_equations import normal_equations
from crnsym.refit.problem import fit_problem
from tests.benchmarks.problems import parse, trajectory
from tests.engine import CASCADE, arranged, measured

STIFF = parse(["A -> B @ 0.04", "2 B -> B + C @ 3e7", "B + C -> A + C @ 1e4"])


def test_the_kernel_agrees_with_lsoda():
    problem = arranged(measured(CASCADE))
    here = evaluate(problem, CASCADE, problem.start, rtol=1e-8)
    assert here is not None
    for e in range(len(problem.lengths)):
        reference = trajectory(CASCADE, problem.start[e], problem.times[e])
        assert np.abs(here.states[e] - reference).max() < 1e-6


def test_the_kernel_integrates_a_stiff_network_over_nine_decades():
    times = np.concatenate([[0.0], np.geomspace(1e-4, 1e5, 40)])
    data = measured(STIFF, runs=1, points=len(times), zero=("B", "C"))
    data = replace(data, times=(times,))
    problem = arranged(data)
    start = np.array([[1.0, 0.0, 0.0]])
    here = evaluate(problem, STIFF, start, rtol=1e-7)
    reference = trajectory(STIFF, start[0], times)
    assert here is not None
    assert np.abs(here.states[0] - reference).max() < 1e-5
    assert np.abs(here.states[0, :, 1] / np.maximum(reference[:, 1], 1e-12) - 1)[1:].max() < 1e-3


def test_sensitivities_are_the_derivatives_of_the_model():
    problem = arranged(measured(CASCADE))
    here = evaluate(problem, CASCADE, problem.start, rtol=1e-9)
    assert here is not None
    step = 1e-5
    for j in range(3):
        moved = CASCADE.log_rates.copy()
        moved[j] += step
        up = evaluate(problem, replace(CASCADE, log_rates=moved), problem.start, rtol=1e-9)
        moved = moved.copy()
        moved[j] -= 2 * step
        down = evaluate(problem, replace(CASCADE, log_rates=moved), problem.start, rtol=1e-9)
        difference = (down.residuals - up.residuals) / (2 * step)
        assert np.abs(difference - here.jacobian[..., j]).max() < 1e-3 * np.abs(here.jacobian[..., j]).max()
    moved_start = problem.start * np.exp(step * np.eye(4)[0])
    up = evaluate(problem, CASCADE, moved_start, rtol=1e-9)
    difference = (here.residuals - up.residuals) / step
    assert np.abs(difference - here.jacobian[..., 3]).max() < 2e-3 * np.abs(here.jacobian[..., 3]).max()


def test_a_fit_finds_the_rates_from_far_away():
    problem = arranged(measured(CASCADE, noise=0.02))
    fit = fit_mechanism(replace(CASCADE, log_rates=np.log([3.0, 0.05, 0.1])), problem, prior=0.0)
    error = fit.mechanism.log_rates - CASCADE.log_rates
    assert fit.converged
    assert np.all(np.abs(error) < 4 * fit.log_errors + 1e-3)
    assert np.all(fit.log_errors < 0.05)


def test_eliminating_the_initial_states_equals_solving_for_everything():
    problem = arranged(measured(CASCADE, runs=2))
    here = evaluate(problem, CASCADE, problem.start)
    assert here is not None
    equations = normal_equations(here)
    step = np.linalg.solve(equations.matrix, equations.gradient)
    states = equations.states(step)
    rows = here.jacobian.reshape(2, -1, 7)
    full = np.zeros((2 * rows.shape[1], 3 + 8))
    full[:, :3] = rows[..., :3].reshape(-1, 3)
    full[: rows.shape[1], 3:7], full[rows.shape[1] :, 7:] = rows[0, :, 3:], rows[1, :, 3:]
    everything = np.linalg.lstsq(full, here.residuals.ravel(), rcond=None)[0]
    assert np.allclose(np.concatenate([step, states.ravel()]), everything, rtol=1e-4, atol=1e-7)


def test_a_start_that_all_runs_share_is_eliminated_once():
    problem = replace(arranged(measured(CASCADE, runs=3)), shared=(2,))
    problem.free[:, 2] = False
    here = evaluate(problem, CASCADE, problem.start)
    assert here is not None
    equations = normal_equations(here)
    step = np.linalg.solve(equations.matrix, equations.gradient)
    states = equations.states(step)
    assert np.ptp(states[:, 2]) == 0.0
    rows = here.jacobian.reshape(3, -1, 7)
    size = rows.shape[1]
    full = np.zeros((3 * size, 3 + 1 + 9))
    for run in range(3):
        part = full[run * size : (run + 1) * size]
        part[:, :3], part[:, 3] = rows[run, :, :3], rows[run, :, 5]
        part[:, 4 + 3 * run : 7 + 3 * run] = rows[run][:, [3, 4, 6]]
    everything = np.linalg.lstsq(full, here.residuals.ravel(), rcond=None)[0]
    own = states[:, [0, 1, 3]].ravel()
    assert np.allclose(np.concatenate([step, states[0, [2]], own]), everything, rtol=1e-4, atol=1e-7)


def test_a_mechanism_that_blows_up_is_a_result_and_not_an_exception():
    problem = arranged(measured(CASCADE))
    explosive = Mechanism(CASCADE.species, np.array([[2, 0, 0, 0]]), np.array([[3, 0, 0, 0]]), np.array([50.0]))
    fit = fit_mechanism(explosive, problem)
    assert not fit.ok
    assert fit.chi2 == 1e30


def test_gaps_and_ragged_runs_do_not_move_the_fit():
    data = measured(CASCADE, noise=0.02)
    values = [v.copy() for v in data.values]
    values[0][5:9, 1] = np.nan
    values[1][::3, 0] = np.nan
    values[2] = values[2][:20]
    times = [t if i != 2 else t[:20] for i, t in enumerate(data.times)]
    problem = arranged(replace(data, values=tuple(values), times=tuple(times)))
    fit = fit_mechanism(CASCADE, problem, prior=0.0)
    assert np.abs(fit.mechanism.log_rates - CASCADE.log_rates).max() < 0.1


@pytest.mark.parametrize("start", ["zero", "quasi_steady"])
def test_a_hidden_species_starts_where_it_is_said_to(start):
    from crnsym.search.widen import with_hidden

    module = parse(["2 A -> Z @ 200", "Z -> 2 A @ 1000", "A + Z -> C @ 3"], ("A", "C", "Z"))
    problem = with_hidden(arranged(measured(module, seen=("A", "C"), zero=("Z", "C"))), start)
    here = evaluate(problem, module, problem.start, rtol=1e-9)
    first = here.states[:, 0]
    if start == "zero":
        assert np.all(first[:, 2] == 0.0)
    else:
        a, z = first[:, 0], first[:, 2]
        assert np.allclose(200 * a**2 - 1000 * z - 3 * a * z, 0.0, atol=1e-9)
    step = 1e-6
    moved = module.log_rates.copy()
    moved[0] += step
    up = evaluate(problem, replace(module, log_rates=moved), problem.start, rtol=1e-9)
    difference = (here.residuals - up.residuals) / step
    assert np.abs(difference - here.jacobian[..., 0]).max() < 5e-3 * np.abs(here.jacobian[..., 0]).max()


def test_slots_list_the_reactant_molecules():
    assert reactant_slots(np.array([[2, 0, 1], [0, 0, 0]])).tolist() == [[0, 0, 2], [-1, -1, -1]]


def test_a_run_may_start_from_its_first_row_as_recorded():
    data = measured(CASCADE)
    noise = estimate_noise(data)
    problem = fit_problem(data, noise, smooth(data, noise), fixed=True)
    assert not problem.free.any()
    for e, values in enumerate(data.values):
        assert np.array_equal(problem.start[e], np.maximum(values[0], 0.0))
    fit = fit_mechanism(CASCADE, problem)
    assert np.array_equal(fit.initial_states, problem.start)


def test_a_matrix_without_eigenvalues_is_a_result_and_no_crash(monkeypatch):
    def overflowing(*_arguments, **_options):
        raise np.linalg.LinAlgError("Eigenvalues did not converge")

    monkeypatch.setattr(np.linalg, "pinv", overflowing)
    fit = fit_mechanism(CASCADE, arranged(measured(CASCADE)), iterations=3)
    assert fit.ok
    assert np.isinf(fit.log_errors).all()
