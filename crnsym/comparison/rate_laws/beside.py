"""Reactions that go on beside the one whose law is looked for: their changes, and where their fit starts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import sympy as sp
from scipy.optimize import nnls

from ...data.laws import is_followed
from ...data.noise import NoiseModel
from ...data.trajectories import Trajectories
from ...errors import DataError, FitError
from ...network.network import Network
from ...network.rate_laws import Custom, MassAction
from ...network.reaction import Reaction
from ...network.symbols import symbol
from ...network.text import network
from .courses import extents

LEAST = 1e-3  # of the larger rate of a reaction and its reverse: where the fit of the smaller starts


def beside_of(text: str | Network, data: Trajectories) -> Network:
    """Read the other reactions; their constants get names that no law of the catalogue has.

    Raises
    ------
    DataError
        A species that was not followed.
    """
    found = network(text) if isinstance(text, str) else text
    followed = {name for name, flag in zip(data.species, is_followed(data), strict=True) if flag}
    missing = [name for name in found.species_names if name not in followed]
    if missing:
        raise DataError(f"beside: {missing[0]} was not followed; the other reactions need the course of every species")
    taken = {"k", "k_r", *(f"K_{name}" for name in data.species)}
    names = {p: f"{p}_beside" for p in found.parameters if p in taken}
    if not names:
        return found
    moved = {symbol(old): symbol(new) for old, new in names.items()}
    parameters = {names.get(p, p): v for p, v in found.parameters.items()}
    return replace(found, reactions=tuple(_renamed(r, moved) for r in found.reactions), parameters=parameters)


def _renamed(reaction: Reaction, moved: Mapping[sp.Symbol, sp.Symbol]) -> Reaction:
    """Return a reaction with other names of its constants."""
    rate = reaction.rate
    law = rate.k if isinstance(rate, MassAction) else reaction.rate_expression
    other = law.subs(list(moved.items()), simultaneous=True)
    return replace(reaction, rate=MassAction(other) if isinstance(rate, MassAction) else Custom(other))


def changes_of(wanted: Reaction, others: Sequence[Reaction], species: Sequence[str]) -> np.ndarray:
    """Return what the wanted reaction and those beside it change, ``(species, reactions)``, each direction once.

    Raises
    ------
    FitError
        The others make what the wanted one makes, so that nobody can tell how far it went.
    """
    columns = [np.array([float(r.net.get(name, 0)) for name in species]) for r in (wanted, *others)]
    chosen: list[np.ndarray] = []
    for column in reversed(columns):
        if np.linalg.matrix_rank(np.column_stack([*chosen, column])) > len(chosen):
            chosen.append(column)
        elif column is columns[0]:
            raise FitError(
                f"the reactions beside '{wanted.reactants} -> {wanted.products}' make the same changes; the measured "
                "species do not tell how far each went"
            )
    return np.column_stack(chosen[::-1])


def started(others: Network, data: Trajectories, noise: NoiseModel, changes: np.ndarray) -> Network:
    """Return the others with constants of mass action from their own extents, where they have no numbers."""
    numbers: dict[str, float] = {}
    for place in range(1, changes.shape[1]):
        order = [place, *(k for k in range(changes.shape[1]) if k != place)]
        members = _along(others, changes[:, place], data.species)
        if not members:
            continue
        course = extents(data, noise, changes[:, order])
        columns = course.operator @ np.column_stack(
            [sign * _top(course.points, r, data.species) for _, r, sign in members]
        )
        scale = np.maximum(np.linalg.norm(columns, axis=0), 1e-300)
        found = nnls(columns / scale, course.target)[0] / scale
        for (name, _, _), value in zip(members, found, strict=True):
            numbers[name] = max(float(value), LEAST * float(found.max(initial=0.0)), 1e-300)
    return others.with_parameters({name: v for name, v in numbers.items() if others.parameters[name] is None})


def _along(others: Network, change: np.ndarray, species: Sequence[str]) -> list[tuple[str, Reaction, float]]:
    """Return the reactions of mass action that make this change, or undo it: constant, reaction, direction."""
    found = []
    for reaction in others.reactions:
        rate, net = reaction.rate, np.array([float(reaction.net.get(name, 0)) for name in species])
        if isinstance(rate, MassAction) and str(rate.k) in others.parameters:
            found += [(str(rate.k), reaction, sign) for sign in (1.0, -1.0) if np.allclose(net, sign * change)]
    return found


def _top(points: np.ndarray, reaction: Reaction, species: Sequence[str]) -> np.ndarray:
    """Return the product of the reactants at the points."""
    return np.prod([points[:, species.index(name)] ** float(n) for name, n in reaction.reactants.items()], axis=0)
