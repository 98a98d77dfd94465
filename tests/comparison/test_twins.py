"""A reaction is told from its twin of lower order only where the amounts vary between the runs."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.given import given_mechanism
from crnsym.comparison.twins import Twin, lower_order_twins
from crnsym.data.noise import estimate_noise
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import fit_mechanism
from crnsym.refit.problem import fit_problem


def twins(text: str, starts: list[dict[str, float]], noise: float = 0.01) -> list[Twin]:
    net = cs.network(text)
    data: Trajectories = cs.simulate(net, times=(0, 6, 20), initial=starts, noise=noise, seed=1)
    model = estimate_noise(data)
    problem = fit_problem(data, model, smooth(data, model))
    return lower_order_twins(fit_mechanism(given_mechanism(net, data), problem))


@pytest.mark.parametrize(
    ("text", "starts", "replaced", "reaction", "amount"),
    [
        ("A + E -> B + E @ 0.5", [{"A": 1, "E": 0.8}, {"A": 0.4, "E": 0.8}], {"A + E -> B + E"}, "A -> B", "E"),
        ("2 E + A -> B + 2 E @ 0.6", [{"A": 1, "E": 0.9}], {"A + 2 E -> B + 2 E"}, "A + E -> B + E", "E"),
        (
            "2 A -> A + B @ 0.4; A + B -> 2 B @ 0.4",
            [{"A": 1.0}, {"A": 0.7, "B": 0.3}],
            {"2 A -> A + B", "A + B -> 2 B"},
            "A -> B",
            "A + B",
        ),
        (
            "A + E -> C + E @ 0.5; C -> D @ 0.3",
            [{"A": 1, "E": 2.0}, {"A": 2, "C": 1, "E": 2.0}],
            {"A + E -> C + E"},
            "A -> C",
            "E",
        ),
        ("2 B + E -> D + E @ 0.5", [{"B": 1, "E": 1.0}, {"B": 2, "E": 1.0}], {"2 B + E -> D + E"}, "2 B -> D", "E"),
    ],
)
def test_the_twin_and_the_amount_to_vary_are_named(
    text: str, starts: list[dict[str, float]], replaced: set[str], reaction: str, amount: str
) -> None:
    found = twins(text, starts)
    assert any(set(t.replaced) == replaced and t.reaction == reaction and t.amount == amount for t in found)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("A + E -> B + E @ 0.5", [{"A": 1, "E": 0.4}, {"A": 1, "E": 1.2}]),
        ("2 A -> A + B @ 0.4; A + B -> 2 B @ 0.4", [{"A": 1.0}, {"A": 1.0, "B": 1.5}]),
        ("A + B -> C @ 0.5", [{"A": 1.0, "B": 0.7}]),
        ("2 A -> B @ 0.5", [{"A": 1.0}, {"A": 0.5}]),
        ("A -> B @ 0.5; B -> C @ 0.2", [{"A": 1.0}]),
    ],
)
def test_runs_that_vary_the_amount_leave_no_twin(text: str, starts: list[dict[str, float]]) -> None:
    assert twins(text, starts) == []


def test_a_twin_reads_as_advice() -> None:
    told = str(Twin(("A + E -> B + E",), "A -> B", "E"))
    assert told.endswith("add a run with another amount of E")
    assert "A -> B fits as well in place of A + E -> B + E" in told


def test_a_twin_is_found_in_other_units() -> None:
    found = twins("A + E -> B + E @ 5e5", [{"A": 1e-6, "E": 8e-7}, {"A": 4e-7, "E": 8e-7}])
    assert [t.reaction for t in found] == ["A -> B"]
    assert np.all([t.amount == "E" for t in found])
