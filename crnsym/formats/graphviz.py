"""DOT, the language of Graphviz: species and reactions, or complexes."""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..errors import UnsupportedError
from ..files import write_text
from ..network.printing import expression_text
from ..network.text_format import paired

if TYPE_CHECKING:
    from ..network.network import Network
    from ..network.reaction import Reaction

FORMS = ("species", "complexes")


def text(
    network: "Network",
    form: str = "species",
    *,
    title: str = "",
    notes: str = "",
    standard_errors: Mapping[str, float] | None = None,  # noqa: ARG001  # every format takes it
) -> str:
    """Return the network as a DOT graph.

    Parameters
    ----------
    form
        ``"species"``: species are ellipses, reactions squares, arrows carry coefficients, dashed lines lead
        from catalysts and from species that only change the rate. ``"complexes"``: complexes are boxes and
        reactions the arrows between them.
    title
        A line below the drawing.
    notes
        Comments at the top.
    standard_errors
        Taken for uniformity, not shown.

    Raises
    ------
    UnsupportedError
        For an unknown form.
    """
    if form not in FORMS:
        raise UnsupportedError(f"no drawing named {form!r}; known are {', '.join(FORMS)}")
    body = _species_graph(network) if form == "species" else _complex_graph(network)
    lines = [f"// {line}" for line in notes.splitlines()]
    lines += [f"digraph {_quoted(network.name or 'network')} {{", "  rankdir=LR;"]
    lines += [f"  label={_quoted(title)};"] if title else []
    return "\n".join([*lines, '  node [fontname="Helvetica"];', '  edge [fontname="Helvetica"];', *body, "}", ""])


def write(network: "Network", path: str | os.PathLike[str], *, form: str = "species", **metadata: object) -> None:
    """Write the network as a DOT graph; the keywords are those of `text`.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    write_text(path, text(network, form, **metadata))  # type: ignore[arg-type]  # checked by the function called


def _species_graph(network: "Network") -> Iterator[str]:
    for s in network.species:
        style = ", style=dashed" if s.fixed else ""
        yield f"  {_node('species', s.name)} [label={_quoted(s.name)}, shape=ellipse{style}];"
    for i, reaction in enumerate(network.reactions, 1):
        node = _node("reaction", str(i))
        shown = _quoted(reaction.name or _rate(reaction))
        yield f'  {node} [label="", xlabel={shown}, shape=square, width=0.12, style=filled, fillcolor=black];'
        catalysts = set(reaction.catalysts)
        for name, c in reaction.reactants.items():
            if name not in catalysts:
                yield f"  {_node('species', name)} -> {node} [dir=none{_count(c)}];"
        for name, c in reaction.products.items():
            if name not in catalysts:
                yield f"  {node} -> {_node('species', name)} [arrowhead=normal{_count(c)}];"
        present = {s.name for s in reaction.rate_expression.free_symbols}  # type: ignore[attr-defined]  # all are symbols
        others = [n for n in network.species_names if n in catalysts or (n in present and n not in reaction.reactants)]
        for name in others:
            yield f"  {_node('species', name)} -> {node} [style=dashed, arrowhead=odot];"


def _complex_graph(network: "Network") -> Iterator[str]:
    sides = dict.fromkeys(c for r in network.reactions for c in (r.reactants, r.products))
    nodes = {c: f"complex_{i}" for i, c in enumerate(sides, 1)}
    for c, node in nodes.items():
        yield f"  {node} [label={_quoted(str(c).replace(chr(34), '') if c else '∅')}, shape=box, style=rounded];"
    for first, second in paired(network.reactions):
        label = _rate(first) if second is None else f"{_rate(first)}\n{_rate(second)}"
        both = "" if second is None else ", dir=both"
        yield f"  {nodes[first.reactants]} -> {nodes[first.products]} [label={_quoted(label)}{both}];"


def _rate(reaction: "Reaction") -> str:
    k = getattr(reaction.rate, "k", None) if reaction.rate.is_mass_action else None
    if k is not None and k.is_number:
        return f"{float(k):.4g}"
    return expression_text(k if k is not None else reaction.rate_expression).replace('"', "")


def _count(coefficient: object) -> str:
    return "" if coefficient == 1 else f', label="{coefficient}"'


def _node(kind: str, name: str) -> str:
    return _quoted(f"{kind}:{name}")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
