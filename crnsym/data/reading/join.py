"""Several tables as one: files, sheets and blocks become runs; columns that only one of them has are gaps elsewhere."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...errors import DataError
from ..trajectories import Trajectories
from .units import read_unit

Part = tuple[str, str, Trajectories]
"""Label, place for messages, and data of one table."""


def joined(parts: Sequence[Part]) -> Trajectories:
    """Put tables together.

    Tables side by side that share no species are one run with times of its own for each species; all others are runs.

    Raises
    ------
    DataError
        A table shares no species with the others, or units cannot be brought together.
    """
    if len(parts) == 1:
        return parts[0][2]
    datas = _in_units_of_first(parts)
    if _complement(parts, datas):
        return _merged(datas)
    species = tuple(dict.fromkeys(s for d in datas for s in d.species))
    common = set(datas[0].species)
    for (_, place, _), data in zip(parts[1:], datas[1:], strict=True):
        if not common & set(data.species):
            raise DataError(
                f"{place}: has none of the species of {parts[0][1]} ({', '.join(datas[0].species)}); "
                "give tables of the same species"
            )
        common |= set(data.species)
    labels = _labels(parts, datas)
    wide = [_widened(d, species) for d in datas]
    remarks = list(dict.fromkeys(r for d in datas for r in d.remarks))
    if any(d.species != species for d in datas):
        remarks.append("not every table has every species: gaps")
    warm = [d.temperatures is not None for d in datas]
    if any(warm) and not all(warm):
        raise DataError(f"{parts[warm.index(False)][1]}: has no temperature, but others have one; give all, or none")
    return Trajectories(
        species,
        tuple(labels),
        tuple(t for d in wide for t in d.times),
        tuple(v for d in wide for v in d.values),
        tuple(k for d in wide for k in d.temperatures or ()) or None,
        tuple(remarks),
        tuple(e for d in wide for e in _errors(d)) if any(d.errors is not None for d in datas) else None,
        _units(datas, species),
        datas[0].time_unit,
        datas[0].wavelengths if all(d.wavelengths == datas[0].wavelengths for d in datas) else (),
    )


def _in_units_of_first(parts: Sequence[Part]) -> list[Trajectories]:
    first = parts[0][2]
    wanted = {s: u for _, _, d in reversed(parts) for s, u in zip(d.species, d.units, strict=False) if u}
    datas = []
    for _, place, data in parts:
        data = _in_time_unit(place, data, first.time_unit)
        for k, unit in enumerate(data.units):
            target = wanted.get(data.species[k], unit)
            if unit and unit != target:
                data = _scaled(place, data, k, unit, target)
        datas.append(data)
    return datas


def _in_time_unit(place: str, data: Trajectories, wanted: str) -> Trajectories:
    if data.time_unit == wanted or not data.time_unit or not wanted:
        return data
    old, new = read_unit(data.time_unit), read_unit(wanted)
    if old is None or new is None:
        raise DataError(f"{place}: times in {data.time_unit}, but {wanted} before; use one unit")
    times = tuple(t * (old.size / new.size) for t in data.times)
    remark = f"{place}: times converted from {data.time_unit} to {wanted}"
    return replace(data, times=times, time_unit=wanted, remarks=(*data.remarks, remark))


def _scaled(place: str, data: Trajectories, column: int, unit: str, wanted: str) -> Trajectories:
    old, new = read_unit(unit), read_unit(wanted)
    name = data.species[column]
    if old is None or new is None or old.kind != new.kind:
        raise DataError(f"{place}: {name} is in {unit}, but in {wanted} before; use one unit")
    factors = np.ones(len(data.species))
    factors[column] = old.size / new.size
    units = tuple(wanted if k == column else u for k, u in enumerate(data.units))
    errors = None if data.errors is None else tuple(e * factors for e in data.errors)
    remark = f"{place}: {name} converted from {unit} to {wanted}"
    return replace(
        data,
        values=tuple(v * factors for v in data.values),
        errors=errors,
        units=units,
        remarks=(*data.remarks, remark),
    )


def _complement(parts: Sequence[Part], datas: Sequence[Trajectories]) -> bool:
    """Say whether tables of one place hold different species of the same single run."""
    names = [s for d in datas for s in d.species]
    return (
        len({place for _, place, _ in parts}) == 1 and len(set(names)) == len(names) and all(len(d) == 1 for d in datas)
    )


def _merged(datas: Sequence[Trajectories]) -> Trajectories:
    species = tuple(s for d in datas for s in d.species)
    times = np.unique(np.concatenate([d.times[0] for d in datas]))
    values, errors = np.full((2, len(times), len(species)), np.nan)
    column = 0
    for d in datas:
        rows = np.searchsorted(times, d.times[0])
        values[rows, column : column + len(d.species)] = d.values[0]
        errors[rows, column : column + len(d.species)] = _errors(d)[0]
        column += len(d.species)
    remarks = tuple(
        dict.fromkeys([*(r for d in datas for r in d.remarks), "every species has times of its own: one run"])
    )
    return Trajectories(
        species,
        ("0",),
        (times,),
        (values,),
        datas[0].temperatures,
        remarks,
        (errors,) if np.isfinite(errors).any() else None,
        tuple(u for d in datas for u in d.units) if all(d.units for d in datas) else (),
        datas[0].time_unit,
    )


def _errors(data: Trajectories) -> tuple[np.ndarray, ...]:
    return data.errors if data.errors is not None else tuple(np.full_like(v, np.nan) for v in data.values)


def _widened(data: Trajectories, species: tuple[str, ...]) -> Trajectories:
    if data.species == species:
        return data

    def wide(columns: np.ndarray) -> np.ndarray:
        result = np.full((len(columns), len(species)), np.nan)
        for k, name in enumerate(data.species):
            result[:, species.index(name)] = columns[:, k]
        return result

    errors = None if data.errors is None else tuple(wide(e) for e in data.errors)
    return replace(data, species=species, values=tuple(wide(v) for v in data.values), errors=errors)


def _units(datas: Sequence[Trajectories], species: tuple[str, ...]) -> tuple[str, ...]:
    known = {s: u for d in reversed(datas) for s, u in zip(d.species, d.units, strict=False) if u}
    return tuple(known.get(s, "") for s in species) if known else ()


def _labels(parts: Sequence[Part], datas: Sequence[Trajectories]) -> list[str]:
    """Return labels of all runs: of the table where it has one run, of both where it has several; each once."""
    labels: list[str] = []
    for (title, _, _), data in zip(parts, datas, strict=True):
        for label in data.experiments:
            name = (title or str(len(labels) + 1)) if len(data) == 1 and label == "0" else label
            again = (len(data) > 1 and label.isdigit()) or name in labels
            if title and title != name and again:
                name = f"{title} {label}"
            labels.append(_once(name, labels))
    return labels


def _once(name: str, labels: list[str]) -> str:
    number, found = 2, name
    while found in labels:
        found, number = f"{name} ({number})", number + 1
    return found
