"""What a fit of given networks is told beside the data: observables, starts, fixed values, ranges, conditions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import sympy as sp

from ...errors import FitError, NetworkError
from ...network.network import Network
from ...network.symbols import TIME, exact_expression, names_in, symbol


@dataclass(frozen=True)
class Setting:
    """What is known beside the data and the networks.

    Attributes
    ----------
    observables
        {column of the data: expression of species, parameters and ``time``}, over those of the networks.
    initial
        {species: initial value or expression of parameters}, over those of the networks and the first row.
    fixed
        Parameters that keep their values, as names, or {name: value}.
    bounds
        {parameter: (lowest, highest)}.
    conditions
        {experiment: {species or parameter: value}}: initial values and parameters that differ between runs.
    """

    observables: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    fixed: Any = ()  # a mapping once it is there
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    conditions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fixed = self.fixed if isinstance(self.fixed, Mapping) else {name: None for name in self.fixed}
        object.__setattr__(self, "fixed", dict(fixed))
        for table in ("observables", "initial"):
            read = {name: exact_expression(value) for name, value in getattr(self, table).items()}
            object.__setattr__(self, table, read)
        for name, pair in self.bounds.items():
            low, high = (float(v) for v in pair)
            if not low < high:
                raise FitError(f"bounds of {name}: {low:g} is not below {high:g}")

    @property
    def empty(self) -> bool:
        """Whether nothing is told."""
        return not (self.observables or self.initial or self.fixed or self.bounds or self.conditions)

    def new_names(self) -> list[str]:
        """Names in the observables and initial values, sorted."""
        return sorted({n for e in (*self.observables.values(), *self.initial.values()) for n in names_in(e)})

    def conditioned(self) -> list[str]:
        """Names whose values differ between runs."""
        return list(dict.fromkeys(name for values in self.conditions.values() for name in values))

    def check(self, networks: Iterable[Network], columns: Iterable[str], experiments: Iterable[str]) -> None:
        """Refuse what names nothing in any of the networks or in the data.

        Raises
        ------
        NetworkError
            The name of a species or parameter that no network has.
        FitError
            An observable that is no column, an experiment that the data do not have.
        """
        networks = list(networks)
        species = {s for n in networks for s in n.species_names}
        own = {p for n in networks for p in n.parameters}
        parameters = own | (set(self.new_names()) - species - {TIME})
        for name in self.new_names():
            if name in species or name in own or name == TIME:
                continue
            observables = {o for n in networks for o in n.observables} | set(self.observables)
            if name not in observables and (near := similar(name, {*species, *own, *columns})):
                raise NetworkError(f"'{name}' in an observable or start is unknown; did you mean '{near}'?")
        for name in self.observables:
            known(name, columns, "an observable of this name has no column in the data:", FitError)
        for name in self.initial:
            known(name, species, "initial value:", NetworkError)
        for name in (*self.fixed, *self.bounds):
            known(name, parameters, "fixed value or bounds:", NetworkError)
        for name in self.conditioned():
            known(name, species | parameters, "conditions:", NetworkError)
        for label in self.conditions:
            known(label, experiments, "conditions: no experiment", FitError)


def known(name: str, names: Iterable[str], what: str, error: type[Exception]) -> None:
    """Raise an error where a name is not one of some names."""
    names = list(names)
    if name not in names:
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names) or 'none'}"
        raise error(f"{what} '{name}'; {hint}")


def similar(name: str, names: Iterable[str]) -> str | None:
    """Return the name that another one is likely a slip of, if any: equal but for case or one sign in four or so."""
    names = sorted(names)
    same = [n for n in names if n.lower() == name.lower() and len(name) > 1]
    near = same or (get_close_matches(name, names, n=1, cutoff=0.8) if len(name) > 3 else [])
    return near[0] if near else None


def resolved(expression: sp.Expr, observables: Mapping[str, sp.Expr], species: Iterable[str], own: str = "") -> sp.Expr:
    """Write out the observables in an expression; ``own`` is the one that the expression belongs to."""
    inner = {symbol(n): e for n, e in observables.items() if n not in set(species) and n != own}
    written: Any = expression
    for _ in range(len(inner) + 1):
        if not any(s in inner for s in written.free_symbols):
            return written
        written = written.xreplace(inner)
    raise NetworkError(f"the observable {own or expression} depends on itself")
