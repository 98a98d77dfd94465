"""Tables composed by chance of what laboratories' tables have, with what a person reads in them.

``python -m tests.data.composed 100 [FIRST]`` counts how many are read rightly, refused, or read wrongly: titles, units
in six places, runs as labels, blocks, restarts or side by side, counters and notes, gaps in words, footnotes.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from crnsym.data.tables import read_table
from crnsym.errors import DataError

UNITS = {
    "M": ["M", "mol/L", "mol L-1", "mol·L⁻¹", "mol dm⁻³"], "mM": ["mM", "mmol/L", "mmol L⁻¹"], "uM": ["µM", "μmol/L"],
    "g/L": ["g/L", "g L-1", "mg/mL"], "%": ["%"], "": [""],
}  # fmt: skip
TIMES = {"s": ["s", "sec", "seconds"], "min": ["min", "mins", "minutes"], "h": ["h", "hr", "hours"], "d": ["d", "days"]}
CLOCKS = ["Time", "t", "Reaction time", "Time elapsed", "Zeit", "Temps", "Contact time", "Irradiation time"]
NAMES = [
    ["A", "B", "C"], ["1", "2", "3"], ["1a", "2a", "3a"], ["ester", "acid", "alcohol"], ["SM", "Int", "Prod"],
    ["H2O2", "Fe2+", "Fe3+"], ["styrene", "styrene oxide", "benzaldehyde"], ["S", "ES", "P"], ["NH4+", "NO2-", "NO3-"],
]  # fmt: skip
CONCENTRATIONS = ["{}", "[{}]", "c({})", "{} conc.", "C_{}"]
UNIT_PLACES = ["{} ({})", "{} [{}]", "{}/{}", "{} / {}", "{}, {}", "{} in {}"]
FORMATS = [(",", "."), (",", "."), (";", ","), (";", "."), ("\t", "."), ("\t", ",")]
GAPS = ["", "n.d.", "NA", "-", "n/a", "nd"]
NOTES = ["n.d. = not detected", "All values are means of two injections", "k = 0.06 min-1"]
BASE = [0, 1, 2, 5, 10, 20, 30, 60]

Cells = list[list[str]]
"""Texts of one run: the times, and a list a species."""


@dataclass
class Seen:
    """What a person reads: species, times, a list of values a species and run, and units."""

    species: list[str]
    times: list[int]
    runs: list[np.ndarray]
    unit: str
    time_unit: str


def table(rng: random.Random) -> tuple[str, Seen]:
    """Return the text of a table, and what is in it."""
    delimiter, decimal = rng.choice(FORMATS)
    time_unit, unit = rng.choice(list(TIMES)), rng.choice(list(UNITS))
    species = rng.choice(NAMES)[: rng.randint(2, 3)]
    place, sign = rng.choice(UNIT_PLACES), rng.choice(CONCENTRATIONS)
    headers = [place.format(rng.choice(CLOCKS), rng.choice(TIMES[time_unit]))]
    word = rng.choice(UNITS[unit])
    headers += [place.format(sign.format(s), word) if word else sign.format(s) for s in species]
    times, count = BASE[: rng.randint(5, 8)], rng.choice([1, 1, 1, 2, 2, 3])
    form, scale = rng.choice(["{:.2f}", "{:.3f}", "{:.4f}", "{:.2e}"]), 10 ** rng.uniform(0, 1)
    runs, values = [], []
    for k in range(count):
        left = np.exp(-0.06 * np.array(times))
        texts = [
            [form.format(scale * (1 + 0.7 * k) * v) for v in c] for c in (left, 0.8 * (1 - left), 0.2 * (1 - left))
        ]
        texts = texts[: len(species)]
        numbers = np.array(texts, float)
        if rng.random() < 0.3:
            row, column = rng.randrange(2, len(times)), rng.randrange(len(species))
            texts[column][row], numbers[column, row] = rng.choice(GAPS), np.nan
        runs.append([[t.replace(".", decimal) if t[:1].isdigit() else t for t in c] for c in texts])
        values.append(numbers.T)
    lines = arranged(rng, headers, [str(t) for t in times], runs)
    if rng.random() < 0.2:
        lines += [[], [rng.choice(NOTES)]]
    end = rng.choice(["\n", "\r\n"])
    quoted = (delimiter.join(f'"{c}"' if delimiter in c else c for c in line) for line in lines)
    text = rng.choice(["", "\ufeff"]) + "".join(line + end for line in quoted)
    return text, Seen(species, times, values, unit, time_unit)


def arranged(rng: random.Random, headers: list[str], times: list[str], runs: list[Cells]) -> list[list[str]]:
    """Return the cells of all lines: one run, or several in one of four ways."""
    if len(runs) == 1:
        title = [[rng.choice(["Kinetics of the hydrolysis", "Table 2. Time course"])]] if rng.random() < 0.35 else []
        header, rows = with_extra(rng, headers)
        return [*title, header, *rows(body(times, runs[0]), 0)]
    way = rng.choice(["label", "blocks", "restart", "side"])
    if way == "side":
        above = chain.from_iterable([f"Run {k}", *[""] * len(headers)] for k in range(1, len(runs) + 1))
        rows = zip(*(body(times, run) for run in runs), strict=True)
        beside = [[*headers, ""] * len(runs), *([c for part in row for c in (*part, "")] for row in rows)]
        return [line[:-1] for line in [list(above), *beside]]
    if way == "label":
        named = ([str(k), *row] for k, run in enumerate(runs, 1) for row in body(times, run))
        return [[rng.choice(["Run", "Experiment", "run no.", "Batch"]), *headers], *named]
    header, rows = with_extra(rng, headers)
    found = [rows(body(times, run), k) for k, run in enumerate(runs)]
    if way == "restart":
        return [header, *chain.from_iterable(found)]
    word = rng.choice(["Run", "Experiment"])
    return [line for k, part in enumerate(found, 1) for line in ([f"{word} {k}"], header, *part, [])]


def with_extra(rng: random.Random, headers: list[str]) -> tuple[list[str], Callable[[Cells, int], Cells]]:
    """Return a header with one column more, or none, and what puts that column into the rows of a run."""
    what = rng.choice(["", "", "Entry", "Sample", "Remarks"])
    if what == "Entry":
        return [what, *headers], lambda rows, k: [[str(i + 1 + k * len(rows)), *r] for i, r in enumerate(rows)]
    if what == "Sample":
        return [what, *headers], lambda rows, k: [[f"KX-{100 + i + 20 * k}", *r] for i, r in enumerate(rows)]
    if what == "Remarks":
        return [*headers, what], lambda rows, k: [[*r, "" if i % 3 else "turbid"] for i, r in enumerate(rows)]
    return headers, lambda rows, k: rows


def body(times: list[str], run: Cells) -> Cells:
    """Return the rows of a run."""
    return [list(row) for row in zip(times, *run, strict=True)]


def verdict(path: Path, text: str, seen: Seen) -> tuple[str, str]:
    """Return ``right``, ``refused`` or ``wrong``, and why."""
    path.write_bytes(text.encode())
    try:
        data = read_table(path)
    except DataError as error:
        return "refused", str(error)
    told = (list(data.species), len(data), data.time_unit, set(data.units or ("",)))
    wanted = (seen.species, len(seen.runs), seen.time_unit, {seen.unit})
    if told != wanted:
        return "wrong", f"{told} for {wanted}"
    for (label, times, values), numbers in zip(data, seen.runs, strict=True):
        if not np.array_equal(times, seen.times) or not np.allclose(values, numbers, rtol=1e-12, equal_nan=True):
            return "wrong", f"run {label}: {times} {values.tolist()}"
    return "right", ""


def main(count: int, first: int = 0) -> None:
    """Print the numbers and what was not read rightly."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            text, seen = table(random.Random(seed))
            what, why = verdict(Path(folder) / "t.csv", text, seen)
            found[what] += 1
            if what != "right":
                print(f"{seed}: {what}: {why}\n{text}")
    print(dict(found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
