"""Rules that snapshots exclude without any regression, or cannot show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.snapshots import Snapshots
from ..network.elimination import null_space, rational
from .counts import CountRule
from .observed import Jumps, net_changes
from .rules import Rule

AnyRule = Rule | CountRule


@dataclass(frozen=True)
class Library:
    """The rules that were considered, and what the snapshots say of them before any fit.

    Attributes
    ----------
    rules
        All of them.
    usable
        Numbers of those that the regression may choose.
    laws
        Sums of counts that never changed, one array of whole coefficients each.
    broken
        Numbers of rules that would change such a sum.
    impossible
        Numbers of rules that had no place to act in any snapshot.
    invisible
        Numbers of rules that could act, but change none of the observables in the mean.
    """

    rules: tuple[AnyRule, ...]
    usable: tuple[int, ...]
    laws: tuple[np.ndarray, ...]
    broken: tuple[int, ...]
    impossible: tuple[int, ...]
    invisible: tuple[int, ...]


def examine(every: Sequence[Snapshots], rules: Sequence[AnyRule], jumps: Sequence[Jumps]) -> Library:
    """Sort the rules of a library.

    A sum of counts that is the same in all snapshots of a run is conserved by every rule that ever fired there.
    """
    species = len(every[0].species)
    apart = np.concatenate([_changes(shots) for shots in every])
    laws = () if any(shots.window for shots in every) else _kept_sums(apart)
    nets = net_changes(rules, species)
    changed = np.zeros(len(rules), dtype=bool)
    for law in laws:
        changed |= nets @ law != 0
    impossible = np.all([j.chances <= 0 for j in jumps], axis=0)
    shown = np.any([(j.changes != 0).any(axis=(0, 1, 2)) for j in jumps], axis=0)
    invisible = ~shown & ~impossible
    groups = (changed & ~impossible, impossible, invisible & ~changed)
    broken, never, hidden = (tuple(map(int, np.flatnonzero(g))) for g in groups)
    usable = tuple(map(int, np.flatnonzero(shown & ~changed & ~impossible)))
    return Library(tuple(rules), usable, laws, broken, never, hidden)


def _changes(shots: Snapshots) -> np.ndarray:
    """Return what counts differ by from the first of their run, ``(snapshots, species)``."""
    counts = shots.counts().astype(np.int64)
    apart = counts - (counts[:, :1] if shots.same_runs else counts[:1, :1])
    return apart.reshape(-1, counts.shape[2])


def _kept_sums(apart: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return an exact basis of the sums that vanish for all rows, ``(rows, species)``."""
    species = apart.shape[1]
    squares = [
        [int(x) for x in row] for row in apart.T @ apart
    ]  # the null space of a matrix is that of its Gram matrix
    rows = [{i: rational(c) for i, c in enumerate(row) if c} for row in squares if any(row)]
    found = null_space(rows, species)
    return tuple(np.array([int(law.get(i, 0)) for i in range(species)]) for law in found)


def law_text(law: np.ndarray, species: Sequence[str]) -> str:
    """Write a kept sum."""
    parts = [
        f"{'-' if c < 0 else '+'} {'' if abs(c) == 1 else f'{abs(c)} '}{n}"
        for c, n in zip(law, species, strict=True)
        if c
    ]
    return " ".join(parts).removeprefix("+ ")
