"""A rate law as named texts, for formats that keep it beside its formula or instead of it."""

from collections.abc import Mapping
from dataclasses import fields

import sympy as sp

from ..errors import FormatError
from ..network.expressions import parse_expression
from ..network.printing import expression_text
from ..network.rate_laws import RateLaw, laws_by_kind


def law_fields(law: RateLaw) -> dict[str, str]:
    """Return ``{"law": kind, field: text, ...}``; `law_from_fields` gives an equal law back."""
    result = {"law": law.kind}
    for f in fields(law):  # type: ignore[arg-type]  # every law is a dataclass
        value = getattr(law, f.name)
        if value is not None:
            result[f.name] = value if isinstance(value, str) else expression_text(value)
    return result


def law_from_fields(entries: Mapping[str, str], source: str = "rate law") -> RateLaw:
    """Return the law that `law_fields` described.

    Raises
    ------
    FormatError
        For an unknown kind, a missing field or one too many.
    ParseError
        If a field is not an expression.
    """
    values: dict[str, str | sp.Expr] = {k: v for k, v in entries.items() if k != "law"}
    kind = entries.get("law", "")
    kinds = laws_by_kind()
    if kind not in kinds:
        raise FormatError(f"{source}: no rate law named {kind!r}; known are {', '.join(kinds)}")
    known = {f.name for f in fields(kinds[kind])}  # type: ignore[arg-type]  # every law is a dataclass
    for name in values:
        if name not in known:
            raise FormatError(f"{source}: {kind} has no field {name!r}; known are {', '.join(sorted(known))}")
        if not isinstance(values[name], str):
            raise FormatError(f"{source}: {name} must be a text, found {values[name]!r}")
        if name not in kinds[kind].roles():
            values[name] = parse_expression(str(values[name]), f"{source}, {name}")
    try:
        return kinds[kind](**values)  # type: ignore[arg-type]  # the names were checked
    except TypeError:
        missing = ", ".join(sorted(known - values.keys()))
        raise FormatError(f"{source}: {kind} lacks a field (of {missing})") from None
