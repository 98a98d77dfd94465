"""Random tables in honest styles, with the numbers that a person sees in them.

``python -m tests.data.written 5000`` counts how many are read rightly, refused, or read wrongly.
"""

import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from crnsym.data.tables import read_table
from crnsym.errors import DataError

TIMES = [
    ("time", ""), ("Time (min)", "min"), ("Time [s]", "s"), ("Time / min", "min"), ("t/h", "h"), ("time_s", "s"),
    ("tau", ""), ("min", "min"), ("hours", "h"), ("t", ""),
    ("Reaction time (h)", "h"), ("Temps (s)", "s"), ("Zeit (min)", "min"),
]  # fmt: skip
NAMES = [["A", "B", "C", "D"], ["1", "2", "3", "4"], ["H2O2", "Fe2+", "Cu (I)", "Cu (II)"], ["Cd", "Se", "CdSe", "SE"],
         ["ester", "acid", "4-NP", "K3[Fe(CN)6]"], ["S", "E", "ES", "P"]]  # fmt: skip
UNITS = [("", ""), (" (mM)", "mM"), (" [mM]", "mM"), (" / M", "M"), (", mM", "mM"), (" [g/L]", "g/L")]
GAPS = ["", "NA", "n.d.", "nan", "-", "<LOD"]


@dataclass(frozen=True)
class Style:
    """How numbers are written: what stands between fields, what is decimal, and between thousands."""

    delimiter: str
    decimal: str
    thousands: str


STYLES = [
    Style(",", ".", ""), Style(";", ",", ""), Style("\t", ".", ""), Style("\t", ",", ""), Style(";", ".", ""),
    Style(" ", ".", ""), Style("|", ".", ""), Style(",", ".", ","), Style("\t", ".", ","), Style(";", ",", "."),
    Style("\t", ",", "."), Style(",", ",", ""), Style("\t", ".", " "), Style(";", ",", "\u202f"), Style(",", ".", "'"),
    Style(" ", ",", ""),
]  # fmt: skip


def written(value: float, form: str, style: Style) -> str:
    """Write a number."""
    if form == "e":
        return f"{value:.3e}".replace(".", style.decimal)
    if form == "g":
        text = f"{value:.5g}"
        if "e" in text:
            text = f"{value:.9f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:.{form}f}"
    whole, point, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if style.thousands:
        groups = []
        while len(digits) > 3:
            groups.insert(0, digits[-3:])
            digits = digits[:-3]
        digits = style.thousands.join([digits, *groups])
    return sign + digits + (style.decimal if point else "") + rest


def seen(text: str, style: Style) -> float:
    """Return the number that a person sees who knows the style."""
    plain = text.replace(style.thousands, "") if style.thousands else text
    return float(plain.replace(style.decimal, "."))


def table(rng: random.Random) -> tuple[str, dict]:
    """Return the text of a table and what a person sees in it."""
    style = rng.choice(STYLES)
    count, species = rng.randint(4, 9), rng.choice(NAMES)[: rng.randint(1, 4)]
    header, time_unit = rng.choice(TIMES)
    suffix, unit = rng.choice(UNITS)
    if style.delimiter == " ":
        header, time_unit, suffix, unit = "time", "", "", ""
        species = [s for s in species if " " not in s]
    forms = [rng.choice("0123eg") for _ in species]
    time_form = rng.choice(["0", "1", "2", "3", "g"])
    scales = [10 ** rng.uniform(-1, 6) for _ in species]
    labels = rng.choice([[""], ["", ""], ["x", "y"], ["1", "2", "3"]])
    runs: dict[str, tuple[list[float], list[list[float]]]] = {}
    lines: list[list[str]] = []
    marked = rng.random() < 0.5
    used: list[str] = []
    for k, label in enumerate(labels):
        name = label or (str(k + 1) if len(labels) > 1 else "0")
        step = 10 ** rng.uniform(-0.5, 3.7)
        texts = [written(step * i * (1 + 0.1 * i), time_form, style) for i in range(count)]
        times = [seen(t, style) for t in texts]
        if any(b <= a for a, b in pairwise(times)):
            texts = [written(1000.0 * i, "0", style) for i in range(count)]
            times = [seen(t, style) for t in texts]
        rows, shape = [], rng.choice(["decay", "random"])
        for i, t in enumerate(texts):
            row, cells = [], []
            for scale, form in zip(scales, forms, strict=True):
                value = scale * (np.exp(-0.4 * i) if shape == "decay" else rng.random())
                cell = written(value, form, style)
                if marked and i and rng.random() < 0.1:
                    gap = rng.choice(GAPS if style.delimiter != " " else GAPS[1:])
                    cells.append(gap)
                    row.append(float("nan"))
                else:
                    cells.append(cell)
                    row.append(seen(cell, style))
                    used.append(cell)
            lines.append([*([label] if labels[0] else []), t, *cells])
            rows.append(row)
        runs[name] = (times, rows)
    names = [*(["run"] if labels[0] else []), header, *(s + suffix for s in species)]
    if rng.random() < 0.1 and len(labels) == 1:
        lines.reverse()
    body = [names, *lines]
    if rng.random() < 0.1 and style.delimiter not in " |":
        body.insert(0, ["Kinetics of run 7", *[""] * (len(names) - 1)])
    end = rng.choice(["\n", "\r\n"])
    text = end.join(style.delimiter.join(_quoted(c, style.delimiter) for c in row) for row in body) + end
    if rng.random() < 0.2:
        text = "\ufeff" + text
    return text, {"species": tuple(species), "runs": runs, "time_unit": time_unit, "unit": unit}


def _quoted(cell: str, delimiter: str) -> str:
    return f'"{cell}"' if delimiter in cell or (delimiter == " " and not cell) else cell


def verdict(path: Path, text: str, wanted: dict) -> tuple[str, str]:
    """Return ``right``, ``refused`` or ``wrong``, and why."""
    path.write_bytes(text.encode())
    try:
        data = read_table(path)
    except DataError as error:
        return "refused", str(error)
    if data.species != wanted["species"]:
        return "wrong", f"species {data.species} for {wanted['species']}"
    if data.experiments != tuple(wanted["runs"]):
        return "wrong", f"runs {data.experiments} for {tuple(wanted['runs'])}"
    if data.time_unit != wanted["time_unit"] or set(data.units or ("",)) != {wanted["unit"]}:
        return "wrong", f"units {data.time_unit} {data.units}"
    for (label, times, values), (t, v) in zip(data, wanted["runs"].values(), strict=True):
        if len(times) != len(t) or not np.allclose(times, t, rtol=1e-12, atol=0):
            return "wrong", f"times of {label}: {times} for {t}"
        if not np.allclose(values, np.array(v, float), rtol=1e-12, atol=0, equal_nan=True):
            return "wrong", f"values of {label}: {values.tolist()} for {v}"
    return "right", ""


def main(count: int, seed: int = 0) -> None:
    """Print how many tables are read rightly, and the reasons of the others."""
    rng, found, reasons = random.Random(seed), Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            text, wanted = table(rng)
            what, why = verdict(Path(folder) / "t.csv", text, wanted)
            found[what] += 1
            if what == "wrong":
                print(f"--- {number}: {why}\n{text[:600]}")
            elif "-v" in sys.argv:
                print(f"=== {number}: {why}\n{text[:400]}" if why else "", end="")
            elif what == "refused":
                reasons[" ".join(w for w in why.split() if not any(c.isdigit() or c in "/'" for c in w))[:70]] += 1
    print(dict(found))
    for reason, number in reasons.most_common(20):
        print(number, reason)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
