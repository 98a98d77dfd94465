"""Spectra over time as mixtures: Beer and Lambert's law with pure spectra that are known, or found with the rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.refit.mixtures import Mixtures, assumed, starts_of

MOST = 12  # columns that are fitted: of more, neighbours are averaged
EDGE = 1.2  # times the largest singular value of noise alone: the noise is only known to so much
BACKGROUND = "background"  # stands among absorbing species for light that is lost all the time


@dataclass(frozen=True, slots=True, eq=False)
class Rank:
    """How many species a data matrix shows.

    Attributes
    ----------
    absorbing
        Number of singular values above those of noise: at least so many species absorb, each with a spectrum and a
        course of its own.
    values
        Singular values over the largest of noise alone, falling.
    """

    absorbing: int
    values: np.ndarray


def rank_of(data: Trajectories, noise: NoiseModel) -> Rank:
    """Count the singular values of all spectra, in units of their noise, above sqrt(rows) + sqrt(columns).

    That is where the largest one of a matrix of independent noise lies (Bai & Yin 1993).
    """
    rows = np.concatenate(data.values)
    rows = rows[np.isfinite(rows).all(axis=1)]
    sigma = np.sqrt((noise.sigma(rows) ** 2).mean(axis=0))
    values = np.linalg.svd(rows / sigma, compute_uv=False)
    over = values / (np.sqrt(rows.shape[0]) + np.sqrt(rows.shape[1]))
    return Rank(int((over > EDGE).sum()), over)


def banded(data: Trajectories, most: int = MOST) -> Trajectories:
    """Average neighbouring wavelengths so that few columns remain; the data themselves where they are few.

    Averages keep the positive sign of spectra, and of noise no more than the spectra of neighbours differ is lost.
    """
    width = len(data.species)
    if width <= most:
        return data
    parts = np.array_split(np.arange(width), most)
    waves = np.array(data.wavelengths or np.arange(width, dtype=float))
    names = tuple(f"{waves[p[0]]:g} to {waves[p[-1]]:g}" for p in parts)
    values = tuple(np.stack([v[:, p].mean(axis=1) for p in parts], axis=1) for v in data.values)
    return replace(
        data,
        species=names,
        values=values,
        errors=None,
        units=(),
        wavelengths=tuple(float(waves[p].mean()) for p in parts),
        remarks=(*data.remarks, f"{width} wavelengths are averaged to {most} bands for the fits"),
    )


def mixtures_of_spectra(
    data: Trajectories,
    absorbing: Sequence[str],
    pure: Mapping[str, Sequence[float]] | None = None,
    starts: Mapping[str, Sequence[float]] | None = None,
) -> Mixtures:
    """Let every column be a sum over absorbing species.

    Parameters
    ----------
    data
        Absorbances; a column a wavelength.
    absorbing
        Names of the species that absorb; ``"background"`` for what absorbs all the time and does not react.
    pure
        {species: absorbance of a concentration of 1, at every column} of the pure spectra that are known.
    starts
        {species: start in every run}; a species without a spectrum does not absorb.
    """
    pure, starts = dict(pure or {}), dict(starts or {})
    names = [n for n in dict.fromkeys((*starts, *absorbing, *pure)) if n != BACKGROUND]
    unknown = [n for n in absorbing if n not in pure]
    runs, width = len(data), len(data.species)
    known, constant = np.zeros((runs, width, len(names))), np.zeros((runs, width))
    for name, spectrum in pure.items():
        known[:, :, names.index(name)] = np.asarray(spectrum, float)
    terms = np.zeros((len(unknown) * width, runs, width, len(names)))
    offsets = np.zeros((len(unknown) * width, runs, width))
    for k, (name, column) in enumerate((n, c) for n in unknown for c in range(width)):
        if name == BACKGROUND:
            offsets[k, :, column] = 1.0
        else:
            terms[k, :, column, names.index(name)] = 1.0
    alone = (-1,) * len(names)
    first, unit = starts_of(names, data.experiments, starts, alone)
    labels = tuple(f"{n} at {c}" for n in unknown for c in data.species)
    positive = np.ones(len(labels), np.bool_)
    told = assumed(unit)
    return Mixtures(tuple(names), first, known, constant, labels, terms, offsets, positive, alone, unit, told)
