"""Documents of several parts: SBML with rules and events, EnzymeML, PEtab, saved answers, operations, pictures."""

import json
import shutil
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from crnsym.comparison.saved.file import load_discovery
from crnsym.data.operation.scale import Wanted
from crnsym.data.operation.table import read_operations
from crnsym.data.pictures import read_lattice
from crnsym.data.tables import read_table
from crnsym.data.trajectories import Trajectories
from crnsym.dynamics.sbml import simulate_case
from crnsym.formats import read
from crnsym.formats.petab import write_petab
from crnsym.network.text import network
from tests.data.test_enzymeml import archive, experiment
from tests.dynamics.sbml_models import event, model

from ..case import expect, prepared, valid
from ..damage import STRANGE, VALUES, choice, damaged_bytes, damaged_text, damaged_value

FORMULAS = [
    "time", "x", "sin(3*time)", "x*y", "x > 1", "piecewise(1, x > y, 0)", "exp(-x)", "y/(1+x)", "floor(time)", "x^2",
    "factorial(5)", "max(x, y)", "rem(time, 2)", "x > 1 && time > 2", "1/0", "ln(y)", "9^9^9", "abs(x - y)",
]  # fmt: skip


def _events(random: np.random.Generator, folder: Path) -> Path:
    formulas = [choice(random, FORMULAS) for _ in range(4)]
    happening = event("E0", f"{formulas[0]} >= {random.random():.2f}", x="x + 1", delay=choice(random, ["", "0.5"]))
    return model(
        folder,
        {"x": 1.0, "y": 2.0, "z": 0.0},
        rules={"z": formulas[1]} if random.random() < 0.5 else {},
        rates={"x": f"-0.3*x + 0.1*({formulas[2]})", "y": "0.2 - 0.1*y"},
        events=(happening,) if random.random() < 0.7 else (),
    )


@cache
def _simulated_once() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = model(Path(folder), {"x": 1.0}, rates={"x": "-x"}, events=(event("E0", "x < 0.9", x="2"),))
        simulate_case(path, {"start": 0, "duration": 1, "steps": 2, "variables": "x"})


@prepared(_simulated_once)
def sbml_simulated(random: np.random.Generator, folder: Path) -> None:
    """A model with rules and events, whole or damaged, is simulated or refused."""
    path = _events(random, folder)
    content = path.read_bytes()
    if random.random() < 0.4:
        content = damaged_text(random, content.decode().replace(">", ">\n")).encode(errors="replace")
    if random.random() < 0.4:
        content = damaged_bytes(random, content)
    path.write_bytes(content)
    simulate_case(path, {"start": 0, "duration": 3, "steps": 4, "variables": "x, y, z"})


def sbml_nested(random: np.random.Generator, folder: Path) -> None:
    """Elements and formulas nested to any depth, of any kind, end in an answer."""
    path = _events(random, folder)
    text = path.read_text()
    depth = int(10 ** random.uniform(0, 4.5))
    opened, closed = choice(
        random,
        [
            ("<apply><minus/>", "</apply>"), ("<apply><plus/><cn>1</cn>", "</apply>"), ("<apply><exp/>", "</apply>"),
            ("<piecewise><piece>", "<true/></piece></piecewise>"), ("<apply><times/><cn>2</cn>", "</apply>"),
        ],
    )  # fmt: skip
    parts = [
        ("<ci> x </ci>", opened * depth + "<ci> x </ci>" + closed * depth),
        ('<model id="m">', f'<model id="m"><notes>{_NOTE * depth}{"</p>" * depth}</notes>'),
        ('<model id="m">', f'<model id="m"><annotation>{_MARK * depth}{"</q>" * depth}</annotation>'),
        ("<listOfParameters>", "<listOfParameters>" * depth),
    ]
    old, new = choice(random, parts)
    path.write_text(text.replace(old, new, 1))
    if random.random() < 0.5:
        read(path)
    else:
        simulate_case(path, {"start": 0, "duration": 1, "steps": 2, "variables": "x"})


_NOTE, _MARK = '<p xmlns="http://www.w3.org/1999/xhtml">', '<q xmlns="urn:q">'


def enzymeml_damaged(random: np.random.Generator, folder: Path) -> None:
    """Archives and JSON of EnzymeML, damaged in any part, are read or refused."""
    if random.random() < 0.4:
        rows = [{"species_id": "s0", "initial": 2.0, "time": [0, 1, 2], "data": [2, 1.1, 0.6], "data_type": "conc"}]
        document: Any = {"name": "x", "small_molecules": [{"id": "s0", "name": "Ester"}], "measurements": []}
        document["measurements"].append({"id": "m0", "name": "run", "species_data": rows})
        for _ in range(int(random.integers(1, 4))):
            document = damaged_value(random, document)
        (folder / "a.json").write_text(json.dumps(document))
        read_table(folder / "a.json")
        return
    text = experiment(["s0", "s1"], [[("reactant", "s0", 2.0)], [("protein", "p0", 0.1)]])
    tables = ["0,2,0\n1,1.2,0.8\n5,0.1,1.9\n", "0,1,0\n2,0.4,\n4,0.2,0.8\n"]
    part = int(random.integers(3))
    if part == 0:
        text = damaged_text(random, text.replace(">", ">\n"))
    elif part == 1:
        tables[int(random.integers(2))] = damaged_text(random, tables[0].replace(",", " , "))
    path = archive(folder / "a.omex", text, tables)
    if part == 2:
        path.write_bytes(damaged_bytes(random, path.read_bytes()))
    elif random.random() < 0.2:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as made:
            made.writestr("experiment.xml", text)
    read_table(path)


@cache
def _saved() -> str:
    from crnsym.comparison.compare import compare
    from crnsym.comparison.saved.file import discovery_text

    times = np.linspace(0.0, 5.0, 8)
    values = np.column_stack([np.exp(-times / 2), 1 - np.exp(-times / 2)])
    data = Trajectories(("A", "B"), ("one",), (times,), (values + 0.001,))
    return discovery_text(compare([network("A -> B @ k; param k = 1"), network("A <-> B")], data))


@prepared(_saved)
def discovery_damaged(random: np.random.Generator, folder: Path) -> None:
    """A saved answer whose parts are of other kinds, or whose bytes are damaged, is read or refused."""
    text = _saved()
    if random.random() < 0.6:
        value = json.loads(text)
        for _ in range(int(random.integers(1, 4))):
            value = damaged_value(random, value)
        text = json.dumps(value)
    else:
        text = damaged_bytes(random, text.encode()).decode(errors="replace")
    (folder / "d.json").write_text(text, encoding="utf-8")
    found = load_discovery(folder / "d.json")
    str(found)


def petab_damaged(random: np.random.Generator, folder: Path) -> None:
    """The files of a PEtab problem, one of them damaged, are read or refused."""
    from crnsym.refit.petab.problem import read_petab

    times = np.array([0.0, 1.0, 2.0])
    data = Trajectories(("A", "B"), ("one",), (times,), (np.array([[1.0, 0.0], [0.6, 0.4], [0.4, 0.6]]),))
    yaml = write_petab(network("A -> B @ k; param k = 0.5; init A = 1, B = 0"), data, folder / "p")
    damaged = choice(random, sorted(yaml.parent.iterdir()))
    content = damaged_text(random, damaged.read_text().replace("\t", " \t ")).replace(" \t ", "\t")
    damaged.write_bytes(content.encode(errors="replace"))
    if random.random() < 0.3:
        damaged.write_bytes(damaged_bytes(random, damaged.read_bytes()))
    problem = read_petab(yaml)
    str(problem)


def operation_strange(random: np.random.Generator, folder: Path) -> None:
    """A table of what was done to a vessel, of any words and numbers, is read or refused."""
    heads = [
        "operation", "time", "until", "volume [mL]", "flow [mL/min]", "A [M]", "B", "experiment", "temperature [C]",
        "residence time", "duration", "what",
    ]  # fmt: skip
    words = ["start", "add", "feed", "withdraw", "stirred flow", "plug flow", "temperature", "one", "two", ""]
    cells = [*words, *"0123456789", "1.5", "-1", "1e9", "20 min", "0.5 L", *STRANGE, *map(str, VALUES[:9])]
    chosen = list(dict.fromkeys(choice(random, heads) for _ in range(int(random.integers(1, 7)))))
    lines = [",".join(chosen)]
    for _ in range(int(random.integers(0, 5))):
        row = [choice(random, words if head == "operation" else cells) for head in chosen]
        lines.append(",".join(str(cell).replace(",", ";").replace("\n", " ") for cell in row))
    (folder / "o.csv").write_text("\n".join(lines), encoding="utf-8")
    read_operations(folder / "o.csv", Wanted(("A", "B"), {"A": "M"}, "min"))


def picture_damaged(random: np.random.Generator, folder: Path) -> None:
    """A picture gives the lattice that was painted, or is refused where its bytes are damaged."""
    from PIL import Image

    sites = random.integers(0, 3, (int(random.integers(1, 9)), int(random.integers(1, 9))))
    colours = np.array([[255, 255, 255], [255, 0, 0], [0, 0, 255]], np.uint8)
    path = folder / choice(random, ["p.png", "p.bmp", "p.tiff", "p.gif"])
    Image.fromarray(colours[sites]).save(path)
    whole = random.random() < 0.3
    if not whole:
        path.write_bytes(damaged_bytes(random, path.read_bytes()))
    if not whole and random.random() < 0.1:
        shutil.copy(path, folder / "p.jpg")
        path = folder / "p.jpg"
    if whole:
        with valid(path.name):
            expect(bool((read_lattice(path, {"A": "red", "B": "blue"}) == sites).all()), "other sites than painted")
        return
    read_lattice(path, {"A": "red", "B": "blue"})


KINDS = {
    f.__name__: f
    for f in (
        sbml_simulated, sbml_nested, enzymeml_damaged, discovery_damaged, petab_damaged, operation_strange,
        picture_damaged,
    )
}  # fmt: skip
