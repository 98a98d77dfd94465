"""The generator of a lattice applied to motifs: exact derivatives of their probabilities."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import sympy as sp

from ...errors import NetworkError
from ..network import Network
from ..symbols import symbol
from .lattice_rules import Rule
from .motifs import Motif, canonical, motif_text, neighbours, with_site, without_empty

MOST_MOTIFS = 500


class Hierarchy:
    """Applies the generator to motifs and keeps what it meets.

    Parameters
    ----------
    network, shape
        Species, and the sides of the lattice.
    rules
        What can happen on sites and bonds.
    """

    def __init__(self, network: Network, shape: tuple[int, ...], rules: list[Rule]) -> None:
        self.network, self.shape = network, shape
        self.alone = [rule for rule in rules if len(rule.before) == 1]
        self.bonds = [rule for rule in rules if len(rule.before) == 2]
        self.derivatives: dict[Motif, list[dict[Motif, sp.Expr]]] = {}

    def derive(self, motifs: Iterable[Motif], everything: bool) -> None:
        """Derive the equations of motifs, and with ``everything`` of all that these need."""
        waiting = list(dict.fromkeys(motifs))
        while waiting:
            motif = waiting.pop(0)
            if motif in self.derivatives:
                continue
            if everything and len(self.derivatives) >= MOST_MOTIFS:
                raise too_many(self.shape)
            self.derivatives[motif] = self.derivative(motif)
            if everything:
                fresh = (
                    m
                    for terms in self.derivatives[motif]
                    for met in terms
                    for m in expanded(met, self.network, self.shape)
                )
                waiting = [m for m in dict.fromkeys([*waiting, *fresh]) if m and m not in self.derivatives]

    def derivative(self, motif: Motif) -> list[dict[Motif, sp.Expr]]:
        """Return what each rule contributes to d<motif>/dt, as {motif: coefficient}.

        A rule with the states before and after on its sites contributes its rate, times the difference of what the
        motif is after and before, times the motif with the states before put on those sites.
        """
        sites = dict(motif)
        places = [(rule, [(site,) for site in sites]) for rule in self.alone]
        bonds = {bond for i in sites for j in neighbours(i, self.shape) for bond in ((i, j), (j, i))}
        places += [(rule, sorted(bonds)) for rule in self.bonds]
        found = []
        for rule, where in places:
            terms: Counter[Motif] = Counter()
            for place in where:
                before, after = (dict(zip(place, states, strict=True)) for states in (rule.before, rule.after))
                met = [site for site in place if site in sites]
                was, becomes = (all(states[site] == sites[site] for site in met) for states in (before, after))
                if was != becomes:
                    terms[canonical(with_site(motif, before), self.shape)] += becomes - was
            found.append({m: c * rule.rate for m, c in terms.items() if c})
        return found

    def equations(self) -> tuple[tuple[Motif, ...], dict[sp.Symbol, sp.Expr], dict[sp.Symbol, Motif]]:
        """Return the variables, the equation of each, and all motifs that occur, by their symbols."""
        names, variables = self.network.species_names, {(), *self.derivatives}
        sums: dict[Motif, dict[Motif, list[Any]]] = {}
        for motif, contributions in self.derivatives.items():
            sums[motif] = {}
            for terms in contributions:
                alone: Counter[Motif] = Counter()
                for m, c in terms.items():
                    for part, n in expanded(m, self.network, self.shape).items():
                        alone[part] += n * c  # type: ignore[assignment]  # (sympy: Basic)
                exact = {m: c for m, c in alone.items() if c != 0}
                # Motifs that are not known may cancel: two sites that exchange a molecule or a hole.
                for m, c in (exact if variables.issuperset(exact) else terms).items():
                    sums[motif].setdefault(m, []).append(c)
        rights = {m: {other: c for other, cs in parts.items() if (c := sp.Add(*cs)) != 0} for m, parts in sums.items()}
        found = dict.fromkeys([*rights, *(m for parts in rights.values() for m in parts if m)])
        symbols: dict[Motif, Any] = {m: symbol(motif_text(m, names)) for m in found}
        equations = {
            symbols[m]: sp.Add(*(c * symbols[other] if other else c for other, c in parts.items()))
            for m, parts in rights.items()
        }
        return tuple(rights), equations, {s: m for m, s in symbols.items()}


def expanded(motif: Motif, network: Network, shape: tuple[int, ...]) -> dict[Motif, int]:
    """Write a motif with empty sites as a sum of motifs of molecules alone, {motif: coefficient}."""
    found: Counter[Motif] = Counter()
    for c, m in without_empty(motif, len(network.species)):
        found[canonical(m, shape)] += c
    return {m: c for m, c in found.items() if c}


def too_many(shape: tuple[int, ...]) -> NetworkError:
    """Return the error of a lattice with more motifs than can be handled."""
    return NetworkError(
        f"a lattice of {'x'.join(map(str, shape))} sites has more than {MOST_MOTIFS} motifs; "
        "take fewer sites, or give reach and a closure"
    )
