"""Networks with the same vector field: with the fewest reactions, and with all that are possible.

The condition ``sum_y' k(y -> y') (y' - y) = d_y`` is one linear system for each source complex y, so that each is
solved by itself: Szederkényi 2010, J. Math. Chem. 47, 551; Johnston, Siegel & Szederkényi 2012, ibid. 50, 274.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ..errors import NetworkError
from .complexes import Complex
from .cones import exact_weights, nonnegative_solution, widest_solution
from .rate_laws import MassAction
from .reaction import Reaction

if TYPE_CHECKING:
    from .network import Network

_BIG = (1e2, 1e5)  # bounds of a rate, in units of its net vector
_EFFORT = 2000  # sets of reactions tried beside the mixed-integer program, whose numbers are not exact


def realisations(
    network: "Network", kind: str = "sparse", complexes: Iterable[Complex | str] | None = None
) -> "Network":
    """Return a network with the same vector field, with the fewest or the most reactions.

    No measurement of concentrations tells the realisations apart. The *dense* one holds every reaction between
    the complexes that any of them has, and is unique as a graph: a reaction that it lacks is excluded by the
    vector field. The *sparse* one need not be unique; of equally short ones it takes small product complexes.

    Parameters
    ----------
    network
        With a polynomial vector field; all parameters need values.
    kind
        ``"sparse"`` (mixed-integer program) or ``"dense"`` (exact linear programs).
    complexes
        Where reactions may start and end; by default the complexes of the network. The zero complex is
        ``"0"``.

    Returns
    -------
    Network
        Mass action with exact rates: its `canonical_form` is that of the network.

    Raises
    ------
    NetworkError
        If the rates have no values, the vector field is no polynomial, or the complexes cannot realise it.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> net = network("A -> 2 A @ 0.3; A -> 0 @ 0.1")
    >>> print(realisations(net, "sparse"))
    A -> 2 A  @ 0.2
    """
    if kind not in ("sparse", "dense"):
        raise NetworkError(f"kind={kind!r} is unknown; choose 'sparse' or 'dense'")
    form = network.canonical_form()
    names = [s.name for s in network.species if not s.fixed]
    if complexes is None:
        ends = list(network.structure.complexes)
    else:
        ends = list(dict.fromkeys(c if isinstance(c, Complex) else Complex(c) for c in complexes))
    missing = [y for y in form if y not in ends]
    if missing:
        raise NetworkError(f"the vector field has the monomial of '{missing[0]}', which is not among the complexes")
    strange = {name for c in ends for name in c} - set(network.species_names)
    if strange:
        raise NetworkError(f"complexes: {min(strange)} is no species of the network")
    solve = _sparsest if kind == "sparse" else widest_solution
    reactions = []
    for y in ends:
        target = [_fraction(form.get(y, {}).get(name, 0)) for name in names]
        products = [c for c in ends if any(_step(y, c, names))]
        if kind == "sparse" and not any(target):
            continue
        products.sort(key=lambda c: (c.order, str(c)))
        rates = solve([_step(y, c, names) for c in products], target)
        if rates is None:
            raise NetworkError(
                f"no reactions from '{y}' to the given complexes make its net vector; give more complexes"
            )
        reactions += [
            Reaction(y, c, MassAction(sp.Rational(k.numerator, k.denominator)))
            for c, k in zip(products, rates, strict=True)
            if k
        ]
    kept = {str(s) for e in network.observables.values() for s in e.free_symbols}
    return replace(
        network,
        reactions=tuple(reactions),
        parameters={n: v for n, v in network.parameters.items() if n in kept},
        units={n: u for n, u in network.units.items() if n in kept},
    )


def _fraction(value: Any) -> Fraction:
    if not isinstance(value, int) and not value.is_Rational:
        raise NetworkError(f"realisations need rates with values, and {value} has none; use with_parameters")
    return Fraction(int(value)) if isinstance(value, int) else Fraction(int(value.p), int(value.q))


def _step(y: Complex, z: Complex, names: Sequence[str]) -> list[Fraction]:
    return [_fraction(z.get(n, 0)) - _fraction(y.get(n, 0)) for n in names]


def _sparsest(steps: list[list[Fraction]], target: list[Fraction]) -> list[Fraction] | None:
    """Return rates with the smallest support: a mixed-integer program, then everything shorter if that is little."""
    best = nonnegative_solution(steps, target)
    if best is None:
        return None
    for big in _BIG:
        found = _mixed_integer(steps, target, big)
        if found is not None and _length(found) < _length(best):
            best = found
    effort = 0
    for size in range(1, _length(best)):
        for chosen in combinations(range(len(steps)), size):
            effort += 1
            if effort > _EFFORT:
                return best
            weights = exact_weights([steps[j] for j in chosen], target, [1.0] * size)
            if weights is not None:
                return _spread(weights, chosen, len(steps))
    return best


def _length(rates: list[Fraction]) -> int:
    return sum(k > 0 for k in rates)


def _spread(weights: list[Fraction], chosen: Iterable[int], n: int) -> list[Fraction]:
    rates = dict(zip(chosen, weights, strict=True))
    return [rates.get(j, Fraction(0)) for j in range(n)]


def _mixed_integer(steps: list[list[Fraction]], target: list[Fraction], big: float) -> list[Fraction] | None:
    """Minimise sum b, b in {0, 1}, 0 <= k <= big b; None where the answer is not confirmed in fractions."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n = len(steps)
    matrix, goal, units = _floats(steps, target)
    balance = np.hstack([matrix, np.zeros((len(goal), n))])
    found = milp(
        np.r_[np.zeros(n), 1 + 1e-4 * np.arange(n) / n**2],  # products are sorted: small ones first
        integrality=np.r_[np.zeros(n), np.ones(n)],
        bounds=Bounds(np.zeros(2 * n), np.r_[np.full(n, np.inf), np.ones(n)]),  # type: ignore[arg-type]
        constraints=[
            LinearConstraint(balance, goal, goal),  # type: ignore[arg-type]
            LinearConstraint(np.hstack([np.eye(n), -big * np.eye(n)]), -np.inf, 0),
        ],
    )
    if found.x is None:
        return None
    chosen = [j for j in range(n) if found.x[n + j] > 0.5]
    weights = exact_weights([steps[j] for j in chosen], target, np.maximum(found.x[:n] * units, 1e-300)[chosen])
    return None if weights is None else _spread(weights, chosen, n)


def _floats(steps: list[list[Fraction]], target: list[Fraction]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the system with entries of about 1, and what its solution is to be multiplied with to get rates.

    Rates of very different size meet in one net vector; each species is counted in units of its target.
    """
    matrix = np.array([[float(x) for x in step] for step in steps], float).T
    goal = np.array([float(x) for x in target], float)
    used = np.abs(matrix).max(axis=1, initial=0.0) + np.abs(goal) > 0
    matrix, goal = matrix[used], goal[used]
    matrix = matrix / np.where(goal, np.abs(goal), np.abs(goal).max(initial=0.0) or 1.0)[:, None]
    sizes = np.abs(matrix).max(axis=0)
    matrix = matrix / sizes
    rows = np.where(goal, 1.0, np.maximum(np.abs(matrix).max(axis=1), 1e-300))
    return matrix / rows[:, None], np.sign(goal), 1 / sizes
