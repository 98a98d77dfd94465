"""Candidates reaction by reaction."""

from collections.abc import Sequence
from typing import Any

from .candidate import Candidate
from .table import rate_text


def reaction_rows(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Return one dict a reaction that any candidate has: how many have it, and its rate in each of them.

    The entry of a candidate stands under its name and is empty where it lacks the reaction. Reactions that all have
    come last, because the others are what the candidates differ in.
    """
    table: dict[str, dict[str, str]] = {}
    for candidate in candidates:
        for text, rate in zip(candidate.reactions, rates_of_reactions(candidate), strict=True):
            entry = table.setdefault(text, {})
            entry[candidate.name] = f"{entry[candidate.name]}; {rate}" if candidate.name in entry else rate
    names = [c.name for c in candidates]
    rows = [
        {"reaction": text, "candidates": len(entry), **{name: entry.get(name, "") for name in names}}
        for text, entry in table.items()
    ]
    return sorted(rows, key=lambda row: row["candidates"] == len(names))


def rates_of_reactions(candidate: Candidate) -> list[str]:
    """Write what each reaction of a candidate has for a rate: its constant with standard error, or its parameters."""
    if candidate.one_rate_each:
        return [rate_text(candidate, name) for name in candidate.rates]
    found = []
    for reaction in candidate.network.reactions:
        names = [str(p) for p in reaction.rate.parameters if str(p) in candidate.rates]
        found.append(", ".join(f"{name} = {rate_text(candidate, name)}" for name in names) or "given")
    return found


def difference_sentences(candidates: Sequence[Candidate]) -> list[str]:
    """Say in what each candidate differs from the first."""
    if not candidates:
        return []
    best = candidates[0]
    first = set(best.reactions)
    found = []
    for other in candidates[1:]:
        more = [r for r in other.reactions if r not in first]
        fewer = [r for r in best.reactions if r not in set(other.reactions)]
        parts = ([f"has {'; '.join(more)}"] if more else []) + ([f"lacks {'; '.join(fewer)}"] if fewer else [])
        text = " and ".join(parts) or "has the same reactions, with other rate laws, parameters or observables"
        found.append(f"{other.name} {text}, beside {best.name}")
    return found
