"""Candidates refitted a minute by one compiled program, beside solving and compiling each one by itself.

Run by hand: ``python -m tests.benchmarks.refit [--count 1000]``, about five minutes on two idle cores. Data are the
first case of the CRNN paper; candidates are reactions drawn at random ("random") and the true mechanism with some
reactions replaced and added ("near"). The last column counts per minute of one processor's time, because other
jobs stretch the clock: on two idle cores the program does up to twice that, by the clock.
"""

import argparse
import itertools
import os
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import odeint
from scipy.optimize import least_squares

from crnsym.data.mechanism import Mechanism
from crnsym.data.tables import read_table
from crnsym.data.trajectories import Trajectories
from crnsym.refit.bulk import BulkResult, refit_many
from crnsym.refit.bulk_data import prepare_data

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "synthetic" / "crnn_case1" / "train.csv"
TRUTH = {"AA": "B", "A": "C", "C": "D", "BD": "E"}


def library(species: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    """All reactions between different complexes of at most two molecules, the left one not empty."""
    molecules = [m for order in range(3) for m in itertools.combinations_with_replacement(range(len(species)), order)]
    rows = [np.bincount(np.array(m, dtype=int), minlength=len(species)) for m in molecules]
    return [(a, b) for a in rows for b in rows if a.sum() and not np.array_equal(a, b)]


def candidates(species: Sequence[str], count: int) -> dict[str, list[Mechanism]]:
    reactions = library(species)
    sides = ["".join(np.repeat(list(species), a)) + ">" + "".join(np.repeat(list(species), b)) for a, b in reactions]
    true = [sides.index(f"{a}>{b}") for a, b in TRUTH.items()]

    def mechanism(chosen: Sequence[int]) -> Mechanism:
        unique = list(dict.fromkeys(int(i) for i in chosen))
        reactants, products = (np.array([reactions[i][side] for i in unique]) for side in range(2))
        return Mechanism(tuple(species), reactants, products, np.full(len(unique), np.log(0.135)))

    rng = np.random.default_rng(0)
    random = [rng.choice(len(reactions), rng.integers(3, 8), replace=False) for _ in range(count)]
    near = []
    for _ in range(count):
        chosen = list(true)
        for place in rng.choice(4, rng.integers(3), replace=False):
            chosen[place] = rng.integers(len(reactions))
        near.append([*chosen, *rng.integers(len(reactions), size=rng.integers(4))])
    return {"random": [mechanism(c) for c in random], "near": [mechanism(c) for c in near]}


def by_lsoda(m: Mechanism, data: Trajectories) -> float:
    """Sum of squares by scipy: all runs stacked into one banded system, Jacobian by finite differences."""
    prepared = prepare_data(data)
    runs, width = prepared.initial.shape
    net, reactants = m.net_stoichiometry, m.reactants

    def residuals(log_rates: np.ndarray) -> np.ndarray:
        rates = np.exp(log_rates)

        def field(y: np.ndarray, _: float) -> np.ndarray:
            c = y.reshape(runs, 1, width)
            return ((c**reactants).prod(axis=2) * rates @ net).ravel()

        band = {"ml": width - 1, "mu": width - 1}
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            y = odeint(field, prepared.initial.ravel(), prepared.times[0], rtol=1e-6, atol=1e-8, mxstep=2000, **band)
        miss = (np.moveaxis(y.reshape(-1, runs, width), 0, 1) - prepared.values) * prepared.weights
        return np.clip(np.nan_to_num(miss, nan=1e3), -1e3, 1e3).ravel()

    return 2.0 * least_squares(residuals, m.log_rates, method="lm", max_nfev=30 * len(m.log_rates)).cost


def by_own_compile(m: Mechanism, data: Trajectories) -> float:
    """Sum of squares by diffrax and optimistix with the structure written into the program."""
    import diffrax
    import optimistix

    prepared = prepare_data(data)
    times, initial = jnp.asarray(prepared.times[0]), jnp.asarray(prepared.initial)
    reactants, net = m.reactants, jnp.asarray(m.net_stoichiometry, dtype=float)
    molecules = [np.repeat(np.arange(reactants.shape[1]), row) for row in reactants]

    def field(_, y, rates):
        return rates * jnp.stack([jnp.prod(y[i]) for i in molecules]) @ net

    def residuals(log_rates, _):
        def run(y0):
            return diffrax.diffeqsolve(
                diffrax.ODETerm(field),
                diffrax.Tsit5(),
                times[0],
                times[-1],
                0.1,
                y0,
                jnp.exp(log_rates),
                saveat=diffrax.SaveAt(ts=times),
                stepsize_controller=diffrax.PIDController(rtol=1e-5, atol=1e-7),
                adjoint=diffrax.ForwardMode(),
                max_steps=4096,
                throw=False,
            ).ys

        return (jax.vmap(run)(initial) - prepared.values) * prepared.weights

    solver = optimistix.LevenbergMarquardt(rtol=1e-4, atol=1e-6)
    options = {"jac": "fwd"}
    found = optimistix.least_squares(residuals, solver, jnp.asarray(m.log_rates), options=options, throw=False)
    return float((residuals(found.value, None) ** 2).sum())


def timed(work: Callable[[], object]) -> tuple[object, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def row(name: str, kind: str, count: int, wall: float, cpu: float, remark: str = "") -> None:
    print(f"{name:34} {kind:7} {count:5d} {60 * count / wall:9.0f} {60 * count / cpu:9.0f}   {remark}", flush=True)


def remark(found: BulkResult, reference: BulkResult) -> str:
    lost = int((~np.isfinite(found.cost)).sum())
    top = len(set(found.order()[:20]) & set(reference.order()[:20]))
    close = np.mean(found.cost <= 1.01 * reference.cost)
    return f"not finite {lost}; best 20 shared with the finer refit {top}; within 1 % of it {100 * close:.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="candidates of each kind")
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    data = read_table(arguments.data)
    sets = candidates(data.species, arguments.count)
    print(f"{len(data)} runs, {data.count} values; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for backend in ("numba", "jax"):
        _, wall, _ = timed(partial(refit_many, sets["near"][:64], data, backend=backend))
        print(f"first call of {backend}, 64 candidates, with compiling or loading: {wall:.1f} s")
    print(f"{'method':34} {'set':7} {'count':>5} {'a minute':>9} {'CPU min':>9}")
    for kind, chosen in sets.items():
        finer = refit_many(chosen, data, max_iterations=60, substeps=4, tolerance=1e-7, second_pass=False)
        for backend in ("numba", "jax"):
            for name, second in (("first pass", False), ("both passes", True)):
                work = partial(refit_many, chosen, data, backend=backend, second_pass=second)
                found, wall, cpu = timed(work)
                assert isinstance(found, BulkResult)
                row(f"one program, {backend}, {name}", kind, len(chosen), wall, cpu, remark(found, finer))
        best = refit_many(chosen[:20], data)
        costs, wall, cpu = timed(lambda c=chosen[:20]: [by_lsoda(m, data) for m in c])
        ratio = best.cost / np.array(costs)
        text = f"one thread; cost of one program over this: median {np.median(ratio):.4f}, largest {ratio.max():.4f}"
        row("scipy least_squares, LSODA", kind, 20, wall, cpu, text)
    with jax.enable_x64(True):
        costs, wall, cpu = timed(lambda: [by_own_compile(m, data) for m in sets["near"][:4]])
    ratio = refit_many(sets["near"][:4], data).cost / np.array(costs)
    row("one compile each, diffrax", "near", 4, wall, cpu, f"cost of one program over this: {np.round(ratio, 4)}")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
