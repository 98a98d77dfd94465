"""What species are made of, and the reactions that balance: with species in excess as reservoirs."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from crnsym.regression.library import Library

GIVEN, SOLVENT = 6, 10  # molecules of a reservoir that one reaction may release; of a solvent, take up or release


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """Formulas as arrays.

    Attributes
    ----------
    species
        Measured species first, then the hidden ones.
    elements
        ``(elements, species)`` atoms, and charge.
    reachable
        {change of the elements: molecules in excess that a reaction takes up to make that change}; without
        reservoirs only no change at all.
    """

    species: tuple[str, ...]
    elements: np.ndarray
    reachable: dict[tuple[int, ...], int]

    @staticmethod
    def of(species: tuple[str, ...], elements: np.ndarray, excess: np.ndarray, solvents: np.ndarray) -> "Composition":
        """Combine the elements of the species with those of what is there in excess.

        Parameters
        ----------
        species, elements
            Names, and ``(elements, species)``.
        excess, solvents
            ``(elements, reservoirs)``. Of the former a reaction takes up at most one molecule, which counts as a
            reactant; of the latter any number.
        """
        reachable: dict[tuple[int, ...], int] = {}
        ranges = [range(-1, GIVEN + 1)] * excess.shape[1] + [range(-SOLVENT, SOLVENT + 1)] * solvents.shape[1]
        reservoirs = np.hstack([excess, solvents])
        for amounts in product(*ranges):
            taken = -sum(min(a, 0) for a in amounts[: excess.shape[1]])
            if taken > 1:
                continue
            # what the reservoirs release, the species must have lost
            change = tuple((-(reservoirs @ np.array(amounts, np.int64))).tolist()) if amounts else (0,) * len(elements)
            reachable[change] = min(taken, reachable.get(change, taken))
        return Composition(species, elements, reachable)

    def allowed(self, library: Library, order: int) -> Library:
        """Keep the reactions that balance with at most ``order`` reactant molecules, those in excess counted."""
        n = library.net.shape[1]
        changes = library.net @ self.elements[:, :n].T
        reactants = library.orders[library.source]
        taken = [self.reachable.get(tuple(change)) for change in changes.tolist()]
        keep = [t is not None and size + t <= order for t, size in zip(taken, reactants.tolist(), strict=True)]
        return library.restrict(np.array(keep, bool))
