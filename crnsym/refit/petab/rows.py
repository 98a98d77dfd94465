"""What is predicted for every measurement, and the noise it is expected to have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ...errors import FormatError
from ...formats.petab.problem import Measurement, Observable, Tables
from ...network.symbols import names_in, put, symbol


@dataclass(frozen=True)
class _Block:
    """The measurements of one observable."""

    observable: Observable
    rows: np.ndarray
    arguments: tuple[str, ...]
    function: Callable[..., Any]


class Rows:
    """The measurements of a problem, in their order.

    Attributes
    ----------
    value
        ``(measurements,)``
    jacobian
        ``(measurements,)`` logarithm of the derivative of the scale of the noise at each value.
    laplace
        ``(measurements,)`` which noise is of Laplace.

    Raises
    ------
    FormatError
        For placeholders without values, an unknown name among these, and values that have no logarithm.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables, measured = tables, tables.measurements
        if not measured:
            raise FormatError(f"{tables.path}: no measurements")
        self.value = np.array([m.value for m in measured])
        seen = [tables.observables[m.observable] for m in measured]
        self.laplace = np.array([o.laplace for o in seen])
        self.scale = np.array([o.scale for o in seen])
        self._own = [_own_values(tables, m) for m in measured]
        if (bad := (self.scale != "lin") & ~(self.value > 0)).any():
            first = measured[int(np.argmax(bad))]
            raise FormatError(f"{tables.path}: {first.observable} = {first.value:g} has no logarithm")
        factor = np.where(self.scale == "log10", np.log(10.0), 1.0)
        with np.errstate(all="ignore"):
            self.jacobian = np.where(self.scale == "lin", 0.0, np.log(self.value * factor))
        self._blocks = [self._block(o) for o in tables.observables.values()]

    def __len__(self) -> int:
        return len(self.value)

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """Return values on the scale of the noise; not-a-number where one has no logarithm."""
        with np.errstate(all="ignore"):
            logs = np.log(values)
            return np.where(self.scale == "lin", values, np.where(self.scale == "log", logs, logs / np.log(10.0)))

    def evaluate(
        self, simulated: Mapping[str, Mapping[float, Mapping[str, float]]], values: Mapping[str, float]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return predictions and standard deviations (of Laplace noise: its scale), ``(measurements,)`` each.

        Parameters
        ----------
        simulated
            {experiment: {time: {name: value}}}
        values
            All parameters of the table.
        """
        predicted, noise = np.full(len(self), np.nan), np.full(len(self), np.nan)
        for block in self._blocks:
            inputs = [self._column(block, name, simulated, values) for name in block.arguments]
            with np.errstate(all="ignore"):
                found, sigma = block.function(*inputs)
            predicted[block.rows], noise[block.rows] = found, sigma
        return predicted, noise

    def _column(
        self,
        block: _Block,
        name: str,
        simulated: Mapping[str, Mapping[float, Mapping[str, float]]],
        values: Mapping[str, float],
    ) -> np.ndarray:
        column = np.empty(len(block.rows))
        for i, row in enumerate(block.rows):
            m = self.tables.measurements[row]
            if name in self._own[row]:
                own = self._own[row][name]
                column[i] = values[own] if isinstance(own, str) else own
            else:
                inside = simulated[m.experiment][m.time]
                column[i] = inside[name] if name in inside else values[name]
        return column

    def _block(self, o: Observable) -> _Block:
        formulas = {symbol(id_): other.formula for id_, other in self.tables.observables.items()}
        noise = put(formulas, o.noise)
        names = tuple(sorted({*names_in(o.formula), *names_in(noise)}))
        function = sp.lambdify([symbol(n) for n in names], [o.formula, noise], "numpy", dummify=True)
        rows = [i for i, m in enumerate(self.tables.measurements) if m.observable == o.id]
        return _Block(o, np.array(rows, dtype=int), names, function)


def _own_values(tables: Tables, m: Measurement) -> dict[str, str | float]:
    """Return {placeholder: parameter or number} of a measurement."""
    o = tables.observables[m.observable]
    found: dict[str, str | float] = {}
    for kind, names, given in (
        ("observable", o.placeholders, m.parameters),
        ("noise", o.noise_placeholders, m.noise_parameters),
    ):
        if len(names) != len(given):
            raise FormatError(
                f"{tables.path}: a measurement of {o.id} at time {m.time:g} has {len(given)} {kind}Parameters, "
                f"and its formula {len(names)}"
            )
        found |= dict(zip(names, given, strict=True))
    for name in (v for v in found.values() if isinstance(v, str)):
        if name not in tables.parameters:
            raise FormatError(f"{tables.path}: a measurement of {o.id} names '{name}', which is no parameter")
    return found
