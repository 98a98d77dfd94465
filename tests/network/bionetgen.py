"""A reader of reactions in BioNetGen files, just enough for tests of structure."""

from collections import Counter
from pathlib import Path

from crnsym import Complex, MassAction, Network, Reaction, parse_expression


def read_net(path: Path) -> Network:
    section, species, reactions = "", 0, []
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        if words[:1] == ["begin"]:
            section = words[1]
        elif words[:1] == ["end"]:
            section = ""
        elif section == "species" and words:
            species += 1
        elif section == "reactions" and words:
            left, right = (Complex(Counter(f"s{n}" for n in side.split(",") if n != "0")) for side in words[1:3])
            reactions.append(Reaction(left, right, MassAction(parse_expression(words[3]))))
    return Network(tuple(reactions), tuple(f"s{i + 1}" for i in range(species)))
