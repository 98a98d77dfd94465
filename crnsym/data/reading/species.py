"""Species of a table: their names, and their values in one unit."""

from collections.abc import Sequence

import numpy as np

from ...errors import DataError
from ...network.names import unwritable
from .cells import Table
from .header import Column, concentration_of
from .units import Unit


def species_names(table: Table, columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the names of species, without units and without the sign of a concentration, ``c(A)`` or ``[A]``.

    Names need not be identifiers: networks quote those that are not, ``"Ca2+" -> 0``.
    """
    names: list[str] = []
    bare = [concentration_of(c.name) for c in columns]
    if not all(bare):  # C_2 beside A and B is a name
        bare = [None if c.name.startswith(("c_", "C_")) else b for b, c in zip(bare, columns, strict=True)]
    plain = [b or c.name for b, c in zip(bare, columns, strict=True)]
    if len(set(plain)) < len(plain):
        plain = [c.name for c in columns]
    for column, name in zip(columns, plain, strict=True):
        if unwritable(name):
            header = column.header
            raise DataError(f"{table.source}: column {header!r} has a line break (or a control) in its name; rename it")
        if name in names:
            other = columns[names.index(name)].header
            raise DataError(f"{table.source}: columns '{other}' and '{column.header}' are both {name}; rename one")
        names.append(name)
    table.remarks += _renamed(columns, names)
    return tuple(names)


def _renamed(columns: Sequence[Column], names: Sequence[str]) -> list[str]:
    pairs = [(c.header, n) for c, n in zip(columns, names, strict=True) if c.header != n]
    if not pairs:
        return []
    if len(pairs) == 1:
        return [f"column '{pairs[0][0]}' is species {pairs[0][1]}"]
    headers, short = ", ".join(f"'{h}'" for h, _ in pairs[:6]), ", ".join(n for _, n in pairs[:6])
    return [f"columns {headers} are species {short}" + (" and so on" if len(pairs) > 6 else "")]


def to_one_unit(
    table: Table, names: Sequence[str], units: Sequence[Unit | None], values: np.ndarray, errors: np.ndarray
) -> tuple[str, ...]:
    """Convert values and errors ``(rows, species)`` in place to the unit of the first, where all are of one kind.

    Returns
    -------
    units
        Of each species, ``""`` where there is none; ``()`` where no species has one.
    """
    given = [u for u in units if u is not None]
    if not given:
        return ()
    if len({u.text for u in given}) < 2:
        if len(given) < len(units):
            return tuple(u.text if u else "" for u in units)
        return (given[0].text,) * len(units)
    if len(given) < len(units) or len({u.kind for u in given}) > 1 or given[0].kind in ("unknown", "signal"):
        shown = ", ".join(dict.fromkeys(u.text if u else "none" for u in units))
        table.remarks.append(f"columns have different units ({shown}), which are left as they are")
        return tuple(u.text if u else "" for u in units)
    factors = np.array([u.size for u in given]) / given[0].size
    values *= factors
    errors *= factors
    changed = ", ".join(n for n, f in zip(names, factors, strict=True) if f != 1.0)
    if changed:
        table.remarks.append(f"{changed}: converted to {given[0].text}, the unit of {names[0]}")
    return (given[0].text,) * len(units)


def check_species(table: Table, columns: Sequence[Column], values: np.ndarray) -> None:
    """Refuse species that were never measured, or are negative throughout."""
    for column, measured in zip(columns, values.T, strict=True):
        finite = measured[np.isfinite(measured)]
        if not finite.size:
            raise DataError(f"{table.source}: species '{column.header}' has no measured value; remove the column")
        if finite.max() <= 0 and 2 * (finite < 0).sum() > finite.size:
            first = int(np.flatnonzero(measured < 0)[0])
            raise DataError(
                f"{table.where(first)}: species '{column.header}' is negative throughout "
                f"(largest value {finite.max():g}); check the baseline or the sign"
            )
