"""What must not change an answer: the order of columns and runs, and how busy the machine is."""

import time
from dataclasses import replace

import numpy as np
import pytest

import crnsym
from crnsym.comparison.describe import reaction_texts
from tests.benchmarks.problems import parse
from tests.engine import columns_of, measured

NETWORKS = {
    "reversible dimer": ["2 A -> B @ 0.8", "B -> 2 A @ 0.3", "B -> C @ 0.4"],
    "binding and decay": ["A + B -> C @ 0.9", "C -> A + D @ 0.35"],
}


def sides(text):
    """Reactants and products as sets, whatever the order in which they are written."""
    left, right = text.split("->")
    return tuple(frozenset(side.strip().split(" + ")) for side in (left, right))


def answer(data):
    """Reactions and rates of the best mechanism."""
    best = crnsym.discover(data, time_budget=300).candidates[0]
    return dict(zip(map(sides, reaction_texts(best.mechanism)), np.exp(best.mechanism.log_rates), strict=True))


@pytest.fixture(scope="module", params=NETWORKS)
def found(request):
    data = measured(parse(NETWORKS[request.param]), runs=4, points=20, seed=1)
    return data, answer(data)


def test_the_order_of_the_columns_changes_nothing(found):
    data, before = found
    after = answer(columns_of(data, data.species[::-1]))
    assert after.keys() == before.keys()
    assert [after[key] for key in before] == pytest.approx(list(before.values()), rel=1e-3)


def test_the_order_of_the_runs_changes_nothing(found):
    data, before = found
    order = [2, 0, 3, 1]
    turned = replace(
        data,
        experiments=tuple(data.experiments[i] for i in order),
        times=tuple(data.times[i] for i in order),
        values=tuple(data.values[i] for i in order),
    )
    after = answer(turned)
    assert after.keys() == before.keys()
    assert [after[key] for key in before] == pytest.approx(list(before.values()), rel=1e-3)


def test_a_busy_machine_changes_nothing(found, monkeypatch):
    data, before = found
    clock = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: 15.0 * clock())  # everything takes fifteen times as long
    assert answer(data) == before
