"""Run cases of the SBML Test Suite: ``python -m tests.benchmarks.sbml_suite FOLDER``.

FOLDER is a case, or any folder with cases below it. Prints pass, wrong, refused and failed per tier, where a
``manifest.json`` above the cases names tiers, and every case that did not pass.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from crnsym.dynamics.sbml import Settings, simulate_case
from crnsym.errors import CrnsymError, UnsupportedError


def cases(folder: Path) -> list[Path]:
    """Return the folders of all deterministic cases in or below a folder."""
    found = {file.parent for file in folder.rglob("*-results.csv")}
    return sorted(f for f in found if "stochastic" not in f.parts)


def tiers(folder: Path) -> dict[str, str]:
    """Return {folder of a case: tier} of the nearest manifest at or above a folder."""
    for place in (folder, *folder.parents):
        if (place / "manifest.json").is_file():
            return {str(place / c["dir"]): c["tier"] for c in json.loads((place / "manifest.json").read_text())}
    return {}


def expected(case: Path) -> dict[str, np.ndarray]:
    """Return the columns of the results file of a case."""
    lines = next(case.glob("*-results.csv")).read_text().strip().splitlines()
    names = [name.strip().strip('"') for name in lines[0].split(",")]
    values = np.array([[float(x) for x in line.split(",")] for line in lines[1:] if line.strip()])
    return dict(zip(["time", *names[1:]], values.T, strict=True))


def judge(case: Path) -> tuple[str, str]:
    """Return (pass, wrong, refused or failed; why)."""
    try:
        got = simulate_case(case)
        settings = Settings.of(next(case.glob("*-settings.txt")))
    except UnsupportedError as error:
        return "refused", str(error)
    except CrnsymError as error:
        return "failed", f"{type(error).__name__}: {error}"
    for name, want in expected(case).items():
        with np.errstate(invalid="ignore"):
            off = np.abs(want - got[name]) > settings.absolute + settings.relative * np.abs(want)
        same = (want == got[name]) | (np.isnan(want) & np.isnan(got[name]))
        bad = (off | ~np.isfinite(want - got[name])) & ~same
        if bad.any():
            i = int(np.argmax(bad))
            return "wrong", f"{name} at time {got['time'][i]:g}: expected {want[i]:g}, got {got[name][i]:g}"
    return "pass", ""


def main(folder: str) -> int:
    """Judge all cases of a folder and print the table; returns the number of wrong ones."""
    found, tier = cases(Path(folder)), tiers(Path(folder).resolve())
    counts: Counter[tuple[str, str]] = Counter()
    begin = time.perf_counter()
    for case in found:
        verdict, why = judge(case)
        counts[tier.get(str(case.resolve()), "all"), verdict] += 1
        if verdict != "pass":
            print(f"{verdict:8}{case.name}  {why}")
    print(f"\n{'tier':12}{'pass':>8}{'wrong':>8}{'refused':>8}{'failed':>8}")
    for name in sorted({t for t, _ in counts}):
        print(f"{name:12}" + "".join(f"{counts[name, v]:8}" for v in ("pass", "wrong", "refused", "failed")))
    print(f"{len(found)} cases, {(time.perf_counter() - begin) / max(1, len(found)):.3f} s each")
    return sum(n for (_, verdict), n in counts.items() if verdict == "wrong")


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1]) else 0)
