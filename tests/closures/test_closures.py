"""Learned closures: exact where the equations close, better than what was known, and honest about their domain."""

import numpy as np
import pytest

from crnsym import (
    ClosureCourses,
    Snapshots,
    fit_closure,
    network,
    simulate_closure,
    simulate_lattice,
)
from crnsym.errors import DataError, FitError, NetworkError

from .fitted import contact, fitted

COUNTS = Snapshots(("A",), [0, 1], [[[5], [3]], [[5], [4]]], "counts")
QUICK = {"conditions": 8, "runs": 6, "steps": 0}


def test_what_the_pair_approximation_closes_exactly_is_left_alone():
    net = network("2 A -> 0 @ k; param k = 1; init A = 300")
    model = fit_closure(net, 400, (0, 3, 7), {"k": (0.5, 2)}, {"A": (100, 300)}, hops=0.0, **QUICK)
    times, rate, first = np.linspace(0, 3, 7), 0.8, 0.6
    exact = first * np.exp(-2 * first * (1 - np.exp(-rate * times)))
    pair, learned = (
        simulate_closure(model, times, {"A": 240}, {"k": rate}, closure=name).density()[:, 0]
        for name in ("pair approximation", "learned")
    )
    np.testing.assert_allclose(pair, exact, rtol=1e-3)
    np.testing.assert_allclose(learned, exact, rtol=0.02)


def test_equations_that_are_closed_need_no_learning():
    net = network("A -> B @ k; B -> A @ 0.5; param k = 1; init A = 20, B = 0")
    model = fit_closure(net, (8, 8), (0, 2, 5), {"k": (0.5, 2)}, {"A": (10, 40)}, hops=0.0, **QUICK)
    found = simulate_closure(model, (0, 2, 5), {"A": 30}, {"k": 1.5})
    np.testing.assert_allclose(found.counts()[:, 1], 22.5 * (1 - np.exp(-2 * found.times)), rtol=1e-3, atol=1e-9)
    np.testing.assert_allclose(found.counts().sum(axis=1), 30)


def test_one_model_is_nearer_than_pair_approximation_and_mean_field_at_rates_left_out():
    model = fitted()
    rows = model.scores["A"]
    assert np.median(rows["learned"]) < 0.8 * np.median(rows["pair approximation"]) < np.median(rows["mean field"])
    assert "nearer" not in repr(model)
    assert "birth 1.3 to 4" in repr(model)


def test_a_small_lattice_teaches_what_a_large_one_does():
    found = simulate_closure(fitted(), (0, 12, 13), {"A": 2000}, {"birth": 3.3}, shape=(80, 80))
    runs = simulate_lattice(contact().with_parameters(birth=3.3), (80, 80), (0, 12, 13), 6, 5, {"A": 2000}, hops=0.0)
    assert np.linalg.norm(found.counts()[:, 0] / runs.counts()[..., 0].mean(axis=0) - 1) < 0.12
    assert np.linalg.norm(found.nearest("A", "A") / runs.nearest("A", "A").mean(axis=0) - 1) < 0.2
    again = simulate_closure(fitted(), found.times, runs, {"birth": 3.3}, shape=(80, 80))
    np.testing.assert_allclose(again.counts(), found.counts(), rtol=0.03)


@pytest.mark.filterwarnings("error")
def test_several_rates_are_solved_together():
    each = simulate_closure(fitted(), (0, 6, 7), {"A": 100}, [{"birth": 2.0}, {"birth": 3.0}])
    alone = simulate_closure(fitted(), (0, 6, 7), {"A": 100}, {"birth": 3.0})
    assert isinstance(alone, ClosureCourses)
    np.testing.assert_allclose(each[1].values, alone.values, rtol=1e-6)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rates": {"birth": 9.0}}, "birth = 9 lies outside 1.3 to 4"),
        ({"times": (0, 14, 8)}, "14 is longer than the 12 of the training"),
        ({"initial": {"A": 1}}, "A starts with 0.00391 a site, outside 0.1"),
    ],
)
def test_what_lies_outside_the_training_is_said(changed, message):
    with pytest.warns(UserWarning, match=message):
        found = simulate_closure(fitted(), **{"times": (0, 12, 13), "initial": {"A": 100}, **changed})
    assert message in found.outside[0]


def test_destructive_snapshots_teach_as_movies_do():
    net, data = contact(), []
    for i, birth in enumerate((1.5, 2.0, 3.0, 4.0, 5.0)):
        runs = simulate_lattice(net.with_parameters(birth=birth), (16, 16), (0, 4, 5), 40, i, hops=0.0)
        apart = np.stack([runs.sites[t::5, t] for t in range(5)], axis=1)
        data.append(({"birth": birth}, Snapshots(("A",), runs.times, apart, same_runs=False)))
    model = fit_closure(net, hops=0.0, data=data, steps=0)
    assert model.domain.rates == {"birth": (1.5, 5.0)}
    assert model.domain.duration == 4.0
    found = simulate_closure(model, (0, 4, 5), {"A": 100}, {"birth": 3.0}).density()[-1, 0]
    truth = simulate_closure(fitted(), (0, 4, 5), {"A": 100}, {"birth": 3.0}).density()[-1, 0]
    assert found == pytest.approx(truth, rel=0.1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rates": {"death": (1, 2)}}, NetworkError, "death is no parameter of the rates; there are birth"),
        ({"rates": {"birth": (2, 1)}}, NetworkError, r"birth = \(2, 1\); give a number, or a range"),
        ({"rates": {"birth": (0, 1)}}, NetworkError, "give positive ones"),
        ({"rates": [1]}, NetworkError, "rates is a list"),
        ({"initial": {"B": 3}}, NetworkError, "B is no species of the network; there are A"),
        ({"initial": {"A": (1, 900)}}, NetworkError, "room for 0 to 64 molecules"),
        ({"initial": {"A": "many"}}, NetworkError, "A = 'many'; give a number"),
        ({"conditions": 2}, FitError, "conditions=2"),
        ({"data": [({"birth": 1}, None)]}, FitError, "four or more pairs"),
        ({"data": [({"birth": 1}, None)] * 4}, NetworkError, "expected runs or snapshots of a lattice, got NoneType"),
        (
            {"data": [({"birth": 1}, Snapshots(("A",), [0, 1], [[[5], [3]], [[5], [4]]], "counts"))] * 4},
            DataError,
            "expected lattice runs",
        ),
    ],
)
def test_bad_arguments_are_one_clear_line(arguments, error, message):
    with pytest.raises((error, NetworkError), match=message) as caught:
        fit_closure(contact(), **{"shape": (8, 8), "initial": {"A": 30}, **arguments})
    assert "\n" not in str(caught.value)


def test_bad_predictions_are_refused():
    with pytest.raises(NetworkError, match="closure='best' is unknown"):
        simulate_closure(fitted(), (0, 1, 2), closure="best")
    with pytest.raises(NetworkError, match="A = -3; give a number of molecules"):
        simulate_closure(fitted(), (0, 1, 2), {"A": -3})
    with pytest.raises(NetworkError, match="lattices of 2 dimensions"):
        simulate_closure(fitted(), (0, 1, 2), shape=100)
    with pytest.raises(NetworkError, match="expected a closure from fit_closure, got str"):
        simulate_closure("model", (0, 1, 2))
