"""A network made ready for a fit: named rate constants, an expression for every column, starts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import count
from typing import Any

import sympy as sp

from ...errors import NetworkError
from ...network.network import Network
from ...network.rate_laws import MassAction
from ...network.symbols import TIME, exact_expression, names_in, symbol
from .setting import Setting, resolved, similar


@dataclass(frozen=True, eq=False)
class Prepared:
    """A network with all that a fit needs to know.

    Attributes
    ----------
    network
        Every numeric rate constant of mass action is a parameter; all parameters are known to it.
    columns
        {column: expression of species, parameters and ``time``}.
    starts
        {species: expression of parameters}, the species that are not columns themselves.
    fitted
        Names of the fitted parameters.
    conditioned
        Names that have a value of their own in every run.
    remarks
        What a reader should know.
    """

    network: Network
    columns: dict[str, sp.Expr]
    starts: dict[str, sp.Expr]
    fitted: tuple[str, ...]
    conditioned: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def prepare(
    network: Network,
    columns: Sequence[str],
    setting: Setting,
    tempered: bool = False,
    source: str = "the network",
    elsewhere: Iterable[str] = (),
) -> Prepared:
    """Name the constants of a network, find what each column of the data is, and choose what is fitted.

    Parameters
    ----------
    network
        Any rate laws.
    columns
        Names of the columns of the data.
    setting
        What else is told.
    tempered
        Whether the runs have temperatures, for a parameter ``T``.
    source
        What to call the network in errors.
    elsewhere
        Species of the networks that it is compared with: where an observable has one that this network lacks, there
        is none of it.

    Raises
    ------
    NetworkError
        A column that is neither a species nor an observable, a fixed parameter without a value, a network without
        reactions or without anything at the start.
    """
    if not network.reactions:
        raise NetworkError(f"{source} has no reactions")
    network = named_constants(network)
    seen = {name: _column(network, name, columns, setting, source) for name in columns}
    absent = sorted({n for e in seen.values() for n in names_in(e)} & set(elsewhere) - {*network.species_names})
    none: Any = {symbol(n): sp.S.Zero for n in absent}
    seen: dict[str, Any] = {name: e.xreplace(none) for name, e in seen.items()}
    given = {*setting.initial, *setting.conditioned()}
    measured = {name for name, e in seen.items() if e == symbol(name) and name not in given}
    starts = {
        name: setting.initial.get(name, _own_start(network, name))
        for name in network.species_names
        if name not in measured
    }
    for name, expression in starts.items():
        if inside := set(names_in(expression)) & {*network.species_names, TIME}:
            raise NetworkError(
                f"{source}: the start of '{name}' depends on {min(inside)}; only parameters can stand there"
            )
    network, fresh = _with_new_parameters(network, [*seen.values(), *starts.values()], source)
    conditioned = [n for n in setting.conditioned() if n in starts or n in network.parameters]
    if tempered and "T" in network.parameters and "T" not in conditioned:
        conditioned.append("T")
    used = dependencies(network, seen, starts)
    constant = {**setting.fixed, **dict.fromkeys(conditioned)}
    fitted = tuple(p for p in network.parameters if p in used and p not in constant)
    values = {p: v for p, v in setting.fixed.items() if v is not None and p in network.parameters}
    network = network.with_parameters(values)
    for name in setting.fixed:
        if name in used and name in network.missing_values:
            raise NetworkError(f"{source}: '{name}' is fixed but has no value; give one, as in {name}=0.1")
    if not measured and all(e == 0 for e in starts.values()) and not set(conditioned) & starts.keys():
        first = network.species_names[0]
        raise NetworkError(f"{source}: nothing is there at the start; write 'init {first} = 1' or give initial values")
    idle = [p for p in network.parameters if p not in used]
    remarks = []
    if absent:
        remarks.append(f"{source} has no {', '.join(absent)}: the observables count none of it")
    if new := [name for name in fresh if name in fitted]:
        remarks.append(f"{source}: {', '.join(new)} in the observables or starts: a new parameter, which is fitted")
    if idle:
        remarks.append(f"{source}: nothing that was measured depends on {', '.join(idle)}")
    for name in setting.bounds:
        if name in idle:
            raise NetworkError(f"{source}: bounds of '{name}', but nothing that was measured depends on it")
    return Prepared(network, seen, starts, fitted, tuple(conditioned), tuple(remarks))


def _own_start(network: Network, name: str) -> sp.Expr:
    """Return the start of a species as the network says: an expression of parameters, a number, or 0."""
    own = network.species[network.species_index[name]]
    return own.start if own.start is not None else exact_expression(own.initial or 0)


def named_constants(network: Network) -> Network:
    """Give numeric rate constants of mass action names, k and the number of the reaction, so that they are fitted."""
    taken = {*network.species_names, *network.parameters, *network.observables}
    reactions, values = list(network.reactions), {}
    for j, reaction in enumerate(network.reactions):
        k = getattr(reaction.rate, "k", None) if reaction.rate.is_mass_action else None
        if isinstance(k, sp.Rational) and k > 0:
            name = next(n for i in count() if (n := f"k{j + 1}" + "_" * i) not in taken)
            taken.add(name)
            reactions[j], values[name] = reaction.with_rate(MassAction(symbol(name))), k
    return replace(network, reactions=tuple(reactions), parameters={**network.parameters, **values})


def _column(network: Network, name: str, columns: Sequence[str], setting: Setting, source: str) -> sp.Expr:
    observables = {**network.observables, **setting.observables}
    if name in observables:
        expression = resolved(observables[name], observables, network.species_names, name)
        if name in network.species_names and name not in setting.observables:
            return symbol(name)
        return expression
    if name in network.species_names:
        return symbol(name)
    spare = [s for s in (*network.species_names, *network.observables) if s not in columns]
    near = similar(name, spare) or next(iter(get_close_matches(name, spare, n=1)), None)
    hint = f"did the network mean it by '{near}'?" if near else f"its species are {', '.join(network.species_names)}"
    raise NetworkError(
        f"{source}: the column '{name}' is neither a species nor an observable; {hint} "
        f"(say what was measured as an observable, '{name} = expression of species')"
    )


def _with_new_parameters(network: Network, expressions: Iterable[sp.Expr], source: str) -> tuple[Network, list[str]]:
    """Add the unknown names in observables and starts as parameters without a value."""
    known = {*network.species_names, *network.parameters, TIME}
    fresh = sorted({n for e in expressions for n in names_in(e)} - known)
    for name in fresh:
        if near := similar(name, known):
            raise NetworkError(f"{source}: '{name}' in an observable or start is unknown; did you mean '{near}'?")
    return replace(network, parameters={**network.parameters, **dict.fromkeys(fresh)}), fresh


def dependencies(network: Network, columns: Mapping[str, sp.Expr], starts: Mapping[str, sp.Expr]) -> set[str]:
    """Names of the species and parameters on which any column depends."""
    needs: dict[str, set[str]] = {name: set(names_in(e)) for name, e in starts.items()}
    fixed = network.fixed_species
    for reaction in network.reactions:
        inside = set(names_in(reaction.rate_expression))
        for name in reaction.net:
            if name not in fixed:
                needs.setdefault(name, set()).update(inside)
    found: set[str] = set()
    waiting = {n for e in columns.values() for n in names_in(e)}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting |= needs.get(name, set()) - found
    return found
