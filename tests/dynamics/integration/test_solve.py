import re

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from crnsym import network, simulate
from crnsym.dynamics.integration import solve as solving
from crnsym.dynamics.integration.runs import largest
from crnsym.dynamics.integration.solve import solve
from crnsym.dynamics.integration.system import compile_system, slope
from crnsym.errors import SimulationError


def stiff_network(species, seed=0):
    """Random reactions whose constants span six decades."""
    rng = np.random.default_rng(seed)
    lines = []
    for _ in range(3 * species):
        a, b, c, d = rng.integers(0, species, 4)
        k = 10 ** rng.uniform(-3, 3)
        lines.append(f"X{a} + X{b} -> X{c} + X{d} @ {k}" if rng.uniform() < 0.5 else f"X{a} -> X{c} @ {k}")
    initial = ", ".join(f"X{i} = {rng.uniform(0.1, 2):.4f}" for i in range(species))
    return network("\n".join([*lines, f"init {initial}"]))


def problem(net):
    return compile_system(net), np.array([[float(net.initial.get(name, 0)) for name in net.species_names]])


LAWS = """
    A -> B @= 50*A^2.5/(0.1^2.5 + A^2.5)*(1 + sin(3*time)); B -> A @= hill(B, 20, 0.3, 2); A + B -> C @ 1e3
    C -> A + B @ 100; 0 -> A @= piecewise(1, B < 0.5, 2); C -> 0 @= sqrt(C); init A = 1, B = 0.2"""


@pytest.mark.parametrize("net", [stiff_network(6), stiff_network(40), network(LAWS)])
@pytest.mark.parametrize("multistep", [0, 10**6])
def test_both_implicit_methods_agree_with_radau(net, multistep, monkeypatch):
    monkeypatch.setattr(solving, "_MULTISTEP", multistep)
    system, states = problem(net)
    times = np.linspace(0, 3, 7)
    reference = solve_ivp(
        lambda t, y: slope(system, t, y), (0, 3), states[0], "Radau", times, rtol=1e-8, atol=1e-12
    ).y.T
    (found,) = solve(system, states, times, solver="implicit", rtol=1e-7, atol=np.array([1e-11]))
    assert found.problem == ""
    assert np.abs(found.values - reference).max() < 3e-6 * np.abs(reference).max()


@pytest.mark.parametrize("multistep", [0, 10**6])
def test_errors_follow_the_tolerance(multistep, monkeypatch):
    monkeypatch.setattr(solving, "_MULTISTEP", multistep)
    system, states = problem(stiff_network(10))
    times, errors = np.linspace(0, 3, 11), []
    reference = solve(system, states, times, solver="implicit", rtol=1e-11, atol=np.array([1e-15]))[0].values
    for rtol in (1e-4, 1e-6, 1e-8):
        found = solve(system, states, times, solver="implicit", rtol=rtol, atol=np.array([1e-6 * rtol]))[0].values
        errors.append(np.abs(found - reference).max())
        assert errors[-1] < 50 * rtol
    assert errors[2] < errors[1] < errors[0]


def test_conserved_totals_stay():
    net = network("A + B <-> C @ 1e4, 1; C -> A + D @ 100; D -> B @ 0.1; init A = 1, B = 2")
    data = simulate(net, (0, 100, 11), solver="implicit")
    values = {name: data.values[0][:, i] for i, name in enumerate(data.species)}
    np.testing.assert_allclose(values["A"] + values["C"], 1, rtol=1e-12)
    np.testing.assert_allclose(values["B"] + values["C"] + values["D"], 2, rtol=1e-12)


def diffusion(cells):
    right = "; ".join(f"X{i} <-> X{i + 1} @ 1e3, 1e3" for i in range(cells - 1))
    return network(right + f"; init X0 = 1, X{cells - 1} = 0")


def test_hundreds_of_species_are_solved_as_matrices_say():
    net = diffusion(400)
    data = simulate(net, (0, 20, 3), rtol=1e-7)
    laplacian = net.net_stoichiometry().astype(float) @ _rates_matrix(net)
    values, vectors = np.linalg.eigh(laplacian)
    start = vectors.T @ [float(net.initial.get(name, 0)) for name in net.species_names]
    expected = (vectors * np.exp(20 * values)) @ start
    np.testing.assert_allclose(data.values[0][-1], expected, atol=1e-8)


def _rates_matrix(net):
    index = net.species_index
    matrix = np.zeros((len(net.reactions), len(index)))
    for row, reaction in enumerate(net.reactions):
        matrix[row, index[next(iter(reaction.reactants))]] = 1000
    return matrix


def test_a_large_network_that_runs_to_infinity_says_where():
    net = network("; ".join([f"X{i} -> X{i + 1} @ 1" for i in range(60)] + ["2 Y -> 3 Y @ 1", "init X0 = 1, Y = 1"]))
    data = simulate(net, (0, 2, 5), initial=[{}, {"Y": 0.1}], solver="implicit")
    assert re.match(r"experiment '0' stopped at t = (1|0\.99999\d*) of 2: the steps became too small", data.remarks[0])
    np.testing.assert_array_equal(np.isfinite(data.values[0]).all(axis=1), [True, True, False, False, False])
    assert len(data.remarks) == 1
    assert np.isfinite(data.values[1]).all()


def test_a_horizon_is_never_cut_without_a_word(monkeypatch):
    monkeypatch.setattr(solving, "_MOST_STEPS", 100)
    net = network("X -> 2 X @ 1; X + Y -> 2 Y @ 1; Y -> 0 @ 1; init X = 1, Y = 0.3")
    data = simulate(net, (0, 1000, 101), initial=[{}, {"X": 0, "Y": 0}])
    assert "steps were not enough" in data.remarks[0]
    assert np.isnan(data.values[0][-1]).all()
    assert np.isfinite(data.values[1]).all()


def test_ctrl_c_keeps_what_there_is(monkeypatch):
    system, states = problem(diffusion(30))
    calls = []

    def interrupted(*arguments):
        if calls:
            raise KeyboardInterrupt
        calls.append(original(*arguments))

    original = solving.bdf
    monkeypatch.setattr(solving, "bdf", interrupted)
    (found,) = solve(system, states, np.linspace(0, 1e3, 1001), solver="implicit", atol=np.array([1e-14]))
    assert found.problem.endswith("interrupted")
    assert np.isfinite(found.values[0]).all()
    assert np.isnan(found.values[-1]).all()


def test_results_do_not_depend_on_the_other_runs():
    net = network("A -> B @ 0.04; 2 B -> B + C @ 3e7; B + C -> A + C @ 1e4")
    alone = simulate(net, (0, 100, 11), initial={"A": 2})
    among = simulate(net, (0, 100, 11), initial=[{"A": 1}, {"A": 2}, {"A": 1e-3}])
    np.testing.assert_array_equal(alone.values[0], among.values[1])


def test_a_rate_that_is_no_number_is_a_remark():
    data = simulate(network("A -> B @= log(A - 1)"), (0, 1, 3), initial=[{"A": 0.5}, {"A": 5}])
    assert len(data.remarks) == 1
    assert data.remarks[0].startswith("experiment '0' stopped at t = 0")


def test_simulation_needs_no_jax():
    import subprocess
    import sys

    code = (
        "import sys; from crnsym import network, simulate;"
        "simulate(network('A -> B @ 1; init A = 1'), (0, 1, 3)); assert 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", range(4))
def test_a_step_without_finite_errors_is_no_good_step_wherever_they_stand(bad, place):
    errors, state = np.full(4, 1e-12), np.ones(4)
    assert largest(errors, state, state, 1e-6, 1e-9) < 1e-5
    errors[place] = bad
    assert largest(errors, state, state, 1e-6, 1e-9) == np.inf
    later = state.copy()
    later[place] = bad
    assert largest(np.where(np.isfinite(errors), errors, np.nan), state, later, 1e-6, 1e-9) == np.inf


RESTING = {  # species that a long first step sends to infinity stand before one that it does not
    "three molecules": ("0 -> A @ 1e4; 3 A -> 0 @ 1; 0 -> Z @ 2; Z -> 0 @ 0.01", {"A": (1e4 / 3) ** (1 / 3), "Z": 200}),
    "four molecules": ("0 -> A @ 1e5; 4 A -> 0 @ 1; 0 -> Z @ 2; Z -> 0 @ 0.02", {"A": (1e5 / 4) ** 0.25, "Z": 100}),
    "an exponential": ("0 -> A @ 1; A -> 0 @= exp(A)/100; 0 -> Z @ 3; Z -> 0 @ 0.1", {"A": np.log(100), "Z": 30}),
    "a pair": ("0 -> A @ 50; 0 -> B @ 50; A + 2 B -> A + B @ 7; 2 A + B -> A + B @ 7; 0 -> Z @ 1; Z -> 0 @ 0.05", {}),
    "a chain": ("0 -> A @ 900; 2 A -> B @ 30; 2 B -> C @ 40; 2 C -> 0 @ 50; 0 -> Z @ 1; Z -> 0 @ 0.1", {}),
}


@pytest.mark.parametrize("kind", RESTING)
@pytest.mark.parametrize("solver", ["auto", "explicit", "implicit"])
def test_what_is_near_its_rest_is_not_sent_to_infinity_by_a_long_first_step(kind, solver):
    text, rest = RESTING[kind]
    net = network(text)
    net = net.with_initial({name: 1.0 for name in net.species_names})
    rest = rest or dict(zip(net.species_names, simulate(net, (0, 1e4, 2), rtol=1e-10).values[0][-1], strict=True))
    system, _ = problem(net)
    near = np.array([[rest[name] * (1 - 1e-7 if name != "Z" else 1 - 1e-4) for name in net.species_names]])
    (found,) = solve(system, near, np.array([0.0, 50.0]), solver=solver, rtol=1e-8, atol=np.array([1e-9]))
    assert found.problem == ""
    np.testing.assert_allclose(found.values[-1], [rest[name] for name in net.species_names], rtol=2e-4)


@pytest.mark.parametrize("amount", [1, 1e-6])
def test_a_relay_is_given_up_early(amount):
    """Where a law jumps at a level that it drives back to, no step is small enough."""
    net = network(f"0 -> A @= {3 * amount}*piecewise(1, A < {amount}, 0); A -> 0 @ 0.1; init A = 0")
    with pytest.raises(
        SimulationError, match=r"at t = .* [1-9]\d{5} steps were not enough; .* smooth a law that jumps"
    ):
        simulate(net, (0, 10, 11))
