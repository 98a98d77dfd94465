"""What is odd about a network, though it can be simulated."""

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from .assembly import used_parameters
from .rate_laws import MassAction
from .symbols import names_in, symbol

if TYPE_CHECKING:
    from .network import Network
    from .reaction import Reaction

_POINTS = 200
_NEGLIGIBLE = 1e-9  # of the largest rate found: rounding


def validate(network: "Network") -> list[str]:
    """Return what looks like a mistake, a line each: an empty list means that nothing was found.

    Parameters that nothing uses; rates that can be negative; rates that do not vanish with a reactant, which would
    make its concentration negative. Rates are tried at random positive concentrations (and parameters, where they
    have no value), so a negative rate in a narrow region may be missed.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> for line in validate(network("A -> B @= k - A; param k = 1, q = 2")):
    ...     print(line)
    the parameter q is declared and not used
    A -> B  @= -A + k: the rate can be negative, as at A = 96.6
    A -> B  @= -A + k: the rate is not zero where A is, so that A may become negative
    """
    used = used_parameters(network.reactions) | {n for e in network.observables.values() for n in names_in(e)}
    found = [f"the parameter {name} is declared and not used" for name in network.parameters if name not in used]
    for reaction in network.reactions:
        found += [f"{reaction}: {remark}" for remark in _remarks(network, reaction)]
    return found


def _remarks(network: "Network", reaction: "Reaction") -> list[str]:
    if isinstance(reaction.rate, MassAction):
        constant: Any = reaction.rate.k
        constant = network.parameters.get(str(constant), constant) if constant.is_Symbol else constant
        if constant is not None and constant.is_positive:
            return []  # as is the monomial
    if reaction.rate.runs_backward and set(reaction.rate.species) <= {*reaction.reactants, *reaction.products}:
        return []  # it is negative where the way back is faster
    expression: Any = reaction.rate_expression
    known = {s: network.parameters.get(str(s)) for s in expression.free_symbols}
    rate = expression.xreplace({s: value for s, value in known.items() if value is not None})
    remarks = []
    points, values = _sampled(rate)
    worst = int(np.argmin(values)) if len(values) else 0
    size = float(np.abs(values).max(initial=0.0))
    if len(values) and values[worst] < -_NEGLIGIBLE * size:
        where = ", ".join(f"{name} = {x[worst]:.3g}" for name, x in points.items())
        remarks.append("the rate can be negative" + (f", as at {where}" if where else ""))
    if reaction.rate.is_mass_action:
        return remarks
    for name in reaction.reactants:
        if name not in network.fixed_species and name not in reaction.products:
            left = _sampled(rate, {name: 0.0})[1]
            if np.abs(left).max(initial=0.0) > _NEGLIGIBLE * size:
                remarks.append(f"the rate is not zero where {name} is, so that {name} may become negative")
    return remarks


def _sampled(rate: sp.Expr, given: dict[str, float] | None = None) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return random positive values of the symbols and the finite rates there."""
    draw = random.Random(0)
    names = sorted(str(s) for s in rate.free_symbols)
    points: dict[str, Any] = {
        name: np.full(_POINTS, (given or {})[name])
        if name in (given or {})
        else np.array([10 ** draw.uniform(-2, 2) for _ in range(_POINTS)])
        for name in names
    }
    with np.errstate(all="ignore"):
        function = sp.lambdify([symbol(name) for name in names], rate, "numpy")
        found = np.asarray(function(*points.values()))
        values = np.broadcast_to(np.where(np.imag(found) == 0, np.real(found), np.nan), (_POINTS,))
    finite = np.isfinite(values)
    return {name: x[finite] for name, x in points.items()}, values[finite]
