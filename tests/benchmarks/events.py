"""SBML events against dense scanning: ``python -m tests.benchmarks.events [MODELS] [SEED]``.

Random triggers of the clock, of a damped oscillation that the model integrates, and of both. The oracle looks at the
closed formulas on a fine grid and counts how often each trigger rises; cases in which a four times finer grid counts
otherwise have features below the grid and are left out. Each model is simulated with a random number of output rows
and, where nothing is integrated, as a jump process too, beside a reaction that goes on.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from crnsym import simulate_case, simulate_stochastic_case
from tests.dynamics.sbml_models import event, listed, math, model

SPAN, GRID = 30.0, 60_000
FUNCTIONS = {
    "sin": np.sin, "cos": np.cos, "exp": np.exp, "abs": np.abs, "floor": np.floor, "tanh": np.tanh,
    "min": np.minimum, "max": np.maximum, "rem": np.fmod, "sqrt": np.sqrt,
    "piecewise": lambda a, b, c: np.where(b, a, c),
}  # fmt: skip


def value(rng: np.random.Generator, depth: int, moving: bool) -> str:
    """Return a random formula in infix notation."""
    w = f"{rng.uniform(0.3, 12):.3f}"
    leaves = [
        f"sin({w}*time)",
        f"cos({w}*time + {rng.uniform(0, 3):.2f})",
        f"rem(time, {rng.uniform(0.5, 7):.3f})",
        f"exp(-abs(time - {rng.uniform(1, 29):.2f})*{rng.uniform(1, 40):.2f})",
        f"time/{rng.uniform(3, 30):.2f}",
    ]
    leaves += ["x", "y", "x", "y"] if moving else []
    if depth == 0:
        return str(rng.choice(leaves))
    a, b = value(rng, depth - 1, moving), value(rng, 0, moving)
    return str(rng.choice([
        f"({a} + {b})", f"({a} * {b})", f"({a} - {rng.uniform(0.1, 2):.2f}*{b})", f"min({a}, {b})", f"max({a}, {b})",
        f"abs({a})", f"tanh(2*{a})", f"({a})^2", f"sqrt(abs({a}) + 0.1)", f"exp(0.5*{a})", f"floor(3*{a} + 0.37)/3",
        f"piecewise({a}, {b} > {rng.uniform(-0.5, 0.8):.2f}, {rng.uniform(-1, 1):.2f})",
    ]))  # fmt: skip


def rises(trigger: str, constants: tuple[float, float], points: int) -> int:
    """Return how often a trigger rises after the start, on a grid; one that holds at the start has risen before."""
    t = np.linspace(0.0, SPAN, points * int(SPAN) + 1)
    damping, turn = constants
    space = {"time": t, "x": np.exp(-damping * t) * np.cos(turn * t), "y": np.exp(-damping * t) * np.sin(turn * t)}
    held = np.broadcast_to(eval(trigger.replace("^", "**"), {}, {**FUNCTIONS, **space}), t.shape)
    return int((held[1:] & ~held[:-1]).sum())


def random_case(rng: np.random.Generator) -> tuple[str, tuple[float, float] | None, int]:
    """Return a trigger, damping and turn of the oscillation if there is one, and the number of rows."""
    moving = bool(rng.random() < 0.5)
    formula = value(rng, int(rng.integers(0, 3)), moving)
    level = f"{rng.uniform(-0.3, 0.95):.3f}"
    constants = (round(float(rng.uniform(0, 0.2)), 3), round(float(rng.uniform(0.5, 8)), 3)) if moving else None
    return f"{formula} > {level}", constants, int(rng.choice([1, 2, 7, 50, 333]))


def verdict(case: tuple[str, tuple[float, float] | None, int], folder: Path) -> str:
    """Return ``"same"``, ``"below the grid"``, or what differs."""
    trigger, constants, rows = case
    with np.errstate(all="ignore"):
        wanted, finer = (rises(trigger, constants or (0.0, 1.0), n * GRID // int(SPAN)) for n in (1, 4))
    if wanted != finer:
        return "below the grid"
    settings = {"start": 0, "duration": SPAN, "steps": rows, "variables": ["N"]}
    hit = (event("hit", trigger, N="N + 1"),)
    if constants is None:
        file = model(folder, {"N": 0.0}, events=hit)
    else:
        d, w = constants
        rates = {"x": f"-{d}*x - {w}*y", "y": f"{w}*x - {d}*y"}
        file = model(folder, {"N": 0.0, "x": 1.0, "y": 0.0}, rates=rates, events=hit)
    found = simulate_case(file, settings)["N"][-1]
    if found != wanted:
        return f"{found:g} times for {wanted}"
    if constants is None:
        file = model(folder, {"N": 0.0}, events=hit, body=VESSEL, reactions=listed("Reactions", [BIRTH]))
        mean = simulate_stochastic_case(file, {**settings, "amount": ["X"]}, runs=2, seed=rows)["N-mean"][-1]
        if mean != wanted:
            return f"{mean:g} times for {wanted} in runs of a jump process"
    return "same"


PRODUCT = '<speciesReference species="X" stoichiometry="1" constant="true"/>'
LAW = f"<kineticLaw>{math('2')}</kineticLaw>"
BIRTH = f'<reaction id="r" reversible="false">{listed("Products", [PRODUCT])}{LAW}</reaction>'
VESSEL = listed("Compartments", ['<compartment id="C" size="1" constant="true"/>']) + listed(
    "Species",
    ['<species id="X" compartment="C" initialAmount="0" hasOnlySubstanceUnits="true" boundaryCondition="false" '
     'constant="false"/>'],
)  # fmt: skip


def main(models: int = 300, seed: int = 0) -> None:
    """Print how many agree, and every one that does not."""
    counts = {"same": 0, "below the grid": 0, "other": 0}
    with tempfile.TemporaryDirectory() as folder:
        for i in range(models):
            case = random_case(np.random.default_rng([seed, i]))
            found = verdict(case, Path(folder))
            counts[found if found in counts else "other"] += 1
            if found not in counts:
                print(f"# {i}: {found}: {case}")
    print(counts)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
