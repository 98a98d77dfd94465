"""Tau-leaping and Langevin against the exact process: ``python -m tests.benchmarks.leaping [NETWORKS] [SEED]``.

Random networks with laws of order one to four, of reactants, of catalysts and of other forms. The oracle is Gillespie's
direct method on the arrays of the network, all runs abreast, written apart from the package.
"""

import sys
from dataclasses import dataclass

import numpy as np

import crnsym as cs
from tests.benchmarks.random_networks import NAMES, Step, side, text_of, unit

RUNS = 300
END = 1.0
MOST_EVENTS = 4000  # of the exact process in a run; others are drawn anew
SPREADS = 4.5  # standard errors that a mean may lie away; a thousand means or more are looked at
BIAS = 0.01  # of the amount beside them, as far as a step of epsilon = 0.03 is good for
KINDS = ("power", "saturated", "hill", "inhibited")


@dataclass(frozen=True)
class Case:
    """A network as steps, and where it starts."""

    steps: list[Step]
    start: np.ndarray


def case(rng: np.random.Generator) -> Case:
    """Return a random network that does not run away: what reads a species makes another that nothing reads."""
    species = int(rng.integers(2, 5))
    start = rng.integers(40, 400, species).astype(float)
    steps = []
    for _ in range(int(rng.integers(1, 4))):  # of reactants, order 1 to 4, never more molecules than before
        left = side(rng, species, 4)
        while not any(left):
            left = side(rng, species, 4)
        right = side(rng, species, sum(left))
        if right != left:
            steps.append(_scaled(Step(left, right, 1.0), start, rng))
    for _ in range(int(rng.integers(1, 3))):  # of catalysts and other laws
        kind, reads = str(rng.choice(KINDS)), int(rng.integers(0, species - 1))
        half = float(np.round(start[reads] * rng.uniform(0.3, 2), 1))
        right = unit(species, species - 1)
        step = Step((0,) * species, right, 1.0, kind, reads, int(rng.integers(1, 5)), half)
        steps.append(_scaled(step, start, rng))
    if rng.random() < 0.5:
        i = int(rng.integers(0, species))
        steps.append(Step((0,) * species, unit(species, i), float(rng.integers(5, 200))))
    return Case(steps, start)


def _scaled(step: Step, start: np.ndarray, rng: np.random.Generator) -> Step:
    """Return the step with a constant at which it changes a good part of the molecules within the time."""
    rate = float(step.rate(start[:, None], counts=True)[0])
    wanted = rng.uniform(0.2, 1.5) * start.mean()
    return Step(
        step.left, step.right, float(f"{wanted / max(rate, 1e-9):.3g}"), step.kind, step.reads, step.order, step.half
    )


def exact(one: Case, rng: np.random.Generator) -> np.ndarray | None:
    """Return the counts at the end, ``(species, runs)``; None where there are too many events."""
    x = np.repeat(one.start[:, None], RUNS, axis=1)
    net = np.array([s.net for s in one.steps], float)
    left = np.full(RUNS, END)
    for _ in range(MOST_EVENTS):
        rates = np.array([s.rate(x, counts=True) for s in one.steps])
        total = rates.sum(axis=0)
        with np.errstate(divide="ignore"):
            left -= rng.exponential(size=RUNS) / total
        going = left > 0
        if not going.any():
            return x
        chosen = (np.cumsum(rates, axis=0) < rng.random(RUNS) * total).sum(axis=0)
        x[:, going] += net[np.minimum(chosen[going], len(net) - 1)].T
        left[~going] = -1.0
    return None


def judge(one: Case, reference: np.ndarray, method: str) -> str:
    """Return what is wrong with the means and spreads of a method; nothing where they are right."""
    names = NAMES[: len(one.start)]
    net = cs.network(f"species {', '.join(names)}\n{text_of(one.steps, one.start)}")
    found = cs.simulate_stochastic(net, [0.0, END], RUNS, 1, method=method)
    order = [found.species.index(name) for name in names]
    mean, spread = found.mean()[1][order], found.sd()[1][order]
    wanted, deviation = reference.mean(axis=1), reference.std(axis=1, ddof=1)
    error = np.sqrt((spread**2 + deviation**2) / RUNS)
    off = np.abs(mean - wanted) > SPREADS * error + BIAS * np.maximum(wanted, one.start) + 0.3
    wide = np.abs(spread - deviation) > 0.3 * deviation + 1.0
    if not off.any() and not wide.any():
        return ""
    return f"{method}: means {mean} for {wanted}, spreads {spread} for {deviation}\n{net}"


def count(networks: int, seed: int) -> tuple[int, list[str]]:
    """Return how many comparisons were made, and what was wrong in them."""
    rng = np.random.default_rng(seed)
    wrong, done = [], 0
    while done < networks:
        one = case(rng)
        reference = exact(one, rng)
        if reference is None:
            continue
        done += 1
        wrong += [told for method in ("tau", "langevin") if (told := judge(one, reference, method))]
    return 2 * done, wrong


def main() -> None:
    """Compare and print."""
    networks, seed = (int(word) for word in (*sys.argv[1:], *("200", "0")[len(sys.argv) - 1 :]))
    made, wrong = count(networks, seed)
    print("\n".join(wrong))
    print(f"{made} comparisons of {networks} networks, {len(wrong)} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
