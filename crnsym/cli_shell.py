"""What every command does alike: errors in one line, and exit codes."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

INTERRUPTED = 130


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Turn errors into one line and exit code 2, and Ctrl-C into exit code 130."""

    @wraps(function)
    def run(*arguments: Any, **options: Any) -> None:
        from .errors import CrnsymError

        try:
            function(*arguments, **options)
        except CrnsymError as error:
            complain(f"Error: {error}")
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            complain("Interrupted; nothing was written.")
            raise typer.Exit(INTERRUPTED) from None

    return run


def complain(message: str) -> None:
    """Print a line in red on the error stream."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, soft_wrap=True).print(Text(message, style="red"))
