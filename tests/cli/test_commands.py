"""The table of commands: options that are declared once reach every command, and their help is shown whole."""

import re
from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from crnsym.cli.commands import COMMANDS, app
from crnsym.cli.groups import grouped

RUNNER = CliRunner()
WIDE = {"COLUMNS": "400", "NO_COLOR": "1", "TERM": "dumb"}
COMMAND = typer.main.get_command(app)


@dataclass(frozen=True)
class Pair:
    """Two options that go together."""

    left: Annotated[int, typer.Option(help="The one.")] = 1
    right: Annotated[str, typer.Option("--other", help="The other.")] = "x"


def act(name: str, *, first: bool = False, pair: Pair, last: float = 0.5) -> None:
    """Print what was given."""
    print(name, first, pair, last)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a",), f"a False {Pair()} 0.5"),
        (("a", "--other", "y", "--first", "--left", "3"), f"a True {Pair(3, 'y')} 0.5"),
        (("a", "--last", "2"), f"a False {Pair()} 2.0"),
    ],
)
def test_a_group_of_options_is_given_option_by_option_and_taken_as_one(arguments, told):
    single = typer.Typer()
    single.command()(grouped(act))
    result = RUNNER.invoke(single, list(arguments))
    assert (result.exit_code, result.stdout.strip()) == (0, told)


def test_a_group_stands_in_the_help_where_it_stands_in_the_function():
    single = typer.Typer()
    single.command()(grouped(act))
    shown = RUNNER.invoke(single, ["--help"], env=WIDE).stdout
    assert re.findall(r"--(first|left|other|last)\b", shown) == ["first", "left", "other", "last"]


@pytest.mark.parametrize("name", [f.__name__.replace("_", "-") for f in COMMANDS])
def test_the_help_shows_every_word_also_those_in_brackets(name):
    shown = " ".join(RUNNER.invoke(app, [name, "--help"], env=WIDE).stdout.split())
    for option in COMMAND.commands[name].params:
        said = (option.help or "").replace("\\[", "[")
        assert " ".join(said.split()) in shown
