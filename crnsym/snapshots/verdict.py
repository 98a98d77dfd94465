"""What a ranked list of rule sets says, in plain words."""

from collections.abc import Sequence

import numpy as np

from ..data.snapshots import Snapshots
from .exclusion import Library, law_text
from .result import TIE, RuleSet, SnapshotDiscovery
from .select import Search

MISFIT = 4.0  # standard deviations of chi-square above which a loss is no noise
COARSE = 3.0  # standard errors of a mean increment above which a doubtful time integral matters
FEW = 10  # runs below which their scatter is hardly known
SLOPPY = 0.25  # relative standard error above which a rate is hardly determined


def conclude(
    shots: Snapshots,
    library: Library,
    candidates: Sequence[RuleSet],
    chosen: Sequence[set[int]],
    search: Search,
    counts_only: bool,
) -> SnapshotDiscovery:
    """Judge the candidates (best first), given as sets of numbers of rules in ``chosen``."""
    best, equations = candidates[0], search.loss.equations
    ties = sum(c.score - best.score <= TIE for c in candidates)
    names = {i: library.rules[i].text(shots.species) for s in chosen for i in s}
    instead: dict[str, list[str]] = {}
    added: list[str] = []
    for other in chosen[1:ties]:
        lost, won = chosen[0] - other, other - chosen[0]
        if len(lost) == len(won) == 1:
            instead.setdefault(names[min(lost)], []).append(names[min(won)])
        elif not lost:
            added += [names[i] for i in sorted(won) if names[i] not in added]
    limit = 1 + MISFIT * np.sqrt(2 / equations)
    freedom = max(equations - len(best.rules), 1)
    reached = best.loss / freedom <= limit
    if not reached:
        verdict = "not reached"
        statement = (
            f"No set of rules explains the snapshots within their noise: the best leaves {best.loss / freedom:.2f} "
            f"times as much ({limit:.2f} would pass). A rule outside the library, errors of the states, a species "
            "that was not measured, or too few times are likely."
        )
    elif ties == 1:
        verdict = "decided"
        gap = f"; the next differs by {candidates[1].score - best.score:.1f}" if len(candidates) > 1 else ""
        statement = f"The snapshots decide for these {len(best.rules)} of {len(library.rules)} rules{gap}."
    else:
        verdict = "tie"
        statement = f"A tie: {ties} sets of rules lie within {TIE:g} score units, of {len(library.rules)} rules."
        statement += "".join(f" In the place of '{a}' could stand {_quoted(b)}." for a, b in instead.items())
        statement += f" Perhaps also: {_quoted(added)}." if added else ""
    remarks = _remarks(shots, library, best, search.loss.coarse, counts_only)
    return SnapshotDiscovery(
        tuple(candidates),
        shots,
        tuple(rule.text(shots.species) for rule in library.rules),
        equations,
        ties,
        verdict,
        statement,
        {rule: tuple(others) for rule, others in instead.items()},
        tuple(added),
        {},
        tuple(remarks),
        {
            "runs": shots.runs,
            "times": len(shots.times),
            "same_runs": shots.same_runs,
            "rules": len(library.rules),
            "excluded": len(library.rules) - len(library.usable),
            "equations": equations,
            "loss_per_equation": best.loss / freedom,
            "coarse": search.loss.coarse,
            "interrupted": search.interrupted,
        },
    )


def _remarks(shots: Snapshots, library: Library, best: RuleSet, coarse: float, counts_only: bool) -> list[str]:
    found = []
    if shots.runs < FEW:
        found.append(f"{shots.runs} runs hardly show how much runs scatter: scores and errors are not to be trusted")
    if library.laws:
        sums = ", ".join(law_text(law, shots.species) for law in library.laws)
        found.append(f"{sums} never changed: the {len(library.broken)} rules that would change it are left out")
    if library.impossible:
        found.append(f"{len(library.impossible)} rules could act nowhere in these snapshots and are left out")
    if shots.kind == "counts":
        found.append(
            "counts do not show where molecules are: hops are not identifiable, and the propensities are those of a "
            "well-mixed volume"
        )
    elif counts_only:
        movements = [library.rules[i].text(shots.species) for i in library.invisible]
        found.append(f"not identifiable from counts alone: {'; '.join(movements)}; pairs of neighbours would show them")
    if coarse > COARSE:
        found.append(
            f"the times are too far apart where changes are fast (an integral over time is doubtful by {coarse:.0f} "
            "standard errors): rates may be biased; measure more often there"
        )
    for rule, rate, error in zip(best.rules, best.rates, best.standard_errors, strict=True):
        if error > SLOPPY * rate:
            found.append(f"the rate of '{rule}' is hardly determined ({100 * error / rate:.0f} %)")
    if best.placed:
        found.append(f"the network alone does not say the sites of {_quoted(best.placed)}; its simulation would differ")
    if best.equivalents:
        others = " or ".join("{" + "; ".join(rules) + "}" for rules in best.equivalents)
        found.append(f"exactly the same process, with other rates: {others}")
    return found


def _quoted(rules: Sequence[str]) -> str:
    return ", ".join(f"'{rule}'" for rule in rules)
