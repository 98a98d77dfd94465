"""Many tables, each searched by itself: a folder of results for each, and one table of all answers."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..comparison.explain import explain
from ..comparison.saved.file import discovery_text, read_discovery
from ..data.csv_text import csv_text
from ..data.frames import Tidy
from ..data.reading.workbook import SUFFIXES as WORKBOOKS
from ..data.sources import as_trajectories
from ..data.tables import read_table
from ..data.trajectories import Trajectories
from ..discovery import discover
from ..errors import CrnsymError, DataError
from ..files import write_text
from ..formats.json import from_dict, to_dict
from ..network.network import Network
from ..report.output import check_folder, write_folder
from ..training.progress import Progress, Reporter, as_progress
from ..training.tasks import Tasks

if TYPE_CHECKING:
    from ..comparison.result import Discovery

TABLES = (".csv", ".tsv", ".txt", ".dat", *WORKBOOKS)
SUMMARY, RECORD = "summary.csv", "checkpoint"
COLUMNS = (
    "table", "verdict", "reactions", "rates", "standard_errors", "chi2_per_value", "weight", "open", "runs", "values",
    "species", "complete", "seconds", "folder", "problem",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Batch(Tidy):
    """The answers to many tables.

    Attributes
    ----------
    found
        {table: discovery}, in the order of the tables.
    problems
        {table: why there is no answer}.
    reused
        Number of answers that an earlier run had left.

    Examples
    --------
    >>> import crnsym as cs
    >>> batch = cs.discover_batch("tables", "answers")  # doctest: +SKIP
    >>> batch.to_pandas()[["table", "verdict", "reactions"]]  # doctest: +SKIP
    """

    found: Mapping[str, "Discovery"]
    problems: Mapping[str, str]
    reused: int = 0

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one dict a table: what ``summary.csv`` holds."""
        return [*(_row(name, found) for name, found in self.found.items()), *map(_unread, self.problems.items())]


def discover_batch(
    tables: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    executor: Executor | Tasks | None = None,
    resume: bool = False,
    progress: Reporter = None,
    reading: Mapping[str, Any] | None = None,
    **options: Any,
) -> Batch:
    """Search every table of a folder by itself, and write a folder for each and one table of all answers.

    A table that cannot be read, or not be searched, is a row with its problem; the others go on.

    Parameters
    ----------
    tables
        A folder (its .csv, .tsv, .txt, .dat, .xlsx and .xlsm), or paths.
    out
        Folder for ``summary.csv`` and a folder a table, as ``crnsym discover`` writes it.
    executor
        Several tables at a time: any ``concurrent.futures.Executor``, such as `Workers` or that of Dask.
    resume
        Keep the answers that an earlier run with equal tables and options has left in ``out``.
    progress
        Reporter or function ``(stage, fraction, best)``.
    reading
        Options of `read_table`.
    options
        Of `discover`.

    Raises
    ------
    DataError
        No table there.
    ExportError
        ``out`` cannot be written.

    Examples
    --------
    >>> import crnsym as cs
    >>> with cs.Workers(4) as workers:  # doctest: +SKIP
    ...     batch = cs.discover_batch("tables", "answers", executor=workers, resume=True)
    >>> batch.problems  # doctest: +SKIP
    """
    paths = _paths(tables)
    folder, reporter = Path(out), as_progress(progress)
    check_folder(folder)
    names = _names(paths)
    data: dict[str, Trajectories] = {}
    problems: dict[str, str] = {}
    for name, path in zip(names, paths, strict=True):
        try:
            data[name] = as_trajectories(read_table(path, **(reading or {})))
        except CrnsymError as error:
            problems[name] = str(error)
    tasks = executor if isinstance(executor, Tasks) else Tasks(executor, folder / RECORD, resume)
    found: dict[str, Discovery] = {}
    try:
        for name, answer in _answers(data, options, tasks, reporter):
            if "problem" in answer:
                problems[name] = answer["problem"]
                continue
            found[name] = read_discovery(answer["found"], f"the answer to {name}")
            write_folder(found[name], folder / name, {"title": name, "data_file": paths[names.index(name)].name})
    finally:
        ordered = {name: found[name] for name in names if name in found}
        batch = Batch(ordered, {n: problems[n] for n in names if n in problems}, tasks.reused)
        write_text(folder / SUMMARY, csv_text(COLUMNS, batch.to_rows()))
    return batch


def _answers(
    data: Mapping[str, Trajectories], options: Mapping[str, Any], tasks: Tasks, reporter: Progress
) -> Iterator[tuple[str, dict[str, str]]]:
    names = list(data)
    plain = {k: {"network": json.dumps(to_dict(v))} if isinstance(v, Network) else v for k, v in options.items()}
    for place, answer in tasks.each(answer_to, plain, list(data.values()), "tables", reporter):
        yield names[place], answer


def answer_to(options: Mapping[str, Any], data: Trajectories) -> dict[str, str]:
    """Search one table, as a task: the answer as text, or what stood in the way."""
    told: dict[str, Any] = {k: from_dict(json.loads(v["network"])) if _is_network(v) else v for k, v in options.items()}
    try:
        found = explain(discover(data, **told), seed=told.get("seed", 0))
    except CrnsymError as error:
        return {"problem": str(error)}
    if found.details["interrupted"]:
        raise KeyboardInterrupt  # what was found in half the time is not an answer to keep
    return {"found": discovery_text(found)}


def _is_network(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {"network"}


def _paths(tables: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> list[Path]:
    if not isinstance(tables, str | os.PathLike):
        return [Path(path) for path in tables]
    folder = Path(tables)
    if not folder.is_dir():
        raise DataError(f"{folder}: no folder of tables; give one, or a list of paths")
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in TABLES and not p.name.startswith((".", "~")))
    if not paths:
        raise DataError(f"{folder}: no table in it (looked for {', '.join(TABLES)})")
    return paths


def _names(paths: Sequence[Path]) -> list[str]:
    """Return a name a table: its own without suffix, with it where two are alike, numbered where they still are."""
    stems = [p.stem for p in paths]
    names = [s if stems.count(s) == 1 else p.name.replace(".", "_") for s, p in zip(stems, paths, strict=True)]
    return [n if names.count(n) == 1 else f"{n}-{names[: i + 1].count(n)}" for i, n in enumerate(names)]


def _row(name: str, found: "Discovery") -> dict[str, Any]:
    row: dict[str, Any] = {
        "table": name,
        "verdict": found.verdict,
        "runs": len(found.data),
        "values": found.data.count,
        "species": " ".join(found.data.species),
        "complete": "yes" if found.complete else "",
        "seconds": found.details.get("seconds", ""),
        "folder": name,
    }
    if not len(found):
        return {**row, "problem": found.statement}
    best = found[0]
    sure = {text for text in best.reactions if found.inclusion.get(text, 0.0) >= 0.95}
    return {
        **row,
        "reactions": "; ".join(best.reactions),
        "rates": "; ".join(f"{v:.6g}" for v in best.rates.values()),
        "standard_errors": "; ".join(f"{best.standard_errors[k]:.3g}" for k in best.rates),
        "chi2_per_value": f"{best.reduced:.4g}",
        "weight": f"{best.weight:.3f}",
        "open": "; ".join(text for text in best.reactions if text not in sure),
    }


def _unread(item: tuple[str, str]) -> dict[str, Any]:
    return {"table": item[0], "problem": item[1]}
