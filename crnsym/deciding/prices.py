"""What the score charges, in units of -2 log likelihood: a chemist's prejudice, beside the price of a fitted number."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prices:
    """Added to N ln(chi2/N); see `crnsym.search.score.Score` and `crnsym.regression.library.reaction_cost`."""

    # of one reaction
    order: float = 1.5  # a reactant molecule after the first
    spectator: float = 2.0  # a molecule on both sides: catalysis is rare
    one_sided: float = 6.0  # matter from nothing or into nothing, other than feeds and drains of single molecules
    molecule: float = 0.05  # written on either side: of equal vector fields the shortest comes first
    unequal: float = 0.1  # a molecule more or less on one side than on the other
    multiple: float = 0.5  # a net vector that is a multiple of another: 2 A -> 2 B for A -> B
    decoded: float = 6.0  # chi2 that one more reaction must earn where equations are decoded into reactions

    # of a mechanism
    exchanged: float = 8.0  # single molecules are fed or lost and the rest keeps matter; or there are by-products
    made: float = 13.0  # matter is made or lost otherwise: no weights of the species balance the other reactions
    refused: float = 1e4  # matter that comes or goes where the vessel is known to be closed: worse than any fit
    coincidence: float = 2.0 * math.log(100.0)  # a total that the data show constant, but the mechanism does not keep
    unmeasured: float = 3.0  # a species that nobody measured
    form_exchange: float = 1.0  # a form of a catalyst that takes and gives at once: it stands for two steps
    further_form: float = 4.0  # a further bound form of a catalyst must bring that


PRICES = Prices()
