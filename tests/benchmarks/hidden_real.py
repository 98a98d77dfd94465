"""Hidden species in real data: what is proposed unasked, and how it does on runs that are left out.

``python -m tests.benchmarks.hidden_real [cephalexin_synthesis theophylline gas_oil_cracking] [--budget S] [--noise F]``

The best mechanisms with and without hidden species are refitted by plain least squares with the starts fixed at the
first rows (the setting of the published figures): sum of squared errors, BIC, and the sum over runs of the squared
errors of a run predicted from the fit to the others. Needs the shared data.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crnsym import discover, read_table
from crnsym.comparison.describe import reaction_texts
from crnsym.data.noise import NoiseModel
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.problem import FitProblem, fit_problem
from crnsym.search.widen import with_hidden, with_hidden_as

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "real"
NAMES = ("cephalexin_synthesis", "theophylline", "gas_oil_cracking")


def plain(data: Trajectories) -> FitProblem:
    """Plain least squares from the first rows."""
    noise = NoiseModel(np.zeros(len(data.species)), np.ones(len(data.species)))
    problem = fit_problem(data, noise, smooth(data, noise), fixed=True)
    problem.present[:, 0] = False
    return problem


def figures(fit: Fit, problem: FitProblem) -> tuple[float, int, float, float]:
    """Sum of squares, fitted numbers, BIC and left-out sum of squares."""
    charged = fit.problem.free[:, problem.free.shape[1] :].any()  # the hidden start is fitted in every run
    whole = with_hidden(problem, "free") if charged else with_hidden_as(fit.problem, problem)
    start = np.hstack([whole.start[:, : len(problem.species)], fit.initial_states[:, len(problem.species) :]])
    best = fit_mechanism(fit.mechanism, whole, initial=start, iterations=60, tolerance=1e-7, pinned=fit.pinned)
    count, rates = int(problem.present.sum()), len(best.mechanism.log_rates) - len(best.pinned)
    runs = np.arange(len(problem.lengths))
    left_out = 0.0
    for run in runs if len(runs) > 2 and not charged else []:
        others = fit_mechanism(best.mechanism, whole.thin(np.delete(runs, run)), iterations=30, pinned=fit.pinned)
        left_out += fit_mechanism(others.mechanism, whole.thin(np.array([run])), iterations=0).chi2
    rates += len(runs) * int(charged)
    return best.chi2, rates, count * np.log(best.chi2 / count) + rates * np.log(count), left_out


def report(name: str, budget: float, noise: str) -> None:
    """Search, then figures of the first three candidates and of the best without hidden species."""
    data = read_table(FOLDER / name / "data.csv")
    found = discover(data, noise=noise, time_budget=budget)
    problem = plain(data)
    visible = [c for c in found if not c.hidden_species][:1]
    shown: Sequence = [*found.candidates[:3], *(c for c in visible if c not in found.candidates[:3])]
    print(f"\n{name}: {problem.present.sum()} values, {found.details['seconds']:.0f} s")
    for c in shown:
        squares, rates, bic, left_out = figures(c.fit, problem)
        hidden = ", ".join(c.hidden_species) or "none"
        print(f"  hidden {hidden}; free numbers {rates}: SSE {squares:.5g}, BIC {bic:.1f}, left out {left_out:.5g}")
        print("    " + "; ".join(reaction_texts(c.mechanism)))
        print("    " + ", ".join(f"{k} = {v:.4g}" for k, v in c.rates.items()))
    print(f"  {found.statement}")
    for remark in found.remarks:
        print(f"  {remark}")


def main() -> None:
    """Report on each data set."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--budget", type=float, default=120.0)
    parser.add_argument("--noise", default="absolute")
    options = parser.parse_args()
    for name in options.names:
        report(name, options.budget, options.noise)


if __name__ == "__main__":
    main()
