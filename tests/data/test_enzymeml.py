"""Measurements of EnzymeML documents, of both versions, are read as tables."""

import json
import zipfile

import numpy as np
import pytest

from crnsym.data.tables import read_table
from crnsym.errors import DataError

UNITS = """
<unitDefinition id="u1" name="mmole / l"><listOfUnits>
  <unit kind="litre" exponent="-1" scale="1" multiplier="1"/><unit kind="mole" exponent="1" scale="-3" multiplier="1"/>
</listOfUnits></unitDefinition>
<unitDefinition id="u2" name="min"><listOfUnits>
  <unit kind="second" exponent="1" scale="1" multiplier="60"/></listOfUnits></unitDefinition>"""
COLUMN = '<e:column replica="{r}" species="{x}" type="conc" unit="u1" index="{i}" isCalculated="False"/>'


def experiment(columns, measurements):
    """Write the document of an archive."""
    text = "".join(COLUMN.format(r=f"r{i}", x=x, i=i) for i, x in enumerate(columns, 1))
    runs = "".join(
        f'<e:measurement file="file{k}" id="m{k}" name="run {k}">'
        + "".join(f'<e:initConc {kind}="{x}" value="{v}" unit="u1"/>' for kind, x, v in starts)
        + "</e:measurement>"
        for k, starts in enumerate(measurements)
    )
    files = "".join(f'<e:file file="./data/m{k}.csv" format="f" id="file{k}"/>' for k in range(len(measurements)))
    return f"""<?xml version="1.0"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" xmlns:e="http://sbml.org/enzymeml/version2"><model>
<listOfUnitDefinitions>{UNITS}</listOfUnitDefinitions><listOfSpecies>
<species id="p0" name="Hydrolase"><annotation><e:protein/></annotation></species>
<species id="s0" name="Ester"/><species id="s1" name="(R)-acid [1]"/><species id="s2" name="Water"/></listOfSpecies>
<listOfReactions><annotation><e:data><e:formats><e:format id="f"><e:column type="time" unit="u2" index="0"/>{text}
</e:format></e:formats><e:listOfMeasurements>{runs}</e:listOfMeasurements><e:files>{files}</e:files></e:data>
</annotation></listOfReactions></model></sbml>"""


def archive(path, document, tables):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("experiment.xml", document)
        for k, table in enumerate(tables):
            made.writestr(f"data/m{k}.csv", table)
    return path


def test_an_archive_is_read_with_units_names_runs_and_what_was_put_in(tmp_path):
    starts = [
        [("protein", "p0", 0.1), ("reactant", "s0", 2.0), ("reactant", "s2", 5.0)],
        [("protein", "p0", 0.1), ("reactant", "s0", 1.0), ("reactant", "s2", 7.0)],
    ]
    path = archive(
        tmp_path / "a.omex",
        experiment(["s0", "s1"], starts),
        ["0,2,0\n1,1.2,0.8\n5,0.1,1.9\n", "0,1,0\n2,0.4,\n4,0.2,0.8\n"],
    )
    data = read_table(path)
    assert data.species == ("Ester", "s1", "Water")
    assert (data.units, data.time_unit) == (("mM",) * 3, "min")
    assert data.experiments == ("run 0", "run 1")
    np.testing.assert_array_equal(data.times[1], [0, 2, 4])
    np.testing.assert_array_equal(data.values[1], [[1, 0, 7], [0.4, np.nan, np.nan], [0.2, 0.8, np.nan]])
    said = " ".join(data.remarks)
    assert "s1 is (R)-acid [1]" in said
    assert "Hydrolase: 0.1 mM in all runs, not followed: left out" in said


def test_an_enzyme_whose_amount_differs_is_a_column(tmp_path):
    starts = [[("protein", "p0", 0.1)], [("protein", "p0", 0.3)]]
    path = archive(tmp_path / "a.omex", experiment(["s0"], starts), ["0,2\n1,1.2\n", "0,2\n1,0.4\n"])
    data = read_table(path)
    assert data.species == ("Ester", "Hydrolase")
    assert [v[0, 1] for v in data.values] == [0.1, 0.3]


def test_repeats_are_runs_of_their_own_and_each_has_what_was_put_in(tmp_path):
    table = "0,2,2.02\n1,1.2,1.21\n2,0.6,0.62\n3,0.3,0.31\n"
    path = archive(tmp_path / "a.omex", experiment(["s0", "s0"], [[("reactant", "s2", 5.0)]]), [table])
    data = read_table(path)
    assert data.species == ("Ester", "Water")
    assert [v[1, 0] for v in data.values] == [1.2, 1.21]
    assert [v[0, 1] for v in data.values] == [5.0, 5.0]
    assert data.errors[0][1, 0] == pytest.approx(0.01 / np.sqrt(2))


def test_version_2_is_read_from_json(tmp_path):
    def part(x, times, values, start):
        unit, clock = {"name": "mmol / l"}, {"name": "s"}
        return {"species_id": x, "initial": start, "data": values, "time": times, "data_unit": unit, "time_unit": clock}

    document = {
        "small_molecules": [{"id": "s0", "name": "Ester"}, {"id": "s1", "name": "Acid"}],
        "proteins": [{"id": "p0", "name": "Hydrolase"}],
        "measurements": [
            {"id": "m0", "name": "a", "species_data": [part("s0", [0, 10, 20], [3, 2, 1], 3), part("p0", [], [], 0.5)]},
            {"id": "m1", "name": "a", "species_data": [part("s0", [0, 20], [2, 1], 2), part("s1", [10], [0.5], 0)]},
        ],
    }
    path = tmp_path / "e.json"
    path.write_text(json.dumps(document))
    data = read_table(path)
    assert data.species == ("Ester", "Acid", "Hydrolase")
    assert data.experiments == ("a", "a 2")
    assert (data.units[0], data.time_unit) == ("mM", "s")
    np.testing.assert_array_equal(data.values[1], [[2, np.nan, np.nan], [np.nan, 0.5, np.nan], [1, np.nan, np.nan]])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", "{}", "no 'measurements'"),
        ("a.json", "[1", "cannot be read as JSON"),
        ("a.json", '{"measurements": [{"species_data": [{"data": [1]}]}]}', "no EnzymeML document that can be read"),
        ("a.json", '{"measurements": []}', "holds no measured time courses"),
        ("a.omex", "text", "cannot be read as an archive"),
    ],
)
def test_what_is_no_document_is_refused_in_one_line(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(DataError, match=said) as caught:
        read_table(path)
    assert "\n" not in str(caught.value)


def test_archives_that_lack_something_are_refused(tmp_path):
    document = experiment(["s0"], [[]])
    with pytest.raises(DataError, match=r"data/m0.csv of the document is not in the archive"):
        read_table(archive(tmp_path / "a.omex", document, []))
    with pytest.raises(DataError, match="declares entities"):
        read_table(archive(tmp_path / "b.omex", "<!DOCTYPE x>" + document, ["0,1\n1,2\n"]))
    with pytest.raises(DataError, match=r"experiment\.xml: "):
        read_table(archive(tmp_path / "c.omex", "<sbml>", []))
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "absent.omex")
