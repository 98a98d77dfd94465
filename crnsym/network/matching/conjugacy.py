"""Networks whose trajectories differ by the units of the species only."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...errors import NetworkError
from ..complexes import Complex
from ..cones import exact_fraction, positive_combination
from ..held import with_held, without_held
from ..structure import require_mass_action

if TYPE_CHECKING:
    from ..network import Network

_WHO = "linear conjugacy needs"  # rates with values


@dataclass(frozen=True)
class LinearConjugacy:
    """Two networks with the same trajectories up to a scaling ``x = T z``.

    Attributes
    ----------
    scaling
        {species: T}: concentration in the first network over that in the second.
    network
        The second network with rate constants that make it so.
    """

    scaling: Mapping[str, sp.Rational]
    network: "Network"


def linearly_conjugate(first: "Network", second: "Network") -> LinearConjugacy | None:
    """Return a positive scaling and rates with which the second network has the trajectories of the first.

    The rates that the second network has do not matter. With T = 1 the networks are dynamically equivalent. The
    answer is exact; it needs a linear program only, as the factors T^y of the monomials go into the rate constants
    (Johnston & Siegel 2011, J. Math. Chem. 49, 1263).

    Parameters
    ----------
    first
        Mass action with values for all rate constants.
    second
        Mass action; another set of reactions of the same species.

    Returns
    -------
    LinearConjugacy or None
        None if there is no such scaling.

    Raises
    ------
    NotMassActionError
        If a rate law is not mass action.
    NetworkError
        If a rate constant of the first network has no value, or a reaction has a fractional order.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> found = linearly_conjugate(network("A -> 2 B @ 3; B -> 0 @ 1"), network("A -> B; B -> 0"))
    >>> found.scaling["B"] / found.scaling["A"]
    2
    """
    for network in (first, second):
        require_mass_action(network, "linear conjugacy")
    whole, first, second = second, without_held(first), without_held(second)
    form = first.canonical_form()
    names = [*dict.fromkeys([*first.species_names, *second.species_names])]
    sources: dict[Complex, list[int]] = {y: [] for y in form}
    for i, r in enumerate(second.reactions):
        if not r.reactants.is_integer:
            raise NetworkError(f"linear conjugacy: '{r}' has a fractional order")
        sources.setdefault(r.reactants, []).append(i)
    row = {(y, n): i for i, (y, n) in enumerate((y, n) for y in sources for n in names)}
    columns = [[Fraction(0)] * len(row) for _ in [*second.reactions, *names]]
    for i, r in enumerate(second.reactions):
        for n, c in r.net.items():
            columns[i][row[r.reactants, n]] = Fraction(int(c.p), int(c.q))
    for y, vector in form.items():
        for n, value in vector.items():
            columns[len(second.reactions) + names.index(n)][row[y, n]] = -exact_fraction(value, _WHO)
    found = positive_combination(columns)
    if found is None:
        return None
    weights, inverse = found[: len(second.reactions)], found[len(second.reactions) :]
    scaling = {n: 1 / u for n, u in zip(names, inverse, strict=True)}
    rates = []
    for r, b in zip(second.reactions, weights, strict=True):
        k = b
        for n, c in r.reactants.items():
            k *= scaling.get(n, Fraction(1)) ** int(c)
        rates.append(_exact(k))
    same = with_held(whole, rates)
    return LinearConjugacy({n: _exact(t) for n, t in scaling.items()}, same)


def _exact(x: Fraction) -> sp.Rational:
    exact: Any = sp.Rational(x.numerator, x.denominator)
    return exact
