"""Units in the names of columns: concentrations in different multiples of one unit are brought to the first."""

import re
from collections.abc import Sequence

import numpy as np

from .columns import UNIT

_PREFIXES = {"": 1.0, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15, "k": 1e3}
_UNITS = {"M": "mol/l", "mol/l": "mol/l", "mol/L": "mol/l", "mol l-1": "mol/l", "mol L-1": "mol/l", "mol/dm3": "mol/l",
          "mol/m3": "mol/m3", "g/l": "g/l", "g/L": "g/l", "mol": "mol", "g": "g", "Pa": "Pa"}  # fmt: skip
_SAME = {"mol/m3": ("mol/l", 1e-3)}


def to_one_unit(columns: Sequence[str], values: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Convert values ``(rows, columns)`` to the unit of the first column, where all have units of one kind.

    Returns
    -------
    values, remarks
        Unchanged, with a remark, where units are of different kinds or one column lacks its unit.
    """
    units = [_unit(name) for name in columns]
    if len({u for u in units if u}) < 2:
        return values, ()
    known = [_size(unit) for unit in units]
    if any(k is None for k in known) or len({k[0] for k in known if k}) > 1:
        shown = ", ".join(dict.fromkeys(u or "none" for u in units))
        return values, (f"columns have different units ({shown}), which are left as they are",)
    sizes = np.array([k[1] for k in known if k])
    factors = sizes / sizes[0]
    changed = ", ".join(UNIT.sub("", c) for c, f in zip(columns, factors, strict=True) if f != 1.0)
    if not changed:
        return values, ()
    return values * factors, (f"{changed}: converted to {units[0]}, the unit of {UNIT.sub('', columns[0])}",)


def _unit(column: str) -> str:
    found = UNIT.search(column)
    return found[0].strip().strip("[]()").strip() if found else ""


def _size(unit: str) -> tuple[str, float] | None:
    """Return the kind of a unit and its size, or None if it is not known."""
    text = re.sub(r"\s*·\s*|\s+", " ", unit).replace("⁻¹", "-1").replace("^-1", "-1").replace("³", "3")
    for prefix, factor in _PREFIXES.items():
        base = _UNITS.get(text.removeprefix(prefix)) if text.startswith(prefix) else None
        if base:
            kind, more = _SAME.get(base, (base, 1.0))
            return kind, factor * more
    return None
