"""Species that were not followed, from the mass that is missing.

What is conserved gives an unfollowed species a course (`courses`); every such hypothesis is ranked by the weak form in
a few milliseconds, and the best are searched as if nothing was hidden. The fits know nothing of the course, only of the
start: zero where nobody measured the species, or what was weighed in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.refit.fit import Fit
from crnsym.search.findings import Findings, leaves_noise, unusual_steps
from crnsym.search.hypotheses import Hypothesis, carefully, hypotheses, in_order, one_less, without_laws
from crnsym.search.question import Question
from crnsym.search.score import matter
from crnsym.search.strategies.lawful import Orders, raced
from crnsym.search.task import Task


@dataclass(frozen=True, slots=True)
class MissingMass:
    """Search with the courses of unfollowed species that balances give.

    Attributes
    ----------
    doubting
        Whether to go on with hypotheses that are less likely, and with fewer laws.
    """

    doubting: bool = False

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "unmeasured species, less likely masses" if self.doubting else "unmeasured species, from missing mass"

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield rounds of hypotheses, those that the weak form favours first, until an answer convinces."""
        if not question.weak_form or question.unmeasured is not None:
            return
        charged = bool(question.weighed_in)
        asked = question.hidden is not None and question.hidden > 0
        # others may do what the answer does; a catalyst with several forms can do much
        alike = self.doubting and (
            has_hidden(findings.best, question) or forms(findings.best, question) > EFFORT.bound_forms
        )
        if not charged and not asked and (question.hidden == 0 or (findings.convincing() and not alike)):
            if not self.doubting:
                yield from self._likelier(question, findings)
            return
        ranked = likeliest(question)
        if not charged and not asked and not self.doubting and unrivalled(question, findings, ranked):
            findings.unrivalled = True
            return
        if self.doubting:
            yield from self._less_likely(question, findings, ranked)
        else:
            yield from self._raced(question, findings, ranked)

    def _less_likely(
        self, question: Question, findings: Findings, ranked: list[Hypothesis]
    ) -> Iterator[Sequence[Task]]:
        """Yield what the weak form likes nearly as well, and hypotheses with fewer laws."""
        charged = bool(question.weighed_in)
        near = lowest(ranked) + THRESHOLDS.alike_hypotheses
        rest = [h for h in ranked[EFFORT.looked_at :] if h.promise < near]
        if findings.explained():
            if charged and odd(findings.best):
                yield from self._further(question, findings, ranked)
            yield from self._raced(question, findings, rest)
            return
        # a law that hides a slow reaction forbids the right course
        hidden = 0 if charged else 1
        fewer = in_order(
            question, [h for laws in one_less(mined_laws(question)) for h in hypotheses(question, hidden, laws)]
        )
        doubtful = least_careful(fewer) < least_careful(ranked) - THRESHOLDS.doubtful_laws
        for queue in (fewer, rest) if doubtful else (rest, fewer):
            if not findings.explained():
                yield from self._raced(question, findings, queue)
        if charged and not findings.explained():
            yield from self._further(question, findings, ranked)

    def _further(self, question: Question, findings: Findings, ranked: list[Hypothesis]) -> Iterator[Sequence[Task]]:
        """Yield a species more beside those that were weighed in, and three molecules; first what the weak form likes.

        A weighed-in enzyme has a bound form that nobody named: its balance has a share in both courses.
        """
        beside: list[Hypothesis] = []
        if question.hidden is None:
            beside = in_order(question, hypotheses(question, 1, mined_laws(question)))
        early = least_careful(beside) < least_careful(ranked)
        if early:
            yield from self._raced(question, findings, beside)
        if not findings.explained() and max(question.orders) > 2:
            yield [Orders(h.view, (3,)) for h in ranked[: EFFORT.hypotheses]]
        if not (early or findings.explained()):
            yield from self._raced(question, findings, beside)

    def _likelier(self, question: Question, findings: Findings) -> Iterator[Sequence[Task]]:
        """Yield a round of what the weak form likes better than a convincing answer that may hide a species.

        It may where it has an unusual step, or loses matter.
        """
        best = findings.best
        if question.hidden == 0 or not question.laws or best is None or has_hidden(best, question):
            return
        if not odd(best):
            return
        visible = as_measured(question, best)
        ranked = [h for h in likeliest(question) if h.careful < visible]
        if ranked:
            orders = tuple(o for o in question.orders if o <= 2)
            yield [Orders(h.view, orders, EFFORT.guessed_expansions, True) for h in ranked[: EFFORT.hypotheses]]

    def _raced(self, question: Question, findings: Findings, queue: list[Hypothesis]) -> Iterator[Sequence[Task]]:
        """Race the hypotheses that come first."""
        orders = tuple(o for o in question.orders if o <= 2)
        yield from raced(question, findings, [h.view for h in queue[: EFFORT.looked_at]], orders)


def mined_laws(question: Question) -> np.ndarray:
    """Laws that hold within the noise, ``(laws, species)``."""
    return question.laws[-1] if question.laws else np.zeros((0, question.species), np.int64)


@lru_cache(maxsize=2)
def likeliest(question: Question) -> list[Hypothesis]:
    """Hypotheses under the mined laws in their order; made once for the strategies that ask.

    About what was weighed in where something was, and about a species that nobody named where not, or where asked.
    """
    unnamed = min(question.hidden or 0, 1) if question.weighed_in else 1
    return in_order(question, hypotheses(question, unnamed, mined_laws(question)))


def unrivalled(question: Question, findings: Findings, ranked: list[Hypothesis]) -> bool:
    """Whether the weak form prefers an answer that explains the data to every hypothesis about a hidden species.

    Of 23 random problems with a hidden species it preferred a hypothesis in all, by 16 and more; of 12 of three
    molecules or with spectators in ten it did not (bench seeds 2000 to 7008).
    """
    best = findings.best
    if best is None or not leaves_noise(best) or has_hidden(best, question):
        return False
    if question.laws:
        return findings.explained() and as_measured(question, best) <= least_careful(ranked)
    return without_laws(question, max(best.mechanism.order, 2))[0] <= least_careful(ranked)


def as_measured(question: Question, answer: Fit) -> float:
    """Careful score of the measured species alone, with as many molecules as an answer has."""
    return carefully(question, question.view.under(mined_laws(question), "laws"), max(answer.mechanism.order, 2))


def has_hidden(fit: Fit | None, question: Question) -> bool:
    """Whether an answer has a species that nobody measured, other than a catalyst."""
    return fit is not None and len(fit.problem.species) > question.species and not fit.problem.shared


def odd(fit: Fit | None) -> bool:
    """Whether an answer has an unusual step, or does not keep matter: a species that is not seen may be behind it."""
    if fit is None:
        return False
    mechanism = fit.mechanism
    return unusual_steps(mechanism) > 0 or matter(mechanism.reactants, mechanism.net_stoichiometry) != "kept"


def forms(fit: Fit | None, question: Question) -> int:
    """Count the bound forms of a catalyst in an answer."""
    return 0 if fit is None or not fit.problem.shared else len(fit.problem.species) - question.species - 1


def lowest(queue: list[Hypothesis]) -> float:
    """Return the lowest promise."""
    return min((h.promise for h in queue), default=np.inf)


def least_careful(queue: list[Hypothesis]) -> float:
    """Return the lowest careful score."""
    return min((h.careful for h in queue), default=np.inf)
