"""What the identifiers of an SBML model are called in a network."""

from collections.abc import Iterable

import libsbml

from ...network.symbols import TIME


def names_of(model: libsbml.Model, ours: bool) -> dict[str, str]:
    """Return {identifier: name in the network}: names of our own files, identifiers of others'."""
    elements = [*model.getListOfSpecies(), *model.getListOfParameters()]
    names = {e.getId(): (ours and e.getName()) or e.getId() for e in elements}
    if len(set(names.values())) < len(names):
        names = {e.getId(): e.getId() for e in elements}
    if not ours and TIME in names:  # would be the running time
        names[TIME] = free_name(TIME, names.values())
    return names


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return the name, with underscores behind it while it is taken."""
    used = set(taken)
    while name in used or name == TIME:
        name += "_"
    return name


def names_in(tree: libsbml.ASTNode) -> list[str]:
    """Return the identifiers in a formula."""
    found, stack = [], [tree]
    while stack:
        top = stack.pop()
        if top.getType() == libsbml.AST_NAME:
            found.append(top.getName())
        stack.extend(top.getChild(i) for i in range(top.getNumChildren()))
    return found
