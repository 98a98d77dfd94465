"""Score discovery: ``python -m tests.benchmarks.discovery PROTOCOL ...``.

``files`` runs the command line on the given tables and reads ``best.xml`` back; the others call the search itself.
A mechanism is *right* if its vector field has the truth's monomials with coefficients within 25 %.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.trajectories import Trajectories
from tests.benchmarks.problems import SHARED, Problem, further, given, measure, read, trajectory, unseen

PROTOCOLS: dict[str, dict[str, float]] = {
    "noise10": {"noise": 0.10},
    "additive": {"additive": 0.02},
    "missing": {"missing": 0.20},
    "few": {"runs": 4, "points": 20, "noise": 0.05},
}


def right(found: Mechanism, truth: Mechanism, tolerance: float = 0.25) -> bool:
    """Same monomials in every equation, every coefficient within the tolerance."""
    if set(found.species) != set(truth.species):
        return False
    column = [found.species.index(s) for s in truth.species]
    ours = {tuple(np.array(y)[column]): d[column] for y, d in found.net_vectors().items()}
    theirs = truth.net_vectors()
    for y in set(ours) | set(theirs):
        a, b = ours.get(y, np.zeros(len(column))), theirs.get(y, np.zeros(len(column)))
        if np.any(np.abs(a - b) > tolerance * np.abs(b)):
            return False
    return True


def reordered(mechanism: Mechanism, species: tuple[str, ...]) -> Mechanism:
    """The same mechanism with its species in another order."""
    column = [mechanism.species.index(s) for s in species]
    return Mechanism(species, mechanism.reactants[:, column], mechanism.products[:, column], mechanism.log_rates)


def hit(found: Mechanism, problem: Problem) -> bool:
    """Whether an answer is right; with an unmeasured species, the true structure that also predicts new runs to 1 %.

    The rates of a fast pair need not be determined, so the 25 % rule would judge what no data can tell.
    """
    if len(problem.observed) == len(problem.truth.species):
        return right(found, problem.truth)
    if set(found.species) != set(problem.truth.species):
        return False
    same = found.structure() == reordered(problem.truth, found.species).structure()
    return same and reach(found, problem) < 0.01


def reach(found: Mechanism, problem: Problem, seed: int = 10_007, runs: int = 5) -> float:
    """Mean |error| over range on noise-free runs from new initial states."""
    rng = np.random.default_rng(seed)
    column = [found.species.index(s) for s in problem.truth.species]
    mechanism = Mechanism(problem.truth.species, found.reactants[:, column], found.products[:, column], found.log_rates)
    errors = []
    for _ in range(runs):
        start = rng.uniform(problem.low, problem.high)
        ours, theirs = trajectory(mechanism, start, problem.times), trajectory(problem.truth, start, problem.times)
        if len(ours) < len(theirs):
            return float("inf")
        span = np.ptp(theirs, axis=0)
        errors.append((np.abs(ours - theirs) / np.where(span > 0, span, 1.0)).mean())
    return float(np.mean(errors))


def run(task: tuple[str, Problem, Trajectories, float]) -> dict[str, object]:
    """Discover from one data set and score the answer."""
    from crnsym.data.noise import estimate_noise
    from crnsym.search.pool import Pool
    from crnsym.search.question import ask
    from crnsym.search.run import search

    label, problem, data, budget = task
    began, cpu = time.perf_counter(), time.process_time()
    noise = estimate_noise(data)
    result = search(ask(data, noise), time_budget=budget)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    ranked = result.ranked
    best, fit = ranked[0]
    rank = next((i for i, (_, f) in enumerate(ranked, 1) if hit(f.mechanism, problem)), None)
    behind = ranked[rank - 1][0] - best if rank else float("nan")
    truth_score = float("nan")
    if set(problem.observed) == set(problem.truth.species):
        truth_score = Pool(result.problem, result.score).fit(reordered(problem.truth, data.species))[1] - best
    return {
        "problem": label,
        "right": rank == 1,
        "tie": rank is not None and behind <= 2.0,
        "rank": rank,
        "behind": behind,
        "truth - best": truth_score,
        "chi2/N": fit.reduced,
        "reactions": len(fit.mechanism.log_rates),
        "test error": reach(fit.mechanism, problem)
        if set(fit.mechanism.species) == set(problem.truth.species)
        else np.nan,
        "seconds": seconds,
        "cpu": cpu,
        "complete": result.settled,
    }


def run_files(name: str, problem: Problem, budget: float) -> dict[str, object]:
    """Run ``crnsym discover`` on a given table and score the best mechanism that it wrote as SBML."""
    from crnsym.dynamics.structure import mass_action_arrays
    from crnsym.formats import read as read_network

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "crnsym", "discover", str(SHARED / name / "train.csv"), "--out", str(out)]
        began = time.perf_counter()
        subprocess.run([*command, "--time-budget", str(budget)], check=True, capture_output=True)
        seconds = time.perf_counter() - began
        found = mass_action_arrays(read_network(out / "best.xml"))
        with (out / "candidates.csv").open() as file:
            candidates = list(csv.DictReader(file))
        details = json.loads((out / "run.json").read_text())
    good = hit(found, problem)
    return {
        "problem": f"files/{name}",
        "right": good,
        "tie": good,
        "rank": 1 if good else None,
        "behind": 0.0 if good else float("nan"),
        "truth - best": float("nan"),
        "chi2/N": float(candidates[0]["chi2_per_value"]),
        "reactions": len(found.log_rates),
        "test error": reach(found, problem) if set(found.species) == set(problem.truth.species) else float("nan"),
        "seconds": seconds,
        "cpu": float("nan"),
        "complete": bool(details["complete"]),
    }


def tasks(
    names: list[str], only: list[str], budget: float, seeds: int
) -> list[tuple[str, Problem, Trajectories, float]]:
    """All data sets of the protocols asked for."""
    open_problems = {k: p for k, p in given().items() if not only or k in only}
    seen = {k: p for k, p in open_problems.items() if len(p.observed) == len(p.truth.species)}
    result = []
    for name in names:
        if name == "given":
            result += [(f"given/{k}", p, read(SHARED / k / "train.csv"), budget) for k, p in open_problems.items()]
        elif name == "fresh":
            result += [(f"fresh{s}/{k}", p, measure(p, 100 + s), budget) for k, p in seen.items() for s in range(seeds)]
        elif name == "unseen":
            extra = {k: p for k, p in unseen().items() if not only or k in only}
            result += [
                (f"unseen{s}/{k}", p, measure(p, 400 + s), budget) for k, p in extra.items() for s in range(seeds)
            ]
        elif name == "further":
            extra = {k: p for k, p in further().items() if not only or k in only}
            result += [
                (f"further{s}/{k}", p, measure(p, 200 + s), budget) for k, p in extra.items() for s in range(seeds)
            ]
        else:
            result += [
                (f"{name}/{k}", p, measure(p, 300 + s, **PROTOCOLS[name]), budget)  # type: ignore[arg-type]
                for k, p in seen.items()
                for s in range(1)
            ]
    return result


def main() -> None:
    """Print one line a data set and a summary a protocol."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("protocols", nargs="*", default=["given"])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    names = (
        ["files", "fresh", *PROTOCOLS, "further", "unseen"] if arguments.protocols == ["all"] else arguments.protocols
    )
    files = "files" in names
    names = [name for name in names if name != "files"]
    todo = tasks(names, arguments.only, arguments.budget, arguments.seeds)
    rows = []
    print(f"{'data set':34} right tie rank behind truth-best chi2/N  n  error   seconds    cpu")
    if arguments.processes > 1:
        with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as pool:
            results = pool.map(run, todo)
            rows = [_show(row) for row in results]
    else:
        rows = [_show(run(task)) for task in todo]
    if files:
        rows += [
            _show(run_files(k, p, arguments.budget))
            for k, p in given().items()
            if not arguments.only or k in arguments.only
        ]
    for name in dict.fromkeys(str(r["problem"]).split("/")[0] for r in rows):
        members = [r for r in rows if str(r["problem"]).startswith(name + "/")]
        times = [float(str(r["seconds"])) for r in members]
        print(
            f"{name}: right {sum(bool(r['right']) for r in members)}, right or tied "
            f"{sum(bool(r['tie']) for r in members)} of {len(members)}; "
            f"seconds median {np.median(times):.1f}, longest {max(times):.1f}"
        )


def _show(row: dict[str, object]) -> dict[str, object]:
    print(
        f"{row['problem']:34} {'yes' if row['right'] else '-':5} {'yes' if row['tie'] else '-':3} "
        f"{row['rank'] or '-'!s:>4} {row['behind']:6.1f} {row['truth - best']:10.1f} {row['chi2/N']:6.3f} "
        f"{row['reactions']:2} {row['test error']:7.4f} {row['seconds']:7.1f} "
        f"{row['cpu']:7.1f}{'' if row['complete'] else ' (budget)'}",
        flush=True,
    )
    return row


if __name__ == "__main__":
    main()
