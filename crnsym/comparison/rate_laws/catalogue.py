"""Which rate laws a reaction may have."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

import sympy as sp

from ...network.complexes import Complex
from .form import HALF, Form

ONE, TWO = sp.Integer(1), sp.Integer(2)
ALONE = (HALF, ONE, 3 * HALF, TWO)  # orders of the only reactant
TOGETHER = (sp.Integer(0), HALF, ONE)  # of one of several
MOST_BOUND = 3
MOST_INHIBITORS = 2


def catalogue(reactants: Complex, products: Complex, others: Sequence[str] = ()) -> list[Form]:
    """List rate laws of a reaction, each one that a mechanism makes.

    Power laws of whole and half orders, also reversible, alone and over denominators of everything that takes part or
    is named in ``others``: one site, two sites, a kind of site for each of two reactants.
    """
    names = list(dict.fromkeys([*reactants, *products, *others[:MOST_INHIBITORS]]))
    found: dict[Any, Form] = {}
    for orders in _orders(reactants):
        for bound, sites, kinds in _denominators(names, orders):
            form = Form(reactants, products, orders, bound, sites, False, kinds)
            back = [Form(reactants, products, orders, bound, sites, True)] if _returns(form) else []
            for each in (form, *back):
                found.setdefault((each.rate, each.reversible), each)
    return list(found.values())


def _orders(reactants: Complex) -> Iterator[tuple[tuple[str, Any], ...]]:
    as_written = tuple(reactants.items())
    yield as_written
    choices = ALONE if len(reactants) == 1 else TOGETHER if len(reactants) == 2 else (TOGETHER[0], ONE)
    for orders in product(choices, repeat=len(reactants)):
        chosen = tuple((name, n) for name, n in zip(reactants, orders, strict=True) if n > 0)
        if chosen and chosen != as_written and sum(n == HALF for _, n in chosen) < 2:
            yield chosen


def _denominators(
    names: list[str], orders: tuple[tuple[str, Any], ...]
) -> Iterator[tuple[tuple[tuple[str, Any], ...], int, bool]]:
    yield (), 0, False
    powers = dict(orders)
    if any(n > 1 and n != int(n) for n in powers.values()):
        return
    for count in range(1, min(MOST_BOUND, len(names)) + 1):
        for chosen in combinations(names, count):
            # half orders come of molecules that come apart on binding
            bound = tuple((name, HALF if powers.get(name) == HALF else ONE) for name in chosen)
            if any(n == HALF and name not in chosen for name, n in orders):
                continue
            yield bound, 1, False
            if any(name in powers for name in chosen):
                yield bound, 2, False
            if count == 2 and all(powers.get(name) == ONE for name in chosen):
                yield bound, 1, True


def _returns(form: Form) -> bool:
    return form.elementary and not form.kinds and bool(form.products) and not set(form.reactants) & set(form.products)
