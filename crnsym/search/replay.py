"""A record of finished fits: a search that was cut short goes on from it and ends as if it had not been.

The search is deterministic, so running it again asks for the same fits in the same order; those that are on record
are read instead of computed.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.problem import FitProblem
from crnsym.training.records import Record

NAME = "fits.jsonl"


class Replay:
    """Stand in for `fit_mechanism`, remembering every fit in a file of one line a fit.

    Parameters
    ----------
    folder
        Where the record lies; made if needed.
    header
        What the fits depend on (data, options); a record made with another header is refused.
    resume
        Read the record that is there; otherwise it is begun anew.

    Raises
    ------
    FitError
        The record belongs to other data or options.
    ExportError
        The folder cannot be written.
    """

    def __init__(self, folder: str | os.PathLike[str], header: Mapping[str, Any], resume: bool = False) -> None:
        self.replayed = 0
        self._record = Record(Path(folder) / NAME, header, resume)
        self.known: dict[str, dict[str, Any]] = {e["key"]: e for e in self._record.entries}

    def __call__(self, mechanism: Mechanism, problem: FitProblem, **options: Any) -> Fit:
        """Return the fit on record, or compute and record it."""
        key = _key(mechanism, problem, options)
        entry = self.known.get(key)
        if entry is not None:
            self.replayed += 1
            if problem.temperatures is not None:
                mechanism = problem.temperatures.complete(mechanism)
            energies = entry.get("energies")
            return Fit(
                replace(
                    mechanism,
                    log_rates=np.array(entry["log_rates"]),
                    energies=None if energies is None else np.array(energies),
                ),
                np.array(entry["covariance"]).reshape(2 * (problem.numbers * len(mechanism.log_rates),)),
                np.array(entry["initial_states"]).reshape(problem.start.shape),
                entry["chi2"],
                entry["count"],
                entry["converged"],
                problem,
                tuple(options.get("pinned", ())),
            )
        fit = fit_mechanism(mechanism, problem, **options)
        self._record.add(
            {
                "key": key,
                "log_rates": fit.mechanism.log_rates.tolist(),
                "energies": None if fit.mechanism.energies is None else fit.mechanism.energies.tolist(),
                "covariance": fit.covariance.tolist(),
                "initial_states": fit.initial_states.tolist(),
                "chi2": fit.chi2,
                "count": fit.count,
                "converged": fit.converged,
            }
        )
        return fit

    def close(self) -> None:
        """Close the file."""
        self._record.close()


def _key(mechanism: Mechanism, problem: FitProblem, options: Mapping[str, Any]) -> str:
    """Digest of everything a fit depends on."""
    digest = hashlib.sha256()
    arrays = [mechanism.reactants, mechanism.products, mechanism.log_rates]
    arrays += [problem.times, problem.lengths, problem.values, problem.present, problem.start, problem.free]
    arrays += [np.array(problem.quasi_steady)]
    arrays += [problem.noise.relative, problem.noise.absolute]
    if problem.temperatures is not None:
        heat = problem.temperatures
        arrays += [heat.kelvin, np.array([heat.reference, heat.typical])]
    if problem.knowledge is not None:
        digest.update(repr(problem.knowledge).encode())
    if mechanism.energies is not None:
        arrays += [mechanism.energies, np.array([mechanism.reference])]
    for array in arrays:
        digest.update(str(array.shape).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    for name in sorted(options):
        value = options[name]
        if isinstance(value, np.ndarray):
            digest.update(name.encode() + np.ascontiguousarray(value).tobytes())
        elif isinstance(value, tuple):
            digest.update(f"{name}={value!r}".encode())
        else:
            digest.update(f"{name}={float(value) if value is not None else None!r}".encode())
    return digest.hexdigest()
