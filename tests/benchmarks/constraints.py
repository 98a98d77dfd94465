"""Discovery from runs at different temperatures, and of catalysts: ``python -m tests.benchmarks.constraints``.

The first two problems are cases 2 and 3 of the CRNN paper (Ji & Deng 2021), as its published code draws them. The
others vary what those hold fixed: temperature ranges, reversible steps, catalysts, few runs. *Right* is the true set of
reactions at rank one; then the largest error of a rate constant (at the reference temperature) and of an activation
energy is given.
"""

import argparse
import time
from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.trajectories import Trajectories
from tests.benchmarks.problems import parse, trajectory

GAS = 8.31446261815324
ESTER = {"TG": "C57H104O6", "ROH": "CH4O", "DG": "C39H72O5", "MG": "C21H40O4", "GL": "C3H8O3", "E": "C19H36O2"}


@dataclass(frozen=True)
class Thermal:
    """A mechanism with activation energies (kJ/mol), rates given at ``reference`` kelvin, and its measurement."""

    reactions: tuple[str, ...]
    energies: tuple[float, ...]
    reference: float
    temperatures: tuple[float, ...]
    starts: dict[str, tuple[float, float]]
    times: np.ndarray
    runs: int
    formulas: dict[str, str] | None = None
    levels: bool = False  # temperatures are the few that a thermostat was set to, not a range

    @property
    def truth(self) -> Mechanism:
        """The reactions with their rates at the reference temperature."""
        return parse(list(self.reactions))

    def measure(self, seed: int, noise: float = 0.05) -> Trajectories:
        """Draw initial states, temperatures and multiplicative noise."""
        rng = np.random.default_rng(seed)
        truth = self.truth
        energies = 1e3 * np.array(self.energies)
        values, kelvin = [], []
        for run in range(self.runs):
            levels = self.temperatures
            t = levels[run % len(levels)] if self.levels else rng.uniform(*levels)
            start = np.array([rng.uniform(*self.starts.get(s, (0.0, 0.0))) for s in truth.species])
            rates = truth.log_rates - energies / GAS * (1.0 / t - 1.0 / self.reference)
            course = trajectory(replace(truth, log_rates=rates), start, self.times)
            values.append(course * (1.0 + noise * rng.normal(size=course.shape)))
            kelvin.append(float(t))
        labels = tuple(f"e{i}" for i in range(self.runs))
        return Trajectories(truth.species, labels, (self.times,) * self.runs, tuple(values), tuple(kelvin))


def signalling(seed: int, noise: float = 0.05, runs: int = 70) -> Trajectories:
    """Case 3: a chain of catalysed activations; starts log-uniform from 0.001 to 1, active forms 0 in three runs."""
    truth = signalling_truth()
    rng = np.random.default_rng(seed)
    times = np.arange(100) * 0.1
    values = []
    for run in range(runs):
        start = 10.0 ** rng.uniform(-3.0, 0.0, len(truth.species))
        if run in (0, 1, runs - 1):
            start[[s.endswith("a") for s in truth.species]] = 0.0
        course = trajectory(truth, start, times)
        values.append(course * (1.0 + noise * rng.normal(size=course.shape)))
    return Trajectories(truth.species, tuple(f"e{i}" for i in range(runs)), (times,) * runs, tuple(values))


def signalling_truth() -> Mechanism:
    """Four steps, each activated by the active form before it; all rates 1."""
    chain = [("S", "M3", "M3a"), ("M3a", "M2", "M2a"), ("M2a", "M1", "M1a"), ("M1a", "TF", "TFa")]
    lines = [f"{c} + {m} -> {c} + {a} @ 1" for c, m, a in chain] + [f"{a} -> {m} @ 1" for _, m, a in chain]
    return parse(lines)


def _arrhenius(log_a: float, kcal: float, at: float) -> float:
    return float(np.exp(log_a - 4184.0 * kcal / (GAS * at)))


def problems() -> dict[str, Thermal]:
    """Name: problem."""
    ln_a, kcal = (18.60, 19.13, 7.93), (14.54, 14.42, 6.47)
    k = [f"{_arrhenius(a, e, 333.0):.8g}" for a, e in zip(ln_a, kcal, strict=True)]
    wide = (0.3, 1.5)
    return {
        "transesterification": Thermal(
            (f"TG + ROH -> DG + E @ {k[0]}", f"DG + ROH -> MG + E @ {k[1]}", f"MG + ROH -> GL + E @ {k[2]}"),
            tuple(4.184 * e for e in kcal),
            333.0,
            (323.0, 343.0),
            {"TG": (0.2, 2.2), "ROH": (0.2, 2.2)},
            np.arange(50.0),
            20,
            ESTER,
        ),
        "reversible": Thermal(
            ("A + B -> C @ 0.5", "C -> A + B @ 0.1", "C -> D @ 0.08"),
            (45.0, 85.0, 60.0),
            310.0,
            (290.0, 330.0),
            {"A": wide, "B": wide},
            np.linspace(0.0, 25.0, 40),
            12,
        ),
        "catalyst": Thermal(
            ("S + K -> P + K @ 0.6", "P -> Q @ 0.15", "K -> L @ 0.03"),
            (70.0, 30.0, 110.0),
            350.0,
            (335.0, 365.0),
            {"S": wide, "K": (0.2, 1.0)},
            np.linspace(0.0, 20.0, 40),
            10,
        ),
        "consecutive": Thermal(
            ("A -> B @ 0.4", "B -> C @ 0.15", "A -> D @ 0.08"),
            (50.0, 95.0, 25.0),
            300.0,
            (283.0, 293.0, 303.0, 313.0),
            {"A": wide},
            np.linspace(0.0, 20.0, 30),
            8,
            levels=True,
        ),
        "autocatalysis": Thermal(
            ("A + B -> 2 B @ 0.8", "B -> C @ 0.2", "2 C -> D @ 0.3"),
            (55.0, 40.0, 75.0),
            298.0,
            (288.0, 298.0, 308.0),
            {"A": (0.5, 2.0), "B": (0.05, 0.3)},
            np.linspace(0.0, 15.0, 40),
            9,
            levels=True,
        ),
        "wide range": Thermal(
            ("2 A -> B @ 0.05", "A -> C @ 0.1", "C -> D @ 0.13", "B + D -> E @ 0.3"),
            (80.0, 50.0, 120.0, 20.0),
            600.0,
            (550.0, 660.0),
            {"A": (0.2, 1.2), "B": (0.2, 1.2)},
            np.linspace(0.0, 40.0, 60),
            16,
        ),
    }


def score(name: str, seed: int, budget: float) -> dict[str, object]:
    """Discover from one data set; errors are the largest over the reactions, relative to the truth."""
    from crnsym import discover

    problem = None if name == "signalling" else problems()[name]
    data = signalling(seed) if problem is None else problem.measure(seed)
    truth = signalling_truth() if problem is None else problem.truth
    began, cpu = time.perf_counter(), time.process_time()
    found = discover(data, formulas=None if problem is None else problem.formulas, time_budget=budget)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    structures = [c.mechanism.structure() for c in found]
    place = structures.index(truth.structure()) if truth.structure() in structures else None
    rate = energy = float("nan")
    if place is not None:
        best = found[place].mechanism
        order = [_position(best, a, b) for a, b in zip(truth.reactants, truth.products, strict=True)]
        wanted, ours = truth.log_rates, best.log_rates
        if problem is not None and best.energies is not None:
            kilojoules = np.array(problem.energies)
            wanted = wanted - 1e3 * kilojoules / GAS * (1.0 / best.reference - 1.0 / problem.reference)
            energy = float(np.abs(best.energies[order] / 1e3 / kilojoules - 1.0).max())
        rate = float(np.abs(np.expm1(ours[order] - wanted)).max())
    return {"rank": place, "rate": rate, "energy": energy, "weight": found[0].weight, "cpu": cpu, "seconds": seconds}


def _position(mechanism: Mechanism, reactants: np.ndarray, products: np.ndarray) -> int:
    same = (mechanism.reactants == reactants).all(axis=1) & (mechanism.products == products).all(axis=1)
    return int(np.flatnonzero(same)[0])


def main() -> None:
    """Print one line a data set, and a summary a problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*", default=["transesterification", "signalling"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--budget", type=float, default=60.0)
    arguments = parser.parse_args()
    names = [*problems(), "signalling"] if arguments.problems == ["all"] else arguments.problems
    print(f"{'problem':22} seed right  rate error  Ea error  weight   cpu s  wall s")
    for name in names:
        rows = []
        for seed in range(arguments.seeds):
            row = score(name, seed, arguments.budget)
            rows.append(row)
            right = "yes" if row["rank"] == 0 else ("no" if row["rank"] is None else f"#{int(str(row['rank'])) + 1}")
            print(
                f"{name:22} {seed:4} {right:>5} {100 * row['rate']:9.2f} % {100 * row['energy']:7.2f} % "  # type: ignore[operator]  # numbers
                f"{row['weight']:7.3f} {row['cpu']:7.1f} {row['seconds']:7.1f}",
                flush=True,
            )
        good = sum(r["rank"] == 0 for r in rows)
        print(f"{name}: right {good} of {len(rows)}", flush=True)


if __name__ == "__main__":
    main()
