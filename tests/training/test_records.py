"""A record is gone on from, refused, or begun anew, and always says which; it is never a traceback."""

import hashlib
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from crnsym.errors import ExportError, FitError, RecordWarning
from crnsym.training.records import VERSION, Record, load_entry, save_entry

HEADER = {"data": "abc", "seed": 1, "known": None, "version": "0.1"}
ENTRIES = [{"key": "a", "value": 1 / 3}, {"key": "b", "value": float("inf")}, {"key": "c", "value": [1, "λ"]}]


def record(path: Path, header=HEADER, entries=ENTRIES, resume=False) -> list:
    made = Record(path, header, resume)
    for entry in entries:
        made.add(entry)
    made.close()
    return made.entries


def resumed(path: Path, header=HEADER) -> list:
    return record(path, header, (), resume=True)


def test_entries_come_back_and_more_can_be_added(tmp_path):
    path = tmp_path / "deep" / "fits.jsonl"
    record(path)
    assert resumed(path) == ENTRIES
    assert record(path, entries=ENTRIES[:1], resume=True) == ENTRIES
    assert resumed(path) == [*ENTRIES, ENTRIES[0]]
    assert record(path) == []
    assert resumed(path) == ENTRIES
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("kept", range(0, 400, 23))
def test_a_record_cut_anywhere_gives_the_entries_before_the_cut(tmp_path, kept, recwarn):
    record(tmp_path / "r")
    whole = (tmp_path / "r").read_bytes()
    (tmp_path / "r").write_bytes(whole[:kept])
    lines = whole[:kept].count(b"\n")
    assert resumed(tmp_path / "r") == ENTRIES[: max(lines - 1, 0)]
    assert [w for w in recwarn if "entries" in str(w.message)] == []
    assert record(tmp_path / "r", entries=ENTRIES, resume=True) == ENTRIES[: max(lines - 1, 0)]


@pytest.mark.filterwarnings("ignore::crnsym.errors.RecordWarning")
def test_no_changed_byte_is_taken_for_an_entry(tmp_path):
    record(tmp_path / "r")
    whole = (tmp_path / "r").read_bytes()
    random = np.random.default_rng(0)
    for _ in range(300):
        mutant = bytearray(whole)
        for _ in range(random.integers(1, 4)):
            at = random.integers(len(mutant))
            mutant[at : at + int(random.integers(0, 3))] = bytes(
                random.integers(0, 256, random.integers(0, 3)).tolist()
            )
        (tmp_path / "r").write_bytes(mutant)
        with suppress(FitError):
            assert all(entry in ENTRIES for entry in resumed(tmp_path / "r"))


def test_damaged_entries_are_counted_and_left_out(tmp_path):
    record(tmp_path / "r")
    path = tmp_path / "r"
    path.write_bytes(path.read_bytes().replace(b'"b"', b'"B"'))
    with pytest.warns(RecordWarning, match="r: 1 of 3 entries are damaged; what they held is computed again"):
        assert resumed(path) == [ENTRIES[0], ENTRIES[2]]


def test_an_entry_of_another_record_is_none(tmp_path):
    record(tmp_path / "r")
    record(tmp_path / "s", {**HEADER, "seed": 2})
    line = (tmp_path / "s").read_bytes().splitlines(keepends=True)[1]
    (tmp_path / "r").write_bytes((tmp_path / "r").read_bytes() + line)
    with pytest.warns(RecordWarning, match="1 of 4 entries are damaged"):
        assert resumed(tmp_path / "r") == ENTRIES


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": 2}, "seed 1, not 2"),
        ({"data": "x" * 999}, 'data "abc", not "xxxx'),
        ({"known": "A -> B"}, 'known null, not "A -> B"'),
        ({"version": "0.2"}, 'version "0.1", not "0.2"'),
        ({"more": True}, "more none, not true"),
    ],
)
def test_a_record_of_other_data_or_options_is_refused_and_says_which(tmp_path, change, told):
    record(tmp_path / "r")
    before = (tmp_path / "r").read_bytes()
    with pytest.raises(FitError, match="other data or options") as caught:
        resumed(tmp_path / "r", {**HEADER, **change})
    assert told in str(caught.value)
    assert len(str(caught.value)) < 400
    assert (tmp_path / "r").read_bytes() == before


def versioned(version, check=True) -> bytes:
    text = json.dumps({"format": "crnsym record", "version": version, "of": HEADER})
    digest = hashlib.sha256(f"\n{text}".encode()).hexdigest()[:16] if check else "0" * 16
    return f"{digest} {text}\n".encode()


@pytest.mark.parametrize("content", [versioned(VERSION + 1), versioned(99, check=False)])
def test_a_newer_record_is_refused_and_stays(tmp_path, content):
    (tmp_path / "r").write_bytes(content)
    with pytest.raises(FitError, match="a newer crnsym wrote this record"):
        resumed(tmp_path / "r")
    assert (tmp_path / "r").read_bytes() == content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"crnsym": "0.1.0", "data": "abc"}\n{"key": "a"}\n', "an older crnsym wrote this record"),
        (versioned(1), "an older crnsym wrote this record"),
        (versioned(VERSION, check=False), "the first line is damaged"),
        (versioned("two"), "the first line is damaged"),
        (b"\x00\xff\xfe\n", "the first line is damaged"),
        (b"time,A,B\n0,1,2\n", "the first line is damaged"),
        (b"{" * 100_000 + b"\n", "the first line is damaged"),
        (b"[1]\n", "the first line is damaged"),
        (b"no end of line", "the first line is damaged"),
    ],
)
def test_a_record_that_cannot_be_used_is_kept_beside_and_begun_anew(tmp_path, content, reason):
    (tmp_path / "r").write_bytes(content)
    with pytest.warns(RecordWarning, match=reason):
        assert record(tmp_path / "r", resume=True) == []
    assert (tmp_path / "r~").read_bytes() == content
    assert resumed(tmp_path / "r") == ENTRIES


def test_a_record_in_use_is_not_written_by_another_process(tmp_path):
    pytest.importorskip("fcntl")
    made = Record(tmp_path / "r", HEADER)
    code = "import sys; from crnsym.training.records import Record; Record(sys.argv[1], {})"
    other = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r")], capture_output=True, text=True)
    assert "another crnsym is writing" in other.stderr
    made.add(ENTRIES[0])
    made.close()
    assert resumed(tmp_path / "r") == ENTRIES[:1]


def test_a_full_disk_is_one_line(tmp_path):
    resource = pytest.importorskip("resource")
    made = Record(tmp_path / "r", HEADER)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(ExportError, match="cannot be written"):
            any(map(made.add, ENTRIES * 1000))
    finally:
        made.close()
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    kept = resumed(tmp_path / "r")
    assert len(kept) > 20
    assert kept == (ENTRIES * 1000)[: len(kept)]


def test_folders_that_cannot_be_are_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "r", tmp_path / "folder"):
        with pytest.raises(ExportError, match="cannot be written"):
            Record(path, HEADER)
    with pytest.raises(ExportError, match="cannot be written"):
        save_entry(tmp_path / "file" / "e", HEADER, "1")


def test_an_entry_of_its_own_file_is_read_whole_or_not_at_all(tmp_path):
    text = json.dumps({"value": [1 / 3, "λ"]})
    save_entry(tmp_path / "e", HEADER, text)
    assert load_entry(tmp_path / "e", HEADER) == text
    whole = (tmp_path / "e").read_bytes()
    for changed in (whole[:-1], whole[1:], whole + b"x", whole.replace(b"3", b"4", 1), b"", text.encode(), whole * 2):
        (tmp_path / "e").write_bytes(changed)
        with pytest.raises(ValueError):  # noqa: PT011
            load_entry(tmp_path / "e", HEADER)
    (tmp_path / "e").write_bytes(whole)
    with pytest.raises(ValueError, match="of another version"):
        load_entry(tmp_path / "e", {**HEADER, "seed": 2})
