"""Drawings, by reading the SVG back."""

import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from crnsym import Network, network
from crnsym.errors import NetworkError
from crnsym.network.drawing.cost import LayoutProblem, cost
from crnsym.network.drawing.layout import place

SVG = "{http://www.w3.org/2000/svg}"
NETWORKS = {
    "chain": "A -> B @ k1; B -> C @ k2; C -> 0 @ 0.5; 0 -> A @ 2",
    "enzyme": "E + S <-> ES @ k1, k2; ES -> E + P @ k3",
    "oscillator": "X -> 2 X @ a; X + Y -> 2 Y @ b; Y -> 0 @ c",
    "long names": "substrate_one -> intermediate_two @ k; intermediate_two <-> dimer @ 1, 2; substrate_one -> x @ 3",
    "apart": "A -> B @ 1; C + D -> E @ 2; F -> 0 @= sin(F*G)",
    "parallel": "A -> B @ 1; A -> B @ 2; A <-> B @ 3, 4; A + A -> B @ 5",
}


def boxes(text: str) -> list[tuple[float, float, float, float]]:
    """Return left, top, right, bottom of every species box."""
    root = ET.fromstring(text)
    found = []
    for rect in root.iter(f"{SVG}rect"):
        if "%" not in rect.attrib["width"]:
            x, y, w, h = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
            found.append((x, y, x + w, y + h))
    return found


def words(text: str) -> list[tuple[float, float, str]]:
    return [(float(t.attrib["x"]), float(t.attrib["y"]), t.text or "") for t in ET.fromstring(text).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", NETWORKS)
def test_boxes_do_not_overlap_and_labels_stay_out_of_them(name):
    net = network(NETWORKS[name])
    text = net.svg()
    found = boxes(text)
    assert len(found) == len(net.species)
    for a, b in itertools.combinations(found, 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    labels = [w for w in words(text) if w[2] not in net.species_names]
    assert labels
    for x, y, word in labels:
        assert not any(l < x < r and t < y - 4 < b for l, t, r, b in found), word
    for (xa, ya, _), (xb, yb, _) in itertools.combinations(labels, 2):
        assert abs(xa - xb) > 4 or abs(ya - yb) > 8


@pytest.mark.parametrize("name", NETWORKS)
def test_everything_lies_inside_the_picture(name):
    text = network(NETWORKS[name]).svg()
    left, top, width, height = map(float, ET.fromstring(text).attrib["viewBox"].split())
    for a, b, c, d in boxes(text):
        assert left < a < c < left + width
        assert top < b < d < top + height
    for x, y, _ in words(text):
        assert left < x < left + width
        assert top < y < top + height


def test_every_species_and_rate_constant_is_written():
    shown = {word for _, _, word in words(network("A -> B @ k1; B + E -> C + E @ 0.25; C -> A @ k_cat").svg())}
    assert {"A", "B", "C", "E", "k₁", "0.25", "k_cat"} <= shown


def test_the_drawing_is_the_same_every_time():
    net = network(NETWORKS["enzyme"])
    assert net.svg() == net.svg()


def test_names_are_escaped():
    text = network('"<a & b>" -> B @ 1').svg()
    assert "<a & b>" in [word for _, _, word in words(text)]


def test_a_network_too_large_for_a_picture_is_refused():
    large = network("; ".join(f"S{i} -> S{i + 1} @ 1" for i in range(60)))
    with pytest.raises(NetworkError, match="too many to draw"):
        large.svg()
    assert "<svg" not in large._repr_html_()


def test_an_empty_network_draws_nothing_and_does_not_fail():
    assert ET.fromstring(Network().svg()).tag == f"{SVG}svg"
    assert "<svg" not in Network()._repr_html_()


def test_a_straight_chain_costs_less_than_a_tangle():
    sizes = np.full((4, 2), 30.0)
    problem = LayoutProblem(sizes, np.array([[0, 1], [1, 2], [2, 3]]), np.zeros(3, int), {})
    line = np.array([[0.0, 0], [80, 0], [160, 0], [240, 0]])
    tangle = np.array([[0.0, 0], [80, 80], [80, 0], [0, 80]])
    assert cost(problem, line) < cost(problem, tangle)
    assert cost(problem, place(problem)) <= cost(problem, line)
