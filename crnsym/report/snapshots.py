"""The folder that a discovery from snapshots leaves behind."""

import csv
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..formats import write
from ..formats.files import write_text
from ..snapshots.result import SnapshotDiscovery
from .output import check_folder


def write_snapshot_folder(
    found: SnapshotDiscovery, folder: str | os.PathLike, options: Mapping[str, Any] | None = None
) -> list[Path]:
    """Write the best network, the table of candidates, the whole answer in words, and the record.

    Every file is written whole or not at all, ``run.json`` last.

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
    path = Path(folder)
    check_folder(path)
    path.mkdir(parents=True, exist_ok=True)
    best = found[0]
    errors = {name: float(e) for name, e in best.network.metadata["standard_errors"].items()}
    for suffix in (".crn", ".xml"):
        write(best.network, path / f"best{suffix}", title="; ".join(best.rules), standard_errors=errors)
    rows = found.to_rows()
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path / "candidates.csv", stream.getvalue())
    write_text(path / "report.txt", f"{found!r}\n")
    record = {
        "statement": found.statement,
        "verdict": found.verdict,
        "undecided": found.ties,
        "hops": dict(best.hops),
        "remarks": list(found.remarks),
        **found.details,
        **(options or {}),
    }
    write_text(path / "run.json", json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    return [path / name for name in ("best.crn", "best.xml", "candidates.csv", "report.txt", "run.json")]
