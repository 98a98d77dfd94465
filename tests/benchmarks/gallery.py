"""Six real data sets, what was published of them and what a search says: ``python -m tests.benchmarks.gallery FOLDER``.

Writes the gallery of the handbook, ``examples/gallery.md``. FOLDER holds a folder a data set with its ``data.csv``
(``alpha_pinene``, ``gas_oil_cracking``, ``lynx_hare``, ``theophylline``, ``cephalexin_synthesis``,
``stat5_dimerisation``); where the measurements come from is said of each. Names after FOLDER measure these alone, and
keep what the page says of the others.
"""

import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import crnsym as cs
from tests.benchmarks.compare_real import DEVIATIONS, MECHANISMS, OBSERVABLES

PAGE = Path(__file__).parents[2] / "examples" / "gallery.md"
BUDGET = 3600.0  # seconds of a search: none needs them on a machine of its own

INTRODUCTION = """# Gallery

Real data sets: what the literature says, and what crnsym says of the same numbers. No search was told anything of
the chemistry. The measurements of alpha-pinene ship with the package; those of the others belong to their sources,
which are named. The page was written by `python -m tests.benchmarks.gallery FOLDER` over a folder with these tables.
"""


@dataclass(frozen=True)
class Entry:
    """A data set, what was published, and what is asked of it."""

    folder: str
    title: str
    source: str
    literature: str
    comment: str
    options: dict[str, Any] = field(default_factory=dict)


ENTRIES = (
    Entry(
        "alpha_pinene",
        "Alpha-pinene: five isomers in one pot",
        "Fuguitt, Hawkins, J. Am. Chem. Soc. 69 (1947) 319; Box et al., Technometrics 15 (1973) 33",
        "Five first-order steps (Hunter and MacGregor): alpha-pinene to dipentene and to alloocimene, alloocimene to "
        "pyronene, and alloocimene to its dimer and back. k = 5.93e-5, 2.96e-5, 2.05e-5, 2.75e-4, 4.00e-5 per second. "
        "Others added further steps.",
        "One run of nine samples, in weight percent. See also [comparing mechanisms](07_comparing_and_next.md).",
    ),
    Entry(
        "gas_oil_cracking",
        "Catalytic cracking of gas oil: lumps instead of molecules",
        "Tjoa and Biegler (1991), as stored in the COPS benchmark set",
        "Gas oil A is lost by second order in two ways, to gasoline Q (k = 11.8) and to gas and coke (k = 1.0); Q is "
        "lost by first order (k = 8.3). The order is two while one lump becomes one.",
        "Lumps need not keep molecules: `2 A -> A + Q` says second order and one for one.",
    ),
    Entry(
        "lynx_hare",
        "Lynx and hare: pelts of the Hudson Bay Company, 1900 to 1920",
        "After lecture notes of P. Howard; a case study of Stan by B. Carpenter",
        "Lotka-Volterra with free stoichiometry: hares breed (0.55 per year), are eaten (0.028), lynx are born of it "
        "(0.024) and die (0.80).",
        "Twenty-one noisy values a species; several laws of predation fit them.",
    ),
    Entry(
        "theophylline",
        "Theophylline: a drug that was swallowed",
        "R. Upton, distributed with NONMEM; the data set Theoph of R",
        "A depot that nobody measured: depot to plasma by first order (about 1.5 per hour), and plasma to nothing "
        "(about 0.09 per hour). Subjects differ.",
        "Only the plasma is in the table, twelve subjects. One mechanism with the same rates for all is asked for, "
        "which the literature does not claim.",
    ),
    Entry(
        "cephalexin_synthesis",
        "Cephalexin: an enzyme with a hidden intermediate",
        "Lagerman et al., Chem. Eng. J. 426 (2021) 131816; Lauterbach et al., Nature Methods 20 (2023) 400",
        "An acyl-enzyme is made from the ester PGME, and is taken by ADCA, which makes cephalexin, or by water, which "
        "makes phenylglycine PG. Net: PGME + ADCA -> CEX, PGME -> PG, CEX -> PG + ADCA.",
        "Eight runs, four species. Saturation makes it no mass action of the four measured species.",
    ),
    Entry(
        "stat5_dimerisation",
        "STAT5: dimers seen through ratios",
        "Boehm et al., J. Proteome Res. 13 (2014) 5685; PEtab benchmark collection",
        "Two proteins form three dimers, which enter the nucleus and come back; nine reactions and six parameters, "
        "one of them beyond what the data tell (the import of homodimers is fast).",
        "Three columns that are ratios of sums of eight species: not for a search, but for a comparison of given "
        "mechanisms (`examples/mechanisms/stat5`), with the published deviations.",
        {"noise": DEVIATIONS, "observables": OBSERVABLES, "fixed": {"spec": 0.107}},
    ),
)


def section(entry: Entry, shared: Path) -> str:
    """Return what the page says of a data set, measured now."""
    data = cs.read_table(shared / entry.folder / "data.csv")
    began = time.process_time()
    if entry.options:
        models = sorted((MECHANISMS / "stat5").glob("*.crn"))
        found = cs.compare([cs.read(p) for p in models], data, names=[p.stem for p in models], **entry.options)
    else:
        found = cs.discover(data, seed=0, time_budget=BUDGET)
    print(f"{entry.folder}: {time.process_time() - began:.0f} s of processor time, {found.verdict}", flush=True)
    return "\n".join(
        [
            f"## {entry.title}",
            "",
            f"*{entry.source}.* {len(data)} run{'s' * (len(data) > 1)}, {data.count} values.",
            "",
            f"**The literature.** {entry.literature}",
            "",
            f"**crnsym.** {found.statement}",
            "",
            "```",
            *answer(found[0], named=bool(entry.options)),
            "```",
            "",
            entry.comment,
            "",
        ]
    )


def answer(best: cs.Candidate, named: bool) -> list[str]:
    """Return the best mechanism with its numbers, a line each, and its misfit."""
    labels = [f"{best.name}: {name}" for name in best.rates] if named else best.reactions
    width = max(map(len, labels))
    lines = [f"{label:<{width}}  {number(best, name)}" for label, name in zip(labels, best.rates, strict=True)]
    hidden = f"; not measured: {', '.join(best.hidden_species)}" if best.hidden_species and not named else ""
    return [*lines, f"squared misfit a value {best.reduced:.2f}{hidden}"]


def number(best: cs.Candidate, name: str) -> str:
    """Return a rate with its error, or its bound."""
    if name in best.bounds:
        return f"> {best.bounds[name]:.2g}"
    if name in best.ceilings:
        return f"< {best.ceilings[name]:.2g}"
    return f"{best.rates[name]:.3g} ± {best.standard_errors[name]:.1g}"


def main() -> None:
    """Measure what is asked for; the page is written anew after each data set."""
    shared, wanted = Path(sys.argv[1]), sys.argv[2:] or [entry.folder for entry in ENTRIES]
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    parts = {part.split("\n")[0]: f"## {part}" for part in re.split(r"^## ", old, flags=re.MULTILINE)[1:]}
    for entry in ENTRIES:
        if entry.folder in wanted:
            parts[entry.title] = section(entry, shared)
            shown = [parts[e.title].rstrip() + "\n" for e in ENTRIES if e.title in parts]
            PAGE.write_text("\n".join([INTRODUCTION, *shown]), encoding="utf-8")


if __name__ == "__main__":
    main()
