"""A small network is learned from data in seconds, stopped, resumed, and told what is known."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from crnsym.crnn.learn import train_crnn, train_networks
from crnsym.data.mechanism import Mechanism
from crnsym.errors import FitError
from crnsym.rounding.candidates import round_network
from crnsym.training.tasks import Tasks

from .conftest import simulate

QUICK = {"reactions": 2, "form": "tied", "restarts": 4, "epochs": 250}


@pytest.fixture(scope="module")
def learned(dimerisation):
    return train_networks(dimerisation, **QUICK)


def test_the_best_network_rounds_to_the_reactions_that_made_the_data(learned, dimerisation):
    fractional = learned.networks[0].fractional()
    candidate = round_network(fractional, data=dimerisation)[0]
    assert set(map(tuple, candidate.net_stoichiometry.tolist())) == {(-2, 1, 0), (0, -1, 1)}
    rates = dict(zip(map(tuple, candidate.reactants.tolist()), np.exp(candidate.log_rates), strict=True))
    assert rates[(2, 0, 0)] == pytest.approx(0.8, rel=0.1)
    assert rates[(0, 1, 0)] == pytest.approx(0.3, rel=0.1)


def test_networks_come_by_loss_and_the_best_is_at_the_noise(learned):
    losses = [network.loss for network in learned.networks]
    assert losses == sorted(losses)
    assert losses[0] < 1.2
    assert not learned.interrupted
    assert learned.networks[0].error < 0.02


def test_ctrl_c_leaves_networks_and_resume_gives_the_undisturbed_ones(dimerisation, learned, tmp_path):
    calls = []

    def stop(stage, fraction, best):
        calls.append(stage)
        if len(calls) == 5:
            raise KeyboardInterrupt

    options = dict(QUICK, checkpoint=tmp_path / "state")
    first = train_networks(dimerisation, **options, progress=stop)
    assert first.interrupted
    assert len(first.networks) == 4
    again = train_networks(dimerisation, **options, resume=True)
    assert [network.loss for network in again.networks] == [network.loss for network in learned.networks]


def test_groups_of_restarts_as_tasks_give_the_same_networks(dimerisation, tmp_path):
    options = dict(QUICK, restarts=8, epochs=15, polished=False)
    alone = train_networks(dimerisation, **options)
    with ThreadPoolExecutor(2) as executor:
        tasks = Tasks(executor, tmp_path)
        shared = train_networks(dimerisation, **options, executor=tasks)
    assert tasks.computed == 2
    assert [n.loss for n in shared.networks] == [n.loss for n in alone.networks]
    for a, b in zip(shared.networks, alone.networks, strict=True):
        np.testing.assert_array_equal(a.fractional().orders, b.fractional().orders)


def test_a_checkpoint_of_other_data_is_refused(dimerisation, tmp_path):
    options = {"reactions": 1, "form": "tied", "restarts": 1, "epochs": 1, "polished": False}
    train_networks(dimerisation, **options, checkpoint=tmp_path / "state")
    with pytest.raises(FitError, match="data ="):
        train_networks(dimerisation.select([0, 1]), **options, checkpoint=tmp_path / "state", resume=True)


def test_known_reactions_are_kept_and_their_rates_learned(dimerisation):
    known = Mechanism(("A", "B", "C"), np.array([[2, 0, 0], [0, 1, 0]]), np.array([[0, 1, 0], [0, 0, 1]]), np.zeros(2))
    best = train_crnn(dimerisation, reactions=2, form="tied", restarts=1, epochs=20, known=known)[0]
    np.testing.assert_array_equal(best.net_stoichiometry, known.net_stoichiometry)
    np.testing.assert_allclose(np.exp(best.log_rates), [0.8, 0.3], rtol=0.06)


def test_runs_at_several_temperatures_give_activation_energies():
    def field(c, temperature):
        rate = 0.3 * np.exp(-60e3 / 8.314462618 * (1 / temperature - 1 / 330.0)) * c[0]
        return [-rate, rate]

    temperatures = (315.0, 325.0, 335.0, 345.0)
    data = simulate(field, [(1.0, 0.0)] * 4, np.linspace(0, 8, 20), ("A", "B"), noise=0.01, temperatures=temperatures)
    known = Mechanism(("A", "B"), np.array([[1, 0]]), np.array([[0, 1]]), np.zeros(1))
    best = train_networks(data, reactions=1, form="tied", restarts=1, epochs=20, known=known).networks[0]
    assert best.activation_energies == pytest.approx([60e3], rel=0.03)
    assert float(best.network.reference) == pytest.approx(329.6, abs=0.2)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"form": "loose"}, "'loose' is not one of"), ({"reactions": 0}, "at least 1")],
)
def test_wrong_options_are_named(dimerisation, options, message):
    with pytest.raises(FitError, match=message):
        train_crnn(dimerisation, **options)


def test_known_reactions_about_other_species_are_refused(dimerisation):
    known = Mechanism(("X",), np.array([[1]]), np.array([[0]]), np.zeros(1))
    with pytest.raises(FitError, match="known reactions are about X"):
        train_crnn(dimerisation, known=known)
