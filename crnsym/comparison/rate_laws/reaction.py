"""Which reaction the laws are for: given, or read off runs that one reaction explains."""

from collections.abc import Sequence

import numpy as np

from ...data.laws import is_followed
from ...data.noise import NoiseModel
from ...data.smoothing import smooth
from ...data.trajectories import Trajectories
from ...errors import DataError, FitError
from ...network.complexes import Complex
from ...network.reaction import Reaction
from ...network.text import network

MOVES = 4.0  # standard deviations by which a species must change to count as one that reacts
ALONE = 0.15  # of the changes: what a second reaction may make of them
LARGEST = 4  # coefficient
CLOSE = 0.12  # by which coefficients may miss whole numbers


class SeveralError(FitError):
    """More than one reaction runs, and none was named."""


def reaction_of(text: str) -> Reaction:
    """Read one irreversible reaction without a rate.

    Raises
    ------
    FitError
        Several reactions, or a rate.
    """
    found = network(text).reactions
    if len(found) != 1:
        raise FitError(f"reaction='{text}': give one reaction with '->', such as 'A -> P'; reverse rates are tried too")
    if "@" in text:
        raise FitError(f"reaction='{text}': leave the rate out; it is what is looked for")
    return found[0]


def check_species(reaction: Reaction, data: Trajectories) -> tuple[Reaction, tuple[str, ...]]:
    """Return the reaction in measured species, with remarks on products that were not measured.

    Raises
    ------
    DataError
        A reactant that is no column, or was not followed.
    """
    followed = {name for name, flag in zip(data.species, is_followed(data), strict=True) if flag}
    missing = [name for name in reaction.reactants if name not in followed]
    if missing:
        what = "is no column of the data" if missing[0] not in data.species else "was not followed"
        raise DataError(
            f"{missing[0]} {what}; rate laws need the course of every reactant of '{reaction.reactants} ->'"
        )
    unseen = [name for name in reaction.products if name not in followed]
    products = Complex({name: n for name, n in reaction.products.items() if name in followed})
    said = tuple(f"{name} was not measured; laws that name it are not tried" for name in unseen)
    return Reaction(reaction.reactants, products, reaction.rate), said


def infer(data: Trajectories, noise: NoiseModel) -> Reaction:
    """Read the only reaction off what changes in proportion.

    Raises
    ------
    FitError
        Nothing changes, more than one reaction does, or the proportions are no small whole numbers.
    """
    courses = smooth(data, noise)
    sigma = np.mean([noise.sigma(c).mean(axis=0) for c in courses], axis=0)
    followed = is_followed(data)
    change = np.concatenate([c - c.mean(axis=0) for c in courses]) / sigma
    moving = followed & (np.ptp(change, axis=0) > MOVES)
    if not moving.any():
        raise FitError("no species changes by more than its noise; there is no rate to describe")
    _, sizes, vectors = np.linalg.svd(change[:, moving], full_matrices=False)
    several = SeveralError(
        "more than one reaction runs; name the one whose law you want and the others, as reaction='A -> P', "
        "beside='P -> Q'"
    )
    if len(sizes) > 1 and sizes[1] > ALONE * sizes[0]:
        raise several
    first = courses[0][-1] - courses[0][0]
    parts = vectors[0] * sigma[moving]
    parts = parts * (1.0 if parts @ first[moving] >= 0 else -1.0)
    whole = _whole(parts)
    if whole is None:
        raise FitError("the changes are in no simple proportion; name the reaction, as reaction='A -> 2 P'")
    if len(sizes) > 1 and sizes[1] > MOVES * np.sqrt(len(change)) and sum(n for n in whole if n > 0) > LARGEST:
        raise several  # runs in which two reactions go nearly alike
    names = [name for name, flag in zip(data.species, moving, strict=True) if flag]
    sides = [Complex({n: s * w for n, w in zip(names, whole, strict=True) if s * w > 0}) for s in (-1, 1)]
    return reaction_of(f"{sides[0]} -> {sides[1]}")


def _whole(parts: Sequence[float] | np.ndarray) -> list[int] | None:
    """Return the smallest whole numbers in proportion."""
    least = np.abs(parts).min()
    for factor in range(1, LARGEST + 1):
        scaled = np.asarray(parts) / least * factor
        whole = np.rint(scaled)
        if np.all(np.abs(scaled - whole) < CLOSE * np.abs(whole)) and np.abs(whole).max() <= LARGEST:
            return [int(n) for n in whole]
    return None
