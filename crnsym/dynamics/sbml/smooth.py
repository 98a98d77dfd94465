"""Integration of models in which nothing ever jumps: one call of LSODA for all times, much faster than step by step."""

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.integrate import odeint

from .events import Moment
from .system import System

_STEPS = 100_000
"""Steps from one time to the next after which the careful integrator takes over."""


def is_smooth(system: System) -> bool:
    """Whether a model has no events, jumps or kinks."""
    return not (system.events or system.has_switches or system.has_kinks)


def integrate_smooth(
    system: System, moment: Moment, start: float, times: Sequence[float], tolerances: tuple[float, float]
) -> tuple[np.ndarray, Moment] | None:
    """Return the states at the times, ``(times, dynamic slots)``, and the moment at the last.

    None where that fails or a state is not finite: the integrator that watches every step may get further, or say why.
    """
    slots = moment.slots
    y = np.array(system.dynamic(slots), dtype=float)
    if not np.isfinite(y).all():
        return None
    clock = np.array([start, *times])
    rhs = system.rhs
    if len(y) and clock[-1] > start:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found, told = odeint(
                lambda t, y: rhs(t, y.tolist(), slots),
                y,
                clock,
                tfirst=True,
                rtol=tolerances[0],
                atol=tolerances[1],
                mxstep=_STEPS,
                full_output=True,
            )
        if told["message"] != "Integration successful." or not np.isfinite(found).all():
            return None
        rows = found[1:]
    else:
        rows = np.tile(y, (len(times), 1))
    last = list(slots)
    for i, value in zip(system.places, rows[-1].tolist(), strict=True):
        last[i] = value
    return rows, replace(moment, slots=last)
