"""GraphML: the graph of species and reactions, with typed attributes, as networkx reads it back.

Nodes are ``species: NAME`` and ``reaction: NUMBER`` with ``kind`` and ``label``; a species has ``initial``
(double) and ``fixed`` (boolean), a reaction its ``rate``. Edges have ``role`` (reactant, product, modifier)
and ``coefficient`` (double).
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import networkx as nx

from ..files import write_text
from ..network.printing import expression_text

if TYPE_CHECKING:
    from ..network.network import Network


def text(
    network: "Network",
    *,
    title: str = "",
    notes: str = "",
    standard_errors: Mapping[str, float] | None = None,  # noqa: ARG001  # every format takes it
) -> str:
    """Return the graph of species and reactions (`Network.graph`) as GraphML.

    Parameters
    ----------
    title, notes
        Attributes of the graph.
    standard_errors
        Taken for uniformity, not written.
    """
    about = {"title": title or network.name, "notes": notes}
    graph: nx.DiGraph = nx.DiGraph()
    graph.graph.update({key: value for key, value in about.items() if value})
    for s in network.species:
        start = {} if s.initial is None else {"initial": float(s.initial)}
        graph.add_node(f"species: {s.name}", kind="species", label=s.name, fixed=s.fixed, **start)
    for i, r in enumerate(network.reactions, 1):
        label = r.name or f"{r.reactants} -> {r.products}"
        graph.add_node(f"reaction: {i}", kind="reaction", label=label, rate=expression_text(r.rate_expression))
    for source, target, edge in network.graph().edges(data=True):
        ends = [f"species: {n}" if isinstance(n, str) else f"reaction: {n + 1}" for n in (source, target)]
        graph.add_edge(*ends, role=edge["role"], coefficient=float(edge["stoich"]))
    return "\n".join(nx.generate_graphml(graph)) + "\n"


def write(network: "Network", path: str | os.PathLike[str], **metadata: object) -> None:
    """Write the graph of species and reactions as GraphML; the keywords are those of `text`.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    write_text(path, text(network, **metadata))  # type: ignore[arg-type]  # checked by text()
