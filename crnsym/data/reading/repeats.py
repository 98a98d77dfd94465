"""Repeated measurements that stand side by side, ``A rep1, A rep2``, and wells of a plate: runs of their own."""

import re
from collections.abc import Sequence

import numpy as np

from .header import Column, read_header

_NAMED = re.compile(
    r"(?P<base>.+?)[\s_.-]*[\[(]?(?:rep(?:licate|eat|l)?|run|trial|wdh|messung|exp)[\s_.#-]*(?P<number>\d+)[\])]?", re.I
)
_NAMED_FIRST = re.compile(
    r"(?:rep(?:licate|eat|l)?|run|trial|wdh|messung|exp)[\s_.#-]*(?P<number>\d+)[\s_.:,-]+(?P<base>.+)", re.I
)
_CONDITION = re.compile(r"(?P<base>.*?)[\s_@(,-]*(?P<number>\d+(?:\.\d+)?\s?(?:°\s?C|C|K|°\s?F|[munµ]?M|mol%|%))\)?")
_COUNTED = re.compile(r"(?P<base>.+?)(?:[_#.]|\s+#?|\s*\(|:\s?Y?)(?P<number>\d+)\)?")
_ONLY_RUN = re.compile(
    r"(?:rep(?:licate|eat|l)?|run|trial|wdh|messung|exp(?:eriment)?|lauf|versuch)[\s_.#-]*(?P<number>\d+)", re.I
)
SCATTER = 0.1  # of the range: how far repeats may lie apart for their scatter to be noise
ALIKE = 0.25  # of the range: how far, root mean square, columns that are only counted may lie apart

Groups = dict[str, dict[str, int]]
"""{species: {repeat: place of its column}}."""


def repeats_of(columns: Sequence[Column], values: np.ndarray) -> tuple[Groups, str]:
    """Return which columns ``(rows, columns)`` of values repeat which species, and how that was recognised.

    Columns that say so (``A rep1``, ``A run 2``) are repeats. Columns that are only counted (``A_1``, ``A_2``) or have
    the same name are if their values agree; otherwise they are species.
    """
    names = [c.name for c in columns]
    runs = [_ONLY_RUN.fullmatch(name) for name in names]
    if len(runs) > 1 and all(runs):  # one signal, a column a run
        return {"signal": {m["number"]: place for place, m in enumerate(runs) if m}}, "by their names"
    for pattern, said in ((_NAMED, "by their names"), (_NAMED_FIRST, "by their names"), (_COUNTED, "by their values")):
        groups: Groups = {}
        for place, column in enumerate(columns):
            found = pattern.fullmatch(column.name) or pattern.fullmatch(read_header(column.name)[0])
            if found:
                groups.setdefault(found["base"].strip(" _-"), {})[str(int(found["number"]))] = place
        if pattern is _COUNTED:
            groups = _with_first(groups, names)
        groups = {b: m for b, m in groups.items() if len(m) > 1 and (pattern is _COUNTED or b not in names)}
        if groups and (pattern is not _COUNTED or all(alike(values[:, list(m.values())]) for m in groups.values())):
            return groups, said
    return {}, ""


def conditions_of(columns: Sequence[Column]) -> Groups:
    """Return which columns are the same at other conditions, ``A 25 °C, A 35 °C`` or ``298 K, 308 K``; {} otherwise.

    Then all columns are, and each species is there at the same conditions.
    """
    found = [_CONDITION.fullmatch(c.header) for c in columns]
    groups: Groups = {}
    for place, match in enumerate(found):
        if match is None:
            return {}
        groups.setdefault(match["base"].strip(" _-@") or "signal", {})[match["number"]] = place
    members = list(groups.values())
    alike_all = all(m.keys() == members[0].keys() for m in members)
    return groups if members and alike_all and len(members[0]) > 1 and len(columns) == sum(map(len, members)) else {}


def _with_first(groups: Groups, names: list[str]) -> Groups:
    """Let ``A`` be the first of ``A``, ``A.1``, ``A.2``, as data frames call columns of one name."""
    result = {}
    for base, members in groups.items():
        framed = all(names[place] == f"{base}.{number}" for number, place in members.items())
        if base not in names:
            result[base] = members
        elif framed and "0" not in members:
            result[base] = {"0": names.index(base), **members}
    return result


def are_runs(columns: Sequence[Column]) -> bool:
    """Say whether columns call themselves runs, which may differ in more than their noise."""
    return any(re.search(r"run|trial|exp", c.header, re.I) for c in columns)


def alike(values: np.ndarray, share: float = ALIKE) -> bool:
    """Say whether columns ``(rows, repeats)`` are measurements of the same, by how far they lie apart."""
    shared = values[np.isfinite(values).all(axis=1)].T
    if shared.shape[1] < 3:
        return False
    centre = shared.mean(axis=0)
    span = float(np.ptp(centre))
    return span > 0 and bool(np.all(np.sqrt(((shared - centre) ** 2).mean(axis=1)) < share * span))
