"""Closures of the equations beside a learned model: from the same start, of the same lattice, scored the same way."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import sympy as sp

from ..dynamics.lattice.runs import LatticeRuns, nearest_displacements
from ..dynamics.lattice.sites import neighbours
from ..dynamics.moments.simulate import simulate_moments
from ..errors import CrnsymError
from ..network.moments.lattice import LatticeMomentEquations, lattice_moment_equations
from ..network.network import Network
from ..network.rate_laws import MassAction
from ..network.reaction import Reaction
from .dbm_figures import shown_moments

Curves = dict[str, dict[str, np.ndarray]]
"""{model or closure: {quantity: ``(times,)``}}."""


@dataclass(frozen=True)
class Scores:
    """Distances from the mean of simulated runs.

    Attributes
    ----------
    rows
        {model or closure: {quantity: relative L2}}.
    noise
        {quantity: relative L2 by which such a mean of runs is off by chance}.
    best
        {quantity: names that no other is closer than by more than chance}; empty where they are not of one process.
    remarks
        What is not the same for all.
    """

    rows: dict[str, dict[str, float]]
    noise: dict[str, float]
    best: dict[str, tuple[str, ...]]
    remarks: tuple[str, ...]


def closures(
    network: Network,
    data: LatticeRuns,
    hops: float | Mapping[str, float],
    rules: Mapping[str, float] | None = None,
) -> tuple[Curves, list[str]]:
    """Return mean field and pair approximation from the mean of the first lattices, and what could not be solved.

    Numbers start at their means, and pairs of neighbours, too, where they are variables. Behind walls sites have fewer
    neighbours in the mean, and what needs a neighbour is as much slower.

    Returns
    -------
    tuple
        The curves, and one line for each closure that failed.
    """
    found, failed = {}, []
    share: Any = sp.Rational(_bonds(data, data.periodic), _bonds(data, True))
    slowed, moves = _slowed(network, share), _scaled(network, hops, share)
    beside = {text: rate * share for text, rate in (rules or {}).items()}
    initial = dict(zip(data.species, data.counts()[:, 0].mean(axis=0).tolist(), strict=True))
    for name, reach in (("mean field", 0), ("pair approximation", 1)):
        try:
            equations = lattice_moment_equations(slowed, data.shape, hops=moves, rules=beside, reach=reach)
            start = initial | (_first_pairs(equations, data) if reach else {})
            courses: Any = simulate_moments(equations.close(), data.times, start)
        except CrnsymError as error:
            failed.append(f"{name}: {error}")
            continue
        counts = courses.counts()
        curves = {species: counts[:, s] for s, species in enumerate(data.species)}
        if reach:
            for one, other in combinations_with_replacement(data.species, 2):
                curves[f"{one}-{other} neighbours"] = float(share) * courses.nearest(one, other)
        found[name] = curves
    return found, failed


def _bonds(data: LatticeRuns, periodic: bool) -> int:
    return int((neighbours(data.shape, periodic) >= 0).sum()) // 2


def _slowed(network: Network, share: sp.Rational) -> Network:
    if share == 1:
        return network
    reactions = tuple(
        replace(r, rate=MassAction(getattr(r.rate, "k") * share)) if _needs_neighbour(r) else r  # noqa: B009 - by kind
        for r in network.reactions
    )
    return replace(network, reactions=reactions)


def _needs_neighbour(reaction: Reaction) -> bool:
    return max(sum(map(int, side.values())) for side in (reaction.reactants, reaction.products)) > 1


def _scaled(network: Network, hops: float | Mapping[str, float], share: sp.Rational) -> Mapping[str, Any]:
    given = hops if isinstance(hops, Mapping) else dict.fromkeys(network.species_names, hops)
    return {name: rate * share if share != 1 else rate for name, rate in given.items()}


def _first_pairs(equations: LatticeMomentEquations, data: LatticeRuns) -> dict[str, float]:
    """Return the chances to find two species on given neighbours, as in the first lattices."""
    origin, step = (0,) * len(data.shape), nearest_displacements(len(data.shape))[0]
    bonds, found = _bonds(data, data.periodic), {}
    for one, other in combinations_with_replacement(data.species, 2):
        pairs = data.nearest(one, other)[:, 0].mean() / bonds
        found[equations.name([(origin, one), (step, other)])] = float(pairs if one == other else pairs / 2)
    return found


def scored(curves: Mapping[str, Mapping[str, np.ndarray]], data: LatticeRuns, rivals: Collection[str]) -> Scores:
    """Compare curves with the mean of simulated runs, behind the common start.

    Parameters
    ----------
    curves
        Of the learned model and its rivals.
    data
        The runs.
    rivals
        Names of those that are solved from the equations of the exact process.
    """
    shown = shown_moments(data)
    truth = {name: values.mean(axis=0)[1:] for name, values in shown.items()}
    sizes = {name: max(float(np.linalg.norm(values)), 1e-12) for name, values in truth.items()}
    error = {name: values.std(axis=0, ddof=1)[1:] / np.sqrt(len(values)) for name, values in shown.items()}
    noise = {name: float(np.linalg.norm(error[name])) / sizes[name] for name in truth}
    rows = {
        model: {q: float(np.linalg.norm(found[q][1:] - truth[q])) / sizes[q] for q in truth if q in found}
        for model, found in curves.items()
    }
    remarks = _unlike(data) if rivals else ()
    best = {} if remarks else {q: _closest(rows, q, noise[q]) for q in truth}
    return Scores(rows, noise, best, remarks)


def _closest(rows: Mapping[str, Mapping[str, float]], quantity: str, noise: float) -> tuple[str, ...]:
    given = {model: row[quantity] for model, row in rows.items() if quantity in row}
    if len(given) < 2:
        return ()
    limit = max(min(given.values()), noise)
    return tuple(model for model, value in given.items() if value <= limit)


def _unlike(data: LatticeRuns) -> tuple[str, ...]:
    found = []
    if data.method == "stepper":
        found.append("the runs are of the time-stepper, the closures of the exact process: no best is named")
    if data.discarded:
        found.append(
            f"{len(data.discarded)} runs were discarded because a species died out, which the closures do not know of: "
            "no best is named"
        )
    return tuple(found)
