"""A rate law proposed unasked, where mass action does not describe what one reaction does, alone or beside others."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from ...deciding import THRESHOLDS
from ...errors import CrnsymError
from ...network.network import Network
from ...network.printing import expression_text
from ...search.findings import is_simple
from ...training.tasks import Tasks
from ..candidate import Candidate
from ..exchange import unusual_steps
from ..numbers import with_error
from ..residuals import residuals
from ..result import Discovery
from .apart import reactions_apart
from .rate_laws import rate_laws
from .reaction import SeveralError
from .result import RateLaw, RateLaws


@dataclass(frozen=True, slots=True, eq=False)
class ProposedLaw:
    """A rate law beside the mechanisms of a search.

    Attributes
    ----------
    reaction, title, rate
        Whose law it is, what chemists call it, and the law as text.
    network
        The reaction with this law and its numbers.
    numbers, standard_errors
        {constant: value}.
    steps, meaning
        Elementary steps that make it, and what its constants are in theirs.
    reduced, least
        chi2 per value of the law, and of the best mechanism of mass action.
    reached
        Whether the law leaves nothing but noise, and whether mass action does.
    lead
        Units of BIC by which the law is better than that mechanism.
    alike
        Titles of other laws that the data do not tell from it.
    beside
        The other reactions, of mass action; ``""`` for none.
    """

    reaction: str
    title: str
    rate: str
    network: Network
    numbers: Mapping[str, float]
    standard_errors: Mapping[str, float]
    steps: tuple[str, ...]
    meaning: str
    reduced: float
    least: float
    reached: tuple[bool, bool]
    lead: float
    alike: tuple[str, ...] = ()
    beside: str = ""

    @property
    def sentence(self) -> str:
        """What the law is to the data, in one sentence."""
        others = f" beside {self.beside}" if self.beside else ""
        named = f"the rate law r = {self.rate} of {self.reaction} ({self.title}){others}"
        figures = f"chi2/N {self.reduced:.2f}, for mass action {self.least:.2f}; BIC {abs(self.lead):.0f} units"
        alike = f"; these data do not tell it from {', '.join(self.alike)}" if self.alike else ""
        if self.reached[0] and not self.reached[1]:
            return f"Mass action does not describe these data; {named} does: {figures} lower{alike}."
        if self.lead >= THRESHOLDS.law_lead:
            return f"Better than mass action is {named}: {figures} lower{alike}."
        return f"In the language of rate laws: {named} says the same ({figures} {self._side}){alike}."

    @property
    def _side(self) -> str:
        return "lower" if self.lead >= 0 else "higher"

    @property
    def lines(self) -> tuple[str, ...]:
        """Its numbers, and the steps that make it."""
        numbers = (f"{name} = {with_error(v, self.standard_errors[name])}" for name, v in self.numbers.items())
        return (f"{', '.join(numbers)}", *self.steps, f"with {self.meaning}")


def with_rate_law(found: Discovery, seed: int = 0, tasks: Tasks | None = None) -> Discovery:
    """Add to a discovery the rate law of one reaction, where mass action misfits and a law does better.

    Mass action misfits where the best mechanism leaves more than noise, or needs species that were not measured,
    unusual steps, or many reactions. Where one reaction does not make all changes, each of the plainest few that do is
    tried with a law beside the others, which are of mass action; two laws at once are for `rate_laws` by request.
    """
    if not _misfits(found):
        return found
    laws = [_proposed(found, *tried) for tried in _tried(found, seed, tasks)]
    best = max((law for law in laws if law is not None), key=lambda law: law.lead, default=None)
    if best is None:
        return found
    return replace(found, rate_law=best, statement=f"{found.statement} {best.sentence}")


def _tried(found: Discovery, seed: int, tasks: Tasks | None) -> Iterator[tuple[RateLaws, str]]:
    """Give the laws of the only reaction, or of each of several with the others that go on beside it."""
    try:
        yield rate_laws(found.data, noise=found.noise, seed=seed, executor=tasks), ""
        return
    except SeveralError:
        reactions = reactions_apart(found) if _in_doubt(found) else ()
    except CrnsymError:  # a proposal beside the answer, which stands without it
        return
    for wanted in reactions:
        beside = "; ".join(other for other in reactions if other != wanted)
        with suppress(CrnsymError):
            yield rate_laws(found.data, wanted, beside=beside, noise=found.noise, seed=seed, executor=tasks), beside


def _in_doubt(found: Discovery) -> bool:
    """Say whether an answer is so doubtful that a law beside other reactions is worth its time.

    Each is fitted from many starts: minutes for an answer that the data decide without it.
    """
    doubtful = found.verdict != "decided" and (bool(found[0].fit.problem.shared) or not is_simple(found[0].mechanism))
    return found.verdict == "not reached" or doubtful


def _misfits(found: Discovery) -> bool:
    """Say whether the answer of a finished search is none that a chemist would write down by mass action."""
    if not len(found) or not found.complete or found.problem.observation is not None:
        return False
    best = found[0]
    if found.verdict == "not reached" or best.hidden_species or not is_simple(best.mechanism):
        return True
    return bool(unusual_steps(best.mechanism)) or bool((best.mechanism.reactants.sum(axis=1) > 2).any())


def _proposed(found: Discovery, laws: RateLaws, beside: str) -> ProposedLaw | None:
    """Return the plainest of the best laws where it is worth a word: no mass action, and no worse than the search."""
    law, best = laws[0], found[0]
    if law.title == "mass action":
        return None
    lead = _lead(best, law.candidate)
    left = residuals(law.candidate.fit)
    reached = (left is not None and left.reaches_noise, found.verdict != "not reached")
    if lead < (-THRESHOLDS.law_lead if reached[0] and best.hidden_species else THRESHOLDS.law_lead):
        return None
    return _told(laws, law, best.reduced, reached, lead, beside)


def _lead(best: Candidate, law: Candidate) -> float:
    """Units of BIC by which a law is better, for the same number of values: it may leave out columns that stay."""
    count = min(best.count, law.count)
    fewer = best.n_parameters - law.n_parameters
    return float(count * np.log(best.reduced / max(law.reduced, 1e-300)) + fewer * np.log(count))


def _told(
    laws: RateLaws, law: RateLaw, least: float, reached: tuple[bool, bool], lead: float, beside: str
) -> ProposedLaw:
    meant = ", ".join(f"{name} = {expression_text(e)}" for name, e in law.mechanism.constants.items())
    return ProposedLaw(
        reaction=f"{laws.reaction.reactants} -> {laws.reaction.products}",
        title=law.title,
        rate=expression_text(law.rate),
        network=law.network,
        numbers=law.values,
        standard_errors=law.standard_errors,
        steps=tuple(law.mechanism.lines()),
        meaning=meant,
        reduced=law.candidate.reduced,
        least=least,
        reached=reached,
        lead=lead,
        alike=tuple(other.title for other in laws.near if other is not law),
        beside=beside,
    )
