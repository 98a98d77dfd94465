"""The folder that a discovery from snapshots leaves behind."""

import os
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

from ..data.csv_text import csv_text
from ..files import fill_folder, write_text
from ..formats import write
from ..snapshots.result import SnapshotDiscovery
from .output import write_record, written_before


def write_snapshot_folder(
    found: SnapshotDiscovery, folder: str | os.PathLike[str], options: Mapping[str, Any] | None = None
) -> list[Path]:
    """Write the best network, the table of candidates, the whole answer in words, and the record.

    The folder becomes the new one as a whole, see `crnsym.files.fill_folder`.

    Parameters
    ----------
    found
        What to write.
    folder
        Made if needed; files of an earlier discovery are replaced.
    options
        Further entries for ``run.json``.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    ExportError
        Something cannot be written.
    """
    aside = fill_folder(folder, lambda part: _fill(part, found, options or {}), written_before)
    names = ("best.crn", "best.xml", "candidates.csv", "report.txt", "run.json", *aside)
    return [Path(folder) / name for name in names]


def _fill(part: Path, found: SnapshotDiscovery, options: Mapping[str, Any]) -> None:
    best = found[0]
    errors = {name: float(e) for name, e in best.network.metadata["standard_errors"].items()}
    for suffix in (".crn", ".xml"):
        write(best.network, part / f"best{suffix}", title="; ".join(best.rules), standard_errors=errors)
    rows = found.to_rows()
    write_text(part / "candidates.csv", csv_text(list(rows[0]), rows))
    (part / "report.txt").write_text(f"{found!r}\n{_again(found)}", encoding="utf-8")
    record = {
        "statement": found.statement,
        "verdict": found.verdict,
        "undecided": found.ties,
        "hops": dict(best.hops),
        "site_rules": dict(best.site_rules),
        "unresolved": {name: [low, high if high < inf else None] for name, (low, high) in found.unresolved.items()},
        "remarks": list(found.remarks),
        **found.details,
        **options,
    }
    write_record(part, record)


def _again(found: SnapshotDiscovery) -> str:
    """Return how to simulate the best set on the lattice that it was found on."""
    shots, best = found.snapshots, found[0]
    if shots.kind != "lattice":
        return ""
    if best.site_rules or shots.lattice != "square" or any(rule.endswith(" far") for rule in best.rules):
        return "Simulate again, places of the rules included: found[0].simulate(shape, times)\n"
    hops = ", ".join(f"{name}={best.hops.get(name, 0.0):.4g}" for name in shots.species)
    sides, times = "x".join(map(str, shots.shape)), f"{shots.times[0]:g}:{shots.times[-1]:g}:{len(shots.times)}"
    walls = "" if shots.periodic else " --walls"
    options = f'--lattice {sides} --hops "{hops}" --times {times}{walls} --out shots.npz'
    return f"Simulate again: crnsym simulate best.crn {options}\n"
