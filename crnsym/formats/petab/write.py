"""PEtab version 1: a network and its measurements as a problem of parameter estimation.

A folder with the model (SBML), the tables of conditions, observables, measurements and parameters, and the
``problem.yaml`` that names them. Each experiment is a condition with its own initial concentrations.

L. Schmiester et al., PLoS Comput. Biol. 17:e1008646, 2021; https://petab.readthedocs.io.
"""

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, SupportsFloat, TypeAlias

import numpy as np

from ...errors import DataError
from ...files import fill_folder, write_text
from ...network.symbols import TIME, symbol
from ..identifiers import ElementIdentifiers, Identifiers
from ..sbml import to_text

if TYPE_CHECKING:
    from ...network.network import Network

ESTIMATED, MEASURED = "estimated", "measured"
_FOLDS = 1e4  # a parameter is sought this much below and above its value
_TEMPERATURE = "T"


class Measurements(Protocol):
    """What is asked of the data; `crnsym.Trajectories` has it."""

    species: tuple[str, ...]
    experiments: tuple[str, ...]
    times: tuple[Any, ...]
    values: tuple[Any, ...]
    temperatures: tuple[float, ...] | None


class NoiseParts(Protocol):
    """Relative and absolute part of the noise of each column; `crnsym.data.noise.NoiseModel` has them."""

    @property
    def relative(self) -> Sequence[float] | np.ndarray:
        """Dimensionless."""
        ...

    @property
    def absolute(self) -> Sequence[float] | np.ndarray:
        """In the units of the data."""
        ...


PetabNoise: TypeAlias = float | NoiseParts | None
"""See `write_petab`."""


def write_petab(
    network: "Network",
    data: Measurements,
    folder: str | os.PathLike[str],
    noise: PetabNoise = None,
    *,
    initial: str = ESTIMATED,
    conditions: Mapping[str, Mapping[str, float]] | None = None,
    title: str = "",
) -> Path:
    """Write a network with its measurements as a PEtab problem, and return the path of its YAML file.

    Parameters
    ----------
    network
        Its parameters are to be estimated, on a logarithmic scale, from the values that they have.
    data
        Time courses (`crnsym.Trajectories`) of species or observables of the network.
    folder
        Made if it is not there; files of the same names are replaced.
    noise
        Standard deviation of a measurement, sigma^2 = absolute^2 + (relative c)^2: an object with ``relative``
        and ``absolute``, an entry each a column of the data (such as `estimate_noise` gives), or one absolute
        number for all. None: a standard deviation for each column is estimated too.
    initial
        ``"estimated"``: initial concentrations are parameters that start at the first sample (those that are 0
        stay 0). ``"measured"``: the first sample is taken as it is.
    conditions
        {experiment: {species or parameter: value}}: initial concentrations and parameters that differ between runs;
        they are taken as they are.
    title
        Name of the model.

    Raises
    ------
    DataError
        For a column that the network does not have, or an initial concentration that nothing gives.
    ExportError
        If a file cannot be written.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> B @ k; param k = 0.5; init A = 1, B = 0")
    >>> data = cs.simulate(net, (0, 6, 7), noise=0.02, seed=0)
    >>> cs.write_petab(net, data, "first").as_posix()
    'first/problem.yaml'
    """
    if initial not in (ESTIMATED, MEASURED):
        raise DataError(f'initial="{initial}": expected "{ESTIMATED}" or "{MEASURED}"')
    problem = _Problem(network, data, noise, initial == ESTIMATED, conditions or {})
    tables = {
        "conditions": problem.conditions(),
        "observables": problem.observables(),
        "measurements": problem.measurements(),
        "parameters": problem.parameters(),
    }
    texts = {"model.xml": to_text(network, title=title), "problem.yaml": _YAML}
    texts |= {f"{name}.tsv": _tsv(rows) for name, rows in tables.items()}
    fill_folder(folder, lambda part: _fill(part, texts), lambda _: FILES)
    return Path(folder) / "problem.yaml"


def _fill(part: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        write_text(part / name, text)


FILES = ("model.xml", "problem.yaml", "conditions.tsv", "observables.tsv", "measurements.tsv", "parameters.tsv")

_YAML = """format_version: 1
parameter_file: parameters.tsv
problems:
  - sbml_files: [model.xml]
    condition_files: [conditions.tsv]
    observable_files: [observables.tsv]
    measurement_files: [measurements.tsv]
"""


def _tsv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows with a heading; only the table of parameters may have none."""
    columns = list(dict.fromkeys(key for row in rows or [_parameter("", 1.0, "")] for key in row))
    lines = ["\t".join(columns)]
    lines += ["\t".join(_cell(row.get(c, "")) for c in columns) for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    return repr(float(value)) if isinstance(value, float) else " ".join(str(value).split())


class _Problem:
    """Makes the tables; every cell is a text, a whole number or a float."""

    def __init__(
        self,
        network: "Network",
        data: Measurements,
        noise: PetabNoise,
        estimated: bool,
        given: Mapping[str, Mapping[str, float]],
    ) -> None:
        self.given = given
        self.differing = {name for values in given.values() for name in values if name in network.parameters}
        self.network, self.data, self.noise, self.estimated = network, data, noise, estimated
        self.ids = ElementIdentifiers(network)
        known = {**self.ids.observables, **self.ids.species}
        for name in data.species:
            if name not in known:
                raise DataError(f"the data have a column '{name}', which is no species or observable of the network")
        self.columns = [known[name] for name in data.species]
        labels = Identifiers()
        self.labels = [labels.give("condition", f"experiment_{label}") for label in data.experiments]
        self.starts = [float(times[0]) for times in data.times]
        moving = any(symbol(TIME) in r.rate_expression.free_symbols for r in network.reactions)
        if moving and any(self.starts):
            raise DataError("a PEtab problem starts at time 0, the data do not, and a rate depends on the time")
        self.unknown: list[dict[str, Any]] = []
        self.tempered = data.temperatures is not None and _TEMPERATURE in network.parameters

    def conditions(self) -> list[dict[str, Any]]:
        """Return an entry a run: its initial concentrations, and its temperature."""
        rows = []
        for run, label in enumerate(self.labels):
            row: dict[str, Any] = {"conditionId": label, "conditionName": self.data.experiments[run]}
            for name in self.network.species_names:
                row[self.ids.species[name]] = self._initial(name, run)
            for name in sorted(self.differing):
                row[self.ids.parameters[name]] = self._parameter_of(name, run)
            if self.tempered and self.data.temperatures:
                row[self.ids.parameters[_TEMPERATURE]] = float(self.data.temperatures[run])
            rows.append(row)
        return rows

    def _initial(self, name: str, run: int) -> float | str:
        """Return the initial concentration of a species: a number, or a parameter to be estimated."""
        value = math.nan
        if name in (own := self.given.get(self.data.experiments[run], {})):
            return float(own[name])
        if name in self.data.species:
            value = float(self.data.values[run][0][self.data.species.index(name)])
        if math.isnan(value):
            if name not in self.network.initial:
                raise DataError(
                    f"experiment {self.data.experiments[run]}: no first sample of {name}, and the network gives no "
                    "initial concentration; with_initial sets one"
                )
            return float(self.network.initial[name])
        if not self.estimated or value <= 0:
            return max(value, 0.0)
        identifier = self.ids.give("initial", f"initial_{self.ids.species[name]}_{self.labels[run]}")
        self.unknown.append(_parameter(identifier, value, f"{name} at the start of {self.data.experiments[run]}"))
        return identifier

    def _parameter_of(self, name: str, run: int) -> float:
        """Return the value of a parameter in one run: its own, or that of the network."""
        label = self.data.experiments[run]
        value = self.given.get(label, {}).get(name, self.network.parameters[name])
        if value is None:
            raise DataError(f"experiment {label}: no value of {name}, which others have, and the network gives none")
        return float(value)

    def observables(self) -> list[dict[str, Any]]:
        """Return an entry a column of the data, with its noise."""
        rows = []
        for i, (name, identifier) in enumerate(zip(self.data.species, self.columns, strict=True)):
            row = {"observableId": f"observable_{identifier}", "observableName": name, "observableFormula": identifier}
            rows.append({**row, "noiseFormula": self._noise(i, identifier), "noiseDistribution": "normal"})
        return rows

    def _noise(self, column: int, identifier: str) -> str:
        if self.noise is None:
            values = [float(v) for run in self.data.values for v in run[:, column] if math.isfinite(v)]
            spread = max(values, default=1.0) - min(values, default=0.0)
            deviation = self.ids.give("noise", f"sd_{identifier}")
            self.unknown.append(_parameter(deviation, 0.05 * (spread or 1.0), f"noise of {identifier}"))
            return deviation
        if isinstance(self.noise, SupportsFloat):
            return repr(float(self.noise))
        absolute, relative = float(self.noise.absolute[column]), float(self.noise.relative[column])
        if relative == 0:
            return repr(absolute)
        return f"sqrt({absolute**2!r} + {relative**2!r} * {identifier} * {identifier})"

    def measurements(self) -> list[dict[str, Any]]:
        """Return an entry a value that was measured; every run starts at time 0."""
        return [
            {
                "observableId": f"observable_{identifier}",
                "simulationConditionId": self.labels[run],
                "measurement": float(value),
                "time": float(time) - self.starts[run],
            }
            for run, times in enumerate(self.data.times)
            for time, row in zip(times, self.data.values[run], strict=True)
            for identifier, value in zip(self.columns, row, strict=True)
            if math.isfinite(value)
        ]

    def parameters(self) -> list[dict[str, Any]]:
        """Return the parameters of the network, then initial concentrations and noise; asked for last."""
        rows = []
        for name, value in self.network.parameters.items():
            if name not in self.differing and not (self.tempered and name == _TEMPERATURE):
                number = None if value is None else float(value)
                rows.append(_parameter(self.ids.parameters[name], number, name))
        return [*rows, *self.unknown]


def _parameter(identifier: str, value: float | None, name: str) -> dict[str, Any]:
    """Return the entry of a parameter, on a logarithmic scale where it can be."""
    row: dict[str, Any] = {"parameterId": identifier, "parameterName": name}
    start = 1.0 if value is None else value
    if start > 0:
        row |= {"parameterScale": "log10", "lowerBound": start / _FOLDS, "upperBound": start * _FOLDS}
    else:
        reach = abs(start) * _FOLDS or 1.0
        row |= {"parameterScale": "lin", "lowerBound": -reach, "upperBound": reach}
    return {**row, "nominalValue": "" if value is None else float(value), "estimate": 1}
