"""Other mechanisms with exactly the same vector field: no measurement of concentrations can exclude them."""

from dataclasses import replace

import numpy as np

from ..data.mechanism import Mechanism
from ..regression.decode import decode
from ..regression.library import build_library, reaction_cost

EXACT = 1e-4  # relative precision to which a net vector must be reproduced
PER_COMPLEX = 12  # decodings looked at per reactant complex


def equivalent_mechanisms(mechanism: Mechanism, limit: int = 6, product_order: int = 3) -> list[Mechanism]:
    """List mechanisms with the same net vector at every reactant complex and no more reactions.

    The reactions at one reactant complex are exchanged at a time: ``X -> 2 X`` at rate k for ``X -> 3 X`` at k/2,
    two reactions for two others that add up to the same (Craciun & Pantea 2008).

    Parameters
    ----------
    mechanism
        With its rates.
    limit
        Largest number of mechanisms returned; shortest, most elementary reactions first.
    product_order
        Largest number of product molecules.

    Returns
    -------
    list of Mechanism
        Without the given one.
    """
    library = build_library(len(mechanism.species), max(mechanism.order, 1), product_order)
    position = {tuple(y): i for i, y in enumerate(library.complexes.tolist())}
    found: dict[frozenset[object], tuple[float, Mechanism]] = {}
    for y, vector in mechanism.net_vectors().items():
        here = np.array([tuple(map(int, row)) == y for row in mechanism.reactants])
        precision = np.eye(len(vector)) / (EXACT * np.abs(vector).max()) ** 2
        for _, members, rates in decode(vector, precision, library, position[y], keep=PER_COMPLEX):
            net = library.net[members]
            exact = np.allclose(rates @ net, vector, rtol=0.0, atol=EXACT * float(np.abs(vector).max()))
            if not exact or len(members) > here.sum() or np.any(rates <= 0):
                continue
            if mechanism.energies is not None and here.sum() > 1:
                continue  # reactions with different activation energies: equal at one temperature only
            left = np.tile(y, (len(members), 1))
            other = replace(
                mechanism.take(~here).extended(left, left + net, np.log(rates)),
                provenance=(*mechanism.provenance, "same vector field"),
            )
            if mechanism.energies is not None:
                other = other.with_energies_of(mechanism)
            if other.structure() != mechanism.structure():
                price = float(reaction_cost(other.reactants, other.net_stoichiometry).sum())
                found.setdefault(other.structure(), (price, other))
    return [m for _, m in sorted(found.values(), key=lambda item: item[0])][:limit]
