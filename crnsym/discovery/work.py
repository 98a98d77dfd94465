"""How a discovery is carried out: where it runs, who is told, how long it may take."""

import os
import time
from dataclasses import dataclass

from ..training.progress import Progress
from ..training.tasks import Tasks

SEARCHING, LEAST = 0.85, 0.5  # part of the time limit that the search may take, and seconds that it has at least


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """One discovery under way.

    Attributes
    ----------
    began, time_budget
        Start by ``time.monotonic()``, and seconds that there are.
    tasks
        Where tasks run and are remembered.
    reporter
        Who is told.
    checkpoint, resume
        Folder of a learner's state, and whether to go on from it.
    """

    began: float
    time_budget: float
    tasks: Tasks
    reporter: Progress
    checkpoint: str | os.PathLike[str] | None
    resume: bool

    @property
    def until(self) -> float:
        """When the time is up, by ``time.monotonic()``."""
        return self.began + self.time_budget

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def for_the_search(self) -> float:
        """Return the seconds that are left for searching."""
        return max(SEARCHING * self.time_budget - self.seconds, LEAST)
