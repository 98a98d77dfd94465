"""Trajectories as padded arrays in units of order one, and the grid that the integrator steps on."""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import numpy as np
from jaxtyping import Array

from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError

HORIZON = 40.0  # duration of a typical run in scaled time; with it the start ln k = -2 is a few turnovers a run
STRIDES = (1, 2, 3, 4)
COARSE = 0.05  # largest error of straight lines between measurements, as a part of a species' range
MOST_SUBSTEPS = 8
BLOCKS = 8  # parts of a run, so that a short transient is not averaged away


class Batch(eqx.Module):
    """All experiments with a leading axis; one step of the training sees one slice.

    Attributes
    ----------
    index
        ``()`` number of the experiment.
    initial
        ``(species,)`` measured initial state.
    steps
        ``(nodes,)`` lengths of the integration steps; 0 is padding.
    node, position
        ``(times,)`` the node before each measurement, and how far it lies between that and the next, in [0, 1].
    times
        ``(times,)``, strictly increasing, padding included.
    values, mask
        ``(times, species)`` measurements, and whether there was one.
    temperature
        ``()`` in kelvin.
    """

    index: Array
    initial: Array
    steps: Array
    node: Array
    position: Array
    times: Array
    values: Array
    mask: Array
    temperature: Array


@dataclass(frozen=True)
class Scaling:
    """Units in which training happens: c = ``concentrations`` * x, t = ``time`` * tau.

    ``amount`` is the unit in which stoichiometry is counted (the geometric mean of the species' units), so that
    dx_i/dtau = (amount / concentrations_i) sum_j s_ji r_j with integers s unchanged.
    """

    concentrations: np.ndarray
    time: float
    amount: float
    floor: np.ndarray

    @property
    def stoichiometry_scale(self) -> np.ndarray:
        """What dx_i/dtau is divided by, ``(species,)``."""
        return self.concentrations / self.amount

    def log_rates(self, orders: np.ndarray, scaled: np.ndarray) -> np.ndarray:
        """Return ln k in the units of the data from those of the scaled problem."""
        return scaled + np.log(self.amount / self.time) - orders @ np.log(self.concentrations)


def check_measured(data: Trajectories) -> None:
    """Refuse data in which a species has no value at all."""
    measured = [bool(np.isfinite(column).any()) for column in np.concatenate(data.values).T]
    if not all(measured):
        missing = ", ".join(name for name, there in zip(data.species, measured, strict=True) if not there)
        raise DataError(f"species {missing} has no value; leave it out")


def scaling_of(data: Trajectories, noise: NoiseModel) -> Scaling:
    """Choose units so that concentrations, duration and rates are of order one.

    Raises
    ------
    DataError
        If a species was never measured, or no run has two times.
    """
    check_measured(data)
    stacked = np.concatenate(data.values)
    largest = np.where(np.isfinite(stacked), np.abs(stacked), 0.0).max(axis=0)
    # A species that hardly changes (a catalyst) is measured by its size, not by its noise.
    units = np.maximum(data.ranges(), 0.3 * largest)
    units = np.where(units > 0, units, np.exp(np.mean(np.log(units[units > 0]))) if (units > 0).any() else 1.0)
    spans = np.concatenate([times - times[0] for times in data.times])
    if not (spans > 0).any():
        raise DataError("no run has two different times; trajectories are needed")
    time = 2.0 * float(np.median(spans[spans > 0])) / HORIZON
    floor = np.maximum(1e-5, 0.1 * noise.absolute / units)
    return Scaling(units, time, float(np.exp(np.mean(np.log(units)))), floor)


def make_batch(data: Trajectories, scaling: Scaling, step: int = 1) -> Batch:
    """Scale, pad and mask the runs; leading axis ``experiments`` everywhere.

    Parameters
    ----------
    data, scaling
        The runs and their units.
    step
        Measurements an integration step covers; -n makes n steps between two measurements.
    """
    runs = [_run(times, values, scaling, step) for times, values in zip(data.times, data.values, strict=True)]
    nodes, length = max(len(r["steps"]) for r in runs), max(len(r["times"]) for r in runs)
    size = {"steps": nodes, "node": length, "position": length, "times": length, "values": length, "mask": length}
    fields: dict[str, Any] = {"index": np.arange(len(data))}
    for name in runs[0]:
        rows = [r[name] for r in runs]
        if name == "times":
            rows = [np.append(r, r[-1] + 1e-6 * HORIZON * np.arange(1, length + 1))[:length] for r in rows]
        elif name in size:
            rows = [np.concatenate([r, np.zeros((size[name] - len(r), *r.shape[1:]), r.dtype)]) for r in rows]
        fields[name] = np.stack(rows)
    temperatures = data.temperatures or (298.15,) * len(data)
    fields["temperature"] = np.asarray(temperatures, float)
    return Batch(**fields)


def choose_step(data: Trajectories, noise: NoiseModel) -> int:
    """How many measurements one integration step may cover; -n for n steps between two measurements.

    A straight line over 2 m intervals errs by about (lambda m h)^2 / 2 where things change at the rate lambda; as long
    as the data, noise apart, show less than 5 % of a species' range, a Runge-Kutta step of m h errs by 1e-4 or less.
    """
    unresolved = _interpolation_error(data, noise, 1) / COARSE
    if unresolved > 1.0:
        return -min(MOST_SUBSTEPS, int(np.ceil(np.sqrt(unresolved))) + 1)
    longest = max(len(times) for times in data.times)
    return max(m for m in STRIDES if m == 1 or (longest >= 24 * m and _interpolation_error(data, noise, m) < COARSE))


def is_stiff(data: Trajectories) -> bool:
    """Whether the times themselves say that the problem is stiff: steps that differ more than 300-fold."""
    steps = np.concatenate([np.diff(times) for times in data.times if len(times) > 1])
    return bool(steps.max() / steps.min() > 300.0)


def _run(times: np.ndarray, values: np.ndarray, scaling: Scaling, step: int) -> dict[str, np.ndarray]:
    tau, x = (times - times[0]) / scaling.time, values / scaling.concentrations
    if step > 0:
        grid = np.unique(np.append(tau[::step], tau[-1]))
    else:
        parts = np.linspace(0.0, 1.0, -step, endpoint=False)
        grid = np.append((tau[:-1, None] + np.diff(tau)[:, None] * parts).ravel(), tau[-1])
    steps = np.diff(grid) if len(grid) > 1 else np.zeros(1)
    node = np.clip(np.searchsorted(grid, tau, side="right") - 1, 0, len(steps) - 1)
    position = (tau - grid[node]) / np.where(steps[node] > 0, steps[node], 1.0)
    mask = np.isfinite(x)
    # The first value of a species that is missing at the start is the best guess there is.
    first = np.array([c[np.isfinite(c)][0] if np.isfinite(c).any() else 0.0 for c in x.T])
    return {
        "initial": np.maximum(first, 0.0),
        "steps": steps,
        "node": node,
        "position": position,
        "times": tau,
        "values": np.where(mask, x, 0.0),
        "mask": mask,
    }


def _interpolation_error(data: Trajectories, noise: NoiseModel, half: int) -> float:
    """Error beyond the noise, as a part of the range, of straight lines over ``2 * half`` intervals.

    Root mean square within each of some blocks in time; the worst block of the worst species.
    """
    squares, places = [], []
    for values in data.values:
        if len(values) > 2 * half:
            middle = values[half:-half]
            error = middle - 0.5 * (values[: -2 * half] + values[2 * half :])
            squares.append(error**2 - 1.5 * noise.sigma(middle) ** 2)
            places.append(np.arange(len(middle)) * BLOCKS // len(middle))
    if not squares:
        return 0.0
    square, place = np.concatenate(squares), np.concatenate(places)
    worst = 0.0
    for block in range(BLOCKS):
        part = square[place == block]
        count = np.maximum(np.isfinite(part).sum(axis=0), 1)
        mean = np.where(np.isfinite(part), part, 0.0).sum(axis=0) / count
        worst = max(worst, float((np.sqrt(np.maximum(mean, 0.0)) / np.maximum(data.ranges(), 1e-300)).max()))
    return worst


def ranges_of(data: Trajectories) -> np.ndarray:
    """Range of each species, the largest over the experiments, plus a floor for those that hardly change."""
    ranges, sizes = np.zeros(len(data.species)), np.zeros(len(data.species))
    for values in data.values:
        finite = np.isfinite(values)
        low = np.where(finite, values, np.inf).min(axis=0)
        high = np.where(finite, values, -np.inf).max(axis=0)
        ranges = np.maximum(ranges, np.where(finite.any(axis=0), high - low, 0.0))
        sizes = np.maximum(sizes, np.where(finite, np.abs(values), 0.0).max(axis=0))
    floor = 0.1 * sizes + 1e-6 * sizes.max()
    return np.maximum(ranges, np.where(floor > 0, floor, 1.0))
