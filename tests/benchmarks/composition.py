"""The closed composition-conditioned model: the published lattice system, new compositions, and a chain.

Run by hand: ``python -m tests.benchmarks.composition [published new chain] [--seed 0] [--quick]``. Errors are relative
L2 distances in time from the mean of simulated runs, ``floor`` is what the scatter of the reference runs alone makes.
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np

from crnsym import (
    LatticeRuns,
    Network,
    lattice_moment_equations,
    network,
    simulate_lattice,
    simulate_moments,
)
from crnsym.dbm.composition.simulate import simulate_dbm
from crnsym.dbm.diagnostics import diagnose
from crnsym.dbm.fit import fit_dbm
from crnsym.errors import CrnsymError

SYSTEM = network("P -> 2 P @ 0.025; H -> 0 @ 0.06; P + H -> 2 H @ 0.4; init P = 100, H = 100")
PUBLISHED = {"method": "stepper", "offspring": "anywhere", "selection": "row_biased", "survivors": "H"}
TRAINED = [
    (100, 100),
    (50, 50),
    (200, 50),
    (50, 200),
    (400, 100),
    (100, 300),
    (300, 300),
    (30, 120),
    (600, 60),
    (150, 30),
]
NEW = [(70, 150), (250, 150), (500, 200), (80, 40), (150, 400), (300, 40)]


class Clock:
    """Seconds of processor time since it was made, and of the wall."""

    def __init__(self) -> None:
        self.cpu, self.wall = time.process_time(), time.monotonic()

    def __str__(self) -> str:
        cpu, wall = time.process_time() - self.cpu, time.monotonic() - self.wall
        return f"{cpu / 60:.1f} CPU minutes, {wall / 60:.1f} of wall time"


def relative(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.linalg.norm(found[1:] - wanted[1:]) / np.linalg.norm(wanted[1:]))


def floor(values: np.ndarray) -> float:
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return float(np.linalg.norm(error[1:]) / np.linalg.norm(values.mean(axis=0)[1:]))


def moments(runs: LatticeRuns) -> dict[str, np.ndarray]:
    return {
        "prey": runs.counts()[..., 0],
        "NN prey-prey": runs.nearest("P", "P"),
        "NNN prey-hunter": runs.next_nearest("P", "H"),
        "hunter": runs.counts()[..., 1],
        "NN hunter-hunter": runs.nearest("H", "H"),
        "NN prey-hunter": runs.nearest("P", "H"),
    }


def spread(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(found[:, 1:].std(axis=0).mean() / wanted[:, 1:].std(axis=0).mean())


def at(runs: LatticeRuns, steps: Sequence[int]) -> LatticeRuns:
    """Take some of the times."""
    chosen = np.asarray(steps)
    return LatticeRuns(
        runs.species, runs.times[chosen], runs.sites[:, chosen], runs.periodic, runs.numbers, runs.discarded,
        runs.attempts, runs.seed,
    )  # fmt: skip


def row(name: str, values: Sequence[float | str]) -> None:
    print(f"{name:<34}" + "".join(f"{v:>18}" if isinstance(v, str) else f"{v:>18.3f}" for v in values), flush=True)


def published(seed: int, quick: bool) -> None:
    data = simulate_lattice(SYSTEM, times=(0, 499, 500), runs=100, seed=1, **PUBLISHED)
    print(f"\nPUBLISHED SYSTEM: 100 runs of seed 1, {len(data.discarded)} discarded without hunters; model seed {seed}")
    clock = Clock()
    model = fit_dbm(data, seed=seed, **({"steps": 100} if quick else {}))
    print(f"fit: {clock}\n{model}")
    steps = [0, *range(20, 500, 20)]
    truth = moments(at(data, steps))
    row("", list(truth))
    row("floor of 100 runs", [floor(v) for v in truth.values()])
    couplings, sampling, runs = None, Clock(), 40 if quick else 100
    for start, sweeps in (("random", 30), ("random", 100), ("data", 100), ("random", 300), ("data", 300)):
        given = "random" if start == "random" else data
        options = {"sweeps": sweeps, "start": given, "couplings": couplings, "seed": seed}
        found = simulate_dbm(model, data.times[steps], runs, **options)
        couplings, got = found.couplings, moments(found)
        row(f"{sweeps} sweeps from {start}", [relative(got[k].mean(0), v.mean(0)) for k, v in truth.items()])
        row("  spread over runs, model / data", [spread(got[k], v) for k, v in truth.items()])
    print(f"sampling: {sampling}; {runs} lattices at {len(steps)} times")
    clock = Clock()
    options = {"chains": 16, "sweeps": (10, 100, 300) if quick else (10, 100, 1000), "seed": seed}
    print(diagnose(model, data, times=data.times[steps[::3]], **options).statement)
    print(f"diagnosis: {clock}")
    halves(data, seed, quick)


def halves(data: LatticeRuns, seed: int, quick: bool) -> None:
    """Fit every second run, and score on the others."""
    one, other = (
        LatticeRuns(data.species, data.times, data.sites[k::2], True, data.numbers[k::2], (), 0, data.seed)
        for k in (0, 1)
    )
    model = fit_dbm(one, seed=seed, **({"steps": 100} if quick else {}))
    means = model.ensemble(model.times, seed=seed).mean(axis=0)
    kept = np.searchsorted(data.times, model.times)
    wanted, trained = at(other, kept).counts(), at(one, kept).counts()
    print("split halves, numbers on the 50 runs left out (in brackets: of the mean of the training half itself):")
    for s, name in enumerate(data.species):
        errors = relative(means[:, s], wanted.mean(0)[:, s]), relative(trained.mean(0)[:, s], wanted.mean(0)[:, s])
        print(f"  {name}: {errors[0]:.3f} ({errors[1]:.3f})")


def closures(net: Network, shape: tuple[int, ...], times: np.ndarray, initial: dict[str, int], hops: float):
    """Return mean field and pair approximation on a lattice, as numbers in time, or why there are none."""
    for name, closure in (("mean field", 0), ("pair approximation", 1)):
        try:
            equations = lattice_moment_equations(net, shape, hops=hops, reach=closure)
            yield name, simulate_moments(equations.close(), times, initial).counts()
        except CrnsymError as error:
            yield name, str(error)


def new(seed: int, quick: bool) -> None:
    for title, options, span, hops in (
        ("published rules (row-biased, survivors)", PUBLISHED, 500, 0.25),
        ("exact process", {"method": "exact", "survivors": "H"}, 60, 1.0),
    ):
        net = (
            SYSTEM
            if "method" in options and options["method"] == "stepper"
            else network("P -> 2 P @ 0.4; H -> 0 @ 0.5; P + H -> 2 H @ 0.3")
        )
        clock, runs = Clock(), 20 if quick else 40
        times = np.linspace(0, span, 126)
        sets = [
            simulate_lattice(net, times=times, runs=runs, seed=100 + k, initial={"P": p, "H": h}, **options)
            for k, (p, h) in enumerate(TRAINED)
        ]
        lost = sum(len(s.discarded) for s in sets)
        print(
            f"\nNEW COMPOSITIONS, {title}: trained on {len(sets)} others x {runs} runs ({lost} discarded), seed {seed}"
        )
        model = fit_dbm(sets, seed=seed, **({"steps": 60} if quick else {}))
        print(f"simulation and fit: {clock}\n{model}")
        row("prey, hunter: initial numbers", ["prey", "hunter", "floor of prey", "mean field", "pair approx."])
        worst = 0.0
        for k, (p, h) in enumerate(NEW):
            initial = {"P": p, "H": h}
            data = simulate_lattice(net, times=times, runs=60, seed=200 + k, initial=initial, **options)
            wanted, found = data.counts(), model.ensemble(times, initial, seed).mean(axis=0)
            errors = [relative(found[:, s], wanted.mean(0)[:, s]) for s in (0, 1)]
            worst = max(worst, errors[0])
            others = [
                c if isinstance(c, str) and not print(f"  {name}: {c}") else relative(c[:, 0], wanted.mean(0)[:, 0])
                for name, c in closures(rates(net, options), (40, 40), times, initial, hops)
            ]
            others = ["failed" if isinstance(c, str) else c for c in others]
            row(
                f"{p}, {h} ({len(data.discarded)} of {60 + len(data.discarded)} discarded)",
                [*errors, floor(wanted[..., 0]), *others],
            )
        print(f"worst prey {worst:.3f} (limit 0.20); in all {clock}")


def rates(net: Network, options: dict) -> Network:
    """Return the rates of the exact process nearest to the time-stepper: each molecule attempts one hop in a step.

    A pair reacts when either of the two hops on the other, one in four hops, with the probability that is given.
    """
    if options["method"] == "exact":
        return net
    return network("P -> 2 P @ 0.025; H -> 0 @ 0.06; P + H -> 2 H @ 0.2")


def chain(seed: int, quick: bool) -> None:
    """Pair annihilation on a chain of 200 sites from 20 initial densities, half of them left out."""
    net, times = network("2 A -> 0 @ 1"), np.linspace(0, 8, 33)
    print(f"\nPAIR ANNIHILATION, 200 sites, hops 1, 50 runs each of 10 + 10 initial numbers; seed {seed}")
    clock = Clock()
    starts = np.random.default_rng(5).permutation(np.arange(20, 180, 8))
    sets = [simulate_lattice(net, 200, times, 50, 300 + k, {"A": int(n)}) for k, n in enumerate(starts)]
    model = fit_dbm(sets[:10], seed=seed, shells=3, **({"steps": 60} if quick else {}))
    print(f"simulation and fit: {clock}\n{model}")
    names = ("singles", "pairs", "triplets", "quartets")
    errors = {name: [] for name in names}
    floors = {name: [] for name in names}
    others: dict[str, list[float]] = {"mean field": [], "pair approximation": []}
    kept = range(0, 33, 2)
    for k in range(10, 20):
        initial = {"A": int(starts[k])}
        found = simulate_dbm(model, times[list(kept)], 100, initial, sweeps=100, seed=seed)
        for width, name in enumerate(names, start=1):
            truth, got = (in_a_row(r, width) for r in (at(sets[k], kept), found))
            errors[name].append(((got.mean(0) - truth.mean(0))[1:], truth.mean(0)[1:]))
            floors[name].append((truth.std(0)[1:] / np.sqrt(50), truth.mean(0)[1:]))
        for name, counts in closures(net, (200,), times[list(kept)], initial, 1.0):
            if not isinstance(counts, str):
                others[name].append(counts[1:, 0] - at(sets[k], kept).counts().mean(0)[1:, 0])
    for name, limit in zip(names, (0.03, 0.06, 0.10, 0.15), strict=True):
        print(
            f"  {name:<9} {pooled(errors[name]):.3f} "
            f"(limit {limit:.2f}; scatter of the reference {pooled(floors[name]):.3f})"
        )
    size = np.linalg.norm([w for _, w in errors["singles"]])
    for name, off in others.items():
        print(f"  singles by {name}: {np.linalg.norm(off) / size:.3f}" if off else f"  {name} failed")
    print(f"in all {clock}")


def pooled(parts: list[tuple[np.ndarray, np.ndarray]]) -> float:
    return float(np.linalg.norm([a for a, _ in parts]) / np.linalg.norm([b for _, b in parts]))


def in_a_row(runs: LatticeRuns, width: int) -> np.ndarray:
    return np.logical_and.reduce([np.roll(runs.sites > 0, -d, axis=-1) for d in range(width)]).sum(axis=-1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=["published", "new", "chain"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="fewer steps and lattices; figures mean little")
    arguments = parser.parse_args()
    for part in arguments.parts:
        {"published": published, "new": new, "chain": chain}[part](arguments.seed, arguments.quick)


if __name__ == "__main__":
    main()
