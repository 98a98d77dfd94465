"""What the data say, in plain words."""

from collections.abc import Sequence

from ..refit.problem import FitProblem
from .groups import tie_width
from .ranking import Candidate
from .residuals import ABOVE_NOISE, Residuals


def verdict(
    candidates: Sequence[Candidate], ties: int, left_over: Residuals | None, problem: FitProblem
) -> tuple[str, str]:
    """Return one word and one or two sentences.

    The word is ``decided``, ``tie``, ``undecided`` (few data, several candidates within the wide margin) or
    ``not reached`` (the best candidate leaves more than noise).
    """
    if not candidates:
        return "not reached", "No mechanism among the measured species could be fitted to these data."
    best = candidates[0]
    if left_over is not None and not left_over.reaches_noise:
        return "not reached", _not_reached(best, left_over, problem)
    if ties == 1:
        if len(candidates) == 1:
            return "decided", "The data decide for the one mechanism that the search found plausible."
        gap = candidates[1].score - best.score
        return "decided", (
            f"The data decide for mechanism 1 (weight {best.weight:.2f}); the next differs by {gap:.1f} score units."
        )
    width = tie_width(problem)
    which = f"{ties} mechanisms within {width:g} score units"
    if width > 2:
        return "undecided", f"The data do not decide: {which} ({problem.count} values are few). More data are needed."
    return "tie", f"A tie: {which}. More data, or other starting concentrations, would be needed to decide."


def _not_reached(best: Candidate, left_over: Residuals, problem: FitProblem) -> str:
    reason = []
    if best.reduced > ABOVE_NOISE:
        reason.append(f"the best fit leaves chi2/N = {best.reduced:.2f} of the estimated noise")
    if left_over.structured.any():
        names = [s for s, flag in zip(problem.species, left_over.structured, strict=True) if flag]
        reason.append(f"the residuals of {', '.join(names)} have structure")
    return (
        "No mechanism among the measured species reaches the noise: "
        + " and ".join(reason)
        + ". A hidden species or a reaction outside the list is likely."
    )
