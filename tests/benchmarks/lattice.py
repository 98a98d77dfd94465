"""The published lattice Lotka-Volterra system: curves beside the published ones, and speed.

Run by hand: ``python -m tests.benchmarks.lattice [--runs 100] [--seed 1] [--seeds 5]``, about 20 seconds on one idle
core. The peer's speed, 2.3e5 attempted hops per second of CPU, is that of the published C++ simulator on a comparable
core.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np

from crnsym import LatticeRuns, network, simulate_lattice

CURVES = Path(__file__).resolve().parents[3] / "shared" / "data" / "lattice_lotka_volterra" / "published_curves.csv"
SYSTEM = network("P -> 2 P @ 0.025; H -> 0 @ 0.06; P + H -> 2 H @ 0.4; init P = 100, H = 100")
LIMITS = {"prey": 0.08, "nn_prey_prey": 0.10, "nnn_prey_hunter": 0.10}
PUBLISHED_NEXT_NEAREST = [(0, 2), (1, 1), (2, 0)]  # one diagonal is left out
PEER = 2.3e5


def measured(found: LatticeRuns) -> dict[str, np.ndarray]:
    return {
        "prey": found.counts()[..., 0],
        "nn_prey_prey": found.nearest("P", "P"),
        "nnn_prey_hunter": found.pairs("P", "H", PUBLISHED_NEXT_NEAREST),
    }


def simulated(runs: int, seed: int, **options) -> tuple[LatticeRuns, float]:
    simulate_lattice(SYSTEM, times=(0, 2, 3), **options)  # compiles
    start = time.process_time()
    found = simulate_lattice(SYSTEM, times=(0, 499, 500), runs=runs, seed=seed, **options)
    return found, found.attempts / (time.process_time() - start)


def report(seed: str, discarded: str, moments: dict[str, np.ndarray], rows: list[dict[str, str]]) -> None:
    line = f"{seed:>10}{discarded:>11}"
    for name, values in moments.items():
        wanted = np.array([float(row[f"{name}_simulated"]) for row in rows])
        scale = np.linalg.norm(wanted)
        error = np.linalg.norm(values.mean(axis=0)[1:] - wanted) / scale
        noise = np.linalg.norm(values.std(axis=0, ddof=1)[1:] / np.sqrt(len(values))) / scale
        line += f"{f'{error:.3f} ± {noise:.3f}':>26}"
    print(line)


def chance(values: np.ndarray, wanted: np.ndarray, runs: int, draws: int = 1000) -> tuple[float, float, float]:
    """Return how far the published mean is from ours, and the median and the rank of that among means of our runs.

    All are relative L2. Means of as many runs as the published one are drawn from ours (bootstrap); the scatter of our
    own mean is added to theirs. A rank near 1 would be a bias.
    """
    mean, rng = values.mean(axis=0), np.random.default_rng(0)
    drawn = rng.multinomial(runs, np.full(len(values), 1 / len(values)), size=draws) / runs @ values - mean
    far = np.linalg.norm(drawn[:, 1:], axis=1) * np.sqrt(1 + runs / len(values)) / np.linalg.norm(wanted)
    found = np.linalg.norm(mean[1:] - wanted) / np.linalg.norm(wanted)
    return float(found), float(np.median(far)), float((far < found).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="the first of the seeds")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    with open(CURVES) as file:
        rows = list(csv.DictReader(file))

    stepper = {"method": "stepper", "offspring": "anywhere"}
    print(f"{arguments.runs} runs with surviving hunters a seed, row-biased: relative L2 against the published curves;")
    print("± is the part that the scatter of so few runs alone makes (the published curves have as much again)")
    print(f"{'seed':>10}{'discarded':>11}" + "".join(f"{f'{name} <= {limit}':>26}" for name, limit in LIMITS.items()))
    pooled: list[dict[str, np.ndarray]] = []
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        found, speed = simulated(arguments.runs, seed, selection="row_biased", survivors="H", **stepper)
        pooled.append(measured(found))
        report(str(seed), str(len(found.discarded)), pooled[-1], rows)
    together = {name: np.concatenate([p[name] for p in pooled]) for name in LIMITS}
    report("together", "", together, rows)
    for name, values in together.items():
        wanted = np.array([float(row[f"{name}_simulated"]) for row in rows])
        far, median, rank = chance(values, wanted, 100)
        both = np.sqrt(1 / 100 + 1 / arguments.runs) / np.sqrt(1 / 100 + 1 / len(values)) * median
        print(
            f"{name}: published {far:.3f} from all {len(values)} runs, 100 runs by chance {median:.3f}, "
            f"rank {rank:.2f} of 1; two sets of {arguments.runs} runs differ by {both:.3f}"
        )

    uniform, uniform_speed = simulated(arguments.runs, arguments.seed, **stepper)
    prey = uniform.counts()[:, 200, 0]
    spread = prey.std(ddof=1) / np.sqrt(len(prey))
    print(f"uniform selection: prey at step 200 is {prey.mean():.0f} ± {spread:.0f} (expected 80 ± 9)")
    for name, value in (("row-biased", speed), ("uniform", uniform_speed)):
        print(
            f"{name:12}{value:10.2e} attempted hops per CPU second, {value / PEER:5.0f} times the published simulator"
        )

    start = time.process_time()
    exact = simulate_lattice(SYSTEM, times=(0, 50, 51), runs=20, seed=arguments.seed)
    print(f"exact process {exact.attempts / (time.process_time() - start):8.2e} events drawn per CPU second")


if __name__ == "__main__":
    main()
