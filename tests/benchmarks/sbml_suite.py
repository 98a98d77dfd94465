"""Run cases of the SBML Test Suite: ``python -m tests.benchmarks.sbml_suite FOLDER``.

FOLDER is a case, or any folder with cases below it, stochastic ones too. Prints pass, wrong, refused and failed per
tier, where a ``manifest.json`` above the cases names tiers, and every case that did not pass.

Stochastic cases are judged at 10,000 runs by the rule of the DSMTS: for every time, the mean and the variance are
compared with the exact ones in units of their standard errors. One point of a column outside of the allowed range is
chance; with two or three (points of one column are correlated) the case is run once more with another seed.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from crnsym.dynamics.sbml import Settings, simulate_case, simulate_stochastic_case
from crnsym.errors import CrnsymError, UnsupportedError

RUNS = 10_000


def cases(folder: Path) -> list[Path]:
    """Return the folders of all cases in or below a folder."""
    return sorted({file.parent for file in folder.rglob("*-results.csv")})


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
        if any(name.endswith("-mean") for name in expected(case)):
            return judge_counts(case)
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


def judge_counts(case: Path) -> tuple[str, str]:
    """Return pass or wrong, and the numbers of points outside of the allowed range."""
    settings = Settings.of(next(case.glob("*-settings.txt")))
    for seed in (0, 1):
        outside = exceedances(simulate_stochastic_case(case, runs=RUNS, seed=seed), expected(case), settings)
        worst = max(outside.values())
        if worst <= 1 or worst > 3:
            break
    return ("pass", "") if worst <= 1 else ("wrong", f"points outside of the allowed range: {outside}")


def exceedances(got: dict[str, np.ndarray], want: dict[str, np.ndarray], settings: Settings) -> dict[str, int]:
    """Return, for each column, how many of its points the rule of the DSMTS rejects."""
    outside = {}
    for name in (n.removesuffix("-mean") for n in settings.output if n.endswith("-mean")):
        mean, sd = want[f"{name}-mean"], want[f"{name}-sd"]
        with np.errstate(all="ignore"):
            z = np.sqrt(RUNS) * (got[f"{name}-mean"] - mean) / sd
            y = np.sqrt(RUNS / 2) * (got[f"{name}-sd"] ** 2 / sd**2 - 1)
        sure = (sd == 0) & np.isclose(got[f"{name}-mean"], mean) & (got[f"{name}-sd"] == 0)
        for column, score, (low, high) in (("mean", z, settings.mean_range), ("sd", y, settings.sd_range)):
            outside[f"{name}-{column}"] = int((~(sure | ((low < score) & (score < high)))).sum())
    return outside


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
