"""The answer of a theorem."""

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
    """

    theorem: str
    applies: bool
    conclusion: str
    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.applies

    def __str__(self) -> str:
        head = f"{self.theorem}: {'applies' if self.applies else 'does not apply'}, because {_joined(self.reasons)}."
        return f"{head} {self.conclusion}".rstrip()


def _joined(parts: tuple[str, ...]) -> str:
    return " and ".join(parts) if len(parts) < 3 else ", ".join(parts[:-1]) + " and " + parts[-1]
