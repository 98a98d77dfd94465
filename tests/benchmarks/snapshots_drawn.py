"""Reactions from snapshots of simple systems that are drawn at random, and what is said where the data do not suffice.

Run by hand: ``python -m tests.benchmarks.snapshots_drawn [STRATUM ...] [--seeds 50] [--first 1000]``, about six minutes
on one core. Twenty kinds of systems in seven strata; rates, hops (0.1 to 100), numbers of molecules and dimensions are
drawn. A run is *right* when the best set holds the true reactions and no other, and no exchange of places; *tied* when
a right set lies within the tie. *Decided wrong* is what must not happen. *Starved* runs are those in
which the rarest reaction happened fewer than 60 times in all: they are counted apart.
"""

import argparse
import time
from typing import NamedTuple

import numpy as np

from crnsym import Network, Snapshots, discover_snapshots, network, simulate_lattice

KINDS: dict[str, tuple[str, ...]] = {
    "first order": ("A -> B @ k", "A -> B @ k; B -> A @ k", "A -> 0 @ k", "A -> B @ k; B -> C @ k"),
    "adsorption": (
        "0 -> A @ k/4; A -> 0 @ k",
        "0 -> 2 A @ k/8; A -> 0 @ k",
        "0 -> A @ k/6; 0 -> B @ k/6; A -> 0 @ k; B -> 0 @ k",
    ),
    "dimerisation": ("2 A -> 0 @ k", "2 A -> B @ k; B -> 2 A @ k", "A + B -> C @ k", "2 A -> A @ k"),
    "epidemic": (
        "S + I -> 2 I @ k; I -> R @ k/2",
        "S + I -> 2 I @ k; I -> S @ k/2",
        "S + I -> 2 I @ k; I -> R @ k/2; R -> S @ k",
    ),
    "cyclic": ("A + B -> 2 A @ k; B + C -> 2 B @ k; C + A -> 2 C @ k", "A -> B @ k; B -> C @ k; C -> A @ k"),
    "autocatalytic": ("A -> 2 A @ k; 2 A -> A @ k", "A + B -> 2 A @ k; A -> 0 @ k/2"),
    "surface": (
        "0 -> A @ k/4; 0 -> 2 B @ k/8; A + B -> 0 @ 2*k",
        "0 -> A @ k/4; A -> 0 @ k; A + B -> 0 @ k; 0 -> B @ k/4",
    ),
}
SHAPES = {1: ((200,), 150), 2: ((40, 40), 50), 3: ((12, 12, 12), 50)}
STARVED = 60  # events of the rarest reaction, in all runs


class Drawn(NamedTuple):
    """One system, and how it is watched."""

    stratum: str
    network: Network
    hops: dict[str, float]
    shape: tuple[int, ...]
    runs: int
    times: np.ndarray

    def line(self) -> str:
        """Return what it is."""
        rates = "; ".join(f"{r.reactants} -> {r.products} @ {float(r.rate.k):.3g}" for r in self.network.reactions)  # type: ignore[attr-defined]  # mass action
        hops = ", ".join(f"{name} {rate:.2g}" for name, rate in self.hops.items())
        return f"{len(self.shape)}-D  {rates}  (hops {hops}; {len(self.times)} times to {self.times[-1]:.3g})"


def drawn(stratum: str, seed: int) -> Drawn:
    """Draw a system of a stratum."""
    rng = np.random.default_rng([seed, list(KINDS).index(stratum)])
    text = str(rng.choice(KINDS[stratum]))
    while "k" in (part := text):
        text = part.replace("k", f"{np.exp(rng.uniform(np.log(0.2), np.log(1.0))):.3g}", 1)
    plain = network(text)
    dimensions = int(rng.choice([1, 2, 3], p=[0.25, 0.5, 0.25]))
    shape, runs = SHAPES[dimensions]
    sites, free = int(np.prod(shape)), rng.uniform(0.2, 0.8)
    made = {s for r in plain.reactions if not r.reactants for s in r.products}
    parts = rng.dirichlet(np.ones(len(plain.species))) * (1 - free)
    start = {name: int(sites * part) for name, part in zip(plain.species_names, parts, strict=True)}
    start |= dict.fromkeys(made, 0) if rng.random() < 0.5 else {}
    if stratum == "epidemic":
        start |= {"S": int(sites * rng.uniform(0.4, 0.9)), "I": max(4, sites // 20), "R": 0}
        start = {name: start[name] for name in plain.species_names}
    full = network(text + "; init " + ", ".join(f"{name} = {value}" for name, value in start.items()))
    hops = {name: float(f"{np.exp(rng.uniform(np.log(0.1), np.log(100))):.2g}") for name in full.species_names}
    long = float(rng.choice([6.0, 10.0]))
    grid = np.linspace(0, long, int(rng.choice([31, 41, 61])))
    return Drawn(stratum, full, hops, shape, runs, grid)


def simulated(system: Drawn, seed: int) -> Snapshots:
    """Simulate it."""
    runs = simulate_lattice(system.network, system.shape, system.times, system.runs, seed, hops=system.hops)
    return Snapshots(runs.species, runs.times, runs.sites)


def is_right(candidate, system: Drawn) -> bool:
    """Whether a set holds the true reactions and no other, wherever hops are."""
    sides = [{(r.reactants, r.products) for r in n.reactions} for n in (candidate.network, system.network)]
    moved = [rule for rule in candidate.rules if "trade places" in rule]
    return sides[0] == sides[1] and not candidate.placed and not moved


def rarest(system: Drawn, shots: Snapshots) -> float:
    """Return how often the rarest reaction happened, about: from mean densities, as if molecules were mixed."""
    density = shots.counts().mean(axis=(0, 1)) / np.prod(shots.shape)
    level = dict(zip(shots.species, density, strict=True))
    found = []
    for r in system.network.reactions:
        power = float(np.prod([level[s] ** n for s, n in r.reactants.items()])) if r.reactants else 1 - density.sum()
        found.append(float(r.rate.k) * power)  # type: ignore[attr-defined]  # mass action
    return min(found) * np.prod(shots.shape) * system.runs * system.times[-1]


def main() -> None:
    """Print one line a system, and the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]  # there is a docstring
    parser.add_argument("strata", nargs="*", help="names, or parts of names; all by default")
    parser.add_argument("--seeds", type=int, default=50, help="systems in all")
    parser.add_argument("--first", type=int, default=1000, help="the first of the seeds")
    parser.add_argument("--verbose", action="store_true", help="print what was found, also where it is right")
    arguments = parser.parse_args()
    strata = [s for s in KINDS if not arguments.strata or any(part in s for part in arguments.strata)]
    rows: list[tuple[bool, bool, str, bool]] = []
    clock = time.process_time()
    for number in range(arguments.seeds):
        seed = arguments.first + number
        system = drawn(strata[number % len(strata)], seed)
        begun = time.process_time()
        shots = simulated(system, seed)
        made = time.process_time()
        found = discover_snapshots(shots)
        took = time.process_time() - made
        right = is_right(found[0], system)
        tied = any(is_right(c, system) for c in found.candidates[: found.ties])
        starved = rarest(system, shots) < STARVED
        rows.append((right, tied, found.verdict, starved))
        told = "right" if right else "tied" if tied else "wrong"
        alarm = "  !!" if found.verdict == "decided" and not right else ""
        seconds = f"{made - begun:.1f} + {took:.1f} s"
        print(f"{seed} {system.stratum:13} {told:5} {found.verdict:11}{alarm}  {seconds}  {system.line()}", flush=True)
        if arguments.verbose or not right:
            print("      " + "\n      ".join([*found[0].lines(), *found.remarks]), flush=True)
    right, tied, verdict, starved = (np.array(column) for column in zip(*rows, strict=True))
    print(
        f"{len(rows)} systems: {right.sum()} right, {(tied & ~right).sum()} more in the tie, "
        f"{((verdict == 'decided') & ~right).sum()} decided wrong, {(verdict == 'decided').sum()} decided; of "
        f"{(~starved).sum()} that are not starved {(right & ~starved).sum()} right; "
        f"{time.process_time() - clock:.0f} s of CPU"
    )


if __name__ == "__main__":
    main()
