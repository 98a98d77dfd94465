"""The folder that a discovery from snapshots leaves behind."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..data.csv_text import csv_text
from ..files import fill_folder, write_text
from ..formats import write
from ..snapshots.result import SnapshotDiscovery
from .output import write_record, written_before


def write_snapshot_folder(
    found: SnapshotDiscovery, folder: str | os.PathLike, options: Mapping[str, Any] | None = None
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
    (part / "report.txt").write_text(f"{found!r}\n", encoding="utf-8")
    record = {
        "statement": found.statement,
        "verdict": found.verdict,
        "undecided": found.ties,
        "hops": dict(best.hops),
        "remarks": list(found.remarks),
        **found.details,
        **options,
    }
    write_record(part, record)
