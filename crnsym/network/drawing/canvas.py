"""A network as a drawing (SVG): species in rounded boxes, reactions as dots with arrows."""

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np

from ...errors import NetworkError
from ..arguments import seed_number
from .cost import LayoutProblem, controls
from .layout import place
from .sketch import Sketch, box_size, midpoints, sketch_of, text_width, turns

if TYPE_CHECKING:
    from ..network import Network

MOST_NODES = 80
"""Species and reactions that a drawing can hold; a larger network is no picture any more."""

_INK, _LINE, _BOX, _BORDER, _MUTED = "#1e293b", "#475569", "#eaf2fb", "#2f6aa8", "#94a3b8"
_FONT = "font-family=\"'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif\""
_DOT = 4.5


def svg(network: "Network", seed: int = 0) -> str:
    """Draw the network.

    Species are boxes (dashed if constant), a reaction is a dot with its rate constant, or a plain arrow between two
    species. Catalysts and modifiers hang on dotted lines. The drawing is the same every time.

    Returns
    -------
    str
        A complete ``<svg>`` element without outside resources.

    Raises
    ------
    NetworkError
        If the network has more species and reactions than `MOST_NODES`.
    """
    sketch = sketch_of(network)
    if len(sketch.labels) > MOST_NODES:
        raise NetworkError(f"{len(sketch.labels)} species and reactions are too many to draw (at most {MOST_NODES})")
    sizes = np.array([box_size(label, kind) for label, kind in zip(sketch.labels, sketch.kinds, strict=True)]).reshape(
        -1, 2
    )
    edges = [(a.node, a.reaction) if a.role != "out" else (a.reaction, a.node) for a in sketch.arcs]
    problem = LayoutProblem(sizes, np.array(edges, int).reshape(-1, 2), turns(sketch), midpoints(sketch))
    return _Canvas(sketch, problem, place(problem, seed_number(seed, most=2**31))).render()


def can_draw(network: "Network") -> bool:
    """Tell whether the network is small enough for a drawing, and not empty."""
    return 0 < len(network.species) + len(network.reactions) <= MOST_NODES // 2 or (
        0 < len(sketch_of(network).labels) <= MOST_NODES
    )


class _Canvas:
    """Places lines and labels and writes them out."""

    def __init__(self, sketch: Sketch, problem: LayoutProblem, positions: np.ndarray) -> None:
        self.sketch, self.sizes, self.positions = sketch, problem.sizes, positions
        self.midpoints, self.controls = problem.midpoints, controls(problem, positions)
        self.lines: list[str] = []
        self.labels: list[str] = []
        self.taken = [(*positions[i], *self.sizes[i]) for i in range(len(self.sizes))]  # boxes as centre and size
        self.points: list[np.ndarray] = []  # along every line, for labels to keep away from

    def render(self) -> str:
        reactions = [i for i, kind in enumerate(self.sketch.kinds) if kind == "reaction"]
        texts: list[tuple[str, np.ndarray, float, str]] = []
        for i in reactions:
            texts += self._reaction(i)
        for text, anchor, size, colour in texts:
            self._label(text, anchor, size, colour)
        boxes = [self._box(i) for i in range(len(self.sizes))]
        left, top, right, bottom = self._bounds()
        view = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{right - left:.0f}" '
            f'height="{bottom - top:.0f}" style="max-width:100%;height:auto" {_FONT} role="img">'
        )
        back = f'<rect x="{left:.0f}" y="{top:.0f}" width="100%" height="100%" rx="8" fill="#ffffff"/>'
        return "\n".join([head, back, *self.lines, *boxes, *self.labels, "</svg>"])

    def _bounds(self) -> tuple[float, float, float, float]:
        boxes = np.array(self.taken or [(0.0, 0.0, 40.0, 40.0)])
        low, high = boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2
        if self.points:
            drawn = np.concatenate(self.points)
            low, high = np.vstack([low, drawn]), np.vstack([high, drawn])
        return (*(low.min(0) - 14), *(high.max(0) + 14))

    # --- reactions ---------------------------------------------------------------------------------------------

    def _reaction(self, i: int) -> list[tuple[str, np.ndarray, float, str]]:
        """Draw a reaction; return the texts that need a place near a point: (text, point, size, colour)."""
        if self.sketch.is_direct(i):
            return self._arrow(i)
        centre = self.positions[i]
        texts = [(self.sketch.labels[i], centre, 13.0, _LINE)]
        for number, arc in enumerate(self.sketch.arcs):
            if arc.reaction != i:
                continue
            other, control, bent = self.positions[arc.node], self.controls[number], arc.role in ("in", "out")
            start = _border(other, self.sizes[arc.node], control, 3.0)
            end = centre if bent else _border(centre, np.array([14.0, 14.0]), other, 2.0)
            tip = arc.role == "out" or (arc.role == "in" and i in self.sketch.reversible)
            self._curve(start, control, end, tip, dotted=not bent)
            if arc.coefficient:
                near = _bezier(start, control, end, np.array([0.3]))[0]
                texts.append((arc.coefficient, near, 12.0, _INK))
        x, y = centre
        self.lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_DOT}" fill="{_LINE}"/>')
        return texts

    def _arrow(self, i: int) -> list[tuple[str, np.ndarray, float, str]]:
        """Draw a reaction of one species to another as one arrow through the reaction's place."""
        source, target = sorted(self.sketch.of(i), key=lambda arc: arc.role)  # 'in' before 'out'
        a, b = self.positions[source.node], self.positions[target.node]
        control = 2 * self.positions[i] - (a + b) / 2
        start = _border(a, self.sizes[source.node], control, 3.0)
        end = _border(b, self.sizes[target.node], control, 3.0)
        control = control + (start + end - a - b) / 2 if i in self.midpoints else control
        middle = _bezier(start, control, end, np.array([0.5]))[0]
        if i in self.sketch.reversible:
            near = _bezier(start, control, end, np.array([0.25]))[0]
            self._curve(start, near, middle, True, dotted=False)
            self._curve(end, _bezier(start, control, end, np.array([0.75]))[0], middle, True, dotted=False)
        else:
            self._curve(end, control, start, True, dotted=False)
        texts = [(self.sketch.labels[i], middle, 13.0, _LINE)]
        for arc, t in ((source, 0.2), (target, 0.75)):
            if arc.coefficient:
                texts.append((arc.coefficient, _bezier(start, control, end, np.array([t]))[0], 12.0, _INK))
        return texts

    def _curve(self, start: np.ndarray, control: np.ndarray, end: np.ndarray, tip: bool, dotted: bool) -> None:
        """Draw from the species (start, with the arrow head there) to the reaction (end)."""
        foot = start
        if tip:
            direction = (start - control) / max(float(np.linalg.norm(start - control)), 1e-9)
            foot = start - direction * 8
            side = np.array([-direction[1], direction[0]]) * 4.2
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (start, foot + side, foot + direction * 1.5, foot - side))
            self.lines.append(f'<polygon points="{corners}" fill="{_LINE}"/>')
        path = f"M{foot[0]:.1f},{foot[1]:.1f} Q{control[0]:.1f},{control[1]:.1f} {end[0]:.1f},{end[1]:.1f}"
        style = f'stroke="{_MUTED}" stroke-dasharray="2 4" stroke-linecap="round"' if dotted else f'stroke="{_LINE}"'
        self.lines.append(f'<path d="{path}" fill="none" {style} stroke-width="1.8"/>')
        self.points.append(_bezier(start, control, end, np.linspace(0, 1, 16)))

    # --- texts and boxes -----------------------------------------------------------------------------------------

    def _label(self, text: str, anchor: np.ndarray, size: float, colour: str) -> None:
        """Write a text at the free spot nearest to a point: clear of boxes, lines and other texts."""
        width, height = text_width(text, size) + 3, size + 1
        drawn = np.concatenate(self.points)
        best, best_cost = anchor, np.inf
        for distance in (6.0, 10.0, 15.0, 21.0, 28.0):
            for angle in np.arange(24) * np.pi / 12 - np.pi / 2:
                direction = np.array([np.cos(angle), np.sin(angle)])
                centre = anchor + direction * (distance + np.abs(direction) @ np.array([width, height]) / 2)
                off = np.abs(drawn - centre) - np.array([width, height]) / 2
                hits = float(np.sum(np.maximum(3 - off.max(1), 0)))
                for x, y, w, h in self.taken:
                    gap = max(abs(x - centre[0]) - (w + width) / 2, abs(y - centre[1]) - (h + height) / 2)
                    hits += 6 * max(3 - gap, 0)
                value = hits + 0.4 * distance + 0.6 * abs(direction[0])
                if value < best_cost - 1e-9:
                    best, best_cost = centre, value
        self.taken.append((best[0], best[1], width, height))
        self.labels.append(
            f'<text x="{best[0]:.1f}" y="{best[1] + size * 0.35:.1f}" font-size="{size:g}" text-anchor="middle" '
            f'fill="{colour}">{escape(text)}</text>'
        )

    def _box(self, i: int) -> str:
        kind, (x, y), (w, h) = self.sketch.kinds[i], self.positions[i], self.sizes[i]
        if kind == "reaction":
            return ""
        if kind == "empty":
            return f'<text x="{x:.1f}" y="{y + 6:.1f}" font-size="18" text-anchor="middle" fill="{_MUTED}">∅</text>'
        dash = ' stroke-dasharray="5 3"' if kind == "fixed" else ""
        return (
            f'<rect x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}" rx="9" fill="{_BOX}" '
            f'stroke="{_BORDER}" stroke-width="1.6"{dash}/>'
            f'<text x="{x:.1f}" y="{y + 5.2:.1f}" font-size="15" font-weight="600" text-anchor="middle" '
            f'fill="{_INK}">{escape(self.sketch.labels[i])}</text>'
        )


def _border(centre: np.ndarray, size: np.ndarray, towards: np.ndarray, gap: float) -> np.ndarray:
    """Return the point where the line from a box's centre leaves the box, a little outside."""
    direction = towards - centre
    length = float(np.linalg.norm(direction))
    if length < 1e-9:
        return centre
    unit = direction / length
    scale = min(s / 2 / abs(u) if abs(u) > 1e-9 else np.inf for s, u in zip(size, unit, strict=True))
    return centre + unit * (scale + gap)


def _bezier(start: np.ndarray, control: np.ndarray, end: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return points on a quadratic curve."""
    t = t[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
