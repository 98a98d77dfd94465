"""What an importer made of a file: what was mapped, what reads differently now, what was left out."""

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..network.network import Network

_MOST_LINES = 8
"""Entries of one kind that are shown; the tuples hold all."""


@dataclass(frozen=True)
class ImportReport:
    """The report of `crnsym.read`, kept as ``network.metadata["report"]``.

    What a network cannot express is no part of it: that is refused with an `UnsupportedError`.

    Attributes
    ----------
    source, format
        The file and the name of its format.
    mapped
        What came over as it is, counted.
    changed
        What means the same but is written otherwise, or had to be assumed: a line each.
    ignored
        What the file also holds and the network does not: a line each.

    Examples
    --------
    >>> import crnsym as cs
    >>> cs.write(cs.network("A -> B @ 0.5; init A = 1"), "model.xml")
    >>> report = cs.read("model.xml").metadata["report"]
    >>> report.format, report.ignored
    ('SBML Level 3 Version 2', ())
    """

    source: str
    format: str
    mapped: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.source}: {self.format}, {', '.join(self.mapped)}"]
        for kind in ("changed", "ignored"):
            entries = getattr(self, kind)
            lines += [f"  {kind}: {entry}" for entry in entries[:_MOST_LINES]]
            if len(entries) > _MOST_LINES:
                lines.append(f"  {kind}: {len(entries) - _MOST_LINES} more")
        return "\n".join(lines)


def import_report(
    source: str,
    format: str,
    counts: Mapping[str, Sized],
    changed: Iterable[str] = (),
    ignored: Iterable[str] = (),
) -> ImportReport:
    """Return a report that counts what was mapped.

    Parameters
    ----------
    counts
        {plural: the things}, for example ``{"reactions": reactions}``.
    """
    mapped = [f"{len(things)} {_count(kind, len(things))}" for kind, things in counts.items() if len(things)]
    return ImportReport(source, format, tuple(mapped or ["nothing"]), tuple(changed), tuple(ignored))


def _count(plural: str, number: int) -> str:
    return plural.removesuffix("s") if number == 1 and plural != "species" else plural


def with_report(
    network: "Network", source: str, format: str, changed: Iterable[str] = (), ignored: Iterable[str] = ()
) -> "Network":
    """Return the network with an `ImportReport` in its metadata."""
    kinds = ("species", "reactions", "parameters", "observables")
    report = import_report(source, format, {kind: getattr(network, kind) for kind in kinds}, changed, ignored)
    return replace(network, metadata={**network.metadata, "report": report})
