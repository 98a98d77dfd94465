"""What the columns of a table are in terms of species, and how every run starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.data.weights import weights_of_errors
from crnsym.errors import FitError
from crnsym.refit.knowledge import Knowledge
from crnsym.refit.observation import Observation
from crnsym.refit.problem import FitProblem, fit_problem

TRACE = 1e-3  # of a typical amount: absolute tolerance of species that were not measured by themselves


@dataclass(frozen=True, slots=True, eq=False)
class Mixtures:
    """Columns as linear functions of species, see `crnsym.refit.observation`, and the starts of the runs.

    Attributes
    ----------
    species
        Everything that may react or absorb.
    starts
        ``(experiments, species)`` concentrations at the start, NaN where only the column of the species tells.
    known, constant, names, terms, offsets, positive
        As in `Observation`.
    alone
        ``(species,)``: index of the column that is this species and nothing else, -1 where there is none.
    unit
        The species whose amount at the start is the unit of concentration, where nobody said how much there was.
    remarks
        What was assumed.
    """

    species: tuple[str, ...]
    starts: np.ndarray
    known: np.ndarray
    constant: np.ndarray
    names: tuple[str, ...]
    terms: np.ndarray
    offsets: np.ndarray
    positive: np.ndarray
    alone: tuple[int, ...]
    unit: str = ""
    remarks: tuple[str, ...] = ()

    def select(self, runs: Sequence[int]) -> "Mixtures":
        """Return what holds for these runs."""
        chosen = list(runs)
        return replace(
            self,
            starts=self.starts[chosen],
            known=self.known[chosen],
            constant=self.constant[chosen],
            terms=self.terms[:, chosen],
            offsets=self.offsets[:, chosen],
        )

    def per_run(self, names: Sequence[str], experiments: Sequence[str]) -> "Mixtures":
        """Return what holds where these coefficients are others in every run.

        Raises
        ------
        FitError
            A name that is no coefficient.
        """
        for name in names:
            if name not in self.names:
                raise FitError(f"per_run: {name} is no coefficient of an observable; write one, 'A = {name}*A'")
        labels: list[str] = []
        terms, offsets, positive = [], [], []
        for k, name in enumerate(self.names):
            runs = range(len(experiments)) if name in names else [None]
            for run in runs:
                here = np.ones(len(experiments)) if run is None else np.eye(len(experiments))[run]
                labels.append(name if run is None else f"{name} of {experiments[run]}")
                terms.append(self.terms[k] * here[:, None, None])
                offsets.append(self.offsets[k] * here[:, None])
                positive.append(self.positive[k])
        if not names:
            return self
        return replace(
            self, names=tuple(labels), terms=np.array(terms), offsets=np.array(offsets), positive=np.array(positive)
        )

    def courses(self, data: Trajectories) -> Trajectories:
        """Return the species as columns: those measured by themselves as they are, others as gaps."""
        tables = []
        for values in data.values:
            wide = np.full((len(values), len(self.species)), np.nan)
            for i, column in enumerate(self.alone):
                if column >= 0:
                    wide[:, i] = values[:, column]
            tables.append(wide)
        units = tuple(data.units[c] if c >= 0 else "" for c in self.alone) if data.units else ()
        return Trajectories(
            self.species,
            data.experiments,
            data.times,
            tuple(tables),
            data.temperatures,
            units=units,
            time_unit=data.time_unit,
            operation=data.operation,
        )

    def problem(
        self, data: Trajectories, noise: NoiseModel, *, fixed: bool = False, knowledge: Knowledge | None = None
    ) -> FitProblem:
        """Arrange the columns for fitting; ``noise`` is that of the columns.

        Starts that were given are known; those of species with a column of their own are as in `fit_problem`.
        """
        own = self._noise_of_species(noise)
        courses = self.courses(data)
        problem = fit_problem(courses, own, smooth(courses, own), fixed=fixed)
        told = np.isfinite(self.starts)
        seen = self._observation(data, noise, problem.times.shape[1])
        return replace(
            problem,
            start=np.where(told, np.nan_to_num(self.starts), problem.start),
            free=problem.free & ~told,
            observation=seen,
            knowledge=knowledge,
        )

    def _noise_of_species(self, noise: NoiseModel) -> NoiseModel:
        """Return the noise of species with a column of their own; of the others what integration may neglect."""
        charged = self.starts[np.isfinite(self.starts) & (self.starts > 0)]
        trace = TRACE * (float(np.median(charged)) if len(charged) else 1.0)
        relative = [noise.relative[c] if c >= 0 else 0.0 for c in self.alone]
        absolute = [noise.absolute[c] if c >= 0 else trace for c in self.alone]
        return NoiseModel(np.array(relative), np.array(absolute))

    def _observation(self, data: Trajectories, noise: NoiseModel, longest: int) -> Observation:
        shape = (len(data), longest, len(data.species))
        values, weights = np.zeros(shape), np.zeros(shape)
        given = weights_of_errors(data, noise) or [np.ones_like(v) for v in data.values]
        for e, ((_, _, v), level) in enumerate(zip(data, smooth(data, noise), strict=True)):
            counts = np.isfinite(v) & (v != 0.0)  # an exact zero is known, not measured
            values[e, : len(v)] = np.where(counts, v, 0.0)
            weights[e, : len(v)] = np.where(counts, given[e] / noise.sigma(level), 0.0)
        return Observation(
            data.species,
            values,
            weights,
            self.known,
            self.constant,
            self.names,
            self.terms,
            self.offsets,
            self.positive,
            noise,
        )


def starts_of(
    species: Sequence[str], experiments: Sequence[str], given: Mapping[str, Sequence[float]], alone: Sequence[int]
) -> tuple[np.ndarray, str]:
    """Return the starts ``(experiments, species)``, and the species whose amount is the unit, if any.

    Species that nobody gave start at zero, or as their own column says. Where nothing at all says how much there was,
    the first species counts as 1: its amount is the unit of concentration.

    Parameters
    ----------
    species, experiments
        Names.
    given
        {species: start in every run}.
    alone
        See `Mixtures`.
    """
    starts = np.zeros((len(experiments), len(species)))
    for i, name in enumerate(species):
        if name in given:
            starts[:, i] = given[name]
        elif alone[i] >= 0:
            starts[:, i] = np.nan
    if given or np.isnan(starts).any():
        return starts, ""
    starts[:, 0] = 1.0
    return starts, species[0]


def assumed(unit: str) -> tuple[str, ...]:
    """Say what it means that the amount of a species is the unit."""
    if not unit:
        return ()
    return (
        f"nothing says how much {unit} there was: it counts as 1 at the start of every run, all others as 0 (starts "
        "gives the amounts)",
    )
