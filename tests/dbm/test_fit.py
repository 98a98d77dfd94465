import pickle

import numpy as np
import pytest

from crnsym import closure, diagnose, report_dbm, simulate_lattice
from crnsym.dbm.composition.simulate import simulate_dbm
from crnsym.dbm.fit import fit_dbm
from crnsym.errors import DataError, FitError, NetworkError

from .fitted import fitted, snapshots, system


def relative(found, wanted):
    return np.linalg.norm(found - wanted) / np.linalg.norm(wanted)


def test_the_closed_model_follows_the_runs_it_was_fitted_to():
    model = fitted()
    assert model.scores["A"] < 0.15
    assert model.scores["B"] < 0.15
    assert "CompositionDBM of A, B on 12x12" in repr(model)


def test_a_model_can_be_stored():
    again = pickle.loads(pickle.dumps(fitted()))
    options = {"times": np.array([0.0, 3.0]), "particles": 10}
    np.testing.assert_array_equal(again.ensemble(**options), fitted().ensemble(**options))


def test_sampled_lattices_have_the_moments_of_a_new_composition():
    new = {"A": 45, "B": 12}
    truth = simulate_lattice(system(), (12, 12), (0, 6, 5), 60, 9, new)
    found = simulate_dbm(fitted(), (0, 6, 5), 60, new, sweeps=30, seed=1)
    assert found.sites.shape == (60, 5, 12, 12)
    assert (found.counts()[:, 0] == [45, 12]).all()
    for species, limit in ((0, 0.15), (1, 0.3)):
        assert relative(found.counts()[..., species].mean(0), truth.counts()[..., species].mean(0)) < limit
    assert relative(found.nearest("A", "A").mean(0), truth.nearest("A", "A").mean(0)) < 0.3
    ratio = found.counts()[:, 1:].std(0).mean(0) / truth.counts()[:, 1:].std(0).mean(0)
    assert (ratio > 0.5).all()
    assert (ratio < 1.8).all()


def test_pairs_of_sampled_lattices_are_those_of_the_ensemble():
    model = fitted()
    found = simulate_dbm(model, (0, 6, 4), 100, sweeps=40, seed=2)
    ensemble = model.ensemble(found.times, None, 2)
    assert relative(found.nearest("A", "A").mean(0), ensemble[..., 2].mean(0)) < 0.1
    assert found.couplings.shape == (4, 6)


def test_the_same_seed_gives_the_same_lattices_from_random_and_from_given_starts():
    model, options = fitted(), {"times": (0, 6, 3), "runs": 5, "sweeps": 3, "seed": 4}
    one, other = simulate_dbm(model, **options), simulate_dbm(model, **options)
    np.testing.assert_array_equal(one.sites, other.sites)
    given = simulate_dbm(model, start=snapshots()[0], couplings=one.couplings, **options)
    np.testing.assert_array_equal(given.counts(), one.counts())
    assert given.start == "data"
    assert (given.sites != one.sites).any()


def test_boxes_and_any_number_of_species_can_be_fitted():
    data = np.random.default_rng(0).integers(0, 4, size=(4, 4, 5, 5, 5))
    model = fit_dbm(data, steps=0)
    found = simulate_dbm(model, runs=3, sweeps=1)
    assert found.sites.shape == (3, 4, 5, 5, 5)
    assert len(model.kernel.pairs) == 12


def test_on_a_walled_chain_species_that_die_out_stay_away():
    rng = np.random.default_rng(1)
    data = np.zeros((10, 12, 30), dtype=int)
    data[:, :5] = rng.integers(0, 2, size=(10, 5, 30))
    data[:, 5:8, 0] = 1
    model = fit_dbm(data, periodic=False, steps=0)
    assert not simulate_dbm(model, runs=3, sweeps=1).periodic
    with pytest.warns(UserWarning, match="fitted to a single initial condition"):
        without = simulate_dbm(model, runs=10, sweeps=1, initial={"X1": 0})
    assert (without.counts() == 0).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"initial": {"A": 140, "B": 9}}, "149 molecules do not fit on the 144 sites"),
        ({"initial": {"A": -1}}, "A=-1: give a whole number"),
        ({"initial": {"A": 1.5}}, "A=1.5: give a whole number"),
        ({"initial": {"Z": 1}}, "Z is no species"),
        ({"initial": {"A": "many"}}, "initial: A='many': give a whole number"),
        ({"initial": 0.5}, r"initial=0.5: give the number of an initial condition, molecules by name"),
        ({"initial": "A"}, "initial='A': give the number of an initial condition"),
        ({"times": [0, 1e6]}, "more than 20000; it was fitted to"),
        ({"times": "0:6:3"}, "times='0:6:3': times must be"),
        ({"runs": None}, "runs=None: give a whole number of 1 or more"),
        ({"seed": 0.5}, "seed=0.5: give a whole number from 0"),
        ({"initial": 7}, "there are 2 initial conditions"),
        ({"times": [3, 1]}, "two or more times that increase"),
        ({"runs": 0}, "runs=0"),
        ({"start": "magic"}, "start='magic' is unknown"),
        ({"start": np.zeros((2, 2, 9, 9), dtype=int) + 1}, "another lattice"),
        ({"initial": np.zeros((2, 2, 9, 9), dtype=int) + 1}, "another lattice"),
    ],
)
def test_bad_arguments_of_a_simulation_are_one_clear_line(options, message):
    with pytest.raises(NetworkError, match=message) as caught:
        simulate_dbm(fitted(), **{"times": (0, 6, 3), "runs": 2, "sweeps": 1, **options})
    assert "\n" not in str(caught.value)


def test_what_is_no_model_is_refused():
    for verb in (lambda: simulate_dbm(None), lambda: closure(None), lambda: diagnose(None, None)):
        with pytest.raises(NetworkError, match=r"model is a NoneType; fit one to snapshots by fit_dbm"):
            verb()
    with pytest.raises(NetworkError, match="model is a Network"):
        report_dbm(system(), snapshots()[0], "page.html")
    with pytest.raises(NetworkError, match="network is a str"):
        closure(fitted(), network="A -> B @ 1")
    with pytest.raises(FitError, match="sweeps='ten': give two or more increasing whole numbers"):
        diagnose(fitted(), snapshots()[0], sweeps="ten")


def test_bad_arguments_of_a_fit_are_refused():
    with pytest.raises(FitError, match="steps=-1"):
        fit_dbm(snapshots()[0], steps=-1)
    with pytest.raises(NetworkError, match="smaller than its kernel"):
        fit_dbm(np.ones((2, 2, 4, 4), dtype=int))
    with pytest.raises(DataError, match="not a whole number"):
        fit_dbm(np.full((2, 2, 9, 9), 0.5))
