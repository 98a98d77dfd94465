"""What importers refuse, by the message: which file and line, and what was found."""

import pytest

import crnsym as cs
from crnsym.errors import FormatError, ParseError, UnsupportedError
from crnsym.formats.bionetgen import parse
from crnsym.formats.laws import law_from_fields
from tests.formats.test_bionetgen import model
from tests.formats.test_sbml_import import assign, document, parameter, reaction, rule, species


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (model() + "\nbegin species\nbegin groups", FormatError, r"line 12: a second block 'species'"),
        ("begin parameters\nbegin species", FormatError, "line 2: 'begin species' inside of the block 'parameters'"),
        (model(groups="1"), FormatError, "line 13: the group has no name"),
        (model("1 0 0 k"), FormatError, "line 10: a reaction without species"),
        (model(parameters="1 2k 2"), FormatError, "line 2: '2k' is not a name"),
        (model("1 1,2 9 k"), FormatError, r"line 10: no species number '9' \(there are 3\)"),
        (model(parameters="1 k 2 3"), ParseError, "line 2.*: expected the end of the formula, found '3'"),
        (model(parameters="1 k sqrt(1, 2)"), ParseError, "line 2.*: sqrt does not take 2 arguments"),
        (model(parameters="1 k min()"), ParseError, "line 2.*: min does not take 0 arguments"),
        (model(parameters="1 k bessel(1)"), UnsupportedError, "line 2: the function bessel with 1 arguments is not"),
    ],
)
def test_net_files_are_refused_with_the_line(content, error, message):
    with pytest.raises(error, match=message):
        parse(content, "m.net")


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ('{"name": "x', "Unterminated string"),
        ("[1, 2]", "it is no object of JSON"),
        ('{"names": 3}', "'int' object has no attribute 'items'"),
        ('{"laws": {"0": {"law": "magic"}}}', "reaction 1: no rate law named 'magic'"),
        ('{"laws": {"0": {"law": "custom", "rate": "2*("}}}', "reaction 1, rate, line 1, column 4"),
    ],
)
def test_a_damaged_comment_is_named(comment, why):
    message = rf"m.net: the comment '# crnsym ...' is damaged \({why}.*\); without it the file reads as it stands"
    with pytest.raises(FormatError, match=message):
        parse(f"# crnsym {comment}\n" + model(), "m.net")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"value": "2"', '"value": "nan"', "expected a finite real number, got 'nan'"),
        ('"A": "1"', '"A": "-1"', "positive"),
    ],
)
def test_numbers_of_json_that_make_no_sense_are_refused_with_the_file(tmp_path, old, new, message):
    file = tmp_path / "m.json"
    cs.write(cs.network("A -> B @ k; param k = 2"), file)
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(FormatError, match=f"m.json: .*{message}"):
        cs.read(file)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"law": "cubic"}, "law: no rate law named 'cubic'; known are mass_action"),
        ({"law": "hill", "speed": "1"}, "law: hill has no field 'speed'; known are k, n, regulator, vmax"),
        ({"law": "mass_action", "k": 1}, "law: k must be a text, found 1"),
        ({"law": "michaelis_menten", "km": "1"}, r"law: michaelis_menten lacks a field \(of substrate, vmax\)"),
    ],
)
def test_rate_laws_that_are_not_complete_are_refused(entries, message):
    with pytest.raises(FormatError, match=message):
        law_from_fields(entries, "law")


A = species("A", concentration=2)
DECAY = reaction("r", "A", "", "k * A")


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        (
            {"functions": '<functionDefinition id="f"></functionDefinition>'},
            UnsupportedError,
            "the function 'f' has no formula",
        ),
        ({"reactions": reaction("r", "A", "", "k * B")}, FormatError, "line .*'B'"),
        ({"reactions": reaction("r", "A", "", "f(A)")}, FormatError, "line .*'f'"),
        ({"rules": rule("k", "q") + rule("q", "k")}, FormatError, "(?i)(circ|cycle)"),
        ({"reactions": reaction("r", "A", "", "k / 0")}, UnsupportedError, "r.*: the formula divides by zero"),
        (
            {"parameters": parameter("k", "NaN", "false")},
            UnsupportedError,
            "line .*: the value of parameter 'k' is nan, which is no finite number",
        ),
        (
            {"species": species("A", concentration="INF")},
            UnsupportedError,
            "value of species 'A' is inf",
        ),
        ({"initial": assign("k", "ln(0)")}, UnsupportedError, "'k' is not a finite real number|not a finite real"),
    ],
)
def test_sbml_is_refused_with_what_it_names(tmp_path, parts, error, message):
    given = {"species": A, "parameters": parameter("k", 1, "false") + parameter("q", 1, "false"), "reactions": DECAY}
    (tmp_path / "m.xml").write_text(document(**{**given, **parts}))
    with pytest.raises(error, match=message) as caught:
        cs.read(tmp_path / "m.xml")
    assert "m.xml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_without_a_model_is_refused(tmp_path):
    (tmp_path / "m.xml").write_text(
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"/>'
    )
    with pytest.raises(FormatError, match=r"m.xml: no model in this SBML file"):
        cs.read(tmp_path / "m.xml")
