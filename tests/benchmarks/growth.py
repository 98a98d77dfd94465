"""How the time of a discovery grows, and two cascades: ``python -m tests.benchmarks.growth [cascades|curves ...]``.

*cascades*: signals that pass through tiers of catalysts, nine and 22 species, three runs, 1 % noise.
*curves*: time of the whole `crnsym.discover` against species (chains of 4 to 30), reactions (8 species) and runs, each
with the exponent of a power law through the points. Three seeds each; medians.
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np

import crnsym
from crnsym.data.trajectories import Trajectories
from tests.benchmarks.problems import parse, trajectory

RECEPTOR = [
    "L + R -> LR @ 1.1", "LR -> L + R @ 0.3", "K + LR -> Kp + LR @ 1.4", "Kp -> K @ 0.5",
    "M + Kp -> Mp + Kp @ 1.2", "Mp -> M @ 0.4", "E + Mp -> Ep + Mp @ 0.9", "Ep -> E @ 0.35",
]  # fmt: skip


def tiers(count: int) -> list[str]:
    """A cascade of tiers: each active form activates the next form, and falls back."""
    forward = [
        "X1 -> Y1 @ 0.8",
        *(f"X{i} + Y{i - 1} -> Y{i} + Y{i - 1} @ {0.8 + 0.07 * i}" for i in range(2, count + 1)),
    ]
    return [*forward, *(f"Y{i} -> X{i} @ {0.3 + 0.02 * i}" for i in range(1, count + 1))]


def chain(species: int) -> list[str]:
    """A chain of first-order steps."""
    return [f"X{i} -> X{i + 1} @ {0.4 + 0.5 * (i % 3)}" for i in range(1, species)]


def woven(reactions: int) -> list[str]:
    """A chain of eight species, with bimolecular steps between its ends and reverse steps."""
    steps = [*chain(8), "X1 + X5 -> X2 + X4 @ 0.9", "X8 -> X7 @ 0.3", "X3 + X7 -> X4 + X6 @ 0.7", "X4 -> X3 @ 0.2"]
    return [*steps, "2 X6 -> X5 + X7 @ 0.6", "X2 -> X1 @ 0.25", "X2 + X8 -> X3 + X7 @ 0.8"][:reactions]


def measured(reactions: Sequence[str], runs: int, seed: int, noise: float = 0.01, points: int = 30) -> Trajectories:
    """Runs from random starts until about the slowest step is over."""
    truth, rng = parse(list(reactions)), np.random.default_rng(seed)
    times = np.linspace(0.0, 10.0, points)
    values = []
    for _ in range(runs):
        start = rng.uniform(0.1, 1.5, len(truth.species))
        course = trajectory(truth, start, times)
        values.append(course * (1 + noise * rng.normal(size=course.shape)) + 0.001 * rng.normal(size=course.shape))
    return Trajectories(truth.species, tuple(f"e{i}" for i in range(runs)), (times,) * runs, tuple(values))


def found(reactions: Sequence[str], runs: int, seed: int, budget: float) -> tuple[float, bool, str]:
    """Seconds, whether the first mechanism is the true one, and the verdict."""
    data = measured(reactions, runs, seed)
    began = time.monotonic()
    answer = crnsym.discover(data, time_budget=budget)
    right = bool(answer.candidates) and answer.candidates[0].mechanism.structure() == parse(list(reactions)).structure()
    return time.monotonic() - began, right, answer.verdict


def cascades(seeds: int) -> None:
    """Print how the two cascades end."""
    for name, reactions, limit in (("9 species", RECEPTOR, 120.0), ("22 species", tiers(11), 300.0)):
        for seed in range(seeds):
            seconds, right, verdict = found(reactions, 3, seed, limit)
            print(
                f"cascade of {name}, seed {seed}: {'right' if right else 'wrong'}, {verdict}, {seconds:.0f} s",
                flush=True,
            )


def curve(name: str, sizes: Sequence[int], make: dict[int, tuple[list[str], int]], seeds: int) -> None:
    """Print the times over one size, and the exponent."""
    times = []
    for size in sizes:
        reactions, runs = make[size]
        each = [found(reactions, runs, seed, 600.0) for seed in range(seeds)]
        times.append(float(np.median([seconds for seconds, _, _ in each])))
        right = sum(ok for _, ok, _ in each)
        print(f"{name} {size:3d}: {times[-1]:6.1f} s, {right} of {seeds} right", flush=True)
    print(f"time grows with {name} to the power {np.polyfit(np.log(sizes), np.log(times), 1)[0]:.2f}", flush=True)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["cascades", "curves"])
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    if "cascades" in given.parts:
        cascades(given.seeds)
    if "curves" in given.parts:
        species, reactions, runs = (4, 8, 15, 30), (7, 10, 14), (2, 4, 8, 16)
        curve("species", species, {n: (chain(n), 3) for n in species}, given.seeds)
        curve("reactions", reactions, {n: (woven(n), 6) for n in reactions}, given.seeds)
        curve("runs", runs, {n: (woven(9), n) for n in runs}, given.seeds)


if __name__ == "__main__":
    main()
