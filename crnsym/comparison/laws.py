"""Networks with any rate laws as candidates: their fits as tasks, and what the table says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from time import perf_counter
from typing import Any

import numpy as np
import sympy as sp

from ..data.noise import NoiseModel
from ..data.trajectories import Trajectories
from ..network.network import Network
from ..network.symbols import exact_number, symbol
from ..refit.fit import Fit
from ..refit.freedom import two_sided
from ..refit.general.build import law_problem
from ..refit.general.evaluate import courses, first_state
from ..refit.general.fit import fit_laws, laws_of, polished, usual_starts
from ..refit.general.limits import End, LawFit, with_ends
from ..refit.general.mechanism import LawMechanism
from ..refit.problem import FitProblem
from ..refit.reweigh import column_criterion, noise_left_by
from . import criteria
from .candidate import Candidate
from .known_noise import given_problem

MORE = 3  # times the starts where the noise is found with the fit: wrong weights make more local optima


@dataclass(frozen=True, eq=False)
class LawTask:
    """A mechanism and how it is fitted, as plain values that cross processes.

    Attributes
    ----------
    mechanism
        Where the fit starts from.
    label
        What to call the network.
    conditions
        Values that differ between runs, as in `Setting`.
    seed
        Chooses the starts.
    measured
        Whether runs start from their first row.
    reweigh
        Whether the noise of each column is found with the fit.
    """

    mechanism: LawMechanism
    label: str
    conditions: Mapping[str, Mapping[str, float]]
    seed: int
    measured: bool = False
    reweigh: bool = False

    def problem(self, data: Trajectories, noise: NoiseModel) -> FitProblem:
        """Arrange data for the fit."""
        return law_problem(self.mechanism, data, given_problem(data, noise, self.measured), self.conditions)


@dataclass(frozen=True, eq=False)
class LawCandidate(Candidate):
    """A candidate whose parameters are not one a reaction."""

    one_rate_each = False

    @property
    def reactions(self) -> list[str]:
        """The reactions as text, with their rate laws where those are not mass action."""
        return laws_of(self.fit).reactions

    @property
    def tied(self) -> dict[str, str]:
        """{parameter: parameter at its limit} of those that count only divided by the other."""
        ends = self.fit.ends if isinstance(self.fit, LawFit) else {}
        return {name: end for end, found in ends.items() for name, sign in found.tied.items() if sign > 0}

    @property
    def hidden_species(self) -> tuple[str, ...]:
        """Species that were not measured by themselves."""
        mechanism = laws_of(self.fit)
        return tuple(s for s in mechanism.hidden if s in mechanism.species and s not in mechanism.prepared.columns)


def fit_of(shared: tuple[Trajectories, NoiseModel], task: LawTask) -> dict[str, Any]:
    """Fit a mechanism from many starts, as a task: the fit, or with ``reweigh`` the noise, and seconds."""
    data, noise = shared
    begin = perf_counter()
    starts = usual_starts(task.mechanism) * (MORE if task.reweigh else 1)
    problem = task.problem(data, noise)
    # a number that overflows is a failed step, which every fit checks for
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        fit = fit_laws(task.mechanism, problem, data, starts=starts, seed=task.seed, reweigh=task.reweigh)
        if task.reweigh:
            criterion = column_criterion(fit) if fit.ok else np.inf
            return {"criterion": criterion, "noise": noise_left_by(fit, len(data.species))}
        final = with_ends(fit) if fit.ok else LawFit(**{f.name: getattr(fit, f.name) for f in fields(Fit)})
    return {"fit": final, "seconds": perf_counter() - begin}


def left_out_error_of(
    shared: tuple[Trajectories, Trajectories, Trajectories, NoiseModel], job: tuple[LawTask, LawFit]
) -> float:
    """Refit to part of the runs and predict the others from their first row, as a task; see `heldout`."""
    (data, train, left_out, noise), (task, whole) = shared, job
    kept = [i for i, label in enumerate(data.experiments) if label in set(train.experiments)]
    problem = task.problem(train, noise)
    trained = polished(replace(whole, problem=problem, initial_states=whole.initial_states[kept]))
    if not trained.ok:
        return float("nan")
    start = task.problem(left_out, noise).start
    predicted = courses(laws_of(trained), start, left_out.times, 1e-6, left_out.operation)
    span = np.where(left_out.ranges() > 0, left_out.ranges(), 1.0)
    errors = [np.abs(c[1:, : len(span)] - v[1:]) / span for c, v in zip(predicted, left_out.values, strict=True)]
    measured = np.concatenate([np.isfinite(v[1:]) for v in left_out.values])
    return float(np.concatenate(errors)[measured].mean())


def law_candidate(fit: LawFit, name: str) -> LawCandidate:
    """Wrap one fit for the table; its score is plain BIC."""
    mechanism = laws_of(fit)
    names = list(mechanism.parameters)
    rates = dict(zip(names, map(float, mechanism.values), strict=True))
    slopes = np.abs(mechanism.transform.slopes(mechanism.log_rates))
    errors = {n: float(e * s) for n, e, s in zip(names, fit.log_errors, slopes, strict=True)}
    width = 2.0 * two_sided(0.9, fit.degrees_of_freedom)
    errors |= {n: float(np.log(high / low) / width * rates[n]) for n, (low, high) in fit.ranges.items() if low > 0}
    errors |= dict.fromkeys(fit.ends, float("inf"))
    n = len(names) - len(fit.pinned)
    ends = fit.ends
    return LawCandidate(
        network=_network(fit, rates, errors),
        fit=fit,
        rates=rates,
        standard_errors=errors,
        n_parameters=n,
        log_likelihood=criteria.log_likelihood(fit.chi2, fit.count),
        score=criteria.bic(fit.chi2, fit.count, n),
        provenance=mechanism.provenance,
        name=name,
        bounds={p: end.bound for p, end in ends.items() if end.above and not end.below},
        ceilings={p: end.bound for p, end in ends.items() if end.below and not end.above},
        undetermined=tuple(p for p, end in ends.items() if end.above and end.below),
    )


def law_remarks(candidate: LawCandidate) -> list[str]:
    """Say what the data leave open in a candidate."""
    fit = candidate.fit
    ends: Mapping[str, End] = fit.ends if isinstance(fit, LawFit) else {}
    found = []
    for name, end in ends.items():
        if end.above and end.below:
            found.append(f"{candidate.name}: these data say nothing about {name}" + (" alone" if end.tied else ""))
        elif end.above:
            found.append(f"{candidate.name}: {name} may be as large as it likes above {end.bound:.3g} (95 %)")
        else:
            found.append(f"{candidate.name}: {name} may be as small as it likes below {end.bound:.3g} (95 %)")
        for other, sign in end.tied.items():
            what = f"{other} / {name}" if sign > 0 else f"{other} × {name}"
            found.append(f"{candidate.name}: of {other} only {what} is determined")
    return found


def _network(fit: Fit, rates: Mapping[str, float], errors: Mapping[str, float]) -> Network:
    """Return the network with its fitted parameters, its start in the first run, and what was observed."""
    mechanism = laws_of(fit)
    network = mechanism.network
    state = first_state(mechanism, fit.initial_states[0])
    initial = {s: _rounded(v) for s, v in zip(network.species_names, state, strict=True) if np.isfinite(v)}
    taken = {*network.species_names, *network.parameters}
    seen = {n: e for n, e in mechanism.prepared.columns.items() if e != symbol(n) and n not in taken}
    network = network.with_parameters({n: _rounded(v) for n, v in rates.items()}).with_initial(initial)
    metadata = {"standard_errors": {n: float(e) for n, e in errors.items() if np.isfinite(e)}}
    return replace(network, observables={**network.observables, **seen}, metadata=metadata)


def _rounded(value: float) -> sp.Rational:
    return exact_number(float(f"{value:.6g}"))


def species_of(networks: Sequence[Network]) -> set[str]:
    """Names of the species of all networks."""
    return {name for network in networks for name in network.species_names}
