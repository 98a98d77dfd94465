"""What one open page knows: its project, its colours, and how it says what went wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nicegui import run, ui

from ..errors import CrnsymError
from .project import Project

REFUSED = 15_000  # milliseconds for which a refusal stays, unless it is closed: some are long


@dataclass(kw_only=True)
class Page:
    """One page in one browser tab.

    Attributes
    ----------
    dark
        Whether it is dark.
    refresh
        Functions that draw the parts anew.
    """

    dark: bool = False
    refresh: list[Callable[[], Any]] = field(default_factory=list)

    def draw(self) -> None:
        """Draw all parts anew."""
        for part in self.refresh:
            part()

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Do something that may be refused; say why where it is, and whether it was done."""
        try:
            act()
        except CrnsymError as error:
            refuse(str(error))
            return False
        return True

    async def work(self, act: Callable[[], Any]) -> Any:
        """Do something that takes a while in a thread; None where it was refused, which is said."""
        note = ui.notification("Working …", spinner=True, timeout=None)
        try:
            return await run.io_bound(act)
        except CrnsymError as error:
            refuse(str(error))
            return None
        finally:
            note.dismiss()
            await asyncio.sleep(0)


@dataclass
class View(Page):
    """What a page about tables shows.

    Attributes
    ----------
    project
        What it is about; other pages may show it too.
    shown_run
        Index of the run in the charts.
    chosen, beside
        Indices of the candidate in the answer, and of the one beside it, if any.
    rates
        {parameter: value} that were turned.
    """

    project: Project
    shown_run: int = 0
    chosen: int = 0
    beside: int | None = None
    rates: dict[str, float] = field(default_factory=dict)

    def search(self) -> None:
        """Start a search, if what was said can be used, and show its best when it is there."""
        if self.attempt(self.project.search):
            self.show_best()

    def show_best(self) -> None:
        """Choose the best candidate, alone, with its fitted rates."""
        self.chosen, self.beside, self.rates = 0, None, {}


def refuse(text: str) -> None:
    """Say why something was not done."""
    ui.notify(text, type="negative", multi_line=True, timeout=REFUSED, close_button="OK")


def handle(element: Any, name: str) -> Any:
    """Give an element a name by which tests and assistive scripts find it."""
    return element.props(f'data-testid="{name}"')
