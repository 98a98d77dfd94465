"""Reactions from snapshots: how often the true rules come out on top, and how good their rates are.

Run by hand: ``python -m tests.benchmarks.snapshots [SYSTEM ...] [--seeds 10] [--first 100]``, about eight minutes on
one core. The truth is never offered to the search. A run is *exact* when the best set is the true one with nothing
else, and *near* when the true set is within six units of the best. Errors of rates are those of the true set.
"""

import argparse
import time
from typing import NamedTuple

import numpy as np

from crnsym import Network, Snapshots, discover_snapshots, network, simulate_lattice, simulate_stochastic
from crnsym.snapshots.counts import count_jumps
from crnsym.snapshots.loss import Loss
from crnsym.snapshots.observed import Jumps
from crnsym.snapshots.rules import neighbour_rules
from crnsym.snapshots.weak import same_runs


class System(NamedTuple):
    network: Network
    runs: int
    times: tuple[float, float, int]
    shape: tuple[int, ...] = ()
    hops: dict[str, float] | None = None
    periodic: bool = True
    same_runs: bool = True


LOTKA = network("P -> 2 P @ 1; H -> 0 @ 0.8; P + H -> 2 H @ 0.6; init P = 400, H = 160")
GENE = network(
    "0 -> M @ 6; M -> 0 @ 0.6; M -> M + P @ 1.5; P -> 0 @ 0.3; 2 P -> D @ 0.02; D -> 2 P @ 0.4"
    "; init M = 0, P = 0, D = 0"
)
PLANE = (40, 40)
NAMED = {
    "lattice Lotka-Volterra": System(LOTKA, 50, (0, 15, 61), PLANE, {"P": 0.3, "H": 0.5}),
    "same, different runs": System(LOTKA, 50, (0, 15, 61), PLANE, {"P": 0.3, "H": 0.5}, same_runs=False),
    "association": System(
        network("A + B -> C @ 0.8; C -> A + B @ 0.2; init A = 400, B = 400, C = 0"),
        75, (0, 10, 41), PLANE, {"A": 0.4, "B": 0.25, "C": 0.1},
    ),
    "gene with dimers": System(GENE, 300, (0, 12, 41)),
}  # fmt: skip
OTHERS = {
    "association, decay": System(
        network("A + B -> C @ 0.8; C -> A + B @ 0.2; C -> 0 @ 0.1; 0 -> A @ 0.02; init A = 400, B = 400, C = 0"),
        75, (0, 10, 41), PLANE, {"A": 0.4, "B": 0.25, "C": 0.1},
    ),
    "pairs on a chain": System(
        network("2 A -> 0 @ 0.5; A -> 2 A @ 0.5; init A = 100"), 200, (0, 12, 49), (200,), {"A": 0.6}
    ),
    "annihilation, chain": System(network("A + B -> 0 @ 0.7; init A = 60, B = 60"), 200, (0, 10, 41), (200,),
        {"A": 0.8, "B": 0.4}),
    "infection": System(
        network("S + I -> 2 I @ 0.7; I -> R @ 0.5; R -> S @ 0.2; init S = 700, I = 60, R = 0"),
        50, (0, 15, 61), PLANE, {"S": 0.3, "I": 0.4, "R": 0.2},
    ),
    "three in a food chain": System(
        network("G -> 2 G @ 1; G + R -> 2 R @ 0.7; R + F -> 2 F @ 0.5; R -> 0 @ 0.3; F -> 0 @ 0.5"
                "; init G = 500, R = 200, F = 80"),
        50, (0, 12, 61), PLANE, {"G": 0.2, "R": 0.4, "F": 0.5},
    ),
    "birth and death, chain": System(
        network("0 -> A @ 0.1; A -> 0 @ 0.3; 2 A -> A @ 0.4; init A = 100"), 200, (0, 12, 49), (200,), {"A": 0.5}
    ),
    "prey and hunter, 3-D": System(
        network("A + B -> 2 B @ 0.3; B -> 0 @ 0.6; A -> 2 A @ 0.8; init A = 500, B = 200"),
        50, (0, 10, 41), (12, 12, 12), {"A": 0.2, "B": 0.3},
    ),
    "walls": System(LOTKA, 100, (0, 15, 61), (30, 30), {"P": 0.3, "H": 0.5}, periodic=False),
    "gene, different runs": System(GENE, 300, (0, 12, 25), same_runs=False),
    "bursts (telegraph)": System(
        network("F -> N @ 0.4; N -> F @ 0.6; N -> N + M @ 10; M -> 0 @ 0.5; init F = 1, N = 0, M = 0"),
        300, (0, 20, 81),
    ),
    "Schloegl": System(
        network("0 -> X @ 15; X -> 0 @ 1.2; 2 X -> 3 X @ 0.04; 3 X -> 2 X @ 0.0006; init X = 5"), 1000, (0, 10, 41)
    ),
    "prey and hunter, mixed": System(
        network("X -> 2 X @ 1; X + Y -> 2 Y @ 0.01; Y -> 0 @ 0.8; init X = 100, Y = 60"), 300, (0, 8, 41)
    ),
    "enzyme": System(
        network("E + S -> C @ 0.02; C -> E + S @ 0.5; C -> E + P @ 1; init E = 20, S = 100, C = 0, P = 0"),
        300, (0, 8, 41),
    ),
}  # fmt: skip


def simulated(system: System, seed: int) -> Snapshots:
    grid = np.linspace(*system.times)

    def run(times, seed: int) -> np.ndarray:
        if not system.shape:
            return simulate_stochastic(system.network, times, system.runs, seed).counts
        options = {"hops": system.hops, "periodic": system.periodic}
        return simulate_lattice(system.network, system.shape, times, system.runs, seed, **options).sites

    if system.same_runs:
        values = run(grid, seed)
    else:  # a run of its own for every snapshot
        values = np.stack([run([0, max(t, 1e-9)], 1000 * seed + i)[:, 1] for i, t in enumerate(grid)], axis=1)
    kind = "lattice" if system.shape else "counts"
    return Snapshots(system.network.species_names, grid, values, kind, system.periodic, system.same_runs)


def is_true(candidate, system: System) -> bool:
    sides = [{(r.reactants, r.products) for r in n.reactions} for n in (candidate.network, system.network)]
    complete = len(candidate.rules) == len(system.network.reactions) + len(system.hops or {})
    return complete and sides[0] == sides[1] and set(candidate.hops) == set(system.hops or {}) and not candidate.placed


def errors(candidate, system: System) -> tuple[list[float], list[float]]:
    """Relative errors of the rates of reactions and of hops, in percent."""
    found = {(r.reactants, r.products): k for r, k in zip(candidate.network.reactions, candidate.rates, strict=False)}
    true = {(r.reactants, r.products): float(r.rate.k) for r in system.network.reactions}
    reactions = [100 * abs(found[key] / k - 1) for key, k in true.items()]
    return reactions, [100 * abs(candidate.hops[name] / k - 1) for name, k in (system.hops or {}).items()]


def mean_field(system: System, shots: Snapshots) -> tuple[float, int, int]:
    """Regress the averaged counts on propensities of averaged counts: loss of the truth, true rules found, all found.

    The same regression and search, but for the propensities. Hops change no count, so only reactions can be found.
    """
    from crnsym.snapshots.select import Search

    counts = shots.counts().astype(float)
    species, runs = counts.shape[2], len(counts)
    if system.shape:
        sites, directions = float(np.prod(system.shape)), 2 * len(system.shape)
        parts = np.concatenate([sites - counts.sum(axis=2, keepdims=True), counts], axis=2).mean(axis=0) / sites
        rules = [r for r in neighbour_rules(species) if sorted(r.before) != sorted(r.after)]
        changes = np.zeros((len(parts), species, len(rules)))
        for i, rule in enumerate(rules):
            ends = parts[:, list(rule.before)].prod(axis=1)
            if len(rule.before) == 2:
                ends = ends * directions / (2 if rule.before[0] == rule.before[1] else 1)
            net = [rule.after.count(s) - rule.before.count(s) for s in range(1, species + 1)]
            changes[..., i] = sites * ends[:, None] * net
    else:
        from crnsym.snapshots.counts import count_rules

        order = int(max(r.order for r in system.network.reactions))
        rules = count_rules(species, max(order, 2))
        mean = counts.mean(axis=0, keepdims=True)
        changes = np.maximum(count_jumps(np.repeat(mean, 2, axis=0), rules, 1).changes[0], -1e300)
    jumps = Jumps(counts, np.repeat(changes[None], runs, axis=0), np.ones(len(rules)))
    texts = [tuple(r.sides(shots.species)) for r in rules]
    truth = {(r.reactants, r.products): float(r.rate.k) for r in system.network.reactions}
    rates = np.zeros(len(rules))
    for key, k in truth.items():
        i = next(i for i, rule in enumerate(rules) if texts[i] == key and rule.is_reaction)
        rates[i] = k / rules[i].factor(2 * len(system.shape))
    loss = Loss.of(same_runs(jumps, shots.times, rates))
    vector = np.append(1.0, -rates)
    search = Search(loss, np.zeros(len(rules)), len(rules))
    search.run()
    best = search.best(1)
    hits = sum(texts[i] in truth for i in best[0]) if best else 0
    return vector @ loss.forms.mean.sum(axis=0) @ vector / loss.equations, hits, len(best[0]) if best else 0


def row(name: str, system: System, seeds: range) -> None:
    start, exact, near, library = time.process_time(), 0, 0, 0
    reactions, hops, losses = [], [], []
    for seed in seeds:
        shots = simulated(system, seed)
        found = discover_snapshots(shots)
        library = len(found.library)
        true = next((c for c in found if is_true(c, system)), None)
        exact += is_true(found[0], system)
        near += true is not None and true.score - found[0].score <= 6
        losses.append(found.details["loss_per_equation"])
        if true is not None:
            one, other = errors(true, system)
            reactions += one
            hops += other
    truth, hits, size = mean_field(system, shots)  # type: ignore[possibly-undefined]
    share = f"{exact}/{len(seeds)}", f"{near}/{len(seeds)}"
    wide = [f"{np.median(e):.1f} / {np.quantile(e, 0.9):.1f}" if e else "" for e in (reactions, hops)]
    field = f"{truth:8.1f}  {hits} of {len(system.network.reactions)}, {size - hits} false"
    seconds = (time.process_time() - start) / len(seeds)
    print(
        f"{name:24}{library:>6}{share[0]:>8}{share[1]:>8}{wide[0]:>13}{wide[1]:>13}{np.mean(losses):>7.2f}"
        f"{seconds:>8.1f}   {field}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("systems", nargs="*", help="names, or parts of names; all by default")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=100, help="the first of the seeds")
    arguments = parser.parse_args()
    wanted = {**NAMED, **OTHERS}
    if arguments.systems:
        wanted = {n: s for n, s in wanted.items() if any(part in n for part in arguments.systems)}
    print("errors of rates in percent: median / 90 % quantile; mean field: loss per equation of the truth (1 expected)")
    print(
        f"{'system':24}{'rules':>6}{'exact':>8}{'near':>8}{'reactions':>13}{'hops':>13}{'loss':>7}{'CPU s':>8}"
        f"   mean field on averaged counts (last seed): truth, rules found"
    )
    for name, system in wanted.items():
        row(name, system, range(arguments.first, arguments.first + arguments.seeds))


if __name__ == "__main__":
    main()
