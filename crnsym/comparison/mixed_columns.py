"""What a search is told of columns that are no concentrations: observables, spectra, what was put in."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_uppercase
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ..data.charges import Charges, GivenCharges, charges
from ..data.noise import NoiseModel, estimate_noise
from ..data.tables import read_table
from ..data.trajectories import Trajectories
from ..errors import DataError, FitError, UnsupportedError
from ..network.network import Network
from ..refit.mixtures import Mixtures
from ..refit.observables import mixtures_of
from ..refit.spectra import BACKGROUND, banded, mixtures_of_spectra, rank_of
from .options import are_given, check_starts

AUTO = "auto"

Spectra: TypeAlias = str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | Mapping[str, ArrayLike | None]
"""What verbs take as ``spectra``: names of species that absorb, ``"auto"``, files, or {species: spectrum or None}."""


def told_of_columns(
    data: Trajectories,
    observables: Mapping[str, Any] | None,
    spectra: Spectra | None,
    starts: GivenCharges | None,
    named: Collection[str],
) -> tuple[Trajectories, Mixtures | None]:
    """Arrange what is told of the columns; None where every column is a species, and nothing was put in beside them.

    Parameters
    ----------
    data
        The measurements.
    observables, spectra, starts
        As in `crnsym.discover`; ``starts`` is None unless concentrations are given.
    named
        Species that something else names.

    Returns
    -------
    The data as they are fitted (many wavelengths averaged), and what they are.
    """
    given = None if starts is None else charges(starts, data)
    if spectra is not None:
        if observables:
            raise FitError("observables together with spectra: every column is an absorbance; give one of the two")
        return _of_spectra(data, spectra, given)
    if not observables and not given:
        return data, None
    mixtures = mixtures_of(data, observables or {}, given, named)
    return data, mixtures


def rank_remark(data: Trajectories, noise: NoiseModel, mixtures: Mixtures) -> str:
    """Say how many absorbing species the spectra show."""
    found = rank_of(data, noise).absorbing
    listed = len(mixtures.species)
    text = f"the spectra show {found} absorbing species with courses of their own"
    return text + (f", of {listed} that are named" if found != listed else "")


def _of_spectra(data: Trajectories, spectra: Spectra, given: Charges | None) -> tuple[Trajectories, Mixtures]:
    """Read which species absorb, and their spectra where they are known."""
    narrow = banded(data)
    absorbing: list[str] = []
    pure: dict[str, Any] = {}
    if isinstance(spectra, Mapping):
        for name, values in spectra.items():
            absorbing.append(str(name))
            if values is not None:
                pure[str(name)] = _bands_of(np.asarray(values, float), data, f"spectra of {name}")
    else:
        items = [spectra] if isinstance(spectra, str | os.PathLike) else list(spectra)
        for item in items:
            if isinstance(item, os.PathLike) or Path(str(item)).suffix:
                known = _pure_spectra(Path(item), data)
                pure |= known
                absorbing += known
            else:
                absorbing += [n.strip() for n in str(item).split(",") if n.strip()]
    if AUTO in absorbing:
        rank = max(rank_of(narrow, estimate_noise(narrow)).absorbing, 1)
        taken = [*(given or ()), *(n for n in absorbing if n not in (AUTO, BACKGROUND))]
        free = [n for n in ascii_uppercase if n not in taken]
        absorbing = [n for n in absorbing if n != AUTO]
        names = [n for n in (*(given or ()), *free) if n not in absorbing]
        absorbing += names[: max(rank - len(absorbing), 0)]
    if not [n for n in absorbing if n != BACKGROUND]:
        raise FitError("spectra names no absorbing species; give names such as A,B,C, 'auto', or a file of spectra")
    return narrow, mixtures_of_spectra(narrow, absorbing, pure, given)


def _bands_of(spectrum: np.ndarray, data: Trajectories, where: str) -> np.ndarray:
    """Average a pure spectrum over the bands of the data."""
    if spectrum.shape != (len(data.species),) or not np.isfinite(spectrum).all():
        raise DataError(f"{where}: expected {len(data.species)} absorbances, one for each column of the data")
    row = replace(data, experiments=("1",), times=(np.zeros(1),), values=(spectrum[None],), temperatures=None)
    return banded(row).values[0][0]


def _pure_spectra(path: Path, data: Trajectories) -> dict[str, np.ndarray]:
    """Read a table of wavelengths and a column a species, and interpolate it at the wavelengths of the data."""
    if not data.wavelengths:
        raise DataError(f"{path}: the columns of the data have no wavelengths to find pure spectra at")
    table = read_table(path, time="1")  # wavelengths stand first, whatever they are called
    if len(table) != 1:
        raise DataError(f"{path}: expected one table of wavelengths and a column a species, found {len(table)}")
    (grid,), (values,) = table.times, table.values
    waves: Sequence[float] = data.wavelengths
    if min(waves) < grid[0] or max(waves) > grid[-1] or not np.isfinite(values).all():
        raise DataError(
            f"{path}: covers {grid[0]:g} to {grid[-1]:g}, the data {min(waves):g} to {max(waves):g}; give every pure "
            "spectrum at all wavelengths of the data, without gaps"
        )
    return {
        name: _bands_of(np.interp(waves, grid, values[:, i]), data, str(path)) for i, name in enumerate(table.species)
    }


@dataclass(frozen=True)
class Mixed:
    """What `crnsym.compare` is told of columns that are no concentrations.

    Attributes
    ----------
    observables, spectra, per_run, starts
        As there.
    refused
        Other settings that were given, which such columns cannot have.
    """

    observables: Mapping[str, Any] | None
    spectra: Any
    per_run: Sequence[str]
    starts: Any
    refused: tuple[str, ...] = ()

    def of(self, data: Trajectories, networks: Sequence[Network]) -> tuple[Trajectories, Mixtures, bool]:
        """Return the columns as they are fitted, what they are, and whether runs start from their first row.

        Raises
        ------
        FitError, UnsupportedError
            A setting that cannot be, a coefficient that no observable has.
        """
        if self.refused:
            what = "spectra" if self.spectra is not None else "per_run"
            raise UnsupportedError(
                f"{self.refused[0]}= together with {what}=: leave it out; starts= gives what was put in"
            )
        given = are_given(self.starts)
        measured = False if given else check_starts(self.starts)
        species = list(dict.fromkeys(n for network in networks for n in network.species_names))
        starts = self.starts if given else self._of_networks(data, networks)
        table, mixtures = told_of_columns(data, self.observables, self.spectra, starts, species)
        if mixtures is None:
            mixtures = mixtures_of(data, {}, None, species)
        if self.spectra is not None and (dark := [n for n in species if n not in mixtures.species]):
            zero = {name: (0.0,) * len(data) for name in dark}
            table, mixtures = _of_spectra(data, self.spectra, {**charges(starts, data), **zero} if starts else zero)
        return table, mixtures.per_run(self.per_run, data.experiments), measured

    def _of_networks(self, data: Trajectories, networks: Sequence[Network]) -> Charges | None:
        """Return what the networks say of starts, of species that are no columns."""
        found: Charges = {}
        for network in networks:
            for species in network.species:
                value = species.initial
                if value is not None and species.name not in data.species and not value.free_symbols:
                    found.setdefault(species.name, (float(value),) * len(data))
        return found if any(v[0] > 0 for v in found.values()) else None
