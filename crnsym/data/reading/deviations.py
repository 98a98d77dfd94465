"""Columns of standard deviations, standard errors, or coefficients of variation of other columns."""

import re
from dataclasses import dataclass

import numpy as np

from .cells import Table
from .grid import quoted
from .header import Column, concentration_of, read_header

_SD = (
    r"sd|SD|Sd|std|STD|Std|stdev|StDev|Stdev|STDEV|StdDev|stddev|std\.? ?dev\.?|Std\.? ?Dev\.?|s\.d\.|σ|"
    r"sigma|standard deviation|Standard deviation|Stabw|stabw|noise ?[Pp]arameters?"
)
_SE = (
    r"se|SE|sem|SEM|s\.e\.m?\.?|S\.E\.M?\.?|std\.? ?err\.?(?:or)?|stderr|standard error|error|Error|err|Err|err\.|unc|"
    r"uncertainty|±|\+/-|\+-"
)
_CV = r"cv|CV|rsd|RSD|cv ?%|CV ?%|rsd ?%|RSD ?%|%cv|%CV|%rsd|%RSD"
_NOT = r"n|N|count|lower|upper|low|high|ci|CI|ci ?95|95 ?% ?ci|lcl|ucl|min|max|var|variance"
COUNT = re.compile(r"n|N|count|replicates|no\.? of (replicates|repeats)")
_BEHIND = re.compile(
    rf"(?P<base>.+?)(?:[\s_.\-]+|\s*(?=[\[(±+]))[\[(]?\s*(?:(?P<sd>{_SD}|{_SE})|(?P<cv>{_CV})|(?P<no>{_NOT}))\s*[\])]?"
)
_BEFORE = re.compile(rf"(?:(?P<sd>{_SD}|{_SE})|(?P<cv>{_CV}))(?:[\s_.\-]+(?:of\s+)?|\s*(?=\())\(?(?P<base>.+?)\)?")
_OF = re.compile(r"(?P<sd>[suδΔ])\((?P<base>.+)\)(?P<cv>\b\B)?")
_ALONE = re.compile(rf"(?:(?P<sd>{_SD}|{_SE})|(?P<cv>{_CV}))(?: ?rep\d+|\.\d+)?")
_WITH_ERROR = re.compile(
    rf"(?:[\s,;_-]+(?:mean|average|value))?(?:\s*[\[(]\s*(?:±|\+/-|\+-)?\s*(?:{_SD}|{_SE})\s*[\])]|"
    rf"\s*(?:±|\+/-|\+-)\s*(?:{_SD}|{_SE})?|[\s,;_-]+(?:{_SD}|{_SE}))$"
)
_MEAN = re.compile(
    r"(?P<base>.+?)[\s_.-]*[\[(]?\s*(mean|avg|average|mittelwert|Mean|Average|MW|Mittelwert)\s*[\])]?|(?:mean|Mean|average|Average|avg)(?:\s+of)?[\s_(]+(?P<first>.+?)\)?"
)


@dataclass(frozen=True)
class Deviation:
    """A column of errors: as they are, or in per cent of the value."""

    column: Column
    relative: bool


def deviations_of(table: Table, columns: list[Column]) -> tuple[dict[str, Deviation], list[Column]]:
    """Return the errors by the header of the species they belong to, and the columns that are left, means renamed.

    ``CdSe`` beside ``Cd`` is a species: an error is marked off by a blank, a bracket, or alike.
    """
    bases = _bases(columns)
    found: dict[str, Deviation] = {}
    used, ignored = set(), []
    pairs = 2 * sum(bool(_ALONE.fullmatch(c.header)) for c in columns) == len(columns)  # A, SD, B, SD
    differences = (
        len(columns) > 1
        and all(  # A, dA, B, dB
            b.name in (f"d{a.name}", f"Δ{a.name}") and _positive(table, b)
            for a, b in zip(columns[::2], columns[1::2], strict=False)
        )
    )
    differences = differences and len(columns) % 2 == 0
    for place, column in enumerate(columns):
        match, before = _match(column), columns[place - 1] if place else None
        if (
            match is None
            and before is not None
            and differences
            and column.name in (f"d{before.name}", f"Δ{before.name}")
        ):
            found[before.header] = Deviation(column, relative=False)
            used.add(id(column))
            continue
        if match is None:
            alone = _ALONE.fullmatch(column.header) if before is not None else None
            alone = alone if pairs or not column.header.isalpha() else None
            if alone and before is not None and id(before) not in used and before.header not in found:
                found[before.header] = Deviation(column, bool(alone["cv"]))
                used.add(id(column))
            continue
        owner = bases.get(match["base"].strip().strip("_ -"))
        if owner is None or owner.header == column.header or not _positive(table, column):
            continue
        used.add(id(column))
        if match.groupdict().get("no"):
            ignored.append(column.header)
        else:
            found[owner.header] = Deviation(column, bool(match["cv"]))
    if found:
        table.remarks.append(f"{quoted(d.column.header for d in found.values())}: standard deviations of other columns")
    if ignored:
        table.remarks.append(f"{quoted(ignored)}: belong to other columns, left out")
    rest = [c for c in columns if id(c) not in used]
    return found, [_of_mean(c, rest) if found else c for c in rest]


def _bases(columns: list[Column]) -> dict[str, Column]:
    """Return the columns by the names that their errors may carry: with and without ``mean``."""
    bases: dict[str, Column] = {}
    for column in columns:
        for name in (
            column.header,
            column.name,
            re.sub(r"[\s_]*mean$", "", column.name),
            concentration_of(column.name),
        ):
            bases.setdefault((name or column.name).strip(), column)
        mean = _MEAN.fullmatch(column.name)
        if mean:
            bases.setdefault((mean["base"] or mean["first"]).strip(), column)
    return bases


def _match(column: Column) -> re.Match | None:
    for text in (column.name, column.header, read_header(column.name)[0]):
        found = _BEHIND.fullmatch(text) or _BEFORE.fullmatch(text) or _OF.fullmatch(text)
        if found:
            return found
    return None


def without_error_words(name: str) -> str:
    """Return the name of a column whose cells hold errors too: ``A`` for ``A, mean (SD)`` or ``A ± SD``."""
    return _WITH_ERROR.sub("", name).strip(" ,;:_-") or name


def _positive(table: Table, column: Column) -> bool:
    if not table.is_numeric(column):
        return False
    values = table.numbers(column)[0]
    return bool(np.all(values[np.isfinite(values)] >= 0))


def _of_mean(column: Column, columns: list[Column]) -> Column:
    mean = _MEAN.fullmatch(column.name)
    base = (mean["base"] or mean["first"]).strip() if mean else ""
    return column.renamed(base) if base and base not in {c.name for c in columns} else column
