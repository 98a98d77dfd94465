"""What speaks for one of several given mechanisms, in plain words."""

from collections.abc import Sequence

from .candidate import Candidate
from .nested import nested_tests

# twice the logarithm of the Bayes factor and what it is called (Kass & Raftery 1995, J. Am. Stat. Assoc. 90, 773)
WORDS = ((2.0, "hardly worse"), (6.0, "somewhat worse"), (10.0, "clearly worse"), (float("inf"), "far worse"))
MOST = 6


def evidence(candidates: Sequence[Candidate]) -> str:
    """Say how far each given mechanism lies behind the best, and what the tests of special cases say."""
    if len(candidates) < 2:
        return ""
    best = candidates[0]
    behind = []
    for other in candidates[1 : MOST + 1]:
        gap = other.score - best.score
        word = next(word for limit, word in WORDS if gap < limit)
        behind.append(f"{other.name} is {word} ({gap:.1f} units of BIC)")
    more = f"; and {len(candidates) - MOST - 1} more" if len(candidates) > MOST + 1 else ""
    text = f" Beside {best.name}, {', '.join(behind)}{more}."
    tests = [t for t in nested_tests(candidates) if best.name in (t.simple, t.rich)]
    return text + "".join(f" {t}." for t in sorted(tests, key=lambda t: t.p)[:2])
