"""Networks that are the same up to the names of species."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, get_args

import networkx as nx
import sympy as sp

from ...errors import NetworkError, TooManyError
from ..equations import parameter_values
from ..graphs import modifiers
from ..rate_laws import MassAction
from ..reaction import Reaction

if TYPE_CHECKING:
    from ..network import Network

Kinetics = Literal["structure", "ratelaw", "rates"]
KINETICS = get_args(Kinetics)
_MOST_MAPPINGS = 100000  # of structures that are the same, tried until the rates agree too


def isomorphic(first: "Network", second: "Network", kinetics: Kinetics = "structure") -> dict[str, str] | None:
    """Return a renaming of species that turns one network into the other, or None if there is none.

    Parameters
    ----------
    kinetics
        What must agree beside the reactions: ``"structure"`` nothing, ``"ratelaw"`` the kind of each rate law and the
        species that it names, ``"rates"`` the rates themselves, with the values of parameters put in (parameters
        without a value agree by name). Which species are constant counts always; initial concentrations never do.

    Returns
    -------
    dict or None
        {species of the first: species of the second}.

    Raises
    ------
    TooManyError
        If the structure has so many symmetries that not all could be tried for the rates.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> isomorphic(network("A + B -> C"), network("X + Y -> Z"))["C"]
    'Z'
    """
    graphs = [_graph(n, kinetics) for n in (first, second)]
    colours = [_colours(g) for g in graphs]
    if Counter(colours[0].values()) != Counter(colours[1].values()):
        return None
    for graph, found in zip(graphs, colours, strict=True):
        nx.set_node_attributes(graph, found, "colour")
    matcher = nx.isomorphism.DiGraphMatcher(
        graphs[0], graphs[1], lambda a, b: a["colour"] == b["colour"], lambda a, b: a["label"] == b["label"]
    )
    tried = 0
    for mapping in islice(matcher.isomorphisms_iter(), _MOST_MAPPINGS):
        names = {name: mapping["species", name][1] for name in first.species_names}
        if kinetics != "rates" or _same_rates(first, second, names):
            return names
        tried += 1
    if tried == _MOST_MAPPINGS:
        raise TooManyError(f"isomorphic: none of {tried} symmetries of the structure agreed in the rates; giving up")
    return None


def fingerprint(network: "Network", kinetics: Kinetics = "structure") -> str:
    """Return a text that isomorphic networks have in common (Weisfeiler and Lehman); others rarely do.

    A different fingerprint proves that networks differ; an equal one proves nothing, see `isomorphic`.

    Examples
    --------
    >>> import crnsym as cs
    >>> cs.fingerprint(cs.network("A -> B; B -> C")) == cs.fingerprint(cs.network("X -> Y; Y -> Z"))
    True
    """
    return _digest(sorted(_colours(_graph(network, kinetics)).values()))


def distinct(networks: "Iterable[Network]", kinetics: Kinetics = "structure") -> "list[Network]":
    """Return the first network of each class of isomorphic ones, in order.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> len(distinct([network("A -> B"), network("X -> Y"), network("A -> 2 B")]))
    2
    """
    kept: dict[str, list[Network]] = {}
    result = []
    for network in networks:
        same = kept.setdefault(fingerprint(network, kinetics), [])
        if all(isomorphic(network, other, kinetics) is None for other in same):
            same.append(network)
            result.append(network)
    return result


def _graph(network: "Network", kinetics: str) -> nx.DiGraph:
    if kinetics not in KINETICS:
        raise NetworkError(f"kinetics={kinetics!r} is unknown; choose one of {', '.join(KINETICS)}")
    graph = nx.DiGraph()
    values = parameter_values(network)
    for s in network.species:
        graph.add_node(("species", s.name), what=f"species {s.constant} {s.boundary}")
    for i, r in enumerate(network.reactions):
        node = ("reaction", i)
        graph.add_node(node, what=_kind(r, kinetics, values))
        labels: dict[str, list[str]] = {}
        for name, c in r.reactants.items():
            labels.setdefault(name, []).append(f"reactant {c}")
        if kinetics != "structure":
            for name in modifiers(network, i):
                labels.setdefault(name, []).append("modifier")
            for place, name in enumerate(r.rate.species):
                labels.setdefault(name, []).append(f"law {place}")
        for name, label in labels.items():
            graph.add_edge(("species", name), node, label=" ".join(label))
        for name, c in r.products.items():
            graph.add_edge(node, ("species", name), label=f"product {c}")
    return graph


def _kind(reaction: Reaction, kinetics: str, values: Mapping[sp.Symbol, sp.Rational]) -> str:
    if kinetics == "structure":
        return "reaction"
    law = reaction.rate
    if kinetics == "rates" and isinstance(law, MassAction):
        return f"reaction {law.k.xreplace(values)}"
    return f"reaction {type(law).__name__}"


def _colours(graph: nx.DiGraph) -> dict[Any, str]:
    """Refine colours of nodes by those of their neighbours until no class splits any more."""
    colours = {node: _digest(data["what"]) for node, data in graph.nodes(data=True)}
    classes = 0
    while len(set(colours.values())) > classes:
        classes = len(set(colours.values()))
        colours = {node: _digest([colours[node], *_around(graph, node, colours)]) for node in graph}
    return colours


def _around(graph: nx.DiGraph, node: Hashable, colours: dict[Any, str]) -> Iterator[str]:
    yield from sorted(f"> {data['label']} {colours[other]}" for _, other, data in graph.out_edges(node, data=True))
    yield from sorted(f"< {data['label']} {colours[other]}" for other, _, data in graph.in_edges(node, data=True))


def _digest(what: object) -> str:
    return blake2b(repr(what).encode(), digest_size=16).hexdigest()


def _same_rates(first: "Network", second: "Network", names: dict[str, str]) -> bool:
    """Compare the reactions, renamed, with values in their rates."""

    def reactions(network: "Network", renamed: dict[str, str]) -> Counter[tuple[Any, ...]]:
        values = parameter_values(network)
        found: Counter[tuple[Any, ...]] = Counter()
        for r in network.reactions:
            law = r.rate.substitute(values)  # type: ignore[arg-type]  # (sympy: Basic)  # numbers are expressions
            same = Reaction(r.reactants, r.products, law).rename(renamed)
            found[same.reactants, same.products, same.rate] += 1
        return found

    return reactions(first, names) == reactions(second, {})
