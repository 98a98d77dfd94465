"""The folder that a discovery leaves behind, whole or not at all."""

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..comparison.candidate import Candidate
from ..comparison.criteria import CRITERIA
from ..comparison.result import Discovery
from ..comparison.saved.file import NAME
from ..data.csv_text import csv_text
from ..errors import ExportError
from ..files import fill_folder, finish_folder
from ..files.plan import LAST
from ..files.single import temporary_name
from ..formats import write

FORMATS = (".xml", ".crn", ".tex")
EACH = (".xml", ".crn")  # formats in which every candidate is written
RECORD = "checkpoint"  # of finished fits, in the folder of results
EARLIER = (
    "report.html",
    "best.crn",
    "best.xml",
    "best.tex",
    "candidates.csv",
    "reactions.csv",
    "fits.svg",
    "report.txt",
)  # written by versions whose record does not name its files
COLUMNS: tuple[str, ...] = (
    "rank", "name", "file", "mechanism", "reactions", "parameters", "score", "difference", "weight", "log_likelihood",
    *CRITERIA, "chi2_per_value", "left_out_error", "undecided", "same_vector_field", "rates", "standard_errors",
    "lower_bounds", "upper_bounds", "seconds", "provenance",
)  # fmt: skip


def check_folder(folder: str | os.PathLike[str]) -> None:
    """Make sure, before any work is done, that files can be written into a folder; it is left as it was.

    What a killed process left to do there is done.

    Raises
    ------
    ExportError
        The folder cannot be made or written.
    """
    path = Path(folder)
    finish_folder(path)
    missing = [p for p in (path, *path.parents) if not p.exists()]
    probe = path / temporary_name("probe")
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ExportError(
            f"{path}: the output folder cannot be written ({reason}); choose another with --out"
        ) from None
    finally:
        for made in missing:
            if made.is_dir() and not any(made.iterdir()):
                made.rmdir()


def write_folder(
    found: Discovery,
    folder: str | os.PathLike[str],
    options: Mapping[str, Any] | None = None,
    also: Callable[[Path], object] | None = None,
    finished: bool = False,
) -> list[Path]:
    """Write the candidates, the table, the report and the record of a discovery.

    The folder becomes the new one as a whole, see `crnsym.files.fill_folder`; files of an earlier discovery go, and
    those of others stay, under a name with ``~`` where a new one has theirs.

    Parameters
    ----------
    found
        What to write.
    folder
        Made if needed.
    options
        Further entries for ``run.json``.
    also
        Writes more into the folder that it is given.
    finished
        Nothing is left to resume: the record of finished fits goes too.

    Returns
    -------
    list of Path
        The files, the most useful first.

    Raises
    ------
    ExportError
        Something cannot be written.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> sorted(path.name for path in cs.write_folder(found, "answer"))[:3]
    ['best.crn', 'best.tex', 'best.xml']
    """

    def fill(part: Path) -> None:
        if also is not None:
            also(part)
        _fill(part, found, options or {})

    path = Path(folder)
    aside = fill_folder(path, fill, lambda old: {*written_before(old), *(_record(old) if finished else ())})
    order = [
        "report.html",
        "best.crn",
        "best.xml",
        "best.tex",
        "rate_law.crn",
        "candidates.csv",
        "coefficients.csv",
        "reactions.csv",
        "fits.svg",
    ]
    order += ["candidates", "petab_select", NAME, "run.json", *aside]
    return [path / name for name in order if (path / name).exists()]


def written_before(folder: Path) -> set[str]:
    """Return what this package wrote into a folder of results, by its own record; nothing where there is none."""
    try:
        record = json.loads((folder / LAST).read_text(encoding="utf-8"))
        if "statement" not in record:
            return set()
    except (OSError, ValueError, TypeError, RecursionError):
        return set()
    numbered = (p for p in (folder / "candidates").glob("*") if re.fullmatch(rf"\d+({'|'.join(EACH)})", p.name))
    return {LAST, *map(str, record.get("written", EARLIER)), *(f"candidates/{p.name}" for p in numbered)}


def _record(folder: Path) -> list[str]:
    """Return what may go once a run is finished: its record, but not the older ones that were kept beside it."""
    files = [p for p in (folder / RECORD).rglob("*") if p.is_file()]
    if not any(p.name.endswith("~") for p in files):
        return [RECORD]
    return [p.relative_to(folder).as_posix() for p in files if not p.name.endswith("~")]


def write_record(part: Path, record: Mapping[str, Any]) -> None:
    """Write ``run.json``, which also names every file beside it."""
    names = sorted(p.relative_to(part).as_posix() for p in part.rglob("*") if p.is_file())
    text = json.dumps({**record, "written": [*names, LAST]}, indent=2, ensure_ascii=False)
    (part / LAST).write_text(f"{text}\n", encoding="utf-8")


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
    if len(found) and found[0].coefficients:
        from .mixed import coefficients_csv

        (part / "coefficients.csv").write_text(coefficients_csv(found[0]), encoding="utf-8")
    if found.rate_law is not None:
        write(found.rate_law.network, part / "rate_law.crn", title=found.rate_law.title)
    (part / "report.html").write_text(report_html(found, str((options or {}).get("title", ""))), encoding="utf-8")
    if "compared" in found.details and len(found):
        from .candidates import fits_svg, reactions_csv

        (part / "reactions.csv").write_text(reactions_csv(found), encoding="utf-8")
        (part / "fits.svg").write_text(fits_svg(found), encoding="utf-8")
    found.save(part / NAME)
    record = {
        "statement": found.statement,
        "verdict": found.verdict,
        "complete": found.complete,
        "undecided": found.ties,
        "remarks": list(found.remarks),
        **found.details,
        **options,
    }
    write_record(part, record)


def _write(candidate: Candidate, path: Path) -> None:
    title = candidate.network.name or f"candidate {candidate.name}"
    joules = {name: 1e3 * error for name, error in candidate.energy_errors.items()}
    write(candidate.network, path, title=title, standard_errors={**candidate.standard_errors, **joules})


def candidates_csv(found: Discovery) -> str:
    """Return the table as CSV, one row a candidate."""
    given = found.details.get("files", {})
    return csv_text(
        COLUMNS,
        (
            {**_in_words(row), "name": c.name, "file": given.get(c.name, f"candidates/{i + 1:02d}{EACH[0]}")}
            for i, (c, row) in enumerate(zip(found, found.to_rows(), strict=True))
        ),
    )


def _in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write a row for a table: nothing for NaN, ``yes`` or nothing for what is true or not."""
    words = {True: "yes", False: ""}
    return {k: words[v] if isinstance(v, bool) else "" if v != v else v for k, v in row.items()}
