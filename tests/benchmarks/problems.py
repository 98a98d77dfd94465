"""Networks to discover, and the measurements that a laboratory would make of them."""

import csv
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp

from crnsym.data.mechanism import Mechanism
from crnsym.data.trajectories import Trajectories

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "synthetic"


@dataclass(frozen=True)
class Problem:
    """A true mechanism, the ranges of its initial states and how it is sampled."""

    name: str
    truth: Mechanism
    low: np.ndarray
    high: np.ndarray
    times: np.ndarray
    runs: int
    noise: float
    observed: tuple[str, ...]


def parse(reactions: list[str], species: tuple[str, ...] | None = None) -> Mechanism:
    """Mechanism from lines such as ``2 A + B -> C @ 0.5``."""

    def side(text: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        for term in text.split("+"):
            match = re.fullmatch(r"\s*(\d*)\s*([A-Za-z]\w*)\s*", term)
            if match:
                counts[match[2]] = counts.get(match[2], 0) + int(match[1] or 1)
        return counts

    rows = []
    for line in reactions:
        equation, rate = line.split("@")
        left, right = equation.split("->")
        rows.append((side(left), side(right), float(rate)))
    if species is None:
        species = tuple(dict.fromkeys(name for a, b, _ in rows for name in (*a, *b)))

    def matrix(index: int) -> np.ndarray:
        return np.array([[row[index].get(s, 0) for s in species] for row in rows], dtype=np.int64)

    return Mechanism(species, matrix(0), matrix(1), np.log([row[2] for row in rows]))


def trajectory(truth: Mechanism, initial: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Reference solution, ``(times, species)``."""
    rates, net, orders = np.exp(truth.log_rates), truth.net_stoichiometry.astype(float), truth.reactants

    def field(_: float, c: np.ndarray) -> np.ndarray:
        return (rates * np.prod(c**orders, axis=1)) @ net

    solution = solve_ivp(
        field, (times[0], times[-1]), initial, "LSODA", times, rtol=1e-8, atol=1e-12 * max(initial.max(), 1e-3)
    )
    return np.maximum(solution.y.T, 0.0)


def measure(
    problem: Problem,
    seed: int,
    *,
    noise: float | None = None,
    additive: float = 0.0,
    missing: float = 0.0,
    runs: int | None = None,
    points: int | None = None,
) -> Trajectories:
    """Fresh initial states and fresh noise.

    ``noise`` is multiplicative; ``additive`` is in units of each species' range, on every sample; ``missing`` is the
    probability that a value was not recorded.
    """
    rng = np.random.default_rng(seed)
    n_runs = problem.runs if runs is None else runs
    times = problem.times
    if points is not None:  # the same spacing, linear or logarithmic, with fewer points
        even = np.ptp(np.diff(times)) < 0.1 * times[-1] / len(times)
        spaced = (np.linspace if even else np.geomspace)(times[1], times[-1], points - 1)
        times = np.concatenate([times[:1], spaced])
    keep = [problem.truth.species.index(s) for s in problem.observed]
    courses = [trajectory(problem.truth, rng.uniform(problem.low, problem.high), times)[:, keep] for _ in range(n_runs)]
    span = np.ptp(np.concatenate(courses), axis=0)
    level = problem.noise if noise is None else noise
    values = []
    for c in courses:
        v = c + additive * span * rng.normal(size=c.shape) if additive else c * (1 + level * rng.normal(size=c.shape))
        values.append(np.where(rng.random(c.shape) < missing, np.nan, v))
    return Trajectories(problem.observed, tuple(f"e{i}" for i in range(n_runs)), (times,) * n_runs, tuple(values))


def given() -> dict[str, Problem]:
    """The problems of the shared data, with the ranges that their first rows show."""
    problems = {}
    for folder in sorted(p for p in SHARED.iterdir() if p.is_dir()):
        truth = json.loads((folder / "truth.json").read_text())
        data = read(folder / "train.csv")
        mechanism = parse(truth["reactions"])
        seen = [s for s in data.species if s in mechanism.species]
        order = tuple(seen) + tuple(s for s in mechanism.species if s not in seen)
        mechanism = parse(truth["reactions"], order)
        first = np.array([v[0] for v in data.values])
        low, high = np.zeros(len(order)), np.zeros(len(order))
        low[: len(seen)], high[: len(seen)] = first.min(axis=0), first.max(axis=0)
        problems[folder.name] = Problem(
            folder.name, mechanism, low, high, data.times[0], len(data), truth["noise"], tuple(seen)
        )
    return problems


def read(path: Path) -> Trajectories:
    """Plain reader, independent of the package's own."""
    with path.open() as file:
        header, *rows = list(csv.reader(file))
    runs: dict[str, list[list[float]]] = {}
    for row in rows:
        runs.setdefault(row[0], []).append([float(x) if x else np.nan for x in row[1:]])
    arrays = [np.array(v) for v in runs.values()]
    return Trajectories(tuple(header[2:]), tuple(runs), tuple(a[:, 0] for a in arrays), tuple(a[:, 1:] for a in arrays))


def unseen() -> dict[str, Problem]:
    """Networks with one species that nobody measures, from the literature; no part of the method was chosen on them."""
    wide = (0.3, 1.5)
    problems = [
        _problem(
            "enzyme_complex", "E + S -> Z @ 4\nZ -> E + S @ 1\nZ -> E + P @ 1.5", {"E": (0.2, 0.8), "S": wide}, 10.0
        ),
        _problem("lindemann", "2 A -> Z + A @ 2\nZ + A -> 2 A @ 6\nZ -> B @ 1.5", {"A": wide}, 15.0),
        _problem("chain", "A -> Z @ 0.7\nZ -> B @ 0.4", {"A": wide, "B": (0.0, 0.4)}, 12.0),
        _problem("reversible_chain_unseen", "A -> Z @ 0.9\nZ -> A @ 0.5\nZ -> B @ 0.6", {"A": wide}, 12.0),
        _problem("dimer_intermediate", "2 A -> Z @ 30\nZ -> 2 A @ 90\nZ + B -> C @ 4", {"A": wide, "B": wide}, 12.0),
        _problem(
            "hetero_intermediate", "A + B -> Z @ 3\nZ -> A + B @ 2\nZ + B -> C @ 1.5", {"A": wide, "B": wide}, 12.0
        ),
        _problem("inhibitor", "A -> B @ 0.6\nB + A -> Z @ 1.5\nZ -> A + B @ 0.3", {"A": wide, "B": (0.0, 0.3)}, 15.0),
        _problem("ping_pong", "A + E -> Z + P @ 1.4\nZ + B -> E @ 0.9", {"A": wide, "B": wide, "E": (0.2, 0.8)}, 12.0),
    ]
    return {p.name: replace(p, observed=tuple(s for s in p.truth.species if s != "Z")) for p in problems}


def _problem(
    name: str,
    reactions: str,
    start: dict[str, tuple[float, float]],
    end: float,
    *,
    points: int = 50,
    runs: int = 12,
    noise: float = 0.05,
    log_from: float = 0.0,
) -> Problem:
    truth = parse([line for line in reactions.strip().splitlines() if line.strip()])
    low = np.array([start.get(s, (0.0, 0.0))[0] for s in truth.species])
    high = np.array([start.get(s, (0.0, 0.0))[1] for s in truth.species])
    times = np.linspace(0.0, end, points)
    if log_from:
        times = np.concatenate([[0.0], np.geomspace(log_from, end, points - 1)])
    return Problem(name, truth, low, high, times, runs, noise, truth.species)


def further() -> dict[str, Problem]:
    """Networks from the literature that no part of the method was chosen on."""
    wide = (0.2, 1.5)
    problems = [
        _problem(
            "reversible_chain",
            "A -> B @ 0.8\nB -> A @ 0.3\nB -> C @ 0.5\nC -> B @ 0.1\nC -> D @ 0.3",
            {"A": wide, "D": (0.0, 0.5)},
            15.0,
        ),
        _problem(
            "competitive_inhibition",
            "E + S -> ES @ 3\nES -> E + S @ 0.5\nES -> E + P @ 0.8\nE + I -> EI @ 2\nEI -> E + I @ 0.4",
            {"E": (0.2, 0.8), "S": (0.5, 2.5), "I": (0.2, 1.5)},
            12.0,
        ),
        _problem(
            "uncompetitive_inhibition",
            "E + S -> ES @ 2.5\nES -> E + S @ 0.6\nES -> E + P @ 0.9\nES + I -> ESI @ 1.5\nESI -> ES + I @ 0.3",
            {"E": (0.2, 0.8), "S": (0.5, 2.5), "I": (0.2, 1.5)},
            12.0,
        ),
        _problem(
            "autocatalysis", "A + B -> 2 B @ 1.2\nB -> C @ 0.3\nC -> A @ 0.1", {"A": wide, "B": (0.02, 0.3)}, 20.0
        ),
        _problem(
            "open_reactor",
            "0 -> A @ 0.6\nA -> 0 @ 0.2\nA + B -> C @ 0.7\n0 -> B @ 0.4\nB -> 0 @ 0.2\nC -> 0 @ 0.2",
            {"A": (0.1, 2.0), "B": (0.1, 2.0), "C": (0.0, 1.0)},
            15.0,
        ),
        _problem(
            "food_chain",
            "X -> 2 X @ 0.9\nX + Y -> 2 Y @ 0.6\nY + Z -> 2 Z @ 0.5\nY -> 0 @ 0.1\nZ -> 0 @ 0.4",
            {"X": (0.5, 2.0), "Y": (0.3, 1.5), "Z": (0.2, 1.2)},
            12.0,
        ),
        _problem(
            "seir",
            "S + I -> E + I @ 1.5\nE -> I @ 0.6\nI -> R @ 0.35\nR -> S @ 0.08",
            {"S": (0.6, 1.2), "E": (0.0, 0.1), "I": (0.02, 0.2)},
            25.0,
        ),
        _problem(
            "van_de_vusse", "A -> B @ 0.5\nB -> C @ 0.3\n2 A -> D @ 0.2", {"A": (0.3, 2.5), "B": (0.0, 0.5)}, 12.0
        ),
        _problem(
            "oregonator",
            "Y -> X @ 0.5\nX + Y -> P @ 4\nX -> 2 X + Z @ 1.0\n2 X -> P @ 0.5\nZ -> Y @ 0.4",
            {"X": (0.1, 1.0), "Y": (0.1, 1.0), "Z": (0.1, 1.0)},
            15.0,
        ),
        _problem(
            "two_third_order",
            "2 A + B -> C @ 0.6\nA + 2 C -> D @ 0.4",
            {"A": (0.5, 1.8), "B": (0.4, 1.5), "C": (0.1, 0.8)},
            15.0,
        ),
        _problem(
            "trimerisation",
            "3 A -> T @ 0.3\nT -> 3 A @ 0.05\nT + B -> P @ 0.4",
            {"A": (0.5, 2.0), "B": (0.3, 1.5)},
            15.0,
        ),
        _problem(
            "stiff_chain",
            "A -> B @ 1\nB -> A @ 0.5\nB -> C @ 200\nC + A -> D @ 30\nD -> A @ 0.05",
            {"A": wide},
            30.0,
            log_from=1e-4,
            points=60,
            noise=0.03,
        ),
        _problem(
            "fast_binding",
            "L + R -> C @ 400\nC -> L + R @ 80\nC -> L + Q @ 0.5\nQ -> R @ 0.15",
            {"L": wide, "R": wide, "Q": (0.0, 0.3)},
            20.0,
            noise=0.03,
        ),
        _problem(
            "two_step_signal",
            "S + M -> S + N @ 0.9\nN -> M @ 0.3\nN + K -> N + L @ 1.1\nL -> K @ 0.4",
            {"S": (0.2, 1.0), "M": wide, "K": wide, "N": (0.0, 0.3), "L": (0.0, 0.3)},
            12.0,
        ),
        _problem(
            "repressor",
            "G -> G + M @ 1.5\nM -> M + P @ 1.0\nM -> 0 @ 0.7\nP -> 0 @ 0.3\nG + P -> H @ 0.4\nH -> G + P @ 0.2",
            {"G": (0.3, 1.2), "M": (0.1, 1.0), "P": (0.1, 2.0)},
            15.0,
        ),
        _problem(
            "polymer",
            "2 A -> B @ 0.5\nA + B -> C @ 0.4\nA + C -> D @ 0.3\n2 B -> D @ 0.2\nD -> 2 B @ 0.05",
            {"A": (0.5, 2.0), "B": (0.0, 0.5)},
            15.0,
        ),
        _problem(
            "transesterification",
            "T + R -> D + E @ 0.3\nD + R -> M + E @ 0.25\nM + R -> G + E @ 0.5",
            {"T": (0.3, 2.0), "R": (0.5, 2.5)},
            20.0,
        ),
        _problem(
            "ten_species",
            "A + B -> C @ 1.0\nC -> A + B @ 0.2\nC -> D @ 0.6\nD + E -> F @ 0.8\nF -> D + G @ 0.5\nG -> E @ 0.2\n"
            "G + H -> I @ 0.7\nI -> J @ 0.4\nJ -> H @ 0.15\n2 G -> J @ 0.1",
            {"A": wide, "B": wide, "E": wide, "H": wide},
            20.0,
            points=60,
            runs=15,
        ),
    ]
    return {p.name: p for p in problems}
