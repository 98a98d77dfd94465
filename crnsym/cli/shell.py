"""What every command does alike: errors in one line, exit codes, notes, and consoles that lack letters."""

import codecs
import errno
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec

import typer
from typer.core import TyperGroup

from ..errors import concise, on_one_line

USAGE: Any = typer.BadParameter.__base__  # every error of the words of a command line
P = ParamSpec("P")
INTERRUPTED = 130
PLAIN = {
    "→": "->", "←": "<-", "↔": "<->", "⇌": "<=>", "∅": "0", "±": "+/-", "·": "*", "×": "x", "−": "-", "–": "-",
    "—": "-", "…": "...", "≈": "~", "≤": "<=", "≥": ">=", "∞": "inf", "°": " deg ", "µ": "u", "μ": "u", "²": "^2",
    "³": "^3", "⁺": "+", "⁻": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "χ": "chi", "Δ": "Delta", "λ": "lambda",
    "α": "alpha", "β": "beta", "σ": "sigma", "τ": "tau", "ℓ": "l", "√": "sqrt", "∫": "int", "∑": "sum", "✓": "yes",
}  # fmt: skip


def command(function: Callable[P, None]) -> Callable[P, None]:
    """Turn errors into one line and exit code 2, and Ctrl-C into exit code 130."""

    @wraps(function)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        from ..errors import CrnsymError

        try:
            with _notes():
                function(*arguments, **options)
        except CrnsymError as error:
            complain(f"Error: {error}")
            raise typer.Exit(2) from None
        except OSError as error:  # a full disk or a folder that cannot be read, in whatever library
            if error.errno == errno.EPIPE:  # whoever read the output has read enough
                raise
            where = "" if error.filename is None else f"{error.filename}: "
            complain(f"Error: {where}{error.strerror or error}")
            raise typer.Exit(2) from None
        except MemoryError:
            complain("Error: there is not enough memory for this")
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            complain("Interrupted; nothing was written.")
            raise typer.Exit(INTERRUPTED) from None

    return run


class Words(TyperGroup):
    """All commands; words on the command line that none of them takes end in one line, too."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read what stands before the command."""
        with _wrong_words():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Read what stands after the command, and run it."""
        with _wrong_words():
            return super().invoke(ctx)


@contextmanager
def _wrong_words() -> Iterator[None]:
    """Say in one line which word is not taken, and where to read what is."""
    try:
        yield
    except USAGE as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # nothing is wrong: that shows the help
            raise
        told = error.format_message().rstrip(". ")
        complain(f"Error: {concise(on_one_line(told))}; see {error.ctx.command_path if error.ctx else 'crnsym'} --help")
        raise typer.Exit(2) from None


def complain(message: str) -> None:
    """Print a line in red on the error stream."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, soft_wrap=True).print(Text(message, style="red"))


def speak_plainly() -> None:
    """Write what the console has no letter for by other signs: ``->`` for an arrow, or its number."""
    codecs.register_error("crnsym", _plain)
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)
        if change is not None:
            change(errors="crnsym")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(PLAIN.get(c) or c.encode("ascii", "backslashreplace").decode() for c in letters), error.end


@contextmanager
def _notes() -> Iterator[None]:
    """Print what is warned of records as notes; other warnings as ever."""
    from ..errors import RecordWarning

    show = warnings.showwarning

    def note(message: Warning | str, category: type[Warning], *rest: Any) -> None:
        if issubclass(category, RecordWarning):
            print(f"Note: {message}")
        else:
            show(message, category, *rest)

    with warnings.catch_warnings():
        warnings.simplefilter("always", RecordWarning)
        warnings.showwarning = note
        yield
