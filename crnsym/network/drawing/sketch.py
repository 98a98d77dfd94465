"""What a drawing shows, before it has a place: species, reactions and the lines between them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..graphs import modifiers
from ..names import pretty, rounded
from ..rate_laws import MassAction
from ..text_format import paired

if TYPE_CHECKING:
    from ..network import Network
    from ..reaction import Reaction

_HEIGHT = 32.0


@dataclass
class Arc:
    """A line between a species (or the empty set) and a reaction."""

    node: int
    reaction: int
    role: str  # 'in', 'out', 'catalyst', 'modifier'
    coefficient: str = ""


@dataclass
class Sketch:
    """What is drawn, before it has a place: species first, then reactions."""

    labels: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)  # 'species', 'fixed', 'empty', 'reaction'
    reversible: set[int] = field(default_factory=set)
    arcs: list[Arc] = field(default_factory=list)

    def add(self, label: str, kind: str) -> int:
        """Add a node and return its number."""
        self.labels.append(label)
        self.kinds.append(kind)
        return len(self.labels) - 1

    def of(self, reaction: int) -> list[Arc]:
        """Return the lines at a reaction."""
        return [arc for arc in self.arcs if arc.reaction == reaction]

    def is_direct(self, reaction: int) -> bool:
        """Whether the reaction is one line from one node to another, without a dot."""
        arcs = self.of(reaction)
        return len(arcs) == 2 and {a.role for a in arcs} == {"in", "out"} and arcs[0].node != arcs[1].node


def sketch_of(network: "Network") -> Sketch:
    """Return what a drawing of the network shows."""
    sketch = Sketch()
    nodes = {s.name: sketch.add(s.name, "fixed" if s.fixed else "species") for s in network.species}
    position = 0
    for forward, reverse in paired(network.reactions):
        reaction = sketch.add(
            _rate_label(forward, position) + (f" / {_rate_label(reverse, position + 1)}" if reverse else ""), "reaction"
        )
        if reverse:
            sketch.reversible.add(reaction)
        for name in forward.catalysts:
            sketch.arcs.append(Arc(nodes[name], reaction, "catalyst", _coefficient(forward.reactants[name])))
        for name in modifiers(network, position):
            if name not in forward.products:
                sketch.arcs.append(Arc(nodes[name], reaction, "modifier"))
        for side, role in ((forward.reactants, "in"), (forward.products, "out")):
            for name, c in side.items():
                if name not in forward.catalysts:
                    sketch.arcs.append(Arc(nodes[name], reaction, role, _coefficient(c)))
            if not side:
                sketch.arcs.append(Arc(sketch.add("∅", "empty"), reaction, role))
        position += 2 if reverse else 1
    return sketch


def _coefficient(c: object) -> str:
    return "" if c == 1 else str(c)


def _rate_label(reaction: "Reaction", position: int) -> str:
    if isinstance(reaction.rate, MassAction):
        k = reaction.rate.k
        if k.is_Symbol:
            return pretty(str(k))
        if k.is_Rational:
            return rounded(k)
    return pretty(f"{'k' if reaction.rate.is_mass_action else 'v'}{position + 1}")


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text in a sans-serif face, pixels."""
    narrow = sum(c in "iljtfrI.,:;'|()[] /₁" for c in text)
    wide = sum(c in "mwMWO@Q" for c in text)
    return size * (0.6 * len(text) - 0.25 * narrow + 0.25 * wide)


def box_size(label: str, kind: str) -> tuple[float, float]:
    """Return width and height of a node, pixels."""
    if kind == "reaction":
        return 14.0, 14.0
    if kind == "empty":
        return 20.0, 20.0
    return max(text_width(label, 15) + 22, 38.0), _HEIGHT


def turns(sketch: Sketch) -> np.ndarray:
    """Return for each arc -1 if it enters its reaction, +1 if it leaves, 0 for a catalyst or modifier."""
    return np.array([{"in": -1, "out": 1}.get(arc.role, 0) for arc in sketch.arcs], int)


def midpoints(sketch: Sketch) -> dict[int, tuple[int, int]]:
    """Put a plain arrow's middle half way between its ends; the second between the same two bends off."""
    found: dict[int, tuple[int, int]] = {}
    for reaction, kind in enumerate(sketch.kinds):
        if kind == "reaction" and sketch.is_direct(reaction):
            a, b = sorted(arc.node for arc in sketch.of(reaction))
            if (a, b) not in found.values():
                found[reaction] = (a, b)
    return found
