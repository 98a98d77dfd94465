"""Tables as documents write them: the rules of Markdown and of drawn grids, the rows of LaTeX."""

import re

Lines = list[tuple[int, str]]
"""(number, text) of the lines of a file."""

_RULE = re.compile(r"\s*[|+]?[\s:]*[-=]{2,}[-=\s:|+]*")
_COMMAND = re.compile(r"\s*\\[a-zA-Z@]+.*")
_ROW_END = re.compile(r"\\\\(\[[^\]]*\])?\s*(\\[a-z]+\s*)*$")


def without_markup(lines: Lines) -> Lines:
    """Return the lines that hold cells, those of LaTeX with tabs between them; others as they are."""
    rows = [line for _, line in lines if "&" in line and _ROW_END.search(line)]
    if len(rows) >= 2 and 2 * len(rows) > len(lines):
        return [
            (n, "\t".join(_plain(cell) for cell in re.split(r"(?<!\\)&", _ROW_END.sub("", line))))
            for n, line in lines
            if line in rows or not _COMMAND.fullmatch(line)
        ]
    ruled = [n for n, line in lines if _RULE.fullmatch(line) and ("|" in line or "+" in line)]
    return [(n, line) for n, line in lines if n not in ruled]


def _plain(cell: str) -> str:
    """Return a cell of LaTeX without what is for the eye: dollars, braces, commands of fonts, thin blanks."""
    cell = re.sub(r"\\(mathrm|text|textbf|textit|ce|num|si|unit)\s*(?=\{)", "", cell)
    cell = re.sub(r"\\pm\b", "±", re.sub(r"\\(times|cdot)\b", "×", cell))
    return re.sub(r"\\[,;! ]", " ", cell).replace("\\%", "%").translate(str.maketrans("", "", "${}")).strip()
