"""Are rate laws found that are no mass action? A table of right answers.

``python -m tests.benchmarks.rational [--seeds 5] [--first SEED] [--case NAME]``

Each case simulates five runs of one reaction with 2 % noise, from starts drawn anew for every seed, and asks
`rate_laws` for the law of that reaction. Right: the true law is within 2 units of BIC of the best; its mechanism is
checked against it by elimination of the fast species.
"""

import argparse
import time
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp

import crnsym as cs
from crnsym.comparison.rate_laws.result import RateLaw
from crnsym.data.trajectories import Trajectories

SAMPLES, NOISE = 20, 0.02


@dataclass(frozen=True)
class Case:
    """A law, as it is simulated and as it should be found.

    Attributes
    ----------
    network
        The truth, as text.
    rate
        What should be found, with the names that `rate_laws` gives constants.
    end
        Last sample.
    starts
        {species: lowest and highest initial value}; 0 in a third of the runs where the lowest is 0.
    reaction
        What is asked for.
    """

    network: str
    rate: str
    end: float
    starts: dict[str, tuple[float, float]]
    reaction: str = "A -> P"


CASES = {
    "product_inhibition": Case(
        "A -> P @= 1.2*A/(1 + 1.5*A + 4*P)", "k*A/(1 + K_A*A + K_P*P)", 6.0, {"A": (0.4, 2.5), "P": (0.0, 0.8)}
    ),
    "two_adsorbates": Case(
        "A + B -> P @= 3*A*B/(1 + 2*A + 1.2*B)^2",
        "k*A*B/(1 + K_A*A + K_B*B)^2",
        8.0,
        {"A": (0.3, 3.0), "B": (0.3, 3.0)},
        "A + B -> P",
    ),
    "second_over_first": Case("A -> P @= 1.5*A^2/(1 + 2*A)", "k*A^2/(1 + K_A*A)", 8.0, {"A": (0.2, 3.0)}),
    "reversible": Case(
        "A -> P @= (1.0*A - 0.4*P)/(1 + 0.8*A + 1.5*P)",
        "(k*A - k_r*P)/(1 + K_A*A + K_P*P)",
        8.0,
        {"A": (0.3, 3.0), "P": (0.0, 2.0)},
    ),
    "half_order": Case("D -> 2 M @= 0.3*D^(1/2)", "k*D^(1/2)", 4.0, {"D": (0.4, 3.0)}, "D -> 2 M"),
}


def simulated(case: Case, seed: int) -> Trajectories:
    """Return five runs with noise."""
    rng = np.random.default_rng([7, seed])
    starts = [{x: _drawn(rng, low, high) for x, (low, high) in case.starts.items()} for _ in range(5)]
    runs = cs.simulate(cs.network(case.network), (0, case.end, SAMPLES), initial=starts)
    noisy = tuple(np.maximum(v, 0.0) * (1 + NOISE * rng.standard_normal(v.shape)) for v in runs.values)
    return replace(runs, values=noisy)


def _drawn(rng: np.random.Generator, low: float, high: float) -> float:
    if low == 0.0 and rng.random() < 1 / 3:
        return 0.0
    return float(np.exp(rng.uniform(np.log(max(low, 0.1 * high)), np.log(high))))


def is_made(law: RateLaw) -> bool:
    """Whether elimination of the fast species turns the mechanism into the law."""
    parts = law.mechanism.constants
    wanted = law.rate.xreplace({sp.Symbol(name): value for name, value in parts.items()})
    gap = law.mechanism.law - wanted
    positive = {s: sp.Symbol(s.name, positive=True) for s in gap.free_symbols}
    return sp.simplify(gap.xreplace(positive)) == 0


def tried(name: str, seed: int) -> tuple[bool, bool, str]:
    """Return whether the law was found, whether its mechanism makes it, and a line about the answer."""
    case, begin = CASES[name], time.process_time()
    found = cs.rate_laws(simulated(case, seed), case.reaction)
    seconds = time.process_time() - begin
    wanted = sp.sympify(case.rate, {"k_r": sp.Symbol("k_r")})
    near = [law for law in found.near if sp.simplify(law.rate - wanted) == 0]
    best = found[0]
    place = next((i for i, law in enumerate(found, 1) if sp.simplify(law.rate - wanted) == 0), None)
    said = f"place {place} of {len(found)}, {len(found.near)} near; best: {best.rate} ({seconds:.1f} s)"
    return bool(near), bool(near) and is_made(near[0]), said


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--case", choices=list(CASES))
    given = parser.parse_args()
    for name in [given.case] if given.case else CASES:
        right = made = 0
        for seed in range(given.first, given.first + given.seeds):
            found, with_steps, said = tried(name, seed)
            right, made = right + found, made + with_steps
            print(f"  {name} {seed}: {'right' if found else 'WRONG'}; {said}", flush=True)
        print(f"{name}: {right} of {given.seeds} right, {made} with the mechanism", flush=True)


if __name__ == "__main__":
    main()
