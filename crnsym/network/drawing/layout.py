"""Where the boxes of a drawn network go.

Nodes are rectangles on a grid. From several starts (networkx layouts) a hill climb moves one node at a time to
lessen the cost.
"""

import networkx as nx
import numpy as np

from .cost import LayoutProblem, cost

GRID = 15.0
_EDGE_LENGTH = 95.0
_ROUNDS = 44  # in each, every node tries one move
_PAGE, _GUTTER = 640.0, 60.0  # width of a row of unconnected parts, and the space between them


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
