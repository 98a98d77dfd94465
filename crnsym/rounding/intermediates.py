"""Fractional orders read as what they imitate: one step of three or more molecules, and the intermediate behind it.

A network whose orders are capped at two cannot write 3 A -> B. It answers with several parallel power laws whose
orders are a fraction of the true ones, in their ratio, while the net vectors keep the true proportions. So the net
vector names the reaction, the ratio of the orders confirms it, and a module with one intermediate,
X + Y <-> Z, Z + W -> products, is the elementary form of it.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from crnsym.data.mechanism import FractionalNetwork, Mechanism

PARALLEL = 0.97  # least cosine between net vectors, and between orders, of reactions that are one
FAINT = 0.05  # of the largest flux: reactions below it are not read
CLOSE = 0.12  # largest distance of a coefficient from an integer
LARGEST = 4  # molecules in the reaction that is read
WIDE = 0.25  # largest difference between the orders, scaled, and the reactant molecules
CAPPED = 0.3  # by which the orders together fall short of the molecules


@dataclass(frozen=True, slots=True, eq=False)
class Intermediate:
    """A reaction of three or more molecules that a network imitates.

    Attributes
    ----------
    reaction
        The one reaction with integer coefficients, as a mechanism.
    modules
        Elementary mechanisms that have it as their limit, with one species more: a pair binds reversibly, the bound
        form meets the rest. Rates are start values.
    members
        Reactions of the network that it stands for.
    evidence
        What speaks for it, a sentence each.
    """

    reaction: Mechanism
    modules: tuple[Mechanism, ...]
    members: tuple[int, ...]
    evidence: tuple[str, ...]


def intermediates(network: FractionalNetwork, typical: np.ndarray | None = None) -> list[Intermediate]:
    """Find steps of three or more molecules behind fractional orders.

    Parameters
    ----------
    network
        What a learner found.
    typical
        ``(species,)`` concentrations at which fluxes are compared; 1 by default.

    Returns
    -------
    list of Intermediate
        Strongest first; empty if every order is that of an elementary step.
    """
    orders, net = network.orders, network.net_stoichiometry
    at = np.ones(len(network.species)) if typical is None else np.maximum(typical, 1e-300)
    flux = np.exp(np.clip(network.log_rates + orders @ np.log(at), -700, 700))
    size = flux * np.abs(net).max(axis=1)
    found = []
    for group in _parallel(orders, net, size):
        weight = flux[group]
        vector = weight @ net[group]
        order = weight @ orders[group] / weight.sum()
        whole = _integers(vector)
        if whole is None or not 3 <= -whole[whole < 0].sum() <= LARGEST:
            continue
        molecules = np.maximum(-whole, 0)
        scale = float(order @ molecules) / float(molecules @ molecules)
        if scale <= 0 or np.abs(order - scale * molecules).max() > WIDE:
            continue
        if order.sum() < 2.0 - CAPPED:
            continue
        log_rate = float(np.log(weight.sum() * np.abs(vector / weight.sum()).max() / np.abs(whole).max()))
        found.append(_read(network.species, whole, log_rate, group, order, at))
    return found


def _parallel(orders: np.ndarray, net: np.ndarray, size: np.ndarray) -> list[list[int]]:
    """Group reactions with parallel orders whose net vectors are parallel or mean nothing alone, the strongest first.

    Parallel orders are one rate law, of which only the sum of the net vectors counts: the learner may split it anyhow.
    """
    groups: list[list[int]] = []
    for j in np.argsort(-size, kind="stable"):
        if size[j] < FAINT * size.max(initial=0.0):
            break
        for group in groups:
            head = group[0]
            one = _cosine(net[j], net[head]) > PARALLEL or _integers(net[j]) is None
            if one and _cosine(orders[j], orders[head]) > PARALLEL:
                group.append(int(j))
                break
        else:
            groups.append([int(j)])
    return groups


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length > 0 else 0.0


def _integers(vector: np.ndarray) -> np.ndarray | None:
    """Smallest integers in the proportions of a vector; None if there are none."""
    unit = vector / np.abs(vector).max()
    for largest in range(1, LARGEST + 1):
        whole = np.round(unit * largest)
        if np.abs(unit * largest - whole).max() < CLOSE and np.any(whole < 0):
            return whole.astype(np.int64)
    return None


def _read(
    species: tuple[str, ...], whole: np.ndarray, log_rate: float, group: list[int], order: np.ndarray, at: np.ndarray
) -> Intermediate:
    """Write the reaction, its modules and the evidence."""
    left, right = np.maximum(-whole, 0), np.maximum(whole, 0)
    reaction = Mechanism(species, left[None], right[None], np.array([log_rate]), ("read from fractional orders",))
    names = " + ".join(s if n == 1 else f"{n} {s}" for s, n in zip(species, left, strict=True) if n)
    evidence = [f"the net vectors have the proportions of {names} -> products"]
    if len(group) > 1:
        evidence.append(f"{len(group)} reactions with parallel orders and net vectors are one: only their sum counts")
    shown = ", ".join(f"{o:.2f}" for o, n in zip(order, left, strict=True) if n)
    total = int(left.sum())
    if order.sum() < total - CAPPED:
        evidence.append(
            f"the orders ({shown}) have its proportions but add up to {order.sum():.2f} instead of {total}: "
            "the limit on the order holds them back"
        )
    else:
        evidence.append(f"the orders ({shown}) add up to {order.sum():.2f}: {total} molecules at once")
    return Intermediate(
        reaction, tuple(_modules(species, left, right, log_rate, at)), tuple(sorted(group)), tuple(evidence)
    )


def _modules(
    species: tuple[str, ...], left: np.ndarray, right: np.ndarray, log_rate: float, at: np.ndarray
) -> list[Mechanism]:
    """Every pair of the molecules may bind first; what is left meets the bound form (three molecules only)."""
    if left.sum() != 3:
        return []
    name = next(n for n in ("Z", "Z1", "Z2", "hidden") if n not in species)
    n = len(species)
    molecules = np.repeat(np.arange(n), left)
    pairs = {tuple(sorted((int(molecules[i]), int(molecules[j])))) for i, j in combinations(range(3), 2)}
    found = []
    for pair in sorted(pairs):
        free = np.append(np.bincount(pair, minlength=n), 0)
        bound = np.append(np.zeros(n, np.int64), 1)
        rest = np.append(left - free[:n], 1)
        reactants = np.array([free, bound, rest])
        products = np.array([bound, free, np.append(right, 0)])
        # kappa = k1 k2 / k-1 with an equilibrium that binds a hundredth, and onward ten times slower than backward
        binding = 0.01 / float(np.exp(np.log(at).mean()))
        onward = log_rate - np.log(binding)
        backward = onward + np.log(10.0 * at[molecules].mean())
        rates = np.array([np.log(binding) + backward, backward, onward])
        found.append(Mechanism((*species, name), reactants, products, rates, ("elementary form with an intermediate",)))
    return found
