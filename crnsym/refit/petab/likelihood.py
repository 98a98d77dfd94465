"""The likelihood of parameters, as PEtab defines it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import FormatError
from ...formats.petab.problem import Tables
from .priors import distribution, log_density
from .rows import Rows
from .simulate import Simulator


@dataclass(frozen=True, eq=False)
class Judged:
    """What is predicted of the measurements, and how well it fits.

    Attributes
    ----------
    predicted, noise
        ``(measurements,)``; the noise is on its own scale.
    residuals
        ``(measurements,)`` (measured - predicted)/noise on the scale of the noise.
    terms
        ``(measurements,)`` logarithms of the likelihoods of the measurements.
    """

    predicted: np.ndarray
    noise: np.ndarray
    residuals: np.ndarray
    terms: np.ndarray

    @property
    def log_likelihood(self) -> float:
        """Sum of the terms; minus infinity where there is no prediction."""
        total = float(self.terms.sum())
        return total if math.isfinite(total) else -math.inf

    @property
    def chi2(self) -> float:
        """Sum of squared residuals."""
        return float((self.residuals**2).sum())


class Likelihood:
    """The likelihood of a problem, and the density of its priors.

    Raises
    ------
    FormatError, UnsupportedError
        For what does not fit together or cannot be evaluated, by name.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables, self.rows = tables, Rows(tables)
        self.simulator = Simulator(tables)
        self._priors = [
            (p, p.prior, distribution(str(tables.path), p, p.prior))
            for p in tables.parameters.values()
            if p.estimated and p.prior is not None
        ]

    def values(self, given: Mapping[str, float] | None = None) -> dict[str, float]:
        """Return all parameters: nominal values, and those given over them.

        Raises
        ------
        FormatError
            For a name that is no parameter, or a parameter without a value.
        """
        found = {p.id: p.nominal for p in self.tables.parameters.values()}
        for name, value in (given or {}).items():
            if name not in found:
                raise FormatError(f"{self.tables.path}: '{name}' is no parameter of the table")
            found[name] = float(value)
        missing = [name for name, value in found.items() if math.isnan(value)]
        if missing:
            raise FormatError(f"{self.tables.path}: no nominalValue of {', '.join(missing)}; give one")
        return found

    def judge(self, values: Mapping[str, float]) -> Judged:
        """Return the predictions and likelihoods of all measurements.

        Raises
        ------
        SimulationError
            Where an experiment cannot be simulated to its end.
        """
        used = dict.fromkeys(m.experiment for m in self.tables.measurements)
        simulated = {e: self.simulator.run(e, values) for e in used}
        predicted, noise = self.rows.evaluate(simulated, values)
        with np.errstate(all="ignore"):
            residuals = (self.rows.scaled(self.rows.value) - self.rows.scaled(predicted)) / noise
            normal = -0.5 * np.log(2 * np.pi * noise**2) - 0.5 * residuals**2
            terms = np.where(self.rows.laplace, -np.log(2 * noise) - np.abs(residuals), normal) - self.rows.jacobian
        return Judged(predicted, noise, residuals, terms)

    def log_prior(self, values: Mapping[str, float]) -> float:
        """Return the logarithm of the density of all priors; 0 without any."""
        return sum(log_density(p, prior, found, values[p.id]) for p, prior, found in self._priors)
