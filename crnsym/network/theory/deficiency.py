"""The deficiency zero and deficiency one theorems.

M. Feinberg, Arch. Rational Mech. Anal. 132 (1995) 311; Foundations of Chemical Reaction Network Theory (2019),
theorems 7.1.1 and 8.1.1 (chapters 7 and 8).
"""

from typing import TYPE_CHECKING

from .moving import moving_part
from .verdict import Verdict

if TYPE_CHECKING:
    from ..network import Network

_EXISTS_ONCE = "exactly one positive steady state in each stoichiometric compatibility class"


def deficiency_zero(network: "Network") -> Verdict:
    """Say what the deficiency zero theorem says: it applies with deficiency 0, weakly reversible, mass action.

    A network of deficiency zero that is not weakly reversible gets a conclusion too (no positive steady state), though
    the verdict is that the theorem does not apply. Constant species count into the rate constants.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(deficiency_zero(network("A <-> B")).conclusion)
    For all rate constants there is exactly one positive steady state in each stoichiometric compatibility class; \
it is complex balanced and locally asymptotically stable, and nothing oscillates.
    """
    moving = moving_part(network)
    structure = moving.structure
    delta, turns = structure.deficiency, structure.is_weakly_reversible
    reasons = [f"the deficiency is {delta}", f"the network is {'' if turns else 'not '}weakly reversible"]
    _say_law(moving, reasons)
    applies = delta == 0 and turns and moving.is_mass_action
    conclusion = ""
    if applies:
        conclusion = (
            f"For all rate constants there is {_EXISTS_ONCE}; it is complex balanced and locally asymptotically "
            "stable, and nothing oscillates."
        )
    elif delta == 0 and not turns:
        conclusion = (
            "Still, deficiency zero without weak reversibility allows no positive steady state and no periodic "
            "course through positive concentrations, for any rates that are positive where their reactants are."
        )
    _say_fixed(network, reasons)
    return Verdict("deficiency zero theorem", applies, conclusion, tuple(reasons))


def deficiency_one(network: "Network") -> Verdict:
    """Say what the deficiency one theorem says.

    It applies where every linkage class has deficiency 0 or 1, these add up to the deficiency of the network, each
    linkage class has one terminal strong class, and rates are mass action. Constant species count into the rate
    constants.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> deficiency_one(network("2 X <-> 3 X; 0 <-> X")).reasons[1]
    'the deficiencies of the linkage classes (0, 0) add up to 0, not to 1'
    """
    moving = moving_part(network)
    structure = moving.structure
    deltas, delta = structure.linkage_deficiencies, structure.deficiency
    largest, total = max(deltas, default=0), sum(deltas)
    crowded = len(structure.terminal_classes) - len(structure.linkage_classes)
    listed = f"({', '.join(map(str, deltas))})" if len(deltas) <= 12 else f"of {len(deltas)} classes"
    reasons = [
        "no linkage class has a deficiency above 1" if largest <= 1 else f"a linkage class has deficiency {largest}",
        f"the deficiencies of the linkage classes {listed} add up to {total}"
        + (", that of the network" if total == delta else f", not to {delta}"),
        "each linkage class has one terminal strong class"
        if not crowded
        else f"{len(structure.linkage_classes)} linkage classes have {len(structure.terminal_classes)} terminal "
        "strong classes",
    ]
    _say_law(moving, reasons)
    applies = largest <= 1 and total == delta and not crowded and moving.is_mass_action
    conclusion = ""
    if applies and structure.is_weakly_reversible:
        conclusion = f"As the network is weakly reversible, there is {_EXISTS_ONCE}, for all rate constants."
    elif applies:
        conclusion = f"Rate constants that give any positive steady state at all give {_EXISTS_ONCE}."
    _say_fixed(network, reasons)
    return Verdict("deficiency one theorem", applies, conclusion, tuple(reasons))


def _say_law(network: "Network", reasons: list[str]) -> None:
    other = [r for r in network.reactions if not r.rate.is_mass_action]
    if other:
        reasons.append(f"'{other[0]}' is not mass action")


def _say_fixed(network: "Network", reasons: list[str]) -> None:
    if network.fixed_species:
        names = [n for n in network.species_names if n in network.fixed_species]
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        reasons.append(f"constant species ({', '.join(names[:4])}{more}) count into the rate constants")
