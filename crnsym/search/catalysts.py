"""Forms of a hidden catalyst: the steps that balance, and mechanisms that say the same with a catalyst."""

from dataclasses import replace
from itertools import product

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit
from crnsym.regression.library import complexes
from crnsym.search.structures import Structure

ALIKE = 1.5  # ratio of amounts of catalyst that two pairs of reactions may stand for


def families(measured: int, laws: np.ndarray) -> list[Structure]:
    """All reactions E + a -> Z + w and Z + w -> E + a that balance, a set for each content of Z.

    a and w are at most one measured molecule each. Z carries 0 or 1 of what each law keeps or, if it was made from one
    species and gave away another, the difference of two species; less than nothing only with more of something else,
    because the forms can be named the other way round.
    """
    contents = {tuple(q) for q in product((0, 1), repeat=len(laws))}
    contents |= {tuple(map(int, laws[:, i] - laws[:, j])) for i in range(measured) for j in range(measured)}
    found = []
    for q in sorted(q for q in contents if max(q) > 0 or not any(q)):
        left, right = [], []
        for a, w in product(complexes(measured, 1), complexes(measured, 1)):
            if np.array_equal(laws @ (a - w), q) and not np.any(a * w):
                free, bound = np.append(a, [1, 0]), np.append(w, [0, 1])
                left += [free, bound]
                right += [bound, free]
        if len(left) > 2:
            found.append((np.array(left), np.array(right)))
    return found


def as_catalyst(fit: Fit, measured: int) -> tuple[Mechanism, float] | None:
    """Read an intermediate Z that undoes its own formation as the bound form of a catalyst E, with E + Z = E(0).

    y -> y' + Z with the rate k and y + Z -> ... with the opposite change and the rate b are E + y -> y' + Z with the
    rate b and E(0) = k/b: the same vector field. None where Z is not made in such pairs.

    Returns
    -------
    The mechanism of the measured species, E and Z, and E(0).
    """
    mechanism, problem = fit.mechanism, fit.problem
    if (
        len(mechanism.species) != measured + 1
        or problem.fitted[:, measured:].any()
        or problem.start[:, measured:].any()
    ):
        return None
    left, net, rates = mechanism.reactants, mechanism.net_stoichiometry, np.exp(mechanism.log_rates)
    unit = np.eye(measured + 1, dtype=np.int64)[-1]
    made = np.flatnonzero((net[:, -1] == 1) & (left[:, -1] == 0))
    undone = {}
    for r in made:
        opposite = (left == left[r] + unit).all(axis=1) & (net == -net[r]).all(axis=1)
        if not opposite.any():
            return None
        undone[int(r)] = int(np.flatnonzero(opposite)[0])
    if not undone or np.abs(net[:, -1]).max() > 1 or left[:, -1].max() > 1:
        return None
    amounts = [rates[r] / rates[s] for r, s in undone.items()]
    if max(amounts) > ALIKE * min(amounts):
        return None
    amount = float(np.exp(np.mean(np.log(amounts))))
    kept = np.setdiff1d(np.arange(len(left)), list(undone.values()))
    free = np.zeros((len(left), 1), np.int64), np.maximum(-net[:, -1:], 0)
    free[0][made] = 1
    log_rates = mechanism.log_rates - np.log(amount) * free[0][:, 0]
    sides = [
        np.hstack([side[:, :-1], own, side[:, -1:]])[kept]
        for side, own in zip((left, mechanism.products), free, strict=True)
    ]
    names = (*mechanism.species[:-1], "E", mechanism.species[-1])
    return Mechanism(names, sides[0], sides[1], log_rates[kept], ("the same with a catalyst",)), amount


def transferred(mechanism: Mechanism, measured: int) -> list[Mechanism]:
    """Move one measured product from a reaction that makes a form of the catalyst to one that uses it, or back.

    Where the catalyst is scarce both have the same quasi-steady law.
    """
    net = mechanism.net_stoichiometry
    found = []
    for first, second in product(range(len(net)), repeat=2):
        if first == second or not np.any((net[first, measured:] > 0) & (net[second, measured:] < 0)):
            continue
        for giver, taker in ((first, second), (second, first)):
            for molecule in np.flatnonzero(mechanism.products[giver, :measured]):
                products = mechanism.products.copy()
                products[giver, molecule] -= 1
                products[taker, molecule] += 1
                found.append(replace(mechanism, products=products))
    return found
