"""How far a search decides: about whole mechanisms, and about every reaction.

A mechanism with more reactions than the best is no rival: it leaves open only whether something happens beside, which
is said as a question where the two tie. What decides is the lead over the best mechanism that lacks one of the
reactions of the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..deciding import THRESHOLDS
from .candidate import Candidate
from .describe import reaction_texts

SHOWN = 6  # reactions that a sentence names


@dataclass(frozen=True, slots=True)
class Standing:
    """What the best candidate has to fear.

    Attributes
    ----------
    rivals
        Candidates near the best that lack one of its reactions, with their ranks from 1.
    lead
        Score units to the nearest of all that lack one, infinite if there is none.
    wider
        Candidates that tie with the best and have all of its reactions and more, with their ranks.
    """

    rivals: tuple[tuple[int, Candidate], ...]
    lead: float
    wider: tuple[tuple[int, Candidate], ...]

    @property
    def ties(self) -> int:
        """Number of mechanisms between which nothing is decided, the best among them."""
        return 1 + len(self.rivals) + len(self.wider)

    @staticmethod
    def of(candidates: Sequence[Candidate]) -> "Standing":
        """Look at all candidates, the best first."""
        own = set(reaction_texts(candidates[0].mechanism))
        gaps = [c.score - candidates[0].score for c in candidates]
        others = [not own <= set(reaction_texts(c.mechanism)) for c in candidates]
        rivals = [
            (rank, c)
            for rank, (c, gap, other) in enumerate(zip(candidates, gaps, others, strict=True), 1)
            if other and gap < THRESHOLDS.lead
        ]
        lead = min((gap for gap, other in zip(gaps, others, strict=True) if other), default=float("inf"))
        wider = [
            (rank, c)
            for rank, (c, gap, other) in enumerate(zip(candidates, gaps, others, strict=True), 1)
            if rank > 1 and gap <= THRESHOLDS.tie and not other
        ]
        return Standing(tuple(rivals), lead, tuple(wider))


def reaction_verdicts(best: Candidate, inclusion: Mapping[str, float]) -> dict[str, tuple[float, str]]:
    """Return {reaction: (probability, word)}: ``certain``, ``open`` or ``not needed``; those of the best first."""
    own = reaction_texts(best.mechanism)
    others = [text for text in inclusion if text not in own]
    return {text: (inclusion.get(text, 0.0), word(inclusion.get(text, 0.0))) for text in (*own, *others)}


def word(probability: float) -> str:
    """Say what a probability means for a reaction."""
    if probability >= THRESHOLDS.certain:
        return "certain"
    return "open" if probability > THRESHOLDS.not_needed else "not needed"


def about_reactions(best: Candidate, inclusion: Mapping[str, float]) -> str:
    """Say which reactions are certain and which are open, in one or two sentences."""
    verdicts = reaction_verdicts(best, inclusion)
    certain = [text for text, (_, w) in verdicts.items() if w == "certain"]
    open_ones = [f"{text} ({p:.2f})" for text, (p, w) in verdicts.items() if w == "open"]
    total = len(reaction_texts(best.mechanism))
    told = []
    if len(certain) == total:
        told.append("Every reaction of it is certain." if total > 1 else "Its reaction is certain.")
    elif certain:
        told.append(f"Certain are {_listed(certain)}.")
    if open_ones:
        told.append(f"Open, with their probabilities: {_listed(open_ones)}.")
    return " ".join(told)


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return "; ".join(texts[:SHOWN]) + more
