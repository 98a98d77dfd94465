"""The public names by topic: what each part of the reference is about."""

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Topic:
    """A page of the reference.

    Attributes
    ----------
    key, title, about
        The name of its file, its heading, and a sentence under it.
    modules
        Where its names are defined; the longest that fits a name's module decides.
    """

    key: str
    title: str
    about: str
    modules: tuple[str, ...]


TOPICS = (
    Topic(
        "finding",
        "Discover and compare",
        "From measurements to a ranked list of mechanisms, and what a mechanism of that list is.",
        (
            "discovery", "comparison.compare", "comparison.result", "comparison.candidate", "comparison.rate_table",
            "comparison.saved",
        ),
    ),
    Topic(
        "data",
        "Measurements",
        "Tables in and out, what was done to the vessel, and parts of a data set.",
        ("data",),
    ),
    Topic(
        "certainty",
        "How sure, and what to measure next",
        "Intervals, what the data determine, predictions with their bands, and the experiment that decides.",
        ("comparison",),
    ),
    Topic(
        "rate_laws",
        "Orders and rate laws",
        "Apparent orders and the law of one reaction from data, and the laws a reaction of a network can have.",
        ("comparison.orders", "comparison.rate_laws", "network.rate_laws"),
    ),
    Topic(
        "programs",
        "In programs and on many machines",
        "Searches that run beside other work, an estimator, folders of tables, and who does the fits.",
        ("jobs", "training"),
    ),
    Topic(
        "networks",
        "Networks",
        "Species, reactions and networks; their text, their units, and what is wrong with them.",
        ("network",),
    ),
    Topic(
        "theory",
        "Theory",
        "What the structure of a network says without a simulation, and its steady states.",
        ("network.theory", "network.steady", "network.laws", "network.equations"),
    ),
    Topic(
        "mechanisms",
        "Mechanisms beside each other",
        "The same rate equations from other reactions, fewer species, lower orders; how far two networks are apart.",
        (
            "network.reduction", "network.elementary", "network.lifting", "network.matching", "network.equivalence",
            "network.realisations", "network.confounding", "network.recognise", "dynamics.elementary_check",
        ),
    ),
    Topic(
        "simulation",
        "Simulation",
        "Courses in time, molecule by molecule or as concentrations, and networks as compiled functions.",
        ("dynamics",),
    ),
    Topic(
        "moments",
        "Moments and noise",
        "Means and variances of molecules, exact or closed, and the whole distribution where it is small.",
        ("network.moments", "dynamics.moments"),
    ),
    Topic(
        "lattice",
        "Lattices and snapshots",
        "Molecules that sit on a lattice: simulated, the rules behind their pictures, and learned closures.",
        ("snapshots", "data.snapshots", "data.snapshot_files", "data.pictures", "dbm", "closures", "dynamics.lattice",
         "report.dbm"),
    ),
    Topic(
        "formats",
        "Files of models",
        "SBML, PEtab and other formats, read and written.",
        ("formats", "refit.petab", "comparison.petab"),
    ),
    Topic(
        "figures",
        "Reports and figures",
        "The report as one page, and each of its figures by itself.",
        ("report",),
    ),
    Topic(
        "learners",
        "Learners and their parts",
        "The neural network, its rounding to integers, and fits of thousands of mechanisms.",
        ("crnn", "data.mechanism", "rounding", "refit"),
    ),
    Topic("errors", "Errors", "Everything that crnsym raises on purpose has one base.", ("errors",)),
)  # fmt: skip


def names_by_topic() -> dict[Topic, list[str]]:
    """Return the public names of every topic, functions before classes."""
    found: dict[Topic, list[str]] = {topic: [] for topic in TOPICS}
    for name, module in homes().items():
        found[topic_of(module)].append(name)
    return {topic: sorted(names, key=lambda name: (name[0].isupper(), name.lower())) for topic, names in found.items()}


def homes() -> dict[str, str]:
    """Return {public name: module that defines it} from the stub, which is the table of contents."""
    tree = ast.parse((Path(__file__).parents[1] / "__init__.pyi").read_text(encoding="utf-8"))
    return {a.name: n.module or "" for n in tree.body if isinstance(n, ast.ImportFrom) for a in n.names}


def topic_of(module: str) -> Topic:
    """Return the topic of a module.

    Raises
    ------
    KeyError
        No topic has it: add the module to one.
    """
    fits = {m: t for t in TOPICS for m in t.modules if module == m or module.startswith(f"{m}.")}
    if not fits:
        raise KeyError(f"no topic of the reference has the module {module}; add it to TOPICS")
    return fits[max(fits, key=len)]
