"""What chemists call rate laws."""

from typing import TYPE_CHECKING

import sympy as sp

if TYPE_CHECKING:
    from .form import Form


def title(form: "Form") -> str:
    """Name a rate law: Michaelis-Menten with product inhibition, Langmuir-Hinshelwood, half order."""
    name = _core(form)
    return f"reversible {name}" if form.reversible else name


def _core(form: "Form") -> str:
    if not form.bound:
        if form.elementary:
            return "mass action"
        return ", ".join(f"{_order(order)} order in {name}" for name, order in form.orders)
    orders, bound = dict(form.orders), dict(form.bound)
    reacting = [name for name in bound if name in orders]
    extra = [f"{name} dissociates on binding" for name in reacting if bound[name] != 1]
    products = [name for name in bound if name not in orders and name in form.products]
    others = [name for name in bound if name not in orders and name not in form.products]
    head = _head(form, reacting)
    if products:
        extra.append(f"product inhibition by {_listed(products)}")
    if others:
        extra.append(f"competitive inhibition by {_listed(others)}" if reacting else f"inhibition by {_listed(others)}")
    return f"{head} with {_listed(extra)}" if extra else head


def _head(form: "Form", reacting: list[str]) -> str:
    orders, bound = dict(form.orders), dict(form.bound)
    plain = len(orders) == 1 and all(n == 1 for n in orders.values())
    if form.kinds:
        return f"two kinds of sites, {_listed(reacting)} adsorbed"
    if form.sites == 2:
        return f"Langmuir-Hinshelwood on two sites, {_listed(reacting) or 'nothing that reacts'} adsorbed"
    if not reacting:
        named = ", ".join(f"{_order(n)} order in {name}" for name, n in form.orders)
        return f"rate {named}"
    if plain and bound[reacting[0]] == 1:
        return "Michaelis-Menten"
    if orders == {name: bound[name] for name in orders if name in bound}:
        return f"Langmuir-Hinshelwood on one site, {_listed(reacting)} adsorbed"
    rest = {name: n - (bound[name] if name == reacting[0] else 0) for name, n in orders.items()}
    met = ", ".join(name for name, n in rest.items() if n > 0)
    return f"Eley-Rideal: bound {reacting[0]} meets {met}" + (
        f", {_listed(reacting[1:])} also bound" if len(reacting) > 1 else ""
    )


def _order(order: sp.Rational) -> str:
    words = {"0": "zero", "1/2": "half", "1": "first", "2": "second", "3": "third"}
    return words.get(str(order), str(order))


def _listed(names: list[str]) -> str:
    return " and ".join(names)
