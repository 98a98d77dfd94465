"""Names of columns: a name, a unit behind brackets, slashes, commas or blanks, and what stands for an error."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from .units import Unit, read_unit, temperature_unit, time_unit

_BRACKETS = re.compile(
    r"^(?P<name>.*?)(?P<gap>\s*)(?:\[(?P<square>[^\[\]]*)\]|\((?P<round>[^()]*(?:\([^()]*\))?)\))\s*$"
)
_TIMES_TEN = re.compile(r"10\s?\^?\s?(?P<power>[+-]?\d)\s*[x×·*]?\s*(?P<name>\D.*)$")
_TEN_BEHIND = re.compile(r"(?P<name>.*[^\s(\[])\s*[x×·*]\s*10\s?\^?\s?(?P<power>[+-]?\d+)")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_STATES = frozenset({"s", "l", "aq", "g", "cr", "am", "ad", "ads"})
_CONCENTRATION = re.compile(
    r"(?:[cpnx]|[Cc]onc\.?|[Cc]oncentration)\s*[(\[](?P<name>.+)[)\]]|[cC]_(?P<low>\S.*)|\[(?P<square>[^\[\]]+)\](?:_?t|\(t\))?|(?P<course>\w+)\(t\)"
)
_CONCENTRATION_WORD = re.compile(
    r"(?:conc\.?|concentration|amount)(?:\s+of)?[\s_]+(?P<name>\S.*)|(?P<first>.*\S)[\s_]+(?:conc\.?|concentration)",
    re.I,
)


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    header
        As it is written.
    name, unit
        What the header says; None where it has no unit.
    cells
        Raw, one a row.
    """

    header: str
    name: str
    unit: Unit | None
    cells: list[Any] = field(repr=False)

    def renamed(self, name: str) -> "Column":
        """Return the column under another name."""
        return replace(self, name=name)


def read_header(text: str) -> tuple[str, Unit | None]:
    """Return the name in a header, and its unit.

    Units stand in brackets, behind a slash, a comma, a blank or an underscore. Brackets that belong to a formula, an
    oxidation state or a state of matter are part of the name.

    Examples
    --------
    >>> read_header("c(A) / mol/L")
    ('c(A)', Unit(text='M', kind='molar', size=1.0))
    >>> read_header("K3[Fe(CN)6]")
    ('K3[Fe(CN)6]', None)
    """
    text = re.sub(r"\$([^$]*)\$", r"\1", " ".join(text.split()))
    name, unit = (
        _bracketed(text)
        or _underscored(text)
        or _slashed(text)
        or _comma(text)
        or _behind_in(text)
        or _last_word(text)
        or (text, None)
    )
    if unit is None:
        return name, unit
    power = _TIMES_TEN.match(name) or _TEN_BEHIND.fullmatch(name.translate(_RAISED))
    if power:  # 10^3 c / M: what stands below is in 10^-3 M
        return power["name"], read_unit(f"10^{-int(power['power'])} {unit.text}") or unit
    return name, unit


def _bracketed(text: str) -> tuple[str, Unit | None] | None:
    found = _BRACKETS.match(text)
    if not found or not found["name"].strip():
        return None
    square = found["square"] is not None
    content = (found["square"] if square else found["round"]).strip()
    name = found["name"].strip().removesuffix("/").strip()
    if re.fullmatch(r"(?:h+|m+|s+|min|sec|hours?|minutes?)(?::(?:m+|s+|min|sec|minutes?|seconds?))+", content, re.I):
        return name, None  # how a time of day is written
    unit = read_unit(content.lstrip("/ ").removeprefix("in ")) if content else None
    capital = unit is not None and unit.kind in ("temperature", "signal") and content[:1].isupper()
    if capital and not found["gap"] and concentration_of(text) is not None:
        return None  # c(C), c(Int)
    if square and not found["gap"] and unit is not None and not (_is_certain(unit, content) or _timely(name)):
        return None  # Fd[ox], but not A[mM]
    if unit is not None and not (not square and content in _STATES and time_unit(name) is None and not _timely(name)):
        return name, unit
    if unit is None and square and found["gap"] and re.fullmatch(r"[a-z%µμ.\-][\w ./%^·µμ-]*", content):
        return name, Unit(content, "unknown")
    if (
        unit is None
        and not square
        and found["gap"]
        and re.fullmatch(r"[a-zµμ%][A-Za-zµμ]*[/·*^][\w./%^·*µμ-]+", content)
    ):
        return name, Unit(content, "unknown")
    return None


def _is_certain(unit: Unit, content: str) -> bool:
    """Say whether a text in brackets without a blank before them can only be a unit."""
    return unit.kind in ("time", "molar", "mass/volume", "pressure", "temperature") and content not in ("l", "s", "d")


def _timely(name: str) -> bool:
    return bool(
        re.search(
            r"time|zeit|temps|tiempo|tempo|время|elapsed|tau|τ|^(10\s?\^?[+-]?\d+\s*[x×·*]?\s*)?t$|dauer|duration",
            name,
            re.I,
        )
    )


def _underscored(text: str) -> tuple[str, Unit | None] | None:
    """Return name and unit where a program wrote underscores for brackets, ``A_mM_``."""
    found = re.fullmatch(r"(?P<name>\w*[^\W_])_+(?P<unit>[^\W_]+(?:_[^\W_]+)?)_", text)
    if not found:
        return None
    unit = read_unit(found["unit"].replace("_", "/"))
    sure = unit is not None and (_is_certain(unit, found["unit"]) or _timely(found["name"]))
    return (found["name"], unit) if sure else None


def _slashed(text: str) -> tuple[str, Unit | None] | None:
    for place in (m.start() for m in re.finditer("/", text)):
        name, content = text[:place].strip(), text[place + 1 :].strip()
        unit = read_unit(re.sub(r"^[(\[](.*)[)\]]$", r"\1", content)) if name and content else None
        if unit is None:
            continue
        if unit.kind in ("time", "temperature", "volume", "length", "signal") and not _may(name, unit, content):
            continue
        return name, unit
    return None


def _may(name: str, unit: Unit, content: str) -> bool:
    """Say whether what stands behind a slash is the unit of such a name, and not half of a quotient."""
    if unit.kind == "time":
        return _timely(name) or len(content) > 1
    if unit.kind == "temperature":
        return is_temperature_name(name)
    return (unit.kind == "signal" and len(content) > 1) or content == "%"


def _comma(text: str) -> tuple[str, Unit | None] | None:
    name, found, content = text.rpartition(",")
    unit = read_unit(content.strip().removeprefix("in ")) if found and name.strip() else None
    return (
        None
        if unit is None or (len(content.strip()) == 1 and content.strip() not in ("%", "M") and not _timely(name))
        else (name.strip(), unit)
    )


def _behind_in(text: str) -> tuple[str, Unit | None] | None:
    """Return name and unit where the unit stands behind ``in``: ``c(A) in mol dm-3``, ``conversion in %``."""
    name, found, content = text.rpartition(" in ")
    unit = read_unit(content.strip()) if found and name.strip() else None
    if unit is None or (unit.kind in ("time", "temperature") and not (_timely(name) or is_temperature_name(name))):
        return None
    return name.strip(), unit


def _last_word(text: str) -> tuple[str, Unit | None] | None:
    """Return name and unit where the unit is the last word, behind a blank, ``in`` or an underscore."""
    found = re.fullmatch(r"(?P<name>.*?\S)(?P<gap>\s+in\s+|\s+|_+|\.)(?P<unit>[^\s_]+(?:[_/](?:l|L|ml|mL))?)", text)
    if not found:
        return None
    name, content = found["name"], found["unit"]
    unit = read_unit(content.replace("_", "/"))
    if unit is None:
        return None
    if unit.kind == "time":
        return (name, unit) if _timely(name) else None
    if unit.kind == "temperature":
        return (name, unit) if is_temperature_name(name) and content not in ("F",) else None
    sure = unit.kind == "molar" and (content not in ("M", "kM", "fM") or " in " in found["gap"] or "/" in content)
    sure = sure or (unit.kind == "mass/volume")
    return (name, unit) if sure and found["gap"] != "." else None


_TEMPERATURE = re.compile(r"temp(?:\.|s\.)?|temperature[s]?|temperatur|température|temperatura|t", re.I)


def is_temperature_name(name: str) -> bool:
    """Say whether a name is one of a temperature: ``temp``, ``Temperatur``, ``T``; ``t`` is a time."""
    plain = re.sub(
        r"^(reaction|reactor|bath|sample|mean|set|reaktions)[ _.-]?|[ _.-]?(reaction|reactor|bath)$",
        "",
        name,
        flags=re.I,
    )
    plain = re.sub(r"(?<=^T°) \d{3}$", "", plain)  # of a plate reader, beside the wavelength
    plain = re.sub(r"[°º]", "", plain).strip(" _.")
    return plain != "t" and bool(_TEMPERATURE.fullmatch(plain))


def concentration_of(name: str) -> str | None:
    """Return the species in ``c(A)``, ``[A]`` or ``conc. of A``, or None for another name."""
    found = _CONCENTRATION.fullmatch(name)
    if found:
        inner = (found["name"] or found["low"] or found["square"] or found["course"]).strip()
        return inner if _balanced(inner) else None
    found = _CONCENTRATION_WORD.fullmatch(name)
    return (found["name"] or found["first"]).strip() if found else None


def _balanced(text: str) -> bool:
    depth = 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        if depth < 0:
            return False
    return depth == 0


def degree(column: Column) -> str | None:
    """Return the scale of a column of temperatures: ``K``, ``C``, ``F``, or None where nothing says it."""
    if column.unit is not None and column.unit.kind == "temperature":
        return column.unit.text
    if re.fullmatch(r"T°( \d{3})?", column.header.strip()):
        return "C"  # as plate readers write it
    last = re.split(r"[\s_]+", column.header.strip())[-1].strip("()[]/")
    return temperature_unit(last) if last != column.header.strip() else None
