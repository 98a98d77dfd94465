"""Names that other formats accept: ASCII identifiers, one for each name, none used twice."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..network.symbols import symbol

if TYPE_CHECKING:
    from ..network.network import Network

_WORDS = """
time t_ pi exponentiale avogadro true false inf infinity nan notanumber delay rateof piecewise lambda and or not xor
implies if then else abs exp ln log log10 sqrt root pow power factorial floor ceil ceiling min max quotient rem sin
cos tan sec csc cot sinh cosh tanh sech csch coth arcsin arccos arctan asin acos atan asinh acosh atanh arcsinh
arccosh arctanh gt lt geq leq eq neq plus minus times divide sign model end species compartment const var at in is has
import function event unit substanceonly
"""
RESERVED = frozenset(_WORDS.split())
"""Words that SBML formulas or Antimony read as something else, in lower case."""


def identifier(name: str) -> str:
    """Return an ASCII identifier that resembles the name: ``"glucose-6-P"`` gives ``glucose_6_P``."""
    text = "".join(_ascii(c) for c in unicodedata.normalize("NFKC", name))
    text = re.sub(r"\W", "_", text)
    if not text or text[0].isdigit():
        text = "_" + text
    return text + "_" if text.lower() in RESERVED else text


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    title = unicodedata.name(character, "")
    if title.startswith("GREEK") and "LETTER " in title:
        word = title.split("LETTER ")[1].split(" ")[0].lower()
        return word.capitalize() if "CAPITAL" in title else word
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "_"


class Identifiers:
    """Gives each thing an identifier, the same for the same thing, different for different things."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {t for t in taken}
        self._given: dict[tuple[str, str], str] = {}

    def give(self, kind: str, name: str) -> str:
        """Return the identifier of the thing of that kind and name."""
        key = (kind, name)
        if key not in self._given:
            base = identifier(name)
            found, i = base, 1
            while found in self._taken:
                i += 1
                found = f"{base}_{i}"
            self._taken.add(found)
            self._given[key] = found
        return self._given[key]


class ElementIdentifiers:
    """The identifiers that a file gives to the named things of a network.

    Parameters
    ----------
    taken
        Words of the format that are no identifiers.

    Attributes
    ----------
    species, parameters, observables
        {name: identifier}.
    symbols
        {symbol of a species, parameter or observable: identifier}.
    give
        Gives identifiers to further things.
    """

    def __init__(self, network: "Network", taken: Iterable[str] = ()) -> None:
        ids = Identifiers(taken)
        self.species = {name: ids.give("species", name) for name in network.species_names}
        self.parameters = {name: ids.give("parameter", name) for name in network.parameters}
        self.observables = {name: ids.give("observable", name) for name in network.observables}
        for reaction in network.reactions:  # names first, numbers for the rest
            if reaction.name:
                ids.give("reaction", reaction.name)
        named = {**self.observables, **self.parameters, **self.species}
        self.symbols = {symbol(name): identifier for name, identifier in named.items()}
        self.give = ids.give
