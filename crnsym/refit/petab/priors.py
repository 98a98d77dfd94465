"""Densities of priors."""

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from ...errors import FormatError, UnsupportedError
from ...formats.petab.problem import Parameter, Prior

if TYPE_CHECKING:
    from scipy.stats._distn_infrastructure import rv_continuous_frozen

_MAKE: dict[str, Any] = {
    "uniform": lambda a, b: stats.uniform(a, b - a),
    "normal": stats.norm,
    "laplace": stats.laplace,
    "cauchy": stats.cauchy,
    "chisquare": stats.chi2,
    "exponential": lambda mean: stats.expon(scale=mean),
    "gamma": lambda shape, scale: stats.gamma(shape, scale=scale),
    "rayleigh": lambda scale: stats.rayleigh(scale=scale),
    "log-uniform": stats.loguniform,
    "log-normal": lambda mean, sd: stats.lognorm(sd, scale=np.exp(mean)),
    "log-laplace": lambda mean, width: stats.loglaplace(1 / width, scale=np.exp(mean)),
}
"""{kind: its parameters, in the order of the table, to a distribution}."""


def scaled(parameter: Parameter, value: float) -> float:
    """Return a value on the scale on which the parameter is estimated."""
    if parameter.scale == "lin":
        return value
    return np.log(value) if parameter.scale == "log" else np.log10(value)


def unscaled(parameter: Parameter, number: float) -> float:
    """Return the value of a number on the scale on which the parameter is estimated."""
    if parameter.scale == "lin":
        return number
    return np.exp(number) if parameter.scale == "log" else np.power(10.0, number)


def distribution(source: str, parameter: Parameter, prior: Prior) -> "rv_continuous_frozen":
    """Return the distribution of a prior.

    Raises
    ------
    UnsupportedError, FormatError
        For an unknown kind, or a wrong number of parameters.
    """
    if prior.kind not in _MAKE:
        raise UnsupportedError(f"{source}: the prior '{prior.kind}' of {parameter.id} is not supported")
    try:
        return _MAKE[prior.kind](*prior.numbers)
    except TypeError:
        raise FormatError(f"{source}: the prior of {parameter.id} has {len(prior.numbers)} parameters") from None


def log_density(parameter: Parameter, prior: Prior, found: "rv_continuous_frozen", value: float) -> float:
    """Return the logarithm of the density of a prior at a value of its parameter."""
    at = scaled(parameter, value) if prior.scaled else value
    density = float(found.logpdf(at))
    if prior.bounded:
        density -= float(np.log(found.cdf(parameter.high) - found.cdf(parameter.low)))
    return density
