"""Steady states of a network and their stability."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import sympy as sp

from ...errors import NetworkError, UnsupportedError
from ..equations import parameter_values
from ..symbols import TIME, exact_number, symbol
from ..theory.moving import moving_part
from .conserved import reduce_by_laws

if TYPE_CHECKING:
    from ..network import Network
    from .numbers import NumericRates

_ZERO = 1e-9  # of the largest eigenvalue: below it the sign says nothing
_ROUNDING = 1e-15


@dataclass(frozen=True)
class SteadyState:
    """A state in which nothing changes.

    Attributes
    ----------
    concentrations
        {species: concentration}, constant species included.
    eigenvalues
        Of the Jacobian on the compatibility class, by decreasing real part; one for each dimension of it.
    stable
        Whether all real parts are negative; None where the largest is zero to rounding, so that the linearisation
        does not tell.
    """

    concentrations: dict[str, float]
    eigenvalues: tuple[complex, ...]
    stable: bool | None

    @property
    def is_positive(self) -> bool:
        """Whether every species is present."""
        return all(x > 0 for x in self.concentrations.values())

    @property
    def kind(self) -> str:
        """``stable``, ``stable focus``, ``saddle``, ``unstable`` ...: what small disturbances do."""
        if self.stable is None:
            return "undecided"
        turning = any(abs(e.imag) > 1e-9 * abs(e) for e in self.eigenvalues[:2])
        if self.stable:
            return "stable focus" if turning else "stable"
        if any(e.real < 0 for e in self.eigenvalues):
            return "saddle"
        return "unstable focus" if turning else "unstable"

    def __str__(self) -> str:
        listed = ", ".join(f"{n} = {x:.6g}" for n, x in self.concentrations.items())
        return f"{listed} ({self.kind})"


@dataclass(frozen=True)
class SteadyStates(Sequence[SteadyState]):
    """Steady states of one compatibility class.

    Attributes
    ----------
    states
        The isolated ones, positive ones first.
    complete
        Whether these are all of them for certain.
    isolated
        Whether there are only isolated ones; else there are also lines or surfaces of steady states.
    method
        How they were found, a sentence.
    totals
        {name of the total: value} of the class; see `ConservedReduction`.
    """

    states: tuple[SteadyState, ...]
    complete: bool
    isolated: bool
    method: str
    totals: Mapping[str, sp.Rational]

    @overload
    def __getitem__(self, i: int) -> SteadyState: ...

    @overload
    def __getitem__(self, i: slice) -> tuple[SteadyState, ...]: ...

    def __getitem__(self, i: int | slice) -> SteadyState | tuple[SteadyState, ...]:
        return self.states[i]

    def __len__(self) -> int:
        return len(self.states)

    def __iter__(self) -> Iterator[SteadyState]:
        return iter(self.states)

    def __str__(self) -> str:
        lines = [str(s) for s in self.states] or ["no isolated steady state"]
        if not self.isolated:
            lines.append("and a continuum of steady states")
        return "\n".join([*lines, self.method])


def steady_states(
    network: "Network",
    values: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
) -> SteadyStates:
    """Return the non-negative steady states with the conserved totals of the initial state, and their stability.

    Rate laws that are rational functions lead to polynomial equations, whose solutions are found by elimination in
    exact numbers: all of them. Larger or other equations are solved numerically from many starts, and ``complete`` is
    false; where a theorem excludes a second positive state, the search ends with the first, as ``method`` says.

    Parameters
    ----------
    values
        {parameter: number} over those of the network.
    initial
        {species: concentration} over those of the network; needed for species in conservation laws.

    Raises
    ------
    NetworkError
        If a parameter, or a species in a conservation law, has no value.
    UnsupportedError
        If a rate depends on time.
    NotSolvedError
        If neither way found anything, which does not mean that there is nothing.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(steady_states(network("A <-> B @ 1, 2; init A = 3, B = 0"))[0])
    A = 2, B = 1 (stable)
    """
    from .exact import exact_states
    from .numbers import NumericRates
    from .search import searched_states

    start = {n: exact_number(v) for n, v in (initial or {}).items()}
    ready = network.with_initial(start).with_parameters(values or {})
    moving = moving_part(ready)
    given = parameter_values(moving)
    _check(moving, given)
    reduction = reduce_by_laws(moving)
    totals = reduction.totals()
    found = exact_states(moving, given, reduction, totals)
    if found is None:
        found = searched_states(moving, given, reduction, totals)
    points, complete, isolated, method = found
    rates = NumericRates(moving, given)
    fixed = {s.name: float(s.initial) for s in ready.species if s.fixed and s.initial is not None}
    names, rank = moving.species_names, moving.structure.rank
    states = [
        _state(ready, dict(zip(names, p, strict=True)), fixed, stability(rates, rank, np.array(p))) for p in points
    ]
    if not isolated:  # a point on a line of steady states is not an isolated one
        states = [s for s in states if min(map(abs, s.eigenvalues)) > _ZERO * max(map(abs, s.eigenvalues))]
    states.sort(key=lambda s: (not s.is_positive, s.stable is False, [round(x, 12) for x in s.concentrations.values()]))
    return SteadyStates(tuple(states), complete, isolated, method, totals)


def _check(network: "Network", given: Mapping[sp.Symbol, Any]) -> None:
    known = {*given, *(symbol(n) for n in network.species_names)}
    for r in network.reactions:
        missing = r.rate_expression.free_symbols - known
        if symbol(TIME) in missing:
            raise UnsupportedError(f"steady states: the rate of '{r}' depends on time, so that nothing rests")
        if missing:
            listed = ", ".join(sorted(str(s) for s in missing))
            raise NetworkError(f"steady states need numbers, and {listed} has no value; use values={{...}}")


def _state(
    network: "Network", point: dict[str, float], fixed: dict[str, float], eigenvalues: tuple[complex, ...]
) -> SteadyState:
    scale = max((abs(e) for e in eigenvalues), default=0.0)
    top = max((e.real for e in eigenvalues), default=-1.0)
    stable = None if abs(top) <= _ZERO * scale else top < 0
    both = {**fixed, **point}
    return SteadyState({n: both[n] for n in network.species_names if n in both}, eigenvalues, stable)


def stability(rates: "NumericRates", rank: int, x: np.ndarray) -> tuple[complex, ...]:
    """Return the eigenvalues of the Jacobian on the stoichiometric subspace, by decreasing real part.

    With an orthonormal basis Q of the subspace, in which all rates of change lie, they are those of ``Q' J Q``. One
    that rounding alone can make (by its condition number, which has no bound where eigenvectors fall together) is zero.
    """
    from scipy.linalg import eig

    if rank == 0:
        return ()
    basis = np.linalg.svd(rates.net.toarray(), full_matrices=False)[0][:, :rank]
    with np.errstate(all="ignore"):
        reduced = basis.T @ rates.jacobian(x) @ basis
    if not np.isfinite(reduced).all():
        return (complex("nan"),) * rank
    parts: Any = eig(reduced, left=True)
    found, left, right = parts
    with np.errstate(all="ignore"):
        condition = 1 / np.abs((left.conj() * right).sum(axis=0))
    found[np.abs(found) <= _ROUNDING * np.linalg.norm(reduced) * condition] = 0
    return tuple(complex(e) for e in sorted(found, key=lambda e: (-e.real, -e.imag)))
