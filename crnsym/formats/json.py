"""JSON: every detail of a network, numbers exact as texts, with a schema version."""

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import FormatError, NetworkError, UnsupportedError
from ..files import write_text
from ..network.expressions import parse_expression
from ..network.printing import expression_text
from ..network.reaction import Reaction
from ..network.species import Species
from ..network.symbols import number_text
from .files import read_text
from .json_kinds import check_kinds
from .laws import law_fields, law_from_fields
from .report import with_report

if TYPE_CHECKING:
    from ..network.network import Network

FORMAT = "crnsym.network"
VERSION = 1
_KEPT = ("annotations", "patterns")
"""Metadata that importers of other formats made."""


def to_dict(network: "Network") -> dict[str, Any]:
    """Return the network as dicts, lists and texts."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": network.name,
        "species": [_species(s) for s in network.species],
        "parameters": [
            _without_none(
                name=name,
                value=None if value is None else number_text(value),
                unit=network.units.get(name),
            )
            for name, value in network.parameters.items()
        ],
        "reactions": [
            _without_none(
                name=r.name or None,
                reactants={name: number_text(c) for name, c in r.reactants.items()},
                products={name: number_text(c) for name, c in r.products.items()},
                rate=law_fields(r.rate),
            )
            for r in network.reactions
        ],
        "observables": {name: expression_text(e) for name, e in network.observables.items()},
    }


def _species(s: Species) -> dict[str, Any]:
    return _without_none(
        name=s.name,
        formula=s.formula,
        constant=s.constant or None,
        boundary=s.boundary or None,
        initial=None if s.initial is None or s.start is not None else number_text(s.initial),
        unit=s.unit,
        start=None if s.start is None else expression_text(s.start),
    )


def _without_none(**entries: object) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}


def from_dict(content: Mapping[str, Any], source: str = "JSON") -> "Network":
    """Return the network that `to_dict` described.

    Raises
    ------
    FormatError
        If the content is not such a description.
    UnsupportedError
        If a newer version of the schema wrote it.
    """
    from ..network.network import Network

    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise FormatError(f'{source}: not a network (no "format": "{FORMAT}" at the top)')
    if content.get("version") != VERSION:
        raise UnsupportedError(f"{source}: schema version {str(content.get('version'))[:40]}; this reads {VERSION}")
    check_kinds(content, source)
    try:
        parameters = content.get("parameters", [])
        return Network(
            tuple(_reaction(r, f"{source}, reaction {i}") for i, r in enumerate(content["reactions"], 1)),
            tuple(_species_of(s, f"{source}, the start of a species") for s in content["species"]),
            {p["name"]: p.get("value") for p in parameters},
            {n: parse_expression(e, f"{source}, {n}") for n, e in content.get("observables", {}).items()},
            {p["name"]: p["unit"] for p in parameters if "unit" in p},
            content.get("name", ""),
            content.get("metadata", {}),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"{source}: an entry is missing or of the wrong kind ({error})") from None
    except NetworkError as error:
        raise FormatError(f"{source}: {error}") from None


def _species_of(entry: Mapping[str, Any], source: str) -> Species:
    start = entry.get("start")
    return Species(**{**entry, "start": None if start is None else parse_expression(start, source)})


def _reaction(entry: Mapping[str, Any], source: str) -> Reaction:
    law = law_from_fields(entry["rate"], source)
    return Reaction(entry["reactants"], entry["products"], law, entry.get("name", ""))


def read(path: str | os.PathLike[str]) -> "Network":
    """Read a network from JSON.

    Raises
    ------
    FormatError
        The file cannot be read, is not JSON (with line and column) or not a network.
    """
    text = read_text(path)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError(f"{path}, line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from None
    except RecursionError:
        raise FormatError(f"{path}: brackets nested too deeply for a network") from None
    except ValueError:  # an integer of thousands of digits
        raise FormatError(f"{path}: a number of more digits than can be read; write numbers as text") from None
    return with_report(from_dict(content, str(path)), str(path), "JSON")


def write(
    network: "Network",
    path: str | os.PathLike[str],
    *,
    title: str = "",
    notes: str = "",
    standard_errors: Mapping[str, float] | None = None,
) -> None:
    """Write a network as JSON; title, notes and standard errors come back as its metadata."""
    content = to_dict(network)
    errors = standard_errors or network.metadata.get("standard_errors") or {}
    metadata: dict[str, Any] = {"title": title, "notes": notes}
    metadata |= {key: network.metadata[key] for key in _KEPT if key in network.metadata}
    metadata["standard_errors"] = {name: float(value) for name, value in errors.items()}
    content["metadata"] = {key: value for key, value in metadata.items() if value}
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
