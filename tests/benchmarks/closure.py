"""Deep Boltzmann machines on the published lattice Lotka-Volterra system.

Run by hand: ``python -m tests.benchmarks.closure published|trained|improved|matched [--seed 1] [--no-split]``.

published   the machine of the study, from its published parameters: moments after 10 and after 1000 sweeps
trained     learned here as published: wake-sleep, sliding window, centred, ten sweeps
improved    wake-sleep by natural gradients, continued in time, one hidden layer with blocks of 3x3, all couplings
matched     learned here by matching the moments of ten sweeps; a ten-sweep generator, not an equilibrium

Scores are relative L2 errors over the times, of means over chains from random states against means over the runs.
"""

import argparse
import csv
import time
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
from scipy.ndimage import gaussian_filter1d

from crnsym import LatticeRuns, network, simulate_lattice
from crnsym.dbm.dynamics import DynamicBoltzmann
from crnsym.dbm.matched import train_matched
from crnsym.dbm.matching import ShortRuns
from crnsym.dbm.model import Layers, independent_start
from crnsym.dbm.natural import train_natural
from crnsym.dbm.observables import Observables
from crnsym.dbm.rhs.hashed import HashedElements
from crnsym.dbm.sampling import Chains
from crnsym.dbm.wake_sleep import WakeSleep, train_wake_sleep

CURVES = Path(__file__).resolve().parents[3] / "shared" / "data" / "lattice_lotka_volterra" / "published_curves.csv"
SYSTEM = network("P -> 2 P @ 0.025; H -> 0 @ 0.06; P + H -> 2 H @ 0.4; init P = 100, H = 100")
STEPPER = {"method": "stepper", "offspring": "anywhere", "selection": "row_biased", "survivors": "H"}
LOW_PASS = np.sqrt(np.log(2)) / 0.1  # steps: a Gaussian that halves the power at 0.1 rad a step, as the study's filter
SPECIES, SHAPE = ("P", "H"), (40, 40)
NEAR, NEXT = [(0, 1), (1, 0)], [(0, 2), (1, 1), (2, 0)]  # as published: one diagonal is left out
FITTED = Observables(
    SPECIES,
    SHAPE,
    {f"NN {a}{b}": (a, b, NEAR) for a, b in ("PP", "HH", "PH")}
    | {f"NNN {a}{b}": (a, b, NEXT) for a, b in ("PP", "HH", "PH")},
)
SCORED = {"P": "prey", "NN PP": "NN prey-prey", "NNN PH": "NNN prey-hunter"}
OTHERS = Observables(
    SPECIES,
    SHAPE,
    {"PH other diagonal": ("P", "H", [(1, -1)])}
    | {
        f"{a}{b} at distance {d}": (a, b, [(0, d), (d, 0)]) for a, b, d in (("P", "P", 3), ("P", "P", 5), ("P", "H", 3))
    },
)

# Parameters of the published machine at t = 0, 50, ..., 450, 490, read off its figures to 0.01: biases of prey and
# hunter in layers 0, 1, 2, then the couplings of like species between layers 0-1 and 1-2.
PUBLISHED_TIMES = (0, 50, 100, 150, 200, 250, 300, 350, 400, 450, 490)
PUBLISHED = np.array(
    [
        [-2.63, -2.53, -2.25, -2.35, -2.84, -3.27, -3.15, -3.07, -3.35, -3.53, -3.45],
        [-2.63, -2.96, -3.03, -2.36, -2.43, -2.79, -2.90, -2.82, -2.99, -3.33, -3.62],
        [0, -0.03, 0.03, -0.03, -0.49, -0.75, -0.73, -0.45, -0.35, -0.69, -0.77],
        [0, 0.06, 0.06, -0.03, 0.21, 0.28, 0.26, 0.12, -0.06, -0.24, -0.39],
        [0, -0.01, -0.03, -0.03, 0.08, 0.23, 0.27, 0.19, 0.41, 0.93, 1.17],
        [0, 0.01, 0.02, 0.02, -0.04, -0.14, -0.18, -0.13, -0.10, -0.12, -0.10],
        [0, 0.12, 0.60, 0.79, 1.19, 1.29, 1.29, 1.23, 1.32, 1.40, 1.40],
        [0, -0.40, -0.54, 0.04, 0.50, 0.10, -0.01, 0.61, 0.92, 0.81, 0.68],
        [0, -0.06, 0, -0.09, -0.55, -0.81, -0.90, -0.93, -1.20, -1.52, -1.70],
        [0, 0.09, 0.08, -0.05, 0.25, 0.21, 0.08, -0.11, -0.59, -0.87, -0.98],
    ]
).T
EXPECTED = {  # ten-sweep moments of these parameters, from an independent sampler with 32 chains
    "P": (101, 132, 411, 605, 314, 203, 379, 519, 514, 231, 226),
    "NNN PH": (38, 21, 50, 198, 321, 72, 78, 260, 311, 112, 56),
}


def published(chains: int, seed: int) -> None:
    layers = Layers(SPECIES, SHAPE, (2, 2), "diagonal")
    few, many = (ShortRuns(layers, FITTED, chains, sweeps, seed).curve(PUBLISHED) for sweeps in (10, 1000))
    print(f"published parameters, {chains} chains from random states, seed {seed}; 10 sweeps, 1000 sweeps, change")
    print("    t" + "".join(f"{SCORED[name]:>36}" for name in EXPECTED) + "     off the fixture")
    worst = 0.0
    for k, t in enumerate(PUBLISHED_TIMES):
        line, off = f"{t:5}", []
        for name, values in EXPECTED.items():
            column = FITTED.names.index(name)
            a, b = few[0][k, column], many[0][k, column]
            off.append(a / values[k] - 1)
            noise = few[1][k, column] / np.sqrt(chains)
            line += f"{f'{a:.0f} ± {noise:.0f}':>14}{b:10.0f}{100 * (b / a - 1):+11.0f}%"
        worst = max(worst, *map(abs, off))
        print(line + "".join(f"{100 * x:+8.1f}%" for x in off))
    print(f"largest difference from the fixture {100 * worst:.1f} % (at most 8 %, its own noise 1 to 3 %)")


def simulated(seed: int) -> tuple[LatticeRuns, np.ndarray]:
    runs = simulate_lattice(SYSTEM, SHAPE, (0, 499, 500), 100, seed, **STEPPER)
    print(f"100 surviving runs, seed {seed}, {len(runs.discarded)} discarded without hunters")
    return runs, FITTED.of_runs(runs)


def errors(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.linalg.norm(found - wanted, axis=0) / np.linalg.norm(wanted, axis=0)


def table(model: DynamicBoltzmann, moments: np.ndarray, seed: int, chains: int = 100) -> None:
    """Print scores at 10, 30 and 100 sweeps, and against the published curves."""
    mean = moments.mean(axis=0)
    print(f"relative L2, {chains} fresh chains a time from random states, seed {seed}")
    print(f"{'':24}" + "".join(f"{SCORED.get(name, name):>16}" for name in FITTED.names))
    floor = moments.std(axis=0, ddof=1)[1:] / np.sqrt(len(moments))
    noise = np.linalg.norm(floor, axis=0) / np.linalg.norm(mean[1:], axis=0)
    print(f"{'s.e. of the runs alone':24}" + "".join(f"{x:16.3f}" for x in noise))
    for sweeps, every in ((10, 1), (30, 5), (100, 10)):
        times = np.arange(1, len(mean), every)
        found, spread = ShortRuns(model.layers, FITTED, chains, sweeps, seed).curve(model.at(times))
        print(f"{f'{sweeps} sweeps':24}" + "".join(f"{x:16.3f}" for x in errors(found, mean[times])))
        if sweeps == 10:
            ratio = np.median(spread / moments[:, times].std(axis=0, ddof=1), axis=0)
            ten = found
    print(f"{'run-to-run s.d. / data':24}" + "".join(f"{x:16.2f}" for x in ratio))
    with open(CURVES) as file:
        rows = list(csv.DictReader(file))
    columns = ("prey", "nn_prey_prey", "nnn_prey_hunter")
    against = []
    for name, column in zip(SCORED, columns, strict=True):
        wanted = np.array([float(row[f"{column}_simulated"]) for row in rows])
        against.append(errors(ten[:, FITTED.names.index(name)], wanted))
    print("10 sweeps against the published simulation: " + " / ".join(f"{x:.3f}" for x in against))


def not_fitted(model: DynamicBoltzmann, runs: LatticeRuns, seed: int) -> None:
    """Print errors of moments that were not fitted, at 25 times."""
    times = np.arange(20, 500, 20)
    found, wanted = [], []
    for k, theta in enumerate(model.at(times)):
        chains = Chains(model.layers, 32, seed + 1, k).run(theta, 10)
        for lattices, rows in ((chains.lattices(), found), (runs.sites[:, times[k]], wanted)):
            pairs = OTHERS.of_state(np.ascontiguousarray(lattices.reshape(len(lattices), -1).T)).mean(axis=0)[2:]
            rows.append([*pairs, *_many_body(lattices)])
    names = [*OTHERS.names[2:], "PPP in a row", "PPH in a row", "PPPP in a square"]
    scores = errors(np.array(found), np.array(wanted))
    print("not fitted: " + ", ".join(f"{name} {x:.2f}" for name, x in zip(names, scores, strict=True)))


def _many_body(lattices: np.ndarray) -> list[float]:
    prey, hunter = lattices == 1, lattices == 2
    two = prey & np.roll(prey, -1, 2)
    row = two & np.roll(prey, -2, 2)
    mixed = two & np.roll(hunter, -2, 2)
    return [float(x.sum(axis=(1, 2)).mean()) for x in (row, mixed, two & np.roll(two, -1, 1))]


def took(clock: float, wall: float, aims: str) -> None:
    print(f"{time.process_time() - clock:.0f} s of CPU, {(time.time() - wall) / 60:.1f} minutes; aims {aims}")


def trained(seed: int, **options) -> None:
    runs, moments = simulated(seed)
    layers = Layers(SPECIES, SHAPE, (2, 2), "diagonal")
    start = independent_start(layers, moments.mean(axis=0)[0, :2] / np.prod(SHAPE))
    like = ("b0[P]", "b0[H]", "w0[P,1]", "w0[H,2]", "w1[1,1]", "w1[2,2]")
    domain = [layers.names.index(name) for name in like]
    with jax.enable_x64(True):
        rhs = HashedElements(domain, len(start), start[domain] - 0.05, 0.1)
        model = DynamicBoltzmann(layers, jax.numpy.asarray(start), rhs, np.eye(len(start)), 0.0, 1.0, "euler")
    how = WakeSleep(**{"schedule": "sliding", "batch": 64, "chains": 64, "seed": seed, **options})
    clock, wall = time.process_time(), time.time()
    model = train_wake_sleep(model, runs, how, progress=_Lines())
    print(f"wake-sleep as published, {how}")
    took(clock, wall, "0.10 / 0.19 / 1.0")
    table(model, moments, seed)
    filtered = gaussian_filter1d(model.at(np.arange(len(moments[0]))), LOW_PASS, axis=0)[1:]
    found, _ = ShortRuns(layers, FITTED, 100, 10, seed).curve(filtered)
    scores = dict(zip(FITTED.names, errors(found, moments.mean(axis=0)[1:]), strict=True))
    line = " / ".join(f"{scores[name]:.3f}" for name in SCORED)
    print(f"10 sweeps, curves of the parameters low-pass filtered as the study does: {line}")


def improved(seed: int) -> None:
    runs, moments = simulated(seed)
    clock, wall = time.process_time(), time.time()
    model = train_natural(runs, seed=seed, progress=_Lines())
    print(f"wake-sleep by natural gradients, {model.layers}")
    took(clock, wall, "0.08 / 0.15 / 0.30")
    table(model, moments, seed)
    not_fitted(model, runs, seed)


def matched(seed: int, split: bool) -> None:
    runs, moments = simulated(seed)
    clock, wall = time.process_time(), time.time()
    model = train_matched(runs, observables=FITTED, seed=seed, progress=_Lines())
    print("moment-matched: a ten-sweep generator, scored on the runs that it was trained on")
    took(clock, wall, "0.05 / 0.07 / 0.15")
    table(model, moments, seed)
    not_fitted(model, runs, seed)
    if split:
        half = replace(runs, sites=runs.sites[::2], numbers=runs.numbers[::2])
        model = train_matched(half, observables=FITTED, seed=seed, progress=_Lines())
        times = np.arange(1, 500)
        found, _ = ShortRuns(model.layers, FITTED, 32, 10, seed).curve(model.at(times))
        held, seen = moments[1::2].mean(axis=0)[1:], moments[::2].mean(axis=0)[1:]
        print("split half: trained on 50 runs, scored on the other 50; beside it the mean of the 50 as a forecast")
        for name, a, b in zip(FITTED.names, errors(found, held), errors(seen, held), strict=True):
            print(f"{SCORED.get(name, name):>20}{a:8.3f}{b:8.3f}   {a / b:.2f} times")


class _Lines:
    """Print a line for each tenth of a stage."""

    def __init__(self) -> None:
        self.last = ("", -1.0)

    def report(self, stage: str, fraction: float | None, best: str) -> None:
        if stage != self.last[0] or (fraction or 0) >= self.last[1] + 0.1:
            self.last = (stage, fraction or 0)
            print(f"  {stage} {100 * (fraction or 0):.0f} %, {best}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["published", "trained", "improved", "matched"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chains", type=int, default=64, help="of the published machine")
    parser.add_argument("--no-split", action="store_true")
    arguments = parser.parse_args()
    if arguments.what == "published":
        published(arguments.chains, arguments.seed)
    elif arguments.what == "trained":
        trained(arguments.seed)
    elif arguments.what == "improved":
        improved(arguments.seed)
    else:
        matched(arguments.seed, not arguments.no_split)


if __name__ == "__main__":
    main()
