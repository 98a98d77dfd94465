"""Errors of reading that nobody told of: what they add to one snapshot is taken back in the next."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..data.snapshots import Snapshots
from .observed import Jumps, Squares
from .result import SnapshotDiscovery
from .squares import LEAST_TIMES

SURE = 4.5  # standard errors from which a variance that comes and goes is believed


def reading_errors(squares: Squares, times: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Return how much of the variance of each count comes and goes between snapshots, ``(counts,)``, and its error.

    Of molecules, a step and the next are related by their drift alone; what errors of reading add to a snapshot is
    taken back in the next.
    """
    trapezoid = np.diff(times)[:, None] / 2
    runs = len(squares.values)
    step = np.diff(squares.values - squares.values.mean(axis=0), axis=1)
    drift = (squares.drifts - squares.drifts.mean(axis=0)) @ rates
    drift = trapezoid * (drift[:, 1:] + drift[:, :-1])
    noise = np.maximum((step**2).mean(axis=0), 1e-100)
    weight = 1 / (noise[:-1] * noise[1:])  # products of quiet intervals say most
    products = step[:, :-1] * (step[:, 1:] - drift[:, 1:])
    back = -(weight * products).sum(axis=1) / weight.sum(axis=0) * runs / (runs - 1)
    return np.stack([back.mean(axis=0), back.std(axis=0, ddof=1) / np.sqrt(runs)])


def with_reading_errors(
    found: SnapshotDiscovery, every: Sequence[Snapshots], jumps: Sequence[Jumps], rates: np.ndarray
) -> SnapshotDiscovery:
    """Doubt an answer whose counts hold a variance that comes and goes from snapshot to snapshot."""
    for shots, one in zip(every, jumps, strict=True):
        if one.squares is None or not shots.same_runs or len(shots.times) <= LEAST_TIMES:
            continue
        size, error = reading_errors(one.squares, shots.times, rates)
        if not (size > SURE * error).any():
            continue
        remark = "what is added to the counts in one snapshot is taken back in the next, as by errors of reading"
        if shots.kind == "lattice":
            sites, species = float(np.prod(shots.shape)) * shots.runs / len(one.values), len(shots.species)
            counts = one.squares.values.mean(axis=(0, 1))
            share = max(0.0, size.sum()) / (counts + (sites - counts) / species).sum()
            remark += f" {100 * share:.1g} % of the sites; give misread={share:.1g}"
        statement = f"The snapshots do not decide: {remark}. Without errors: {found.statement}"
        verdict = "not reached" if found.verdict == "decided" else found.verdict
        return replace(found, verdict=verdict, statement=statement, remarks=(*found.remarks, remark))
    return found
