"""Numbers that decide, halved and doubled: ``python -m tests.benchmarks.sensitivity [NUMBER ...] [--draw 0]``.

Twelve problems of the kinds that a search has to tell apart (measured species alone, three molecules, an open vessel,
an unmeasured intermediate, a catalyst that nobody measured, a reactant that was weighed in and not followed) are drawn
with 5 % noise and searched by `crnsym.discover` without any option. A line says how many answers are right, how many
are called decided rightly and wrongly, and the fits and seconds of the processor that they took: with the numbers as
they are, then with each of `crnsym.deciding` halved and doubled, in a process of its own. A number that changes no line
can go; one that is better at half or double is wrong.
"""

import argparse
import subprocess
import sys
import time
from dataclasses import fields

import numpy as np

from crnsym.deciding import EFFORT, PRICES, THRESHOLDS
from tests.benchmarks.problems import Problem, measure, parse

FACTORS = (0.5, 2.0)
GROUPS = {"prices": PRICES, "thresholds": THRESHOLDS, "effort": EFFORT}
USUAL, LITTLE = (0.4, 1.6), (0.05, 0.3)
# reactions, ranges of the starts (others start at zero), end, species that are not followed
DRAWN: dict[str, tuple[str, dict[str, tuple[float, float]], float, str]] = {
    "branches": ("A -> B @ 0.6; A -> C @ 0.3; C -> A @ 0.2", {"A": USUAL, "B": LITTLE, "C": LITTLE}, 7, ""),
    "exchange": ("A + B -> C + D @ 1.1; C + D -> A + B @ 0.5; D -> E @ 0.2", {"A": USUAL, "B": USUAL}, 9, ""),
    "pairs": ("2 A -> B @ 0.7; B -> 2 A @ 0.2; A + C -> D @ 0.9", {"A": USUAL, "C": USUAL, "B": LITTLE}, 7, ""),
    "growth": ("A + B -> 2 B @ 1.3; B -> C @ 0.4", {"A": USUAL, "B": LITTLE}, 10, ""),
    "three molecules": ("2 A + B -> C @ 1.2; C -> A + D @ 0.3", {"A": USUAL, "B": USUAL}, 8, ""),
    "feed and drain": ("0 -> A @ 0.5; A + B -> C @ 0.9; C -> 0 @ 0.4", {"A": USUAL, "B": USUAL}, 8, ""),
    "intermediate": ("A + B -> Z @ 1.4; Z -> C @ 0.5; C -> A @ 0.1", {"A": USUAL, "B": USUAL}, 10, "Z"),
    "radical": ("A -> 2 Z @ 0.3; Z + B -> C @ 1.5; C -> D @ 0.2", {"A": USUAL, "B": USUAL}, 10, "Z"),
    "carrier": ("E + A -> Z @ 2.5; Z -> E + B @ 0.8; B -> C @ 0.1", {"E": (0.3, 0.3), "A": USUAL}, 12, "EZ"),
    "weighed in": ("A + B -> C @ 0.9; 2 C -> D @ 0.5", {"A": USUAL, "B": USUAL}, 9, "B"),
    "cycle": ("A -> B @ 0.9; B -> C @ 0.5; C -> A @ 0.3; 2 C -> D @ 0.2", {"A": USUAL, "B": LITTLE}, 9, ""),
    "helper": ("A + C -> B + C @ 0.8; C -> D @ 0.2", {"A": USUAL, "C": USUAL}, 8, ""),
}


def problem(name: str) -> Problem:
    """What is measured in one of the problems."""
    reactions, starts, end, unfollowed = DRAWN[name]
    truth = parse([line.strip() for line in reactions.split(";")])
    low, high = (np.array([starts.get(s, (0.0, 0.0))[i] for s in truth.species]) for i in (0, 1))
    weighed = name == "weighed in"
    observed = tuple(s for s in truth.species if weighed or s not in unfollowed)
    return Problem(name, truth, low, high, np.linspace(0.0, end, 30), 8, 0.05, observed)


def answers(draw: int) -> str:
    """Search all problems, and say in a line what came of it."""
    from crnsym.comparison.describe import reaction_texts
    from crnsym.discovery import discover

    right, decided, wrong, fits, missed = 0, 0, 0, 0, []
    began = time.process_time()
    for index, name in enumerate(DRAWN):
        asked = problem(name)
        data = measure(asked, 100 * draw + index)
        if name == "weighed in":
            for values in data.values:
                values[1:, data.species.index("B")] = np.nan
        found = discover(data, time_budget=120.0)
        # unmeasured species have their usual names in DRAWN
        texts = set(reaction_texts(found.candidates[0].mechanism)) if found.candidates else set()
        true = texts == set(reaction_texts(asked.truth))
        right += true
        decided += found.verdict == "decided" and true
        wrong += found.verdict == "decided" and not true
        fits += found.details["fits"]
        missed += [] if true else [name]
    seconds = time.process_time() - began
    return f"{right:5} {decided:8} {wrong:6} {fits:7} {seconds:8.0f}  {', '.join(missed)}"


def scaled(value: float | tuple[float, ...], factor: float) -> float | tuple[float, ...]:
    """Multiply a number; a whole one stays whole and changes by one at least."""
    if isinstance(value, tuple):
        return tuple(scaled(v, factor) for v in value)  # type: ignore[misc]
    if isinstance(value, int):
        return max(round(value * factor), value + 1) if factor > 1 else min(round(value * factor), value - 1)
    return value * factor


def main() -> None:
    """Print a line as it is, and one for each number halved and doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", nargs="*", default=[], help="such as prices.order, or effort for all of a group")
    parser.add_argument("--draw", type=int, default=0)
    parser.add_argument("--factor", type=float, default=None, help="change these numbers and search, here")
    given = parser.parse_args()
    listed = [f"{group}.{field.name}" for group, numbers in GROUPS.items() for field in fields(numbers)]
    chosen = [name for name in listed if not given.numbers or {name, name.split(".")[0]} & set(given.numbers)]
    if given.factor is not None:
        for name in chosen:  # before anything that reads them is imported
            group, field = name.split(".")
            object.__setattr__(GROUPS[group], field, scaled(getattr(GROUPS[group], field), given.factor))
        print(answers(given.draw))
        return
    print(f"{'':40} right  decided  wrong    fits  seconds  missed")
    variants = [("as it is", ["prices.order", "--factor", "1"])]
    variants += [(f"{name} x {factor:g}", [name, "--factor", str(factor)]) for name in chosen for factor in FACTORS]
    for label, words in variants:
        command = [sys.executable, "-m", "tests.benchmarks.sensitivity", *words, "--draw", str(given.draw)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        line = done.stdout.rstrip("\n") or (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"{label:40} {line}", flush=True)


if __name__ == "__main__":
    main()
