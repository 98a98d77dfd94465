"""Learning from snapshots, and the published machine from its published parameters."""

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from crnsym import LatticeRuns, network, simulate_lattice
from crnsym.dbm.dynamics import DynamicBoltzmann
from crnsym.dbm.equilibrium import diagnose_machine
from crnsym.dbm.matched import train_matched
from crnsym.dbm.matching import ShortRuns, match_moments
from crnsym.dbm.model import Layers, independent_start
from crnsym.dbm.natural import train_natural
from crnsym.dbm.observables import Observables, neighbour_moments
from crnsym.dbm.rhs.hashed import HashedElements
from crnsym.dbm.rhs.polynomial import Polynomial
from crnsym.dbm.sampling import Chains
from crnsym.dbm.wake_sleep import WakeSleep, train_wake_sleep
from crnsym.errors import DataError, FitError
from tests.benchmarks.closure import EXPECTED, FITTED, PUBLISHED
from tests.dbm.centring import centring_matrix

SIDE = 12
LAYERS = Layers(("A",), (SIDE, SIDE), (1,))


def relative(found, wanted):
    return float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))


@pytest.fixture(scope="module")
def decay():
    """Molecules that annihilate where they meet: fewer, and fewer neighbours than by chance."""
    net = network("A -> 0 @ 0.03; 2 A -> 0 @ 0.05; init A = 100")
    return simulate_lattice(net, (SIDE, SIDE), (0, 20, 21), 40, 1)


def test_the_published_parameters_give_the_published_moments_after_ten_sweeps_only():
    layers = Layers(("P", "H"), (40, 40), (2, 2), "diagonal")
    moments, _ = ShortRuns(layers, FITTED, 64, 10, seed=1).curve(PUBLISHED)
    for name, expected in EXPECTED.items():
        np.testing.assert_allclose(moments[:, FITTED.names.index(name)], expected, rtol=0.08)
    late = ShortRuns(layers, FITTED, 8, 1000, seed=1)
    for k in (7, 8, 9):
        assert abs(late.moments(PUBLISHED[k], k)[0] / EXPECTED["P"][k] - 1) > 0.5


def test_pairs_are_those_that_the_simulation_counts(decay):
    found = neighbour_moments(("A",), (SIDE, SIDE)).of_runs(decay)
    np.testing.assert_array_equal(found[..., 0], decay.counts()[..., 0])
    np.testing.assert_array_equal(found[..., 1], decay.nearest("A", "A"))
    np.testing.assert_array_equal(found[..., 2], decay.next_nearest("A", "A"))
    with pytest.raises(DataError, match="A and B"):
        Observables(("A",), (9, 9), {"AB": ("A", "B", [(0, 1)])})


def test_matching_finds_parameters_with_the_given_moments():
    observables = neighbour_moments(("A",), (SIDE, SIDE))
    sampler = ShortRuns(LAYERS, observables, chains=60, seed=1)
    truth = np.array([[-0.8, 0.2, 0.3], [-1.0, 0.2, 0.5], [-1.2, 0.1, 0.7]])
    targets, spread = replace(sampler, chains=400, seed=5).curve(truth)
    found = match_moments(sampler, targets, np.array([-0.8, 0.0, 0.0]), tolerance=0.005)
    again, _ = replace(sampler, chains=400, seed=9).curve(found)
    assert (np.abs(again - targets) < 4 * spread * np.sqrt(1 / 400 + 1 / 400 + 1 / 60)).all()


def test_matched_machines_follow_the_moments_and_training_goes_on_from_a_checkpoint(decay, tmp_path, monkeypatch):
    file = tmp_path / "matched.bin"
    model = train_matched(decay, LAYERS, chains=16, every=2, rounds=1, iterations=600, seed=2, checkpoint=file)
    observables = neighbour_moments(("A",), (SIDE, SIDE))
    wanted = observables.of_runs(decay).mean(axis=0)
    found, _ = ShortRuns(LAYERS, observables, 100, 10, 7).curve(model.at(decay.times))
    scores = np.linalg.norm(found - wanted, axis=0) / np.linalg.norm(wanted, axis=0)
    assert scores[0] < 0.06
    assert (scores < 0.15).all()
    calls = []
    monkeypatch.setattr("crnsym.dbm.matched.match_moments", lambda *a, **k: calls.append(a))
    monkeypatch.setattr("crnsym.dbm.continuation.learn_slopes", lambda *a, **k: (_ for _ in ()).throw(InterruptedError))
    with pytest.raises(InterruptedError):  # every time is done already
        train_matched(decay, LAYERS, chains=16, every=2, seed=2, checkpoint=file, resume=True)
    assert not calls
    with pytest.raises(FitError, match="another problem"):
        train_matched(decay, LAYERS, chains=16, every=2, seed=3, checkpoint=file, resume=True)


def test_natural_wake_sleep_learns_numbers_and_attraction(tmp_path):
    truth = np.array([[-2.5, -2.5, 1.2 - 0.02 * t] for t in range(11)])
    sites = np.stack([Chains(LAYERS, 80, 1, t).run(theta, 10).lattices() for t, theta in enumerate(truth)], axis=1)
    runs = LatticeRuns(("A",), np.arange(0, 22, 2.0), sites, True, np.arange(80), (), 0, 1)
    options = {"chains": 64, "updates": 6, "rounds": 1, "iterations": 600, "seed": 2, "checkpoint": tmp_path / "n.bin"}
    model = train_natural(runs, LAYERS, **options)
    observables = neighbour_moments(("A",), (SIDE, SIDE))
    wanted = observables.of_runs(runs).mean(axis=0)
    by_chance = 2 * wanted[:, 0] ** 2 / SIDE**2
    assert relative(by_chance, wanted[:, 1]) > 0.15
    found, _ = ShortRuns(LAYERS, observables, 200, 10, 7).curve(model.at(runs.times))
    assert relative(found[:, 0], wanted[:, 0]) < 0.05
    assert relative(found[:, 1], wanted[:, 1]) < 0.1
    with pytest.raises(FitError, match="another problem"):
        train_natural(runs, LAYERS, resume=True, **{**options, "seed": 3})
    with pytest.raises(FitError, match="needs a hidden layer"):
        train_natural(runs, Layers(("A",), (SIDE, SIDE)))


def decaying(decay, rhs=None, coordinates=None):
    start = independent_start(LAYERS, decay.counts().mean(axis=0)[0] / SIDE**2)
    coordinates = np.eye(3) if coordinates is None else coordinates
    with jax.enable_x64(True):
        rhs = rhs or HashedElements((0, 2), 3, coordinates[[0, 2]] @ start - 0.05, 0.1, capacity=16)
        return DynamicBoltzmann(LAYERS, jnp.asarray(coordinates @ start), rhs, coordinates, method="euler")


def density_error(model, decay):
    observables = Observables(("A",), (SIDE, SIDE))
    found, _ = ShortRuns(LAYERS, observables, 60, 10, 3).curve(model.at(decay.times))
    wanted = decay.counts().mean(axis=0)
    return relative(found, wanted)


def test_a_sliding_window_learns_and_goes_on_from_a_checkpoint(decay, tmp_path):
    options = WakeSleep("sliding", window=5, updates=6, batch=20, chains=20, sweeps=5, rate=0.05)
    before = decaying(decay)
    model = train_wake_sleep(before, decay, options)
    assert density_error(model, decay) < 0.18 < 0.3 < density_error(before, decay)

    def stop(stage, fraction, best):
        if fraction > 0.5:
            raise KeyboardInterrupt

    file = tmp_path / "state.bin"
    train_wake_sleep(before, decay, options, checkpoint=file)
    whole = file.read_bytes()
    train_wake_sleep(before, decay, options, progress=stop, checkpoint=file)
    assert file.read_bytes() != whole
    resumed = train_wake_sleep(before, decay, options, checkpoint=file, resume=True)
    np.testing.assert_array_equal(resumed.at(decay.times), model.at(decay.times))
    with pytest.raises(FitError, match="was written with options"):
        train_wake_sleep(before, decay, replace(options, seed=8), checkpoint=file, resume=True)


@pytest.mark.parametrize("start", ["persistent", "data"])
def test_a_growing_horizon_learns_in_centred_coordinates_from_any_start(decay, start):
    centred = centring_matrix(LAYERS, np.array([0.3, 0.5]))
    with jax.enable_x64(True):
        rhs = Polynomial((0, 1, 2), 3, degree=1)
    options = WakeSleep("growing", window=6, updates=8, last=40, start=start, rate=3e-3, optimiser="adam", sweeps=5)
    model = train_wake_sleep(decaying(decay, rhs, centred), decay, options)
    assert density_error(model, decay) < 0.2


def test_parameters_between_steps_lie_on_the_solution():
    with jax.enable_x64(True):
        rhs = eqx.tree_at(lambda p: p.coefficients, Polynomial((0,), 3, 1), jnp.array([[0.0] * 3, [-0.1, 0.2, 0]]))
        model = DynamicBoltzmann(LAYERS, jnp.ones(3), rhs, np.eye(3), time=2.0, step=1.0)
    found = model.at([2.0, 3.3, 9.0])
    np.testing.assert_allclose(found[:, 0], np.exp(-0.1 * np.array([0, 1.3, 7])), atol=1e-5)
    with pytest.raises(FitError, match="starts at 2"):
        model.at([1.0])


def test_snapshots_and_options_that_do_not_fit_are_refused(decay):
    model = decaying(decay)
    with pytest.raises(DataError, match="do not fit the machine"):
        train_wake_sleep(model, replace(decay, sites=decay.sites[:, :, 1:]), WakeSleep("sliding"))
    with pytest.raises(DataError, match="walls"):
        train_wake_sleep(model, replace(decay, periodic=False), WakeSleep("sliding"))
    with pytest.raises(DataError, match="walls"):
        train_matched(replace(decay, periodic=False))
    with pytest.raises(DataError, match="equally spaced"):
        train_wake_sleep(model, replace(decay, times=decay.times**2), WakeSleep("sliding"))
    with pytest.raises(DataError, match="at least 8"):
        train_matched(decay, every=10)
    with pytest.raises(FitError, match="hashed elements"):
        train_wake_sleep(model, decay, WakeSleep("growing"))
    with pytest.raises(FitError, match="schedule='jumping'"):
        WakeSleep("jumping")
    wild = WakeSleep("growing", updates=3, batch=5, chains=5, sweeps=1, rate=1e200)
    with pytest.raises(FitError, match="run away; take a smaller rate"):
        train_wake_sleep(decaying(decay, Polynomial((0,), 3, 2)), decay, wild)


def test_the_published_machine_is_called_a_sampler_where_sweeps_change_it():
    layers = Layers(("P", "H"), (40, 40), (2, 2), "diagonal")
    data = simulate_lattice(network("P -> 0 @ 0; H -> 0 @ 0; init P = 400, H = 200"), (40, 40), [0, 1], 8, hops=0)
    verdicts = []
    for k in (1, 8):
        with jax.enable_x64(True):
            model = DynamicBoltzmann(layers, jnp.asarray(PUBLISHED[k]), Polynomial((0,), 10, 0), np.eye(10))
        verdicts.append(diagnose_machine(model, data, [0.0], sweeps=(10, 300), chains=12))
    assert "sampler, not an equilibrium" not in str(verdicts[0]).split("\n")[-1]
    assert verdicts[1].change(10).max() > 0.5
    assert "not an equilibrium" in str(verdicts[1])
    with pytest.raises(DataError, match="no snapshots at t = 7"):
        diagnose_machine(model, data, [7.0])
