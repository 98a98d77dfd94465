"""Messages have one line, or three where they show a place, whatever they quote."""

import pytest

import crnsym as cs
from crnsym.errors import CrnsymError, DataError, ParseError

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
