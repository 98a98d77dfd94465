"""What can be said about a network before anything is measured."""

from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..errors import CrnsymError, TooManyError
from ..network.complexes import Complex
from ..network.dimensions import check_units
from ..network.display import network_table
from ..network.network import Network
from ..network.steady.states import SteadyState
from ..network.theory.verdict import Verdict
from ..network.validation import validate

_MOST_NAMES, _MOST_REMARKS = 40, 12
_QUICK = 200  # species or reactions above which siphons and steady states are not asked for
_STATES = 12


def describe(network: Network) -> RenderableType:
    """Return a description for the terminal: reactions, structure, what theorems say, steady states."""
    if not network.reactions:
        here = f"{len(network.species)} species: {listed(network.species_names)}" if network.species else "Nothing"
        return Group(network_table(network), Text(f"{here}. No reaction is written, so that nothing moves."))
    parts: list[Any] = [
        network_table(network),
        *_part("Structure", _structure(network)),
        *_part("Theorems", _theorems(network)),
    ]
    return Group(*parts, *_steady_states(network), *_checks(network))


def _checks(network: Network) -> list[Any]:
    """Show what looks like a mistake, if anything does."""
    remarks = [*validate(network), *check_units(network)]
    more = [f"... and {len(remarks) - _MOST_REMARKS} more"] if len(remarks) > _MOST_REMARKS else []
    shown = [*remarks[:_MOST_REMARKS], *more]
    return [Text(), heading("Worth a look"), *map(Text, shown)] if remarks else []


def facts_table(rows: Iterable[tuple[str, RenderableType]]) -> Table:
    """Return rows of a bold name and what belongs to it."""
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(name), value)
    return table


def heading(text: str) -> Text:
    """Return the title of a part."""
    return Text(text, style="bold blue")


def law_text(law: dict[str, int]) -> str:
    """Write a conserved sum: ``E + 2 ES - P``."""
    text = " + ".join(name if abs(n) == 1 else f"{abs(n)} {name}" for name, n in law.items())
    for name, n in law.items():
        if n < 0:
            term = name if n == -1 else f"{-n} {name}"
            text = f"-{text}" if text.startswith(term) else text.replace(f" + {term}", f" - {term}", 1)
    return text


def listed(names: Iterable[str], most: int = _MOST_NAMES) -> str:
    """Join names with commas; of a long list the first ones."""
    items = list(names)
    more = f" ... and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


def _part(title: str, rows: list[tuple[str, RenderableType]]) -> list[Any]:
    return [heading(title), facts_table(rows), Text()]


def _structure(network: Network) -> list[tuple[str, RenderableType]]:
    structure, laws = network.structure, network.conservation_laws()
    complexes = structure.complexes
    inside = {name for law in laws for name in law}
    outside = [n for n in network.species_names if n not in inside and n not in network.fixed_species]
    conserved = [law_text(law) for law in laws]
    rows: list[tuple[str, str]] = [
        ("species", f"{len(network.species)}: {listed(network.species_names)}"),
        ("rate laws", listed(dict.fromkeys(type(r.rate).__name__ for r in network.reactions))),
        ("conserved", "\n".join([*conserved[:_MOST_NAMES], *_more(conserved)]) or "nothing"),
    ]
    if network.fixed_species:
        rows.append(("held constant", listed(n for n in network.species_names if n in network.fixed_species)))
    if laws and outside:
        rows.append(("in no law", listed(outside)))
    if network.missing_values:
        rows.append(("without a value", listed(network.missing_values)))
    rows += [
        ("complexes", f"{len(complexes)}: {listed(map(str, complexes), _few(complexes))}"),
        ("linkage classes", _classes(structure.linkage_classes, structure.terminal_classes)),
        ("rank", str(structure.rank)),
        ("deficiency", _deficiency(network)),
        ("reversible", _reversible(network)),
    ]
    return [(name, Text(value)) for name, value in rows]


def _few(items: tuple[Any, ...]) -> int:
    """Return how many of long names to show: all of a short list, a taste of a long one."""
    return _MOST_NAMES if len(items) <= _MOST_NAMES else 12


def _more(items: list[str]) -> list[str]:
    return [f"... and {len(items) - _MOST_NAMES} more"] if len(items) > _MOST_NAMES else []


def _classes(classes: tuple[tuple[Complex, ...], ...], terminal: tuple[tuple[Complex, ...], ...]) -> str:
    """List the classes with their complexes, what nothing leaves in brackets."""
    if len(classes) > 8 or sum(map(len, classes)) > _MOST_NAMES:
        return f"{len(classes)}, with {len(terminal)} terminal strong classes"
    ends = {members[0]: members for members in terminal}
    lines = []
    for members in classes:
        shown: list[str] = []
        closed = {c for m in ends.values() for c in m}
        shown += [str(c) for c in members if c not in closed]
        shown += [f"[{', '.join(map(str, m))}]" for m in ends.values() if m[0] in members]
        lines.append("{" + ", ".join(shown) + "}")
    return f"{len(classes)}, terminal strong classes in brackets\n" + "\n".join(lines)


def _deficiency(network: Network) -> str:
    s = network.structure
    sums = f"{s.deficiency} = {len(s.complexes)} complexes - {len(s.linkage_classes)} linkage classes - rank {s.rank}"
    parts = listed(map(str, s.linkage_deficiencies), _few(s.linkage_deficiencies))
    return sums + (f"; of the linkage classes: {parts}" if len(s.linkage_classes) > 1 else "")


def _reversible(network: Network) -> str:
    s = network.structure
    if s.is_reversible:
        return "yes"
    return "weakly: every reaction lies on a cycle" if s.is_weakly_reversible else "no, not weakly either"


def _theorems(network: Network) -> list[tuple[str, RenderableType]]:
    s = network.structure
    rows: list[tuple[str, RenderableType]] = []
    for ask in (s.deficiency_zero, s.deficiency_one):
        verdict = ask()
        rows.append((verdict.theorem.removesuffix(" theorem"), _verdict(verdict)))
    asked: list[tuple[str, Callable[[], str]]] = [
        ("complex balance", lambda: str(s.complex_balance())),
        ("detailed balance", lambda: str(s.detailed_balance())),
        ("robust species", lambda: _robust(network)),
        ("injectivity", lambda: _injective(network)),
    ]
    if network.is_mass_action:
        rows += [(name, Text(_answer(question))) for name, question in asked]
    else:
        rows.append(("mass action only", Text(listed(name for name, _ in asked) + " say nothing here")))
    if max(len(network.species), len(network.reactions)) <= _QUICK:
        rows.append(("siphons", Text(_answer(lambda: _siphons(network)))))
    return rows


def _verdict(verdict: Verdict) -> Text:
    sentence = str(verdict).removeprefix(f"{verdict.theorem}: ")
    text = Text(sentence[0].upper() + sentence[1:])
    text.stylize("green" if verdict else "yellow", 0, len("Applies" if verdict else "Does not apply"))
    return text


def _answer(question: Callable[[], str]) -> str:
    """Ask; where a theorem does not know the network, its refusal is the answer."""
    try:
        text = question()
    except TooManyError as error:
        text = f"too large: {error}"
    except CrnsymError as error:
        text = str(error)
    return text[0].upper() + text[1:] if text else text


def _robust(network: Network) -> str:
    found = network.structure.acr_species()
    if not found:
        return "none known" + ("" if network.structure.deficiency == 1 else " (the theorem needs deficiency one)")
    witnesses = "; ".join(f"{name}, as {a} and {b} differ in it alone" for name, (a, b) in found.items())
    return f"{witnesses}: the same concentration in every positive steady state, if there is one"


def _siphons(network: Network) -> str:
    from ..network.theory.siphons import persistence

    every, open_ = network.structure.siphons(), network.structure.siphons(critical=True)
    verdict = persistence(network)
    shown = listed(["{" + ", ".join(z) + "}" for z in every], 12) or "none"
    if verdict:
        return f"{shown}; nothing is critical. {verdict.conclusion}"
    critical = listed(["{" + ", ".join(z) + "}" for z in open_], 12) or "none"
    return f"{shown}; those without a conserved sum (what may die out): {critical}"


def _injective(network: Network) -> str:
    from ..network.theory.injectivity import injectivity

    verdict = injectivity(network, 20000)
    return verdict.conclusion if verdict else f"several positive steady states are not excluded: {verdict.reasons[0]}"


def _steady_states(network: Network) -> list[Any]:
    """Return the part on steady states: a table, or a line that says what is missing."""
    if max(len(network.species), len(network.reactions)) > _QUICK:
        return [heading("Steady states"), Text("not searched in a network of this size; ask steady_states(network)")]
    try:
        found = network.steady_states()
    except CrnsymError as error:
        return [heading("Steady states"), Text(str(error))]
    parts: list[Any] = [heading("Steady states")]
    if found.totals:
        parts.append(Text("with " + ", ".join(f"{t} = {float(v):.6g}" for t, v in found.totals.items())))
    if len(found):
        parts.append(_states_table(network, list(found)))
    elif found.isolated:
        parts.append(Text("none with non-negative concentrations"))
    if not found.isolated:
        parts.append(Text(f"{'Also a' if len(found) else 'A'} continuum of steady states, none of them isolated."))
    return [*parts, Text(found.method, style="dim")]


def _states_table(network: Network, states: list[SteadyState]) -> Table:
    """Return the states as columns, species as rows."""
    from rich.box import SIMPLE_HEAD

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("species")
    for s in states[:_STATES]:
        table.add_column(s.kind, justify="right")
    for name in network.species_names:
        if all(name in s.concentrations for s in states):
            table.add_row(Text(name), *(f"{s.concentrations[name]:.6g}" for s in states[:_STATES]))
    slowest = [f"{s.eigenvalues[0].real:.3g}" if s.eigenvalues else "" for s in states[:_STATES]]
    table.add_row(Text("largest eigenvalue", style="dim"), *(Text(e, style="dim") for e in slowest))
    return table
