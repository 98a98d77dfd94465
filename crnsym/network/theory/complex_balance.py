"""Complex balance: which rate constants let every complex be made as fast as it is used up.

F. Horn, Arch. Rational Mech. Anal. 49 (1972) 172; G. Craciun, A. Dickenstein, A. Shiu & B. Sturmfels, J. Symb. Comput.
44 (2009) 1551, for the conditions in tree constants.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy import QQ, ZZ
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.sdm import SDM

from ...errors import NetworkError, TooManyError, size_text
from ..complexes import Complex
from ..elimination import rational
from ..equations import parameter_values
from ..structure import require_mass_action
from ..symbols import exact_number, symbol
from .conditions import BalanceConditions, balance_equation, close, conditions, impossible, relations
from .moving import edge_constants, moving_part

if TYPE_CHECKING:
    from ..network import Network
    from ..structure import Structure

_KIND = "complex balanced"


def complex_balance(network: "Network", limit: int = 5000) -> BalanceConditions:
    """Return the conditions on the rate constants for complex balance, as many as the deficiency.

    Complex-balanced networks have exactly one positive steady state in each compatibility class, which is locally
    stable. A network that is not weakly reversible never is. With the tree constants K_i (sums over the spanning
    trees of a linkage class into complex i of the products of rate constants) the conditions are
    ``prod K_i^u_i = 1`` for a basis of the integer vectors u with Y u = 0 that sum to zero on each linkage class.

    Parameters
    ----------
    limit
        Largest number of spanning trees, which are the terms of the conditions.

    Raises
    ------
    NotMassActionError
        If a rate law is not mass action.
    TooManyError
        If there are more trees; `is_complex_balanced` works with numbers.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(complex_balance(network("0 <-> X @ a, b; X <-> 2 X @ c, d")))
    complex balanced if and only if b*c = a*d
    """
    require_mass_action(network, "complex balance")
    moving = moving_part(network)
    structure = moving.structure
    if not structure.is_weakly_reversible:
        return impossible(network, _KIND, "the network is not weakly reversible")
    exponents = _exponents(structure)
    if not exponents:
        return conditions(network, _KIND, "weakly reversible and of deficiency zero", ())
    edges = edge_constants(moving)
    constants: dict[Complex, Any] = {}
    for members in structure.linkage_classes:
        constants |= _tree_constants(members, edges, limit)
    trees = [constants[c] for c in structure.complexes]
    ones = [sp.Integer(1)] * len(trees)
    equations = [balance_equation(u, trees, ones) for u in exponents]
    return conditions(network, _KIND, f"the deficiency is {len(equations)}", equations)


def is_complex_balanced(network: "Network", values: Mapping[str, Any] | None = None, tolerance: float = 0) -> bool:
    """Tell whether a mass-action network is complex balanced with the rate constants that it has.

    Parameters
    ----------
    values
        {parameter: number} over those of the network.
    tolerance
        Largest relative difference of the two sides of a condition; 0 compares exactly.

    Raises
    ------
    NotMassActionError
        If a rate law is not mass action.
    NetworkError
        If a parameter has no value.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> is_complex_balanced(network("0 <-> X @ 1, 2; X <-> 2 X @ 3, 6"))
    True
    """
    require_mass_action(network, "complex balance")
    moving = moving_part(network)
    structure = moving.structure
    if not structure.is_weakly_reversible:
        return False
    exponents = _exponents(structure)
    if not exponents:
        return True
    given = {**parameter_values(moving), **{symbol(n): exact_number(v) for n, v in (values or {}).items()}}
    edges = {pair: _number(k.xreplace(given)) for pair, k in edge_constants(moving).items()}
    constants: dict[Complex, Any] = {}
    for members in structure.linkage_classes:
        constants |= _kernel(members, edges)
    weights = [constants[c] for c in structure.complexes]
    for u in exponents:
        over = sp.Mul(*(weights[i] ** n for i, n in u.items() if n > 0))
        under = sp.Mul(*(weights[i] ** -n for i, n in u.items() if n < 0))
        if not close(over, under, tolerance):
            return False
    return True


def _number(k: sp.Expr) -> sp.Rational:
    if k.free_symbols:
        missing = ", ".join(sorted(str(s) for s in k.free_symbols))
        raise NetworkError(f"complex balance: the rate constants need numbers, and {missing} has none")
    return k if isinstance(k, sp.Rational) else exact_number(float(k))


def _exponents(structure: "Structure") -> list[dict[int, int]]:
    """Return a basis of the u with Y u = 0 and sum zero on each linkage class."""
    position = {c: i for i, c in enumerate(structure.complexes)}
    rows: dict[Any, dict[int, Any]] = {}
    for c, i in position.items():
        for name, n in c.items():
            rows.setdefault(name, {})[i] = rational(n)
    classes = [{position[c]: QQ(1) for c in members} for members in structure.linkage_classes]
    return relations([*rows.values(), *classes], len(position))


def _tree_constants(
    members: tuple[Complex, ...], edges: Mapping[tuple[Complex, Complex], Any], limit: int
) -> dict[Complex, Any]:
    """Return the tree constants of one class: principal minors of its Laplacian (matrix-tree theorem)."""
    inside = [pair for pair in edges if pair[0] in members]
    trees = [_minor(members, {pair: 1 for pair in inside}, c, ZZ) for c in members]
    count = sum(map(int, trees))
    if count > limit:
        raise TooManyError(
            f"complex balance: {size_text(count)} spanning trees are more than the limit of {limit}; raise the "
            "limit, or use is_complex_balanced with numbers"
        )
    ring = ZZ[tuple(sp.Symbol(f"k{i}") for i in range(len(inside)))]
    weights = dict(zip(inside, ring.gens, strict=True))
    names = dict(zip(ring.symbols, (edges[pair] for pair in inside), strict=True))
    return {c: ring.to_sympy(_minor(members, weights, c, ring)).xreplace(names) for c in members}


def _minor(members: tuple[Complex, ...], weights: Mapping[Any, Any], root: Complex, domain: Any) -> Any:
    """Return the determinant of the negative Laplacian without the root, by an algorithm without division."""
    others = [c for c in members if c != root]
    position = {c: i for i, c in enumerate(others)}
    matrix = [[domain.zero] * len(others) for _ in others]
    for (a, b), k in weights.items():
        if a in position:
            matrix[position[a]][position[a]] += domain(k)
            if b in position:
                matrix[position[b]][position[a]] -= domain(k)
    return DomainMatrix(matrix, (len(others), len(others)), domain).det() if others else domain.one


def _kernel(members: tuple[Complex, ...], edges: Mapping[tuple[Complex, Complex], sp.Rational]) -> dict[Complex, Any]:
    """Return the kernel vector of one class's Laplacian, which is proportional to its tree constants."""
    position = {c: i for i, c in enumerate(members)}
    rows: dict[int, dict[int, Any]] = {}
    for (a, b), k in edges.items():
        if a in position:
            for target, value in ((b, rational(k)), (a, -rational(k))):
                row = rows.setdefault(position[target], {})
                row[position[a]] = row.get(position[a], QQ(0)) + value
    rows = {i: {j: c for j, c in row.items() if c} for i, row in rows.items()}
    kernel = SDM({i: row for i, row in rows.items() if row}, (len(members), len(members)), QQ).nullspace()[0]
    (vector,) = kernel.values()
    return {c: sp.Rational(int(vector[i].numerator), int(vector[i].denominator)) for c, i in position.items()}
