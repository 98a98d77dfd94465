"""Pair annihilation on a chain: motif equations and their closures beside the simulation.

Run by hand: ``python -m tests.benchmarks.annihilation [--runs 400] [--seed 1]``, a few seconds. Relative L2 errors of
the density and of the nearest-neighbour pairs, until half of the molecules are gone and over the whole time.
"""

import argparse

import numpy as np

from crnsym import lattice_moment_equations, network, simulate_lattice, simulate_moments

SITES, START = 200, 120
NET = network(f"2 A -> 0 @ 1; init A = {START}")


def relative(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.linalg.norm(found[1:] - wanted[1:]) / np.linalg.norm(wanted[1:]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"{SITES} sites, {START} molecules, {arguments.runs} runs, seed {arguments.seed}")
    print(f"{'hops':>6} {'closure':>14} {'A, half':>9} {'AA, half':>9} {'A, all':>9} {'AA, all':>9}")
    for hops in (0.0, 1.0, 4.0, 16.0):
        runs = simulate_lattice(NET, SITES, (0, 6, 121), arguments.runs, arguments.seed, hops=hops)
        count, pairs = runs.counts().mean(axis=0)[:, 0], runs.nearest("A", "A").mean(axis=0)
        half = count >= START / 2
        for closure, reach in (("mean_field", 0), ("pair", 1), ("pair", 2)):
            found = simulate_moments(
                lattice_moment_equations(NET, SITES, hops=hops, reach=reach).close(closure), runs.times
            )
            a = found.counts()[:, 0]
            aa = found.nearest("A", "A") if reach else a**2 / SITES
            errors = (
                relative(a[half], count[half]),
                relative(aa[half], pairs[half]),
                relative(a, count),
                relative(aa, pairs),
            )
            print(f"{hops:>6g} {closure + f' {reach}':>14} " + " ".join(f"{error:>9.4f}" for error in errors))


if __name__ == "__main__":
    main()
