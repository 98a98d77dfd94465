"""Entries of another kind are refused by their place."""

import json

import pytest

import crnsym as cs
from crnsym.errors import CrnsymError, FormatError
from crnsym.formats.json_kinds import check_kinds

NET = cs.network("A -> B @ k; param k = 0.1; init A = 1; obs T = A + B")


@pytest.fixture
def content(tmp_path):
    cs.write(NET, tmp_path / "a.json", title="T", standard_errors={"k": 0.01})
    return json.loads((tmp_path / "a.json").read_text())


def test_what_is_written_is_of_the_right_kinds(content):
    check_kinds(content, "a.json")


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (("species",), {"A": 1}, "species: expected a list"),
        (("species", 0), "A", "species 1: expected an object with named entries, found 'A'"),
        (("species", 0, "name"), True, "species 1, name: expected a text, found 'True'"),
        (("species", 1, "name"), None, "species 2, name: expected a text, found 'None'"),
        (("species", 0, "initial"), [1], "species 1, initial: expected a number, or a text of one"),
        (("species", 0, "constant"), 1, "species 1, constant: expected true or false"),
        (("parameters", 0, "value"), True, "parameters 1, value: expected a number"),
        (("parameters", 0, "unit"), 3, "parameters 1, unit: expected a text"),
        (("reactions", 0, "reactants"), ["A"], "reactions 1, reactants: expected an object"),
        (("reactions", 0, "reactants", "A"), {}, "reactions 1, reactants, A: expected a number"),
        (("reactions", 0, "rate", "k"), 0.1, "reactions 1, rate, k: expected a text"),
        (("observables",), "T", "observables: expected an object"),
        (("metadata",), "T", "metadata: expected an object"),
        (("metadata", "standard_errors"), [1], "metadata, standard_errors: expected an object"),
        (("name",), ["x" * 999], "name: expected a text"),
    ],
)
def test_an_entry_of_another_kind_is_named_by_its_place(content, tmp_path, place, value, told):
    inner = content
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(FormatError) as caught:
        cs.read(tmp_path / "a.json")
    assert told in str(caught.value)
    assert len(str(caught.value).replace(str(tmp_path), "")) < 160


@pytest.mark.parametrize("letter", ["\n", "\r", "\t", "\x0b", "\x1c", "\u2028", "\0", "\u202e"])
def test_a_message_shows_the_place_on_one_line_whatever_the_letters(letter):
    with pytest.raises(CrnsymError) as caught:
        cs.parse_formula(f"H2{letter}!!O")
    lines = str(caught.value).splitlines()
    assert len(lines) <= 3
    if len(lines) == 3:
        assert lines[1][lines[2].index("^")] in "! "
