"""Repeated measurements that stand side by side, ``A rep1, A rep2``, as runs; columns of errors are left out."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .cells import Cells
from .columns import UNIT

_NAMED = re.compile(
    r"(?P<base>.+?)[\s_.-]*[\[(]?(?:rep(?:licate|eat|l)?|run|trial|wdh|messung)[\s_.#-]*(?P<number>\d+)[\])]?", re.I
)
_COUNTED = re.compile(r"(?P<base>.+?)(?:[_#.]|\s+#?|\s*\()(?P<number>\d+)\)?")
_ERROR = re.compile(
    r"(?P<base>.+?)[\s_.-]*[\[(]?\s*(sd|std|stdev|std\.? ?dev\.?|se|sem|s\.?e\.?m\.?|err|error|±|\+/-|cv|rsd)\s*[\])]?",
    re.I,
)
_ERROR_FIRST = re.compile(r"(sd|std|sem|se|err|error|±|\+/-)[\s_.(-]+(?P<base>.+?)\)?", re.I)
_MEAN = re.compile(r"(?P<base>.+?)[\s_.-]*[\[(]?\s*(mean|avg|average|mittelwert)\s*[\])]?", re.I)
ALIKE = 0.25  # of the range: how far, root mean square, columns that are only counted may lie apart


def fold_repeats(cells: Cells, experiment: str | None, kept: set[str | None]) -> tuple[Cells, str | None]:
    """Put repeated measurements below one another, each a run of its own.

    Columns that say so (``A rep1``, ``A run 2``) are repeats. Columns that are only counted (``A_1``, ``A_2``) are if
    their values agree; otherwise they are species.

    Parameters
    ----------
    cells
        Plain numbers.
    experiment
        The column that labels runs, if there is one.
    kept
        Columns that are no species: time, label, temperature.

    Returns
    -------
    cells, experiment
        With the column that then labels the runs.
    """
    cells = _without_errors(cells, kept)
    names = [n for n in cells.columns if n not in kept]
    groups, said = _repeats(cells, names)
    if not groups:
        return cells, experiment
    numbers = sorted({number for members in groups.values() for number in members})
    singles = [n for n in names if not any(n in members.values() for members in groups.values())]
    label = experiment or "experiment"
    rows = range(len(cells.lines))
    columns: dict[str, list] = {n: [] for n in (label, *(k for k in kept if k and k != label), *groups, *singles)}
    for i, number in enumerate(numbers):
        for name in columns:
            if name == label:
                before = [""] * len(rows) if experiment is None else [f"{c} rep " for c in cells.columns[experiment]]
                columns[name] += [f"{b}{number}" for b in before]
            elif name in groups:
                member = groups[name].get(number)
                columns[name] += list(cells.columns[member]) if member else [""] * len(rows)
            else:  # what was measured once belongs to the first
                columns[name] += list(cells.columns[name]) if name in kept or i == 0 else [""] * len(rows)
    empty = _unmeasured(columns, [*groups, *singles])
    chosen = [row for row in range(len(rows) * len(numbers)) if row not in empty]
    columns = {n: [c[row] for row in chosen] for n, c in columns.items()}
    lines = [line for _ in numbers for line in cells.lines]
    shown = ", ".join(f"'{c}'" for c in next(iter(groups.values())).values())
    remark = f"columns such as {shown} are repeated measurements ({said}); each is a run of its own"
    folded = replace(cells, columns=columns, lines=[lines[row] for row in chosen], remarks=(*cells.remarks, remark))
    return folded, label


def _without_errors(cells: Cells, kept: set[str | None]) -> Cells:
    bare = {_bare(n): n for n in cells.columns if n not in kept}
    means = {m["base"].strip() for n in bare if (m := _MEAN.fullmatch(n))}
    left_out, renamed = [], {}
    for name, column in bare.items():
        found = _ERROR.fullmatch(name) or _ERROR_FIRST.fullmatch(name)
        base = found["base"].strip() if found else ""
        if found and (base in bare or base in means or re.sub(r"[_\s]*mean$", "", base) in means):
            left_out.append(column)
        mean = _MEAN.fullmatch(name)
        if mean and mean["base"].strip() not in bare:
            renamed[column] = mean["base"].strip()
    if not left_out:
        return cells
    columns = {renamed.get(n, n): c for n, c in cells.columns.items() if n not in left_out}
    shown = ", ".join(f"'{n}'" for n in left_out)
    remark = f"column{'s' * (len(left_out) > 1)} {shown}: errors of other columns, left out"
    return replace(cells, columns=columns, remarks=(*cells.remarks, remark))


def _repeats(cells: Cells, names: Sequence[str]) -> tuple[dict[str, dict[int, str]], str]:
    """{species: {number: column}} of repeats, and how they were recognised."""
    for pattern, said in ((_NAMED, "by their names"), (_COUNTED, "by their values")):
        groups: dict[str, dict[int, str]] = {}
        for name in names:
            found = pattern.fullmatch(name) or pattern.fullmatch(_bare(name))
            if found:
                groups.setdefault(found["base"].strip(" _-"), {})[int(found["number"])] = name
        groups = {base: members for base, members in groups.items() if len(members) > 1 and base not in names}
        if groups and (pattern is _NAMED or all(_alike(cells, list(m.values())) for m in groups.values())):
            return groups, said
    return {}, ""


def _alike(cells: Cells, columns: Sequence[str]) -> bool:
    values = np.array([[cells.number(name, row) for row in range(len(cells.lines))] for name in columns])
    shared = values[:, np.isfinite(values).all(axis=0)]
    if shared.shape[1] < 3:
        return False
    centre = shared.mean(axis=0)
    span = float(np.ptp(centre))
    return span > 0 and bool(np.all(np.sqrt(((shared - centre) ** 2).mean(axis=1)) < ALIKE * span))


def _unmeasured(columns: dict[str, list], species: Sequence[str]) -> set[int]:
    rows = range(len(next(iter(columns.values()))))
    return {row for row in rows if all(str(columns[n][row]).strip() == "" for n in species)}


def _bare(name: str) -> str:
    """Return a name without its unit."""
    plain = UNIT.sub("", name)
    return plain if plain and not re.fullmatch(r"\s*\(\d+\)|\[\d+\]", name[len(plain) :]) else name
