"""Rules that name what two neighbouring sites hold, such as ``"(A, 0) -> (B, 0)"``."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ...errors import NetworkError
from ..network import Network

TURNED = " or turned round"


class SiteRule(NamedTuple):
    """What two neighbours hold before and after, and whether that is exchanged half of the times.

    Species count from 1, and 0 is an empty site; the first site is the one that is not empty, if one is.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    shuffled: bool


def site_rules(network: Network, rules: Mapping[str, Any]) -> list[tuple[SiteRule, Any]]:
    """Read rules of two neighbouring sites and their rates.

    The rate is that of two neighbours that hold just this, whichever stands where. Behind ``or turned round`` what the
    sites hold after is exchanged half of the times.

    Raises
    ------
    NetworkError
        A rule that cannot be read, or that names no species of the network.
    """
    if not isinstance(rules, Mapping):
        raise NetworkError(f"rules={rules!r}: give rates by rule, such as {{'(A, 0) -> (B, 0)': 0.5}}")
    return [(_read(network, str(text)), rate) for text, rate in rules.items()]


def _read(network: Network, text: str) -> SiteRule:
    states = [_states(network, text, side) for side in text.removesuffix(TURNED).split("->")]
    if len(states) != 2:
        raise NetworkError(f"rules: '{text}' is none; write two sites before and after, as '(A, 0) -> (0, B)'")
    before, after = states
    if before[0] == 0:  # fewer draws where molecules are few
        before, after = before[::-1], after[::-1]
    return SiteRule((before[0], before[1]), (after[0], after[1]), text.endswith(TURNED) and after[0] != after[1])


def _states(network: Network, text: str, side: str) -> tuple[int, int]:
    names = side.strip().removeprefix("(").removesuffix(")").split(",")
    places = {"0": 0, **{name: i + 1 for name, i in network.species_index.items()}}
    held = [places[name.strip()] for name in names if name.strip() in places]
    if len(held) != 2 or len(names) != 2:
        raise NetworkError(
            f"rules: '{text}' holds '{side.strip()}'; write what two neighbouring sites hold, as '(A, 0) -> (0, B)', "
            f"with 0 or one of {', '.join(network.species_names)}"
        )
    return held[0], held[1]
