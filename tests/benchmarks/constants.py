"""Equivalence and confounding with constant species: ``python -m tests.benchmarks.constants [NETWORKS] [SEED]``.

Each random network has species that are held. Its twin has their values in its rate constants, and reactions split in
two parts or doubled; half of the twins then get a wrong rate, a wrong value or a further reaction. The oracle is the
vector field at random states, computed from the arrays of the network.
"""

import sys
from fractions import Fraction

import numpy as np

import crnsym as cs
from tests.benchmarks.random_networks import NAMES, Step, side, text_of

POINTS = 8


def field(steps: list[Step], states: np.ndarray, held: dict[int, Fraction]) -> np.ndarray:
    """Return dx/dt, zero for species that are held, ``(species, points)``; a held one has its value in every state."""
    x = states.copy()
    for i, value in held.items():
        x[i] = float(value)
    found = sum((s.net[:, None] * s.rate(x) for s in steps), np.zeros_like(x))
    found[list(held)] = 0.0
    return found


def folded(steps: list[Step], held: dict[int, Fraction], rng: np.random.Generator) -> list[Step]:
    """Return steps without the held species, some of them split in two parallel ones."""
    found = []
    for s in steps:
        k = Fraction(s.k)
        for i, value in held.items():
            k *= value ** s.left[i]
        left, right = (tuple(0 if i in held else n for i, n in enumerate(part)) for part in (s.left, s.right))
        if left == right or k == 0:
            continue
        share = Fraction(int(rng.integers(1, 4)), 4) if rng.random() < 0.4 else Fraction(1)
        found += [Step(left, right, float(k * part)) for part in (share, 1 - share) if part]
    return found


def random_case(rng: np.random.Generator) -> tuple[list[Step], list[Step], dict[int, Fraction], np.ndarray]:
    """Return a network, its twin, what is held in the first, and the start."""
    n = int(rng.integers(3, 6))
    held = {int(i): Fraction(int(rng.integers(0 if rng.random() < 0.2 else 1, 9)), 4) for i in
            rng.choice(n, int(rng.integers(1, n - 1)), replace=False)}  # fmt: skip
    steps = []
    while len(steps) < 6:
        left, right = side(rng, n, 3), side(rng, n, 3)
        if left != right:
            steps.append(Step(left, right, int(rng.integers(1, 33)) / 8))
    twin = folded(steps, held, rng)
    wrong = rng.random()
    if wrong < 0.2 and twin:
        twin[0] = Step(twin[0].left, twin[0].right, twin[0].k * 1.5)
    elif wrong < 0.4:
        moving = [i for i in range(n) if i not in held]
        to = tuple(int(i == moving[0]) for i in range(n))
        twin.append(Step((0,) * n, to, 0.25))
    start = np.array([float(held.get(i, Fraction(1))) for i in range(n)])
    return steps, twin, held, start


def verdict(rng: np.random.Generator) -> str:
    """Return ``"agrees"``, or what does not."""
    steps, twin, held, start = random_case(rng)
    states = rng.uniform(0.2, 2.0, (len(start), POINTS))
    same = np.allclose(field(steps, states, held), field(twin, states, held), rtol=1e-9, atol=1e-9)
    first = cs.network(text_of(steps, start) + "\nconst " + ", ".join(NAMES[i] for i in held))
    second = cs.network(f"species {', '.join(NAMES[: len(start)])}\n" + "\n".join(s.text() for s in twin))
    for a, b in ((first, second), (second, first)):
        if cs.dynamically_equivalent(a, b) != same:
            return f"equivalent is {not same}, which the fields contradict:\n{first}\n{second}"
        if same and not cs.confoundable(a, b):
            return f"equal fields, and not confoundable:\n{first}\n{second}"
        if same and (found := cs.rates_like(a, b)) is not None and not cs.dynamically_equivalent(found, a):
            return f"rates_like gives other fields:\n{first}\n{second}\n{found}"
        if same and found is None:
            return f"rates_like finds none:\n{first}\n{second}"
    pair = cs.confounding_pair(first, second)
    if pair is not None and not cs.dynamically_equivalent(*pair):
        return f"a confounding pair of different fields:\n{pair[0]}\n{pair[1]}"
    said = cs.contrast(first, second).statements[0]
    if same != said.startswith("They are different reactions with the same vector field") and first != second:
        return f"contrast says: {said}"
    return "agrees"


def main(networks: int = 300, seed: int = 0) -> None:
    """Print how many agree, and every one that does not."""
    good = 0
    for i in range(networks):
        found = verdict(np.random.default_rng([seed, i]))
        good += found == "agrees"
        if found != "agrees":
            print(f"# {i}: {found}\n")
    print({"agrees": good, "other": networks - good})


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
