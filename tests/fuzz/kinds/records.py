"""Records of finished work: damaged ones never give what was not recorded."""

import json
import warnings
from pathlib import Path

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.trajectories import Trajectories
from crnsym.errors import RecordWarning
from crnsym.training.plain import decode, encode
from crnsym.training.records import Record, load_entry, save_entry

from ..case import expect, valid
from ..damage import choice, damaged_bytes, damaged_value

HEADER = {"data": "0" * 64, "seed": 0, "known": "A -> B @ 1"}


def entries(random: np.random.Generator) -> list[dict[str, object]]:
    """Entries as a search makes them."""
    return [
        {"key": f"{i:032x}", "chi2": float(random.lognormal()), "rates": random.random(3).tolist(), "converged": True}
        for i in range(int(random.integers(0, 8)))
    ]


def record_damaged(random: np.random.Generator, folder: Path) -> None:
    """What is read of a damaged record was recorded; then the record goes on."""
    path, written = folder / "fits.jsonl", entries(random)
    record = Record(path, HEADER)
    for entry in written:
        record.add(entry)
    record.close()
    path.write_bytes(damaged_bytes(random, path.read_bytes()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RecordWarning)
        record = Record(path, HEADER, resume=True)
    expect(all(entry in written for entry in record.entries), f"{record.entries} of {written}")
    more = entries(random)
    for entry in more:
        record.add(entry)
    record.close()
    with valid("a record that went on"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RecordWarning)
        again = Record(path, HEADER, resume=True)
    again.close()
    expect(again.entries == [*record.entries, *more], "a record that went on is not read")


def task_damaged(random: np.random.Generator, folder: Path) -> None:
    """A damaged result of a task is none."""
    text = encode({"a": random.random(4), "b": ("x", 1, None)})
    save_entry(folder / "t.task", HEADER, text)
    (folder / "t.task").write_bytes(damaged_bytes(random, (folder / "t.task").read_bytes()))
    try:
        found = load_entry(folder / "t.task", HEADER)
    except (ValueError, OSError):
        return
    expect(found == text, "a damaged result was taken")


def task_strange(random: np.random.Generator, folder: Path) -> None:
    """A text that names other classes, types or shapes builds nothing, or data of this package."""
    made = Mechanism(("A", "B"), np.array([[1, 0]]), np.array([[0, 1]]), np.array([0.3]))
    data = Trajectories(("A",), ("0",), (np.arange(3.0),), (np.ones((3, 1)),))
    value = json.loads(encode([made, data, random.random((2, 2)), ("x", {"k": 1.5})]))
    for _ in range(int(random.integers(1, 4))):
        value = damaged_value(random, value)
    text = json.dumps(value)
    if random.random() < 0.3:
        kinds = [
            "os:system",
            "crnsym.__main__:main",
            "crnsym.cli:app",
            "crnsym.files.single:write_bytes",
            "builtins:exec",
        ]
        text = text.replace("crnsym.data.mechanism:Mechanism", choice(random, kinds))
    try:
        decode(text)
    except ValueError as error:
        expect("not the result of a task" in str(error), error)


KINDS = {f.__name__: f for f in (record_damaged, task_damaged, task_strange)}
