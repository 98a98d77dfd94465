"""Snapshots in the studio: what is kept of them in the server, and the search for their rules."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.snapshot_files import read_snapshots
from ..data.snapshots import Snapshots
from ..errors import CrnsymError
from .project import PROJECTS, new_folder, next_name

if TYPE_CHECKING:
    from ..snapshots.result import SnapshotDiscovery

SUFFIX = ".npz"
CHECKED = 20  # lattices that are simulated to see what the found rules give


@dataclass
class LatticeProject:
    """Snapshots, the search for their rules, and what it found.

    Attributes
    ----------
    title, folder, name
        For people, for exports, and in the address of the page.
    shots
        What was read.
    found
        The rules, once they are found.
    again
        Numbers of molecules as the found rules give them, ``(runs, times, species)``; None where nothing is simulated.
    stage, problem
        Where the search stands, empty where none runs; what went wrong last.
    version
        Grows with every change: how pages notice.
    """

    title: str
    folder: Path
    name: str
    shots: Snapshots
    found: "SnapshotDiscovery | None" = None
    again: Any = None
    stage: str = ""
    problem: str = ""
    version: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)

    @staticmethod
    def opened(path: Path) -> "LatticeProject":
        """Make a project of a file of snapshots.

        Raises
        ------
        DataError
            It cannot be read.
        """
        project = LatticeProject(path.stem, new_folder(), next_name(), read_snapshots(path))
        PROJECTS[project.name] = project
        return project

    @property
    def searching(self) -> bool:
        """Whether a search runs."""
        return bool(self.stage)

    @property
    def answers(self) -> "list[SnapshotDiscovery]":
        """All answers: one, or none yet."""
        return [] if self.found is None else [self.found]

    def search(self) -> threading.Thread:
        """Look for the rules beside other work; the thread that does is returned."""
        self.stage, self.problem, self.found, self.again = "beginning", "", None, None
        self._stopped.clear()
        self._touch()
        thread = threading.Thread(target=self._search, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Let the search end, with the best that it has."""
        self._stopped.set()

    def _search(self) -> None:
        from ..snapshots.discover import discover_snapshots  # loads much, which tables do not need

        try:
            self.found = discover_snapshots(self.shots, progress=self._tell)
            self.again = self._simulated(self.found)
        except KeyboardInterrupt:
            self.problem = "stopped before anything was found"
        except CrnsymError as error:
            self.problem = str(error)
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
        finally:
            self.stage = ""
            self._touch()

    def _simulated(self, found: "SnapshotDiscovery") -> Any:
        """Return the numbers that the rules give; None for counts, and where they cannot be simulated."""
        shots = self.shots
        if shots.kind != "lattice" or shots.window or not len(found):
            return None
        self.stage = "simulating what was found"
        self._touch()
        starts = shots.counts()[:, 0].mean(axis=0).round().astype(int)
        initial = dict(zip(shots.species, map(int, starts), strict=True))
        options: dict[str, Any] = {"initial": initial, "periodic": shots.periodic, "lattice": shots.lattice, "seed": 0}
        try:
            return found[0].simulate(shots.shape, shots.times, CHECKED, **options).counts()
        except CrnsymError as error:
            self.problem = f"the rules are found, but were not simulated: {error}"
            return None

    def _tell(self, stage: str, fraction: float | None, best: str) -> None:
        self.stage = f"{stage}{'' if fraction is None else f', {100 * fraction:.0f} %'}{f': {best}' if best else ''}"
        if self._stopped.is_set():
            raise KeyboardInterrupt

    def _touch(self) -> None:
        self.version += 1
