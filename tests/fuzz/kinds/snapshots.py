"""Snapshots: what is written is read, and damaged files and strange arrays are refused."""

from pathlib import Path
from typing import Any

import numpy as np

from crnsym.data.snapshot_files import read_snapshots, write_snapshots
from crnsym.data.snapshots import Snapshots

from ..case import expect, valid
from ..damage import VALUES, choice, damaged_bytes


def some(random: np.random.Generator) -> Snapshots:
    """Valid snapshots of a lattice or of counts."""
    times = np.cumsum(random.random(int(random.integers(2, 5))) + 0.1)
    species = tuple(f"S{i}" for i in range(int(random.integers(1, 4))))
    runs = int(random.integers(2, 4))
    if random.random() < 0.5:
        values = random.integers(0, 10**6, (runs, len(times), len(species)))
        return Snapshots(species, times, values, "counts", same_runs=bool(random.random() < 0.5))
    sides = tuple(int(n) for n in random.integers(3, 7, int(random.integers(1, 4))))
    values = random.integers(0, len(species) + 1, (runs, len(times), *sides))
    return Snapshots(species, times, values, periodic=bool(random.random() < 0.5))


def snapshots_written(random: np.random.Generator, folder: Path) -> None:
    """Every entry comes back."""
    shots = some(random)
    write_snapshots(shots, folder / "s.npz")
    with valid(shots):
        again = read_snapshots(folder / "s.npz")
    for name, value in vars(shots).items():
        expect(np.array_equal(value, getattr(again, name)), name)


def snapshots_damaged(random: np.random.Generator, folder: Path) -> None:
    """Changed bytes are refused, or change nothing."""
    shots = some(random)
    write_snapshots(shots, folder / "s.npz")
    (folder / "s.npz").write_bytes(damaged_bytes(random, (folder / "s.npz").read_bytes()))
    again = read_snapshots(folder / "s.npz")
    expect(np.array_equal(again.values, shots.values), "changed numbers were taken for measured ones")


def snapshots_strange(random: np.random.Generator, folder: Path) -> None:
    """Entries of other kinds and shapes are refused."""
    entries: dict[str, Any] = {**vars(some(random))}
    for _ in range(int(random.integers(1, 3))):
        name = choice(random, [*entries, "more"])
        arrays = [np.array(v) for v in VALUES if not isinstance(v, list | dict)]
        arrays += [
            np.zeros((0, 3)),
            np.ones((2, 2, 2)),
            np.array(["a", "b"]),
            np.full((2, 2, 3), np.nan),
            np.array(b"x"),
        ]
        entries[name] = choice(random, arrays)
        if random.random() < 0.2:
            del entries[name]
    np.savez(
        folder / "s.npz",
        **{k: v for k, v in entries.items() if getattr(v, "dtype", None) is None or v.dtype.kind != "O"},
    )
    read_snapshots(folder / "s.npz")


KINDS = {f.__name__: f for f in (snapshots_written, snapshots_damaged, snapshots_strange)}
