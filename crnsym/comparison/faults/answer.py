"""What the best answer shows of the measurements: values that it cannot explain, and data of no network."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crnsym.comparison.candidate import Candidate
from crnsym.comparison.residuals import residuals
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit, fit_mechanism

FAR = 8.0  # standard deviations between a value and the best answer
MOST = 3  # values that are named
EXPLAINED = 1.5  # chi2/N that the others must reach without them
USELESS = 0.8  # error of predictions, in units of that of the mean of the measurements


def seen_in_the_answer(candidates: Sequence[Candidate], data: Trajectories, complete: bool = True) -> tuple[str, ...]:
    """Say what the best of the candidates shows of the measurements, a sentence a fault.

    Of a search that did not end by itself (``complete`` is False) only that nothing predicts the data so far.
    """
    if not candidates:
        return ()
    values = unexplained_values(candidates[0].fit, data) if complete else ()
    return (*values, *no_network(candidates, data, complete))


def unexplained_values(fit: Fit, data: Trajectories) -> tuple[str, ...]:
    """Name single values that are far from the best answer, if everything else fits once they are left out."""
    left = residuals(fit)
    measured = len(data.species)
    if left is None:
        return ()
    size = np.abs(left.values)
    if not 0 < (size > FAR).sum() <= MOST:
        return ()
    places = [tuple(map(int, place)) for place in np.argwhere(size > FAR)]
    present = fit.problem.present.copy()
    for place in places:
        present[place] = False
    again = fit_mechanism(fit.mechanism, replace(fit.problem, present=present), initial=fit.initial_states, prior=0.0)
    if not again.ok or again.reduced > EXPLAINED:
        return ()
    return tuple(
        f"{data.experiments[run]}, {data.species[column]} at time {data.times[run][row]:g}: "
        f"{data.values[run][row, column]:.6g} is far from mechanism 1, which says "
        f"{left.courses[run, row, column]:.3g}; chi2/N is {fit.reduced:.2f} with it and {again.reduced:.2f} without"
        for run, row, column in places
        if column < measured
    )


def no_network(candidates: Sequence[Candidate], data: Trajectories, complete: bool = True) -> tuple[str, ...]:
    """Say that the data look like those of no network: no mechanism predicts runs better than their mean does."""
    left = residuals(candidates[0].fit)
    errors = [c.test_error for c in candidates if np.isfinite(c.test_error)]
    if left is not None and left.reaches_noise:
        return ()
    rows = np.concatenate(data.values)
    spans = np.where(data.ranges() > 0, data.ranges(), 1.0)
    useless = float(np.nanmean(np.abs(rows - np.nanmean(rows, axis=0)) / spans))
    if not errors or min(errors) < USELESS * useless:
        return ()
    errors_of_means = f"{100 * useless:.2g} %"
    if not complete:
        return (
            "so far no mechanism predicts left-out runs better than the mean of all values does "
            f"(mean error {100 * min(errors):.2g} % of the range against {errors_of_means}): these may be data of no "
            "reaction network",
        )
    return (
        "these data look like those of no reaction network: no mechanism reaches the noise, and left-out runs are "
        f"predicted no better (mean error {100 * min(errors):.2g} % of the range) than by the mean of all values "
        f"({errors_of_means})",
    )
