"""Of which kind every entry of a network in JSON is."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from ..errors import FormatError

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""A value of JSON."""

_TEXT, _NUMBER, _FLAG = "a text", "a number, or a text of one", "true or false"
_SIDE = {str: _NUMBER}
_NETWORK = {
    "name": _TEXT,
    "species": [
        {"name": _TEXT, "formula": _TEXT, "constant": _FLAG, "boundary": _FLAG, "initial": _NUMBER, "unit": _TEXT}
    ],
    "parameters": [{"name": _TEXT, "value": _NUMBER, "unit": _TEXT}],
    "reactions": [{"name": _TEXT, "reactants": _SIDE, "products": _SIDE, "rate": {str: _TEXT}}],
    "observables": {str: _TEXT},
    "metadata": {"title": _TEXT, "notes": _TEXT, "standard_errors": {str: _NUMBER}},
}
_SHOWN = 40  # characters of a wrong entry


def check_kinds(content: Mapping[str, Any], source: str) -> None:
    """Refuse the first entry that is of another kind than a network's; entries that are left out are no matter.

    Raises
    ------
    FormatError
        Names the entry, what it has to be and what it is.
    """
    _check(content, _NETWORK, source, "")


def _check(value: Any, kind: Any, source: str, place: str) -> None:
    if value is None:  # as if it were left out
        return
    if isinstance(kind, list):
        _demand(isinstance(value, list), "a list", value, source, place)
        for i, item in enumerate(value, 1):
            _demand(isinstance(item, Mapping), "an object with named entries", item, source, f"{place} {i}")
            _check(item, kind[0], source, f"{place} {i}")
    elif isinstance(kind, dict):
        _demand(isinstance(value, Mapping), "an object with named entries", value, source, place)
        if "name" in kind and place:
            _demand(value.get("name", "") is not None, _TEXT, None, source, f"{place}, name")
        for name, inner in kind.items():
            names = value if name is str else [name]
            for n in names:
                _check(value.get(n), inner, source, f"{place}, {n}" if place else n)
    elif kind == _TEXT:
        _demand(isinstance(value, str), kind, value, source, place)
    elif kind == _FLAG:
        _demand(isinstance(value, bool), kind, value, source, place)
    else:
        _demand(isinstance(value, int | float | str) and not isinstance(value, bool), kind, value, source, place)


def _demand(right: bool, kind: str, value: object, source: str, place: str) -> None:
    if not right:
        raise FormatError(f"{source}, {place}: expected {kind}, found {str(value)[:_SHOWN]!r}")
