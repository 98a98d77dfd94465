"""Is a model an equilibrium, or only its sampler after so many sweeps? Different sweeps and starts compared.

The published dynamic Boltzmann machine is a ten-step sampler: its moments at 10 and 1000 sweeps differ by half. What is
said of covariances, and with them of a closure, is true of a distribution only if these do not differ.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import checked
from ..errors import FitError
from ..network.arguments import real, whole_number
from ..training.progress import Reporter, as_progress
from .composition.couplings import pair_counts, run_swaps
from .composition.ensemble import Lattices
from .composition.model import CompositionDBM, check_model
from .composition.simulate import simulate_dbm

SWEEPS = (10, 100, 1000)
POINTS = 9
NOISE = 4.0  # standard errors that a difference may have by chance; there are many


@checked
@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Moments after different numbers of sweeps from different starts.

    Attributes
    ----------
    times, quantities, sweeps, starts
        What was compared.
    means
        ``(starts, sweeps, times, quantities)``, over chains.
    change_errors
        Standard errors of the change to the most sweeps, of the same shape, chain by chain.
    start_errors
        ``(sweeps, times, quantities)``, those of the distance of the last start from the first.
    tolerance
        Relative change that is taken for none.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> shots = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> model = cs.fit_dbm(shots)  # doctest: +SKIP
    >>> print(cs.diagnose(model, shots).statement)  # doctest: +SKIP
    """

    times: np.ndarray
    quantities: tuple[str, ...]
    sweeps: tuple[int, ...]
    starts: tuple[str, ...]
    means: np.ndarray
    change_errors: np.ndarray
    start_errors: np.ndarray
    tolerance: float

    def change(self, sweeps: int) -> np.ndarray:
        """Return the relative change from so many sweeps to the most, ``(times, quantities)``."""
        k = self.sweeps.index(sweeps)
        return self._relative(self.means[:, k], self.means[:, -1], self.change_errors[:, k]).max(axis=0)

    def between_starts(self, sweeps: int) -> np.ndarray:
        """Return the relative distance of the starts after so many sweeps, ``(times, quantities)``."""
        k = self.sweeps.index(sweeps)
        return self._relative(self.means[0, k], self.means[-1, k], self.start_errors[k])

    def holds(self, sweeps: int) -> np.ndarray:
        """Return at which times the moments after so many sweeps are those of an equilibrium, ``(times,)``."""
        worst = np.maximum(self.change(sweeps), self.between_starts(sweeps))
        return np.all(worst <= self.tolerance, axis=1)

    def _relative(self, one: np.ndarray, other: np.ndarray, error: np.ndarray) -> np.ndarray:
        """Return relative differences beyond what the scatter of so few chains makes."""
        scale = np.maximum(np.abs(other), 1e-3 * np.abs(other).max(axis=-2, keepdims=True) + 1e-12)
        return np.maximum(np.abs(one - other) - NOISE * error, 0) / scale

    @property
    def statement(self) -> str:
        """Say in words from how many sweeps on the model holds, and where it is a sampler."""
        most, lines = self.sweeps[-1], []
        for sweeps in self.sweeps[:-1]:
            holds, worst = self.holds(sweeps), np.maximum(self.change(sweeps), self.between_starts(sweeps))
            t, q = np.unravel_index(np.argmax(worst), worst.shape)
            where = f"{self.quantities[q]} at t = {self.times[t]:.4g}"
            if holds.all():
                most_off = 100 * worst[t, q]
                part = f"beyond chance they differ by {most_off:.0f} % at most ({where})"
                part = part if most_off >= 0.5 else "beyond chance they do not differ"
                lines.append(f"{sweeps} sweeps: the moments are those of {most} sweeps and of every start; {part}.")
                continue
            lines.append(
                f"{sweeps} sweeps: a sampler, not an equilibrium, at t = {_ranges(self.times, ~holds)}; there moments "
                f"differ from those of {most} sweeps or of another start by up to {100 * worst[t, q]:.0f} % ({where})."
            )
        apart = self.between_starts(most)
        t, q = np.unravel_index(np.argmax(apart), apart.shape)
        if apart[t, q] > self.tolerance:
            where = f"{self.quantities[q]} at t = {self.times[t]:.4g}"
            lines.append(
                f"Even after {most} sweeps the starts {' and '.join(self.starts)} differ by up to "
                f"{100 * apart[t, q]:.0f} % ({where}): there the sampler does not forget its start."
            )
        good = [s for s in self.sweeps[:-1] if self.holds(s).all()]
        verdict = (
            f"An equilibrium from {good[0]} sweeps on."
            if good
            else "Not an equilibrium: what is said of it holds for its sampler with a stated number of sweeps only."
        )
        return "\n".join([verdict, *lines])

    def __repr__(self) -> str:
        """Return the statement."""
        return self.statement


def _ranges(times: np.ndarray, flagged: np.ndarray) -> str:
    """Return flagged times as ``20, 60-100``."""
    parts, places = [], np.flatnonzero(flagged)
    for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
        low, high = f"{times[run[0]]:.4g}", f"{times[run[-1]]:.4g}"
        parts.append(low if len(run) == 1 else f"{low} to {high}")
    return ", ".join(parts)


def _check_sweeps(sweeps: object) -> None:
    given = list(sweeps) if isinstance(sweeps, Sequence) and not isinstance(sweeps, str) else []
    numbers = [n for n in map(real, given) if n is not None and n >= 0 and n == n // 1]
    if len(numbers) < max(2, len(given)) or numbers != sorted(set(numbers)):
        raise FitError(f"sweeps={sweeps!r}: give two or more increasing whole numbers, such as (10, 100, 1000)")


def compare_sweeps(
    sample: Callable[[str, Sequence[int]], np.ndarray],
    times: np.ndarray,
    quantities: Sequence[str],
    *,
    sweeps: Sequence[int] = SWEEPS,
    starts: Sequence[str] = ("random", "data"),
    tolerance: float = 0.10,
) -> Diagnosis:
    """Diagnose any sampler.

    Parameters
    ----------
    sample
        Takes a start and the numbers of sweeps, and returns quantities ``(sweeps, chains, times, quantities)``.
    times, quantities
        What the sampler returns.
    sweeps, starts, tolerance
        Numbers of sweeps in increasing order, names of starts, relative change that is taken for none.

    Examples
    --------
    >>> import numpy as np
    >>> import crnsym as cs
    >>> def sample(start, sweeps):
    ...     return np.stack([np.ones((4, 2, 1)) for _ in sweeps])
    >>> verdict = cs.compare_sweeps(sample, np.array([0.0, 1.0]), ["A"], sweeps=(10, 100))
    >>> verdict.holds(10).tolist()
    [True, True]
    """
    _check_sweeps(sweeps)
    found = np.stack([sample(start, sweeps) for start in starts])
    root = np.sqrt(found.shape[2])
    changes = (found - found[:, -1:]).std(axis=2) / root
    apart = (found[0] - found[-1]).std(axis=1) / root
    return Diagnosis(
        np.asarray(times),
        tuple(quantities),
        tuple(sweeps),
        tuple(starts),
        found.mean(axis=2),
        changes,
        apart,
        tolerance,
    )


def diagnose(
    model: CompositionDBM,
    snapshots: Lattices,
    times: ArrayLike | None = None,
    *,
    initial: int | Mapping[str, int] | None = None,
    sweeps: Sequence[int] = SWEEPS,
    chains: int = 40,
    tolerance: float = 0.10,
    seed: int = 0,
    progress: Reporter = None,
) -> Diagnosis:
    """Compare moments of a model at 10, 100 and 1000 sweeps, from random lattices and from snapshots.

    Parameters
    ----------
    model
        From `fit_dbm`.
    snapshots
        Lattices for the second start, as `simulate_dbm` takes them.
    times
        By default nine of the training.
    initial
        As in `simulate_dbm`.
    sweeps, chains, tolerance, seed
        What is compared, and how many lattices at each time.
    progress
        Function ``(stage, fraction, text)`` or reporter.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> shots = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> model = cs.fit_dbm(shots)  # doctest: +SKIP
    >>> verdict = cs.diagnose(model, shots, sweeps=(10, 50, 100), chains=20)  # doctest: +SKIP
    >>> verdict.holds(50)  # doctest: +SKIP
    """
    check_model(model)
    _check_sweeps(sweeps)
    chains = whole_number("chains", chains, 1)
    reporter = as_progress(progress)
    clock = times
    if clock is None:
        clock = model.times[np.rint(np.linspace(0, len(model.times) - 1, POINTS)).astype(int)]
    first = simulate_dbm(model, clock, chains, initial, sweeps=0, seed=seed, progress=progress)

    def sample(start: str, counts: Sequence[int]) -> np.ndarray:
        given = first
        if start != "random":
            options: Any = {"sweeps": 0, "start": snapshots, "seed": seed, "couplings": first.couplings}
            given = simulate_dbm(model, clock, chains, initial, **options)
        sites = given.sites.reshape(chains, len(first.times), -1)
        lattices = np.ascontiguousarray(np.swapaxes(sites, 0, 1))
        numbers, found = given.counts(), []
        for done in range(counts[-1] + 1):
            if done in counts:
                pairs = np.swapaxes(pair_counts(model.kernel, lattices), 0, 1)
                found.append(np.concatenate([numbers, pairs], axis=-1))
            if done < counts[-1]:
                run_swaps(model.kernel, lattices, first.couplings, 1, seed, 5000 + 2 * done + (start != "random"))
            reporter.report(f"sweeps from {start} lattices", done / counts[-1], f"{done} of {counts[-1]} sweeps")
        return np.stack(found)

    return compare_sweeps(sample, first.times, model.quantities, sweeps=sweeps, tolerance=tolerance)
