"""The file of ``--rates``: what is known of rate constants beside the data, a line each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..data.trajectories import Trajectories
    from ..network.network import Network

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_VALUE = re.compile(
    rf"(?P<value>{_NUMBER})(?:\s*(?:±|\+/-|\+-)\s*(?P<error>{_NUMBER})\s*(?P<percent>%)?)?"
    rf"(?:\s*(?:at|@)\s*(?P<kelvin>{_NUMBER})\s*K)?"
)
_RANGE = re.compile(rf"(?P<low>{_NUMBER})\s*(?:\.\.|…)\s*(?P<high>{_NUMBER})")
_LINE = re.compile(r"(?P<key>[^@=]+?)\s*[@=]\s*(?P<told>.+)")
_FORM = "expected 'A + B -> C @ 0.3 ± 0.02', 'k1 = 0.3 ± 5 %', '... ± 0.02 at 298 K', '@ 0.3' (fixed) or '@ 0.1 .. 3'"


@dataclass(frozen=True)
class KnownRates:
    """Lines of the file, as `crnsym.discover` takes them.

    Attributes
    ----------
    rates
        {rate constant or reaction: (value, standard error) and kelvin where given, or a value that is fixed}.
    bounds
        {rate constant or reaction: (lowest, highest)}.
    """

    path: Path
    rates: dict[str, Any] = field(default_factory=dict)
    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def check(self, data: "Trajectories", networks: "Sequence[Network]" = ()) -> None:
        """Refuse a line that does not fit the data or the networks.

        Raises
        ------
        DataError
            With the number of the line.
        """
        from ..comparison.known_rates import knowledge
        from ..errors import CrnsymError, DataError

        for key, number in self.lines.items():
            rates, bounds = ({key: d[key]} if key in d else None for d in (self.rates, self.bounds))
            try:
                knowledge(data, rates, bounds, networks=networks)
            except CrnsymError as error:
                told = str(error).splitlines()[0]
                raise DataError(f"{self.path}, line {number}: {told}") from None


def read_rates(path: Path) -> KnownRates:
    """Read lines such as ``A + B -> C @ 0.3 ± 0.02``; ``#`` begins a comment.

    A value alone is fixed, an error may be a percentage, ``0.1 .. 3`` are bounds, and ``at 298 K`` is needed where the
    runs differ in temperature.

    Raises
    ------
    DataError
        No such file, or a line of another form, with its number.
    """
    from ..errors import DataError
    from ..formats.files import read_text

    found = KnownRates(path)
    for number, line in enumerate(read_text(path).splitlines(), 1):
        text = line.split("#")[0].strip()
        if not text:
            continue
        split = _LINE.fullmatch(text)
        if split and re.search(r"<->|<=>|⇌", split["key"]):
            raise DataError(
                f"{path}, line {number}: '{split['key']}' are two reactions; give each a line with its rate"
            )
        value = split and _VALUE.fullmatch(split["told"].strip())
        limits = split and _RANGE.fullmatch(split["told"].strip())
        if not split or not (value or limits):
            raise DataError(f"{path}, line {number}: {_FORM}; found '{text}'")
        key = " ".join(split["key"].split())
        if key in found.lines:
            raise DataError(f"{path}, line {number}: '{key}' stands in line {found.lines[key]} already")
        found.lines[key] = number
        if limits:
            found.bounds[key] = float(limits["low"]), float(limits["high"])
        elif value:
            found.rates[key] = _told(value)
    if not found.lines:
        raise DataError(f"{path}: no rates; {_FORM}")
    return found


def _told(match: re.Match[str]) -> float | tuple[float, ...]:
    value = float(match["value"])
    kelvin = () if match["kelvin"] is None else (float(match["kelvin"]),)
    if match["error"] is None:
        return (value, 0.0, *kelvin) if kelvin else value
    error = float(match["error"]) * (value / 100 if match["percent"] else 1.0)
    return (value, error, *kelvin)
