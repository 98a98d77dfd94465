"""Each real file from its own form to an answer: ``python -m tests.benchmarks.real_files [FILES] [--budget S]``.

Runs ``crnsym discover`` as a chemist would, with no options but those that the README names, and prints a row a file:
verdict, best mechanism, seconds, and what the source says. ``--out DIR`` keeps the folders of results. Needs the shared
files; where an option is a table (what was fed, pure formulas), it is written here or lies beside the file.

The mechanisms of the sources are quoted to judge the answers by eye; nothing is tuned to them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "shared" / "cases" / "real"
FEED = "time,operation,until,volume,flow,B\n,start,,1,,\n0,feed,15,,0.1,2\n"


@dataclass(frozen=True)
class Case:
    """A file, what is said beside it, and what its source says.

    Attributes
    ----------
    file
        Name in the folder of real files.
    options
        Of the command line; ``{folder}`` stands for the folder of the file.
    source
        The mechanism of the source.
    operation
        Text of the table of what was done to the vessel.
    formulas
        Further lines of the file of formulas.
    """

    file: str
    options: tuple[str, ...] = ()
    source: str = ""
    operation: str = ""
    formulas: str = ""


CASES = (
    Case("acoet_hydrolysis.csv", (), "AcOEt + H2O -> AcOH + EtOH, by the acid"),
    Case(
        "chloroperacetic.csv",
        ("--formulas", "{folder}/chloroper.formulas"),
        "acid + H2O2 <-> peracid + H2O; peracid (and H2O2) -> O2",
    ),
    Case(
        "edc_single.csv",
        ("--formulas", "{folder}/edc.formulas"),
        "EDC + acid -> I; I + acid -> Anhyd + urea; I -> acid + urea; Anhyd -> 2 acid; perhaps I -> acyl urea",
    ),
    Case(
        "edc_single.csv",
        ("--formulas", "{folder}/edc.formulas"),
        "the same, with I -> AcylUrea tried",
        formulas="AcylUrea C15H23N3O2\n",
    ),
    Case("edc_combo_blocks.csv", ("--formulas", "{folder}/edc.formulas"), "the same, five runs with pyridine"),
    Case("fedbatch.csv", (), "A + B -> C, B fed; B and C are those of k = 0.100 (scipy, start 2.02)", FEED),
    Case("flory_polyester.csv", ("--species", "DEG,AdA"), "DEG + 2 AdA -> ester (the acid is the catalyst)"),
    Case("hmf_3runs_prepared.csv", (), "HMF -> DFF, HMFCA; both -> FFCA -> FDCA"),
    Case("indometh.csv", ("--vessel", "open", "--hidden", "1"), "plasma <-> tissue; plasma -> 0"),
    Case("kipet_fedbatch_raw.csv", (), "A + B -> C, B fed; B and C are those of k = 0.100 (scipy, start 2.02)", FEED),
    Case("kipet_long.txt", (), "A -> B -> C"),
    Case("kipet_spectra_head.txt", ("--spectra", "auto"), "A -> B -> C, the first 20 of 300 times"),
    Case("perelson.csv", (), "I -> V; I -> 0; V -> 0, one clearance"),
    Case("phenolphthalein_absorbance_prepared.csv", (), "P + OH <-> POH, 4 levels of OH"),
    Case(
        "phenolphthalein_absorbance_prepared.csv",
        ("--observable", "Ph = s*P + b", "--per-run", "s"),
        "P + OH <-> POH, 4 levels of OH",
    ),
    Case("rahman.csv", (), "growth of a prevalence to a plateau"),
    Case("tosylate_5points.csv", (), "Tos -> Nep -> Prop"),
)


def searched(case: Case, out: Path, budget: float) -> tuple[dict, float, str]:
    """Search a file; return its ``run.json``, seconds, and what was said where it failed."""
    told = [text.format(folder=FOLDER) for text in case.options]
    if case.formulas:
        place = out.with_suffix(".formulas")
        given = Path(told[told.index("--formulas") + 1]).read_text(encoding="utf-8")
        place.write_text(f"{given.rstrip()}\n{case.formulas}", encoding="utf-8")
        told[told.index("--formulas") + 1] = str(place)
    if case.operation:
        table = out.with_suffix(".operation.csv")
        table.write_text(case.operation, encoding="utf-8")
        told += ["--operation", str(table)]
    command = [sys.executable, "-m", "crnsym", "discover", str(FOLDER / case.file), "--out", str(out), *told]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--workers", "1", "--time-budget", str(budget)], capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    (out.parent / f"{out.name}.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    record = out / "run.json"
    return json.loads(record.read_text()) if record.exists() else {}, seconds, (done.stderr or done.stdout).strip()


def rows(case: Case, out: Path, budget: float) -> list[str]:
    """Lines of the table for one file."""
    record, seconds, said = searched(case, out, budget)
    given = " ".join(text.format(folder=".") for text in case.options) + (" --operation" if case.operation else "")
    given += f" + {case.formulas.strip()}" if case.formulas else ""
    head = f"{case.file} {given}".strip()
    if not record:
        return [head, f"    no answer in {seconds:.0f} s: {said.splitlines()[-1] if said else 'nothing was said'}"]
    found = out / "best.crn"
    best = [line for line in found.read_text().splitlines() if "->" in line] if found.exists() else []
    finished = "" if record["complete"] else ", stopped by the budget"
    return [
        f"{head}: {record['verdict']}, {seconds:.0f} s{finished}",
        *(f"    {line.split('  #')[0].strip()}" for line in best),
        f"    source: {case.source}",
        f"    {record['statement']}",
        *(f"    Note: {remark}" for remark in record["remarks"]),
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", default=[""], help="parts of the names of files; all by default")
    parser.add_argument("--budget", type=float, default=600.0)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.out or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        for number, case in enumerate(CASES):
            if any(part in case.file for part in chosen.files):
                place = folder / f"{number:02d}_{Path(case.file).stem}"
                print("\n".join(rows(case, place, chosen.budget)), "\n", flush=True)


if __name__ == "__main__":
    main()
