"""The demonstration: measurements that ship with the package, and what was published about them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .discover import discover_in_table
from .options import Columns, Machine, Out, Seed

if TYPE_CHECKING:
    from ..comparison.result import Discovery
    from ..network.network import Network


def demo(
    out: Out = Path("crnsym-demo"),
    seed: Seed = 0,
    time_budget: Annotated[float, typer.Option(min=1, help="Seconds after which the best so far is taken.")] = 600.0,
) -> None:
    """Discover a mechanism from measurements that ship with the package (alpha-pinene isomerisation, 1947)."""
    from importlib.resources import as_file, files

    from ..formats import read

    options = {"seed": seed, "time_budget": time_budget}
    folder = files("crnsym") / "data" / "demo"
    print(
        "Thermal isomerisation of alpha-pinene in the liquid, weight percent against seconds, one run of 9 samples: "
        "Fuguitt & Hawkins, J. Am. Chem. Soc. 69 (1947) 319."
    )
    with as_file(folder / "alpha_pinene.csv") as path:
        found = discover_in_table([path], out, options, "alpha-pinene isomerisation", Machine(), Columns())
    if not found.complete:
        return
    with as_file(folder / "alpha_pinene.crn") as path:
        print("\nThe steps published for these data, and what this search says of them without knowing any:")
        for line in judged(found, read(path)):
            print(f"  {line}")


def judged(found: "Discovery", published: "Network") -> list[str]:
    """Say of each reaction of a published network how sure a search is of it, a line each."""
    from ..comparison.certainty import word
    from ..comparison.describe import reaction_texts
    from ..comparison.given import given_mechanism

    texts = reaction_texts(given_mechanism(published, found.data, "the published network"))
    width = max(map(len, texts))
    sure = [found.inclusion.get(text, 0.0) for text in texts]
    return [f"{text:<{width}}  {word(p)} ({p:.2f})" for text, p in zip(texts, sure, strict=True)]
