"""Models: random networks through every format, names that no format likes, and damaged files."""

import json
import math
from pathlib import Path

import numpy as np

from crnsym.errors import UnsupportedError
from crnsym.formats import WRITABLE, read, write
from crnsym.network.complexes import quoted
from crnsym.network.network import Network
from crnsym.network.text import network

from ..case import Wrong, expect, valid
from ..damage import STRANGE, choice, damaged_bytes, damaged_text, damaged_value

EXACT = (".crn", ".json", ".xml")  # formats that keep everything
ALIKE = (".ant", ".net")  # formats that keep the rate equations
LAWS = ["{k}*{s}", "mm({s}, 2, 0.5)", "hill({s}, 1.5, 0.7, 2)", "{k}*{s}^2/(1 + {s})", "{k}*exp(-{s})*{s}"]


def random_text(random: np.random.Generator) -> str:
    """A network in the text format, any rate laws, with initial values and parameters."""
    names = [f"S{i}" for i in range(int(random.integers(2, 6)))]
    sides = [(a, b) for a, b in zip(names, [*names[1:], "0"], strict=True)]
    for _ in range(int(random.integers(0, 5))):
        left, right = (" + ".join(_term(random, names) for _ in range(int(random.integers(0, 3)))) for _ in range(2))
        if left or right:
            sides.append((left or "0", right or "0"))
    lines = [f"{a} -> {b} {_rate(random, f'k{j}', names)}" for j, (a, b) in enumerate(sides)]
    lines += [f"param k{j} = {random.lognormal():.4g}" for j, line in enumerate(lines) if f"k{j}" in line]
    return "\n".join([*lines, *(f"init {name} = {random.lognormal():.4g}" for name in names)])


def _term(random: np.random.Generator, names: list[str]) -> str:
    return choice(random, ["", "", "2 ", "3 "]) + choice(random, names)


def _rate(random: np.random.Generator, constant: str, names: list[str]) -> str:
    if random.random() < 0.4:
        return f"@ {choice(random, [constant, f'{random.lognormal():.3g}'])}"
    law = choice(random, LAWS).format(
        k=choice(random, [constant, f"{random.lognormal():.3g}"]), s=choice(random, names)
    )
    return f"@= {law}"


def random_network(random: np.random.Generator) -> Network:
    """The network of a random text, which must be one."""
    text = random_text(random)
    with valid(text):
        return network(text)


def flow(net: Network, point: dict[str, float]) -> dict[str, float]:
    """The rates of change at one point, by name of the species."""
    values = {net.symbol(name): value for name, value in point.items() if name in net.species_index}
    return {name: float(e.subs(values)) for name, e in net.odes(substitute=True).items()}


def model_written(random: np.random.Generator, folder: Path) -> None:
    """A network comes back equal, or with the same rate equations."""
    net = random_network(random)
    suffix = choice(random, [*EXACT, *ALIKE])
    try:
        write(net, folder / f"m{suffix}")
    except UnsupportedError:
        if suffix in EXACT:
            raise Wrong(f"{suffix} does not take\n{net}") from None
        raise
    with valid(f"{suffix} of {net}"):
        again = read(folder / f"m{suffix}")
    if suffix in EXACT:
        expect(again == net, f"{suffix}: {net}\n---\n{again}")
        return
    point = {name: float(random.lognormal()) for name in net.species_names}
    before, after = flow(net, point), flow(again, point)
    same = all(math.isclose(before[n], after.get(n, math.nan), rel_tol=1e-9, abs_tol=1e-12) for n in before)
    expect(same, f"{suffix}: {net}\n--- {before}\n--- {after}\n{again}")


def model_names(random: np.random.Generator, folder: Path) -> None:
    """Any printable name is written by every format, and comes back where the format is read."""
    name = "".join(
        choice(random, [*"ABkx_ ", *STRANGE, "A->B", "//", "λ", "H₂O", "e-", "pi", "E", "I"])
        for _ in range(random.integers(1, 4))
    )
    shown = name.replace("\\", "").strip() or "x"
    written = quoted(shown)
    net = network(f"{written}: {written} + B -> 2 {written} @ 0.5\ninit B = 1")
    expect(set(net.species_names) == {shown, "B"} and net.reactions[0].name == shown, net.species_names)
    suffix = choice(random, WRITABLE)
    write(net, folder / f"m{suffix}")
    expect((folder / f"m{suffix}").stat().st_size > 0, "nothing written")
    if suffix in EXACT:
        with valid(f"{suffix} of the name {shown!r}"):
            again = read(folder / f"m{suffix}")
        expect(again.species_names == net.species_names, f"{again.species_names} for {net.species_names} in {suffix}")
    with valid(str(net)):
        expect(network(str(net)) == net, f"the text of {shown!r}")
    net.latex("table")


def model_damaged(random: np.random.Generator, folder: Path) -> None:
    """A file that was damaged is read or refused."""
    suffix = choice(random, [*EXACT, *ALIKE])
    write(random_network(random), folder / f"m{suffix}")
    content = (folder / f"m{suffix}").read_bytes()
    if random.random() < 0.6:
        content = damaged_text(random, content.decode()).encode(errors="replace")
    if random.random() < 0.5:
        content = damaged_bytes(random, content)
    (folder / f"m{suffix}").write_bytes(content)
    str(read(folder / f"m{suffix}"))


def model_json_values(random: np.random.Generator, folder: Path) -> None:
    """JSON whose values are of other kinds is read or refused."""
    write(random_network(random), folder / "m.json")
    content = json.loads((folder / "m.json").read_text())
    for _ in range(int(random.integers(1, 4))):
        content = damaged_value(random, content)
    (folder / "m.json").write_text(json.dumps(content))
    str(read(folder / "m.json"))


def model_text(random: np.random.Generator, folder: Path) -> None:
    """Statements in any order, of any words, are a network or refused with their line."""
    words = [
        "A", "B", "2 A", "->", "<->", "+", "@", "@=", "k", "0.3", "init", "param", "obs", "const", "=", ";", "\n", "0",
        "mm(A, k, 2)", "hill(A,1,2,3)", "arrhenius(1, 5e4)", "A/B", "log10(A)", "A^B", "time", "T", "# x", ",", "^",
        *STRANGE,
    ]  # fmt: skip
    text = " ".join(choice(random, words) for _ in range(int(random.integers(1, 25))))
    if random.random() < 0.5:
        text = damaged_text(random, random_text(random))
    net = network(text)
    str(net), net.odes()


KINDS = {f.__name__: f for f in (model_written, model_names, model_damaged, model_json_values, model_text)}
