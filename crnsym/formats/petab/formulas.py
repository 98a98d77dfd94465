"""Formulas of PEtab with the plain symbols that the rest of the package uses."""

from typing import Any

import sympy as sp

from ...network.symbols import symbol


def formula(given: str | float | sp.Basic) -> sp.Expr:
    """Return a formula; numbers and text are read, symbols made plain.

    Raises
    ------
    ValueError
        For what is no formula of PEtab.
    """
    from petab.v1.math import sympify_petab

    found: Any = sympify_petab(given)
    return found.xreplace({s: symbol(s.name) for s in found.free_symbols})


def name_or_number(given: object) -> str | float:
    """Return the value of a placeholder: the name of a parameter, or a number."""
    text = str(given).strip()
    try:
        return float(text)
    except ValueError:
        return text
