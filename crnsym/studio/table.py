"""A table in the studio: how it is read, which assumptions were changed, which values and runs count."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..data.reading.block import Reading
from ..data.tables import look
from ..data.trajectories import Trajectories
from ..errors import DataError

TIME, SPECIES, TEMPERATURE, LABEL, NOTHING = "time", "species", "temperature", "run label", "not used"
ROLES = (TIME, SPECIES, TEMPERATURE, LABEL, NOTHING)
OPTIONS = {TIME: "time", TEMPERATURE: "temperature", LABEL: "experiment"}  # of `read_table`, by role


@dataclass
class Table:
    """Files, what was said about them, and what was read.

    Attributes
    ----------
    paths
        The files; several are several runs.
    sheets, decimal
        As for `read_table`; empty for what the file says.
    roles
        {header: role} that were changed.
    time_unit, unit
        Units that were typed in; None for those that were read.
    outliers
        ``(run label, time index, species)`` of values that do not count.
    left_out
        Labels of runs that do not count.
    data, readings
        Everything that was read, and what each column was taken for.
    """

    paths: list[Path]
    sheets: tuple[str, ...] = ()
    decimal: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    time_unit: str | None = None
    unit: str | None = None
    outliers: set[tuple[str, int, str]] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    data: Trajectories | None = None
    readings: list[Reading] = field(default_factory=list)

    def read(self) -> None:
        """Read the files as they are to be read now.

        Raises
        ------
        DataError
            They cannot be; what was read before stays.
        """
        data, readings = look(self.paths, sheet=self.sheets, decimal=self.decimal or None, **self._columns())
        if self.time_unit is not None:
            data = replace(data, time_unit=self.time_unit)
        if self.unit is not None:
            data = replace(data, units=(self.unit,) * len(data.species))
        self.data, self.readings = data, readings

    def changed(self, **new: object) -> None:
        """Change how the files are read, if they can be read so.

        Raises
        ------
        DataError
            They cannot be; nothing is changed then.
        """
        before = {name: getattr(self, name) for name in new}
        for name, value in new.items():
            setattr(self, name, value)
        try:
            self.read()
        except DataError:
            for name, value in before.items():
                setattr(self, name, value)
            raise
        self.outliers.clear()
        self.left_out.clear()

    def role(self, header: str, read_as: str) -> str:
        """Return the role of a column: what was said, or what it was read as."""
        if header in self.roles:
            return self.roles[header]
        found = {TIME: TIME, SPECIES: SPECIES, "temperature": TEMPERATURE, "label": LABEL, "runs": LABEL}
        return next((role for start, role in found.items() if read_as.startswith(start)), NOTHING)

    def with_role(self, header: str, role: str) -> dict[str, str]:
        """Return the roles when one column gets another; there is one column of times, temperatures and labels."""
        roles = dict(self.roles)
        if role in OPTIONS:
            for other, held in [*roles.items()]:
                if held == role:
                    roles[other] = NOTHING
        return {**roles, header: role}

    def counting(self) -> Trajectories:
        """Return the measurements that count.

        Raises
        ------
        DataError
            Nothing is left.
        """
        data = self.data
        if data is None:
            raise DataError("no table was read yet")
        values = [v.copy() for v in data.values]
        for label, row, species in self.outliers:
            values[data.experiments.index(label)][row, data.species.index(species)] = np.nan
        kept = [i for i, label in enumerate(data.experiments) if label not in self.left_out]
        if not kept or not any(np.isfinite(values[i]).any() for i in kept):
            raise DataError("every run or value is left out; let at least one run count")
        remarks = [f"{s} in run {e}, row {r + 1}: marked as an outlier, left out" for e, r, s in sorted(self.outliers)]
        remarks += [f"run {label} is left out" for label in sorted(self.left_out)]
        told = replace(data, values=tuple(values), remarks=(*data.remarks, *remarks))
        return told if len(kept) == len(data) else told.select(kept)

    def _columns(self) -> Mapping[str, Any]:
        told: dict[str, Any] = {OPTIONS[r]: header for header, r in self.roles.items() if r in OPTIONS}
        if SPECIES in self.roles.values() or NOTHING in self.roles.values():
            first = self.readings[0].columns if self.readings else ()
            told["species"] = [h for h, read_as, _ in first if self.role(h, read_as) == SPECIES]
        return told


def sheet_names(path: Path) -> list[str]:
    """Return the names of the sheets of a workbook; none for other files."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return []
    try:
        from openpyxl import load_workbook
    except ImportError:
        return []
    book = load_workbook(path, read_only=True)
    try:
        return list(book.sheetnames)
    finally:
        book.close()
