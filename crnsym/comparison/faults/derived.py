"""Columns that were computed from others, to the last digit: they are no measurements of their own."""

from dataclasses import dataclass

import numpy as np

from crnsym.comparison.faults.fault import Fault
from crnsym.comparison.faults.roughness import is_noise, prediction_errors, resolution
from crnsym.data.trajectories import Trajectories

SPARE = 8  # rows beyond the number of columns that a combination must fit
SILENT = 0.2  # rounding error over noise: more, and noise would not betray that columns are independent


@dataclass(frozen=True, slots=True)
class Combination:
    """One column as a combination of others, and a constant."""

    column: int
    weights: np.ndarray
    constant: float


def find_derived(data: Trajectories) -> list[Fault]:
    """Find columns that are an exact linear combination of others in every row.

    Independent measurements have independent noise, so that a combination holds in every row to the last digit only if
    it was computed. Data without noise, where conservation laws hold exactly, are not judged. On 840 columns of clean
    random data (`tests.benchmarks.faults`) nothing is found.
    """
    rows = np.concatenate(data.values)
    rows = rows[np.isfinite(rows).all(axis=1)]
    if rows.shape[1] < 2 or len(rows) < rows.shape[1] + SPARE:
        return []
    noise = np.array([_noise(data, i) for i in range(rows.shape[1])])
    found = [c for i in range(rows.shape[1]) if (c := _combination(rows, i, noise)) is not None]
    if not found:
        return []
    best = min(found, key=_strangeness)
    return [_named(data, best)]


def _noise(data: Trajectories, column: int) -> float:
    """Typical prediction error of a column; 0 where it shows no noise."""
    errors = [prediction_errors(v[:, column])[0] for v in data.values]
    finite = np.concatenate([np.abs(e[np.isfinite(e)]) for e in errors])
    return float(np.median(finite)) if len(finite) and is_noise(errors) else 0.0


def _combination(rows: np.ndarray, column: int, noise: np.ndarray) -> Combination | None:
    """Express a column by as few others as will do, without a constant if that is possible."""
    others = [i for i in range(rows.shape[1]) if i != column and np.ptp(rows[:, i]) > 0]
    if noise[column] == 0.0 or not others:
        return None
    steps = np.array([resolution(rows[:, i]) for i in range(rows.shape[1])])
    for constant in (False, True):
        chosen = others
        while chosen:
            matrix = np.column_stack([rows[:, chosen], np.ones(len(rows))] if constant else [rows[:, chosen]])
            weights = np.linalg.lstsq(matrix, rows[:, column], rcond=None)[0]
            left = np.abs(rows[:, column] - matrix @ weights).max()
            own = weights[: len(chosen)]
            tolerance = 0.5 * (steps[column] + np.abs(own) @ steps[chosen]) * 1.01
            if left > tolerance or tolerance > SILENT * noise[column]:
                break
            small = np.abs(own) * np.ptp(rows[:, chosen], axis=0) <= 4.0 * tolerance
            if not small.any():
                whole = np.zeros(rows.shape[1])
                whole[chosen] = own
                return Combination(column, whole, float(weights[-1]) if constant else 0.0)
            chosen = [i for i, drop in zip(chosen, small, strict=True) if not drop]
    return None


def _strangeness(found: Combination) -> tuple[bool, bool, float, int]:
    """Order the ways to read a combination, sums first: of A, B and S = A + B it is S that was computed."""
    return (found.constant != 0.0, bool((found.weights < 0).any()), _odd(found.weights), -found.column)


def _odd(weights: np.ndarray) -> float:
    return round(float(np.abs(weights - np.round(weights)).max()), 3)


def _named(data: Trajectories, found: Combination) -> Fault:
    name, used = data.species[found.column], np.flatnonzero(found.weights)
    if found.constant and np.allclose(found.weights[used], -1.0, atol=1e-3):
        total = " + ".join(data.species[i] for i in sorted([found.column, *used]))
        return Fault(
            f"{total} is {found.constant:.6g} in every row, to the last digit: they were scaled to it, or one of "
            "them was computed from the others, so that their errors are not independent"
        )
    text = "".join(_term(w, data.species[i]) for i, w in enumerate(found.weights) if w)
    text += _term(found.constant, "") if found.constant else ""
    text = text.removeprefix(" + ").strip()
    sum_of_others = len(used) > 1 and not found.constant and bool((found.weights >= 0).all())
    return Fault(
        f"column {name} is {text} in every row, to the last digit: it was computed from the others and is no "
        "measurement of its own",
        remedy="it is left out",
        column=found.column if sum_of_others else None,
    )


def _term(weight: float, name: str) -> str:
    size = abs(weight)
    number = "" if name and abs(size - 1.0) < 1e-3 else f"{round(size, 3) if name else size:.6g}"
    return f" {'-' if weight < 0 else '+'} {f'{number} {name}'.strip()}"
