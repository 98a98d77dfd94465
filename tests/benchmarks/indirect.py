"""Mechanisms found through what is not a concentration: spectra, one absorbance, conversion, the product alone.

``python -m tests.benchmarks.indirect [--seeds N] [--first N] [CASE ...]``: a table, one row a case and seed.

*spectra*: A -> B -> C at six wavelengths, pure spectra unknown. *absorbance*: one column s*C of A + B <-> C, s
unknown. *conversion*: of A in per cent, nothing else said; the truth is 2 A -> B or A -> B. *product*: P of
A + B <-> I -> P, what was put in known. *chain*: P of A -> I -> J -> P. Rates, spectra and amounts are drawn anew for
every seed.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

import crnsym as cs
from crnsym.comparison.result import Discovery
from crnsym.data.trajectories import Trajectories
from crnsym.network.network import Network

NOISE = 0.01  # of the largest value of a column, standard deviation
POINTS, END = 40, 10.0


@dataclass(frozen=True)
class Case:
    """Measurements of one seed, what `discover` is told of them, and what should be found."""

    data: Trajectories
    options: dict[str, Any]
    truth: Network
    said: tuple[str, ...] = ()  # words that some remark must have


def courses(truth: Network, starts: list[dict[str, float]]) -> list[np.ndarray]:
    """Exact courses, ``(times, species)`` a run."""
    runs: Any = cs.simulate(truth, times=(0, END, POINTS), initial=starts)
    return [np.asarray(v) for v in runs.values]


def table(names: tuple[str, ...], columns: list[np.ndarray], rng: np.random.Generator) -> Trajectories:
    """Add noise to exact columns."""
    sigma = NOISE * np.abs(np.concatenate(columns)).max(axis=0)
    noisy = tuple(c + sigma * rng.standard_normal(c.shape) for c in columns)
    labels = tuple(f"run {i + 1}" for i in range(len(columns)))
    return Trajectories(names, labels, (np.linspace(0, END, POINTS),) * len(columns), noisy)


def rate(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a rate constant, even in its logarithm."""
    return float(f"{np.exp(rng.uniform(np.log(low), np.log(high))):.4g}")


def put_in(starts: list[dict[str, float]]) -> dict[str, list[float]]:
    """Arrange starts by species."""
    return {name: [s.get(name, 0.0) for s in starts] for name in starts[0]}


def bands(rng: np.random.Generator, species: int) -> np.ndarray:
    """Draw pure spectra at six wavelengths: a Gaussian band each, ``(species, 6)``."""
    places = np.linspace(0.0, 1.0, 6)
    centres, widths = rng.uniform(0.0, 1.0, species), rng.uniform(0.15, 0.4, species)
    heights = rng.uniform(0.5, 1.5, species)
    return heights[:, None] * np.exp(-0.5 * ((places - centres[:, None]) / widths[:, None]) ** 2)


def spectra(rng: np.random.Generator) -> Case:
    """A -> B -> C at six wavelengths, two runs that start from A."""
    truth = cs.network(f"A -> B @ {rate(rng, 0.4, 2.0)}; B -> C @ {rate(rng, 0.1, 0.4)}")
    starts = [{"A": 1.0}, {"A": float(f"{rng.uniform(0.3, 0.7):.3g}")}]
    pure = bands(rng, 3)
    names = tuple(f"{w:g}" for w in np.linspace(400, 600, 6))
    data = table(names, [c @ pure for c in courses(truth, starts)], rng)
    return Case(data, {"spectra": ("A", "B", "C"), "starts": put_in(starts)}, truth)


def absorbance(rng: np.random.Generator) -> Case:
    """One absorbance of C, its coefficient unknown, three runs with known amounts of A and B."""
    truth = cs.network(f"A + B -> C @ {rate(rng, 0.3, 1.5)}; C -> A + B @ {rate(rng, 0.05, 0.3)}")
    starts = [{"A": a, "B": b} for a, b in np.round(rng.uniform(0.4, 2.0, (3, 2)), 2).tolist()]
    scale = float(rng.uniform(0.2, 5.0))
    data = table(("signal",), [scale * c[:, [truth.species_names.index("C")]] for c in courses(truth, starts)], rng)
    return Case(data, {"observables": {"signal": "s*C"}, "starts": put_in(starts)}, truth)


def conversion(rng: np.random.Generator) -> Case:
    """Conversion of A in per cent and nothing else, of 2 A -> B or A -> B, two equal runs."""
    second = rng.random() < 0.5
    truth = cs.network(f"{'2 A' if second else 'A'} -> B @ {rate(rng, 0.2, 1.0)}")
    data = table(("X",), [100.0 * (1.0 - c[:, [0]] / c[0, 0]) for c in courses(truth, [{"A": 1.0}] * 2)], rng)
    options = {"observables": {"X": "100*(1 - A/A0)"}}
    return Case(data, options, truth, ("how much A", "unit") if second else ("how much A",))


def product(rng: np.random.Generator) -> Case:
    """Only P of A + B <-> I -> P, four runs with known amounts of A and B."""
    truth = cs.network(
        f"A + B -> I @ {rate(rng, 0.5, 3.0)}; I -> A + B @ {rate(rng, 0.3, 1.5)}; I -> P @ {rate(rng, 0.2, 1.0)}"
    )
    starts = [{"A": a, "B": b} for a, b in np.round(rng.uniform(0.3, 3.0, (4, 2)), 2).tolist()]
    column = truth.species_names.index("P")
    data = table(("P",), [c[:, [column]] for c in courses(truth, starts)], rng)
    return Case(data, {"starts": put_in(starts)}, truth)


def chain(rng: np.random.Generator) -> Case:
    """Only P of A -> I -> J -> P, two runs with known amounts of A."""
    first, second, third = (rate(rng, 0.4, 1.5) for _ in range(3))
    truth = cs.network(f"A -> I @ {first}; I -> J @ {second}; J -> P @ {third}")
    starts = [{"A": 1.0}, {"A": float(f"{rng.uniform(0.3, 0.7):.3g}")}]
    column = truth.species_names.index("P")
    data = table(("P",), [c[:, [column]] for c in courses(truth, starts)], rng)
    return Case(data, {"starts": put_in(starts)}, truth)


CASES: dict[str, Callable[[np.random.Generator], Case]] = {
    "spectra": spectra,
    "absorbance": absorbance,
    "conversion": conversion,
    "product": product,
    "chain": chain,
}


def reactions_of(network: Network, names: dict[str, str]) -> set[tuple[frozenset[tuple[str, int]], ...]]:
    """Reactions as sets of (species, molecules), with some species renamed."""

    def side(terms: Any) -> frozenset[tuple[str, int]]:
        return frozenset((names.get(str(s), str(s)), int(n)) for s, n in terms.items())

    return {(side(r.reactants), side(r.products)) for r in network.reactions}


def is_right(found: Discovery, truth: Network) -> bool:
    """Whether mechanism 1 has the reactions of the truth.

    Intermediates that nobody named may be called anything; products that nobody named and nothing consumes may be
    missing.
    """
    if not len(found):
        return False
    own, others = found[0].network, set(truth.species_names)
    free = [s for s in own.species_names if s not in others]
    missing = [s for s in truth.species_names if s not in own.species_names]
    consumed = {s for r in truth.reactions for s in r.reactants}
    last = {s for s in missing if s not in consumed}
    wanted = {(left, frozenset(t for t in right if t[0] not in last)) for left, right in reactions_of(truth, {})}
    inside = [s for s in missing if s not in last]
    if len(free) != len(inside):
        return False
    return any(reactions_of(own, dict(zip(free, order, strict=True))) == wanted for order in permutations(inside))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*", default=list(CASES))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args()
    for name in chosen.cases:
        right = 0
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            case = CASES[name](np.random.default_rng([seed, len(name)]))
            began = time.process_time()
            found = cs.discover(case.data, seed=seed, **case.options)
            seconds = time.process_time() - began
            said = all(any(word in remark for remark in found.remarks) for word in case.said)
            good = is_right(found, case.truth) and said
            right += good
            best = "; ".join(found[0].reactions) if len(found) else "nothing"
            mark = "right" if good else "WRONG"
            truth = "" if good else f"  (truth: {'; '.join(map(str, case.truth.reactions))})"
            print(f"{name:<11} {seed:>2}  {mark}  {found.verdict:<11} {seconds:6.1f} s  {best}{truth}", flush=True)
        print(f"{name:<11} {right} of {chosen.seeds} right\n", flush=True)


if __name__ == "__main__":
    main()
