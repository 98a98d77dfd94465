"""Measurements arranged for the refit kernel: padded runs, unit-variance residuals, start values."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.operation.operation import Operation
from crnsym.data.operation.plan import clocks, kelvin_at, plan
from crnsym.data.trajectories import Trajectories
from crnsym.data.weights import weights_of_errors
from crnsym.refit.knowledge import Knowledge
from crnsym.refit.observation import Observation
from crnsym.refit.temperature import Temperatures


@dataclass(frozen=True, slots=True, eq=False)
class FitProblem:
    """What a mechanism is fitted to.

    Attributes
    ----------
    species
        Names of the measured species.
    times, lengths
        ``(experiments, times)`` padded sampling times and the number of valid ones in each run.
    values
        ``(experiments, times, species)`` measurements, 0 where ``present`` is False.
    present
        Same shape: which values were measured.
    noise
        The noise model, which sets the residual scale.
    start
        ``(experiments, species)`` initial states to start from.
    free
        ``(experiments, species)``: which initial states are fitted; the others are known to be zero.
    guide
        One smoothed course ``(times, species)`` a run.
    quasi_steady
        Indices of species (at most one) whose initial state balances their production and consumption.
    temperatures
        Of the runs, where they differ.
    knowledge
        What is known of rates beside the data.
    shared
        Indices of species that start with one unknown amount, the same in all runs.
    observation
        Where mixtures of species were measured: all columns of the data, those of single species too. ``present`` then
        only tells which species were measured by themselves.
    operation
        What was done to the vessel of each run; None where nothing was.
    weights
        By what the standard deviation of each value is smaller than that of ``noise``, in the shape of ``values``;
        None for 1.
    """

    species: tuple[str, ...]
    times: np.ndarray
    lengths: np.ndarray
    values: np.ndarray
    present: np.ndarray
    noise: NoiseModel
    start: np.ndarray
    free: np.ndarray
    guide: tuple[np.ndarray, ...]
    quasi_steady: tuple[int, ...] = ()
    temperatures: Temperatures | None = None
    knowledge: Knowledge | None = None
    shared: tuple[int, ...] = ()
    observation: Observation | None = None
    operation: tuple[Operation, ...] | None = None
    weights: np.ndarray | None = None

    @property
    def clocks(self) -> tuple[np.ndarray, np.ndarray]:
        """Times to integrate through, and what is done to the vessels, see `crnsym.data.operation.plan.clocks`."""
        return clocks(self.operation, self.species, self.times, self.lengths)

    @property
    def programmed(self) -> bool:
        """Whether the temperature of some run is a program."""
        return any(operation.program for operation in self.operation or ())

    @property
    def first_shifts(self) -> np.ndarray:
        """Change of ln k from the temperature of a run to that of its first sample, by one unit of energy."""
        shifts = np.zeros(len(self.times))
        if self.temperatures is not None and self.operation is not None:
            for run, operation in enumerate(self.operation):
                if operation.program:
                    kelvin = float(kelvin_at(plan(operation, ()), self.times[run, :1])[0])
                    shifts[run] = self.temperatures.slope(kelvin) - self.temperatures.slopes[run]
        return shifts

    @property
    def fitted(self) -> np.ndarray:
        """Which initial states are fitted, alone or as one for all runs, ``(experiments, species)``."""
        if not self.shared:
            return self.free
        every = self.free.copy()
        every[:, list(self.shared)] = True
        return every

    @property
    def numbers(self) -> int:
        """Fitted numbers a reaction: its rate constant and, with temperatures, its activation energy."""
        return 1 if self.temperatures is None else 2

    @property
    def count(self) -> int:
        """Number of informative values: measured and not exactly zero."""
        return int(self.informative.sum())

    @property
    def informative(self) -> np.ndarray:
        """Which values count, in the shape of the residuals of a fit."""
        if self.observation is not None:
            return self.observation.informative
        return self.present & (self.values != 0.0)

    @property
    def columns(self) -> np.ndarray:
        """Which of the last axis of the residuals was ever measured."""
        if self.observation is not None:
            return np.asarray(self.observation.informative.any(axis=(0, 1)))
        return np.asarray(self.present.any(axis=(0, 1)))

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the last axis of the residuals."""
        return self.species if self.observation is None else self.observation.columns

    @property
    def column_noise(self) -> NoiseModel:
        """Noise of the columns of the data."""
        return self.noise if self.observation is None else self.observation.noise

    @property
    def coefficients(self) -> int:
        """Number of unknown coefficients of the observation."""
        return 0 if self.observation is None else len(self.observation.names)

    @property
    def typical(self) -> float:
        """Median of the measured concentrations; of those at the start where only mixtures were measured."""
        if self.present.any():
            return float(np.median(np.abs(self.values[self.present]))) or 1.0
        return float(np.median(self.start[self.start > 0])) if (self.start > 0).any() else 1.0

    @property
    def nuisance(self) -> int:
        """Number of fitted initial values of species that were never measured: parameters that others lack."""
        never = ~self.present.any(axis=(0, 1))
        return int(self.free[:, never].sum()) + len(self.shared)

    @property
    def horizon(self) -> float:
        """Median duration of the runs."""
        ends = self.times[np.arange(len(self.lengths)), self.lengths - 1]
        return float(np.median(ends - self.times[:, 0]))

    @property
    def counted(self) -> np.ndarray:
        """Weight of each residual: 0 where nothing was measured, in the shape of ``values``."""
        return self.present.astype(float) if self.weights is None else np.where(self.present, self.weights, 0.0)

    def residuals(self, states: np.ndarray) -> np.ndarray:
        """Return what was measured less what is simulated, in standard deviations; 0 where nothing was measured."""
        differences = self.noise.stabilise(self.values) - self.noise.stabilise(states)
        return np.where(self.present, self.counted * differences, 0.0)

    def slopes(self, states: np.ndarray) -> np.ndarray:
        """Return the derivatives of simulated values on the scale of ``residuals``."""
        return np.where(self.present, self.counted / self.noise.sigma(states), 0.0)

    def cut(self, intervals: int, states: list[np.ndarray] | None = None) -> "FitProblem":
        """Cut every run into pieces of this many sampling intervals, each with its own initial state.

        Short pieces make the fit of an oscillator or of a poor start nearly linear (multiple shooting).
        """
        courses = self.guide if states is None else states
        pieces = []
        for e, n in enumerate(self.lengths):
            edges = [*range(0, n - 1, intervals), n - 1]
            if len(edges) > 2 and edges[-1] - edges[-2] < max(1, intervals // 2):
                del edges[-2]
            pieces += [(e, a, b) for a, b in pairwise(edges)]
        longest = max(b - a + 1 for _, a, b in pieces)
        shape = (len(pieces), longest)
        n_species = len(self.species)
        times, lengths = np.zeros(shape), np.empty(len(pieces), np.int64)
        values, present = np.zeros((*shape, n_species)), np.zeros((*shape, n_species), bool)
        weights = None if self.weights is None else np.ones((*shape, n_species))
        start, free = np.zeros((len(pieces), n_species)), np.zeros((len(pieces), n_species), bool)
        guides = []
        for p, (e, a, b) in enumerate(pieces):
            m = b - a + 1
            times[p, :m], lengths[p] = self.times[e, a : b + 1], m
            values[p, :m], present[p, :m] = self.values[e, a : b + 1], self.present[e, a : b + 1]
            if weights is not None and self.weights is not None:
                weights[p, :m] = self.weights[e, a : b + 1]
            guides.append(courses[e][a : b + 1])
            floor = 0.3 * self.noise.absolute
            start[p] = self.start[e] if a == 0 else np.maximum(courses[e][a], floor)
            free[p] = self.free[e] if a == 0 else True
        runs = np.array([e for e, _, _ in pieces])
        return FitProblem(
            self.species,
            times,
            lengths,
            values,
            present,
            self.noise,
            start,
            free,
            tuple(guides),
            temperatures=None if self.temperatures is None else self.temperatures.thin(runs),
            operation=None if self.operation is None else tuple(self.operation[r] for r in runs),
            weights=weights,
            knowledge=self.knowledge,  # a shared start is only that of first pieces: all states of pieces are free
        )

    def thin(self, runs: np.ndarray) -> "FitProblem":
        """Return the problem restricted to these runs."""
        return replace(
            self,
            times=self.times[runs],
            lengths=self.lengths[runs],
            values=self.values[runs],
            present=self.present[runs],
            start=self.start[runs],
            free=self.free[runs],
            guide=tuple(self.guide[int(r)] for r in runs),
            temperatures=None if self.temperatures is None else self.temperatures.thin(runs),
            observation=None if self.observation is None else self.observation.thin(np.asarray(runs)),
            operation=None if self.operation is None else tuple(self.operation[int(r)] for r in runs),
            weights=None if self.weights is None else self.weights[runs],
        )

    def sample(self, count: int) -> "FitProblem":
        """Return the problem with at most this many sampling times a run, evenly spread, first and last kept."""
        chosen = [np.unique(np.linspace(0, n - 1, min(count, int(n))).round().astype(int)) for n in self.lengths]
        lengths = np.array([len(c) for c in chosen])
        index = np.array([np.pad(c, (0, lengths.max() - len(c)), mode="edge") for c in chosen])
        rows = np.arange(len(index))[:, None]
        valid = np.arange(lengths.max()) < lengths[:, None]
        return replace(
            self,
            times=self.times[rows, index],
            lengths=lengths,
            values=self.values[rows, index],
            present=self.present[rows, index] & valid[..., None],
            guide=tuple(g[c] for g, c in zip(self.guide, chosen, strict=True)),
            observation=None if self.observation is None else self.observation.at(rows, index, valid),
            weights=None if self.weights is None else self.weights[rows, index],
        )


def fit_problem(data: Trajectories, noise: NoiseModel, guide: list[np.ndarray], *, fixed: bool = False) -> FitProblem:
    """Arrange measurements for fitting.

    A positive first value is data *and* a start value that is fitted. An exact zero is a start known to be zero. A
    negative or missing first value leaves the start free, unless the species starts at exactly zero in every run
    in which its start was recorded. With ``fixed`` every run starts from its first row as recorded (a negative value
    as zero); only missing values stay free.
    """
    longest = max(len(t) for t in data.times)
    n_species = len(data.species)
    shape = (len(data), longest)
    times, lengths = np.zeros(shape), np.array([len(t) for t in data.times])
    values, present = np.zeros((*shape, n_species)), np.zeros((*shape, n_species), bool)
    start, free = np.zeros((len(data), n_species)), np.zeros((len(data), n_species), bool)
    first = np.array([v[0] for v in data.values])
    recorded = np.isfinite(first)
    given = weights_of_errors(data, noise)
    weights = None if given is None else np.ones_like(values)
    always_zero = recorded.any(axis=0) & (np.where(recorded, first, 0.0) == 0.0).all(axis=0)
    for e, (_, t, v) in enumerate(data):
        times[e, : len(t)] = t
        seen = np.isfinite(v)
        present[e, : len(t)] = seen
        values[e, : len(t)] = np.where(seen, v, 0.0)
        free[e] = ~((v[0] == 0.0) | (~seen[0] & always_zero))
        floor = 0.3 * noise.sigma(guide[e][0])
        start[e] = np.where(seen[0] & (v[0] > floor), np.where(seen[0], v[0], 0.0), np.maximum(guide[e][0], floor))
        start[e][~free[e]] = 0.0
        if weights is not None and given is not None:
            weights[e, : len(t)] = given[e]
        if fixed:
            start[e] = np.where(seen[0], np.maximum(v[0], 0.0), start[e])
            free[e] &= ~seen[0]
    return FitProblem(
        data.species,
        times,
        lengths,
        values,
        present,
        noise,
        start,
        free,
        tuple(guide),
        temperatures=Temperatures.of(data),
        operation=data.operation,
        weights=weights,
    )
