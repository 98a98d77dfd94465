"""Faulty measurements: which are named, and what is said of clean ones.

``python -m tests.benchmarks.faults`` prints false alarms on clean random data; with ``--search`` it also runs
`crnsym.discover` on every kind of fault.
"""

import argparse
import time
from dataclasses import replace

import numpy as np

import crnsym
from crnsym.comparison.faults import without_faults
from crnsym.data.trajectories import Trajectories
from tests.benchmarks.problems import parse, trajectory

SYSTEMS = {
    "chain": ["A -> B @ 0.6", "B -> C @ 0.25"],
    "equilibrium": ["A -> B @ 0.6", "B -> A @ 0.3", "B -> C @ 0.2"],
    "addition": ["A + B -> C @ 0.6", "C -> D @ 0.3"],
    "dimer": ["2 A -> D @ 0.5", "D -> P @ 0.3"],
    "catalyst": ["S + E -> P + E @ 0.8", "P -> Q @ 0.2"],
}
FAST = {
    "pre-equilibrium": ["A -> B @ 30", "B -> A @ 20", "B + C -> D @ 0.3"],
    "burst": ["A -> B @ 8", "B -> C @ 6", "C -> D @ 0.1"],
    "clock": ["A + B -> C @ 40", "D -> B @ 0.2"],
    "autocatalysis": ["A + B -> 2 B @ 3", "B -> C @ 0.5"],
    "relaxation": ["A -> B @ 0.4", "B -> C @ 15"],
}
FORMS = ("relative", "absolute", "both")


def measured(name: str, *, seed: int = 0, runs: int = 4, points: int = 25, noise: float = 0.02, form: str = "relative",
             end: float = 12.0, slow: int | None = None) -> Trajectories:  # fmt: skip
    """Runs from random starts; ``slow`` is a run whose rates are all a third of those of the others."""
    truth = parse((SYSTEMS | FAST)[name])
    rng = np.random.default_rng(seed)
    times = np.linspace(0.0, end, points)
    values = []
    for run in range(runs):
        start = rng.uniform(0.4, 1.6, len(truth.species)) * (rng.uniform(size=len(truth.species)) < 0.7)
        start[0] = rng.uniform(0.5, 2.0)
        rates = truth.log_rates - (np.log(3.0) if run == slow else 0.0)
        course = trajectory(replace(truth, log_rates=rates), start, times)
        level = {"relative": course, "absolute": course.max(axis=0), "both": 0.5 * (course + course.max(axis=0))}[form]
        values.append(course + noise * level * rng.normal(size=course.shape))
    return Trajectories(truth.species, tuple(f"e{i}" for i in range(runs)), (times,) * runs, tuple(values))


def sharp(seed: int, noise: float = 0.02, points: int = 25, form: str = "relative") -> Trajectories:
    """Runs with transients that a few samples hold."""
    names = tuple(FAST)
    return measured(names[seed % len(names)], seed=seed, noise=noise, points=points, form=form)


def false_alarms(draws: int) -> tuple[int, int, list[str]]:
    """Number of columns of clean data about which something was said, of all, and what."""
    wrong, columns, said = 0, 0, []
    names = (*SYSTEMS, *FAST)
    for seed in range(draws):
        rng = np.random.default_rng(seed + 1000)
        options = {
            "noise": float(rng.choice([0.001, 0.005, 0.02, 0.05, 0.1])),
            "form": str(rng.choice(FORMS)),
            "points": int(rng.choice([6, 8, 12, 20, 40])),
            "runs": int(rng.choice([1, 3, 4])),
        }
        data = measured(names[seed % len(names)], seed=seed, **options)
        decimals = int(rng.choice([2, 3, 12]))
        data = replace(data, values=tuple(v.round(decimals) for v in data.values))
        remarks = without_faults(data).remarks
        columns += len(data.species)
        wrong += len(remarks)
        said += [f"{names[seed % len(names)]} {options} {decimals}: {remark}" for remark in remarks]
    return wrong, columns, said


def swapped(data: Trajectories, run: int, first: int = 0, second: int = 1) -> Trajectories:
    """The same data with two columns exchanged in one run."""
    values = [v.copy() for v in data.values]
    values[run][:, [first, second]] = values[run][:, [second, first]]
    return replace(data, values=tuple(values))


def of_no_network(seed: int, kind: str) -> Trajectories:
    """Two columns of sine waves or random walks, three runs."""
    rng = np.random.default_rng(seed)
    times = np.linspace(0.0, 10.0, 30)
    values = []
    for _ in range(3):
        if kind == "sine":
            phase, beat = rng.uniform(0, 6, 2), rng.uniform(1, 3, 2)
            course = 2.0 + np.sin(times[:, None] * beat + phase) + 0.02 * rng.normal(size=(30, 2))
        else:
            course = np.abs(np.cumsum(rng.normal(size=(30, 2)), axis=0) + 6.0)
        values.append(course)
    return Trajectories(("A", "B"), ("e0", "e1", "e2"), (times,) * 3, tuple(values))


def faulty(name: str, seed: int) -> dict[str, Trajectories]:
    """Every kind of fault in data of one system."""
    data = measured(name, seed=seed)
    return {"clean": data, "slow": measured(name, seed=seed, slow=2), "swap": swapped(data, 2)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--search", nargs="*", default=None, help="systems to search")
    parser.add_argument("--budget", type=float, default=60.0)
    given = parser.parse_args()
    wrong, columns, said = false_alarms(given.draws)
    print(f"clean data: {wrong} remarks on {columns} columns", *said, sep="\n  ", flush=True)
    if given.search is None:
        return
    cases = {f"{name}, {kind}": d for name in given.search or SYSTEMS for kind, d in faulty(name, 1).items()}
    cases |= {f"no network, {kind}": of_no_network(1, kind) for kind in ("sine", "walk")}
    for label, data in cases.items():
        began = time.monotonic()
        found = crnsym.discover(data, time_budget=given.budget)
        first = found.remarks[0] if found.remarks else ""
        print(f"{label:24s} {time.monotonic() - began:6.1f} s {found.verdict:12s} {first}", flush=True)


if __name__ == "__main__":
    main()
