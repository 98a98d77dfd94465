"""A mechanism drawn as a graph of species (boxes) and reactions (dots)."""

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from ..comparison.candidate import Candidate
from ..data.mechanism import Mechanism
from .axes import on_axes, say
from .style import INK, PAPER, SOFT, colours, on_colour

EMPTY = "∅"
FONT = 11.0  # points
LONG = 9  # characters of a rate law that are too many for a label
CLEAR = 50.0  # degrees between a label and a line that are enough


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line between a reaction dot and a species, with its coefficient; ``head``: an arrow to the species."""

    species: str
    count: int
    head: bool
    catalyst: bool = False


@on_axes
def draw_mechanism(
    ax: Axes, mechanism: Mechanism | Candidate, names: list[str] | None = None, hidden: Sequence[str] = ()
) -> Axes:
    """Draw a mechanism; a reversible pair shares one dot, catalysts are joined by a dashed line.

    Parameters
    ----------
    ax
        Axes to draw on, whose frame is switched off; a figure of its own by default.
    mechanism
        What to draw; a candidate brings names and hidden species along.
    names
        One label a reaction, its rate constant.
    hidden
        Species that were not measured; drawn grey.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> cs.draw_mechanism(found[0]).figure.savefig("mechanism.png")
    """
    if isinstance(mechanism, Candidate):
        hidden = hidden or mechanism.hidden_species
        mechanism, labels = drawable(mechanism)
        names = names or labels
    names = names or [f"k{j + 1}" for j in range(len(mechanism.reactants))]
    if not names:
        return say(ax, "no reactions")
    steps = _steps(mechanism, names)
    positions = _layout(mechanism.species, steps)
    palette = {**colours(mechanism.species), **dict.fromkeys(hidden, SOFT)}
    points = np.array(list(positions.values()))
    ax.set_xlim(points[:, 0].min() - 0.3, points[:, 0].max() + 0.3)
    ax.set_ylim(points[:, 1].min() - 0.22, points[:, 1].max() + 0.26)
    ax.axis("off")
    for dot, (label, arrows) in steps.items():
        for arrow in arrows:
            both = sum(a.species == arrow.species for a in arrows) > 1
            _connect(ax, positions, dot, arrow, palette.get(arrow.species, SOFT), bent=arrow.head and both)
        x, y = positions[dot]
        ax.plot([x], [y], marker="o", ms=5, color=INK, zorder=4)
        across, up, clearance = _free_direction(ax, positions, dot, arrows)
        half = 0.0 if round(across) else 3.0 * len(label) + 4.0  # of the width in points, where it lies above or below
        away = float(np.clip(half / np.tan(min(clearance, 1.5)), 10.0, 20.0))
        ax.annotate(
            label, (x, y), xytext=(away * across, away * up), textcoords="offset points", fontsize=9, color=INK,
            zorder=5,
            ha=("right", "center", "left")[round(across) + 1], va=("top", "center", "bottom")[round(up) + 1],
            bbox={"boxstyle": "round,pad=0.12", "fc": PAPER, "ec": "none", "alpha": 0.85},
        )  # fmt: skip
    for name, (x, y) in positions.items():
        if name in palette:
            ax.text(
                x, y, name, ha="center", va="center", color=on_colour(palette[name]), fontsize=FONT, fontweight="bold",
                bbox={"boxstyle": "round,pad=0.42,rounding_size=0.5", "fc": palette[name], "ec": PAPER, "lw": 1.5},
                zorder=6,
            )  # fmt: skip
        elif name.startswith(EMPTY):
            ax.text(x, y, EMPTY, ha="center", va="center", color=SOFT, fontsize=13, zorder=6)
    return ax


def _free_direction(
    ax: Axes, positions: dict[str, tuple[float, float]], dot: str, arrows: list[Arrow]
) -> tuple[float, float, float]:
    """Return the direction from a dot that keeps clear of its lines, up if that does, and the angle to the nearest."""
    here = ax.transData.transform(positions[dot])
    lines = [np.arctan2(*(ax.transData.transform(positions[a.species]) - here)[::-1]) for a in arrows]
    best, clearance = 0.0, -1.0
    for angle in np.radians([90, -90, 45, 135, -45, -135, 0, 180]):
        free = min((abs(np.angle(np.exp(1j * (angle - line)))) for line in lines), default=np.pi)
        if free > clearance + 1e-6:
            best, clearance = float(angle), float(free)
        if clearance > np.radians(CLEAR):
            break
    return float(np.cos(best)), float(np.sin(best)), clearance


def drawable(candidate: Candidate) -> tuple[Mechanism, list[str]]:
    """Return what `draw_mechanism` draws of a candidate: its reactions and a short label for each."""
    if candidate.one_rate_each:
        return candidate.mechanism, list(candidate.rates)
    network = candidate.network
    sides = network.reactant_stoichiometry().T, network.product_stoichiometry().T
    texts = [r.rate.text() for r in network.reactions]
    labels = [t if len(t) < LONG else f"v{i + 1}" for i, t in enumerate(texts)]
    left, right = (np.rint(np.asarray(s, float)).astype(int) for s in sides)
    return Mechanism(tuple(network.species_names), left, right, np.zeros(len(labels))), labels


def drawing_height(mechanism: Mechanism, names: list[str], width: float) -> float:
    """Return the height that suits a drawing of this width, in its unit (inches)."""
    points = np.array(list(_layout(mechanism.species, _steps(mechanism, names)).values()) or [(0.0, 0.0)])
    across, up = np.ptp(points, axis=0) + np.array([0.6, 0.48])
    return float(np.clip(width * up / across, 0.22 * width, 0.8 * width))


def _steps(mechanism: Mechanism, names: list[str]) -> dict[str, tuple[str, list[Arrow]]]:
    """{dot: (label, arrows)}, reversible pairs together."""
    sides = [
        (tuple(map(int, a)), tuple(map(int, b))) for a, b in zip(mechanism.reactants, mechanism.products, strict=True)
    ]
    steps: dict[str, tuple[str, list[Arrow]]] = {}
    done: set[int] = set()
    for i, (a, b) in enumerate(sides):
        if i in done:
            continue
        reverse = next((j for j in range(i + 1, len(sides)) if j not in done and sides[j] == (b, a)), None)
        done |= {i} if reverse is None else {i, reverse}
        label = names[i] if reverse is None else f"{names[i]} ⇌ {names[reverse]}"
        back = reverse is not None
        arrows = []
        for s, left, right in zip(mechanism.species, a, b, strict=True):
            if left and left == right:
                arrows.append(Arrow(s, left, False, catalyst=True))
                continue
            if left:
                arrows.append(Arrow(s, left, back))
            if right:
                arrows.append(Arrow(s, right, True))
        for side, head in ((a, back), (b, True)):
            if not any(side):
                arrows.append(Arrow(f"{EMPTY}{i}", 1, head))
        steps[f"reaction {i}"] = (label, arrows)
    return steps


def _layout(species: tuple[str, ...], steps: dict[str, tuple[str, list[Arrow]]]) -> dict[str, tuple[float, float]]:
    """Positions by Kamada & Kawai (1989) from a circle, widened, the long axis horizontal; deterministic."""
    graph = nx.Graph()
    graph.add_nodes_from(s for s in species if any(a.species == s for _, arrows in steps.values() for a in arrows))
    for dot, (_, arrows) in steps.items():
        graph.add_node(dot)
        for arrow in arrows:
            graph.add_edge(dot, arrow.species)
    placed: dict[str, tuple[float, float]] = {}
    offset = 0.0
    for part in sorted(nx.connected_components(graph), key=len, reverse=True):
        sub = graph.subgraph([n for n in graph if n in part])
        raw = nx.kamada_kawai_layout(sub, pos=nx.circular_layout(sub))
        points = np.array([raw[n] for n in sub])
        points = (points - points.mean(axis=0)) * np.sqrt(len(points)) / 2.4
        if len(points) > 2:
            _, _, axes = np.linalg.svd(points, full_matrices=False)
            points = points @ axes.T
        points = points * np.sign(points[0] - points[-1] + 1e-12) * np.array([-1.0, 1.0])
        width = float(np.ptp(points[:, 0])) if len(points) > 1 else 0.0
        for name, (x, y) in zip(sub, points, strict=True):
            placed[name] = (float(x) + offset + width / 2.0, float(y))
        offset += width + 0.7
    return placed


def _connect(
    ax: Axes, positions: dict[str, tuple[float, float]], dot: str, arrow: Arrow, colour: str, bent: bool
) -> None:
    """Draw one line from a reaction dot to the edge of a species' box; ``bent`` beside another to the same box."""
    here, there = np.array(positions[dot]), np.array(positions[arrow.species])
    ax.add_patch(
        FancyArrowPatch(
            (float(here[0]), float(here[1])),
            (float(there[0]), float(there[1])),
            arrowstyle="-|>" if arrow.head else "-",
            mutation_scale=14,
            lw=1.6,
            color=colour,
            shrinkA=2,
            shrinkB=_distance_to_edge(ax, here, there, arrow.species),
            alpha=0.9,
            zorder=2,
            linestyle=(0, (3, 2)) if arrow.catalyst else "-",
            connectionstyle=f"arc3,rad={0.35 if bent else 0.0}",
        )
    )
    if arrow.count > 1:
        middle = here + 0.5 * (there - here)
        if bent:  # where the bow of the arc is
            along = ax.transData.transform(there) - ax.transData.transform(here)
            bow = ax.transData.transform(middle) + 0.175 * np.array([along[1], -along[0]])
            middle = ax.transData.inverted().transform(bow)
        ax.text(
            float(middle[0]), float(middle[1]), str(arrow.count),
            ha="center", va="center", fontsize=9, color=colour, fontweight="bold", zorder=5,
            bbox={"boxstyle": "circle,pad=0.14", "fc": PAPER, "ec": "none"},
        )  # fmt: skip


def _distance_to_edge(ax: Axes, here: np.ndarray, there: np.ndarray, name: str) -> float:
    """Distance in points from the middle of a species' box to its edge, in the direction of a line."""
    width = 9.0 if name.startswith(EMPTY) else 0.33 * FONT * len(name) + 7.0
    height = 9.0 if name.startswith(EMPTY) else 11.0
    dx, dy = np.abs(ax.transData.transform(there) - ax.transData.transform(here))
    length = float(np.hypot(dx, dy)) or 1.0
    return min(width * length / max(dx, 1e-9), height * length / max(dy, 1e-9)) + 1.0
