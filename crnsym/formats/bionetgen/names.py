"""Species patterns of BioNetGen, ``A(b!1,b).B(a~P!1)``, as names, and names as patterns."""

import re
from collections.abc import Callable

from ...network.symbols import TIME

_LONGEST = 40
_MOLECULE = re.compile(r"(?:^|\.)(?:@\w+::?)?(\w+)")


def species_name(pattern: str, number: int, taken: Callable[[str], bool]) -> str:
    """Return an identifier for a species pattern.

    ``A()`` gives ``A``, ``A(b!1,Y~P).B(a!1)`` gives ``A_b1_YP_B_a1``; patterns that would give more than 40
    letters keep their molecules and the number of the species: ``Rec_Rec_Lyn_1043``.

    Parameters
    ----------
    number
        Position of the species in the file, from 1.
    taken
        Tells whether a name is in use.
    """
    name = re.sub(r"\W+", "_", re.sub("[~!]", "", pattern)).strip("_")
    if len(name) > _LONGEST:
        name = "_".join([*_MOLECULE.findall(pattern)[:4], str(number)])
    name = f"_{name}" if not name or name[0].isdigit() else name
    if taken(name) or name == TIME:
        name = f"{name}_{number}"
    while taken(name):
        name += "_"
    return name


def pattern_of(identifier: str) -> str:
    """Return the simplest pattern of a species: a molecule without components."""
    return f"{identifier}()"
