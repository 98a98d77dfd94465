"""Tables and chemistry of the studio, without a page."""

import time
import zipfile

import pytest

import crnsym as cs
from crnsym.errors import CrnsymError, DataError
from crnsym.studio.project import Chemistry, Project
from crnsym.studio.table import LABEL, NOTHING, SPECIES, TIME, Table, sheet_names
from tests.jobs.chains import chain


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("t/min,A,B,batch\n" + "".join(f"{t},{1 - 0.1 * t},{0.1 * t},{b}\n" for b in "xy" for t in range(5)))
    made = Table([path])
    made.read()
    return made


def test_roles_are_shown_and_changed(table):
    shown = {h: table.role(h, read) for h, read, _ in table.readings[0].columns}
    assert shown == {"t/min": TIME, "A": SPECIES, "B": SPECIES, "batch": LABEL}
    table.changed(roles=table.with_role("B", NOTHING))
    assert table.data.species == ("A",)
    assert table.data.experiments == ("x", "y")
    with pytest.raises(DataError):
        table.changed(roles=table.with_role("batch", TIME))
    assert table.data.species == ("A",)  # what was read before stays
    assert table.roles == {"B": NOTHING}


def test_units_are_typed_in(table):
    table.changed(time_unit="h", unit="mM")
    assert (table.data.time_unit, table.data.units) == ("h", ("mM", "mM"))


def test_outliers_and_runs_do_not_count(table):
    table.outliers.add(("y", 2, "A"))
    table.left_out.add("x")
    data = table.counting()
    assert data.experiments == ("y",)
    assert data.values[0][2, 0] != data.values[0][2, 0]
    assert data.count == 9
    assert any("outlier" in remark for remark in data.remarks)
    table.left_out.add("y")
    with pytest.raises(DataError, match="at least one run"):
        table.counting()


def test_a_reaction_is_known_or_excluded_but_never_both():
    chemistry = Chemistry(known="A -> B")
    chemistry.mark("A -> B", "excluded", True)
    assert (chemistry.texts("known"), chemistry.texts("excluded")) == ([], ["A -> B"])
    chemistry.mark("A -> B", "known", False)
    assert chemistry.texts("excluded") == []
    chemistry.known = "A ->-> B"
    with pytest.raises(CrnsymError):
        chemistry.options()


def test_sheets_of_a_workbook_are_listed(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Run 1"
    book.create_sheet("Run 2")
    book.save(tmp_path / "b.xlsx")
    assert sheet_names(tmp_path / "b.xlsx") == ["Run 1", "Run 2"]
    assert sheet_names(tmp_path / "b.csv") == []


def test_a_project_searches_and_opens_its_answer_again(tmp_path):
    cs.write_table(chain(1), tmp_path / "chain.csv")
    project = Project.opened([tmp_path / "chain.csv"])
    project.chemistry.max_order = 1
    project.search()
    found = project.job.result(100)
    deadline = time.monotonic() + 20
    while not project.answers and time.monotonic() < deadline:
        time.sleep(0.01)
    assert project.found is found
    assert not project.searching
    found.save(tmp_path / "discovery.json")
    again = Project.opened([tmp_path / "discovery.json"])
    assert again.found.statement == found.statement
    again.chemistry.mark("B -> C", "excluded", True)
    again.chemistry.max_order, again.chemistry.time_budget = 1, 5.0
    again.search()
    assert "B -> C" not in again.job.result(100)[0].reactions


def test_a_course_follows_its_rates():
    found = cs.discover(chain(1))
    t = [0.0, 1.0, 2.0]
    slow, fast = (found[0].course(0, t, {"k1": k}) for k in (0.1, 1.0))
    assert slow[1, 0] / slow[0, 0] == pytest.approx(2.718281828**-0.1, rel=1e-4)
    assert fast[1, 0] / fast[0, 0] == pytest.approx(2.718281828**-1.0, rel=1e-4)
    for rates in ({"k9": 1.0}, {"k1": -1.0}, {"k1": float("nan")}):
        with pytest.raises(CrnsymError, match="rates"):
            found[0].course(0, t, rates)
    with pytest.raises(CrnsymError, match="run=3"):
        found[0].course(3, t)


def test_everything_can_be_taken_away_and_the_folder_opens_again(tmp_path):
    pytest.importorskip("nicegui", reason="the extra 'studio' is not installed")
    from crnsym.studio.exports import FILES, made

    found = cs.discover(chain(1), max_order=1)
    found.save(tmp_path / "chain.json")
    project = Project.opened([tmp_path / "chain.json"])
    paths = {label: made(project, label) for label in FILES}
    assert all(path.stat().st_size > 100 for path in paths.values())
    assert cs.read(paths["Model (SBML)"]).species_names
    with zipfile.ZipFile(paths["Everything (folder)"]) as archive:
        archive.extractall(tmp_path / "out")
    folder = next((tmp_path / "out").iterdir())
    assert Project.opened([folder]).found.statement == found.statement
    assert cs.read_table(folder / "data.csv").count == found.data.count
