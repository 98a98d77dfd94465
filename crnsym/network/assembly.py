"""Building networks: what the constructor completes and checks, and networks made from networks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from numbers import Integral
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..errors import NetworkError
from .frozen import FrozenDict
from .inputs import Formula
from .observed import in_species, written_out
from .reaction import Reaction
from .species import Species
from .symbols import TIME, exact_expression, exact_number, names_in, symbol

if TYPE_CHECKING:
    from .network import Network


def assemble(network: "Network") -> dict[str, Any]:
    """Return the completed fields of a network."""
    reactions = tuple(network.reactions)
    duplicates = [name for name, n in Counter(r.name for r in reactions if r.name).items() if n > 1]
    if duplicates:
        raise NetworkError(f"two reactions are called {duplicates[0]!r}; reaction names are unique")
    parameters = {name: None if value is None else exact_number(value) for name, value in network.parameters.items()}
    observables = {name: exact_expression(e) for name, e in network.observables.items()}
    if observables:
        # an observable in a rate, or in another observable, is its expression; a species of its name goes first
        taken = _molecules(network.species, reactions) | {n for n, value in parameters.items() if value is not None}
        observables = written_out(observables, taken)
        meant = {name: e for name, e in observables.items() if name not in taken}
        parameters = {name: value for name, value in parameters.items() if name not in meant}
        reactions = tuple(r if (law := in_species(r, meant)) is r.rate else replace(r, rate=law) for r in reactions)
    species = _all_species(network.species, reactions)
    _check_apart(species, parameters)
    for reaction in reactions:
        _add_parameters(reaction, species, parameters)
    for expression in observables.values():
        for name in names_in(expression):
            if name not in species and name != TIME:
                parameters.setdefault(name, None)
    started = tuple(_started(s, species, parameters) for s in species.values())
    for name in network.units:
        _known(name, parameters, "parameter")
    return {
        "reactions": reactions,
        "species": started,
        "parameters": FrozenDict(parameters),
        "observables": FrozenDict(observables),
        "units": FrozenDict(network.units),
        "metadata": FrozenDict(network.metadata),
    }


def _molecules(declared: "Iterable[Species | str]", reactions: Iterable[Reaction]) -> set[str]:
    """Return the names of what is declared, reacts or is made."""
    return {*map(str, declared)} | {name for r in reactions for side in (r.reactants, r.products) for name in side}


def _all_species(declared: "Iterable[Species | str]", reactions: Iterable[Reaction]) -> dict[str, Species]:
    species: dict[str, Species] = {}
    for s in declared:
        s = s if isinstance(s, Species) else Species(s)
        if s.name in species:
            raise NetworkError(f"the species {s.name!r} is declared twice")
        species[s.name] = s
    for reaction in reactions:
        for names in (reaction.reactants, reaction.products, reaction.rate.species):
            for name in names:
                if name not in species:
                    species[name] = Species(name)
    return species


def _started(s: Species, species: Mapping[str, Species], parameters: dict[str, Any]) -> Species:
    """Return a species with the value of its start; parameters in that are parameters of the network."""
    if s.start is None:
        return s
    for name in names_in(s.start):
        if name in species or name == TIME:
            raise NetworkError(f"the start of {s.name} depends on {name}; only parameters and numbers can stand there")
        parameters.setdefault(name, None)
    values: Any = {symbol(name): parameters[name] for name in names_in(s.start)}
    if None in values.values():
        return replace(s, initial=None)
    value: Any = s.start.xreplace(values)
    return replace(s, initial=exact_number(value if isinstance(value, sp.Rational) else float(value)))


def _check_apart(species: Mapping[str, Species], parameters: Mapping[str, Any]) -> None:
    both = sorted(species.keys() & parameters.keys())
    if both:
        raise NetworkError(f"{both[0]!r} is both a species and a parameter; rename one of them")


def _add_parameters(reaction: Reaction, species: Mapping[str, Species], parameters: dict[str, Any]) -> None:
    for s in reaction.rate.parameters:
        name = s.name
        if name in parameters:
            continue
        if name not in species:
            if name != TIME:
                parameters[name] = None
        elif reaction.rate.is_mass_action:
            raise NetworkError(
                f"the rate constant of '{reaction.reactants} -> {reaction.products}' contains the "
                f"species {name}; give the whole rate instead, as Custom(...) or behind '@='"
            )


def _known(name: str, names: Iterable[str], kind: str) -> None:
    if name not in names:
        near = get_close_matches(name, list(names), n=1)
        raise NetworkError(f"no {kind} named {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def with_parameters(network: "Network", values: Mapping[str, Any]) -> "Network":
    """Return the network with other parameter values."""
    for name in values:
        _known(name, network.parameters, "parameter")
    return replace(network, parameters={**network.parameters, **values})


def with_initial(network: "Network", values: Mapping[str, Any]) -> "Network":
    """Return the network with other initial concentrations."""
    for name in values:
        _known(name, network.species_names, "species")
    species = [replace(s, **_start_fields(values[s.name])) if s.name in values else s for s in network.species]
    return replace(network, species=tuple(species))


def _start_fields(value: Formula | None) -> dict[str, Any]:
    """Return the fields of a species that starts at a number, or at an expression of parameters."""
    if value is None:
        return {"initial": None, "start": None}
    expression = exact_expression(value)
    return {"initial": None, "start": expression} if names_in(expression) else {"initial": value, "start": None}


def position(network: "Network", reaction: "Reaction | str | int") -> int:
    """Return the position of a reaction given by itself, its name or its position."""
    if isinstance(reaction, str):
        names = [r.name for r in network.reactions]
        _known(reaction, [n for n in names if n], "reaction")
        return names.index(reaction)
    if isinstance(reaction, Reaction):
        if reaction not in network.reactions:
            raise NetworkError(f"the network has no reaction '{reaction}'")
        return network.reactions.index(reaction)
    if not isinstance(reaction, Integral) or not -len(network.reactions) <= reaction < len(network.reactions):
        shown = " ".join(repr(reaction).split())
        raise NetworkError(f"reaction {shown} of {len(network.reactions)}; positions count from 0")
    return reaction % len(network.reactions)


def with_rates(network: "Network", rates: "Mapping[str | int, Any] | Sequence[Any]") -> "Network":
    """Return the network with other rates."""
    if not isinstance(rates, Mapping):
        rates = list(rates)
        if len(rates) != len(network.reactions):
            raise NetworkError(f"{len(rates)} rates for {len(network.reactions)} reactions; one each is needed")
        rates = dict(enumerate(rates))
    reactions = list(network.reactions)
    for key, rate in rates.items():
        i = position(network, key)
        reactions[i] = reactions[i].with_rate(rate)
    return _with_reactions(network, reactions)


def without(network: "Network", reactions: "Iterable[Reaction | str | int]") -> "Network":
    """Return the network without reactions."""
    dropped = {position(network, r) for r in reactions}
    return _with_reactions(network, [r for i, r in enumerate(network.reactions) if i not in dropped])


def _with_reactions(network: "Network", reactions: Sequence[Reaction]) -> "Network":
    """Change the reactions and drop parameters that were in use and no longer are."""
    before, after = used_parameters(network.reactions), used_parameters(reactions)
    watched = {name for e in network.observables.values() for name in names_in(e)}
    gone = before - after - watched
    return replace(
        network,
        reactions=tuple(reactions),
        parameters={n: v for n, v in network.parameters.items() if n not in gone},
        units={n: u for n, u in network.units.items() if n not in gone},
    )


def substitute(network: "Network", values: Mapping[str, Any]) -> "Network":
    """Return the network with parameters replaced by expressions."""
    for name in values:
        _known(name, network.parameters, "parameter")
    table = {symbol(name): exact_expression(value) for name, value in values.items()}
    return replace(
        network,
        reactions=tuple(r.with_rate(r.rate.substitute(table)) for r in network.reactions),
        species=tuple(s if s.start is None else replace(s, start=s.start.xreplace(table)) for s in network.species),
        parameters={n: v for n, v in network.parameters.items() if n not in values},
        observables={n: e.xreplace(table) for n, e in network.observables.items()},
        units={n: u for n, u in network.units.items() if n not in values},
    )


def used_parameters(reactions: Iterable[Reaction]) -> set[str]:
    """Return the names of the symbols in the rate laws."""
    return {s.name for r in reactions for s in r.rate.parameters}


def rename(network: "Network", names: Mapping[str, str]) -> "Network":
    """Return the network with species and parameters renamed."""
    known = {*network.species_names, *network.parameters, *network.observables}
    for name in names:
        _known(name, known, "species or parameter")
    changed = {symbol(a): symbol(b) for a, b in names.items()}
    return replace(
        network,
        reactions=tuple(r.rename(names) for r in network.reactions),
        species=tuple(
            replace(s, name=names.get(s.name, s.name), start=None if s.start is None else s.start.xreplace(changed))
            for s in network.species
        ),
        parameters=_renamed(network.parameters, names),
        observables=_renamed({n: e.xreplace(changed) for n, e in network.observables.items()}, names),
        units=_renamed(network.units, names),
    )


def _renamed(mapping: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    result = {names.get(name, name): value for name, value in mapping.items()}
    if len(result) < len(mapping):
        raise NetworkError("renaming gives two things the same name")
    return result


def union(first: "Network", second: "Network") -> "Network":
    """Return the union of two networks; what both declare must agree."""
    missing = Counter(second.reactions) - Counter(first.reactions)
    reactions = list(first.reactions)
    for r in second.reactions:
        if missing[r]:
            missing[r] -= 1
            reactions.append(r)
    species = {s.name: s for s in first.species}
    for s in second.species:
        mine = species.get(s.name)
        if mine is None or mine == Species(s.name):
            species[s.name] = s
        elif s not in (mine, Species(s.name)):
            raise NetworkError(f"the two networks declare the species {s.name!r} differently")
    return replace(
        first,
        reactions=tuple(reactions),
        species=tuple(species.values()),
        parameters=_merged(first.parameters, second.parameters, "parameter"),
        observables=_merged(first.observables, second.observables, "observable"),
        units=_merged(first.units, second.units, "unit of"),
    )


def _merged(first: Mapping[str, Any], second: Mapping[str, Any], kind: str) -> dict[str, Any]:
    result = dict(first)
    for name, value in second.items():
        if result.get(name) is None:
            result[name] = value
        elif value is not None and value != result[name]:
            raise NetworkError(f"the two networks disagree on the {kind} {name!r}: {result[name]} and {value}")
    return result
