import warnings

import jax
import numpy as np
import pytest

from crnsym import network, simulate
from crnsym.dynamics.integration.solve import solve
from crnsym.dynamics.integration.system import compile_system
from crnsym.errors import NetworkError, SimulationError
from crnsym.formats import sbml

ROBERTSON = "A -> B @ 0.04; 2 B -> B + C @ 3e7; B + C -> A + C @ 1e4; init A = 1"
DECAY = "A -> B @ 1; init A = 2"


def oregonator():
    s, w, q = 77.27, 0.161, 8.375e-6
    return network(f"""
        Y -> X + Y @ {s}; X + Y -> Y @ {s}; X -> 2 X @ {s}; 2 X -> X @ {s * q}
        Z -> Z + Y @ {1 / s}; Y -> 0 @ {1 / s}; X + Y -> X @ {1 / s}
        X -> X + Z @ {w}; Z -> 0 @ {w}
        init X = 1, Y = 2, Z = 3""")


def relative_to_range(data, reference):
    return np.abs(data.values[0] - reference).max() / np.ptp(reference, axis=0).max()


def test_decay_is_exponential():
    data = simulate(network(DECAY), times=(0, 5, 50))
    np.testing.assert_allclose(data.values[0][:, 0], 2 * np.exp(-data.times[0]), rtol=1e-7)
    assert data.species == ("A", "B")
    assert data.experiments == ("0",)
    assert data.remarks == ()


def test_times_may_be_a_list_that_does_not_start_at_zero():
    data = simulate(network(DECAY), times=[2, 2.5, 7])
    np.testing.assert_allclose(data.values[0][:, 0], 2 * np.exp([0, -0.5, -5]), rtol=1e-7)


def test_robertson_over_eleven_decades():
    times = np.concatenate([[0], 4.0 * 10.0 ** np.arange(-1, 11)])
    data = simulate(network(ROBERTSON), times=times)
    # E. Hairer's reference solution of the ROBER problem, at t = 4e10
    np.testing.assert_allclose(data.values[0][-1, :2], [0.5208345 * 1e-7, 0.2083341 * 1e-12], rtol=1e-3)
    np.testing.assert_allclose(data.values[0].sum(axis=1), 1, rtol=1e-9)
    assert data.remarks == ()


def test_the_solver_is_chosen_from_the_problem():
    def method(net, stop):
        state = np.array([[float(net.initial.get(name, 0)) for name in net.species_names]])
        return solve(compile_system(net), state, np.linspace(0, stop, 11), atol=np.array([1e-14]))[0].solver

    assert method(network("X -> 2 X @ 1; X + Y -> 2 Y @ 1; Y -> 0 @ 1; init X = 1, Y = 0.3"), 1000) == "explicit"
    assert method(network(ROBERTSON), 1e5) == "implicit"
    assert method(oregonator(), 30) == "implicit"


def test_oregonator_agrees_with_an_independent_simulator(tmp_path):
    times = np.linspace(0, 100, 201)
    reference = roadrunner(oregonator(), times, tmp_path)
    assert relative_to_range(simulate(oregonator(), times=times), reference) < 1e-6


@pytest.mark.parametrize(
    "text",
    [
        "2 A -> B @ 0.1; A + B <-> C @ 0.3, 0.02; 0 -> A @ 0.5; C -> 0 @= Vmax*C/(Km + C);"
        "param Vmax = 1, Km = 0.4; init A = 1",
        "X -> 2 X @ 1; X + Y -> 2 Y @ 1; Y -> 0 @ 1; init X = 1, Y = 0.3",
        ROBERTSON,
    ],
)
@pytest.mark.parametrize("solver", ["auto", "implicit"])
def test_trajectories_agree_with_an_independent_simulator(text, solver, tmp_path):
    times = np.linspace(0, 40, 101)
    data = simulate(network(text), times=times, solver=solver)
    assert relative_to_range(data, roadrunner(network(text), times, tmp_path)) < 1e-6


def roadrunner(net, times, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import roadrunner as rr

        sbml.write(net, folder / "model.xml")
        runner = rr.RoadRunner(str(folder / "model.xml"))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-11, 1e-16
    runner.integrator.maximum_num_steps = 1_000_000
    runner.timeCourseSelections = [f"[{name}]" for name in net.species_names]
    return np.array(runner.simulate(times=list(times)))


def test_a_list_of_initial_states_makes_one_run_each():
    data = simulate(network(DECAY), times=(0, 1, 5), initial=[{}, {"A": 1}, {"B": 3}])
    assert data.experiments == ("0", "1", "2")
    assert [v[0].tolist() for v in data.values] == [[2, 0], [1, 0], [2, 3]]


def test_what_flows_into_nothing_is_solved():
    data = simulate(network("0 -> A @ 1e-9; A -> 0 @ 1"), times=(0, 50, 10), initial={"A": 0})
    np.testing.assert_allclose(data.values[0][-1], 1e-9, rtol=1e-6)


def test_noise_is_relative_and_repeats_with_its_seed():
    net = network("A -> A @ 1; init A = 5")
    runs = [simulate(net, (0, 1, 2000), noise=0.05, seed=s, initial=[{}] * n) for s, n in [(1, 1), (1, 2), (2, 1)]]
    assert np.std(runs[0].values[0] / 5) == pytest.approx(0.05, rel=0.1)
    np.testing.assert_array_equal(runs[0].values[0], runs[1].values[0])
    assert not np.allclose(runs[0].values[0], runs[2].values[0])
    assert not np.allclose(runs[1].values[0], runs[1].values[1])


def test_a_run_to_infinity_is_an_error_that_says_where():
    with pytest.raises(SimulationError, match=r"experiment '0' stopped at t = 1 of 4: the steps became too small"):
        simulate(network("2 X -> 3 X @ 1; init X = 1"), times=(0, 4, 9))


def test_in_a_batch_a_run_to_infinity_is_data_with_a_remark():
    data = simulate(network("2 X -> 3 X @ 1"), times=(0, 0.8, 10), initial=[{"X": 1}, {"X": 2}])
    assert np.isfinite(data.values[0]).all()
    np.testing.assert_array_equal(np.isfinite(data.values[1][:, 0]), data.times[1] < 0.5)
    assert len(data.remarks) == 1
    assert data.remarks[0].startswith("experiment '1' stopped at t = 0.5 of 0.8")


def test_growth_over_forty_decades_is_no_failure():
    data = simulate(network("X -> 2 X @ 1; init X = 1"), times=(0, 100, 5))
    np.testing.assert_allclose(data.values[0][:, 0], np.exp(data.times[0]), rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"initial": {"AA": 1}}, "initial: AA is no species of the network; did you mean A"),
        ({"initial": {"A": -1}}, "initial: A = -1 is not a concentration"),
        ({"initial": []}, "initial is an empty list"),
        ({"times": (0, 40, 1)}, "is not \\(start, stop, points\\)"),
        ({"times": (4, 0, 10)}, "is not \\(start, stop, points\\)"),
        ({"times": [0, 1, 1]}, "two or more times that increase"),
        ({"solver": "lsoda"}, "solver='lsoda' is unknown; choose one of auto"),
        ({"noise": -1}, "noise cannot be negative"),
        ({"rtol": 0}, "tolerances not zero"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(NetworkError, match=message):
        simulate(network(DECAY), **arguments)


def test_a_network_without_initial_state_says_what_to_write():
    with pytest.raises(NetworkError, match="no initial concentrations of A, B; write 'init A = 1'"):
        simulate(network("A -> B @ 1"))


def test_the_global_precision_of_jax_is_left_alone():
    simulate(network(DECAY), times=(0, 1, 5))
    assert not jax.config.jax_enable_x64
