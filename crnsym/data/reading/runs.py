"""Rows of a table as runs: labels, times that start again, newest first, repeated times."""

from itertools import pairwise

import numpy as np

from ...errors import DataError
from .cells import Table
from .grid import is_gap, quoted, text_of
from .header import Column

APART = 0.2  # of the range: how far, root mean square, repeats of one time may lie from their mean
Runs = dict[str, list[int]]
"""{label: rows in the order of time}."""


def labelled(table: Table, labels: list[Column]) -> Runs:
    """Return the rows of each label, in order of appearance; ``{"": all rows}`` without labels.

    Raises
    ------
    DataError
        A label is missing, where labels stand in every row.
    """
    if not labels:
        return {"": list(range(len(table.lines)))}
    texts = [_filled(table, column) for column in labels]
    runs: Runs = {}
    for row in range(len(table.lines)):
        runs.setdefault(" ".join(column[row] for column in texts), []).append(row)
    return runs


def _filled(table: Table, column: Column) -> list[str]:
    """Return the labels of all rows; one that stands only in the first row of its run goes on below."""
    texts = ["" if is_gap(c) else text_of(c) for c in column.cells]
    missing = [row for row, text in enumerate(texts) if not text]
    if not missing:
        return texts
    there = [t for t in texts if t]
    if missing[0] == 0 or len(set(there)) < len(there):
        raise DataError(f"{table.where(missing[0])}: the label in column '{column.header}' is missing")
    table.remarks.append(f"column '{column.header}' is filled in the first row of each run only: it goes on below")
    last = ""
    for row, text in enumerate(texts):
        last = text or last
        texts[row] = last
    return texts


def in_time_order(table: Table, runs: Runs, clock: np.ndarray, texts: list[str]) -> Runs:
    """Put the rows of every run in the order of time; cut a run where the times start again.

    Raises
    ------
    DataError
        A time is missing, or goes backwards in a way that may be a slip of the pen.
    """
    result: Runs = {}
    turned, again = [], []
    for label, rows in runs.items():
        for row in rows:
            if np.isnan(clock[row]):
                raise DataError(f"{table.where(row)}: the time is missing; remove the row or fill it in")
        ordered, pieces = _pieces(table, label, rows, clock, texts)
        if ordered is not rows:
            turned.append(label)
        if len(pieces) > 1:
            again += [table.lines[piece[0]] for piece in pieces[1:]]
        result |= _with_labels(label, pieces, result)
    if turned:
        where = "" if turned == [""] else f" in {quoted(turned, 5)}"
        table.remarks.append(
            f"the rows are not in the order of time{where} (newest first, or sorted otherwise): sorted"
        )
    if again:
        shown = ", ".join(map(str, again[:5]))
        table.remarks.append(f"the times start again in {table.unit} {shown}: each start is a run of its own")
    return result


def _with_labels(label: str, pieces: list[list[int]], taken: Runs) -> Runs:
    if len(pieces) == 1:
        return {label: pieces[0]}
    named = {}
    for number, piece in enumerate(pieces, 1):
        name = f"{label} {number}".strip()
        while name in taken or name in named:
            name += "'"
        named[name] = piece
    return named


def _pieces(
    table: Table, label: str, rows: list[int], clock: np.ndarray, texts: list[str]
) -> tuple[list[int], list[list[int]]]:
    """Return the rows in the order in which they are to be read, and their pieces of rising times."""
    steps = np.diff(clock[rows])
    if np.all(steps >= 0):
        return rows, [rows]
    backwards = rows[::-1]
    for order in (rows, backwards):
        pieces = _restarts(order, clock)
        if pieces is not None:
            return (rows if order is rows else order), (pieces if order is rows else pieces[::-1])
    shown = [texts[row] for row in rows]
    if shown == sorted(shown) or (np.sum(steps < 0) >= 3 and 3 * np.sum(steps < 0) >= len(steps)):
        order = sorted(rows, key=lambda row: clock[row])
        return order, [order]
    before, row = next((a, b) for a, b in pairwise(rows) if clock[b] < clock[a])
    run = f"experiment '{label}'" if label else "experiment '0'"
    hint = (
        f"sort the rows, or give a second run its own label than '{label}'"
        if label
        else "when several runs follow one another, add a column 'experiment' that labels them"
    )
    raise DataError(
        f"{table.where(row)}: time goes backwards in {run}, from {clock[before]:g} to {clock[row]:g}; {hint}"
    )


def _restarts(rows: list[int], clock: np.ndarray) -> list[list[int]] | None:
    """Cut rows where time falls back to its start; None where it falls back to elsewhere."""
    pieces = [[rows[0]]]
    for before, row in pairwise(rows):
        if clock[row] < clock[before]:
            pieces.append([])
        pieces[-1].append(row)
    if any(len(p) < 2 for p in pieces):
        return None
    early = [clock[pieces[0][0]] + max(0.5 * (clock[p[1]] - clock[p[0]]) for p in pieces)] * len(pieces)
    starts = [clock[p[0]] for p in pieces]
    return pieces if all(s <= e for s, e in zip(starts, early, strict=True)) else None


def check_lengths(table: Table, runs: Runs) -> None:
    """Refuse a run of one row."""
    for label, rows in runs.items():
        if len(rows) == 1:
            where = table.where(rows[0])
            raise DataError(f"{where}: experiment '{label or 0}' has one row; a run needs at least two times")


def averaged(
    table: Table, label: str, rows: list[int], clock: np.ndarray, values: np.ndarray, errors: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times, values and errors of a run, repeats of a time averaged; their scatter is the error of the mean.

    Raises
    ------
    DataError
        Repeats that lie too far apart to be measurements of the same.
    """
    times = clock[rows]
    if np.all(np.diff(times) > 0):
        return times, values[rows], errors[rows]
    distinct = np.unique(times)
    members = [[row for row in rows if clock[row] == t] for t in distinct]
    _check_repeats(table, label, members, clock, values)
    mean = np.array([_mean(values[m]) for m in members])
    spread = np.array([_error_of_mean(values[m], errors[m]) for m in members])
    repeated = [m for m in members if len(m) > 1]
    run = f" of '{label}'" if label else ""
    table.remarks.append(f"{len(repeated)} times{run} are repeated: averaged, and their scatter is the error")
    return distinct, mean, spread


def _mean(values: np.ndarray) -> np.ndarray:
    count = np.isfinite(values).sum(axis=0)
    return np.where(count > 0, np.nansum(values, axis=0) / np.maximum(count, 1), np.nan)


def _error_of_mean(values: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Return the error of the mean: of given errors where there are some, else of the scatter of two or more."""
    count = np.isfinite(values).sum(axis=0)
    mean = _mean(values)
    squares = np.nansum((values - mean) ** 2, axis=0)
    scatter = np.sqrt(squares / np.maximum(count - 1, 1) / np.maximum(count, 1))
    given = np.sqrt(np.nansum(errors**2, axis=0)) / np.maximum(count, 1)
    known = np.isfinite(errors).any(axis=0)
    return np.where(known, given, np.where(count > 1, scatter, np.nan))


def _check_repeats(table: Table, label: str, members: list[list[int]], clock: np.ndarray, values: np.ndarray) -> None:
    every = [row for m in members for row in m]
    spans = np.nanmax(values[every], axis=0) - np.nanmin(values[every], axis=0)
    repeated = [m for m in members if len(m) > 1]
    left = np.concatenate([(values[m] - _mean(values[m])) ** 2 for m in repeated])
    count = np.maximum(np.isfinite(left).sum(axis=0), 1)
    apart = np.sqrt(np.nansum(left, axis=0) / count)
    if np.any(apart > APART * np.where(spans > 0, spans, np.inf)):
        row = repeated[0][1]
        raise DataError(
            f"{table.where(row)}: time {clock[row]:g} is repeated in experiment '{label or 0}' with other values; "
            "average the rows, or give each repeat its own label in a column 'experiment'"
        )
