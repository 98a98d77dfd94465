"""Temperatures of runs: one rate constant and one activation energy a reaction, centred between the temperatures.

ln k(T) = ln k(T_ref) - Ea/R (1/T - 1/T_ref). About a central T_ref the two are nearly uncorrelated. In fits an energy
counts in a unit such that one unit moves ln k by 1 at a typical distance from T_ref: then energies and log rates are of
one size.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from crnsym.data.mechanism import GAS_CONSTANT, Mechanism
from crnsym.data.operation.plan import kelvin_at, plan
from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError

Kelvin = TypeVar("Kelvin", float, np.ndarray)

TYPICAL = 60e3  # J/mol, where nothing is known
APART = 1.0  # kelvin between the coldest and the hottest run below which all count as one temperature
COLD = 150.0  # kelvin below which temperatures are likely to be degrees Celsius


@dataclass(frozen=True, slots=True, eq=False)
class Temperatures:
    """Temperatures of the runs of a fit.

    Attributes
    ----------
    kelvin
        ``(experiments,)``; of a run that follows a program its harmonic mean.
    reference
        T_ref in kelvin.
    unit
        J/mol that count as 1 in a fit.
    typical
        ``(J/mol)``, from which unknown activation energies start.
    """

    kelvin: np.ndarray
    reference: float
    unit: float
    typical: float = TYPICAL

    @staticmethod
    def of(data: Trajectories) -> "Temperatures | None":
        """Centre the temperatures of a data set; None where all runs have one.

        Raises
        ------
        DataError
            Some runs without a temperature, or a temperature that is not positive.
        """
        if data.temperatures is None:
            return None
        kelvin = np.array(data.temperatures, float)
        missing = [label for label, t in zip(data.experiments, kelvin, strict=True) if not np.isfinite(t)]
        if missing and len(missing) < len(kelvin):
            raise DataError(
                f"experiment '{missing[0]}' has no temperature but others have one ({len(missing)} of {len(kelvin)} "
                "lack it); give every run its temperature in kelvin, or none"
            )
        if missing:
            return None
        if kelvin.min() <= 0.0:
            label = data.experiments[int(kelvin.argmin())]
            raise DataError(
                f"the temperature of experiment '{label}' is {kelvin.min():g}; give kelvin (degrees Celsius + 273.15)"
            )
        every = np.concatenate([kelvin, *_of_programs(data)])
        if np.ptp(every) < APART:
            return None
        inverse = 1.0 / every
        digits = int(np.clip(np.ceil(1.0 - np.log10(np.ptp(every))), 0, 3))
        reference = round(float(1.0 / (0.5 * (inverse.min() + inverse.max()))), digits)
        spread = float(np.sqrt(np.mean((inverse - 1.0 / reference) ** 2)))
        return Temperatures(kelvin, reference, GAS_CONSTANT / spread)

    @property
    def slopes(self) -> np.ndarray:
        """Change of ln k in every run by one unit of activation energy, ``(experiments,)``."""
        return self.slope(self.kelvin)

    def slope(self, kelvin: Kelvin) -> Kelvin:
        """Change of ln k at a temperature (or at several) by one unit of activation energy."""
        return -(1.0 / kelvin - 1.0 / self.reference) * self.scale

    @property
    def scale(self) -> float:
        """Rise of ln k by one unit of activation energy where 1/T falls by 1, in kelvin."""
        return self.unit / GAS_CONSTANT

    def thin(self, runs: np.ndarray) -> "Temperatures":
        """Return those of these runs, with the same reference and unit."""
        return replace(self, kelvin=self.kelvin[runs])

    def central(self, runs: int) -> "Temperatures":
        """Return runs at the reference temperature."""
        return replace(self, kelvin=np.full(runs, self.reference))

    def complete(self, mechanism: Mechanism) -> Mechanism:
        """Give a mechanism activation energies where it has none, and this reference."""
        energies = self.energies(mechanism)
        if mechanism.energies is None or mechanism.reference == self.reference:
            return replace(mechanism, energies=energies, reference=self.reference)
        moved = replace(mechanism, energies=energies).log_rates_at(np.array([self.reference]))[0]
        return replace(mechanism, log_rates=moved, energies=energies, reference=self.reference)

    def energies(self, mechanism: Mechanism) -> np.ndarray:
        """Return activation energies, ``(reactions,)``: the mean of the known ones where one is unknown."""
        if mechanism.energies is None:
            return np.full(len(mechanism.log_rates), self.typical)
        known = np.isfinite(mechanism.energies)
        usual = float(np.mean(mechanism.energies[known])) if known.any() else self.typical
        return np.where(known, mechanism.energies, usual)


def _of_programs(data: Trajectories) -> list[np.ndarray]:
    """Return the temperatures at the samples of runs that follow a program."""
    runs = zip(data.operation or (), data.times, strict=False)
    return [kelvin_at(plan(operation, ()), times) for operation, times in runs if operation.program]


def temperature_remarks(data: Trajectories, heat: Temperatures | None) -> tuple[str, ...]:
    """Say at which temperature the rates hold, and what is unusual about the temperatures of a data set."""
    kelvin = np.array(data.temperatures or (), float)
    kelvin = kelvin[np.isfinite(kelvin)]
    if not len(kelvin):
        return ()
    remarks = []
    if kelvin.max() < COLD:
        remarks.append(
            f"the temperatures ({kelvin.min():g} to {kelvin.max():g}) are taken as kelvin; if they are degrees "
            "Celsius, add 273.15, or the activation energies are wrong"
        )
    if 0.0 < np.ptp(kelvin) < APART:
        remarks.append(
            f"the temperatures lie within {np.ptp(kelvin):.2g} K: one set of rate constants is fitted to all runs"
        )
    if heat is not None:
        every = np.concatenate([kelvin, *_of_programs(data)])
        remarks.insert(
            0,
            f"the runs have temperatures from {every.min():.6g} to {every.max():.6g} K: rate constants hold at "
            f"{heat.reference:g} K, and every reaction has an activation energy",
        )
    return tuple(remarks)
