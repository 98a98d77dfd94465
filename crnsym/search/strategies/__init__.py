"""How mechanisms are looked for: one file a strategy, and the order in which they work.

A strategy is an object with a name and one method, ``rounds(question, findings)``, which yields lists of tasks (see
`crnsym.search.task`). The tasks of a list do not depend on each other; when all have ended, what they found is in the
findings, and the strategy goes on. A further strategy is one more file and one more line here.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from crnsym.search.findings import Findings
from crnsym.search.question import Question
from crnsym.search.strategies.catalyst import Catalyst
from crnsym.search.strategies.complex_first import ComplexFirst
from crnsym.search.strategies.composed import Composed
from crnsym.search.strategies.given import Given
from crnsym.search.strategies.lawful import Lawful
from crnsym.search.strategies.missing_mass import MissingMass
from crnsym.search.strategies.mixed import Mixed
from crnsym.search.strategies.modules import Modules
from crnsym.search.strategies.rivals import Rivals
from crnsym.search.task import Task


class Strategy(Protocol):
    """One way to look for mechanisms."""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        ...

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield lists of tasks; nothing where the strategy has no reason to work."""
        ...


LIKELY: tuple[Strategy, ...] = (
    Given(),
    Lawful(),
    ComplexFirst(early=True),
    Composed(),
    MissingMass(),
    Catalyst(),
)
"""What most measurements come from."""

DOUBTFUL: tuple[Strategy, ...] = (
    MissingMass(doubting=True),
    Catalyst(further=True),
    ComplexFirst(),
    Modules(),
    ComplexFirst(thorough=True),
    Rivals(),
)
"""What few come from, and what doubts an answer."""

ORDER = (*LIKELY, *DOUBTFUL)

MIXTURES: tuple[Strategy, ...] = (Given(), Mixed(), Rivals(wide=False))
"""The order where columns are mixtures of species."""
