"""Messages have one line, or three where they show a place, and at most 300 characters, whatever they quote."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crnsym
import crnsym as cs
from crnsym.errors import LONGEST, CrnsymError, DataError, ParseError

STRANGE = ["a\nb", "a\r\nb\n\n", "bell \x07 and \x1b[2J", "next \x85 line \u2028 here \u2029", "\x00\x0b\x0c\x1c"]


@pytest.mark.parametrize("text", STRANGE)
def test_what_is_quoted_begins_no_line_and_moves_no_cursor(text):
    told = str(DataError(f"--times {text}: expected start:stop:points"))
    assert len(told.splitlines()) == 1
    assert not [c for c in told if ord(c) < 32]
    assert told.startswith(f"--times {text[0]}") or not text[0].isprintable()


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("read", [cs.network, cs.parse_expression])
def test_a_text_that_cannot_be_read_is_shown_on_three_lines(read, text):
    with pytest.raises(CrnsymError) as caught:
        read(f"A + {text} -> B ) C")
    assert len(str(caught.value).splitlines()) in (1, 3)


def test_the_caret_stands_under_its_column_and_stays_in_errors_made_of_errors():
    error = ParseError("no\nnumber", source="m.crn", line=2, column=4, text="A\t\x00)")
    message, shown, caret = str(error).split("\n")
    assert message == "m.crn, line 2, column 4: no\\nnumber"
    assert shown[caret.index("^")] == ")"
    outer = str(DataError(f"option\nx: {error}"))
    assert outer.split("\n") == ["option\\nx: " + message, shown, caret]


KINDS = [kind for kind in vars(crnsym.errors).values() if isinstance(kind, type) and issubclass(kind, CrnsymError)]
PIECES = st.one_of(
    st.text(max_size=30),
    st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=8), st.integers(1, 500)),
    st.sampled_from(["runs.csv, line 3: ", "'", '"', " ", "; ", "\n", "\n  A -> B\n    ^", f"\n  {'x' * 900}\n  ^"]),
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), st.lists(PIECES, max_size=8))
def test_every_error_of_the_package_is_bounded_whatever_it_quotes(kind, pieces):
    told = str(kind("".join(pieces)))
    assert len(told) <= LONGEST
    assert len(told.splitlines()) <= 3
    assert not [c for c in told.replace("\n", "") if ord(c) < 32]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=900), st.text(max_size=4000), st.integers(1, 5000), st.text(max_size=300))
def test_every_error_of_a_text_is_bounded_and_its_caret_stays(message, text, column, source):
    error = ParseError(message, source=source, line=2, column=column, text=text)
    assert len(str(error)) <= LONGEST
    first, shown, caret = str(error).split("\n")
    if column <= len(text) and text[column - 1].isprintable():
        assert shown[caret.index("^")] == text[column - 1]
    if len(source) < 60:
        assert first.startswith(crnsym.errors.on_one_line(source))


@pytest.mark.parametrize("quoted", ["x" * 5000, "a b " * 900, "a, " * 900, "'" * 700])
def test_a_shortened_message_keeps_the_file_the_line_and_what_to_do(quoted):
    told = str(DataError(f"runs.csv, line 12: the column '{quoted}' is no number; give numbers, or name it by --time"))
    assert len(told) <= LONGEST
    assert told.startswith("runs.csv, line 12: the column '")
    assert told.endswith(" is no number; give numbers, or name it by --time")
    assert " ... " in told


def test_what_a_message_says_by_itself_is_never_shortened():
    """The words of every `raise` leave room for what they quote."""
    long = []
    for path in Path(crnsym.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                for argument in node.exc.args:
                    words = [n.value for n in ast.walk(argument) if isinstance(n, ast.Constant)]
                    if sum(len(word) for word in words if isinstance(word, str)) > 200:
                        long.append(f"{path}:{node.lineno}")
    assert not long


def test_names_of_any_length_in_every_reader_are_refused_shortly(tmp_path):
    name = "x" * 20_000
    texts = {
        "a.crn": f"{name} -> -> B", "b.crn": f"A -> B @= {name}(3)", "c.json": f'{{"{name}": 1}}', "d.xml": f"<{name}>",
        "e.net": f"begin parameters\n 1 {name} )\nend parameters", "f.ant": f"{name} {name}",
    }  # fmt: skip
    for file, text in texts.items():
        (tmp_path / file).write_text(text)
        with pytest.raises(CrnsymError) as caught:
            cs.read(tmp_path / file)
        assert len(str(caught.value)) <= LONGEST
        assert file in str(caught.value)
    (tmp_path / "t.csv").write_text(f"time,{name}\n0,{name}\n1,2\n")
    with pytest.raises(CrnsymError, match=r"t\.csv") as caught:
        cs.read_table(tmp_path / "t.csv")
    assert len(str(caught.value)) <= LONGEST
