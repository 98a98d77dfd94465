"""A folder of tables gives a folder a table and one table of all; what was finished is not done again."""

import csv
import json
import re

import pytest

import crnsym as cs
from crnsym.errors import DataError
from tests.cli.test_cli import run
from tests.jobs.chains import chain

QUICK = {"max_order": 1, "hidden": 0}


@pytest.fixture
def tables(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    for seed in range(3):
        cs.write_table(chain(seed), folder / f"day {seed}.csv")
    (folder / "day 1.txt").write_text((folder / "day 1.csv").read_text().replace(",", "\t"))
    (folder / "notes.txt").write_text("no table\n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture
def few(tmp_path):
    """Two tables, and one that is none."""
    folder = tmp_path / "few"
    folder.mkdir()
    for seed in (0, 2):
        cs.write_table(chain(seed), folder / f"day {seed}.csv")
    (folder / "notes.txt").write_text("no table\n")
    return folder


def rows(out):
    with (out / "summary.csv").open(encoding="utf-8") as stream:
        return {row["table"]: row for row in csv.DictReader(stream)}


def test_every_table_is_searched_and_all_are_in_one_table(tables, tmp_path):
    out = tmp_path / "out"
    batch = cs.discover_batch(tables, out, **QUICK)
    assert list(batch.found) == ["day 0", "day 1_csv", "day 1_txt", "day 2"]
    assert list(batch.problems) == ["notes"]
    alone = cs.discover(chain(0), **QUICK)
    assert batch.found["day 0"][0].network == alone[0].network
    found = rows(out)
    assert list(found) == [*batch.found, "notes"]
    assert found["day 2"]["reactions"] == "A -> B; B -> C"
    assert float(found["day 0"]["rates"].split("; ")[0]) == pytest.approx(next(iter(alone[0].rates.values())), rel=1e-5)
    assert {k: v for k, v in found["day 1_csv"].items() if k == "rates"} == {"rates": found["day 1_txt"]["rates"]}
    assert "notes.txt" in found["notes"]["problem"]
    for name in batch.found:
        assert (out / name / "report.html").exists()
        assert cs.load_discovery(out / name).statement == batch.found[name].statement
    assert [row["table"] for row in batch.to_rows()] == list(found)


def test_what_was_finished_is_kept_when_it_goes_on(few, tmp_path, monkeypatch):
    out, done = tmp_path / "out", []
    import crnsym.jobs.batch as module

    search = module.discover

    def until_the_second(data, **options):
        done.append(data)
        if len(done) == 2:
            raise KeyboardInterrupt
        return search(data, **options)

    monkeypatch.setattr(module, "discover", until_the_second)
    with pytest.raises(KeyboardInterrupt):
        cs.discover_batch(few, out, **QUICK)
    assert [name for name, row in rows(out).items() if not row["problem"]] == ["day 0"]  # what there is, is written
    batch = cs.discover_batch(few, out, resume=True, **QUICK)
    assert (batch.reused, len(batch.found), len(done)) == (1, 2, 3)
    cs.write_table(chain(5), few / "day 2.csv")  # other data: searched anew
    batch = cs.discover_batch(few, out, resume=True, **QUICK)
    assert (batch.reused, len(done)) == (1, 4)
    assert cs.discover_batch(few, out, resume=True, max_order=2, hidden=0).reused == 0  # other options: all
    assert len(done) == 6


def test_known_reactions_reach_every_table(few, tmp_path):
    known = cs.network("C -> A @ 0.01")
    batch = cs.discover_batch([few / "day 0.csv"], tmp_path / "out", known=known, **QUICK)
    assert "C -> A" in batch.found["day 0"][0].reactions


def test_workers_give_the_same_answers(few, tmp_path):
    paths = [few / "day 0.csv", few / "day 2.csv"]
    alone = cs.discover_batch(paths, tmp_path / "alone", **QUICK)
    with cs.Workers(2) as workers:
        together = cs.discover_batch(paths, tmp_path / "together", executor=workers, **QUICK)
    for name, found in alone.found.items():
        assert together.found[name][0].rates == found[0].rates


def test_a_folder_without_tables_is_refused(tmp_path):
    with pytest.raises(DataError, match="no table in it"):
        cs.discover_batch(tmp_path, tmp_path / "out")
    with pytest.raises(DataError, match="no folder of tables"):
        cs.discover_batch(tmp_path / "none", tmp_path / "out")


def test_the_command_says_what_there_is_and_ends_with_1_where_a_table_has_no_answer(few, tmp_path):
    out = tmp_path / "out"
    command = ("batch", few, "--out", out, "--max-order", 1, "--hidden", 0, "--workers", 1)
    code, printed, _ = run(*command)
    assert code == 1
    assert "2 answers" in printed
    assert re.search(r"day 0\s+│ decided\s+│ A -> B", printed)
    (few / "notes.txt").unlink()
    code, printed, _ = run(*command, "--resume")
    assert code == 0
    assert "2 answers, 2 of an earlier run" in printed
    assert json.loads((out / "day 2" / "run.json").read_text())["title"] == "day 2"
    code, _, error = run("batch", tmp_path / "nothing", "--out", out)
    assert code == 2
    assert "no folder of tables" in error
