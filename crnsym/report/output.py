"""The folder that a discovery leaves behind, whole or not at all."""

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..comparison.candidate import Candidate
from ..comparison.result import Discovery
from ..errors import ExportError
from ..formats import write

FORMATS = (".xml", ".crn", ".tex")
EACH = (".xml", ".crn")  # formats in which every candidate is written
COLUMNS: tuple[str, ...] = (
    "rank", "name", "file", "mechanism", "reactions", "parameters", "score", "difference", "weight", "log_likelihood",
    "bic", "aicc", "chi2_per_value", "left_out_error", "undecided", "same_vector_field", "rates", "standard_errors",
    "lower_bounds", "upper_bounds", "seconds", "provenance",
)  # fmt: skip


def check_folder(folder: str | os.PathLike) -> None:
    """Make sure, before any work is done, that files can be written into a folder; it is left as it was.

    Raises
    ------
    ExportError
        The folder cannot be made or written.
    """
    path = Path(folder)
    missing = [p for p in (path, *path.parents) if not p.exists()]
    probe = path / f".crnsym-{os.getpid()}"
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ExportError(
            f"{path}: the output folder cannot be written ({error.strerror or error}); choose another with --out"
        ) from None
    finally:
        for made in missing:
            if made.is_dir() and not any(made.iterdir()):
                made.rmdir()


def write_folder(found: Discovery, folder: str | os.PathLike, options: Mapping[str, Any] | None = None) -> list[Path]:
    """Write the candidates, the table, the report and the record of a discovery.

    Everything is written beside the folder first and then moved in, so that an interruption leaves no half a file.

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
        The files, the most useful first.

    Raises
    ------
    ExportError
        Something cannot be written.
    """
    fill_folder(folder, lambda part: _fill(part, found, options or {}))
    path = Path(folder)
    order = ["report.html", "best.crn", "best.xml", "best.tex", "candidates.csv", "reactions.csv", "fits.svg"]
    order += ["candidates", "run.json"]
    return [path / name for name in order if (path / name).exists()]


def fill_folder(folder: str | os.PathLike, fill: Callable[[Path], None]) -> None:
    """Write files beside a folder with ``fill(path)``, then move them in, ``run.json`` last.

    Raises
    ------
    ExportError
        Something cannot be written.
    """
    path = Path(folder)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.mkdir(parents=True)
        try:
            fill(part)
            path.mkdir(parents=True, exist_ok=True)
            names = [p.name for p in part.iterdir()]
            for name in sorted(names, key=lambda n: n == "run.json"):  # the record last: it says that all is there
                target = path / name
                if target.is_dir():
                    shutil.rmtree(target)
                os.replace(part / name, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        if isinstance(error, ExportError):
            raise
        raise ExportError(f"{path}: cannot be written ({error.strerror or error})") from None


def _fill(part: Path, found: Discovery, options: Mapping[str, Any]) -> None:
    from .html import report_html

    (part / "candidates").mkdir()
    for i, candidate in enumerate(found):
        for suffix in EACH:
            _write(candidate, part / "candidates" / f"{i + 1:02d}{suffix}")
    if len(found):
        for suffix in FORMATS:
            _write(found[0], part / f"best{suffix}")
    (part / "candidates.csv").write_text(candidates_csv(found), encoding="utf-8")
    (part / "report.html").write_text(report_html(found, str((options or {}).get("title", ""))), encoding="utf-8")
    if "compared" in found.details and len(found):
        from .candidates import fits_svg, reactions_csv

        (part / "reactions.csv").write_text(reactions_csv(found), encoding="utf-8")
        (part / "fits.svg").write_text(fits_svg(found), encoding="utf-8")
    record = {
        "statement": found.statement,
        "verdict": found.verdict,
        "complete": found.complete,
        "undecided": found.ties,
        "remarks": list(found.remarks),
        **found.details,
        **options,
    }
    (part / "run.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write(candidate: Candidate, path: Path) -> None:
    title = candidate.network.name or f"candidate {candidate.name}"
    joules = {name: 1e3 * error for name, error in candidate.energy_errors.items()}
    write(candidate.network, path, title=title, standard_errors={**candidate.standard_errors, **joules})


def candidates_csv(found: Discovery) -> str:
    """Return the table as CSV, one row a candidate."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    given = found.details.get("files", {})
    for i, (candidate, row) in enumerate(zip(found, found.to_rows(), strict=True)):
        file = given.get(candidate.name, f"candidates/{i + 1:02d}{EACH[0]}")
        writer.writerow({**row, "name": candidate.name, "file": file})
    return stream.getvalue()
