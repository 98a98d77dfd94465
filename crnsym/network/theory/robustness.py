"""Absolute concentration robustness: a species with the same concentration in all positive steady states."""

from typing import TYPE_CHECKING

from ..complexes import Complex
from ..structure import require_mass_action
from .moving import moving_part

if TYPE_CHECKING:
    from ..network import Network


def acr_species(network: "Network") -> dict[str, tuple[Complex, Complex]]:
    """Return the species with absolute concentration robustness by the theorem of Shinar & Feinberg.

    In a mass-action network of deficiency one, two complexes outside the terminal strong classes that differ in a
    single species prove that it is robust: all positive steady states, *if there are any*, have the same
    concentration of it (Science 327 (2010) 1389). Species that it does not name may be robust too.

    Returns
    -------
    dict
        {species: the two complexes that differ in it alone}, in order of species; empty where the theorem does not
        apply.

    Raises
    ------
    NotMassActionError
        If a rate law is not mass action.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> acr_species(network("A + B -> 2 B; B -> A"))
    {'A': (Complex('A + B'), Complex('B'))}
    """
    require_mass_action(network, "absolute concentration robustness")
    moving = moving_part(network)
    structure = moving.structure
    if structure.deficiency != 1:
        return {}
    terminal = {c for members in structure.terminal_classes for c in members}
    others = [c for c in structure.complexes if c not in terminal]
    found: dict[str, tuple[Complex, Complex]] = {}
    for i, a in enumerate(others):
        for b in others[i + 1 :]:
            differing = [name for name in {**a, **b} if a.get(name) != b.get(name)]
            if len(differing) == 1:
                found.setdefault(differing[0], (a, b))
    return {name: found[name] for name in moving.species_names if name in found}
