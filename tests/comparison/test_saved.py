"""A saved discovery is the discovery: same bits, same report, in another process and whatever its parts are."""

import json
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.saved.kinds import KINDS, kind
from crnsym.comparison.saved.values import Reader, Writer
from crnsym.errors import ExportError, FormatError, UnsupportedError
from crnsym.report.html import report_html
from tests.jobs.chains import chain


def at_two_temperatures():
    runs = [chain(0), chain(1)]
    return cs.Trajectories(
        ("A", "B", "C"),
        ("cold", "warm"),
        tuple(r.times[0] for r in runs),
        tuple(r.values[0] for r in runs),
        temperatures=(300.0, 310.0),
    )


def without(data, *species):
    kept = [i for i, s in enumerate(data.species) if s not in species]
    return replace(data, species=tuple(data.species[i] for i in kept), values=(data.values[0][:, kept],), units=())


def undecided():
    return cs.explain(cs.discover(chain(7), seed=7))


def hidden():
    return cs.discover(without(chain(2), "B"), hidden=1)


def warm():
    return cs.compare(
        [cs.network("A -> B @ k1; B -> C @ k2")], at_two_temperatures(), rates={"A -> B": (0.6, 0.1, 300)}
    )


def laws():
    saturated = cs.network("A -> B @ k1*A/(K+A); B -> C @ k2")
    return cs.compare([saturated, cs.network("A -> B @ k1; B -> C @ k2")], chain(0), names=["µ, saturated", "plain"])


@pytest.mark.parametrize("made", [undecided, hidden, warm, laws], ids=lambda made: made.__name__)
def test_it_comes_back_whole(made, tmp_path):
    found = made()
    found.save(tmp_path / "found.json")
    again = cs.load_discovery(tmp_path / "found.json")
    same(found, again)
    assert repr(again) == repr(found)
    again.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "found.json").read_bytes()


def same(one, other, where="found"):
    """Every field of everything is equal, to the last bit."""
    one, other = (v.item() if isinstance(v, np.generic) else v for v in (one, other))
    assert type(one) is type(other), where
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        np.testing.assert_array_equal(one, other, where)
    elif isinstance(one, cs.Network):
        assert one == other, where
        assert one.metadata == other.metadata, where
    elif is_dataclass(one):
        for f in fields(one):
            same(getattr(one, f.name), getattr(other, f.name), f"{where}.{f.name}")
    elif isinstance(one, dict):
        assert list(one) == list(other), where
        for name, value in one.items():
            same(value, other[name], f"{where}[{name}]")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), where
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            same(a, b, f"{where}[{i}]")
    else:
        assert one == other or (one != one and other != other), where


def test_a_fresh_process_renders_the_same_report(tmp_path):
    found = undecided()
    found.save(tmp_path / "found.json")
    code = (
        "import sys, crnsym as cs; found = cs.load_discovery(sys.argv[1]); cs.report(found, sys.argv[2], 'A title');"
        "print(found.predict({'A': 2.0}, (0, 5, 3)).mean.tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "found.json", tmp_path / "report.html"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == report_html(found, "A title")
    assert json.loads(done.stdout) == found.predict({"A": 2.0}, (0, 5, 3)).mean.tolist()


def test_the_file_is_plain_json_with_a_version_and_the_answer_in_words(tmp_path):
    found = undecided()
    found.save(tmp_path / "found.json")

    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    content = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert (content["format"], content["version"], content["crnsym"]) == ("crnsym.discovery", 2, cs.__version__)
    assert content["statement"] == found.statement
    assert content["mechanism"] == found[0].reactions


def test_a_field_that_an_older_file_lacks_has_its_default(tmp_path):
    found = undecided()
    found.save(tmp_path / "found.json")
    content = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    del content["discovery"]["fields"]["proposal"]
    content["version"] = 1  # which had no checksum
    (tmp_path / "older.json").write_text(json.dumps(content), encoding="utf-8")
    assert cs.load_discovery(tmp_path / "older.json").proposal is None


def test_every_kind_is_a_data_class_of_that_name():
    for name in KINDS:
        assert is_dataclass(kind(name)), name
        assert kind(name).__name__ == name


def test_every_part_of_a_kind_is_a_kind_itself():
    loaded = [vars(m) for name, m in [*sys.modules.items()] if name.startswith("crnsym") and m is not None]
    classes = {n for space in loaded for n, c in space.items() if isinstance(c, type) and is_dataclass(c)}
    for name in KINDS:
        for f in fields(kind(name)):
            parts = {word for word in re.findall(r"[A-Z]\w+", str(f.type)) if word in classes}
            assert parts <= {*KINDS, "Network"}, f"{name}.{f.name}"  # networks have a format of their own


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("-inf"),
        -0.0,
        1e-320,
        np.array([[np.inf, np.nan], [1.0, 0.1]]),
        np.zeros((3, 0, 2)),
        "NaN",
        {(1, 2): 0.5},
    ],
    ids=repr,
)
def test_numbers_keep_every_bit(value):
    writer = Writer()
    text = json.dumps(writer.plain({"x": (value, [value])}), allow_nan=False)
    back = Reader(writer.objects).built(json.loads(text))
    same({"x": (value, [value])}, back)
    assert np.array_equal(np.signbit(back["x"][0]), np.signbit(value)) if not isinstance(value, str | dict) else True


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("{", FormatError, "line 1, column 2: not JSON"),
        ("[]", FormatError, "not a saved discovery"),
        ('{"format": "crnsym.network"}', FormatError, "not a saved discovery"),
        ('{"format": "crnsym.discovery", "version": 99, "crnsym": "9.1"}', UnsupportedError, "version 99.*crnsym 9.1"),
        ('{"format": "crnsym.discovery", "version": "one"}', FormatError, "version one"),
        ('{"format": "crnsym.discovery", "version": 1, "objects": []}', FormatError, "damaged"),
        ('{"format": "crnsym.discovery", "version": 1, "objects": [], "discovery": 3}', FormatError, "a int"),
        (
            '{"format": "crnsym.discovery", "version": 1, "objects": [], "discovery": {"kind": "Popen", "fields": {}}}',
            FormatError,
            "damaged",
        ),
        ("[" * 100_000, FormatError, "nested"),
        ("\x00", FormatError, "not JSON"),
    ],
)
def test_what_is_no_saved_discovery_is_said_in_a_line(tmp_path, text, error, says):
    path = tmp_path / "found.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=says) as caught:
        cs.load_discovery(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_change_of_a_value_is_taken_for_a_result(tmp_path):
    undecided().save(tmp_path / "found.json")
    content = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    (tmp_path / "again.json").write_text(json.dumps(content, indent=1), encoding="utf-8")  # laid out in another way
    assert cs.load_discovery(tmp_path / "again.json").statement == undecided().statement
    fields_of = content["discovery"]["fields"]
    changes = [
        lambda: content["objects"].pop(),
        lambda: content["objects"].append(3),
        lambda: fields_of.update(seed=17),
        lambda: fields_of.pop("proposal"),
        lambda: fields_of["candidates"]["tuple"][0].update(kind="Discovery"),
        lambda: content.update(check=None),
        lambda: content.pop("check"),
    ]
    whole = json.dumps(content)
    for change in changes:
        content = json.loads(whole)
        fields_of = content["discovery"]["fields"]
        change()
        (tmp_path / "found.json").write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(FormatError, match=r"found\.json: a damaged discovery \(its checksum is another\)"):
            cs.load_discovery(tmp_path / "found.json")


def test_files_that_cannot_be_read_or_written_are_named(tmp_path):
    with pytest.raises(FormatError, match=r"nothing\.json: cannot be read"):
        cs.load_discovery(tmp_path / "nothing.json")
    found = laws()
    with pytest.raises(ExportError, match="no_folder"):
        found.save(tmp_path / "no_folder" / "found.json")
    with pytest.raises(TypeError, match="complex"):
        replace(found, details={"x": 1j}).save(tmp_path / "found.json")
    assert not list(tmp_path.iterdir())
