"""Where fits start: values that are given, else guesses, and points spread over many powers of ten around them."""

from typing import Any

import numpy as np
import sympy as sp
from scipy.stats import qmc

from ...data.trajectories import Trajectories
from ...network.symbols import symbol
from .columns import Prepared
from .mechanism import LawMechanism

NEAR, FAR = np.log(1e2), np.log(1e2)  # how far points go from a given value, and beyond the range of guesses
EXPONENT = (0.5, 8.0)  # range of a parameter that stands in an exponent
POINT = 2.0  # where such a parameter starts


def first_values(prepared: Prepared, data: Trajectories) -> dict[str, float]:
    """Return a value for each fitted parameter: its own, or a guess from the size of the data and their duration."""
    own = prepared.network.parameters
    guesses = {p: _guess(prepared, p, data) for p in prepared.fitted if own[p] is None}
    return {p: float(v) if (v := own[p]) is not None else guesses[p] for p in prepared.fitted}


def spread_points(mechanism: LawMechanism, data: Trajectories, count: int, seed: int) -> np.ndarray:
    """Return points of a Latin hypercube around the start of a mechanism, ``(count, params)``, in fitted numbers.

    Parameters with bounds are spread between those, others over four powers of ten around a value that is given, and
    those without over all that rates, times and concentrations of the size of the data can make.
    """
    scales, names = mechanism.transform, mechanism.parameters
    if not names:
        return np.zeros((count, 0))
    unit = qmc.LatinHypercube(len(names), rng=seed).random(count)
    level, duration = _sizes(data)
    powers = np.log([1.0, level, 1.0 / duration, level / duration])
    middle = mechanism.log_rates
    low, high = middle - NEAR, middle + NEAR
    own = mechanism.network.parameters
    exponents = in_exponents(mechanism.prepared)
    for i, name in enumerate(names):
        if np.isfinite(scales.low[i]):
            inner = scales.low[i] + (scales.high[i] - scales.low[i]) * unit[:, i]
            half = 0.5 * (scales.high[i] - scales.low[i])
            part = (inner - scales.low[i] - half) / half
            unit[:, i] = scales.low[i] + half + half * np.arctanh(np.clip(part, -0.99, 0.99))
            low[i], high[i] = 0.0, 1.0
        elif name in exponents:
            low[i], high[i] = np.log(EXPONENT) if scales.logarithmic[i] else (-1.0, 2.0)
        elif not scales.logarithmic[i]:
            low[i], high[i] = middle[i] - 3.0, middle[i] + 3.0
        elif own[name] is None:
            low[i], high[i] = min(powers.min(), middle[i]) - FAR, max(powers.max(), middle[i]) + FAR
    return low + (high - low) * unit


def in_exponents(prepared: Prepared) -> set[str]:
    """Names of the parameters that stand in an exponent, such as Hill coefficients, and not in that of exp."""
    expressions = [r.rate_expression for r in prepared.network.reactions] + list(prepared.columns.values())
    found: set[Any] = set()
    for expression in expressions:
        for power in expression.atoms(sp.Pow):
            found |= power.exp.free_symbols
    return {s.name for s in found}


def _guess(prepared: Prepared, name: str, data: Trajectories) -> float:
    """Guess a constant of mass action from a turnover in the duration of the data, and any other from its place."""
    level, duration = _sizes(data)
    if name in in_exponents(prepared):
        return POINT
    for reaction in prepared.network.reactions:
        if getattr(reaction.rate, "k", None) == symbol(name) and reaction.rate.is_mass_action:
            return level ** (1.0 - float(reaction.order)) / duration
    return 1.0


def _sizes(data: Trajectories) -> tuple[float, float]:
    values = np.abs(np.concatenate([v.ravel() for v in data.values]))
    values = values[np.isfinite(values) & (values > 0)]
    duration = float(np.median([t[-1] - t[0] for t in data.times]))
    return float(np.median(values)) if len(values) else 1.0, duration or 1.0
