"""What the studio keeps in the server: tables, chemistry, jobs and answers; pages come and go."""

import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..comparison.result import Discovery
from ..comparison.saved.file import NAME, load_discovery
from ..data.trajectories import Trajectories
from ..errors import CrnsymError
from ..jobs.job import DiscoveryJob
from ..jobs.start import start_discovery
from ..network.network import Network
from ..network.text import network
from ..training.workers import Workers
from .table import Table

_numbers = itertools.count(1)
PROJECTS: dict[str, Any] = {}  # those of tables and those of snapshots, by their names


def next_name() -> str:
    """Return a name that no project has had."""
    return str(next(_numbers))


@dataclass
class Chemistry:
    """What is said before a search, as it was typed.

    Attributes
    ----------
    known, excluded
        Reactions that must be there, and that must not; lines such as ``A + B -> C``.
    hidden, max_order
        As for `discover`; None for what the data ask for.
    time_budget
        Seconds.
    """

    known: str = ""
    excluded: str = ""
    hidden: int | None = None
    max_order: int | None = None
    time_budget: float = 600.0

    def options(self) -> dict[str, Any]:
        """Return the options of `discover`.

        Raises
        ------
        CrnsymError
            A reaction that cannot be read.
        """
        return {
            "known": _reactions(self.known),
            "excluded": _reactions(self.excluded),
            "hidden": self.hidden,
            "max_order": self.max_order,
            "time_budget": self.time_budget,
        }

    def texts(self, name: str) -> list[str]:
        """Return the reactions of ``known`` or ``excluded``, a text each."""
        return [line.strip() for line in getattr(self, name).replace(";", "\n").splitlines() if line.strip()]

    def marked(self, reaction: str, name: str) -> bool:
        """Whether a reaction is known or excluded."""
        return reaction in self.texts(name)

    def mark(self, reaction: str, name: str, on: bool) -> None:
        """Make a reaction known or excluded, or neither; it is never both."""
        for kind in ("known", "excluded"):
            lines = [text for text in self.texts(kind) if text != reaction]
            setattr(self, kind, "\n".join([*lines, reaction] if on and kind == name else lines))


def _reactions(text: str) -> Network | None:
    return network(text) if text.strip() else None


def new_folder() -> Path:
    """Make a folder for what one project is made of or gives away."""
    return Path(tempfile.mkdtemp(prefix="crnsym-studio-"))


@dataclass
class Project:
    """One piece of work: a table, its searches and its answers.

    Attributes
    ----------
    name, title
        In the address of the page, and for people.
    folder
        For uploads and exports.
    table, chemistry
        What a search starts from; an answer that was opened has no table.
    job, searched
        The running or last search, and the measurements that it is of.
    answers
        All answers, the last one last.
    problem
        What went wrong last, in a line.
    version
        Grows with every change: how pages notice.
    """

    title: str
    folder: Path
    name: str = field(default_factory=next_name)
    table: Table | None = None
    chemistry: Chemistry = field(default_factory=Chemistry)
    job: DiscoveryJob | None = None
    searched: Trajectories | None = None
    answers: list[Discovery] = field(default_factory=list)
    problem: str = ""
    version: int = 0
    workers: Any = None

    @staticmethod
    def opened(paths: list[Path], workers: Workers | None = None) -> "Project":
        """Make a project of tables, or of a saved answer.

        Raises
        ------
        CrnsymError
            They cannot be read.
        """
        project = Project(paths[0].stem, new_folder(), workers=workers)
        if paths[0].is_dir() or paths[0].suffix == ".json":
            project.answers.append(load_discovery(paths[0]))
            project.title = paths[0].parent.name if paths[0].name == NAME else project.title
        else:
            project.table = Table(paths)
            project.table.read()
        PROJECTS[project.name] = project
        return project

    @property
    def searching(self) -> bool:
        """Whether a search runs."""
        return self.job is not None and not self.job.done()

    @property
    def found(self) -> Discovery | None:
        """The last answer."""
        return self.answers[-1] if self.answers else None

    def touch(self) -> None:
        """Let every page show what is there now."""
        self.version += 1

    def search(self) -> None:
        """Start a search with what counts and what is said; an earlier one goes on to nothing.

        Raises
        ------
        CrnsymError
            Measurements or chemistry that cannot be used.
        """
        data = self.table.counting() if self.table is not None else self.answers[-1].data
        options = self.chemistry.options()
        if self.job is not None:
            self.job.cancel(keep=False)
        self.problem, self.searched = "", data
        self.job = start_discovery(data, name=self.title, explained=True, executor=self.workers, **options)
        self.job.add_done_callback(self._ended)
        self.touch()

    def _ended(self, job: DiscoveryJob) -> None:
        if job is not self.job:
            return
        error = job.exception()
        if error is None:
            self.answers.append(job.result())
        elif not job.cancelled():
            self.problem = str(error) if isinstance(error, CrnsymError) else f"{type(error).__name__}: {error}"
        self.touch()
