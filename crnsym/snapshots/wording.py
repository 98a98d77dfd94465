"""One fitted set of rules as a network, hops and rules of sites, with rates in their units."""

from collections.abc import Sequence

import numpy as np

from ..data.snapshots import Snapshots
from ..network.network import Network
from ..network.rate_laws import MassAction
from ..network.reaction import Reaction
from ..network.species import Species
from ..network.symbols import exact_number, symbol
from .exclusion import AnyRule, Library
from .result import RuleSet
from .rules import Rule


def rule_set(
    shots: Snapshots, library: Library, chosen: Sequence[int], rates: np.ndarray, covariance: np.ndarray, loss: float,
    score: float, equivalents: Sequence[Sequence[int]] = (),
) -> RuleSet:  # fmt: skip
    """Put one fit into words."""
    directions = shots.directions
    order = sorted(range(len(chosen)), key=lambda i: (library.rules[chosen[i]].is_movement, chosen[i]))
    rules = [library.rules[chosen[i]] for i in order]
    factors = np.array([rule.factor(directions) for rule in rules])
    values, errors = rates[order] * factors, np.sqrt(np.diag(covariance))[order] * factors
    texts = tuple(rule.text(shots.species) for rule in rules)
    named = list(zip(rules, values, strict=True))
    hops = {shots.species[max(r.before) - 1]: float(k) for r, k in named if r.is_hop and getattr(r, "apart", 1) == 1}
    reactions = [(r, k, e) for (r, k), e in zip(named, errors, strict=True) if not r.is_movement]
    told = [row for row in reactions if row[0].is_reaction]
    beside = zip(rules, rates[order], strict=True)
    return RuleSet(
        texts,
        values,
        errors,
        float(loss),
        float(score),
        _network(shots, reactions),
        hops,
        _network(shots, told),
        tuple(t for r, t in zip(rules, texts, strict=True) if not (r.is_reaction or r.is_hop)),
        {
            r.site_rule(shots.species): float(k)
            for r, k in beside
            if isinstance(r, Rule) and not (r.is_reaction or r.is_hop)
        },
        tuple(tuple(library.rules[i].text(shots.species) for i in other) for other in equivalents),
    )


def _network(shots: Snapshots, rules: Sequence[tuple[AnyRule, float, float]]) -> Network:
    taken = set(shots.species)
    names = [f"k{i}" if f"k{i}" not in taken else f"k{i}_" for i in range(1, len(rules) + 1)]
    reactions = tuple(
        Reaction(*rule.sides(shots.species), MassAction(symbol(name)))
        for (rule, _, _), name in zip(rules, names, strict=True)
    )
    start = np.rint(shots.counts()[:, 0].mean(axis=0)).astype(int)
    species = tuple(
        Species(name, initial=exact_number(int(count))) for name, count in zip(shots.species, start, strict=True)
    )
    parameters = {name: exact_number(f"{k:.6g}") for name, (_, k, _) in zip(names, rules, strict=True)}
    errors = {name: float(e) for name, (_, _, e) in zip(names, rules, strict=True)}
    return Network(reactions, species, parameters, metadata={"standard_errors": errors})
