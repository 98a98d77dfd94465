"""PEtab problems on the command line: read, fit, rank, write."""

import csv
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..comparison.petab import PetabComparison

SUFFIXES = (".yaml", ".yml")


def is_petab(path: Path) -> bool:
    """Whether a path names a PEtab problem."""
    return path.suffix.lower() in SUFFIXES


def compare_problems(paths: list[Path], out: Path | None, seed: int, workers: int | None, refused: list[str]) -> None:
    """Read all problems, then fit them, show the table and write what was found."""
    from ..comparison.petab import compare_petab
    from ..errors import DataError
    from ..refit.petab.problem import read_petab
    from ..report.output import check_folder

    others = [p for p in paths if not is_petab(p)]
    if others:
        raise DataError(f"{others[0]}: PEtab problems are compared with PEtab problems; or give --data {paths[0]}")
    if refused:
        raise DataError(f"{refused[0]} is for networks; a PEtab problem says itself what is known")
    problems = [read_petab(path) for path in paths]
    if out is not None:
        check_folder(out)
    with ExitStack() as stack:
        executor = None
        if workers is not None and workers > 1:
            from ..training.workers import Workers

            executor = stack.enter_context(Workers(workers))
        found = compare_petab(problems, seed=seed, executor=executor, progress=lambda name: print(f"fitting {name}"))
    print(found)
    if out is not None:
        print(f"Written: {', '.join(map(str, _write(found, out)))}")


def _write(found: "PetabComparison", out: Path) -> list[Path]:
    """Write parameters and predictions of every problem, whole or not at all."""
    from ..files import fill_folder

    tables: dict[str, list[dict[str, Any]]] = {}
    for fit in found.fits:
        tables[f"{fit.problem.name}_parameters.csv"] = fit.rows()
        tables[f"{fit.problem.name}_predictions.csv"] = fit.problem.predictions(fit.values)

    def fill(folder: Path) -> None:
        for name, rows in tables.items():
            with (folder / name).open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)

    fill_folder(out, fill, owned=lambda _: tables)
    return [out / name for name in tables]
