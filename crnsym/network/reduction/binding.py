"""Fast pairs ``y <-> Z``: which reactions bind an intermediate, how strongly, and what it is made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...errors import UnsupportedError
from ..assembly import position
from ..complexes import Complex
from ..symbols import put, symbol

if TYPE_CHECKING:
    from ..network import Network


@dataclass(frozen=True)
class Binding:
    """A reversible pair ``pair <-> name`` of a network.

    Attributes
    ----------
    name
        The intermediate.
    forward, backward
        Positions of the two reactions.
    pair
        What binds; may contain other intermediates.
    composition
        The same in species that stay.
    inner
        {intermediate: number} that it contains, itself included.
    on, off
        The two rate constants; ``constant`` is their ratio.
    """

    name: str
    forward: int
    backward: int
    pair: Complex
    composition: Complex
    inner: dict[str, int]
    on: sp.Expr
    off: sp.Expr

    @property
    def constant(self) -> sp.Expr:
        """The binding constant K = k1/k_-1."""
        return self.on / self.off  # type: ignore[return-value]  # (sympy: Basic)


def find_bindings(
    network: "Network", species: Collection[str], fast: Sequence[Any] | None, needed: bool
) -> dict[str, Binding]:
    """Return {intermediate: binding}, inner intermediates first.

    Parameters
    ----------
    species
        The intermediates.
    fast
        Reactions that may be fast (objects, names or positions), or None for all.
    needed
        Whether to refuse, by name, an intermediate without a single fast pair; else it is left out.
    """
    allowed = None if fast is None else {position(network, r) for r in fast}
    open_pairs: dict[str, tuple[int, int]] = {}
    for z in species:
        pairs = _pairs(network, z, allowed)
        simpler = [p for p in pairs if not set(network.reactions[p[0]].reactants) & set(species)]
        pairs = simpler or pairs
        if len(pairs) == 1:
            open_pairs[z] = pairs[0]
        elif needed:
            raise UnsupportedError(_why(network, z, pairs))
    return _ordered(network, species, open_pairs, needed)


def _pairs(network: "Network", z: str, allowed: set[int] | None) -> list[tuple[int, int]]:
    alone = Complex({z: 1})
    forward = [i for i, r in enumerate(network.reactions) if r.products == alone and r.rate.is_mass_action]
    backward = [i for i, r in enumerate(network.reactions) if r.reactants == alone and r.rate.is_mass_action]
    return [
        (f, b)
        for f in forward
        for b in backward
        if network.reactions[f].is_reverse_of(network.reactions[b])
        and network.reactions[f].reactants.is_integer
        and network.reactions[f].reactants.order > 0
        and (allowed is None or {f, b} <= allowed or f in allowed or b in allowed)
    ]


def _why(network: "Network", z: str, pairs: list[tuple[int, int]]) -> str:
    if not pairs:
        return (
            f"no fast pair 'y <-> {z}' of mass-action reactions forms {z} alone; partial equilibrium needs one "
            "(quasi_steady does not)"
        )
    both = "; ".join(f"{network.reactions[f].reactants} <-> {z}" for f, _ in pairs)
    return f"{z} takes part in several reversible pairs ({both}); name the fast one with fast=[...]"


def _ordered(
    network: "Network", species: Collection[str], pairs: dict[str, tuple[int, int]], needed: bool
) -> dict[str, Binding]:
    """Resolve compositions, inner intermediates first."""
    found: dict[str, Binding] = {}
    left = dict(pairs)
    while left:
        ready = [z for z in left if not (set(network.reactions[left[z][0]].reactants) & set(species)) - found.keys()]
        if not ready:
            if needed:
                raise UnsupportedError(f"the intermediates {', '.join(left)} are made of each other in a circle")
            return found
        for z in ready:
            f, b = left.pop(z)
            pair = network.reactions[f].reactants
            whole: dict[str, Any] = {}
            inner: dict[str, int] = {z: 1}
            for part, n in pair.items():
                for name, m in (found[part].composition if part in found else Complex({part: 1})).items():
                    whole[name] = whole.get(name, 0) + n * m
                for name, m in (found[part].inner if part in found else {}).items():
                    inner[name] = inner.get(name, 0) + int(n) * m
            # sympy or numpy type it too widely
            on, off = network.reactions[f].rate.k, network.reactions[b].rate.k  # type: ignore[attr-defined]
            found[z] = Binding(z, f, b, pair, Complex(whole), inner, on, off)
    return found


def equilibrium(bindings: dict[str, Binding]) -> dict[str, sp.Expr]:
    """Return {intermediate: K prod c^n}, in species that stay."""
    constant: dict[str, sp.Expr] = {}
    for z, b in bindings.items():
        # sympy or numpy type it too widely
        constant[z] = b.constant * sp.Mul(*(constant[p] ** n for p, n in b.pair.items() if p in constant))  # type: ignore[assignment]
    return {z: constant[z] * b.composition.monomial for z, b in bindings.items()}


def replaced(side: Complex, bindings: dict[str, Binding]) -> Complex:
    """Return a complex with intermediates written as what they are made of."""
    entries: dict[str, Any] = {}
    for name, n in side.items():
        for part, m in (bindings[name].composition if name in bindings else Complex({name: 1})).items():
            entries[part] = entries.get(part, 0) + n * m
    return Complex(entries)


def substituted(expression: sp.Basic, solution: Mapping[str, Any]) -> sp.Expr:
    """Return an expression with {name: expression} put in."""
    return put({symbol(name): value for name, value in solution.items()}, expression)
