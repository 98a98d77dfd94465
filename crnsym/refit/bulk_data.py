"""Thousands of mechanisms and their measurements as padded arrays: structure is data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.mechanism import Mechanism
from ..data.trajectories import Trajectories
from ..errors import FitError, UnsupportedError

SLOTS = 3  # reactant molecules a reaction may have


@dataclass(frozen=True, slots=True)
class BulkData:
    """Measurements on a rectangular grid; what is missing has weight zero.

    Attributes
    ----------
    times, values, weights
        ``(runs, times)``, ``(runs, times, species)`` twice; a run that ends early repeats its last time.
        Gaps in ``values`` are interpolated (only the regression start and the step choice look there);
        ``weights`` is one over the residual's scale, zero where nothing was measured.
    initial
        ``(runs, species)`` states from which the runs are integrated.
    """

    species: tuple[str, ...]
    times: np.ndarray
    values: np.ndarray
    weights: np.ndarray
    initial: np.ndarray

    @property
    def steps(self) -> np.ndarray:
        """Lengths of the sampling intervals, ``(runs, times - 1)``, zero after the end of a run."""
        return np.diff(self.times, axis=1)


@dataclass(frozen=True, slots=True)
class BulkMechanisms:
    """Mechanisms padded to a common number of reactions.

    Attributes
    ----------
    counts
        ``(mechanisms,)`` reactions of each; what follows in the arrays is padding (no net change).
    slots
        ``(mechanisms, reactions, 3)`` index of each reactant molecule; ``len(species)`` is the dummy, fixed at 1.
    net
        ``(mechanisms, reactions, species)`` net stoichiometry.
    log_rates
        ``(mechanisms, reactions)`` as given.
    """

    counts: np.ndarray
    slots: np.ndarray
    net: np.ndarray
    log_rates: np.ndarray

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def mask(self) -> np.ndarray:
        """Which reactions are real, ``(mechanisms, reactions)``."""
        return np.arange(self.net.shape[1]) < self.counts[:, None]


def residual_scale(data: Trajectories, scale: object = None) -> list[np.ndarray]:
    """Return the scale of every residual, one array ``(times, species)`` a run.

    Parameters
    ----------
    data
        The measurements.
    scale
        None for the standard deviation of each species over all runs, an array ``(species,)``, or a noise
        model with ``relative`` and ``absolute`` parts ``(species,)``, combined at the measured values.
    """
    if hasattr(scale, "relative") and hasattr(scale, "absolute"):
        relative, absolute = np.asarray(scale.relative), np.asarray(scale.absolute)  # pyright: ignore[reportAttributeAccessIssue]
        return [np.hypot(relative * v, absolute) for v in data.values]
    if scale is None:
        deviation = np.nanstd(np.concatenate(data.values), axis=0)
        # A species that never changes still holds the mechanism to account, in units of its own size.
        size = np.nanmax(np.abs(np.concatenate(data.values)), axis=0)
        scale = np.where(deviation > 1e-9 * size, deviation, np.where(size > 0, size, 1.0))
    row = np.asarray(scale, dtype=float)
    if row.shape != (len(data.species),) or not np.all(np.isfinite(row) & (row > 0)):
        raise FitError(
            f"scale must hold one positive number for each of the {len(data.species)} species, got {scale!r}"
        )
    return [np.broadcast_to(row, v.shape) for v in data.values]


def prepare_data(data: Trajectories, *, scale: object = None, initial: np.ndarray | None = None) -> BulkData:
    """Put ragged runs with gaps on a rectangular grid.

    Parameters
    ----------
    data
        The measurements.
    scale
        See :func:`residual_scale`.
    initial
        ``(runs, species)`` initial states; by default the first value measured of each species.

    Raises
    ------
    FitError
        When a species was never measured in a run, or a shape does not fit.
    """
    if any(operation.flows for operation in data.operation or ()):
        raise UnsupportedError("refit_many knows no feeds and additions; compare and discover fit such runs")
    runs, length, width = len(data), max(map(len, data.times), default=0), len(data.species)
    if runs == 0 or length < 2:
        raise FitError("data hold no run with at least two times")
    times, values = np.zeros((runs, length)), np.zeros((runs, length, width))
    weights = np.zeros_like(values)
    for i, (t, v, s) in enumerate(zip(data.times, data.values, residual_scale(data, scale), strict=True)):
        n, seen = len(t), np.isfinite(v)
        times[i, :n], times[i, n:] = t, t[-1]
        for j in range(width):
            if not seen[:, j].any():
                raise FitError(
                    f"species {data.species[j]} was never measured in run {data.experiments[i]}; "
                    "leave the run out or fit it as a hidden species"
                )
            values[i, :, j] = np.interp(times[i], t[seen[:, j]], v[seen[:, j], j])
        with np.errstate(divide="ignore", invalid="ignore"):
            weights[i, :n] = np.where(seen & (s > 0), 1.0 / s, 0.0)
    if initial is None:
        initial = values[:, 0]
    if np.shape(initial) != (runs, width):
        raise FitError(f"initial must have shape {(runs, width)} (runs, species), got {np.shape(initial)}")
    return BulkData(tuple(data.species), times, values, weights, np.array(initial, dtype=float))


def pad_mechanisms(mechanisms: Sequence[Mechanism], species: tuple[str, ...], *, bucket: int = 4) -> BulkMechanisms:
    """Pad mechanisms to a common number of reactions, a multiple of ``bucket``.

    Raises
    ------
    FitError
        When a mechanism has other species than the data.
    UnsupportedError
        When a reaction has more than three reactant molecules.
    """
    most = max((len(m.log_rates) for m in mechanisms), default=0)
    width, number = -(-max(most, 1) // bucket) * bucket, len(mechanisms)
    slots = np.full((number, width, SLOTS), len(species), dtype=np.int64)
    net, log_rates = np.zeros((number, width, len(species))), np.zeros((number, width))
    for i, m in enumerate(mechanisms):
        if tuple(m.species) != tuple(species):
            raise FitError(
                f"mechanism {i} has species {', '.join(m.species)}, the data have {', '.join(species)}; "
                "the bulk path needs the same species in the same order"
            )
        if m.order > SLOTS:
            raise UnsupportedError(f"mechanism {i} has a reaction of order {m.order}; the bulk path goes to {SLOTS}")
        for j, row in enumerate(np.asarray(m.reactants, dtype=int)):
            molecules = np.repeat(np.arange(len(species)), row)
            slots[i, j, : len(molecules)] = molecules
        net[i, : len(m.log_rates)] = m.net_stoichiometry
        log_rates[i, : len(m.log_rates)] = m.log_rates
    counts = np.array([len(m.log_rates) for m in mechanisms], dtype=np.int64)
    return BulkMechanisms(counts, slots, net, log_rates)
