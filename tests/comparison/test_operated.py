"""Given networks on runs of a vessel that was operated."""

from dataclasses import replace

import pytest

import crnsym as cs
from crnsym.errors import DataError

FED = cs.Operation(1.0).feed(0, 15, flow=0.1, contents={"B": 2.0}).add(25, 0.4, {"A": 1.5})
TRUE = cs.network("A + B -> C @ 0.1; init A = 2")
WRONG = cs.network("A + B -> C @ 0.1; B -> C @ 0.01; A -> B @ 0.01")


def measured(noise=0.01):
    clean = cs.simulate(TRUE, (0, 50, 21), operation=FED, noise=noise, seed=3)
    return cs.Trajectories(clean.species, clean.experiments, clean.times, clean.values)


def test_the_feed_in_a_table_makes_the_true_mechanism_the_best():
    table = {
        "operation": ["start", "feed", "add"],
        "time": [None, 0, 25],
        "until": [None, 15, None],
        "volume": [1, None, 0.4],
        "flow": [None, 0.1, None],
        "A": [None, None, 1.5],
        "B": [None, 2, None],
    }
    found = cs.compare([TRUE, WRONG], measured(), operation=table, seed=0)
    assert found[0].name == "network 1"
    (rate,) = found[0].rates.values()
    assert rate == pytest.approx(0.1, rel=0.03)
    without = cs.compare([TRUE], measured(), seed=0)
    assert without[0].fit.reduced > 20 * found[0].fit.reduced


def test_what_is_fed_need_not_be_measured():
    data = measured()
    keep = [0, 2]
    part = cs.Trajectories(("A", "C"), data.experiments, data.times, tuple(v[:, keep] for v in data.values))
    network = cs.network("A + B -> C @= k*A*B; param k = 0.3; init B = 0")
    found = cs.compare([network], part, operation=FED, seed=0)
    assert found[0].rates["k"] == pytest.approx(0.1, rel=0.05)


def test_data_of_a_simulation_bring_their_operation():
    clean = cs.simulate(TRUE, (0, 50, 21), operation=FED, noise=0.01, seed=4)
    (rate,) = cs.compare([TRUE], clean, seed=0)[0].rates.values()
    assert rate == pytest.approx(0.1, rel=0.03)


def test_an_operation_of_other_experiments_or_species_is_refused():
    with pytest.raises(DataError, match="experiment 'x' is not in the data"):
        cs.compare([TRUE], measured(), operation={"x": FED})
    with pytest.raises(DataError, match="'Q' is no species"):
        cs.compare([TRUE], measured(), operation=cs.Operation().add(3, contents={"Q": 1}))


def test_the_next_experiment_of_fed_runs_is_one_in_a_closed_vessel_with_what_was_fed():
    found = cs.compare([TRUE, cs.network("A + 2 B -> B + C @ 0.1")], measured(), operation=FED)
    even = replace(found, candidates=tuple(replace(c, weight=0.5) for c in found))
    proposal = cs.next_experiment(even, samples=5)
    assert str(proposal).startswith("In a closed vessel, without feeds, start with ")
    assert proposal.start["B"] > 0.0
    largest = max(v[:, 1].max() for v in found.data.values)
    assert proposal.start["B"] <= largest
