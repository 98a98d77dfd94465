"""The table of commands. Heavy imports happen inside them, so that ``--help`` answers at once."""

import os
import sys
from typing import Annotated

import typer

from .batch import batch
from .compare import compare
from .demo import demo
from .discover import discover
from .docs import docs
from .groups import grouped
from .look import look
from .models import convert, info
from .orders import orders
from .rate_laws import rate_laws
from .shell import Words, command, complain, speak_plainly
from .simulate import simulate
from .studio import studio

COMMANDS = (demo, discover, batch, compare, studio, look, simulate, convert, info, orders, rate_laws, docs)

# Small matrices gain nothing from threads.
THREADS = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

app = typer.Typer(
    cls=Words,
    help="Find the chemical reaction network behind concentration-time data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for function in COMMANDS:
    app.command()(command(grouped(function)))


def main() -> None:
    """Run the command line."""
    for name, value in THREADS.items():
        os.environ.setdefault(name, value)
    for name in ("COLUMNS", "LINES"):
        if os.environ.get(name, "").strip("0 ") == "":  # a console of no width shows nothing at all
            os.environ.pop(name, None)
    speak_plainly()
    if not os.environ.get("NUMBA_NUM_THREADS", "1").strip().lstrip("0").isdigit():
        complain(f"Error: NUMBA_NUM_THREADS={os.environ['NUMBA_NUM_THREADS']}: give a number of threads, 1 or more")
        sys.exit(2)
    try:
        app()
    except OSError as error:  # the help, and nowhere to write it
        complain(f"Error: {error.strerror or error}")
        sys.exit(2)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        from .. import __version__

        print(f"crnsym {__version__}")
        raise typer.Exit
