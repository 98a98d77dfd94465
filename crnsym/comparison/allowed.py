"""A list of allowed reactions that somebody wrote, on the species of the measurements, and as a library."""

import difflib
from collections.abc import Sequence

import numpy as np

from ..data.mechanism import Mechanism
from ..data.trajectories import Trajectories
from ..errors import NetworkError, UnsupportedError
from ..network.network import Network
from ..regression.library import Library, complexes, reaction_cost
from .given import given_mechanism

SOURCE = "the library"
LAST = 3  # molecularity with which a search ends: it takes everything that is listed


def allowed_reactions(network: Network, data: Trajectories, named: Sequence[str] = ()) -> Mechanism:
    """Put a list of allowed reactions on the measured species, followed by those that it names and nobody measured.

    Parameters
    ----------
    network
        Mass action; values are start values.
    data
        The measurements.
    named
        Unmeasured species in a given order, as formulas have them; no others are possible then.

    Raises
    ------
    NetworkError, UnsupportedError
        An unmeasured species that nothing makes or that is kept constant, besides what `given_mechanism` refuses.
    """
    used = dict.fromkeys(s for r in network.reactions for s in (*r.reactants, *r.products))
    made = {s for r in network.reactions for s, n in r.net.items() if n > 0}
    hidden = tuple(named) or tuple(s for s in used if s not in data.species)
    for name in hidden:
        if name in network.fixed_species:
            raise UnsupportedError(f"{SOURCE}: {name} is constant and not measured; leave it out of the reactions")
        if name in used and name not in made:
            near = difflib.get_close_matches(name, data.species, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"measured are {', '.join(data.species)}"
            raise NetworkError(f"{SOURCE}: {name} is not measured and no reaction makes it; {hint}")
    return given_mechanism(network, data, SOURCE, hidden)


def library_of(listed: Mechanism, species: int, order: int, laws: np.ndarray | None = None) -> Library:
    """List the allowed reactions of the first species, up to a molecularity, that keep the laws ``(laws, species)``."""
    left, net = listed.reactants, listed.net_stoichiometry
    real = net.any(axis=1) & ~(left[:, species:].any(axis=1) | net[:, species:].any(axis=1))
    real &= (left.sum(axis=1) <= order) | (order >= LAST)
    columns = ((0, 0), (0, max(species - left.shape[1], 0)))
    rows = np.hstack([np.pad(table[real, :species], columns) for table in (left, net)])
    left, net = np.split(np.unique(rows, axis=0), 2, axis=1)
    single = complexes(species, 1)  # every species gets its scale from the complex of one molecule
    all_left, source = np.unique(np.vstack([single, left]), axis=0, return_inverse=True)
    library = Library(all_left, source.ravel()[len(single) :], net, reaction_cost(left, net))
    return library if laws is None else library.obeying(laws)
