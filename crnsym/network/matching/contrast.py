"""What two mechanisms have in common, and what not."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import CrnsymError
from ..confounding import confoundable, rates_like
from ..equations import parameter_values
from ..reaction import Reaction
from .conjugacy import linearly_conjugate
from .edits import relabelled_edit_distance
from .isomorphism import isomorphic

if TYPE_CHECKING:
    from ..network import Network

_LARGE = 60  # reactions above which only what is quick is asked
_SECONDS = 5.0


@dataclass(frozen=True)
class Contrast:
    """Two networks side by side.

    Attributes
    ----------
    first, second
        The networks.
    shared
        Reactions that both have, as pairs.
    only_first, only_second
        Reactions that one of them has.
    facts
        [(name, value of the first, value of the second)]: numbers of the structure, verdicts.
    statements
        What holds for the two together, a sentence each: which of equal, dynamically equivalent, confoundable ... .
    """

    first: "Network"
    second: "Network"
    shared: tuple[tuple[Reaction, Reaction], ...]
    only_first: tuple[Reaction, ...]
    only_second: tuple[Reaction, ...]
    facts: tuple[tuple[str, str, str], ...]
    statements: tuple[str, ...]

    def same_rate(self, pair: tuple[Reaction, Reaction]) -> bool:
        """Tell whether a shared reaction has the same rate in both, values of parameters put in."""
        rates = [r.rate_expression.xreplace(parameter_values(n)) for r, n in zip(pair, self._both, strict=True)]
        return bool(rates[0] == rates[1])

    @property
    def _both(self) -> "tuple[Network, Network]":
        return self.first, self.second


def contrast(first: "Network", second: "Network") -> Contrast:
    """Compare two networks without data: reactions, structure, and whether concentrations could tell them apart.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> found = contrast(network("A -> 2 A @ 0.2"), network("A -> 2 A @ 0.3; A -> 0 @ 0.1"))
    >>> found.statements[0]
    'They are different reactions with the same vector field: no measurement of concentrations tells them apart.'
    """
    shared, ours, theirs = _matched(first, second)
    return Contrast(first, second, shared, ours, theirs, _facts(first, second), _statements(first, second))


def _matched(first: "Network", second: "Network") -> tuple[Any, tuple[Reaction, ...], tuple[Reaction, ...]]:
    waiting: dict[Any, list[Reaction]] = {}
    for r in second.reactions:
        waiting.setdefault((r.reactants, r.products), []).append(r)
    shared, ours = [], []
    for r in first.reactions:
        partners = waiting.get((r.reactants, r.products))
        if partners:
            shared.append((r, partners.pop(0)))
        else:
            ours.append(r)
    left = Counter(id(r) for partners in waiting.values() for r in partners)
    return tuple(shared), tuple(ours), tuple(r for r in second.reactions if left[id(r)])


def _facts(first: "Network", second: "Network") -> tuple[tuple[str, str, str], ...]:
    asked: dict[str, Callable[[Network], Any]] = {
        "species": lambda n: len(n.species),
        "reactions": lambda n: len(n.reactions),
        "complexes": lambda n: len(n.structure.complexes),
        "linkage classes": lambda n: len(n.structure.linkage_classes),
        "rank": lambda n: n.structure.rank,
        "deficiency": lambda n: n.structure.deficiency,
        "weakly reversible": lambda n: _yes(n.structure.is_weakly_reversible),
        "conserved": lambda n: "; ".join(_sum(law) for law in n.conservation_laws()) or "nothing",
        "deficiency zero theorem": lambda n: _yes(n.structure.deficiency_zero()),
        "deficiency one theorem": lambda n: _yes(n.structure.deficiency_one()),
        "robust species": lambda n: ", ".join(n.structure.acr_species()) or "none known",
    }
    return tuple((name, _answer(fact, first), _answer(fact, second)) for name, fact in asked.items())


def _answer(fact: "Callable[[Network], Any]", network: "Network") -> str:
    try:
        return str(fact(network))
    except CrnsymError:
        return "unknown"


def _yes(verdict: object) -> str:
    return "yes" if verdict else "no"


def _sum(law: dict[str, int]) -> str:
    text = " + ".join(name if c == 1 else f"{c} {name}" for name, c in law.items())
    return text.replace("+ -1 ", "- ").replace("+ -", "- ")


def _statements(first: "Network", second: "Network") -> tuple[str, ...]:
    if first == second:
        return ("They are equal.",)
    found = [_dynamics(first, second)]
    if max(len(first.reactions), len(second.reactions)) <= _LARGE:
        found.append(_names(first, second))
    else:
        found.append(f"With more than {_LARGE} reactions, confoundability and renamings were not searched.")
    return tuple(sentence for sentence in found if sentence)


def _dynamics(first: "Network", second: "Network") -> str:
    """Say whether concentrations can tell the two apart, the strongest statement that holds."""
    try:
        if first.dynamically_equivalent(second):
            return (
                "They are different reactions with the same vector field: no measurement of concentrations tells "
                "them apart."
            )
        if max(len(first.reactions), len(second.reactions)) > _LARGE:
            return "Their vector fields differ."
    except CrnsymError as error:
        return f"Their vector fields could not be compared: {error}."
    for one, other, word in ((first, second, "second"), (second, first, "first")):
        if _holds(rates_like, one, other):
            return f"Other rates in the {word} give it the vector field of the other one: it is a matter of rates only."
    if _holds(confoundable, first, second):
        return (
            "Their vector fields differ, but for some rates of both they are the same: concentrations do not tell the "
            "two sets of reactions apart for certain."
        )
    if _holds(linearly_conjugate, first, second):
        return "Their trajectories agree up to the units of the species, with other rates in the second."
    if first.is_mass_action and second.is_mass_action:
        return "No positive rates give them the same vector field: concentrations can tell them apart."
    return "Their vector fields differ."


def _holds(question: Callable[..., Any], *networks: "Network") -> bool:
    try:
        return bool(question(*networks))
    except CrnsymError:
        return False


def _names(first: "Network", second: "Network") -> str:
    """Say whether renaming species makes the reactions the same, or nearly."""
    apart = relabelled_edit_distance(first, second, _SECONDS)
    renamed = {a: b for a, b in apart.mapping.items() if a != b}
    listed = ", ".join(f"{a} → {b}" for a, b in renamed.items())
    if not apart.distance:
        same = _exact_renaming(first, second)
        if same is not None:
            listed = ", ".join(f"{a} → {b}" for a, b in same.items() if a != b)
            return f"They are the same reactions under other names: {listed}." if listed else ""
    reactions = "1 reaction" if apart.distance == 1 else f"{apart.distance} reactions"
    bound = "" if apart.exact else "at most "
    under = f" with the species renamed ({listed})" if listed else ""
    return f"They differ by {bound}{reactions} to add or delete{under}." if apart.distance else ""


def _exact_renaming(first: "Network", second: "Network") -> dict[str, str] | None:
    try:
        return isomorphic(first, second)
    except CrnsymError:
        return None
