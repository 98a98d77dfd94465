"""Mass-action networks as the plain integer arrays that learners and fits work on."""

import numpy as np

from ..data.mechanism import Mechanism
from ..errors import NetworkError
from ..network.network import Network
from .arrays import rate_constants


def mass_action_arrays(network: Network) -> Mechanism:
    """Return the reactions of a mass-action network as integer arrays with log rate constants.

    A species that is held fixed stands on both sides of every reaction, so that nothing changes it.

    Raises
    ------
    NetworkError
        A reaction that is not mass action with whole coefficients and a positive rate constant; names it.

    Examples
    --------
    >>> import crnsym as cs
    >>> mechanism = cs.mass_action_arrays(cs.network("2 A -> B @ 0.5"))
    >>> mechanism.species, mechanism.reactants.tolist()
    (('A', 'B'), [[2, 0]])
    """
    constants = rate_constants(network)
    for reaction, k in zip(network.reactions, constants, strict=True):
        if k is None or not reaction.products.is_integer:
            raise NetworkError(f"'{reaction}' is not mass action with whole coefficients, as this step needs")
        if not k > 0:
            raise NetworkError(f"the rate constant of '{reaction}' is {k:g}; it must be positive")
    index = network.species_index
    reactants = np.zeros((len(network.reactions), len(index)), dtype=np.int64)
    products = np.zeros_like(reactants)
    for row, reaction in enumerate(network.reactions):
        for table, side in ((reactants, reaction.reactants), (products, reaction.products)):
            for name, count in side.items():
                table[row, index[name]] = int(count)
    fixed = [index[name] for name in network.fixed_species]
    products[:, fixed] = reactants[:, fixed]
    return Mechanism(network.species_names, reactants, products, np.log(np.array(constants, dtype=float)))
