"""Closures learned over rate constants and compositions, beside pair approximation, mean field and simulations.

Run by hand: ``python -m tests.benchmarks.closures_over_rates [systems large speed rates transitions] [--seed 0]
[--only NAME] [--quick]``.

systems      each system learned on 40x40 (a chain of 400): held-out rates and compositions, relative L2 errors
large        the same models at 1000x1000, beside one simulation there
speed        seconds of a prediction beside those of as many runs as are as accurate; and when training has paid
rates        rate constants from the moments of 10 movies, by gradients through the closure
transitions  Ziff-Gulari-Barshad: where the surface is poisoned, by the closure and by simulation
"""

import argparse
import time
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from crnsym import (
    LearnedClosure,
    closure_transitions,
    fit_closure,
    fit_closure_rates,
    network,
    simulate_closure,
    simulate_lattice,
)
from crnsym.closures.conditions import draw, measured, simulated
from crnsym.closures.model import moment_names
from crnsym.closures.simulate import CLOSURES


@dataclass(frozen=True)
class System:
    """What is learned: reactions, ranges of rates and of molecules on 1600 sites (400 of a chain)."""

    text: str
    rates: dict[str, tuple[float, float]]
    initial: dict[str, Any]
    times: tuple[float, float, int]
    hops: Any = 1.0
    shape: Any = (40, 40)


SYSTEMS = {
    "Lotka-Volterra": System(
        "A -> 2 A @ k1; A + B -> 2 B @ k2; B -> 0 @ 0.5; param k1 = 0.5, k2 = 0.6; init A = 400, B = 200",
        {"k1": (0.1, 1), "k2": (0.2, 2)},
        {"A": (100, 700), "B": (50, 400)},
        (0, 20, 21),
    ),
    "epidemic": System(
        "S + I -> 2 I @ b; I -> R @ g; param b = 1, g = 0.5; init S = 800, I = 40, R = 0",
        {"b": (0.3, 3), "g": (0.2, 2)},
        {"S": (400, 1200), "I": (20, 120)},
        (0, 12, 13),
    ),
    "contact process": System(
        "A -> 2 A @ birth; A -> 0 @ death; param birth = 2, death = 1; init A = 400",
        {"birth": (0.8, 8), "death": (0.3, 1.5)},
        {"A": (200, 1200)},
        (0, 12, 13),
        0.1,
    ),
    "annihilation": System(
        "2 A -> 0 @ k; param k = 1, D = 0.5; init A = 200",
        {"k": (0.3, 3), "D": (0.1, 1)},
        {"A": (80, 320)},
        (0, 12, 13),
        "D",
        400,
    ),
    "adsorption": System(
        "0 -> 2 A @ a; 2 A -> 0 @ 0.2; A -> 0 @ d; param a = 0.5, d = 0.1; init A = 0",
        {"a": (0.1, 1), "d": (0.03, 0.3)},
        {"A": (0, 800)},
        (0, 12, 13),
        0.3,
    ),
}


class Clock:
    """Seconds of processor time since it was made."""

    def __init__(self) -> None:
        self.start = time.process_time()

    def __call__(self) -> float:
        return time.process_time() - self.start


@cache
def learned(name: str, seed: int, quick: bool) -> LearnedClosure:
    system, clock = SYSTEMS[name], Clock()
    size = {"conditions": 32, "runs": 8, "steps": 60} if quick else {"conditions": 96, "runs": 24, "steps": 500}
    model = fit_closure(
        network(system.text),
        system.shape,
        system.times,
        system.rates,
        system.initial,
        hops=system.hops,
        seed=seed,
        **size,
    )
    print(
        f"{name}: learned in {clock():.0f} s of CPU ({model.seconds['simulation']:.0f} of them simulations)", flush=True
    )
    return model


def systems(names: list[str], seed: int, quick: bool) -> None:
    for name in names:
        model, system = learned(name, seed, quick), SYSTEMS[name]
        processes, count, runs = model.processes, 4 if quick else 12, 30 if quick else 100
        starts = {n: (v if isinstance(v, tuple) else (v, v)) for n, v in system.initial.items()}
        starts |= {n: (float(v), float(v)) for n, v in processes.network.initial.items() if n not in starts}
        rows: dict[str, list[np.ndarray]] = {c: [] for c in (*CLOSURES, "noise")}
        outside = 0
        for i, (k, numbers) in enumerate(
            draw(model.domain.rates, starts, int(np.prod(processes.shape)), count, seed + 1000)
        ):
            truth = simulated(processes, k, numbers, np.linspace(*system.times), runs, 10_000 + seed * 100 + i)
            times, moments, _, error, _ = measured(processes, truth)
            size = np.maximum(np.linalg.norm(moments[1:], axis=0), 1e-12)
            for closure in CLOSURES:
                with warnings.catch_warnings(record=True) as said:
                    warnings.simplefilter("always")
                    found = simulate_closure(model, times, numbers, k, closure=closure).values
                outside += bool(said)
                rows[closure].append(np.linalg.norm((found - moments)[1:], axis=0) / size)
            rows["noise"].append(np.linalg.norm(error[1:], axis=0) / size)
        table = {closure: np.array(values) for closure, values in rows.items()}
        print(f"  {count} held-out rates and compositions, {runs} runs each; {outside} said to lie outside")
        print(f"  {'median, worst':16}" + "".join(f"{c:>22}" for c in table))
        for i, quantity in enumerate(moment_names(processes)):
            cells = [f"{np.median(v[:, i]):.3f}, {v[:, i].max():.3f}" for v in table.values()]
            print(f"  {quantity:16}" + "".join(f"{cell:>22}" for cell in cells))
        best = np.minimum(table["pair approximation"], table["mean field"])
        worse = (table["learned"] > best) & (table["learned"] > 2 * table["noise"])
        species = processes.species
        print(
            f"  species at most 0.05 off: {(table['learned'][:, :species] <= 0.05).mean():.0%}, pairs at most 0.10: "
            f"{(table['learned'][:, species:] <= 0.10).mean():.0%}; a rival nearer, beyond noise: {worse.sum()} of "
            f"{worse.size}",
            flush=True,
        )


def large(names: list[str], seed: int, quick: bool) -> None:
    for name in names:
        model, system = learned(name, seed, quick), SYSTEMS[name]
        side = 200 if quick else 1000
        shape = (side,) * len(model.processes.shape) if len(model.processes.shape) > 1 else (side * 100,)
        scale = np.prod(shape) / np.prod(model.processes.shape)
        numbers = {n: int(np.mean(v) * scale) for n, v in system.initial.items()}
        values = model.processes.values({n: float(np.sqrt(a * b)) for n, (a, b) in system.rates.items()})
        clock = Clock()
        net = model.processes.network.with_parameters(values)
        hops = values.get(system.hops, system.hops) if isinstance(system.hops, str) else system.hops
        runs = simulate_lattice(net, shape, system.times, 1, seed, numbers, hops=hops)
        took, clock = clock(), Clock()
        found = simulate_closure(model, system.times, numbers, values, shape=shape)
        truth = runs.counts()[0]
        off = np.linalg.norm((found.counts() - truth)[1:], axis=0) / np.maximum(np.linalg.norm(truth[1:], axis=0), 1)
        print(
            f"{name} at {'x'.join(map(str, shape))}: species off by "
            f"{', '.join(f'{s} {x:.3f}' for s, x in zip(found.species, off, strict=True))}; simulated in {took:.1f} s, "
            f"predicted in {clock():.3f} s (first call)",
            flush=True,
        )


def speed(names: list[str], seed: int, quick: bool) -> None:
    for name in names:
        model, system = learned(name, seed, quick), SYSTEMS[name]
        values = [{n: a * (b / a) ** x for n, (a, b) in system.rates.items()} for x in np.linspace(0.1, 0.9, 100)]
        starts = {n: int(np.mean(v)) for n, v in system.initial.items()}
        warnings.simplefilter("ignore")
        simulate_closure(model, system.times, starts, values)
        simulate_closure(model, system.times, starts, values[0])
        clock = Clock()
        simulate_closure(model, system.times, starts, values)
        many, clock = clock() / len(values), Clock()
        simulate_closure(model, system.times, starts, values[0])
        one, clock = clock(), Clock()
        truth = simulated(model.processes, values[50], starts, np.linspace(*system.times), 20, seed)
        each = clock() / 20
        _, moments, _, error, _ = measured(model.processes, truth)
        noise = np.linalg.norm(error[1:], axis=0) / np.linalg.norm(moments[1:], axis=0) * np.sqrt(20)
        reached = [np.median(model.scores[q]["learned"]) for q in moment_names(model.processes)]
        needed = max(1.0, float(np.max((noise / np.maximum(reached, 1e-3)) ** 2)))
        saved = needed * each - many
        print(
            f"{name}: prediction {1000 * many:.2f} ms among 100, {1000 * one:.1f} ms alone; {needed:.0f} runs of "
            f"{1000 * each:.1f} ms are as accurate: {needed * each / many:.0f} times; training has paid after "
            f"{sum(model.seconds.values()) / saved:.0f} predictions; of 1000x1000 sites, "
            f"{each * 1e6 / np.prod(model.processes.shape):.1f} s each, after "
            f"{sum(model.seconds.values()) / (each * 1e6 / np.prod(model.processes.shape)):.1f}",
            flush=True,
        )


def rates(names: list[str], seed: int, quick: bool) -> None:
    for name in names:
        model, system = learned(name, seed, quick), SYSTEMS[name]
        starts = {n: int(np.mean(v)) for n, v in system.initial.items()}
        for trial, x in enumerate((0.35, 0.5, 0.65)):
            true = {n: a * (b / a) ** (x if i else 1 - x) for i, (n, (a, b)) in enumerate(system.rates.items())}
            movies = simulated(model.processes, true, starts, np.linspace(*system.times), 10, 77 + trial)
            clock = Clock()
            found = fit_closure_rates(model, movies)
            off = ", ".join(f"{n} {found.values[n] / true[n] - 1:+.1%}" for n in true)
            print(f"{name}: {off}; chi square {found.chi_square:.2f}; {clock():.1f} s of CPU", flush=True)


SURFACE = "0 -> C @ y; 0 -> 2 O @ (1 - y)/2; C + O -> 0 @ 300; param y = 0.45; init C = 0, O = 0"
KNOWN = (0.389, 0.525)  # R. M. Ziff, E. Gulari, Y. Barshad, Physical Review Letters 56 (1986) 2553
EXPONENT = 0.583  # of the density of vacancies above the first transition: directed percolation in 2 + 1 dimensions


def transitions(_: list[str], seed: int, quick: bool) -> None:
    """Print where the surface is poisoned: by closures, and by simulation."""
    size = {"conditions": 32, "runs": 6, "steps": 60} if quick else {"conditions": 64, "runs": 12, "steps": 300}
    start = {"C": (0, 200), "O": (0, 1000)}
    clock = Clock()
    model = fit_closure(
        network(SURFACE), (40, 40), (0, 40, 21), {"y": (0.36, 0.56)}, start, hops=0.0, seed=seed, **size
    )
    print(f"Ziff-Gulari-Barshad surface: learned in {clock():.0f} s of CPU, {size}; known transitions {KNOWN}")
    for closure in ("learned", "pair approximation", "mean field"):
        span = (0.36, 0.56) if closure == "learned" else (0.1, 0.6)
        found = closure_transitions(model, "y", span, {"C": 0, "O": 0}, closure=closure)
        shown = ", ".join(f"{t.value:.4f} ({t.below} | {t.above})" for t in found)
        print(f"  {closure}: {shown or 'none'}", flush=True)
    clock, side, late = Clock(), (48 if quick else 96), (100 if quick else 400)
    first, second = (
        _vacant(values, side, late, seed) for values in (np.linspace(0.40, 0.43, 4), np.linspace(0.515, 0.535, 5))
    )
    slope, cut = np.polyfit(np.linspace(0.40, 0.43, 4), first ** (1 / EXPONENT), 1)
    alive = np.linspace(0.515, 0.535, 5)[second > 1e-3]
    upper = f"{alive.max() + 0.0025:.4f}" if len(alive) else "none"
    print(f"  simulated on {side}x{side} to t = {late}: {-cut / slope:.4f}, {upper} in {clock():.0f} s of CPU")


def _vacant(values: np.ndarray, side: int, late: float, seed: int) -> np.ndarray:
    """Return the density of empty sites of a surface late in time, for each share of CO."""
    found = []
    for y in values:
        net = network(SURFACE).with_parameters(y=float(y))
        runs = simulate_lattice(net, (side, side), np.linspace(0, late, 21), 2, seed, hops=0.0)
        found.append((runs.sites[:, 11:] == 0).mean())
    return np.array(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=["systems", "large", "speed", "rates", "transitions"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(SYSTEMS))
    parser.add_argument("--quick", action="store_true", help="fewer conditions, runs and steps; figures mean little")
    arguments = parser.parse_args()
    names = [arguments.only] if arguments.only else list(SYSTEMS)
    for part in arguments.parts:
        {"systems": systems, "large": large, "speed": speed, "rates": rates, "transitions": transitions}[part](
            names, arguments.seed, arguments.quick
        )


if __name__ == "__main__":
    main()
