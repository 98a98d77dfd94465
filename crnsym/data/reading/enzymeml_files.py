"""Files of EnzymeML documents: archives of version 1 and JSON of version 2."""

import csv
import io
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ...errors import DataError
from .units import read_unit

LARGEST = 50_000_000  # bytes of one file in an archive
_SECONDS = {1.0: "s", 60.0: "min", 3600.0: "h", 86400.0: "d"}
_MOLAR = {0: "M", -3: "mM", -6: "uM", -9: "nM"}
_CONCENTRATION = re.compile(r"(?P<prefix>[mμµunp]?)mol(?:e)?s?\s*/\s*l(?:it(?:er|re)s?)?", re.I)


@dataclass
class Measured:
    """One measurement: {species: its repeats, each (times, values)}, and {species: concentration at the start}."""

    label: str
    series: dict[str, list[tuple[list[float], list[float]]]] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)


@dataclass
class Document:
    """What is measured in a document.

    Attributes
    ----------
    names
        {identifier: name}.
    enzymes
        Identifiers of proteins.
    time_unit, units
        Of the times, and {identifier: unit}.
    measured
        The measurements.
    """

    names: dict[str, str] = field(default_factory=dict)
    enzymes: set[str] = field(default_factory=set)
    time_unit: str = ""
    units: dict[str, str] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)


def of_archive(path: Path) -> Document:
    """Read an archive of version 1."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = {info.filename.removeprefix("./"): info for info in archive.infolist()}
            document = next((n for n in inside if n.endswith("experiment.xml")), None)
            if document is None:
                raise DataError(f"{path}: no experiment.xml in this archive; it is no EnzymeML document")

            def text(name: str) -> str:
                info = inside.get(name.removeprefix("./"))
                if info is None:
                    raise DataError(f"{path}: the file {name} of the document is not in the archive")
                if info.file_size > LARGEST:
                    raise DataError(f"{path}: {name} holds {info.file_size} bytes, more than {LARGEST} are not read")
                return archive.read(info).decode("utf-8-sig")

            return _of_xml(path, text(document), text)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError) as error:
        raise DataError(f"{path}: cannot be read as an archive ({error})") from None


def _of_xml(path: Path, text: str, file: Callable[[str], str]) -> Document:
    """Read the SBML of an archive and its tables."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DataError(f"{path}: the document declares entities, which are not read")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise DataError(f"{path}, experiment.xml: {error}") from None
    parts = _by_tag(root)
    found = Document()
    units = {u.get("id", ""): _unit_of(u) for u in parts.get("unitDefinition", ())}
    for species in parts.get("species", ()):
        found.names[species.get("id", "")] = species.get("name") or species.get("id", "")
        if any(e.tag.endswith("}protein") for e in species.iter()):
            found.enzymes.add(species.get("id", ""))
    formats = {f.get("id"): [c for c in f if c.tag.endswith("}column")] for f in parts.get("format", ())}
    files = {f.get("id"): (f.get("file", ""), f.get("format")) for f in parts.get("file", ()) if f.get("format")}
    for number, m in enumerate(parts.get("measurement", ()), 1):
        one = Measured(m.get("name") or m.get("id") or str(number))
        while one.label in {other.label for other in found.measured}:
            one.label += f" {number}"
        for start in (s for s in m if s.tag.endswith("}initConc")):
            x = start.get("reactant") or start.get("protein") or ""
            one.starts[x] = float(start.get("value") or 0.0)
            found.units.setdefault(x, units.get(start.get("unit", ""), ""))
        name, form = files[m.get("file")]
        rows = [row for row in csv.reader(io.StringIO(file(name))) if row]
        _take(found, one, formats[form], rows, units)
        found.measured.append(one)
    return found


def _take(
    found: Document, one: Measured, columns: Sequence[Any], rows: list[list[str]], units: Mapping[str, str]
) -> None:
    """Take the columns of a table without header into a measurement."""
    clock = next(c for c in columns if c.get("type") == "time")
    times = [float(row[int(clock.get("index"))]) for row in rows]
    found.time_unit = found.time_unit or units.get(clock.get("unit", ""), "")
    for c in columns:
        x = c.get("species")
        if c is clock or not x:
            continue
        cells = [row[int(c.get("index"))].strip() for row in rows]
        there = [(t, float(v)) for t, v in zip(times, cells, strict=True) if v and v.lower() != "nan"]
        if there:
            found.units[x] = units.get(c.get("unit", ""), "") or found.units.get(x, "")
            one.series.setdefault(x, []).append(([t for t, _ in there], [v for _, v in there]))


def _by_tag(root: ElementTree.Element) -> dict[str, list[ElementTree.Element]]:
    parts: dict[str, list[ElementTree.Element]] = {}
    for element in root.iter():
        parts.setdefault(element.tag.rpartition("}")[2], []).append(element)
    return parts


def _unit_of(definition: ElementTree.Element) -> str:
    """Return a unit as the reader of tables knows it: by its parts, else by its name."""
    parts = {u.get("kind"): u for u in definition.iter() if u.tag.endswith("}unit")}
    mole, second = parts.get("mole"), parts.get("second")
    if mole is not None and set(parts) == {"mole", "litre"} and parts["litre"].get("exponent") in ("-1", "-1.0"):
        return _MOLAR.get(int(float(mole.get("scale", "0"))), "")
    if second is not None and len(parts) == 1 and float(second.get("exponent", "1")) == 1:
        return _SECONDS.get(float(second.get("multiplier", "1")), "")
    return _unit_named(definition.get("name", ""))


def _unit_named(name: str) -> str:
    molar = _CONCENTRATION.fullmatch(name.strip())
    if molar:
        return {"": "M", "m": "mM", "n": "nM", "p": "pM"}.get(molar["prefix"], "uM")
    known = read_unit(name)
    return known.text if known else ""


def of_json(path: Path) -> Document:
    """Read a JSON file of version 2."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except (OSError, RecursionError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as JSON ({error})") from None
    if not isinstance(content, dict) or not isinstance(content.get("measurements"), list):
        raise DataError(f"{path}: no 'measurements' in this JSON file; it is no EnzymeML document of version 2")
    found = Document()
    for kind in ("small_molecules", "proteins", "complexes"):
        found.names |= {s["id"]: s.get("name") or s["id"] for s in content.get(kind) or ()}
    found.enzymes = {s["id"] for s in content.get("proteins") or ()}
    for number, m in enumerate(content["measurements"], 1):
        one = Measured(str(m.get("name") or m.get("id") or number))
        while one.label in {other.label for other in found.measured}:
            one.label += f" {number}"
        for part in m.get("species_data") or ():
            x = part["species_id"]
            start = part.get("prepared") if part.get("initial") is None else part.get("initial")
            one.starts[x] = float(start or 0.0)
            found.units.setdefault(x, _unit_named(str((part.get("data_unit") or {}).get("name") or "")))
            pairs = zip(part.get("time") or (), part.get("data") or (), strict=True)
            there = [(float(t), float(v)) for t, v in pairs if v is not None]
            if there:
                found.time_unit = found.time_unit or _unit_named(str((part.get("time_unit") or {}).get("name") or ""))
                one.series.setdefault(x, []).append(([t for t, _ in there], [v for _, v in there]))
        found.measured.append(one)
    return found
