"""How bad a layout is: overlaps, crossings, edges through foreign boxes, long edges, arrows that point to the left."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_MARGIN = 16.0
_PIECES = 3  # straight pieces that stand for a curve


@dataclass(frozen=True)
class LayoutProblem:
    """What is to be placed.

    Attributes
    ----------
    sizes
        Width and height of each node, pixels, ``(nodes, 2)``.
    edges
        Pairs of nodes ``(edges, 2)``; an arrow should point to the right.
    turns
        For each edge -1 if it enters a reaction, +1 if it leaves one, 0 if it has no direction.
    midpoints
        {node: (a, b)}: the node sits half way between two others and cannot be moved.
    """

    sizes: np.ndarray
    edges: np.ndarray
    turns: np.ndarray
    midpoints: dict[int, tuple[int, int]]

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """For each edge its reaction and its species."""
        leaving = self.turns == 1
        a, b = self.edges.T
        return np.where(leaving, a, b), np.where(leaving, b, a)

    @cached_property
    def plain(self) -> np.ndarray:
        """For each edge whether it is half of a plain arrow."""
        return np.isin(self.ends[0], list(self.midpoints))

    @cached_property
    def foreign(self) -> np.ndarray:
        """For each pair of curve pieces whether their edges share no node."""
        edges = np.tile(self.edges, (_PIECES, 1))
        return ~(edges[:, None, :, None] == edges[None, :, None, :]).any((2, 3))

    @cached_property
    def strangers(self) -> np.ndarray:
        """For each node and curve piece whether the node is no end of its edge."""
        edges = np.tile(self.edges, (_PIECES, 1))
        return ~(np.arange(len(self.sizes))[:, None, None] == edges[None]).any(2)

    @cached_property
    def neighbours(self) -> np.ndarray:
        """For each pair of edge ends (all first ends, then all second ones) whether they meet in a node."""
        ends = self.edges.T.ravel()
        same = ends[:, None] == ends[None]
        np.fill_diagonal(same, False)
        return same

    @cached_property
    def returning(self) -> np.ndarray:
        """For each edge whether it enters a reaction from a species that the reaction also makes."""
        made = {(int(b), int(a)) for (a, b), turn in zip(self.edges, self.turns, strict=True) if turn == 1}
        pairs = zip(self.edges, self.turns, strict=True)
        return np.array([turn == -1 and (int(a), int(b)) in made for (a, b), turn in pairs], bool)


def cost(problem: LayoutProblem, positions: np.ndarray) -> float:
    """Return how bad a layout is: overlaps and crossings weigh most."""
    total = _overlap(problem.sizes, positions)
    extent = np.ptp(positions, axis=0) if len(positions) else np.zeros(2)
    total += 0.15 * extent[0] + 0.3 * extent[1]  # a page is wider than high
    if len(problem.edges):
        a, b = positions[problem.edges[:, 0]], positions[problem.edges[:, 1]]
        span = np.linalg.norm(b - a, axis=1) - _reach(problem, a, b, 0) - _reach(problem, a, b, 1)
        ideal = np.where(problem.plain, 34.0, 44.0)
        total += float((np.abs(span - ideal) * 0.5 + np.maximum(ideal * 0.75 - span, 0) * 6).sum())
        total += 0.3 * float(np.maximum(a[:, 0] - b[:, 0], 0).sum())
        p, q = _pieces(problem, positions)
        total += 150 * _crossings(problem, p, q) + 2 * _intrusion(problem, positions, p, q)
        total += _sharp(problem, a, b) + _turning(problem, positions)
    return total


def _directions(problem: LayoutProblem, positions: np.ndarray) -> np.ndarray:
    """Return the mean unit vectors from each node to its reactants and to its products, ``(2, nodes, 2)``."""
    mean = np.zeros((2, len(positions), 2))
    for row, turn, end in ((0, -1, 1), (1, 1, 0)):
        here, there = problem.edges[problem.turns == turn][:, [end, 1 - end]].T
        offset = positions[there] - positions[here]
        np.add.at(mean[row], here, offset / np.maximum(np.linalg.norm(offset, axis=1), 1e-9)[:, None])
    length = np.linalg.norm(mean, axis=2, keepdims=True)
    return mean / np.maximum(length, 1e-9) * (length > 1e-6)


def controls(problem: LayoutProblem, positions: np.ndarray) -> np.ndarray:
    """Return the control point of each edge's quadratic curve, ``(edges, 2)``.

    Reactants come into a reaction along its axis and products leave along it; a species on both sides comes in
    beside its way out. Edges without direction and those of plain arrows are straight.
    """
    reactants, products = _directions(problem, positions)
    axis = products - reactants
    length = np.linalg.norm(axis, axis=1, keepdims=True)
    axis = np.where(length > 1e-6, axis / np.maximum(length, 1e-9), [1.0, 0.0])
    reaction, species = problem.ends
    centre, other, axis = positions[reaction], positions[species], axis[reaction]
    reach = np.minimum(0.5 * np.linalg.norm(other - centre, axis=1), 45.0)
    bent = centre + axis * (reach * problem.turns)[:, None]
    across = np.stack([-axis[:, 1], axis[:, 0]], 1)
    beside = (centre + other) / 2 + across * 36
    plain = problem.plain | (problem.turns == 0)
    result = np.where(problem.returning[:, None], beside, bent)
    return np.where(plain[:, None], (centre + other) / 2, result)


def _pieces(problem: LayoutProblem, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the starts and ends of straight pieces that follow the curves."""
    a, b = positions[problem.edges[:, 0]], positions[problem.edges[:, 1]]
    c = controls(problem, positions)
    t = np.linspace(0, 1, _PIECES + 1)[:, None, None]
    points = (1 - t) ** 2 * a + 2 * t * (1 - t) * c + t**2 * b
    return points[:-1].reshape(-1, 2), points[1:].reshape(-1, 2)


def _reach(problem: LayoutProblem, a: np.ndarray, b: np.ndarray, end: int) -> np.ndarray:
    """Return how much of each edge lies inside the box at one of its ends."""
    unit = np.abs(b - a) / np.maximum(np.linalg.norm(b - a, axis=1), 1e-9)[:, None]
    return (problem.sizes[problem.edges[:, end]] / 2 / np.maximum(unit, 1e-9)).min(1)


def _turning(problem: LayoutProblem, positions: np.ndarray) -> float:
    """Penalise a reaction whose products lie on the side of its reactants."""
    reactants, products = _directions(problem, positions)
    both = reactants.any(1) & products.any(1)
    return 30 * float((1 + (reactants * products).sum(1)[both]).sum())


def _overlap(sizes: np.ndarray, positions: np.ndarray) -> float:
    """Sum how far boxes with their margin reach into each other."""
    gap = np.abs(positions[:, None] - positions[None]) - (sizes[:, None] + sizes[None]) / 2 - _MARGIN
    depth = np.minimum(-gap[..., 0], -gap[..., 1])
    np.fill_diagonal(depth, 0)
    return 8 * float(np.maximum(depth, 0).sum())


def _crossings(problem: LayoutProblem, a: np.ndarray, b: np.ndarray) -> float:
    """Count pairs of curve pieces that cross and belong to edges without a common node."""
    dx, dy = (b - a).T
    # on which side of piece i lie the ends of piece j: the sign of a cross product
    first = dx[:, None] * (a[None, :, 1] - a[:, None, 1]) - dy[:, None] * (a[None, :, 0] - a[:, None, 0])
    second = dx[:, None] * (b[None, :, 1] - a[:, None, 1]) - dy[:, None] * (b[None, :, 0] - a[:, None, 0])
    parted = first * second < 0
    return float((parted & parted.T & problem.foreign).sum()) / 2


def _intrusion(problem: LayoutProblem, positions: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """Sum how deep edges run into boxes that are not their ends."""
    direction = b - a
    length = np.maximum(np.linalg.norm(direction, axis=1), 1e-9)
    along = ((positions[:, None] - a[None]) * direction[None]).sum(-1) / length**2
    nearest = a[None] + np.clip(along, 0, 1)[..., None] * direction[None]
    off = np.abs(positions[:, None] - nearest) - problem.sizes[:, None] / 2 - 10
    depth = np.maximum(np.minimum(-off[..., 0], -off[..., 1]), 0)
    return float(depth[problem.strangers].sum())


def _sharp(problem: LayoutProblem, a: np.ndarray, b: np.ndarray) -> float:
    """Penalise two edges that leave a node in nearly the same direction."""
    unit = (b - a) / np.maximum(np.linalg.norm(b - a, axis=1), 1e-9)[:, None]
    outward = np.concatenate([unit, -unit])
    cosine = outward @ outward.T
    return 60 * float(np.maximum(cosine[problem.neighbours] - 0.8, 0).sum())
