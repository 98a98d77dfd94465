"""What is said of species that an answer has and nobody measured."""

from collections.abc import Sequence

import numpy as np

from ..deciding import THRESHOLDS
from .candidate import Candidate


def hidden_species(candidates: Sequence[Candidate], measured: Sequence[str]) -> str:
    """Say that the best mechanism has a species that was not measured, and how it compares with those without."""
    best = candidates[0] if candidates else None
    if best is None or len(best.mechanism.species) == len(measured):
        return ""
    names = best.mechanism.species[len(measured) :]
    problem = best.fit.problem
    present = [bool(problem.start[0, i]) and not problem.free[0, i] for i in range(len(measured), len(problem.species))]
    text = f" {', '.join(names)} {'was' if len(names) == 1 else 'were'} not measured"
    if problem.quasi_steady:
        text += ": its start balances its production and consumption"
    elif problem.shared:
        catalyst = problem.species[problem.shared[0]]
        text += f": {catalyst} is there from the start, in an amount that is fitted, the same in all runs"
    elif any(present):
        catalyst = names[present.index(True)]
        text += f": {catalyst} is there from the start, in an amount taken to be small, with which its rates scale"
    elif problem.nuisance:
        text += ": its start is fitted in every run"
    else:
        text += ": it starts at zero" if len(names) == 1 else ": they start at zero"
    gap = lead_of_hidden(candidates, len(measured))
    if np.isfinite(gap):
        text += f"; the best mechanism without it is {gap:.1f} score units behind"
        if gap < THRESHOLDS.small_lead:
            text += ", a small lead, which may rest on a few samples: take more of them where the curves bend"
    return text + "."


def lead_of_hidden(candidates: Sequence[Candidate], measured: int) -> float:
    """Score by which the best mechanism leads those of so many measured species alone; infinite if there is none."""
    visible = (c.score for c in candidates if len(c.mechanism.species) == measured)
    return min(visible, default=np.inf) - candidates[0].score
