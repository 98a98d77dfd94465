"""PNML, the exchange format of Petri nets: species are places, reactions transitions, coefficients arc weights.

Rates stand in annotations of our own, as a place/transition net has none. ISO/IEC 15909-2:2011.
"""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from ..errors import UnsupportedError
from ..files import write_text
from ..network.printing import expression_text

if TYPE_CHECKING:
    from ..network.complexes import Complex
    from ..network.network import Network

_GRAMMAR = "http://www.pnml.org/version-2009/grammar/pnml"
_NET = "http://www.pnml.org/version-2009/grammar/ptnet"


def text(
    network: "Network",
    *,
    title: str = "",
    notes: str = "",
    standard_errors: Mapping[str, float] | None = None,  # noqa: ARG001  # every format takes it
) -> str:
    """Return the network as a place/transition net.

    Parameters
    ----------
    title
        Name of the net; the network's name if empty.
    notes
        A comment.
    standard_errors
        Taken for uniformity, not written.

    Raises
    ------
    UnsupportedError
        For a coefficient or an initial number of tokens that is no whole number, or a fixed species.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<pnml xmlns="{_GRAMMAR}">']
    lines += [f"<!-- {escape(notes).replace('--', '- -')} -->"] if notes else []
    lines += [f'<net id="net" type="{_NET}">', _label("name", title or network.name), '<page id="page">']
    lines += [*_places(network), *_transitions(network), "</page>", "</net>", "</pnml>", ""]
    return "\n".join(line for i, line in enumerate(lines) if line or i == len(lines) - 1)


def write(network: "Network", path: str | os.PathLike[str], **metadata: object) -> None:
    """Write the network as a Petri net; the keywords are those of `text`.

    Raises
    ------
    UnsupportedError
        For what a Petri net cannot express.
    ExportError
        If the file cannot be written.
    """
    write_text(path, text(network, **metadata))  # type: ignore[arg-type]  # checked by text()


def _places(network: "Network") -> Iterator[str]:
    for i, s in enumerate(network.species, 1):
        if s.fixed:
            raise UnsupportedError(f"the species {s.name} is held fixed, and a place of a Petri net cannot be")
        if s.initial is not None and (s.initial.q != 1 or s.initial < 0):
            raise UnsupportedError(f"{s.name} starts at {s.initial}, and a Petri net counts whole tokens")
        marking = _label("initialMarking", str(s.initial)) if s.initial else ""
        yield f'<place id="p{i}">{_label("name", s.name)}{marking}</place>'


def _transitions(network: "Network") -> Iterator[str]:
    place = {name: f"p{i}" for i, name in enumerate(network.species_names, 1)}
    for i, r in enumerate(network.reactions, 1):
        rate = quoteattr(expression_text(r.rate_expression))
        about = f'<toolspecific tool="crnsym" version="1"><rate expression={rate}/></toolspecific>'
        yield f'<transition id="t{i}">{_label("name", r.name or f"{r.reactants} -> {r.products}")}{about}</transition>'
        yield from (_arc(f"{place[name]}", f"t{i}", weight) for name, weight in _weights(r.reactants, str(r)))
        yield from (_arc(f"t{i}", f"{place[name]}", weight) for name, weight in _weights(r.products, str(r)))


def _weights(side: "Complex", reaction: str) -> Iterator[tuple[str, int]]:
    for name, c in side.items():
        if c.q != 1:
            raise UnsupportedError(f"'{reaction}': {c} {name} is no whole number of tokens, as a Petri net needs")
        yield name, int(c)


def _arc(source: str, target: str, weight: int) -> str:
    inscription = _label("inscription", str(weight)) if weight != 1 else ""
    return f'<arc id="{source}_{target}" source="{source}" target="{target}">{inscription}</arc>'


def _label(kind: str, value: str) -> str:
    return f"<{kind}><text>{escape(value)}</text></{kind}>" if value else ""
