"""The answer of a theorem."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Whether a theorem applies to a network, why, and what follows.

    Attributes
    ----------
    theorem
        Its name.
    applies
        Whether all its hypotheses hold; the truth value of the verdict.
    conclusion
        What follows, a sentence; empty where nothing does.
    reasons
        The hypotheses as they were found, met or not, a sentence part each.
    unmet
        Those of the reasons for which the theorem does not apply.
    """

    theorem: str
    applies: bool
    conclusion: str
    reasons: tuple[str, ...]
    unmet: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.applies

    def __str__(self) -> str:
        reasons = self.reasons if self.applies else self.unmet or self.reasons
        head = f"{self.theorem}: {'applies' if self.applies else 'does not apply'}, because {_joined(reasons)}."
        return f"{head} {self.conclusion}".rstrip()


def verdict(theorem: str, hypotheses: Iterable[tuple[bool, str]], conclusion: str, otherwise: str = "") -> Verdict:
    """Return the verdict on hypotheses [(met, as found)], and what follows with and without them."""
    found = list(hypotheses)
    unmet = tuple(text for met, text in found if not met)
    return Verdict(theorem, not unmet, otherwise if unmet else conclusion, tuple(text for _, text in found), unmet)


def _joined(parts: tuple[str, ...]) -> str:
    return " and ".join(parts) if len(parts) < 3 else ", ".join(parts[:-1]) + " and " + parts[-1]
