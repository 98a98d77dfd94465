"""Are mechanisms found from vessels that are fed, topped up, flowed through or heated? A table of right answers.

``python -m tests.benchmarks.operation [--seeds 5] [--first SEED] [--case NAME] [--real FILE]``

Each case simulates a network under an operation with noise, gives `discover` the table of the operation (or the
temperatures, or the standard deviations), and compares reactions and rates with the true ones. ``--real`` is a table of
A, B, C of a fed batch of 1 volume to which 0.1 a minute with 2 of B in it is fed for 15 minutes.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import crnsym as cs
from crnsym.data.trajectories import Trajectories

# Rate constant of the real fed batch: B and C agree with it within 2e-4 until shortly before the feed ends; least
# squares on all rows by scipy say 0.1025.
PUBLISHED = 0.1


@dataclass(frozen=True)
class Case:
    """A way to run an experiment.

    Attributes
    ----------
    network
        The truth, as text.
    make
        From a seed to data and the keywords of `discover`.
    """

    network: str
    make: Callable[[int], tuple[Trajectories, dict[str, Any]]]


def stripped(data: Trajectories) -> Trajectories:
    """Return the data as a table would have them: without their operation."""
    return replace(data, operation=None)


SEMIBATCH = "A + B -> C @ 0.3; C -> D @ 0.08"


def semibatch(seed: int) -> tuple[Trajectories, dict[str, Any]]:
    """Two additions of B to A, two runs of 25 samples."""
    rng = np.random.default_rng(seed)
    rows = {"experiment": [], "operation": [], "time": [], "volume": [], "A": [], "B": []}
    for run in "12":
        first, second = rng.uniform(3, 6), rng.uniform(10, 15)
        for kind, at, volume, a, b in [
            ("start", None, 1.0, rng.uniform(1, 2), 0.0),
            ("add", round(first, 1), 0.3, None, rng.uniform(2, 4)),
            ("add", round(second, 1), 0.5, None, rng.uniform(2, 4)),
        ]:
            for name, value in zip(rows, (run, kind, at, volume, a, b), strict=True):
                rows[name].append(value)
    data = cs.simulate(cs.network(SEMIBATCH), (0, 30, 25), operation=rows, noise=0.02, seed=seed)
    for name in "AB":
        rows[name] = [None if kind == "start" else v for kind, v in zip(rows["operation"], rows[name], strict=True)]
    return stripped(data), {"operation": rows}


TANK = "A + B -> C @ 0.6; 2 C -> D @ 0.3"


def tank(seed: int) -> tuple[Trajectories, dict[str, Any]]:
    """Start-up and a change of the inlet of a stirred tank, two residence times."""
    rng = np.random.default_rng(seed)
    table = {
        "experiment": ["1", "1", "2", "2"],
        "operation": ["stirred flow"] * 4,
        "time": [None, 12, None, 12],
        "until": [12, None, 12, None],
        "residence time": [4, 4, 7, 7],
        "A": rng.uniform(0.5, 2, 4),
        "B": rng.uniform(0.5, 2, 4),
    }
    start = [{"A": x, "B": y} for x, y in rng.uniform(0.2, 1, (2, 2))]
    data = cs.simulate(cs.network(TANK), (0, 24, 30), initial=start, operation=table, noise=0.02, seed=seed)
    return stripped(data), {"operation": table}


def rest(seed: int) -> tuple[Trajectories, dict[str, Any]]:
    """Outlet of a stirred tank at rest, 12 residence times, three inlets that the table of the operation names."""
    rng = np.random.default_rng(seed)
    table = {"experiment": ["0", "1", "2"], "operation": ["steady CSTR"] * 3}
    table |= {name: rng.uniform(0.5, 2, 3) for name in "AB"}
    times = np.concatenate([[0.0], np.geomspace(0.3, 20, 12)])
    data = cs.simulate(cs.network(TANK), times, operation=table, noise=0.02, seed=seed)
    later = replace(data, times=tuple(t[1:] for t in data.times), values=tuple(v[1:] for v in data.values))
    return stripped(later), {"operation": table}


TUBE = "A -> B @ 0.5; 2 B -> C @ 0.4"


def tube(seed: int) -> tuple[Trajectories, dict[str, Any]]:
    """Outlet of a tube at 15 residence times, three inlets that the table of the operation names."""
    rng = np.random.default_rng(seed)
    inlet = {"A": rng.uniform(0.5, 2, 3), "B": rng.uniform(0.0, 0.5, 3)}
    start = [{"A": a, "B": b} for a, b in zip(*inlet.values(), strict=True)]
    times = np.concatenate([[0.0], np.geomspace(0.3, 12, 15)])
    data = cs.simulate(cs.network(TUBE), times, initial=start, noise=0.02, seed=seed)
    later = replace(data, times=tuple(t[1:] for t in data.times), values=tuple(v[1:] for v in data.values))
    table = {"experiment": ["0", "1", "2"], "operation": ["plug flow"] * 3, **inlet}
    return later, {"operation": table}


HEATED = "A + B -> C @ {0}; C -> D @ {1}"
REFERENCE, ENERGIES = 318.0, (45e3, 70e3)


def heated(seed: int) -> tuple[Trajectories, dict[str, Any]]:
    """A fed batch at three temperatures."""
    rng = np.random.default_rng(seed)
    kelvin = (303.0, 318.0, 333.0)
    feed = cs.Operation(1.0).feed(0, 10, flow=0.1, contents={"B": 2.0})
    runs = []
    for i, t in enumerate(kelvin):
        rates = [k * np.exp(-e / 8.314 * (1 / t - 1 / REFERENCE)) for k, e in zip((0.3, 0.08), ENERGIES, strict=True)]
        network = cs.network(HEATED.format(*rates))
        start = {"A": rng.uniform(1, 2)}
        runs.append(cs.simulate(network, (0, 30, 25), initial=start, operation=feed, noise=0.02, seed=10 * seed + i))
    data = Trajectories(
        runs[0].species,
        tuple(f"{t:g} K" for t in kelvin),
        tuple(r.times[0] for r in runs),
        tuple(r.values[0] for r in runs),
        kelvin,
    )
    return data, {"operation": feed}


def program(seed: int) -> tuple[Trajectories, dict[str, Any]]:
    """Two runs that are heated from room temperature, one of them fed; nothing else tells of temperature."""
    rng = np.random.default_rng(seed)
    laws = [f"arrhenius({k}, {e}, T, 0, {REFERENCE})" for k, e in zip((0.3, 0.08), ENERGIES, strict=True)]
    network = cs.network(HEATED.format(*laws))
    points = [[(0, 22.0), (12, rng.uniform(40, 60)), (24, rng.uniform(20, 70))] for _ in "12"]
    steps = [
        (run, "temperature", time, None, None, None, t)
        for run, own in zip("12", points, strict=True)
        for time, t in own
    ]
    steps += [("2", "start", None, None, 1.0, None, None), ("2", "feed", 0, 10, 0.5, 2.0, None)]
    names = ("experiment", "operation", "time", "until", "volume", "B", "temperature [°C]")
    rows = dict(zip(names, map(list, zip(*steps, strict=True)), strict=True))
    start = [{"A": rng.uniform(1, 2), "B": 1.0}, {"A": rng.uniform(1, 2)}]
    data = cs.simulate(network, (0, 30, 31), initial=start, operation=rows, noise=0.02, seed=seed)
    return replace(stripped(data), temperatures=None), {"operation": rows}


GIVEN = "A -> B @ 0.4; B -> C @ 0.15"


def given(seed: int) -> tuple[Trajectories, dict[str, Any]]:
    """A dilution in the middle of a run, with standard deviations that came with the values and differ tenfold."""
    rng = np.random.default_rng(seed)
    dilution = cs.Operation(1.0).add(6, 0.5)
    clean = cs.simulate(cs.network(GIVEN), (0, 20, 21), initial=[{"A": 1.0}, {"A": 0.6, "B": 0.5}], operation=dilution)
    errors = tuple(rng.choice([0.004, 0.04], v.shape) for v in clean.values)
    values = tuple(v + e * rng.standard_normal(v.shape) for v, e in zip(clean.values, errors, strict=True))
    return replace(clean, values=values, errors=errors, operation=None), {"operation": dilution}


CASES = {
    "semibatch, two additions": Case(SEMIBATCH, semibatch),
    "stirred tank": Case(TANK, tank),
    "stirred tank at rest": Case(TANK, rest),
    "plug flow": Case(TUBE, tube),
    "fed batch at three temperatures": Case(HEATED.format(0.3, 0.08), heated),
    "temperature programs": Case(HEATED.format(0.3, 0.08), program),
    "dilution, deviations given": Case(GIVEN, given),
}


def judged(found: cs.Discovery, network: cs.Network) -> tuple[bool, float]:
    """Whether the first mechanism has the true reactions, and the largest relative error of its rates."""
    true = {(r.reactants, r.products): float(r.rate_constant) for r in network.reactions}
    best = {(r.reactants, r.products): r for r in found[0].network.reactions}
    if set(true) != set(best):
        return False, np.nan
    rates = dict(
        zip([(r.reactants, r.products) for r in found[0].network.reactions], found[0].rates.values(), strict=True)
    )
    reference = found[0].reference
    energies = dict(zip(true, ENERGIES, strict=False)) if found[0].energies else {}

    def expected(key: Any) -> float:
        if key not in energies:
            return true[key]
        return true[key] * float(np.exp(-energies[key] / 8.314 * (1 / reference - 1 / REFERENCE)))

    return True, max(abs(rates[key] / expected(key) - 1) for key in true)


def main() -> None:
    """Print a row a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--case")
    parser.add_argument("--real", type=Path)
    options = parser.parse_args()
    if options.real is not None:
        real(options.real)
    for name, case in CASES.items():
        if options.case is None or options.case in name:
            row(name, case, range(options.first, options.first + options.seeds))


def row(name: str, case: Case, seeds: range) -> None:
    """Search with every seed and print how many answers are right."""
    right, errors, words, began = 0, [], [], time.perf_counter()
    for seed in seeds:
        data, told = case.make(seed)
        found = cs.discover(data, seed=seed, **told)
        good, error = judged(found, cs.network(case.network))
        right += good
        errors.append(error)
        words.append(found.verdict)
        if not good:
            print(f"    {name}, seed {seed}: {'; '.join(found[0].reactions)}  chi2/N {found[0].fit.reduced:.2f}")
    seconds = (time.perf_counter() - began) / len(seeds)
    worst = 100 * np.nanmax(errors) if np.isfinite(errors).any() else np.nan
    verdicts = ", ".join(f"{words.count(w)} {w}" for w in dict.fromkeys(words))
    print(f"{name:34s} right {right} of {len(seeds)}   worst rate {worst:5.1f} %   {seconds:5.1f} s   {verdicts}")


def real(path: Path) -> None:
    """Search the real fed batch."""
    feed = cs.Operation(1.0).feed(0, 15, flow=0.1, contents={"B": 2.0})
    found = cs.discover(path, operation=feed, seed=0)
    rates = [float(v) for v in found[0].rates.values()]
    off = 100 * (rates[0] / PUBLISHED - 1)
    print(f"{'real fed batch':34s} {'; '.join(found[0].reactions)} @ {rates}   off {off:.1f} %   {found.verdict}")


if __name__ == "__main__":
    main()
