"""What a PEtab problem says, whatever its version: parameters, observables, experiments, measurements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sympy as sp

STEADY = float("-inf")
"""Start of a period that lasts until nothing changes any more."""


@dataclass(frozen=True)
class Prior:
    """A prior of one parameter.

    Attributes
    ----------
    kind
        ``uniform``, ``normal``, ``laplace``, ``log-normal`` and so on: the names of version 2.
    numbers
        Its parameters.
    scaled
        It is about the parameter on the scale on which that is estimated.
    bounded
        The density is that within the bounds of the parameter.
    """

    kind: str
    numbers: tuple[float, ...]
    scaled: bool = False
    bounded: bool = False


@dataclass(frozen=True)
class Parameter:
    """An entry of the table of parameters; bounds and value are those of the parameter itself, on no scale."""

    id: str
    scale: str
    low: float
    high: float
    nominal: float
    estimated: bool
    prior: Prior | None = None


@dataclass(frozen=True)
class Observable:
    """What is measured.

    Attributes
    ----------
    formula, noise
        Of identifiers of the model, parameters, placeholders and ``time``; the noise of observables too.
    scale
        ``lin``, ``log`` or ``log10``: where the noise is added.
    laplace
        The noise has the distribution of Laplace; else it is normal.
    placeholders, noise_placeholders
        Names that every measurement has its own values for, in order.
    """

    id: str
    formula: sp.Expr
    noise: sp.Expr
    scale: str = "lin"
    laplace: bool = False
    placeholders: tuple[str, ...] = ()
    noise_placeholders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Period:
    """What is set at a time; values are formulas, after the first period also of the state."""

    time: float
    changes: Mapping[str, sp.Expr] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """Periods, one after another; one that starts at `STEADY` lasts until nothing changes."""

    id: str
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Measurement:
    """One value; the own values of placeholders are names of parameters or numbers."""

    observable: str
    experiment: str
    time: float
    value: float
    parameters: tuple[str | float, ...] = ()
    noise_parameters: tuple[str | float, ...] = ()


@dataclass(frozen=True)
class Tables:
    """A problem as its tables give it.

    Attributes
    ----------
    path
        The YAML file.
    model
        The SBML file.
    parameters, observables, experiments
        By identifier.
    """

    path: Path
    model: Path
    version: int
    parameters: Mapping[str, Parameter]
    observables: Mapping[str, Observable]
    experiments: Mapping[str, Experiment]
    measurements: tuple[Measurement, ...]
