"""A network as text that `crnsym.network.text` reads back to an equal network."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .assembly import used_parameters
from .complexes import quoted
from .printing import expression_text
from .reaction import Reaction
from .symbols import number_text

if TYPE_CHECKING:
    from .network import Network


def network_text(network: "Network") -> str:
    """Write reactions, then the declarations that are needed."""
    lines = list(reaction_lines(network.reactions))
    if needed := _species_line(network):
        lines.insert(0, needed)
    for word in ("constant", "boundary"):
        names = [quoted(s.name) for s in network.species if getattr(s, word)]
        if names:
            lines.append(f"{'const' if word == 'constant' else word} {', '.join(names)}")
    used = used_parameters(network.reactions)
    entries = []
    for name, value in network.parameters.items():
        unit = network.units.get(name)
        if value is not None or unit or name not in used:
            text = quoted(name) + (f" = {number_text(value)}" if value is not None else "")
            entries.append(text + (f" [{unit}]" if unit else ""))
    lines += _packed("param", entries)
    entries = []
    for s in network.species:
        if s.initial is not None or s.start is not None or s.unit:
            value = number_text(s.initial) if s.start is None and s.initial is not None else None
            value = value if s.start is None else expression_text(s.start)
            text = quoted(s.name) + (f" = {value}" if value is not None else "")
            entries.append(text + (f" [{s.unit}]" if s.unit else ""))
    lines += _packed("init", entries)
    lines += [f"obs {quoted(n)} = {expression_text(e)}" for n, e in network.observables.items()]
    return "\n".join(lines)


def _packed(word: str, entries: list[str], width: int = 100) -> Iterator[str]:
    """Yield ``word a, b, c`` lines that are not too long."""
    line = ""
    for entry in entries:
        if line and len(line) + len(entry) > width:
            yield f"{word} {line}"
            line = ""
        line += (", " if line else "") + entry
    if line:
        yield f"{word} {line}"


def _species_line(network: "Network") -> str:
    """Return the ``species`` line, or nothing where the order of appearance says it all."""
    seen: dict[str, None] = {}
    for r in network.reactions:
        seen.update(dict.fromkeys([*r.reactants, *r.products, *r.rate.species]))
    if tuple(seen) == network.species_names and not any(s.formula for s in network.species):
        return ""
    return "species " + ", ".join(quoted(s.name) + (f" {{{s.formula}}}" if s.formula else "") for s in network.species)


def reaction_lines(reactions: tuple[Reaction, ...]) -> Iterator[str]:
    """Yield one line a reaction; two neighbours that are each other's reverse share a line with ``<->``."""
    for first, second in paired(reactions):
        if second is None:
            yield str(first)
        else:
            label = f"{quoted(first.name)}: " if first.name else ""
            rates = f"{first.rate.text()}, {second.rate.text().lstrip('@= ')}"
            yield f"{label}{first.reactants} <-> {first.products}  {rates}"


def paired(reactions: tuple[Reaction, ...]) -> Iterator[tuple[Reaction, Reaction | None]]:
    """Yield reactions, two neighbours that are each other's reverse together."""
    i = 0
    while i < len(reactions):
        first = reactions[i]
        second = reactions[i + 1] if i + 1 < len(reactions) else None
        if second is not None and _is_pair(first, second):
            yield first, second
            i += 2
        else:
            yield first, None
            i += 1


def _is_pair(first: Reaction, second: Reaction) -> bool:
    return (
        second.is_reverse_of(first)
        and first.reactants != first.products
        and second.name == (f"{first.name}_reverse" if first.name else "")
        and first.rate.is_mass_action == second.rate.is_mass_action
    )
