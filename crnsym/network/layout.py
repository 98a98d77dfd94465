"""Where the boxes of a drawn network go.

Nodes are rectangles on a grid. From several starts (networkx layouts) a hill climb moves one node at a time to
lessen a cost of overlaps, crossings, edges through foreign boxes, long edges and arrows that point to the left.
"""

from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np

GRID = 15.0
_EDGE_LENGTH = 95.0
_ROUNDS = 44  # in each, every node tries one move
_MARGIN = 16.0
_PIECES = 3  # straight pieces that stand for a curve
_PAGE, _GUTTER = 640.0, 60.0  # width of a row of unconnected parts, and the space between them


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


def place(problem: LayoutProblem, seed: int = 0) -> np.ndarray:
    """Return the centre of every node, pixels, ``(nodes, 2)``; the same problem gives the same places."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(problem.sizes)))
    graph.add_edges_from(map(tuple, problem.edges.tolist()))
    parts = [np.array(sorted(part)) for part in nx.connected_components(graph)]
    placed = [_place_connected(_restricted(problem, part), seed) for part in parts]
    positions = np.zeros((len(problem.sizes), 2))
    for part, local, corner in zip(parts, placed, _shelves(problem, parts, placed), strict=True):
        positions[part] = local + corner
    return positions


def _restricted(problem: LayoutProblem, part: np.ndarray) -> LayoutProblem:
    """Return the problem of some nodes alone."""
    local = {int(node): i for i, node in enumerate(part)}
    chosen = [e for e, (a, _) in enumerate(problem.edges) if int(a) in local]
    edges = np.array([[local[int(a)], local[int(b)]] for a, b in problem.edges[chosen]], int).reshape(-1, 2)
    middle = {local[n]: (local[a], local[b]) for n, (a, b) in problem.midpoints.items() if n in local}
    return LayoutProblem(problem.sizes[part], edges, problem.turns[chosen], middle)


def _shelves(problem: LayoutProblem, parts: list[np.ndarray], placed: list[np.ndarray]) -> list[np.ndarray]:
    """Set unconnected parts side by side in rows; return what to add to the places of each."""
    boxes = []
    for part, local in zip(parts, placed, strict=True):
        half = problem.sizes[part] / 2
        boxes.append(((local - half).min(0), (local + half).max(0)))
    width = max(_PAGE, *(high[0] - low[0] for low, high in boxes)) if boxes else _PAGE
    x = y = row = 0.0
    corners = []
    for low, high in boxes:
        extent = high - low
        if x > 0 and x + extent[0] > width:
            x, y, row = 0.0, y + row + _GUTTER, 0.0
        corners.append(np.array([x, y]) - low)
        x, row = x + extent[0] + _GUTTER, max(row, extent[1])
    return corners


def _place_connected(problem: LayoutProblem, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rough = []
    for start in _starts(problem, seed):
        positions = _settle(problem, np.round(start / GRID) * GRID)
        rough.append(_improve(problem, positions, rng, _ROUNDS // 4, 8))
    rough.sort(key=lambda found: found[0])
    fine = [_improve(problem, positions, rng, _ROUNDS, 6) for _, positions in rough[:2]]
    return min(fine, key=lambda found: found[0])[1]


def _starts(problem: LayoutProblem, seed: int) -> list[np.ndarray]:
    n = len(problem.sizes)
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(map(tuple, problem.edges.tolist()))
    directed = nx.DiGraph(problem.edges.tolist())
    directed.add_nodes_from(range(n))
    scale = _EDGE_LENGTH * max(1.0, n**0.5) * 0.75
    layouts = [nx.spring_layout(graph, seed=seed + i, iterations=100) for i in range(2)]
    if n > 1:
        layouts.append(nx.kamada_kawai_layout(graph, pos=layouts[0]))
    starts = [np.array([layout[i] for i in range(n)]) * scale for layout in layouts]
    return [_turned_right(problem, s) for s in starts] + [_layers(directed, n)]


def _turned_right(problem: LayoutProblem, positions: np.ndarray) -> np.ndarray:
    """Turn a layout so that the arrows point to the right on the whole."""
    if not len(problem.edges):
        return positions
    flow = (positions[problem.edges[:, 1]] - positions[problem.edges[:, 0]]).sum(0)
    angle = np.arctan2(flow[1], flow[0]) if np.linalg.norm(flow) > 1e-9 else 0.0
    c, s = np.cos(-angle), np.sin(-angle)
    return positions @ np.array([[c, s], [-s, c]])


def _layers(graph: nx.DiGraph, n: int) -> np.ndarray:
    """Place nodes in columns by their distance from where reactions start."""
    condensed = nx.condensation(graph)
    depth = {}
    for component in nx.topological_sort(condensed):
        depth[component] = max((depth[p] + 1 for p in condensed.predecessors(component)), default=0)
    column = np.array([depth[condensed.graph["mapping"][i]] for i in range(n)])
    positions = np.zeros((n, 2))
    for x in np.unique(column):
        members = np.flatnonzero(column == x)
        positions[members, 0] = x * _EDGE_LENGTH * 0.8
        positions[members, 1] = (np.arange(len(members)) - (len(members) - 1) / 2) * 75
    return positions


def _settle(problem: LayoutProblem, positions: np.ndarray) -> np.ndarray:
    positions = positions.copy()
    for node, (a, b) in problem.midpoints.items():
        positions[node] = (positions[a] + positions[b]) / 2
    return positions


def _improve(
    problem: LayoutProblem, positions: np.ndarray, rng: np.random.Generator, steps: int, far: int
) -> tuple[float, np.ndarray]:
    """Move one node after the other as long as the cost falls."""
    best, free = cost(problem, positions), [i for i in range(len(positions)) if i not in problem.midpoints]
    steps = steps if len(positions) <= 40 else steps // 4
    for step in range(steps):
        reach = max(1, round(far * (1 - step / steps)))
        for node in rng.permutation(free):
            trial = positions.copy()
            if rng.random() < 0.2:  # into line with another node
                other, axis = rng.integers(len(positions)), rng.integers(2)
                trial[node, axis] = positions[other, axis]
            else:
                trial[node] += rng.integers(-reach, reach + 1, 2) * GRID
            trial = _settle(problem, trial)
            value = cost(problem, trial)
            if value <= best:
                best, positions = value, trial
    return best, positions


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
