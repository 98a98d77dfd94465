"""Courses of a candidate with its own rates or others: what moves when a rate is turned."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import FitError
from ..network.arguments import real, whole_number
from ..refit.general.mechanism import LawMechanism
from .predict import predict_runs

if TYPE_CHECKING:
    from .candidate import Candidate


def course(candidate: "Candidate", run: int, times: np.ndarray, rates: Mapping[str, float]) -> np.ndarray:
    """Return the course of one fitted run with some rates changed; see `Candidate.course`."""
    fit = candidate.fit
    run = whole_number("run", run, 0, len(fit.initial_states) - 1, FitError)
    if not rates:
        return predict_runs(fit, [run], [times])[0]
    laws = fit.mechanism if isinstance(fit.mechanism, LawMechanism) else None
    names = list(candidate.rates)
    values = np.array(list(candidate.rates.values()), float)
    for name, value in rates.items():
        if name not in names:
            raise FitError(f"rates: '{name}' is no parameter; those are {', '.join(names)}")
        told = real(value)
        if told is None or (told <= 0 and laws is None):
            raise FitError(f"rates: {name} = {value!r}; give a number above 0")
        values[names.index(name)] = told
    changed = replace(fit.mechanism, log_rates=np.log(values) if laws is None else laws.transform.numbers(values))
    return predict_runs(replace(fit, mechanism=changed), [run], [times])[0]
