"""What ``.net`` has no place for, in one comment of our own: names, laws, units, formulas.

An entry is trusted only where it agrees with the file itself, so that an edited file means what it says.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from ...errors import CrnsymError, FormatError
from ...network.complexes import Complex
from ...network.network import Network
from ...network.rate_laws import MassAction, RateLaw
from ...network.reaction import Reaction
from ...network.recognise import recognise
from ...network.species import Species
from ...network.symbols import TIME, symbol
from ..laws import law_fields, law_from_fields
from .formulas import folded
from .names import species_name

MARK = "crnsym "


def per_reactants(rate: sp.Expr, reactants: Complex) -> sp.Expr:
    """Return the function that BioNetGen multiplies with the reactants to get this rate.

    Where that would divide by zero without a reactant, the function is 0 there.
    """
    function: Any = rate / reactants.monomial
    infinite = (sp.zoo, sp.nan, sp.oo, -sp.oo)
    # of names that may be complex, sympy writes out the imaginary parts of a tanh in a tanh, which needs gigabytes
    real = {s: sp.Dummy(s.name, real=True) for s in function.free_symbols}
    seen = function.xreplace(real)
    absent = [x for x in map(symbol, reactants) if seen.subs(real.get(x, x), 0).has(*infinite)]
    return sp.Piecewise((function, sp.And(*(x > 0 for x in absent))), (0, True)) if absent else function


def is_constant(reaction: Reaction) -> bool:
    """Tell whether the rate is mass action with a constant that does not depend on time."""
    law = reaction.rate
    return type(law) is MassAction and symbol(TIME) not in law.k.free_symbols


def _read_back(reaction: Reaction, species: Collection[str]) -> RateLaw:
    """Return the law that a reader finds in the function written for a reaction."""
    function = folded(per_reactants(reaction.rate_expression, reaction.reactants))
    return recognise(function * reaction.reactants.monomial, reaction.reactants, reaction.products, species)


def describe(
    network: Network, ids: Mapping[str, str], patterns: Mapping[str, str], plain: Collection[str], derived: list[str]
) -> str:
    """Return the comment, ``{}`` if the file says it all.

    Parameters
    ----------
    ids
        {name: identifier in the file}, of parameters and observables.
    patterns
        {name: pattern} of the species.
    plain
        Species whose names nothing else in the file bears.
    derived
        Parameters and functions of the file that hold rates, and nothing of the network.
    """
    content = {
        "names": {identifier: name for name, identifier in ids.items() if identifier != name},
        "species": {
            patterns[s.name]: entry
            for i, s in enumerate(network.species, 1)
            if (entry := _about(s, s.name in plain and species_name(patterns[s.name], i, lambda _: False) == s.name))
        },
        "reactions": {str(i): r.name for i, r in enumerate(network.reactions) if r.name},
        "laws": {
            str(i): law_fields(r.rate)
            for i, r in enumerate(network.reactions)
            if not is_constant(r) and _read_back(r, network.species_index) != r.rate
        },
        "derived": derived,
        "units": dict(network.units),
        "name": network.name,
    }
    return json.dumps({key: value for key, value in content.items() if value})


def _about(s: Species, named: bool) -> dict[str, Any]:
    """Return the attributes of a species, with its name unless the pattern names it."""
    about: dict[str, Any] = {} if named else {"name": s.name}
    about |= {key: value for key in ("formula", "unit") if (value := getattr(s, key))}
    if s.boundary:
        about |= {"constant": s.constant, "boundary": True}
    return about | ({"initial": None} if s.initial is None else {})


def parse_comment(heading: Iterable[str], source: str) -> dict[str, Any]:
    """Return what our comment says, of the comments at the top of a file.

    Raises
    ------
    FormatError
        If it is damaged.
    """
    found = next((h.removeprefix(MARK) for h in heading if h.startswith(MARK)), "{}")
    try:
        content = json.loads(found)
    except json.JSONDecodeError as error:
        raise _damaged(source, error) from None
    if not isinstance(content, dict):
        raise _damaged(source, "it is no object of JSON")
    return content


def _damaged(source: str, why: object) -> FormatError:
    line = str(why).splitlines()[0]
    return FormatError(
        f"{source}: the comment '# {MARK}...' is damaged ({line}); without it the file reads as it stands"
    )


def restore(network: Network, extras: Mapping[str, Any], source: str) -> Network:
    """Return the network with what the comment says about it.

    Raises
    ------
    FormatError
        If that makes no sense.
    """
    try:
        return _restored(network, extras)
    except (CrnsymError, TypeError, AttributeError, KeyError, ValueError) as error:
        raise _damaged(source, error) from None


def _restored(network: Network, extras: Mapping[str, Any]) -> Network:
    patterns = network.metadata["patterns"]
    about = {name: extras.get("species", {}).get(pattern, {}) for name, pattern in patterns.items()}
    known = {*network.parameters, *network.observables}
    names = {old: new for old, new in extras.get("names", {}).items() if old in known}
    names |= {name: entry["name"] for name, entry in about.items() if entry.get("name", name) != name}
    species = tuple(_species(s, about[s.name]) for s in network.species)
    network = replace(network, species=species)
    network = network.rename(names) if names else network
    reactions = [_reaction(r, str(i), extras, network.species_index) for i, r in enumerate(network.reactions)]
    units = {n: u for n, u in extras.get("units", {}).items() if n in network.parameters}
    kept = {names.get(name, name): pattern for name, pattern in patterns.items()}
    metadata = {**network.metadata, "patterns": kept}
    return replace(network, reactions=tuple(reactions), units=units, name=extras.get("name", ""), metadata=metadata)


def _species(s: Species, about: Mapping[str, Any]) -> Species:
    """Return the species with its attributes: a boundary only of what is fixed, no start only of what starts at 0."""
    changes = {key: value for key, value in about.items() if key in ("formula", "unit")}
    if s.fixed and "boundary" in about:
        changes |= {"constant": about["constant"], "boundary": True}
    if s.initial == 0 and "initial" in about:
        changes["initial"] = None
    return replace(s, **changes) if changes else s


def _reaction(reaction: Reaction, key: str, extras: Mapping[str, Any], species: Collection[str]) -> Reaction:
    name, fields = extras.get("reactions", {}).get(key, ""), extras.get("laws", {}).get(key)
    reaction = replace(reaction, name=name) if name else reaction
    if fields is None:
        return reaction
    told = reaction.with_rate(law_from_fields(fields, f"reaction {int(key) + 1}"))
    return told if _read_back(told, species) == reaction.rate else reaction
