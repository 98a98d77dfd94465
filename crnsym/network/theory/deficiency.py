"""The deficiency zero and deficiency one theorems.

M. Feinberg, Arch. Rational Mech. Anal. 132 (1995) 311; Foundations of Chemical Reaction Network Theory (2019),
theorems 7.1.1 and 8.1.1 (chapters 7 and 8).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .moving import moving_part
from .verdict import Verdict, verdict

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
    hypotheses = [
        (delta == 0, f"the deficiency is {delta}"),
        (turns, f"the network is {'' if turns else 'not '}weakly reversible"),
        *_about_rates(network),
    ]
    conclusion = (
        f"For all rate constants there is {_EXISTS_ONCE}; it is complex balanced and locally asymptotically stable, "
        "and nothing oscillates."
    )
    otherwise = (
        "Still, deficiency zero without weak reversibility allows no positive steady state and no periodic course "
        "through positive concentrations, for any rates that are positive where their reactants are."
    )
    return verdict("deficiency zero theorem", hypotheses, conclusion, "" if delta or turns else otherwise)


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
    sums = f"linkage classes ({', '.join(map(str, deltas))})" if len(deltas) <= 12 else f"{len(deltas)} linkage classes"
    hypotheses = [
        (
            largest <= 1,
            f"a linkage class has deficiency {largest}" if largest > 1 else "no linkage class has a deficiency above 1",
        ),
        (
            total == delta,
            f"the deficiencies of the {sums} add up to {total}"
            + (", that of the network" if total == delta else f", not to {delta}"),
        ),
        (
            not crowded,
            f"{len(structure.linkage_classes)} linkage classes have {len(structure.terminal_classes)} terminal strong "
            "classes"
            if crowded
            else "each linkage class has one terminal strong class",
        ),
        *_about_rates(network),
    ]
    if structure.is_weakly_reversible:
        conclusion = f"As the network is weakly reversible, there is {_EXISTS_ONCE}, for all rate constants."
    else:
        conclusion = f"Rate constants that give any positive steady state at all give {_EXISTS_ONCE}."
    return verdict("deficiency one theorem", hypotheses, conclusion)


def _about_rates(network: "Network") -> Iterator[tuple[bool, str]]:
    """Yield the hypothesis of mass action where it fails, and what was done with constant species."""
    other = [r for r in network.reactions if not r.rate.is_mass_action]
    if other:
        yield False, f"'{other[0]}' is not mass action"
    if network.fixed_species:
        names = [n for n in network.species_names if n in network.fixed_species]
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        yield True, f"constant species ({', '.join(names[:4])}{more}) count into the rate constants"
