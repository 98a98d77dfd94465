"""Courses freed of what is not reaction: exact laws, weak rows and dilution on simulated vessels."""

from dataclasses import replace

import numpy as np
import pytest

import crnsym as cs
from crnsym.data.laws import mine_laws
from crnsym.data.noise import NoiseModel, estimate_noise
from crnsym.data.operation.courses import between_jumps, pieces, without_reaction
from crnsym.data.smoothing import smooth
from crnsym.regression.weak_form import weak_form

NETWORK = cs.network("A + B -> C @ 0.4; C -> D @ 0.1; init A = 2, B = 0.3")
OPERATION = cs.Operation(1.0).feed(0, 9, flow=0.1, contents={"B": 2.0}).add(12.1, 0.5, {"A": 1.0, "C": 0.2})
LAWS = np.array([[1, -1, 0, 0], [1, 0, 1, 1]])


@pytest.fixture(scope="module")
def data():
    return cs.simulate(NETWORK, (0, 30, 61), operation=OPERATION)


def test_laws_hold_for_what_reaction_makes(data):
    parts = pieces(data, data.values)
    assert [len(part.times) for part in parts] == [25, 36]
    for part in parts:
        assert np.ptp(part.gained @ LAWS.T, axis=0) == pytest.approx([0, 0], abs=2e-4)
        assert np.ptp(data.values[0] @ LAWS.T, axis=0).min() > 0.2


def test_laws_are_found_in_a_fed_vessel_with_noise():
    data = cs.simulate(NETWORK, (0, 30, 61), operation=OPERATION, initial=[{}, {"A": 1.0}], noise=0.01, seed=1)
    found = mine_laws(data, noise := estimate_noise(data), smooth(data, noise))[-1]
    assert np.linalg.matrix_rank(np.vstack([found, LAWS])) == np.linalg.matrix_rank(found) == 2
    assert not mine_laws(replace(data, operation=None), noise, smooth(data, noise))


def test_the_weak_form_holds_across_feeds_and_between_additions(data):
    complexes = np.array([[1, 1, 0, 0], [0, 0, 1, 0]])
    form = weak_form(data, NoiseModel(np.zeros(4), np.full(4, 0.01)), list(data.values), complexes)
    theta = np.array([[-0.4, -0.4, 0.4, 0], [0, 0, -0.1, 0.1]])
    assert np.abs(form.left - form.right @ theta).max() < 0.01 * np.abs(form.left).max()


def test_sums_that_reactions_keep_follow_from_the_operation_alone(data):
    share, came = without_reaction(data, 0)
    expected = share[:, None] * data.values[0][0] + came
    assert data.values[0] @ LAWS.T == pytest.approx(expected @ LAWS.T, abs=1e-7)
    share, came = without_reaction(replace(data, operation=None), 0)
    assert share.min() == 1.0
    assert not came.any()


def test_without_any_reaction_the_operation_is_all_there_is():
    tank = cs.Operation(2.0).stirred(3.0, {"A": 2.0}, until=5).withdraw(6, 8, flow=0.3).add(7, 0.5, {"B": 1.0})
    still = cs.network("A -> B @ 0; init A = 1, B = 0.4")
    run = cs.simulate(still, (0, 12, 25), operation=tank)
    share, came = without_reaction(run, 0)
    assert share[:, None] * run.values[0][0] + came == pytest.approx(run.values[0], abs=1e-7)


def test_noise_is_looked_for_between_additions():
    jumping = cs.Operation(1.0).add(5, contents={"A": 3}).add(10, contents={"A": 3}).add(15, contents={"A": 3})
    run = cs.simulate(cs.network("A -> B @ 0.3; init A = 3"), (0, 20, 41), operation=jumping)
    values = run.values[0] + 0.01 * np.random.default_rng(0).standard_normal(run.values[0].shape)
    noise = estimate_noise(replace(run, values=(values,)), "absolute")
    assert noise.absolute == pytest.approx([0.01, 0.01], rel=0.4)
    assert len(between_jumps(run)) == 4
