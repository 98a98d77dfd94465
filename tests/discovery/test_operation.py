"""Mechanisms found from vessels that are fed, topped up or flowed through, with the operation told."""

from dataclasses import replace

import pytest

import crnsym as cs
from crnsym.comparison.certainty import Standing
from crnsym.errors import UnsupportedError
from tests.benchmarks.operation import CASES, judged


def strip(data):
    return replace(data, operation=None)


@pytest.mark.parametrize(
    "name", ["semibatch, two additions", "stirred tank", "stirred tank at rest", "plug flow", "temperature programs"]
)
def test_cases_of_the_benchmark_are_found(name):
    data, told = CASES[name].make(77)
    found = cs.discover(data, seed=0, **told)
    right, error = judged(found, cs.network(CASES[name].network))
    assert right
    assert error < 0.03
    assert Standing.of(found.candidates).rivals == ()  # whether something happens beside may stay open


def test_a_fed_batch_is_found_with_its_feed():
    feed = cs.Operation(1.0).feed(0, 15, flow=0.1, contents={"B": 2.0})
    data = strip(cs.simulate(cs.network("A + B -> C @ 0.1; init A = 2"), (0, 50, 16), operation=feed, noise=0.01))
    found = cs.discover(data, operation=feed, seed=0, hidden=0, max_order=2)
    assert found[0].reactions == ["A + B -> C"]
    assert list(found[0].rates.values()) == pytest.approx([0.1], rel=0.03)


def test_an_answer_keeps_its_operation_when_it_is_saved(tmp_path):
    feed = cs.Operation(1.0).feed(0, 15, flow=0.1, contents={"B": 2.0}).withdraw(20, volume=0.3)
    data = cs.simulate(cs.network("A + B -> C @ 0.1; init A = 2"), (0, 50, 16), operation=feed, noise=0.01)
    found = cs.compare([cs.network("A + B -> C @ 0.1")], data)
    found.save(tmp_path / "found.json")
    again = cs.load_discovery(tmp_path / "found.json")
    assert again.data.operation == (feed,)
    assert again[0].fit.problem.operation == (feed,)


def test_what_is_not_supported_is_refused_by_name():
    data = cs.simulate(cs.network("A -> B @ 0.3; init A = 1"), (0, 5, 9))
    heated = cs.Operation().temperature(0, 300).temperature(5, 320)
    with pytest.raises(UnsupportedError, match="a temperature program needs mass action"):
        cs.compare([cs.network("A -> B @= k*A/(1 + A); param k = 0.3")], data, operation=heated)
    with pytest.raises(UnsupportedError, match="learner='crnn'"):
        cs.discover(data, operation=cs.Operation(1.0).add(2, 0.5), learner="crnn")
    mechanism = cs.compare([cs.network("A -> B @ 0.3")], data)[0].mechanism
    with pytest.raises(UnsupportedError, match="refit_many"):
        cs.refit_many([mechanism], replace(data, operation=(cs.Operation(1.0).add(2, 0.5),)))
