"""From symbols to jax: a network as a vector field, and its Jacobian by structure."""

import numpy as np

from ..network.network import Network
from .arrays import compile_laws, net_changes, rate_constants, reactant_table
from .groups import group_laws
from .integration.system import compile_system
from .jacobian import SparseJacobian
from .programs import number
from .stoichiometry import DenseStoichiometry, SparseStoichiometry
from .vector_field import VectorField

_DENSE_ENTRIES = 1 << 12  # above this many species x reactions, entries are added up one by one


def compile_network(network: Network) -> VectorField:
    """Turn a network into a vector field for jax and diffrax.

    Each kind of rate law is one kernel on arrays: mass action, Michaelis-Menten, Hill; only what is left is
    written out law by law.

    Parameters
    ----------
    network
        All its parameters need values.

    Returns
    -------
    VectorField
        ``field(t, y)`` with species in the order of ``network.species_names``.

    Raises
    ------
    NetworkError
        A parameter without value, or a rate constant that is not a finite real number.
    UnsupportedError
        A function in a rate law that cannot be simulated.

    Examples
    --------
    >>> import numpy as np
    >>> import jax
    >>> import crnsym as cs
    >>> field = cs.compile_network(cs.network("2 A -> B @ 0.5"))
    >>> with jax.enable_x64(True):
    ...     slope = np.asarray(field(0.0, np.array([2.0, 0.0])))
    >>> slope.tolist()
    [-4.0, 2.0]
    """
    constants = rate_constants(network)
    mass_action = [i for i, k in enumerate(constants) if k is not None]
    groups, grouped = group_laws(network, [i for i, k in enumerate(constants) if k is None])
    taken = {*mass_action, *grouped}
    others = [i for i in range(len(constants)) if i not in taken]
    parameters = [number(p) for p in network.parameters.values() if p is not None] if others else []
    order = [*mass_action, *grouped, *others]
    positions = np.empty(len(order), dtype=np.int32)
    positions[order] = np.arange(len(order))
    return VectorField(
        reactant_table(network, mass_action),
        np.array([constants[i] for i in mass_action], dtype=float),
        groups,
        np.array(parameters),
        compile_laws(network, others) if others else None,
        _stoichiometry(network, order),
        positions,
    )


def compile_jacobian(network: Network) -> SparseJacobian:
    """Turn a network into its sparse Jacobian for jax: ``jacobian(t, y)`` are the entries at ``jacobian.pattern``.

    Raises
    ------
    NetworkError, UnsupportedError
        As `compile_network`.

    Examples
    --------
    >>> import numpy as np
    >>> import jax
    >>> import crnsym as cs
    >>> jacobian = cs.compile_jacobian(cs.network("A -> B @ 2"))
    >>> with jax.enable_x64(True):
    ...     entries = np.asarray(jacobian(0.0, np.array([1.0, 0.0])))
    >>> entries.tolist()
    [-2.0, 2.0]
    """
    system = compile_system(network)
    parameters = np.array([number(p) for p in network.parameters.values() if p is not None])
    others = [i for i, k in enumerate(rate_constants(network)) if k is None]
    return SparseJacobian.of(system, compile_laws(network, others) if others else None, parameters)


def _stoichiometry(network: Network, order: list[int]) -> DenseStoichiometry | SparseStoichiometry:
    starts, species, changes = net_changes(network, order)
    columns = np.repeat(np.arange(len(order), dtype=np.int32), np.diff(starts))
    count = len(network.species)
    if count * len(order) > _DENSE_ENTRIES:
        sorting = np.lexsort((columns, species))
        return SparseStoichiometry(species[sorting], columns[sorting], changes[sorting], count)
    matrix = np.zeros((count, len(order)))
    matrix[species, columns] = changes
    return DenseStoichiometry(matrix)
