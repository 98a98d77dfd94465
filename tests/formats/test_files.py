"""Suffixes, missing files, folders that cannot be written, crn and JSON details."""

import json
import os

import pytest

import crnsym as cs
from crnsym.errors import ExportError, FormatError, ParseError, UnsupportedError
from crnsym.files import single
from crnsym.formats import READABLE, WRITABLE

NET = "A -> B @ k; param k = 0.1"


@pytest.mark.parametrize(("verb", "known"), [("read", READABLE), ("write", WRITABLE)])
@pytest.mark.parametrize("path", ["model.doc", "model", "model.crn.bak"])
def test_an_unknown_suffix_names_the_known_ones(verb, known, path):
    with pytest.raises(UnsupportedError) as caught:
        cs.read(path) if verb == "read" else cs.write(cs.network(NET), path)
    assert "\n" not in str(caught.value)
    assert all(suffix in str(caught.value) for suffix in known)


@pytest.mark.parametrize("suffix", READABLE)
def test_a_missing_file_is_one_line(suffix, tmp_path):
    with pytest.raises(FormatError, match="cannot be read") as caught:
        cs.read(tmp_path / f"none{suffix}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", WRITABLE)
def test_every_format_writes_a_file_and_nothing_else(suffix, tmp_path):
    cs.write(cs.network(NET), tmp_path / f"a{suffix}", title="T", notes="N", standard_errors={"k": 0.01})
    assert [p.name for p in tmp_path.iterdir()] == [f"a{suffix}"]
    assert "k" in (tmp_path / f"a{suffix}").read_text()


@pytest.mark.parametrize("suffix", WRITABLE)
def test_a_folder_that_is_not_there_is_one_line(suffix, tmp_path):
    with pytest.raises(ExportError, match="cannot be written") as caught:
        cs.write(cs.network(NET), tmp_path / "missing" / f"a{suffix}")
    assert "\n" not in str(caught.value)


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.crn"
    cs.write(cs.network(NET), path)
    before = path.read_text()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(single.os, "replace", fail)
    with pytest.raises(ExportError, match="No space left"):
        cs.write(cs.network("X -> Y @ 1"), path)
    assert path.read_text() == before
    assert os.listdir(tmp_path) == ["a.crn"]


def test_text_that_is_not_utf8_is_one_line(tmp_path):
    (tmp_path / "a.crn").write_bytes(b"A -> B @ 1 # \xe9")
    with pytest.raises(FormatError, match="not a UTF-8 text"):
        cs.read(tmp_path / "a.crn")


def test_a_byte_order_mark_is_skipped(tmp_path):
    (tmp_path / "a.crn").write_bytes(b"\xef\xbb\xbfA -> B @ 1")
    assert cs.read(tmp_path / "a.crn").species_names == ("A", "B")


def test_a_malformed_crn_shows_file_line_and_caret(tmp_path):
    path = tmp_path / "a.crn"
    path.write_text("A -> B @ 1\nA + -> C @ 2\n")
    with pytest.raises(ParseError) as caught:
        cs.read(path)
    first, line, caret = str(caught.value).splitlines()
    assert first.startswith(f"{path}, line 2, column 5: ")
    assert line[caret.index("^")] == "-"


def test_standard_errors_are_comments_in_crn(tmp_path):
    cs.write(cs.network(NET), tmp_path / "a.crn", title="Best", standard_errors={"k": 0.0123})
    text = (tmp_path / "a.crn").read_text()
    assert text.startswith("# Best\n# standard error of k: 0.0123\n")
    assert cs.read(tmp_path / "a.crn") == cs.network(NET)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "line 1, column 2: not JSON"),
        ("[]", "not a network"),
        ('{"format": "crnsym.network", "version": 99}', "schema version 99"),
        ('{"format": "crnsym.network", "version": 1}', "an entry is missing"),
    ],
)
def test_broken_json_is_one_line(content, message, tmp_path):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises((FormatError, UnsupportedError), match=message) as caught:
        cs.read(tmp_path / "a.json")
    assert "\n" not in str(caught.value)


def test_json_numbers_are_exact_texts(tmp_path):
    cs.write(cs.network("A -> B @ k; param k = 1/3"), tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text())
    assert content["parameters"] == [{"name": "k", "value": "1/3"}]


def test_an_unknown_rate_law_in_json_is_named(tmp_path):
    cs.write(cs.network(NET), tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text().replace("mass_action", "magic")
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(FormatError, match="reaction 1: no rate law named 'magic'"):
        cs.read(tmp_path / "a.json")
