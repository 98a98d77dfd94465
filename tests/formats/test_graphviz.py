"""Drawings in DOT."""

import shutil
import subprocess

import pytest

import crnsym as cs
from crnsym.errors import UnsupportedError
from crnsym.formats.graphviz import text
from tests.formats.models import EVERYTHING

NET = "E + S <-> C @ kf, kr; C -> E + P @ kcat; 2 P + X -> Q + X @ 1; A -> B @= k*A*Q"


def test_coefficients_catalysts_and_modifiers_are_drawn():
    lines = [line.strip() for line in text(cs.network(NET)).splitlines()]
    assert '"species:P" -> "reaction:4" [dir=none, label="2"];' in lines
    assert '"species:X" -> "reaction:4" [style=dashed, arrowhead=odot];' in lines
    assert '"species:Q" -> "reaction:5" [style=dashed, arrowhead=odot];' in lines
    assert sum("shape=square" in line for line in lines) == 5


def test_complexes_are_joined_by_reactions():
    lines = text(cs.network(NET), "complexes").splitlines()
    assert sum("shape=box" in line for line in lines) == 7
    assert sum(" -> complex_" in line for line in lines) == 4
    assert any("dir=both" in line and '"kf\\nkr"' in line for line in lines)


def test_an_unknown_drawing_names_the_known_ones():
    with pytest.raises(UnsupportedError, match="species, complexes"):
        text(cs.network(NET), "circles")


@pytest.mark.parametrize("form", ["species", "complexes"])
def test_graphviz_reads_it(form):
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    odd = cs.network(EVERYTHING + '\n"a \\ b" -> "c;{" @ 1')
    done = subprocess.run(["dot", "-Tsvg"], input=text(odd, form, title='a "b"'), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
