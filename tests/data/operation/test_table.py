"""Operation tables as somebody writes them, against the operations written in Python."""

import pytest

import crnsym as cs
from crnsym.data.operation.scale import Wanted
from crnsym.data.operation.table import read_operations
from crnsym.errors import DataError

MOLAR = Wanted(("A", "B"), {"A": "M", "B": "M"}, "min")


def read(tmp_path, text, wanted=MOLAR):
    path = tmp_path / "operation.csv"
    path.write_text(text, encoding="utf-8")
    return read_operations(path, wanted)


def close(found, expected):
    assert [s.kind for s in found.steps] == [s.kind for s in expected.steps]
    for a, b in zip(found.steps, expected.steps, strict=True):
        for name in ("time", "until", "volume", "flow", "residence", "kelvin"):
            assert getattr(a, name) == pytest.approx(getattr(b, name), nan_ok=True), name
        assert dict(a.contents) == pytest.approx(dict(b.contents))
        assert dict(a.amounts) == pytest.approx(dict(b.amounts))
    assert found.volume == pytest.approx(expected.volume)


def test_a_fed_batch_with_units_of_its_own(tmp_path):
    text = (
        "time [s],operation,until [s],volume [mL],flow [mL/min],A [mM],B [M]\n"
        ",start,,1000,,,\n0,feed,900,,100,,2\n1200,add,,50,,1000,\n"
    )
    expected = cs.Operation(1.0).feed(0, 15, flow=0.1, contents={"B": 2}).add(20, 0.05, {"A": 1})
    close(read(tmp_path, text)[""], expected)


def test_a_german_spreadsheet(tmp_path):
    text = "time / min;operation;volume / mL;B / mol/L\n;start;100,5;\n10,5;add;1,5;0,25\n"
    close(read(tmp_path, text)[""], cs.Operation(0.1005).add(10.5, 0.0015, {"B": 0.25}))


def test_the_columns_tell_where_no_operation_is_named(tmp_path):
    text = "time,until,flow,volume,residence time,temperature [°C],A\n,,,2,,,\n1,3,0.5,,,,4\n5,,,0.1,,,4\n7,,,,,50,\n"
    expected = cs.Operation(2.0).feed(1, 3, flow=0.5, contents={"A": 4}).add(5, 0.1, {"A": 4}).temperature(7, 323.15)
    close(read(tmp_path, text)[""], expected)
    close(read(tmp_path, "residence time [s],A\n30,2\n")[""], cs.Operation().stirred(0.5, {"A": 2}))


def test_amounts_become_concentrations_in_the_vessel(tmp_path):
    found = read(tmp_path, "time [min],operation,volume [mL],B [mmol]\n,start,200,\n3,add,,5\n")[""]
    close(found, cs.Operation(0.2).add(3, amounts={"B": 0.005}))


def test_runs_of_their_own_and_a_duration(tmp_path):
    text = "run,time,duration,volume,B,operation\nr1,,,1,,start\nr1,2,4,0.4,3,feed\nr2,,,1,,start\nr2,5,,0.2,,sample\n"
    found = read(tmp_path, text)
    close(found["r1"], cs.Operation(1).feed(2, 6, volume=0.4, contents={"B": 3}))
    close(found["r2"], cs.Operation(1).withdraw(5, volume=0.2))


def test_a_frame_and_a_dict_are_tables(tmp_path):
    table = {"time": [3, 4], "A": [1.0, None], "B": [None, 2.0]}
    close(read_operations(table, MOLAR)[""], cs.Operation().add(3, contents={"A": 1}).add(4, contents={"B": 2}))


def test_plug_flow_is_an_inlet(tmp_path):
    found = read(tmp_path, "operation,A,B\nplug flow,1,0.5\n")[""]
    assert found.axis == "plug flow"
    assert dict(found.charge) == {"A": 1, "B": 0.5}
    found = read(tmp_path, "operation,A,B\nsteady CSTR,1,0.5\n")[""]
    assert (found.axis, found.steady) == ("stirred flow", True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("time,operation,A\n1,boil,2\n", "line 2: operation 'boil' is not known"),
        ("time,operation,A\n,add,2\n", "line 2: it has no time"),
        ("time,operation,volume\n1,feed,2\n", "line 2: a feed of a volume needs its end"),
        ("time,operation,A\n1,add,-2\n", "line 2: contents A = -2"),
        ("time,operation,X\n1,add,2\n", "column 'X' is neither a species nor known"),
        ("time,A\n1,lots\n", "'lots' is not a number"),
        ("time,until,flow,A\n5,3,1,2\n", "line 2: it ends at 3, not after its beginning at 5"),
        ("time,temperature,A\n5,60,\n", "in °C, °F or kelvin"),
        ("time,volume [mL],flow,A\n5,,2,1\n", "column 'flow' has no unit"),
        ("time,A [g/L]\n1,2\n", "is in g/L, but the data are in M"),
        ("time,A [mmol]\n1,2\n", "give volumes with units"),
        ("operation,A\nplug flow,\n", "needs what is in the inlet"),
        ("time,operation,A\n", "no rows"),
        ("time,operation,volume,flow\n1,feed,2,0\n", "line 2: a feed needs its flow, or its volume and its end"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(tmp_path, text, says):
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert says in said
    assert "operation.csv" in said
    assert "\n" not in said
