"""LaTeX of moment equations."""

from collections.abc import Iterable, Mapping
from typing import Any

import sympy as sp

from ..latex import apart, expression_latex, latex_name
from ..symbols import put, symbol

_STAND_IN = "momentnumber"


def equations_latex(
    equations: Mapping[sp.Symbol, sp.Expr],
    definitions: Mapping[sp.Symbol, sp.Expr],
    moments: Mapping[sp.Symbol, str],
    species: Iterable[str],
) -> str:
    r"""Write d<m>/dt = ... and the definitions of other moments as rows of ``aligned``."""
    names = frozenset(species)
    stand_ins: dict[Any, Any] = {s: symbol(f"{_STAND_IN}_{i}") for i, s in enumerate(moments)}

    symbols = set().union(*(e.free_symbols for e in (*equations.values(), *definitions.values())))
    looks = apart((*sorted(names), *sorted(map(str, symbols - stand_ins.keys()))))

    def text(expression: sp.Expr) -> str:
        found = expression_latex(put(stand_ins, expression), names, looks)
        for s, stand_in in stand_ins.items():
            found = found.replace(latex_name(stand_in.name), moments[s])
        return found

    rows = [rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}}t}} {moments[m]} &= {text(right)}" for m, right in equations.items()]
    rows += [rf"{moments[m]} &= {text(value)}" for m, value in definitions.items()]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
