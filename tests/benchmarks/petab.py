"""Problems of a PEtab collection: ``python -m tests.benchmarks.petab FOLDER [STARTS] [SECONDS]``.

FOLDER holds one folder a problem, such as the public benchmark collection. Prints for each whether it is read, the
logarithm of the likelihood at the nominal parameters, that of the simulated table beside the problem where there is
one, and where one evaluation takes less than SECONDS, that of a fit from STARTS starts.
"""

import csv
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import crnsym as cs
from crnsym.errors import CrnsymError, SimulationError, UnsupportedError

LIMIT = 1e-3


def reference(problem: cs.PetabProblem) -> float | None:
    """Return the likelihood of the predictions that the collection gives, or None where it gives none of these rows."""
    tables, rows = problem.tables, problem.likelihood.rows
    for path in sorted(tables.path.parent.glob("simul*.tsv")):
        with path.open() as file:
            given = list(csv.DictReader(file, delimiter="\t"))
        predicted = in_order(given, tables.measurements)
        if predicted is None:
            continue
        if np.allclose(predicted, rows.value, rtol=1e-6):
            continue  # a table of the measurements themselves
        found = problem.likelihood.judge(problem.likelihood.values())
        residuals = (rows.scaled(rows.value) - rows.scaled(predicted)) / found.noise
        normal = -0.5 * np.log(2 * np.pi * found.noise**2) - 0.5 * residuals**2
        terms = np.where(rows.laplace, -np.log(2 * found.noise) - np.abs(residuals), normal)
        return float((terms - rows.jacobian).sum())
    return None


def in_order(given: list[dict[str, str]], measured: Sequence[Any]) -> np.ndarray | None:
    """Return the predictions of a simulated table for these measurements, whatever the order of its rows.

    None where it has other rows. Repeats of one measurement are taken in their order.
    """
    if not given or "simulation" not in given[0]:
        return None
    known = {g.get("simulationConditionId", "") for g in given} & {c for m in measured for c in _conditions(m)}
    plain = len(given) == len(measured)
    if plain and all(
        g["observableId"] == m.observable
        and _time(g) == m.time
        and (not known or g["simulationConditionId"] in _conditions(m))
        for g, m in zip(given, measured, strict=True)
    ):
        return np.array([float(g["simulation"]) for g in given])
    rows: dict[tuple[str, str], list[dict[str, str]]] = {}
    for g in given:
        rows.setdefault((g["observableId"], f"{_time(g):.6g}"), []).append(g)
    found = []
    for m in measured:
        options = rows.get((m.observable, f"{m.time:.6g}"), [])
        own = [g for g in options if g.get("simulationConditionId", "") in _conditions(m)]
        if not own:
            return None
        options.remove(own[0])
        found.append(float(own[0]["simulation"]))
    return np.array(found)


def _conditions(measurement: Any) -> list[str]:
    return re.split(r"\W+", measurement.experiment)


def _time(row: dict[str, str]) -> float:
    return float(row["time"])


def main(folder: str, starts: str = "2", seconds: str = "0.2") -> int:
    """Print the table; return the number of problems whose likelihood differs from that of the collection."""
    wrong = 0
    print(f"{'problem':36}{'rows':>6}{'fitted':>7}{'log L':>14}{'reference':>14}  agrees{'one':>7}{'fit':>14}")
    for path in sorted(Path(folder).glob("*/*.y*ml")):
        name = path.parent.name[:34]
        try:
            problem = cs.read_petab(path)
            here, begin = problem.log_likelihood(), time.perf_counter()
            with suppress(SimulationError):  # which an integration that ends in a pole is
                problem.log_likelihood({problem.estimated[0]: 1.001 * problem.nominal[problem.estimated[0]]})
            took = time.perf_counter() - begin
        except UnsupportedError as error:
            print(f"{name:36}refused  {str(error).removeprefix(str(path))[:110]}")
            continue
        except CrnsymError as error:
            print(f"{name:36}failed   {str(error).removeprefix(str(path))[:110]}")
            continue
        there = reference(problem)
        agrees = "-" if there is None else "yes" if abs(here - there) <= LIMIT * abs(there) else "NO"
        wrong += agrees == "NO"
        shown = "-" if there is None else f"{there:.4f}"
        fitted = "-"
        if took < float(seconds) and int(starts):
            begin = time.perf_counter()
            fit = problem.fit(int(starts))
            fitted = f"{fit.log_likelihood:.4f} in {time.perf_counter() - begin:.0f} s"
        count, free = len(problem.tables.measurements), len(problem.estimated)
        print(f"{name:36}{count:6}{free:7}{here:14.4f}{shown:>14}  {agrees:6}{took:7.2f}{fitted:>22}", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
