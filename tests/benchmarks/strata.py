"""Reactions from snapshots over twenty systems of seven kinds: right, told that the data do not decide, or wrong.

Run by hand: ``python -m tests.benchmarks.strata [NAME ...] [--seeds 3] [--first 500]``. Structures, rates and hops
were drawn before the method was tuned to any of them: rates log-uniformly by the generator below, hops from 0.1 to 100,
sizes as in the other benchmark of snapshots. The truth is never offered to the search.

An answer is *right* when the best set holds exactly the true reactions, each on its true sites, and when each hop is
either given within a quarter (or three standard errors) or said not to be resolved. It is *told* when it is not right
and the verdict is not "decided". Data *suffice* when every reaction fired 300 times at least in all runs together, and
no molecule reacts more than once in two intervals between snapshots.
"""

import argparse
import time
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from crnsym import Network, Snapshots, discover_snapshots, network, simulate_lattice

PLANE, CHAIN, CUBE = (40, 40), (200,), (12, 12, 12)
SIZES = {PLANE: (50, 61), CHAIN: (200, 49), CUBE: (50, 41)}  # runs, times
SLOW, FAST = 0.1, 100.0  # hops that are drawn


class System(NamedTuple):
    kind: str
    network: Network
    shape: tuple[int, ...]
    hops: Mapping[str, float]
    runs: int
    times: tuple[float, float, int]


# kind, reactions with places for rates between 0.1 and 1, initial values, lattice, length of the runs
DRAWN = {
    "decay in two steps": ("first order", "A -> B @ {}; B -> 0 @ {}", "A = 800, B = 100", PLANE, 6),
    "isomers on a chain": ("first order", "A -> B @ {}; B -> A @ {}", "A = 120, B = 10", CHAIN, 6),
    "branching in a cube": ("first order", "A -> B @ {}; A -> C @ {}", "A = 1000, B = 50, C = 50", CUBE, 5),
    "adsorption": ("adsorption", "0 -> A @ {}; A -> 0 @ {}", "A = 100", PLANE, 6),
    "adsorption on a chain": ("adsorption", "0 -> A @ {}; A -> 0 @ {}", "A = 150", CHAIN, 6),
    "competing gases": (
        "adsorption", "0 -> A @ {}; A -> 0 @ {}; 0 -> B @ {}; B -> 0 @ {}", "A = 300, B = 100", PLANE, 6,
    ),
    "annihilation": ("dimerisation", "2 A -> 0 @ {}", "A = 800", PLANE, 4),
    "dimers on a chain": ("dimerisation", "2 A -> B @ {}; B -> 2 A @ {}", "A = 140, B = 5", CHAIN, 6),
    "coalescence in a cube": ("dimerisation", "2 A -> A @ {}", "A = 900", CUBE, 4),
    "infection without immunity": ("epidemic", "S + I -> 2 I @ {}; I -> S @ {}", "S = 900, I = 60", PLANE, 8),
    "infection with immunity": (
        "epidemic", "S + I -> 2 I @ {}; I -> R @ {}; R -> 0 @ {}", "S = 1000, I = 80, R = 20", PLANE, 8,
    ),
    "contact process": ("epidemic", "A -> 2 A @ {}; A -> 0 @ {}", "A = 80", CHAIN, 8),
    "rock, paper, scissors": (
        "cyclic", "A + B -> 2 A @ {}; B + C -> 2 B @ {}; C + A -> 2 C @ {}", "A = 500, B = 400, C = 300", PLANE, 6,
    ),
    "three-cycle with birth": (
        "cyclic", "A + B -> A @ {}; B -> 2 B @ {}; A -> 2 A @ {}; A -> 0 @ {}", "A = 200, B = 600", PLANE, 6,
    ),
    "three states": ("cyclic", "A -> B @ {}; B -> C @ {}; C -> A @ {}", "A = 120, B = 20, C = 10", CHAIN, 6),
    "autocatalysis": ("autocatalytic", "A + B -> 2 B @ {}; B -> 0 @ {}; 0 -> A @ {}", "A = 700, B = 100", PLANE, 6),
    "autocatalysis in a cube": ("autocatalytic", "A + B -> 2 B @ {}; B -> A @ {}", "A = 1000, B = 100", CUBE, 6),
    "logistic chain": ("autocatalytic", "A -> 2 A @ {}; 2 A -> A @ {}", "A = 30", CHAIN, 8),
    "two adsorbates that react": (
        "surface", "0 -> A @ {}; 0 -> B @ {}; A + B -> 0 @ {}", "A = 200, B = 300", PLANE, 6,
    ),
    "oxidation": ("surface", "0 -> A @ {}; 0 -> 2 B @ {}; A + B -> 0 @ {}", "A = 100, B = 100", PLANE, 6),
}  # fmt: skip


def drawn(name: str, draw: int = 0) -> System:
    """Return a system with the rates of one draw."""
    kind, text, start, shape, length = DRAWN[name]
    random = np.random.default_rng([list(DRAWN).index(name), draw])
    rates = [f"{k:.3g}" for k in 10 ** random.uniform(-1, 0, size=text.count("{}"))]
    net = network(f"{text.format(*rates)}; init {start}")
    low, high = np.log10([SLOW, FAST])
    hops = {s: float(f"{10 ** random.uniform(low, high):.3g}") for s in net.species_names}
    runs, points = SIZES[shape]
    if len(net.species_names) > 2 and shape == PLANE:
        runs, points = 75, 41
    return System(kind, net, shape, hops, runs, (0.0, float(length), points))


def annihilation(hop: float) -> System:
    """Return ``2 A -> 0`` on a small lattice at one hop rate, with snapshots 0.1 apart."""
    net = network("2 A -> 0 @ 0.5; init A = 450")
    return System("hop rates", net, (30, 30), {"A": hop}, 40, (0.0, 3.0, 31))


def suffices(system: System, shots: Snapshots) -> bool:
    """Whether data allow an answer, by the true rates: see the head of the module."""
    from crnsym.snapshots.jumps import lattice_jumps
    from crnsym.snapshots.rules import neighbour_rules

    species = shots.species
    directions = 2 * len(shots.shape)
    rules = [r for r in neighbour_rules(len(species)) if r.is_reaction and not r.is_movement]
    known = {r.sides(species): i for i, r in enumerate(rules)}
    step = np.diff(shots.times).max()
    jumps = lattice_jumps(shots, rules)
    for reaction in system.network.reactions:
        rule = known[reaction.reactants, reaction.products]
        k = float(getattr(reaction.rate, "k", 0)) / rules[rule].factor(directions)
        fired = k * jumps.chances[rule] * (shots.times[-1] - shots.times[0]) * shots.runs
        if fired < 300 or step * k * (directions if len(rules[rule].before) == 2 else 1) > 0.5:
            return False
    return True


def reactions_right(candidate, system: System) -> bool:
    sides = [sorted(str((r.reactants, r.products)) for r in n.reactions) for n in (candidate.network, system.network)]
    return sides[0] == sides[1] and not candidate.placed


def hops_right(found, system: System) -> bool:
    """Whether each hop is near, or said not to be resolved."""
    unresolved, best = getattr(found, "unresolved", {}), found[0]
    errors = dict(zip(best.rules, best.standard_errors, strict=True))
    for name, k in system.hops.items():
        if name in unresolved:
            low, high = unresolved[name]
            if not low * 0.75 <= k <= high * 1.25:
                return False
        elif name not in best.hops or abs(best.hops[name] - k) > max(0.25 * k, 3 * errors[f"{name} hops"]):
            return False
    return True


def simulated(system: System, seed: int) -> Snapshots:
    runs = simulate_lattice(system.network, system.shape, system.times, system.runs, seed, hops=system.hops)
    return Snapshots(runs.species, runs.times, runs.sites)


def judged(system: System, seed: int) -> dict[str, bool | str]:
    """Return what became of one set of snapshots."""
    shots = simulated(system, seed)
    found = discover_snapshots(shots)
    named = reactions_right(found[0], system)
    hops = hops_right(found, system)
    tied = any(reactions_right(c, system) for c in found.candidates[: found.ties])
    right = named and hops
    return {
        "suffices": suffices(system, shots),
        "reactions": named,
        "hops": hops,
        "right": right,
        "tied": tied,
        "told": not right and found.verdict != "decided",
        "wrong": not right and found.verdict == "decided",
        "verdict": found.verdict,
        "best": "; ".join(found[0].lines()),
        "unresolved": str(dict(getattr(found, "unresolved", {}))),
    }


def row(name: str, system: System, seeds: range, verbose: bool) -> list[dict]:
    start = time.process_time()
    found = [judged(system, seed) for seed in seeds]
    seconds = (time.process_time() - start) / len(found)
    sums = [sum(bool(f[key]) for f in found) for key in ("suffices", "reactions", "right", "tied", "told", "wrong")]
    hops = " ".join(f"{s} {k:g}" for s, k in system.hops.items())
    print(
        f"{system.kind:15}{name:28}{'x'.join(map(str, system.shape)):>9}  {hops:24}{len(found):>5}"
        + "".join(f"{n:>10}" for n in sums)
        + f"{seconds:>8.1f}",
        flush=True,
    )
    if verbose:
        for f in found:
            if not f["right"]:
                print("   ", f["verdict"], "|", f["best"], "|", f["unresolved"], flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("systems", nargs="*", help="names, or parts of names; all by default")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=500, help="the first of the seeds")
    parser.add_argument("--draw", type=int, default=0, help="which draw of rates and hops; 0 is the one to report")
    parser.add_argument("--verbose", action="store_true", help="print the answers that are not right")
    arguments = parser.parse_args()
    wanted = {name: drawn(name, arguments.draw) for name in DRAWN}
    wanted |= {f"2 A -> 0, hop {h:g}": annihilation(h) for h in (0.1, 0.2, 0.5, 1, 3, 10, 20, 100)}
    if arguments.systems:
        wanted = {n: s for n, s in wanted.items() if any(part in n for part in arguments.systems)}
    head = ("suffices", "reactions", "right", "in tie", "told", "wrong", "CPU s")
    print(f"{'kind':15}{'system':28}{'lattice':>9}  {'hops':24}{'sets':>5}" + "".join(f"{h:>10}" for h in head))
    every = []
    for name, system in wanted.items():
        every += row(name, system, range(arguments.first, arguments.first + arguments.seeds), arguments.verbose)
    enough = [f for f in every if f["suffices"]]
    print(
        f"{len(every)} sets: {sum(f['right'] for f in every)} right, {sum(f['told'] for f in every)} told, "
        f"{sum(f['wrong'] for f in every)} decided and wrong; where data suffice {sum(f['right'] for f in enough)} of "
        f"{len(enough)} right"
    )


if __name__ == "__main__":
    main()
