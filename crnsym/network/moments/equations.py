"""Exact equations for the moments of a well-mixed stochastic network, from its generator."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb, prod
from typing import Any

import sympy as sp

from ...arguments import checked
from ...errors import NetworkError
from ..arguments import check_network, whole_number
from ..latex import apart, latex_name
from ..network import Network
from ..symbols import symbol
from .closed import ClosedMoments
from .closures import check_closure, close_central, close_raw
from .latex import equations_latex
from .powers import Powers, all_powers, divisors, jump, powers_text, times
from .propensities import Jump, jumps

_MOST_EQUATIONS = 20_000


@checked
@dataclass(frozen=True, eq=False)
class MomentEquations:
    """Equations for the means of monomials of counts, exact and in general open.

    Attributes
    ----------
    network
        As given.
    order
        Highest degree of the variables.
    central
        Whether moments of degree 2 and more are about the mean.
    powers
        The monomials whose means are the variables: sorted tuples of species positions, ``(0, 0, 1)`` for A² B.
    equations
        {symbol of a moment: its time derivative}.
    higher
        The moments on the right-hand sides that are no variables, {symbol: monomial}; empty if closed.

    Examples
    --------
    >>> import crnsym as cs
    >>> moments = cs.moment_equations(cs.network("2 A -> 0 @ k"))
    >>> moments.is_closed
    False
    """

    network: Network
    order: int
    central: bool
    powers: tuple[Powers, ...]
    equations: Mapping[sp.Symbol, sp.Expr]
    higher: Mapping[sp.Symbol, Powers]

    @property
    def floor(self) -> sp.Expr:
        """Moments up to this many molecules are round-off to a closure that divides by them."""
        return sp.Rational(1, 10**8)

    @property
    def is_closed(self) -> bool:
        """Whether no closure is needed."""
        return not self.higher

    def moment(self, powers: Powers) -> sp.Expr:
        """Return the symbol of the mean of a monomial, ``⟨A B⟩`` or, about the mean, ``⟨δA δB⟩``."""
        return moment_symbol(self.network, powers, self.central)

    def close(self, closure: str = "normal") -> ClosedMoments:
        """Replace the higher moments by functions of the variables.

        Parameters
        ----------
        closure
            ``"normal"``, ``"poisson"`` or ``"lognormal"``, see `closures.close_raw`; or ``"mean_field"``, which takes
            every mean of a product as the product of the means and leaves equations of order 1. Nothing is replaced,
            and the equations are exact, where there are no higher moments.
        """
        check_closure(closure)
        if closure == "mean_field" and self.order > 1 and self.higher:
            return moment_equations(self.network, 1, self.central).close(closure)
        definitions: dict[sp.Symbol, sp.Expr] = {}
        for s, m in self.higher.items():
            if self.central:
                definitions[s] = close_central(closure, m, self.order, self._mean, self._deviation)
            else:
                definitions[s] = close_raw(closure, m, self.order, self.moment)
        return ClosedMoments(self, closure if definitions else "exact", definitions)

    def start(self, counts: Mapping[str, float]) -> list[float]:
        """Return the variables where every number of molecules is known exactly.

        Raises
        ------
        NetworkError
            A species without a number.
        """
        if missing := [name for name in self.network.species_names if name not in counts]:
            raise NetworkError(f"counts: no number of molecules of {', '.join(missing)}")
        values = [counts[name] for name in self.network.species_names]
        if self.central:
            return [values[m[0]] if len(m) == 1 else 0.0 for m in self.powers]
        return [prod(values[position] for position in m) for m in self.powers]

    def labels(self) -> dict[sp.Symbol, str]:
        """Return the LaTeX of every moment that occurs."""
        known = {**dict(zip(self.equations, self.powers, strict=True)), **self.higher}
        return {s: self._label(m) for s, m in known.items()}

    def latex(self) -> str:
        r"""Return the open equations as rows of ``aligned``, for math mode."""
        return equations_latex(self.equations, {}, self.labels(), self.network.species_names)

    def _label(self, m: Powers) -> str:
        delta = r"\delta " if self.central and len(m) > 1 else ""
        names, looks = self.network.species_names, apart(sorted(self.network.species_names))
        factors = [
            delta + latex_name(names[position], looks, upright=True) + (f"^{{{n}}}" if n > 1 else "")
            for position, n in Counter(m).items()
        ]
        return rf"\langle {' '.join(factors)} \rangle"

    def _mean(self, m: Powers) -> sp.Expr:
        return moment_symbol(self.network, m, central=False)

    def _deviation(self, m: Powers) -> sp.Expr:
        return sp.Integer(0) if len(m) == 1 else self.moment(m)

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def __repr__(self) -> str:
        kind = "central" if self.central else "raw"
        missing = f"open: {', '.join(s.name for s in self.higher)}" if self.higher else "closed"
        return f"<MomentEquations: {len(self.powers)} {kind} moments up to order {self.order}, {missing}>"


def moment_equations(network: Network, order: int = 2, central: bool = False) -> MomentEquations:
    """Derive d<x^m>/dt = sum over reactions of <a(x) ((x + change)^m - x^m)> for all m of degree 1 to ``order``.

    Parameters
    ----------
    network
        Propensities are polynomials: mass action (with falling factorials) or any polynomial law. Parameters may be
        symbols.
    order
        1 or more.
    central
        Take moments of degree 2 and more about the mean; better conditioned, and no longer linear.

    Returns
    -------
    MomentEquations
        Of the species that reactions change.

    Raises
    ------
    NetworkError
        Coefficients that are not whole, or too many equations.
    UnsupportedError
        A propensity that is no polynomial; names the reaction.

    Examples
    --------
    >>> from crnsym import network
    >>> found = moment_equations(network("0 -> A @ b; A -> 0 @ d"))
    >>> for moment, right in found.equations.items():
    ...     print(moment, right)
    ⟨A⟩ b - d*⟨A⟩
    ⟨A²⟩ 2*b*⟨A⟩ + b - 2*d*⟨A²⟩ + d*⟨A⟩
    """
    check_network(network)
    order = whole_number("order", order, 1)
    moving = [i for i, s in enumerate(network.species) if not s.fixed]
    if not moving:
        raise NetworkError("the network has no species whose number changes, so there are no moments")
    count = comb(len(moving) + int(order), int(order)) - 1
    if count > _MOST_EQUATIONS:
        raise NetworkError(
            f"{len(moving)} species have {count} moments up to order {order}, more than {_MOST_EQUATIONS}; "
            "take a lower order"
        )
    powers = tuple(all_powers(moving, int(order)))
    generator = _Generator(network, central)
    equations: dict[Any, sp.Expr] = {moment_symbol(network, m, central): generator.derivative(m) for m in powers}
    higher: dict[Any, Powers] = {
        moment_symbol(network, m, central): m
        for m in sorted(generator.seen, key=lambda m: (len(m), m))
        if len(m) > order
    }
    return MomentEquations(network, int(order), central, powers, equations, higher)


def moment_symbol(network: Network, m: Powers, central: bool) -> sp.Expr:
    """Return the symbol of a moment; that of one species is its mean, that of none is 1."""
    if not m:
        return sp.Integer(1)
    sign = "δ" if central and len(m) > 1 else ""
    return symbol(powers_text(m, network.species_names, sign))


class _Generator:
    """The generator of a jump process, applied to monomials; collects the monomials it meets."""

    def __init__(self, network: Network, central: bool) -> None:
        self.central = central
        self.symbol: Callable[[Powers], sp.Expr] = lambda m: moment_symbol(network, m, central)
        self.seen: set[Powers] = set()
        self.by_species: dict[int, list[Jump]] = defaultdict(list)
        for found in jumps(network):
            process = Jump(found.change, self._about_the_mean(found.terms)) if central else found
            for position in found.change:
                self.by_species[position].append(process)

    def derivative(self, m: Powers) -> sp.Expr:
        right = self._applied(m)
        if self.central and len(m) > 1:  # the mean moves as well
            slopes = [
                -n * self._applied((position,)) * self._mean(_without(m, position))
                for position, n in Counter(m).items()
            ]
            return sp.expand(sp.Add(right, *slopes))
        return right

    def _applied(self, m: Powers) -> sp.Expr:
        terms = []
        for process in {id(j): j for position in m for j in self.by_species[position]}.values():
            changes = jump(m, process.change)
            for powers, coefficient in process.terms.items():
                terms += [n * coefficient * self._mean(times(powers, rest)) for rest, n in changes.items()]
        return sp.Add(*terms)

    def _mean(self, m: Powers) -> sp.Expr:
        if self.central and len(m) == 1:
            return sp.Integer(0)
        self.seen.add(m)
        return self.symbol(m)

    def _about_the_mean(self, terms: Mapping[Powers, sp.Expr]) -> dict[Powers, sp.Expr]:
        """Write a polynomial in x as one in x - <x>."""
        found: dict[Powers, list[sp.Expr]] = defaultdict(list)
        for powers, coefficient in terms.items():
            for s, rest, n in divisors(powers):
                found[s].append(n * coefficient * sp.Mul(*(self.symbol((position,)) for position in rest)))
        return {s: sp.Add(*parts) for s, parts in found.items()}


def _without(m: Powers, position: int) -> Powers:
    i = m.index(position)
    return m[:i] + m[i + 1 :]
