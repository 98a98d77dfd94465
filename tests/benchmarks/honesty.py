"""Does the answer say when the data do not decide? Starved data, and a hidden species without its first samples.

``python -m tests.benchmarks.honesty [starved] [first_rows] [--seeds N] [--budget S]``

*starved*: one run, 20 times, 10 % noise; is the truth within the 90 % set, or does the answer leave it open?
*first_rows*: the fast dimerisation of the shared data from fresh noise, with 4 runs x 20 times, and with the first two
rows of every run removed.
"""

import argparse
from dataclasses import replace

import numpy as np

from crnsym import discover
from crnsym.comparison.result import Discovery
from crnsym.data.mechanism import Mechanism
from crnsym.data.trajectories import Trajectories
from tests.benchmarks.discovery import reordered
from tests.benchmarks.problems import given, measure


def same(a: Mechanism, b: Mechanism) -> bool:
    """Whether two mechanisms have the same reactions."""
    return a.species == b.species and a.structure() == b.structure()


def in_set(found: Discovery, truth: Mechanism, level: float = 0.9) -> bool:
    """Whether the truth is among the best candidates that together have this weight."""
    total = 0.0
    for candidate in found:
        versions = (candidate.mechanism, *candidate.alternatives)
        if any(same(m, reordered(truth, m.species)) for m in versions if set(m.species) == set(truth.species)):
            return True
        total += candidate.weight
        if total > level:
            return False
    return False


def starved(seeds: int, budget: float) -> None:
    """One line a data set."""
    print(f"{'problem':24} in 90 % set  verdict      best")
    good = 0
    names = ("michaelis_menten", "lotka_volterra", "reversible_cascade", "sir", "catalyst")
    problems = given()
    for name in names:
        for seed in range(seeds):
            data = measure(problems[name], 500 + seed, runs=1, points=20, noise=0.10)
            found = discover(data, time_budget=budget)
            inside = in_set(found, problems[name].truth)
            open_ = found.verdict in ("tie", "undecided", "not reached")
            good += inside or open_
            best = "; ".join(found[0].reactions) if len(found) else "none"
            print(f"{name:24} {'yes' if inside else '-':11}  {found.verdict:11}  {best}", flush=True)
    print(f"in the set or left open: {good} of {len(names) * seeds}")


def without_first_rows(data: Trajectories, count: int = 2) -> Trajectories:
    """Drop the first samples of every run."""
    return replace(data, times=tuple(t[count:] for t in data.times), values=tuple(v[count:] for v in data.values))


def first_rows(seeds: int, budget: float) -> None:
    """One line a data set."""
    problem = given()["fast_dimer"]
    for seed in range(seeds):
        cases = {
            "4 x 20": measure(problem, 600 + seed, runs=4, points=20),
            "first two rows removed": without_first_rows(measure(problem, 600 + seed)),
        }
        for name, data in cases.items():
            found = discover(data, time_budget=budget)
            visible = [c for c in found if len(c.mechanism.species) == len(data.species)]
            gap = visible[0].score - found[0].score if visible else np.inf
            print(f"{name:24} best {'; '.join(found[0].reactions)}; lead over no hidden species {gap:.1f}", flush=True)
            print(f"{'':24} {found.statement}", flush=True)


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["starved", "first_rows"])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--budget", type=float, default=60.0)
    arguments = parser.parse_args()
    for part in arguments.parts:
        {"starved": starved, "first_rows": first_rows}[part](arguments.seeds, arguments.budget)


if __name__ == "__main__":
    main()
