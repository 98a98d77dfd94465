"""Degrees of freedom by coverage: ``python -m tests.benchmarks.freedom [DATA SETS] [SEED]``.

Short runs, each with a start of its own to be fitted, leave few values for the noise: 8 runs of 2 points and 10 runs of
3. Where every fitted number is counted, nominal 90 % intervals hold the true rate in about 90 % of the data sets.
"""

import sys
from collections import Counter

import numpy as np

import crnsym as cs

LEVEL, NOISE = 0.9, 0.05
SHAPES = ((8, 2), (10, 3))
NETWORKS = (
    ("A -> 0 @ k", {"k": 0.5}),
    ("2 A -> B @ k", {"k": 0.9}),
    ("A -> B @ k; B -> A @ h", {"k": 0.8, "h": 0.4}),
)


def counted(sets: int, runs: int, points: int, seed: int) -> Counter[bool]:
    """Return how often intervals hold the true rate, and how often not."""
    found: Counter[bool] = Counter()
    for number in range(sets):
        text, rates = NETWORKS[number % len(NETWORKS)]
        rng = np.random.default_rng([seed, runs, number])
        starts = [{"A": float(a)} for a in rng.uniform(0.5, 2.0, runs)]
        true = cs.network(text).with_parameters(rates)
        data = cs.simulate(
            true, np.linspace(0.0, 3.0, points), initial=starts, noise=NOISE, seed=int(rng.integers(1 << 30))
        )
        best = cs.compare([cs.network(text)], data, noise=f"{100 * NOISE:g}%")[0]
        for name, interval in cs.profile_intervals(best, level=LEVEL).items():
            if name in rates:
                found[interval.low <= rates[name] <= interval.high] += 1
    return found


def main() -> None:
    """Count and print."""
    sets, seed = (int(word) for word in (*sys.argv[1:], *("60", "0")[len(sys.argv) - 1 :]))
    for runs, points in SHAPES:
        found = counted(sets, runs, points, seed)
        share = found[True] / found.total()
        print(
            f"{sets} data sets of {runs} runs x {points} points: {100 * share:.1f} % of {found.total()} intervals",
            flush=True,
        )


if __name__ == "__main__":
    main()
