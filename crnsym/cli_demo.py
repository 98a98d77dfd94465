"""The demonstration: measurements that ship with the package, and what was published about them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import cli_discovery

if TYPE_CHECKING:
    from .comparison.result import Discovery
    from .network.network import Network


def run(out: Path, options: dict[str, Any]) -> None:
    """Search, then hold what was published against the answer."""
    from importlib.resources import as_file, files

    from .formats import read

    folder = files("crnsym") / "data" / "demo"
    print(
        "Thermal isomerisation of alpha-pinene in the liquid, weight percent against seconds, one run of 9 samples: "
        "Fuguitt & Hawkins, J. Am. Chem. Soc. 69 (1947) 319."
    )
    with as_file(folder / "alpha_pinene.csv") as path:
        found = cli_discovery.discover_in_table([path], out, options, title="alpha-pinene isomerisation")
    if not found.complete:
        return
    with as_file(folder / "alpha_pinene.crn") as path:
        print("\nThe steps published for these data, and what this search says of them without knowing any:")
        for line in judged(found, read(path)):
            print(f"  {line}")


def judged(found: "Discovery", published: "Network") -> list[str]:
    """Say of each reaction of a published network how sure a search is of it, a line each."""
    from .comparison.certainty import word
    from .comparison.describe import reaction_texts
    from .comparison.given import given_mechanism

    texts = reaction_texts(given_mechanism(published, found.data, "the published network"))
    width = max(map(len, texts))
    sure = [found.inclusion.get(text, 0.0) for text in texts]
    return [f"{text:<{width}}  {word(p)} ({p:.2f})" for text, p in zip(texts, sure, strict=True)]
