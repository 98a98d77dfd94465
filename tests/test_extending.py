"""What is meant to be extended is: in a copy of the package, one file and a line in one table each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import crnsym

LAW = '''"""Substrate inhibition."""

from dataclasses import dataclass

import sympy as sp

from ..symbols import symbol
from .base import RateLaw


@dataclass(frozen=True)
class Haldane(RateLaw):
    """rate = vmax S / (km + S + S^2/ki)."""

    vmax: sp.Expr
    km: sp.Expr
    ki: sp.Expr
    substrate: str

    kind, call, extensive, ontology = "haldane", "haldane", ("vmax", "km", "ki"), 260

    def expression(self, reaction):
        s = symbol(self.substrate)
        return self.vmax * s / (self.km + s + s**2 / self.ki)
'''
FORMAT = '''"""One reaction a line, without rates."""

from pathlib import Path

from ..network.text import network


def read(path):
    return network(Path(path).read_text())


def write(net, path, **metadata):
    Path(path).write_text("\\n".join(f"{r.reactants} -> {r.products}" for r in net.reactions))
'''
USE = """
import crnsym as cs
net = cs.network("S -> P @= haldane(S, V, 0.5, 2); param V = 3; init S = 1")
assert type(net.reactions[0].rate).__name__ == "Haldane"
assert str(net).splitlines()[0] == "S -> P  @= haldane(S, V, 0.5, 2)"
for suffix in ("crn", "json", "xml", "net", "ant"):
    cs.write(net, f"m.{suffix}")
    odes = cs.read(f"m.{suffix}").odes()["P"]
    assert (odes - net.odes()["P"]).simplify() == 0, suffix
for suffix in ("crn", "json", "xml"):
    assert type(cs.read(f"m.{suffix}").reactions[0].rate).__name__ == "Haldane", suffix
assert "<sbml" in open("m.xml").read() and 'sboTerm="SBO:0000260"' in open("m.xml").read()
from crnsym.network.amounts import to_amounts
big = to_amounts(net, 10)
assert str(big).splitlines()[0] == "S -> P  @= haldane(S, 10*V, 5, 20)"
cs.write(cs.network("2 A -> B; B -> C"), "m.steps")
assert open("m.steps").read() == "2 A -> B\\nB -> C"
assert len(cs.read("m.steps").reactions) == 2

from types import SimpleNamespace
from crnsym.comparison.candidate import Candidate
from crnsym.comparison.criteria import CRITERIA
from crnsym.comparison.result import Discovery
from crnsym.report.output import COLUMNS
assert list(CRITERIA) == ["bic", "aicc", "hannan_quinn"] and "hannan_quinn" in COLUMNS

def candidate(chi2, parameters):
    made = object.__new__(Candidate)
    object.__setattr__(made, "fit", SimpleNamespace(chi2=chi2, count=100))
    object.__setattr__(made, "n_parameters", parameters)
    return made

small, large = candidate(100.0, 2), candidate(96.5, 3)
found = object.__new__(Discovery)
object.__setattr__(found, "candidates", (small, large))
assert found.ranked_by("bic")[0] is small and found.ranked_by("hannan_quinn")[0] is large
"""
CRITERION = """

def hannan_quinn(chi2: float, count: int, parameters: int) -> float:
    return count * np.log(chi2 / count) + 2.0 * parameters * np.log(np.log(count))
"""


def insert(path: Path, before: str, line: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, line + before), encoding="utf-8")


@pytest.fixture(scope="module")
def extended(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("extended")
    copy = folder / "crnsym"
    shutil.copytree(Path(crnsym.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__", "demo"))
    laws = copy / "network" / "rate_laws"
    (laws / "haldane.py").write_text(LAW)
    insert(laws / "__init__.py", "from .hill import Hill as", "from .haldane import Haldane as Haldane\n")
    insert(laws / "__init__.py", "    Hill,\n", "    Haldane,\n")
    (copy / "formats" / "steps.py").write_text(FORMAT)
    insert(copy / "formats" / "__init__.py", '    ".xml": "sbml"', '    ".steps": "steps",\n')
    criteria = copy / "comparison" / "criteria.py"
    insert(criteria, "CRITERIA: dict", CRITERION.lstrip("\n") + "\n\n")
    criteria.write_text(criteria.read_text().replace('"aicc": aicc}', '"aicc": aicc, "hannan_quinn": hannan_quinn}'))
    return folder


def test_a_rate_law_a_format_and_a_criterion_are_a_file_and_a_line(extended, tmp_path):
    told = {**os.environ, "PYTHONPATH": str(extended), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", USE], cwd=tmp_path, env=told, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
