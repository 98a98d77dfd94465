"""What can be said about a network before anything is measured."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..network.network import Network


def describe(network: Network) -> RenderableType:
    """Return a description for the terminal: reactions, species, laws, complexes, classes, deficiency."""
    structure = network.structure
    facts = Table(show_header=False, box=None, pad_edge=False)
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    laws = [
        " + ".join(name if n == 1 else f"{n} {name}" for name, n in law.items()) for law in network.conservation_laws()
    ]
    rows = [
        ("species", f"{len(network.species)}: {_listed(network.species_names)}"),
        ("reactions", str(len(network.reactions))),
        ("rate laws", _listed(dict.fromkeys(type(r.rate).__name__ for r in network.reactions))),
        ("without a value", _listed(network.missing_values) or "none"),
        ("conserved", _listed(laws) or "nothing"),
        ("complexes", f"{len(structure.complexes)}: {_listed(map(str, structure.complexes))}"),
        ("linkage classes", str(len(structure.linkage_classes))),
        ("rank", str(structure.rank)),
        ("deficiency", str(structure.deficiency)),
        ("reversible", "yes" if structure.is_reversible else "no"),
        ("weakly reversible", "yes" if structure.is_weakly_reversible else "no"),
    ]
    for name, value in rows:
        facts.add_row(Text(name), Text(value))
    return Group(Text(str(network)), Text(), facts)


def _listed(names: Iterable[str], most: int = 40) -> str:
    items = list(names)
    more = f", ... and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more
