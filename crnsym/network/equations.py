"""Rates, ordinary differential equations and Jacobian, as sympy expressions that nobody simplified."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp

from .symbols import names_in, put, symbol

if TYPE_CHECKING:
    from .network import Network
    from .reaction import Reaction


def parameter_values(network: "Network") -> dict[sp.Symbol, sp.Rational]:
    """Return {symbol: value} of the parameters that have a value."""
    return {symbol(name): value for name, value in network.parameters.items() if value is not None}


def odes(network: "Network", substitute: bool = False) -> dict[str, sp.Expr]:
    """Return {species: dx/dt}; a constant or boundary species has 0.

    Parameters
    ----------
    substitute
        Put the parameter values in.
    """
    values: Mapping[sp.Symbol, sp.Rational] = parameter_values(network) if substitute else {}
    fixed = network.fixed_species
    terms: dict[str, list[sp.Expr]] = {name: [] for name in network.species_names}
    for reaction, rate in zip(network.reactions, network.rates(), strict=True):
        rate = rate.xreplace(values) if values else rate
        for name, change in reaction.net.items():
            if name not in fixed:
                terms[name].append(change * rate)
    return {name: sp.Add(*parts) for name, parts in terms.items()}


def jacobian_entries(network: "Network", substitute: bool = False) -> dict[tuple[str, str], sp.Expr]:
    """Return {(i, j): d(dx_i/dt)/dx_j} without structural zeros, reaction by reaction."""
    values: Mapping[sp.Symbol, sp.Rational] = parameter_values(network) if substitute else {}
    fixed, index = network.fixed_species, network.species_index
    terms: dict[tuple[str, str], list[sp.Expr]] = {}
    rate: Any
    for reaction, rate in zip(network.reactions, network.rates(), strict=True):
        changed = [(name, c) for name, c in reaction.net.items() if name not in fixed]
        if not changed:
            continue
        rate = rate.xreplace(values) if values else rate
        for species, change_of_rate in _slopes(reaction, rate, values, index):
            for name, change in changed:
                terms.setdefault((name, species), []).append(change * change_of_rate)
    summed = {key: sp.Add(*parts) for key, parts in terms.items()}
    order = sorted(summed, key=lambda key: (index[key[0]], index[key[1]]))
    return {key: summed[key] for key in order if summed[key] != 0}


def sensitivity_rhs(network: "Network") -> dict[tuple[str, str], sp.Expr]:
    """Return the forward sensitivity equations, {(species, parameter): d/dt (d species / d parameter)}.

    ``d/dt s_ip = sum_j J_ij s_jp + d(dx_i/dt)/dp`` with the sparse Jacobian J; s_ip is the symbol ``d(A)/d(k)``.
    Entries that stay zero are left out: those of species that nothing with the parameter in its rate leads to.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> sensitivity_rhs(network("A -> B @ k"))[("A", "k")]
    -A - d(A)/d(k)*k
    """
    fixed, terms = network.fixed_species, dict[tuple[str, str], list[Any]]()
    for reaction, rate in zip(network.reactions, network.rates(), strict=True):
        for p in reaction.rate.parameters:
            if p.name in network.parameters:
                by_parameter = slope(rate, p)
                for name, change in reaction.net.items():
                    if name not in fixed:
                        terms.setdefault((name, p.name), []).append(change * by_parameter)
    entries = jacobian_entries(network)
    readers: dict[str, list[tuple[str, sp.Expr]]] = {}
    for (i, j), entry in entries.items():
        readers.setdefault(j, []).append((i, entry))
    waiting = list(terms)
    while waiting:
        j, p = waiting.pop()
        for i, entry in readers.get(j, ()):
            if (i, p) not in terms:
                waiting.append((i, p))
            terms.setdefault((i, p), []).append(entry * symbol(f"d({j})/d({p})"))
    index = network.species_index
    order = sorted(terms, key=lambda key: (index[key[0]], key[1]))
    return {key: sp.Add(*terms[key]) for key in order}


def _slopes(
    reaction: "Reaction", rate: sp.Expr, values: Mapping[sp.Symbol, sp.Rational], index: Mapping[str, int]
) -> Iterator[tuple[str, Any]]:
    """Yield the species that a rate depends on, with its derivative; products of mass action are written down."""
    if not reaction.rate.is_mass_action:
        for name in names_in(rate):
            if name in index:
                yield name, slope(rate, symbol(name))
        return
    k = put(values, reaction.rate_constant) if values else reaction.rate_constant
    powers = list(reaction.reactants.items())
    for name, n in powers:
        others = [symbol(other) ** c for other, c in powers if other != name]
        if n != 1:
            others.append(n * symbol(name) ** (n - 1))
        yield name, sp.Mul(k, *others)


def slope(expression: sp.Expr, s: sp.Symbol) -> sp.Expr:
    """Return the derivative by a real symbol, where there is one: steps are flat, |u| has the slope sign(u) u'."""
    if not expression.has(sp.Abs, sp.sign, sp.floor, sp.ceiling):
        return expression.diff(s)
    signed: Any = expression.replace(sp.Abs, lambda u: sp.sign(u) * u)
    steps = {f: sp.Dummy() for f in signed.atoms(sp.sign, sp.floor, sp.ceiling)}
    return signed.xreplace(steps).diff(s).xreplace({constant: step for step, constant in steps.items()})


def jacobian(network: "Network", substitute: bool = False) -> sp.Matrix:
    """Return the Jacobian d(dx_i/dt)/dx_j, species x species."""
    index, n = network.species_index, len(network.species)
    matrix = sp.zeros(n, n)
    for (i, j), entry in jacobian_entries(network, substitute).items():
        matrix[index[i], index[j]] = entry
    return matrix
