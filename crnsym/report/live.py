"""Progress in the terminal: what is being done, for how long, and the best answer so far."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

MOST_LINES = 14


class LiveProgress:
    """A block of lines that is redrawn in place; silent where the output is not a terminal.

    Use as a context manager and hand it to ``progress=``.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)
        self._spinner = Spinner("dots")
        self._began, self._stage, self._fraction, self._best = time.monotonic(), "", None, ""
        self._live = Live(get_renderable=self._render, console=self.console, refresh_per_second=4, transient=True)

    def report(self, stage: str, fraction: float | None, best: str) -> None:
        """Show this from now on; an empty ``best`` keeps the last one."""
        self._stage, self._fraction, self._best = stage, fraction, best or self._best

    def _render(self) -> RenderableType:
        elapsed = time.monotonic() - self._began
        part = "" if self._fraction is None else f"  {100 * self._fraction:.0f} %"
        self._spinner.update(text=Text(f"{self._stage}{part}  {elapsed:.0f} s   Ctrl-C ends with the best so far"))
        lines = self._best.splitlines()
        hidden = len(lines) - MOST_LINES
        if hidden > 0:
            lines = [*lines[: MOST_LINES - 1], f"... and {hidden + 1} more"]
        body = Text("\n".join("  " + line for line in lines), style="cyan", overflow="ellipsis", no_wrap=True)
        return Group(self._spinner, body)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.console.is_terminal:
            self._live.stop()
