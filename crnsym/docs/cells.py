"""A script in the percent format as cells: text between code, as editors and notebooks read it."""

import re
from dataclasses import dataclass

_MARK = re.compile(r"^# %%(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A piece of a script.

    Attributes
    ----------
    text
        Whether it is Markdown; otherwise it is Python.
    source
        Markdown without the signs of a comment, or Python.
    line
        Where it starts in the script, counted from 1.
    """

    text: bool
    source: str
    line: int


def cells(script: str) -> list[Cell]:
    """Cut a script at its lines ``# %%`` and ``# %% [markdown]``; what stands before the first is Python."""
    marks = list(_MARK.finditer(script))
    starts = [0, *(m.end() + 1 for m in marks)]
    ends = [*(m.start() for m in marks), len(script)]
    kinds = [False, *("[markdown]" in m[1] for m in marks)]
    found = []
    for text, start, end in zip(kinds, starts, ends, strict=True):
        body = script[start:end]
        if body.strip():
            source = re.sub(r"^# ?", "", body, flags=re.MULTILINE).strip() if text else body.rstrip()
            found.append(Cell(text, source, script.count("\n", 0, start) + 1))
    return found


def title(script: str) -> str:
    """Return the first heading of a script."""
    heading = re.search(r"^# # (.+)$", script, re.MULTILINE)
    return heading[1].strip() if heading else ""
