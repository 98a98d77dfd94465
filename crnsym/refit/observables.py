"""Observables as a chemist writes them, ``signal = s*(A + 2*AA) + b``, as `Mixtures`."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from crnsym.data.noise import falls_below_zero
from crnsym.data.trajectories import Trajectories
from crnsym.errors import FitError, UnsupportedError
from crnsym.network.symbols import exact_expression, names_in, put, symbol
from crnsym.refit.general.setting import known
from crnsym.refit.mixtures import Mixtures, assumed, starts_of

FALLS = 0.3  # of its range: by which a column must fall for its species to have been there at the start


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in observables are: species, their amounts at the start (``A0``), and unknown coefficients."""

    species: tuple[str, ...]
    firsts: Mapping[str, str]
    coefficients: tuple[str, ...]


def mixtures_of(
    data: Trajectories,
    observables: Mapping[str, Any],
    starts: Mapping[str, Sequence[float]] | None = None,
    named: Collection[str] = (),
) -> Mixtures:
    """Read observables; a column without one is a species.

    Parameters
    ----------
    data
        The measurements.
    observables
        {column: expression}, linear in species and linear in unknown coefficients. ``A0`` is what the run has of ``A``
        at its start, as in the conversion ``100*(1 - A/A0)``.
    starts
        {species: start in every run}.
    named
        Further names that are species. So are those in ``starts`` and those that begin with a capital letter; other
        names are coefficients.

    Raises
    ------
    FitError
        An observable that is no column, or without a species.
    UnsupportedError
        An observable that is not linear.
    """
    for name in observables:
        known(name, data.species, "an observable of this name has no column in the data:", FitError)
    written = {name: exact_expression(e) for name, e in observables.items()}
    columns = [written.get(name, symbol(name)) for name in data.species]
    direct = [name for name in data.species if name not in written]
    sure = [*(starts or ()), *direct, *named]
    names = _names([written[c] for c in data.species if c in written], sure)
    alone = tuple(columns.index(symbol(s)) if symbol(s) in columns else -1 for s in names.species)
    first, unit = starts_of(names.species, data.experiments, starts or {}, alone)
    remarks = [*assumed(unit)]
    if not unit:
        for name in _there_at_start(data, written, names, first, starts or {}):
            first[:, names.species.index(name)] = 1.0
            remarks.append(
                f"nothing says how much {name} there was, whose column falls: it counts as 1 at the start of every run"
            )
    if names.coefficients:
        told = ", ".join(names.coefficients)
        remarks.append(f"in the observables {told} are unknown coefficients, {', '.join(names.species)} species")
    amounts = _amounts(data, names, first, alone, remarks)
    parts = [
        _linear(expression, column, names, amounts) for column, expression in zip(data.species, columns, strict=True)
    ]
    known_part, constant, terms, offsets = (
        np.stack(part, axis=-2 if k in (0, 2) else -1) for k, part in enumerate(zip(*parts, strict=True))
    )
    below = falls_below_zero(np.concatenate(data.values))
    signed = np.any(terms[:, :, below] != 0, axis=(1, 2, 3))
    positive = np.any(terms != 0, axis=(1, 2, 3)) & ~signed
    free = [name for name, one in zip(names.coefficients, signed, strict=True) if one]
    if free:
        told = ", ".join(n for n, under in zip(data.species, below, strict=True) if under)
        remarks.append(f"{told} falls below zero: {', '.join(free)} may be negative")
    what = names.species, first, known_part, constant, names.coefficients, terms, offsets, positive
    return Mixtures(*what, alone, unit, tuple(remarks))


def _amounts(
    data: Trajectories, names: Names, first: np.ndarray, alone: Sequence[int], remarks: list[str]
) -> np.ndarray:
    """Return what ``A0`` stands for in every run: what was put in, else the first value where A is a column."""
    amounts = first.copy()
    for species in dict.fromkeys(names.firsts.values()):
        place = names.species.index(species)
        unknown = ~(first[:, place] > 0)
        if alone[place] < 0 or not unknown.any():
            continue
        seen = np.array([v[0, alone[place]] for v in data.values])
        amounts[unknown, place] = seen[unknown]
        remarks.append(f"{species}0 is the first value of {species} in each run, as nothing else says it")
    return amounts


def _there_at_start(
    data: Trajectories,
    written: Mapping[str, Any],
    names: Names,
    first: np.ndarray,
    given: Mapping[str, Sequence[float]],
) -> list[str]:
    """List species that would start at zero although the only columns that show them fall."""
    found = []
    for column, expression in written.items():
        inside = [n for n in _reading_order(expression) if n in names.species]
        places = [names.species.index(n) for n in inside]
        if not inside or any(n in given for n in inside) or not np.all(first[:, places] == 0.0):
            continue
        courses = [v[np.isfinite(v[:, k]), k] for k in [data.species.index(column)] for v in data.values]
        drop = np.mean([c[0] - c[-1] for c in courses if len(c) > 1] or [0.0])
        span = max((float(np.ptp(c)) for c in courses if len(c)), default=0.0)
        if drop > FALLS * span:
            found.append(inside[0])
    return list(dict.fromkeys(found))


def _names(expressions: Sequence[Any], sure: Sequence[str]) -> Names:
    """Tell species from coefficients, in reading order."""
    inside = list(dict.fromkeys(n for e in expressions for n in _reading_order(e)))
    species = list(dict.fromkeys(sure))
    species += [n for n in inside if n[0].isupper() and n not in species and not _first_of(n, [*inside, *species])]
    firsts = {n: n[:-1] for n in inside if n not in species and n.endswith("0") and n[:-1] in species}
    coefficients = tuple(n for n in inside if n not in species and n not in firsts)
    if not species:
        raise FitError("no species in the observables; a species begins with a capital letter, or is named in starts")
    return Names(tuple(species), firsts, coefficients)


def _first_of(name: str, names: Sequence[str]) -> bool:
    """Whether a name is that of another with a 0: its amount at the start."""
    return name.endswith("0") and name[:-1] in names


def _reading_order(expression: sp.Expr) -> list[str]:
    text = str(expression)
    places = {n: m.start() for n in names_in(expression) if (m := re.search(rf"(?<!\w){re.escape(n)}(?!\w)", text))}
    return sorted(names_in(expression), key=lambda n: (places.get(n, len(text)), n))


def _linear(
    expression: sp.Expr, column: str, names: Names, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return known weights ``(runs, species)``, a constant ``(runs,)``, and the same of every coefficient."""
    runs, n, count = len(starts), len(names.species), len(names.coefficients)
    known_part, constant = np.zeros((runs, n)), np.zeros(runs)
    terms, offsets = np.zeros((count, runs, n)), np.zeros((count, runs))
    symbols = [symbol(s) for s in (*names.species, *names.coefficients)]
    for run in range(runs):
        for powers, factor in _monomials(_with_starts(expression, column, names, starts[run]), symbols, column):
            chosen, theta = np.flatnonzero(powers[:n]), np.flatnonzero(powers[n:])
            if max(powers, default=0) > 1 or len(chosen) > 1 or len(theta) > 1:
                raise UnsupportedError(
                    f"observable {column} = {expression}: not linear; write a sum of species, each with a number or "
                    "one unknown coefficient, as in 's*(A + 2*AA) + b' or 'e1*A + e2*B' (compare takes any expression)"
                )
            if len(theta):
                target, flat = (terms[theta[0], run], chosen) if len(chosen) else (offsets[theta[0]], [run])
            else:
                target, flat = (known_part[run], chosen) if len(chosen) else (constant, [run])
            target[flat[0]] += factor
    return known_part, constant, terms, offsets


def _monomials(expression: sp.Expr, symbols: Sequence[sp.Symbol], column: str) -> list[tuple[tuple[int, ...], float]]:
    try:
        return [(powers, float(c)) for powers, c in sp.Poly(expression, *symbols).terms() if c != 0]
    except (sp.PolynomialError, TypeError, ValueError):
        raise UnsupportedError(
            f"observable {column} = {expression}: not linear in the species; discover takes sums of species with "
            "numbers or unknown coefficients (compare takes any expression)"
        ) from None


def _with_starts(expression: sp.Expr, column: str, names: Names, start: np.ndarray) -> sp.Expr:
    """Put the amounts at the start of a run in their places."""
    for name, species in names.firsts.items():
        if name not in names_in(expression):
            continue
        value = start[names.species.index(species)]
        if not value > 0:
            raise FitError(
                f"observable {column} = {expression}: {name} is what there is of {species} at the start of a run, "
                "which must be given and positive (starts)"
            )
        expression = put({symbol(name): sp.Float(float(value))}, expression)
    return sp.expand(expression)
