"""What stands behind mixtures of species: their concentrations, pure spectra, and the coefficients found."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..comparison.candidate import Candidate
from ..comparison.numbers import with_error
from ..comparison.predict import predict_runs
from ..comparison.result import Discovery
from ..data.csv_text import csv_text
from ..refit.coefficients import coefficients_of
from .axes import on_axes, say
from .runs import dense_grid
from .style import SOFT, colours, time_axis

FEWEST = 3  # columns from which on a spectrum is drawn
MOST_RUNS = 4
LISTED = 24  # coefficients in the table


def is_spectral(candidate: Candidate) -> bool:
    """Whether the columns are the same kind of light: several, each with a coefficient for every species it shows."""
    seen = candidate.fit.problem.observation
    return seen is not None and len(seen.columns) >= FEWEST and bool(np.array(seen.private()).max(initial=0) > 1)


def pure_spectra(candidate: Candidate) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the species that are seen, and what each column shows of a concentration of 1, ``(species, columns)``."""
    seen, species = candidate.fit.problem.observation, candidate.mechanism.species
    if seen is None:
        return (), np.zeros((0, 0))
    response = seen.matrix(coefficients_of(candidate.fit))[0].T
    shown = np.flatnonzero(response.any(axis=1))
    return tuple(species[i] for i in shown), response[shown]


@on_axes
def plot_spectra(ax: Axes, found: Discovery, candidate: Candidate) -> Axes:
    """Draw the pure spectra over wavelengths, with their 95 % ranges."""
    names, spectra = pure_spectra(candidate)
    if not names:
        return say(ax, "no pure spectra")
    waves = np.array(found.data.wavelengths or np.arange(spectra.shape[1], dtype=float))
    palette = colours(candidate.mechanism.species)
    errors = candidate.coefficients
    for name, spectrum in zip(names, spectra, strict=True):
        spread = np.array([errors.get(f"{name} at {c}", (0.0, 0.0))[1] for c in found.data.species])
        spread = np.where(np.isfinite(spread), 1.96 * spread, 0.0)
        ax.fill_between(waves, spectrum - spread, spectrum + spread, color=palette[name], alpha=0.2, lw=0)
        ax.plot(waves, spectrum, color=palette[name], lw=1.6, marker="o", ms=3, label=name)
    if not found.data.wavelengths:
        ax.set_xticks(waves, found.data.species, rotation=45, ha="right", fontsize=8)
    ax.set(xlabel="wavelength" if found.data.wavelengths else "column", ylabel="of a concentration of 1")
    ax.legend(fontsize=9)
    return ax


def plot_concentrations(ax: Axes, found: Discovery, candidate: Candidate, run: int) -> Axes:
    """Draw the concentrations behind the columns of a run."""
    palette = colours(candidate.mechanism.species)
    grid = dense_grid(found.data.times[run])
    course = predict_runs(candidate.fit, [run], [grid])[0]
    for i, name in enumerate(candidate.mechanism.species):
        ax.plot(grid, course[:, i], color=palette[name], lw=1.5, label=name)
    ax.set_title(f"run {found.data.experiments[run]}", loc="left", color=SOFT, fontsize=9)
    ax.set(xlabel=time_axis(found.data), ylabel="concentration")
    return ax


def coefficient_rows(candidate: Candidate) -> list[tuple[str, str]]:
    """Return names and values of the coefficients for a table; nothing where they are too many."""
    found: Mapping[str, Any] = candidate.coefficients
    if len(found) > LISTED:
        return []
    return [(name, "0 (its bound)" if v == 0.0 else with_error(v, e)) for name, (v, e) in found.items()]


def coefficients_csv(candidate: Candidate) -> str:
    """Return all coefficients as a table of comma-separated values."""
    rows = (
        {"coefficient": name, "value": f"{value:.8g}", "standard_error": f"{error:.4g}" if np.isfinite(error) else ""}
        for name, (value, error) in candidate.coefficients.items()
    )
    return csv_text(("coefficient", "value", "standard_error"), rows)
