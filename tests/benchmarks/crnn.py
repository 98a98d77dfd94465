"""Chemical reaction neural networks by themselves, on the first case of Ji & Deng (2021).

``python -m tests.benchmarks.crnn`` trains 8 starts on data made with 5 seeds and rounds the one with the lowest loss,
without any other route and without a refit:

- 20 runs, 5 % noise: is the first integer network the true one, and in what time;
- the same with the order penalty sum_j relu(sum_i n_ji - 2) of weight 1;
- 5 runs, 10 % noise.

Below, the real networks of the first seed beside those that a student printed in a seminar on the same case.
"""

import argparse
import os
import time

import numpy as np

from crnsym.crnn.learn import train_networks
from crnsym.data.trajectories import Trajectories
from crnsym.dynamics.ode import simulate
from crnsym.network.text import network
from crnsym.rounding.candidates import round_network

TEXT = "2 A -> B @ 0.1; A -> C @ 0.2; C -> D @ 0.13; B + D -> E @ 0.3"
TRUTH = {  # net vector over A to E: rate constant
    (0, -1, 0, -1, 1): 0.3,
    (-2, 1, 0, 0, 0): 0.1,
    (-1, 0, 1, 0, 0): 0.2,
    (0, 0, -1, 1, 0): 0.13,
}
PRINTED = {
    "without order penalty": {
        (0, -1, 0, -1, 1): ((0, -1, 0, -1.006, 1.006), 0.307),
        (-2, 1, 0, 0, 0): ((-2.093, 1.107, 0, 0, 0), 0.101),
        (-1, 0, 1, 0, 0): ((-1.004, 0, 0.965, 0, 0), 0.206),
        (0, 0, -1, 1, 0): ((0, 0, -0.999, 1.011, 0), 0.130),
    },
    "with order penalty": {
        (0, -1, 0, -1, 1): ((0, -1.003, 0, -1.008, 1.007), 0.307),
        (-2, 1, 0, 0, 0): ((-2.084, 1.115, 0, 0.006, -0.011), 0.102),
        (-1, 0, 1, 0, 0): ((-1.004, 0.001, 0.969, 0.001, 0.004), 0.206),
        (0, 0, -1, 1, 0): ((0.002, 0.002, -0.998, 1.010, -0.004), 0.130),
    },
}


def case_1(seed: int, runs: int, noise: float) -> Trajectories:
    """A and B from U[0.2, 1.2], the others 0; 100 times up to 40; multiplicative noise, first row included."""
    rng = np.random.default_rng(1000 + seed)
    starts = [dict(zip("AB", map(float, rng.uniform(0.2, 1.2, 2)), strict=True)) for _ in range(runs)]
    return simulate(network(TEXT), (0.0, 40.0, 100), initial=starts, noise=noise, seed=seed)


def train(data: Trajectories, seed: int, penalty: float):
    """Train, round; return networks, rank of the truth (0 when absent), and seconds."""
    start = time.perf_counter()
    trained = train_networks(data, reactions=4, form="tied", restarts=8, seed=seed, order_penalty=penalty, cap=2.0)
    candidates = round_network(trained.networks[0].fractional(), data=data)
    seconds = time.perf_counter() - start
    ranks = [n for n, c in enumerate(candidates, 1) if set(map(tuple, c.net_stoichiometry.tolist())) == set(TRUTH)]
    return trained.networks, ranks[0] if ranks else 0, seconds


def match(fractional) -> dict[tuple[int, ...], int]:
    """Which row of a real network stands for which true reaction: the nearest."""
    return {truth: int(np.abs(fractional.net_stoichiometry - np.array(truth)).sum(axis=1).argmin()) for truth in TRUTH}


def exact(trained) -> bool:
    """Whether plain rounding of every entry gives the truth."""
    return set(map(tuple, np.rint(trained.fractional().net_stoichiometry).astype(int).tolist())) == set(TRUTH)


def worst(fractional) -> tuple[float, float]:
    """Largest error of a coefficient, and of a rate in per cent."""
    rows = match(fractional)
    entries = max(np.abs(fractional.net_stoichiometry[j] - np.array(truth)).max() for truth, j in rows.items())
    rates = max(abs(np.exp(fractional.log_rates[j]) / TRUTH[truth] - 1) for truth, j in rows.items())
    return entries, 100 * rates


def protocol(title: str, runs: int, noise: float, penalty: float, seeds: int):
    """Print one line a seed; return the best real network of the first seed."""
    print(f"\n{title}: {runs} runs, {100 * noise:.0f} % noise")
    print("seed  rank of truth  starts exact  MAE/range  worst entry  worst rate %  seconds")
    first, right = None, 0
    for seed in range(seeds):
        networks, rank, seconds = train(case_1(seed, runs, noise), seed, penalty)
        best = networks[0].fractional()
        first = first or best
        entries, rates = worst(best)
        right += rank == 1
        count = sum(map(exact, networks))
        print(
            f"{seed:4d}  {rank or '-':>13}  {count:>10}/8  {networks[0].error:9.4f}  {entries:11.3f}  {rates:12.1f}"
            f"  {seconds:7.1f}",
            flush=True,
        )
    print(f"truth first: {right} of {seeds}    load {os.getloadavg()[0]:.1f}")
    return first


def row(net, rate) -> str:
    """One reaction of a real network, as numbers."""
    return " ".join(f"{value:7.3f}" for value in net) + f"  {rate:6.3f}"


def main() -> None:
    """Run the three protocols and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    ours = {
        "without order penalty": protocol("Without order penalty", 20, 0.05, 0.0, seeds),
        "with order penalty": protocol("With order penalty (cap 2)", 20, 0.05, 1.0, seeds),
    }
    protocol("Few and noisy", 5, 0.10, 0.0, seeds)
    for name, fractional in ours.items():
        print(f"\n{name}: net stoichiometry of A B C D E, rate constant")
        for truth, j in match(fractional).items():
            print("  truth   " + row(truth, TRUTH[truth]))
            print("  printed " + row(*PRINTED[name][truth]))
            print("  here    " + row(fractional.net_stoichiometry[j], np.exp(fractional.log_rates[j])))


if __name__ == "__main__":
    main()
