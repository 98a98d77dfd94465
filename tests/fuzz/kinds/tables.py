"""Tables: as instruments and spreadsheets write them, with the numbers and times that they hold; and damaged ones."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from crnsym.data.tables import read_table, write_table
from crnsym.data.trajectories import Trajectories

from ..case import expect, valid
from ..damage import STRANGE, VALUES, choice, damaged_bytes, damaged_text

SPECIES = ["A", "B", "C", "HMF", "glucose", "H2O2", "Fe(III)", "4-nitrophenol", "x1", "Stoff Ü", "NH4+", "p-cresol"]
TIMES = ["time", "t", "Time", "time [s]", "Time (min)", "time / h", "t [s]"]
GAPS = ["", "NA", "NaN", "n.d."]


def columns(random: np.random.Generator) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, times that increase, and values that no rule of tables refuses."""
    names = [str(s) for s in random.permutation(SPECIES)[: random.integers(1, 6)]]
    rows = int(random.integers(4, 30))
    times = np.cumsum(random.choice([0.25, 0.5, 1.75, 3.0]) * random.integers(1, 4, rows)) * 1.0
    values = random.lognormal(0.0, 1.5, (rows, len(names))) * 10.0 ** random.integers(-2, 3)
    return names, times - times[0], values


def number(random: np.random.Generator, value: float, decimal: str) -> str:
    """Write a number in one of the ways in which it has one meaning."""
    text = choice(random, [f"{value:.4f}", f"{value:.5e}", f"{value:.6g}", f"{value:.1f}"])
    return text.replace(".", decimal)


def table_numbers(random: np.random.Generator, folder: Path) -> None:
    """A text file of any delimiter and decimal sign; every number is known."""
    names, times, values = columns(random)
    delimiter, decimal = choice(random, [(",", "."), (";", "."), ("\t", "."), (";", ","), ("\t", ",")])
    digits = 4 if decimal == "," else int(random.integers(2, 7))  # three digits behind a comma may be thousands
    texts = [[f"{v:.{digits}f}".replace(".", decimal) for v in row] for row in values]
    gap = choice(random, GAPS)
    if len(times) > 8:
        texts[int(random.integers(2, len(times)))][int(random.integers(len(names)))] = gap
    clock = [f"{t:.4f}".replace(".", decimal) for t in times]
    header = [choice(random, TIMES), *(f'"{n}"' if random.random() < 0.2 else n for n in names)]
    lines = [delimiter.join(header), *(delimiter.join([t, *row]) for t, row in zip(clock, texts, strict=True))]
    if random.random() < 0.2:
        lines.insert(0, "# measured on a Monday")
    text = choice(random, ["\n", "\r\n"]).join(lines) + choice(random, ["", "\n", "\n\n"])
    path = folder / choice(random, ["d.csv", "d.txt", "d.tsv"])
    path.write_bytes(text.encode(choice(random, ["utf-8", "utf-8-sig"])))
    with valid(text):
        data = read_table(path)
    expected = np.array([[float(x.replace(decimal, ".")) if x != gap else np.nan for x in row] for row in texts])
    expect(data.species == tuple(names), f"{data.species} of {text}")
    expect(np.array_equal(data.values[0], expected, equal_nan=True), f"{data.values[0]} of {text}")
    expect(np.allclose(data.times[0], [float(t.replace(decimal, ".")) for t in clock], rtol=1e-12), f"times of {text}")


def table_runs(random: np.random.Generator, folder: Path) -> None:
    """Several runs under labels, rows mixed; every run has its own numbers."""
    runs = {}
    names, _, _ = columns(random)
    for label in random.permutation(["a", "b", "run 3", "x-1", "7"])[: random.integers(2, 5)]:
        _, times, _ = columns(random)
        runs[str(label)] = times, random.lognormal(0.0, 1.0, (len(times), len(names))).round(5)
    lines = [
        (t, f"{label},{t:g},{','.join(map(repr, map(float, row)))}")
        for label, (times, values) in runs.items()
        for t, row in zip(times, values, strict=True)
    ]
    if random.random() < 0.5:
        lines.sort(key=lambda item: item[0])
    text = "\n".join([f"{choice(random, ['experiment', 'run'])},time,{','.join(names)}", *(line for _, line in lines)])
    (folder / "d.csv").write_text(text, encoding="utf-8")
    with valid(text):
        data = read_table(folder / "d.csv")
    expect(set(data.experiments) == set(runs), f"{data.experiments} of {text}")
    for label, times, values in zip(data.experiments, data.times, data.values, strict=True):
        expect(np.array_equal(times, runs[label][0]) and np.array_equal(values, runs[label][1]), f"{label} of {text}")


def table_dates(random: np.random.Generator, folder: Path) -> None:
    """Dates and times of day in forms that have one meaning; seconds since the first row are known."""
    rows = int(random.integers(4, 20))
    start = datetime(
        int(random.integers(2001, 2035)), int(random.integers(1, 13)), int(random.integers(13, 28)), 9, 41, 7
    )
    form = choice(
        random, ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%H:%M:%S", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"]
    )
    most = 3000 if form == "%H:%M:%S" else 90000
    moments = [start]
    for _ in range(rows - 1):
        moments.append(moments[-1] + timedelta(seconds=int(random.integers(1, most))))
    if any(m.day < 13 for m in moments) and form.startswith(("%d", "%m")):
        moments = [start + timedelta(seconds=37 * i) for i in range(rows)]  # else day and month may change places
    lines = ["time,A", *(f"{m.strftime(form)},{v:.4f}" for m, v in zip(moments, random.random(rows), strict=True))]
    text = "\n".join(lines) + "\n"
    (folder / "d.csv").write_text(text, encoding="utf-8")
    with valid(text):
        data = read_table(folder / "d.csv")
    expected = np.array([(m - start).total_seconds() for m in moments])
    expect(np.allclose(data.times[0], expected, rtol=1e-9, atol=1e-6), f"{data.times[0]} of {text}")


def table_written(random: np.random.Generator, folder: Path) -> None:
    """What is written is read back to the last bit, whatever the species are called."""
    _, times, _ = columns(random)
    letters = list("ABCXYZxyz") + [s for s in STRANGE if s.isprintable() and len(s) < 12 and s.strip()]
    names = []
    while len(names) < 3:
        name = "".join(choice(random, letters) for _ in range(random.integers(1, 4))) + f"_{len(names)}q"
        names.append(name)
    values = tuple(random.lognormal(0.0, 2.0, (len(times), 3)) for _ in range(2))
    data = Trajectories(tuple(names), ("one", "=two"), (times, times + 0.25), values)
    write_table(data, folder / "d.csv")
    again = read_table(folder / "d.csv")
    expect(again.species == data.species, f"{again.species} for {names}")
    expect(again.experiments == data.experiments, again.experiments)
    for a, b in zip((*data.times, *data.values), (*again.times, *again.values), strict=True):
        expect(np.array_equal(a, b), f"numbers under {names}")


def table_damaged(random: np.random.Generator, folder: Path) -> None:
    """A table that was damaged is read or refused."""
    names, times, values = columns(random)
    rows = [",".join([f"{t:g}", *(number(random, v, ".") for v in row)]) for t, row in zip(times, values, strict=True)]
    text = "\n".join([",".join(["time", *names]), *rows]) + "\n"
    content = damaged_text(random, text).encode(errors="replace") if random.random() < 0.6 else text.encode()
    path = folder / choice(random, ["d.csv", "d.tsv", "d.txt", "d.xlsx", "d.xls", "d.ods"])
    path.write_bytes(damaged_bytes(random, content) if random.random() < 0.6 else content)
    read_table(path)


def table_strange(random: np.random.Generator, folder: Path) -> None:
    """Dicts and frames of whatever; read or refused."""
    cells: list[Any] = [*VALUES, *STRANGE, *random.random(20), *range(20), "2024-01-02", "12:30", np.float32(1.5), b"x"]
    rows = int(random.integers(0, 8))
    header = ["time", *(choice(random, [*SPECIES, *STRANGE, 3, 2.5, None, True]) for _ in range(random.integers(0, 4)))]
    table: Any = {}
    for i, name in enumerate(header):
        clean = random.random() < 0.5 or i == 0
        table[name] = [float(r) for r in range(rows)] if clean else [choice(random, cells) for _ in range(rows)]
    if random.random() < 0.3:
        table[choice(random, header)] = choice(random, VALUES)
    if random.random() < 0.3:
        import pandas

        try:
            table = pandas.DataFrame(table)
        except (ValueError, TypeError, OverflowError):  # nothing that pandas makes a frame of
            return
    read_table(table)


def table_workbook(random: np.random.Generator, folder: Path) -> None:
    """Workbooks: one with known numbers, or of whatever, or damaged."""
    import openpyxl

    names, times, values = columns(random)
    values = values.round(6)
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["time", *names])
    for t, row in zip(times, values, strict=True):
        sheet.append([float(t), *map(float, row)])
    clean = random.random() < 0.4
    for _ in range(0 if clean else int(random.integers(1, 5))):
        row, column = int(random.integers(1, len(times) + 3)), int(random.integers(1, len(names) + 3))
        value = choice(
            random, ["x", "=A1", "=1/0", 1e308, True, "#N/A", "1,5", "<0.1", None, datetime(2024, 1, 2), "n.d."]
        )
        sheet.cell(row, column, value)
    book.save(folder / "d.xlsx")
    if not clean and random.random() < 0.5:
        content = (folder / "d.xlsx").read_bytes()
        (folder / "d.xlsx").write_bytes(damaged_bytes(random, content))
    if not clean:
        read_table(folder / "d.xlsx")
        return
    with valid(names):
        data = read_table(folder / "d.xlsx")
    expect(data.species == tuple(names), data.species)
    expect(np.array_equal(data.values[0], values) and np.array_equal(data.times[0], times), "numbers of a workbook")


KINDS = {
    f.__name__: f
    for f in (
        table_numbers, table_runs, table_dates, table_written, table_damaged, table_strange, table_workbook,
    )
}  # fmt: skip
