"""Units of an operation table brought to those of the data: factors for its columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...errors import DataError
from ..reading.cells import Table
from ..reading.header import Column
from ..reading.units import Unit, read_unit, time_unit
from ..trajectories import Trajectories
from .words import role_of

LITRES = {"nl": 1e-9, "ul": 1e-6, "ml": 1e-3, "cm3": 1e-3, "cl": 1e-2, "dl": 0.1, "l": 1.0, "dm3": 1.0, "m3": 1e3}


@dataclass(frozen=True)
class Wanted:
    """Names and units that an operation is brought to; empty ones are open.

    Attributes
    ----------
    species
        Names that its columns may have; all where there are none.
    units
        {species: unit}.
    time_unit
        Of the times.
    """

    species: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    time_unit: str = ""

    @staticmethod
    def of(data: Trajectories) -> "Wanted":
        """Return those of a data set."""
        return Wanted(data.species, dict(zip(data.species, data.units, strict=False)), data.time_unit)


class Scale:
    """Factors for the columns of a table.

    Volumes are brought to litres where they have units, concentrations and times to the units of the data, or where
    those have none to the first unit of the table.

    Raises
    ------
    DataError
        Units that cannot be brought together, naming the column.
    """

    def __init__(self, table: Table, wanted: Wanted) -> None:
        self.table, self.wanted = table, wanted
        times = [time_unit(unit) for c in table.columns if (unit := _time_of(c))]
        own = next((unit for unit in times if unit is not None), None)
        self.time = (time_unit(wanted.time_unit) if wanted.time_unit else None) or own
        volumes = [c for c in table.columns if _is_volume(c)]
        self.litres = any(_volume_of(c) for c in volumes)
        bare = next((c for c in volumes if self.litres and not _volume_of(c)), None)
        if bare is not None:
            raise DataError(f"{table.source}: column '{bare.header}' has no unit, but another volume has one; give it")
        self.first: Unit | None = None

    def of_role(self, role: str, column: Column) -> float:
        """Return the factor for a column of times, volumes or flows."""
        text = "" if column.unit is None else column.unit.text
        if role == "volume":
            return LITRES[_volume_of(column)] if _volume_of(column) else self._none(column, text)
        if role == "flow":
            per = time_unit(_time_of(column)) if _time_of(column) else None
            volume = LITRES[_volume_of(column)] if _volume_of(column) else self._none(column, text)
            return volume * (self._time(per, column) ** -1 if per is not None else 1.0)
        unit = column.unit
        if unit is None:
            return 1.0
        return self._time(unit, column) if unit.kind == "time" else self._none(column, text)

    def of_species(self, name: str, column: Column) -> tuple[float, bool]:
        """Return the factor for a column of what is added, and whether it holds amounts."""
        unit = self.table.unit_of(column)
        if unit is None:
            return 1.0, False
        target = read_unit(self.wanted.units.get(name, "")) if self.wanted.units.get(name) else self.first
        if unit.kind == "amount":
            if not self.litres:
                raise DataError(f"{self.table.source}: column '{column.header}' has amounts; give volumes with units")
            size = target.size if target is not None and target.kind == "molar" else 1.0
            return unit.size / size, True
        target = target or unit
        self.first = self.first or unit
        if unit.kind != target.kind or (unit.size == target.size == 1.0 and unit.text != target.text):
            raise DataError(
                f"{self.table.source}: column '{column.header}' is in {unit.text}, but the data are in {target.text}; "
                "give it in the unit of the data"
            )
        return unit.size / target.size, False

    def _time(self, unit: Unit | None, column: Column) -> float:
        if unit is None or unit.kind != "time":
            raise DataError(f"{self.table.source}: column '{column.header}' needs a unit of time, such as min")
        return unit.size / self.time.size if self.time is not None else 1.0

    def _none(self, column: Column, text: str) -> float:
        if text:
            raise DataError(f"{self.table.source}: column '{column.header}': unit '{text}' does not suit it")
        return 1.0


def _is_volume(column: Column) -> bool:
    return role_of(column.name) in ("volume", "flow")


def _parts(column: Column) -> list[str]:
    text = "" if column.unit is None else column.unit.text
    return [p.strip() for p in text.replace("-1", "").replace(" ", "/").split("/") if p.strip()]


def _volume_of(column: Column) -> str:
    """Return the unit of volume in the unit of a column, or an empty text."""
    found = [p.lower().replace("µ", "u") for p in _parts(column)]
    return next((p for p in found if p in LITRES), "")


def _time_of(column: Column) -> str:
    """Return the unit of time in the unit of a column, or an empty text."""
    return next((p for p in _parts(column) if time_unit(p) is not None), "")
