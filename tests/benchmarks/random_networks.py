"""Random open networks as text and, apart from that, as arrays: what independent oracles are made of."""

from dataclasses import dataclass

import numpy as np

NAMES = "ABCDEFG"


@dataclass(frozen=True)
class Step:
    """One reaction: molecules in and out, a rate constant, and what multiplies it beside mass action.

    ``kind`` is ``"mass"`` (falling factorials for counts), ``"power"`` (a whole rate, k x^order of ``reads``),
    ``"saturated"`` (k x / (half + x)), ``"hill"`` (k x^4 / (half^4 + x^4)) or ``"inhibited"`` (k / (1 + x / half)).
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    k: float
    kind: str = "mass"
    reads: int = 0
    order: int = 1
    half: float = 1.0

    @property
    def net(self) -> np.ndarray:
        """Change of each species."""
        return np.array(self.right) - np.array(self.left)

    def text(self) -> str:
        """Return it as a line of a network."""
        sides = [
            " + ".join(f"{n} {NAMES[i]}" for i, n in enumerate(side) if n) or "0" for side in (self.left, self.right)
        ]
        x = NAMES[self.reads]
        laws = {
            "mass": f"@ {self.k!r}",
            "power": f"@= {self.k!r}*{x}^{self.order}",
            "saturated": f"@= {self.k!r}*{x}/({self.half!r} + {x})",
            "hill": f"@= {self.k!r}*{x}^4/({self.half!r}^4 + {x}^4)",
            "inhibited": f"@= {self.k!r}/(1 + {x}/{self.half!r})",
        }
        return f"{sides[0]} -> {sides[1]} {laws[self.kind]}"

    def rate(self, x: np.ndarray, counts: bool = False) -> np.ndarray:
        """Return the rate at states ``(species, ...)``: of concentrations, or the propensity of counts."""
        y = x[self.reads]
        if self.kind == "mass":
            value = np.full(x.shape[1:], self.k)
            for i, n in enumerate(self.left):
                for taken in range(n):
                    value = value * (np.maximum(x[i] - taken, 0.0) if counts else x[i])
            return value
        value = {
            "power": lambda: self.k * y**self.order,
            "saturated": lambda: self.k * y / (self.half + y),
            "hill": lambda: self.k * y**4 / (self.half**4 + y**4),
            "inhibited": lambda: self.k / (1 + y / self.half),
        }[self.kind]()
        if counts:
            there = np.all([x[i] >= n for i, n in enumerate(self.left)], axis=0)
            value = np.where(there, value, 0.0)
        return value


def text_of(steps: list[Step], start: np.ndarray) -> str:
    """Return a network with its initial state."""
    init = ", ".join(f"{NAMES[i]} = {x!r}" for i, x in enumerate(start.tolist()))
    names = ", ".join(NAMES[: len(start)])
    return "\n".join([f"species {names}", *(s.text() for s in steps), f"init {init}"])


def side(rng: np.random.Generator, species: int, most: int) -> tuple[int, ...]:
    """Return up to ``most`` molecules of random species."""
    found = np.zeros(species, int)
    for s in rng.integers(0, species, int(rng.integers(0, most + 1))):
        found[s] += 1
    return tuple(found.tolist())


def unit(species: int, i: int) -> tuple[int, ...]:
    """Return one molecule of one species."""
    return tuple(int(j == i) for j in range(species))
