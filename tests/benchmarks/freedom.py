"""Degrees of freedom by coverage: ``python -m tests.benchmarks.freedom [DATA SETS] [SEED]``.

Short runs, each with a start of its own to be fitted, leave few values for the noise: 8 runs of 2 points and 10 runs of
3. Where every fitted number is counted, nominal 90 % intervals hold the true rate in about 90 % of the data sets. An
interval that is open at one end says that the data do not determine the rate, as two points of a reversible reaction do
not: it is no test of the degrees of freedom, and counted by itself.
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


def counted(sets: int, runs: int, points: int, seed: int) -> Counter[bool | None]:
    """Return how often intervals hold the true rate, how often not, and (None) how many are open at an end."""
    found: Counter[bool | None] = Counter()
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
                closed = interval.low > 0.0 and np.isfinite(interval.high)
                found[interval.low <= rates[name] <= interval.high if closed else None] += 1
    return found


def main() -> None:
    """Count and print."""
    sets, seed = (int(word) for word in (*sys.argv[1:], *("60", "0")[len(sys.argv) - 1 :]))
    for runs, points in SHAPES:
        found = counted(sets, runs, points, seed)
        closed = found[True] + found[False]
        share = f"{100 * found[True] / closed:.1f} % of {closed} intervals, beside {found[None]} that are open"
        print(f"{sets} data sets of {runs} runs x {points} points: {share}", flush=True)


if __name__ == "__main__":
    main()
