"""Hidden species of assumed composition on real data: the autocatalytic reduction of permanganate by oxalic acid.

``python -m tests.benchmarks.oxidation_states [states|manganese] [--seed N] [--budget S]``

*states*: the oxidation states as the authors of the data assumed them, and what more there may be (oxalate and carbon
dioxide in excess, a radical); *manganese*: two unmeasured species, and the balance of manganese alone. The measure
(MRSE) is the authors': every run simulated from its first row; per run the squared errors of both measured species
over their squared deviations from their common mean; the mean over the runs. Needs the shared data.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crnsym import discover, read_table
from crnsym.comparison.describe import reaction_texts
from crnsym.comparison.predict import predict
from crnsym.comparison.result import Discovery
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit

FILE = Path(__file__).parents[3] / "shared" / "data" / "real" / "permanganate_oxalate" / "data.csv"
MEASURED = ("Mn7", "Mn3")
STATES = {
    "Mn7": "Mn^7+",
    "Mn3": "Mn^3+",
    "Mn2": "Mn^2+",
    "Mn6": "Mn^6+",
    "Mn5": "Mn^5+",
    "Mn4": "Mn^4+",
    "R": "C2^7+",
    "Ox": "C2^6+ excess",
    "CO2": "C^4+ excess",
}
MANGANESE = {"Mn7": "Mn", "Mn3": "Mn", "Mn2": "Mn", "X": "Mn", "Y": "Mn"}


def mrse(fit: Fit, data: Trajectories) -> float:
    """Of a fitted mechanism, from the first rows."""
    start = np.zeros((len(data), len(fit.mechanism.species)))
    start[:, : len(data.species)] = [v[0] for v in data.values]
    courses = predict(fit.mechanism, start, data.times, fit.problem.noise)
    return relative(courses, data)


def pooled(found: Discovery, data: Trajectories) -> float:
    """Of the weighted mean of all candidates."""
    starts = [dict(zip(data.species, map(float, np.maximum(v[0], 0.0)), strict=True)) for v in data.values]
    return relative([found.predict(s, t).mean for s, t in zip(starts, data.times, strict=True)], data)


def relative(courses: Sequence[np.ndarray], data: Trajectories) -> float:
    """Mean over the runs of the relative squared error."""
    columns = [data.species.index(s) for s in MEASURED]
    errors = []
    for course, values in zip(courses, data.values, strict=True):
        y = values[:, columns]
        errors.append(((course[:, columns] - y) ** 2).sum() / ((y - y.mean()) ** 2).sum())
    return float(np.mean(errors))


def main() -> None:
    """Search, then a line for each candidate, and the first in full."""
    parser = argparse.ArgumentParser()
    parser.add_argument("assumed", nargs="?", choices=("states", "manganese"), default="states")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=400.0)
    options = parser.parse_args()
    data = read_table(FILE)
    formulas = STATES if options.assumed == "states" else MANGANESE
    found = discover(
        data,
        formulas=formulas,
        noise="absolute",
        starts="measured",
        seed=options.seed,
        time_budget=options.budget,
    )
    print(f"{'rank':>4} {'steps':>5} {'rates':>5} {'MRSE':>8} {'left out':>8} {'weight':>6}")
    for i, c in enumerate(found, 1):
        free = len(c.mechanism.log_rates) - len(c.fit.pinned)
        error = mrse(c.fit, data)
        print(f"{i:4} {len(c.mechanism.log_rates):5} {free:5} {error:8.5f} {c.test_error:8.4f} {c.weight:6.3f}")
    if len(found):
        print("\n".join(reaction_texts(found[0].mechanism)))
    print(f"pooled prediction of the candidates: MRSE {pooled(found, data):.5f}")
    print(found.statement)
    print("\n".join(found.remarks))
    print(f"{found.details['seconds']:.0f} s")


if __name__ == "__main__":
    main()
