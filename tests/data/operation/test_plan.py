"""Operations as stretches of time: volumes, flows and jumps against a balance by hand."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.data.operation.plan import dilution, inflow, jumps, kelvin_at, plan, volume_at
from crnsym.errors import DataError

FED = (
    cs.Operation(2.0)
    .feed(1, 5, flow=0.5, contents={"B": 3.0})
    .add(4, 1.0, {"A": 2.0})
    .withdraw(6, volume=1.5)
    .withdraw(7, 8, flow=0.25)
)


def test_the_volume_follows_from_all_that_comes_and_goes():
    times = np.array([0.0, 1.0, 3.0, 4.0, 4.5, 6.0, 6.5, 8.0, 9.0])
    assert volume_at(plan(FED, ("A", "B")), times) == pytest.approx([2, 2, 3, 3.5, 4.75, 5, 3.5, 3.25, 3.25])


def test_dilution_and_inflow_are_flows_over_the_volume():
    table = plan(FED, ("A", "B"))
    assert dilution(table, np.array([0.5, 3.0, 7.5])) == pytest.approx([0, 0.5 / 3, 0])
    assert inflow(table, np.array([3.0])) == pytest.approx(np.array([[0, 0.5]]))


def test_an_addition_keeps_amounts():
    table = plan(FED, ("A", "B"))
    row = table[table[:, 0] == 4.0][0]
    before, after = np.array([0.7, 0.2]), row[4] * np.array([0.7, 0.2]) + row[-2:]
    assert after * 4.5 == pytest.approx(before * 3.5 + np.array([2.0, 0.0]))
    assert jumps(table) == pytest.approx([4.0])


def test_a_temperature_program_is_linear_between_its_points():
    table = plan(cs.Operation().temperature(2, 300).temperature(4, 320), ("A",))
    assert kelvin_at(table, np.array([0.0, 2.0, 3.0, 4.0, 9.0])) == pytest.approx([300, 300, 310, 320, 320])


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        (cs.Operation().add(1, 0.5), "the vessel has none"),
        (cs.Operation(1.0).withdraw(1, volume=1.5), "empty at 1"),
        (cs.Operation(1.0).withdraw(1, flow=0.5, until=4), "empty"),
        (cs.Operation(1.0).stirred(2.0).feed(1, 2, flow=1), "excludes feeds"),
    ],
)
def test_what_cannot_be_is_refused(operation, says):
    with pytest.raises(DataError, match=says):
        plan(operation, ("A",))
