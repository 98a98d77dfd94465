"""Does the proposed experiment decide: ``python -m tests.benchmarks.next_experiment``.

Five networks are measured too little for their mechanism to be known. One run is added: the proposed one, or one of
ten random designs of the same allowed starts and sampling times. All candidates are refitted; the table shows the
weight of the true mechanism, averaged over repetitions of the new run with fresh noise.
"""

import argparse
import time

import numpy as np

from crnsym.comparison.criteria import weights as weigh
from crnsym.comparison.experiments import next_experiment
from crnsym.comparison.proposal import Experiment
from crnsym.comparison.ranking import score_of
from crnsym.comparison.result import Discovery
from crnsym.data.noise import estimate_noise
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.discovery import discover
from crnsym.refit.fit import fit_mechanism
from crnsym.refit.problem import fit_problem
from crnsym.search.score import Score
from tests.benchmarks.calibration import problems
from tests.benchmarks.problems import Problem, measure, trajectory

RANDOM, REPETITIONS, CANDIDATES = 10, 16, 8
SAMPLES, ALLOWED = 8, 30
POINTS, RUNS, NOISE = 8, 2, 0.10  # of the data at hand
AMBIGUOUS = (0.02, 0.5)  # weight of the true mechanism before


def with_run(data: Trajectories, times: np.ndarray, values: np.ndarray) -> Trajectories:
    """Add one run."""
    return Trajectories(data.species, (*data.experiments, "new"), (*data.times, times), (*data.values, values))


def weight_after(
    found: Discovery, problem: Problem, start: np.ndarray, times: np.ndarray, noise: float, seeds: range
) -> float:
    """Mean weight of the true mechanism among the candidates after a further run."""
    truth = problem.truth.structure()
    course = trajectory(problem.truth, start, times)
    found_weights = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        data = with_run(found.data, times, course * (1 + noise * rng.standard_normal(course.shape)))
        model = estimate_noise(data)
        wide = fit_problem(data, model, smooth(data, model))
        score = Score(wide.count, len(data.species))
        fits = [fit_mechanism(c.mechanism, wide, iterations=30) for c in found.candidates[:CANDIDATES]]
        values = [score_of(f, score) if f.ok else np.inf for f in fits]
        true = [
            truth in {c.mechanism.structure(), *(m.structure() for m in c.alternatives)}
            for c in found.candidates[:CANDIDATES]
        ]
        found_weights.append(float(weigh(values)[np.array(true)].sum()))
    return float(np.mean(found_weights))


def ambiguous(problem: Problem, seeds: range) -> tuple[Discovery, float, int] | None:
    """Data too few to decide: the first seed at which the true mechanism is a candidate of middling weight."""
    truth = problem.truth.structure()
    for seed in seeds:
        data = measure(problem, seed, noise=NOISE, runs=RUNS, points=POINTS)
        found = discover(data, max_order=2, hidden=0, time_budget=3.0)
        for c in found.candidates[:CANDIDATES]:
            true = truth in {c.mechanism.structure(), *(m.structure() for m in c.alternatives)}
            if true and AMBIGUOUS[0] < c.weight < AMBIGUOUS[1]:
                return found, c.weight, seed
    return None


def main() -> None:
    """Print one line a problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--problems", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="first seed of the data")
    arguments = parser.parse_args()
    won = shown = 0
    print(f"{'network':16} seed before proposed best of {RANDOM}  median expected  typical  seconds")
    for name, problem in problems().items():
        if shown == arguments.problems or (arguments.only and name not in arguments.only):
            continue
        case = ambiguous(problem, range(arguments.first, arguments.first + 3))
        if case is None:
            continue
        found, before, seed = case
        began = time.process_time()
        allowed = np.linspace(0.0, problem.times[-1], ALLOWED)
        ranges = {s: (a, b) for s, a, b in zip(problem.observed, problem.low, problem.high, strict=True)}
        proposal: Experiment = next_experiment(found, ranges=ranges, times=allowed, samples=SAMPLES, seed=0)
        seconds = time.process_time() - began
        start = np.array([proposal.start[s] for s in problem.observed])
        repeated = range(REPETITIONS)
        proposed = weight_after(found, problem, start, proposal.times, NOISE, repeated)
        rng = np.random.default_rng(seed + 77)
        others = []
        for _ in range(RANDOM):
            times = np.append(0.0, np.sort(rng.choice(allowed[1:], SAMPLES - 1, replace=False)))
            others.append(weight_after(found, problem, rng.uniform(problem.low, problem.high), times, NOISE, repeated))
        shown, won = shown + 1, won + (proposed > max(others))
        print(
            f"{name:16} {seed:4} {before:6.2f} {proposed:8.3f} {max(others):10.3f} {np.median(others):7.3f} "
            f"{proposal.expected:8.2f} {proposal.typical:8.2f} {seconds:8.1f}",
            flush=True,
        )
    print(f"the proposed run beats the best of {RANDOM} random ones in {won} of {shown}")


if __name__ == "__main__":
    main()
