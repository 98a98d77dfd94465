"""What the data say, in plain words."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..data.mechanism import Mechanism
from ..deciding import THRESHOLDS
from ..refit.fast_pairs import fast_pairs
from ..refit.fit import Fit
from ..refit.limits import partner
from ..refit.problem import FitProblem
from ..rounding.to_network import default_rate_names
from ..search.findings import is_simple
from ..search.score import matter
from .candidate import Candidate
from .certainty import Standing, about_reactions
from .describe import complex_text, reaction_texts
from .exchange import unusual_steps
from .groups import tie_width
from .products import identified_exponents, product_text
from .residuals import Residuals
from .unmeasured import lead_of_hidden

LOWEST_ENERGY = -5e3  # J/mol; barrierless steps have about none
MORE_DATA = "More data, or runs from other starting concentrations, would be needed."


def verdict(
    candidates: Sequence[Candidate],
    left_over: Residuals | None,
    problem: FitProblem,
    inclusion: Mapping[str, float],
    complete: bool = True,
    unrivalled: bool = False,
    named: bool = False,
    drift: str = "",
) -> tuple[str, str]:
    """Say in one word and some sentences how far a search decides.

    The word is ``decided`` (every mechanism that lacks a reaction of the best is far behind, and the best is simple),
    ``undecided`` or ``tie`` (one of them is near, the best is not simple, nothing is left to test it, or one with more
    reactions ties with it),
    ``not reached`` (the best candidate leaves more than noise) or ``unfinished`` (the search was ended before it had
    settled).

    Parameters
    ----------
    candidates
        The best first.
    left_over
        Residuals of the best.
    problem
        The measurements.
    inclusion
        {reaction: probability} over all mechanisms that were fitted.
    complete
        Whether the search ended by itself.
    unrivalled
        Whether no hypothesis about an unmeasured species promised more, so that odd reactions are no reason to doubt.
    named
        Whether the unmeasured species are those that somebody named, and no others were looked for.
    drift
        A sum that nearly stays constant although the best mechanism does not keep it, see `crnsym.comparison.remarks`.
    """
    if not candidates and not complete:
        return "unfinished", "The search was ended before any mechanism was fitted; give it more time (--time-budget)."
    if not candidates:
        return "not reached", "No mechanism among the measured species could be fitted to these data."
    best = candidates[0]
    reached = left_over is None or left_over.reaches_noise
    if not complete:
        how = "explains the data down to the noise" if reached else "does not explain the data yet"
        return "unfinished", (
            f"Not searched far enough: the search was ended before it had settled. The best so far {how}; with more "
            "time another may be found."
        )
    if left_over is not None and not reached:
        return "not reached", _not_reached(best, left_over, problem, False)
    if not best.fit.tested:
        return "undecided", (
            f"Mechanism 1 has as many fitted numbers as there are values ({best.fit.count}): it passes through them "
            f"whatever happened, and nothing is left to test it. {MORE_DATA}"
        )
    standing = Standing.of(candidates)
    sure = about_reactions(best, inclusion)
    if not standing.rivals:
        gap = f"; the next that lacks one of its reactions is {standing.lead:.1f} score units behind"
        behind = gap if np.isfinite(standing.lead) else ""
        if not unrivalled and not is_simple(best.mechanism):
            return "undecided", (
                f"No other mechanism is near mechanism 1 (weight {best.weight:.2f}){behind}; but it has many or odd "
                "reactions for the directions in which the concentrations move: a simpler one, with a species that was "
                f"not measured, may have been missed. {sure}"
            )
        if _makes_matter_all_the_same(best, problem):
            return "undecided", (
                f"No other mechanism is near mechanism 1 (weight {best.weight:.2f}){behind}; but it makes or destroys "
                f"matter although it has species that were not measured: others may do as well. {sure}"
            )
        if drift:
            return "undecided", (
                f"No other mechanism is near mechanism 1 (weight {best.weight:.2f}){behind}; but it does not keep "
                f"{drift}, which hardly changes: a drift of the measurements looks the same, and some of its reactions "
                f"would be made up. {sure}"
            )
        unmeasured = len(best.mechanism.species) - len(problem.species)
        if unmeasured and not named and lead_of_hidden(candidates, len(problem.species)) < THRESHOLDS.small_lead:
            return "undecided", (
                f"No other mechanism is near mechanism 1 (weight {best.weight:.2f}){behind}; but whether a species "
                f"that was not measured takes part is open. {sure}"
            )
        if unmeasured > THRESHOLDS.unmeasured and not named:
            return "undecided", (
                f"No other mechanism is near mechanism 1 (weight {best.weight:.2f}){behind}; but it has {unmeasured} "
                "species that were not measured: so many can do what others do as well, and not all of those were "
                f"tried. {sure}"
            )
        if standing.wider:
            rank, _ = standing.wider[0]
            return "undecided", (
                f"The data need the reactions of mechanism 1 (weight {best.weight:.2f}){behind}, but do not decide "
                f"whether another happens beside them, as in mechanism {rank}. {sure} {MORE_DATA}"
            )
        return "decided", f"The data decide for mechanism 1 (weight {best.weight:.2f}){behind}. {sure}"
    ranks = [str(rank) for rank, _ in standing.rivals]
    which = f"mechanism {ranks[0]}" if len(ranks) == 1 else f"mechanisms {', '.join(ranks[:-1])} and {ranks[-1]}"
    where = f"{which} {'lies' if len(ranks) == 1 else 'lie'} within {standing.rivals[-1][1].score - best.score:.1f}"
    tie = standing.lead <= THRESHOLDS.tie
    begin = "A tie" if tie else "The data do not decide"
    return "tie" if tie else "undecided", (
        f"{begin}: {where} score units of mechanism 1 (weight {best.weight:.2f}). {sure} {MORE_DATA}"
    )


def _makes_matter_all_the_same(best: Candidate, problem: FitProblem) -> bool:
    """Whether hidden species, which could hold what is missing, do not."""
    mechanism = best.mechanism
    hidden = len(mechanism.species) > len(problem.species)
    return hidden and matter(mechanism.reactants, mechanism.net_stoichiometry) == "made"


def verdict_of_given(
    candidates: Sequence[Candidate], ties: int, left_over: Residuals | None, problem: FitProblem
) -> tuple[str, str]:
    """Say in one word and some sentences how far data decide between given networks: nothing else was searched."""
    if not candidates:
        return "not reached", "No mechanism among the measured species could be fitted to these data."
    best = candidates[0]
    if left_over is not None and not left_over.reaches_noise:
        return "not reached", _not_reached(best, left_over, problem, True)
    if len(candidates) == 1:
        return "decided", f"{best.name} explains the data down to the noise; nothing was compared with it."
    same = [c for c in candidates[1:] if c.group == best.group]
    if len(same) == len(candidates) - 1:
        names = ", ".join(c.name for c in (best, *same))
        return "tie", f"{names} are the same mechanism: their rate equations agree, whatever is measured."
    if ties == 1:
        return "decided", f"The data decide for {best.name} (weight {best.weight:.2f})."
    width = tie_width(problem)
    names = ", ".join(c.name for c in candidates[: min(ties, 6)]) + (", ..." if ties > 6 else "")
    which = f"{names} lie within {width:g} score units"
    if width > 2:
        rows = int(problem.lengths.sum())
        trusted = f"up to {THRESHOLDS.few_rows}, a lead of less is not trusted"
        times = f"{rows} sampling time{'s' * (rows != 1)} are few: {trusted}"
        return "undecided", (
            f"The data do not decide: {which}, and {times}. {best.name[0].upper()}{best.name[1:]} has the weight "
            f"{best.weight:.2f}. More samples, or runs from other starting concentrations, would be needed."
        )
    return "tie", f"A tie: {which}. More data, or other starting concentrations, would be needed to decide."


def _not_reached(best: Candidate, left_over: Residuals, problem: FitProblem, given: bool) -> str:
    reason = []
    if best.reduced > left_over.limit:
        reason.append(f"the best fit leaves chi2/N = {best.reduced:.2f} of the estimated noise")
    if left_over.structured.any():
        names = [s for s, flag in zip(problem.column_names, left_over.structured, strict=True) if flag]
        reason.append(f"the residuals of {', '.join(names)} have structure")
    if given:
        return (
            f"None of the given mechanisms reaches the noise: {' and '.join(reason)}; {best.name} comes nearest "
            f"(weight {best.weight:.2f}). A step or a species may be missing: try crnsym discover."
        )
    if len(best.mechanism.species) > len(problem.species):
        return (
            f"No mechanism reaches the noise, those with hidden species among them: {' and '.join(reason)}. "
            "A further species or reaction is likely, or the data are smoother than their noise (resampled, filtered)."
        )
    return (
        f"No mechanism among the measured species reaches the noise: {' and '.join(reason)}. "
        "A hidden species or a reaction outside the list is likely, or a rate that is no mass action: try crnsym "
        "rate-laws."
    )


def as_good_on_left_out_runs(candidates: Sequence[Candidate]) -> str:
    """Say which candidates predict runs that were left out about as well as the best of them does, if several do."""
    tested = [(number, c.test_error) for number, c in enumerate(candidates, 1) if np.isfinite(c.test_error)]
    least = min((error for _, error in tested), default=0.0)
    near = [(number, error) for number, error in tested if error <= THRESHOLDS.as_good * least]
    if len(near) < 2:
        return ""
    numbers = [str(number) for number, _ in near]
    named = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
    return (
        f" On runs that were left out, mechanisms {named} predict about equally well "
        f"(mean error {100 * least:.2g} to {100 * max(error for _, error in near):.2g} % of the range): where none "
        "reaches the noise, take that for undecided, whatever the weights."
    )


def undetermined(fit: Fit) -> list[str]:
    """Name the rates at a limit, pairs in fast equilibrium, and rates of which only a product is determined."""
    texts = reaction_texts(fit.mechanism)
    found = [_limit(fit, j, texts) for j in fit.pinned]
    for pair in fast_pairs(fit):
        found.append(f"{texts[pair.forward]} and its reverse are in fast equilibrium: " + "; ".join(pair.signals))
    names = default_rate_names(fit.mechanism)
    for exponents in identified_exponents(fit):
        members = np.flatnonzero(exponents)
        if len(members) > 1 and not set(fit.pinned) & set(members.tolist()):
            text = product_text({names[j]: int(exponents[j]) for j in members})
            value = float(np.exp(exponents @ fit.mechanism.log_rates))
            error = float(np.sqrt(max(exponents @ fit.covariance @ exponents, 0.0)))
            known = " and ".join(f"{names[j]} ({texts[j]})" for j in members)
            found.append(f"of {known} the data determine only {text} = {value:.3g} ± {100 * error:.2g} %")
    return found


def doubts(mechanism: Mechanism, laws: Sequence[np.ndarray]) -> list[str]:
    """Say what makes a well-fitting mechanism suspicious: unusual steps, matter that appears, broken conservation.

    Parameters
    ----------
    mechanism
        The best candidate.
    laws
        Sets of conservation laws that the data nearly obey.
    """
    found = []
    for text, reactants in zip(reaction_texts(mechanism), mechanism.reactants, strict=True):
        if reactants.sum() > 2:
            found.append(
                f"{text} needs three molecules at once, which is rare: it may stand for two steps through an "
                "intermediate that was not measured"
            )
    found += unusual_steps(mechanism)
    energies = [] if mechanism.energies is None else mechanism.energies.tolist()
    slower = [t for t, e in zip(reaction_texts(mechanism), energies, strict=False) if e < LOWEST_ENERGY]
    if slower:
        others = f" (and {len(slower) - 1} more)" if len(slower) > 1 else ""
        found.append(
            f"{slower[0]}{others} slows down as it gets warmer, which hardly any single step does: it may stand for "
            "several, one of them an equilibrium"
        )
    for law in laws[0] if len(laws) else ():
        if len(law) == len(mechanism.species) and np.all(law > 0) and np.any(mechanism.net_stoichiometry @ law):
            total = complex_text(mechanism.species, law)
            found.append(
                f"{total} stays constant within the noise, but mechanism 1 does not conserve it: a species that was "
                "not measured may hold a part"
            )
    return found


def _limit(fit: Fit, pinned: int, texts: list[str]) -> str:
    """Say what a rate at its fast limit leaves to be known."""
    text = f"{texts[pinned]} is too fast for these data: its rate has a lower bound, no value"
    tied = partner(fit.mechanism, pinned)
    if tied is None or tied in fit.pinned:
        return text
    ratio = float(np.exp(fit.mechanism.log_rates[tied] - fit.mechanism.log_rates[pinned]))
    spread = f"{ratio:.3g} ± {100 * fit.log_errors[tied]:.2g} %"
    return f"{text}; determined is the rate of {texts[tied]} divided by it, {spread}"
