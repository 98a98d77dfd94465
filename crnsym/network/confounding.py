"""Whether two networks can have the same vector field for some rates."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from .complexes import Complex
from .cones import exact_fraction, positive_combination, widest_solution
from .held import runs, with_held, without_held
from .structure import require_mass_action

if TYPE_CHECKING:
    from .network import Network

_WHO = "rates_like needs"  # rates with values


def confounding_pair(first: "Network", second: "Network") -> "tuple[Network, Network] | None":
    """Return both networks with rates that give them the same vector field, or None if no rates do.

    Rates exist if and only if at every source complex y the open cones ``{sum k (y' - y), k > 0}`` intersect,
    where a network without y has the cone {0}: Craciun & Pantea 2008, J. Math. Chem. 44, 244. The rates that
    the networks have do not matter. A species that is held constant is part of the rate constants. The answer is
    exact.

    Raises
    ------
    NotMassActionError
        If a rate law is not mass action.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> confounding_pair(network("A -> B @ 1"), network("A -> C @ 1")) is None
    True
    """
    both = first, second
    cones = [_cones(n) for n in both]
    names = sorted({n for network in both for n in network.species_names if n not in network.fixed_species})
    rates: list[dict[int, Any]] = [{}, {}]
    for y in {**cones[0], **cones[1]}:
        members = [(side, i) for side in (0, 1) for i in cones[side].get(y, ())]
        columns = [_step(both[side], i, names, 1 if side == 0 else -1) for side, i in members]
        found = positive_combination(columns)
        if found is None:
            return None
        for (side, i), k in zip(members, found, strict=True):
            rates[side][i] = sp.Rational(k.numerator, k.denominator)
    return with_held(first, _ordered(rates[0])), with_held(second, _ordered(rates[1]))


def confoundable(first: "Network", second: "Network") -> bool:
    """Tell whether two networks can have the same vector field for some positive rates of each.

    If so, no measurement of concentrations is sure to tell them apart; see `confounding_pair`.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> confoundable(network("A -> 2 A @ 1"), network("A -> 3 A @ 1; A -> 0 @ 1"))
    True
    """
    return confounding_pair(first, second) is not None


def rates_like(first: "Network", second: "Network") -> "Network | None":
    """Return the second network with positive rates that give it the vector field of the first, or None.

    Parameters
    ----------
    first
        With a polynomial vector field; all parameters need values.
    second
        Mass action; the rates that it has do not matter.

    Raises
    ------
    NotMassActionError
        If a rate law of the second network is not mass action.
    NetworkError
        If a rate of the first network has no value or is no polynomial.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(rates_like(network("A -> 2 A @ 0.3; A -> 0 @ 0.1"), network("A -> 2 A")))
    A -> 2 A  @ 0.2
    """
    form, cones = without_held(first).canonical_form(), _cones(second)
    if not form.keys() <= cones.keys():
        return None
    moving = [n for n in second.species_names if n not in second.fixed_species]
    names = sorted({*moving, *without_held(first).species_names})
    rates: dict[int, Any] = {}
    for y, members in cones.items():
        steps = [_step(second, i, names) for i in members]
        found = widest_solution(steps, [exact_fraction(form.get(y, {}).get(n, 0), _WHO) for n in names])
        if found is None or not all(found):
            return None
        rates.update({i: sp.Rational(k.numerator, k.denominator) for i, k in zip(members, found, strict=True)})
    return with_held(second, _ordered(rates))


def _step(network: "Network", reaction: int, names: list[str], sign: int = 1) -> list[Fraction]:
    """Return the net change of a reaction, of what moves."""
    net, fixed = network.reactions[reaction].net, network.fixed_species
    return [sign * exact_fraction(net.get(n, 0) if n not in fixed else 0, _WHO) for n in names]


def _cones(network: "Network") -> dict[Complex, list[int]]:
    """Return {what moves of a source complex: positions of its reactions}, without those that never run."""
    require_mass_action(network, "confoundability")
    cones: dict[Complex, list[int]] = {}
    fixed = network.fixed_species
    for i, r in enumerate(network.reactions):
        if runs(network, r):
            cones.setdefault(Complex({n: c for n, c in r.reactants.items() if n not in fixed}), []).append(i)
    return cones


def _ordered(rates: dict[int, Any]) -> list[Any]:
    return [rates[i] for i in sorted(rates)]
