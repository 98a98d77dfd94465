"""A PEtab problem as one object: likelihood, predictions, fit, data."""

import math
import os
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...arguments import checked
from ...data.trajectories import Trajectories
from ...errors import UnsupportedError
from ...formats.petab.problem import STEADY, Tables
from ...formats.petab.read import read_tables
from ...network.arguments import whole_number
from .fit import Objective, at_bounds, first_points, fit_all, standard_errors
from .likelihood import Likelihood
from .priors import unscaled

STARTS = 8
"""Starts of a fit unless told otherwise."""


def read_petab(path: str | os.PathLike[str]) -> "PetabProblem":
    """Read a PEtab problem, version 1 or 2, with all that its likelihood needs.

    Conditions, scaled and logarithmic observables, own parameters of every measurement, formulas of noise, normal and
    Laplace noise, priors, steady states before and after, and experiments of several periods are understood; whatever
    is not is refused by name here, before anything is fitted.

    Parameters
    ----------
    path
        The YAML file.

    Raises
    ------
    MissingExtraError
        Without the package ``petab``.
    FormatError
        For a file that is missing or broken, or tables that do not fit together.
    UnsupportedError
        For what cannot be evaluated, by name.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> B @ k; param k = 0.5; init A = 1, B = 0")
    >>> data = cs.simulate(net, (0, 6, 7), noise=0.02, seed=0)
    >>> problem = cs.read_petab(cs.write_petab(net, data, "first"))
    >>> problem.log_likelihood() > -1e6
    True
    """
    tables = read_tables(path)
    return PetabProblem(tables, Likelihood(tables))


@checked
@dataclass(frozen=True, eq=False)
class PetabProblem:
    """A model, measurements, and what is known of its parameters.

    Attributes
    ----------
    tables
        What the files say.
    likelihood
        The likelihood of all parameters.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> B @ k; param k = 0.5; init A = 1, B = 0")
    >>> data = cs.simulate(net, (0, 6, 7), noise=0.02, seed=0)
    >>> problem = cs.read_petab(cs.write_petab(net, data, "first"))
    >>> problem.name, problem.estimated
    ('first', ('k', 'initial_A_experiment_0', 'sd_A', 'sd_B'))
    >>> problem.data().species
    ('A', 'B')
    """

    tables: Tables
    likelihood: Likelihood = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the YAML file, or of its folder where that is an everyday one."""
        path = self.tables.path
        return path.absolute().parent.name if path.stem in ("problem", "petab") else path.stem

    @property
    def estimated(self) -> tuple[str, ...]:
        """Names of the parameters that are estimated."""
        return tuple(p.id for p in self.tables.parameters.values() if p.estimated)

    @property
    def nominal(self) -> dict[str, float]:
        """Nominal values of all parameters; not-a-number where there is none."""
        return {p.id: p.nominal for p in self.tables.parameters.values()}

    def log_likelihood(self, values: Mapping[str, float] | None = None) -> float:
        """Return the logarithm of the likelihood at parameters, the nominal ones unless given.

        Raises
        ------
        FormatError
            For an unknown parameter, or one without a value.
        SimulationError
            Where the model cannot be simulated.
        """
        return self.likelihood.judge(self.likelihood.values(values)).log_likelihood

    def log_posterior(self, values: Mapping[str, float] | None = None) -> float:
        """Return the logarithm of likelihood and priors, without the constant that makes it a density."""
        return self.log_likelihood(values) + self.likelihood.log_prior(self.likelihood.values(values))

    def predictions(self, values: Mapping[str, float] | None = None) -> list[dict[str, Any]]:
        """Return a row for every measurement: what was measured, what is predicted, its noise and residual."""
        found = self.likelihood.judge(self.likelihood.values(values))
        columns = zip(self.tables.measurements, found.predicted, found.noise, found.residuals, strict=True)
        return [
            {
                "observable": m.observable,
                "experiment": m.experiment,
                "time": m.time,
                "measured": m.value,
                "predicted": float(p),
                "noise": float(s),
                "residual": float(r),
            }
            for m, p, s, r in columns
        ]

    def fit(self, starts: int = STARTS, seed: int = 0, executor: Executor | None = None) -> "PetabFit":
        """Find the most likely parameters (with priors: those of the highest posterior density).

        Parameters
        ----------
        starts
            The nominal values, where all are given, and points spread within the bounds.
        seed
            Chooses these points.
        executor
            Follows the starts in parallel.

        Raises
        ------
        FitError
            Where nothing is estimated, or the model can be simulated from no start.
        """
        count = whole_number("starts", starts, 1)
        points = first_points(Objective(self.likelihood), int(count), int(whole_number("seed", seed, 0)))
        objective, found = fit_all(self.likelihood, points, executor)
        best = found[0]
        values = objective.values(best.numbers)
        log_likelihood = self.likelihood.judge(values).log_likelihood
        errors = standard_errors(objective, best.numbers)
        with np.errstate(over="ignore"):
            intervals = {
                p.id: tuple(float(unscaled(p, x + k * 1.96 * errors[p.id])) for k in (-1, 1))
                for p, x in zip(objective.free, best.numbers, strict=True)
            }
        stuck = at_bounds(objective, best.numbers)
        ended = tuple(p.id for p, there in zip(objective.free, stuck, strict=True) if there)
        costs = tuple(b.cost for b in found)
        return PetabFit(self, values, log_likelihood, -best.cost, errors, intervals, ended, costs)

    def data(self) -> Trajectories:
        """Return the measurements as time courses, for `crnsym.discover`.

        Raises
        ------
        UnsupportedError
            Where an observable is no species, or an experiment more than one period: by name.
        """
        t = self.tables
        species: dict[str, str] = {}
        model = self.likelihood.simulator.system.tables.quantities
        for o in t.observables.values():
            name = str(o.formula) if o.formula.is_Symbol else ""
            if name not in model or not model[name].compartment:
                raise UnsupportedError(
                    f"{t.path}: the observable {o.id} = {o.formula} is no single species; discover needs species, "
                    "compare takes the problem as it is"
                )
            species[o.id] = name
        names, labels, times, tables = list(dict.fromkeys(species.values())), [], [], []
        for e in t.experiments.values():
            if len(e.periods) > 1 or any(p.time == STEADY for p in e.periods):
                raise UnsupportedError(f"{t.path}: the experiment {e.id} has several periods, which discover has not")
            rows = [m for m in t.measurements if m.experiment == e.id]
            for k, run in enumerate(_repeats(rows, species)):
                clock = sorted({time for time, _ in run})
                labels.append(e.id if k == 0 else f"{e.id} ({k + 1})")
                times.append(np.array(clock))
                tables.append(np.array([[run.get((c, n), math.nan) for n in names] for c in clock]))
        return Trajectories(tuple(names), tuple(labels), tuple(times), tuple(tables))


def _repeats(rows: list[Any], species: Mapping[str, str]) -> list[dict[tuple[float, str], float]]:
    """Share repeated measurements out to runs of their own."""
    runs: list[dict[tuple[float, str], float]] = []
    for m in rows:
        key = (m.time, species[m.observable])
        run = next((r for r in runs if key not in r), None)
        if run is None:
            runs.append(run := {})
        run[key] = m.value
    return runs


@dataclass(frozen=True, eq=False)
class PetabFit:
    """The most likely parameters of a problem.

    Attributes
    ----------
    values
        All parameters of the table.
    log_likelihood, log_posterior
        At these values.
    standard_errors
        Of the estimated parameters on their own scales (``lin``, ``log`` or ``log10``); infinite where the measurements
        do not determine one.
    intervals
        {parameter: (low, high)} of 95 %, from these.
    at_bounds
        Parameters that ended at a bound.
    costs
        Minus the logarithm of the posterior density where each start ended, best first.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> B @ k; param k = 0.5; init A = 1, B = 0")
    >>> data = cs.simulate(net, (0, 6, 7), noise=0.02, seed=0)
    >>> problem = cs.read_petab(cs.write_petab(net, data, "first"))
    >>> fit = problem.fit(starts=2)
    >>> round(fit.values["k"], 1), fit.reached
    (0.5, 1)
    """

    problem: PetabProblem
    values: dict[str, float]
    log_likelihood: float
    log_posterior: float
    standard_errors: dict[str, float]
    intervals: dict[str, tuple[float, ...]]
    at_bounds: tuple[str, ...]
    costs: tuple[float, ...]

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * len(self.problem.estimated) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion."""
        count = len(self.problem.tables.measurements)
        return math.log(count) * len(self.problem.estimated) - 2 * self.log_likelihood

    @property
    def reached(self) -> int:
        """Number of starts that ended at the best value, within 0.1."""
        return sum(cost <= self.costs[0] + 0.1 for cost in self.costs)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for every estimated parameter."""
        found = []
        for name in self.problem.estimated:
            p = self.problem.tables.parameters[name]
            low, high = self.intervals[name]
            found.append(
                {
                    "parameter": name,
                    "value": self.values[name],
                    "low": low,
                    "high": high,
                    "nominal": p.nominal,
                    "scale": p.scale,
                    "standard_error": self.standard_errors[name],
                    "at_bound": name in self.at_bounds,
                }
            )
        return found

    def __str__(self) -> str:
        lines = [
            f"{self.problem.name}: log-likelihood {self.log_likelihood:.6g}, AIC {self.aic:.6g}, BIC {self.bic:.6g}; "
            f"{self.reached} of {len(self.costs)} starts ended there"
        ]
        for row in self.rows():
            p = self.problem.tables.parameters[row["parameter"]]
            open_ = not math.isfinite(row["standard_error"]) or (row["low"] <= p.low and row["high"] >= p.high)
            sure = "not determined" if open_ else f"{row['low']:.4g} .. {row['high']:.4g}"
            lines.append(f"  {p.id:24} {row['value']:<12.5g} {'at its bound' if row['at_bound'] else sure}")
        return "\n".join(lines)
