"""Are the intervals and the weights honest: ``python -m tests.benchmarks.calibration intervals weights``.

``intervals`` fits the true structure to fresh data sets of fifteen networks (5 and 10 % noise, rich and starved) and
counts how often the 90 % profile intervals of the identified combinations of rates hold the true value. ``weights``
discovers the mechanism from such data sets as `crnsym.discover` does by default (``--restricted``: measured species and
two molecules only) and compares what is said with what is true: verdicts, reliability curve, Brier score and expected
calibration error of mechanisms and of reactions, the 90 % set, and how often the 90 % intervals of the rates of a right
answer hold the true values. ``chain`` discovers A -> B -> C from single runs with absolute noise, 0.8 of 100, again and
again. All write one line a data set to ``--out`` and go on from what is there.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from crnsym.comparison.candidate import Candidate
from crnsym.data.mechanism import Mechanism
from crnsym.data.trajectories import Trajectories
from tests.benchmarks.problems import Problem, measure, parse, trajectory

WIDE = (0.3, 1.5)
LEVEL = 0.9
BINS = 10
SETTINGS = {
    f"{kind} {int(100 * noise)} %": {"noise": noise, "runs": runs, "points": points}
    for kind, runs, points in (("rich", 8, 30), ("starved", 2, 8))
    for noise in (0.05, 0.10)
}
NETWORKS: dict[str, tuple[str, dict[str, tuple[float, float]], float]] = {
    "reversible": ("A -> B @ 0.8; B -> A @ 0.4", {"A": WIDE, "B": (0.1, 0.6)}, 5.0),
    "chain": ("A -> B @ 0.7; B -> C @ 0.4", {"A": WIDE, "B": (0.1, 0.5)}, 8.0),
    "parallel": ("A -> B @ 0.5; A -> C @ 0.2", {"A": WIDE}, 6.0),
    "dimer": ("2 A -> B @ 0.9; B -> 2 A @ 0.3", {"A": (0.5, 2.0), "B": (0.1, 0.5)}, 5.0),
    "binding": ("A + B -> C @ 1.2; C -> A + B @ 0.3", {"A": WIDE, "B": WIDE}, 6.0),
    "consecutive": ("A + B -> C @ 0.9; A + C -> D @ 0.4", {"A": (0.6, 2.0), "B": WIDE}, 8.0),
    "autocatalysis": ("A + B -> 2 B @ 1.2; B -> C @ 0.3", {"A": WIDE, "B": (0.05, 0.3)}, 10.0),
    "catalysis": ("A + C -> B + C @ 0.9; C -> D @ 0.15", {"A": WIDE, "C": (0.3, 1.0)}, 8.0),
    "enzyme": ("E + S -> X @ 3; X -> E + S @ 0.7; X -> E + P @ 0.9", {"E": (0.2, 0.8), "S": (0.5, 2.0)}, 8.0),
    "epidemic": ("S + I -> 2 I @ 1.4; I -> R @ 0.4; R -> S @ 0.1", {"S": (0.6, 1.4), "I": (0.03, 0.2)}, 15.0),
    "predation": ("X -> 2 X @ 0.8; X + Y -> 2 Y @ 0.7; Y -> 0 @ 0.5", {"X": WIDE, "Y": WIDE}, 8.0),
    "open": ("0 -> A @ 0.5; A -> B @ 0.6; B -> 0 @ 0.3", {"A": WIDE, "B": WIDE}, 8.0),
    "dimer and decay": ("A -> B @ 0.5; B -> C @ 0.3; 2 A -> D @ 0.2", {"A": (0.4, 2.5), "B": (0.05, 0.5)}, 8.0),
    "cycle": ("A -> B @ 0.9; B -> C @ 0.6; C -> A @ 0.3", {"A": WIDE, "B": WIDE}, 8.0),
    "exchange": ("A + B -> C + D @ 0.9; C + D -> A + B @ 0.4", {"A": WIDE, "B": WIDE, "C": (0.1, 0.6)}, 6.0),
}


def problems() -> dict[str, Problem]:
    """Small networks of the textbooks."""
    result = {}
    for name, (reactions, start, end) in NETWORKS.items():
        truth = parse([line.strip() for line in reactions.split(";")])
        low = np.array([start.get(s, (0.0, 0.0))[0] for s in truth.species])
        high = np.array([start.get(s, (0.0, 0.0))[1] for s in truth.species])
        times = np.linspace(0.0, end, 30)
        result[name] = Problem(name, truth, low, high, times, 8, 0.05, truth.species)
    return result


def tasks(seeds: range) -> Iterator[tuple[str, Problem, Trajectories]]:
    """Data sets in turn over networks and settings, so that a run cut short has seen all of them."""
    settings = list(SETTINGS.items())
    for seed in seeds:
        for turn in range(len(settings)):
            for i, problem in enumerate(problems().values()):
                j = (i + turn) % len(settings)
                setting, options = settings[j]
                data = measure(problem, 1000 * seed + 40 * j + i, **options)  # type: ignore[arg-type]
                yield f"{problem.name}/{setting}/{seed}", problem, data


def discovered(problem: Problem, data: Trajectories, budget: float, restricted: bool = False) -> dict[str, Any]:
    """Scores and weights of what discovery reports, and which candidate and which reactions are true."""
    from crnsym.comparison.describe import reaction_texts
    from crnsym.discovery import discover

    limits = {"max_order": 2, "hidden": 0} if restricted else {}
    found = discover(data, time_budget=budget, **limits)
    truth = problem.truth.structure()
    reactions = set(reaction_texts(problem.truth))
    return {
        "scores": [c.score for c in found],
        "weights": [c.weight for c in found],
        "chi2": [c.chi2 for c in found],
        "parameters": [c.n_parameters for c in found],
        "count": found.problem.count,
        "free": int(found.problem.free.sum()),
        "true": [truth in {c.mechanism.structure(), *(m.structure() for m in c.alternatives)} for c in found],
        "inclusion": [[p, text in reactions] for text, p in found.inclusion.items()],
        "complete": found.complete,
        "verdict": found.verdict,
        "ties": found.ties,
        "intervals": held(found.candidates[0], problem) if found.candidates else [],
    }


def held(best: Candidate, problem: Problem) -> list[bool]:
    """Whether the 90 % intervals of the rates of an answer hold the true values; empty for a wrong answer."""
    if best.mechanism.structure() != problem.truth.structure():
        return []
    from crnsym.refit.freedom import two_sided

    truth = {(a, b): k for a, b, k in reactions_of(problem.truth)}
    width = two_sided(LEVEL, best.fit.degrees_of_freedom)
    errors = best.fit.log_errors
    return [
        bool(abs(k - truth[a, b]) <= width * error)
        for (a, b, k), error, rate in zip(reactions_of(best.mechanism), errors, range(len(errors)), strict=True)
        if rate not in best.fit.pinned
    ]


def reactions_of(mechanism: Mechanism) -> list[tuple[tuple[int, ...], tuple[int, ...], float]]:
    """Reactants, products and log rate of each reaction."""
    sides = zip(mechanism.reactants.tolist(), mechanism.products.tolist(), mechanism.log_rates.tolist(), strict=True)
    return [(tuple(a), tuple(b), k) for a, b, k in sides]


def covered(problem: Problem, data: Trajectories) -> dict[str, Any]:
    """Whether the intervals of the identified combinations of the true structure hold the true values."""
    from crnsym.comparison.describe import ordered
    from crnsym.comparison.identifiability import identifiability
    from crnsym.comparison.intervals import profile_intervals
    from crnsym.comparison.polish import refit
    from crnsym.comparison.ranking import in_order, make_candidate
    from crnsym.data.noise import estimate_noise
    from crnsym.data.smoothing import smooth
    from crnsym.refit.problem import fit_problem
    from crnsym.search.score import Score

    noise = estimate_noise(data)
    fit = refit(problem.truth, fit_problem(data, noise, smooth(data, noise)))
    candidate = make_candidate(in_order(fit), Score(fit.count, len(data.species)))
    identified = identifiability(candidate, LEVEL).identified
    profiles = profile_intervals(candidate, LEVEL, [c.exponents for c in identified])
    true = dict(zip(candidate.rates, ordered(problem.truth).log_rates, strict=True))
    value = {c.text: float(np.exp(sum(p * true[k] for k, p in c.exponents.items()))) for c in identified}
    return {
        "laplace": [c.interval.low <= value[c.text] <= c.interval.high for c in identified],
        "profile": [profiles[c.text].low <= value[c.text] <= profiles[c.text].high for c in identified],
        "width": [c.interval.relative_error for c in identified],
        "rates": len(true),
    }


def recorded(
    path: Path,
    sets: Iterator[tuple[str, Problem, Trajectories]],
    work: Callable[[Problem, Trajectories], dict[str, Any]],
) -> list[dict[str, Any]]:
    """Do what is not in the file yet, a line a data set."""
    done = {row["label"]: row for row in map(json.loads, path.read_text().splitlines())} if path.exists() else {}
    for label, problem, data in sets:
        if label in done:
            continue
        began = time.process_time()
        row = {"label": label, **work(problem, data), "cpu": round(time.process_time() - began, 2)}
        with path.open("a") as file:
            file.write(json.dumps(row) + "\n")
        done[label] = row
        print(label, row["cpu"], flush=True)
    return list(done.values())


def chains(draws: range) -> Iterator[tuple[str, Problem, Trajectories]]:
    """One run of A -> B -> C each, 50 times, at rates from 0.1 to 1 and 0.02 to 0.4."""
    times = np.linspace(0.0, 25.0, 50)
    for draw in draws:
        rng = np.random.default_rng(7000 + draw)
        first, second = np.exp(rng.uniform(np.log([0.1, 0.02]), np.log([1.0, 0.4])))
        truth = parse([f"A -> B @ {first}", f"B -> C @ {second}"])
        start = np.array([100.0, 0.0, 0.0])
        values = trajectory(truth, start, times) + 0.8 * rng.normal(size=(50, 3))
        problem = Problem(f"chain {draw}", truth, start, start, times, 1, 0.8, truth.species)
        yield f"chain/absolute/{draw}", problem, Trajectories(truth.species, ("e0",), (times,), (values,))


def chain_found(problem: Problem, data: Trajectories, budget: float) -> dict[str, Any]:
    """Deviations of the rates in standard errors, and the estimated noise over the true one."""
    from crnsym.discovery import discover

    found = discover(data, time_budget=budget)
    best = found.candidates[0]
    right = best.mechanism.structure() == problem.truth.structure()
    truth = {(a, b): k for a, b, k in reactions_of(problem.truth)}
    far = [(k - truth[a, b]) for a, b, k in reactions_of(best.mechanism)] if right else []
    sigma = best.fit.problem.noise.sigma(np.concatenate(data.values))
    return {
        "right": right,
        "verdict": found.verdict,
        "far": (np.array(far) / best.fit.log_errors).tolist() if right else [],
        "noise": (np.sqrt((sigma**2).mean(axis=0)) / problem.noise).tolist(),
    }


def show_chains(rows: list[dict[str, Any]]) -> None:
    """Print how many are right, how many rates within three standard errors, and the noise."""
    far = np.abs([f for row in rows for f in row["far"]])
    noise = np.array([row["noise"] for row in rows])
    inside = np.mean((noise < 1.5) & (noise > 1 / 1.5))
    decided = [row["right"] for row in rows if row["verdict"] == "decided"]
    print(
        f"chain: {sum(r['right'] for r in rows)} of {len(rows)} right, decided {sum(decided)} of {len(decided)} rightly"
    )
    print(
        f"of {len(far)} rates {np.mean(far < 3):.3f} within three standard errors, {np.mean(far < 1.645):.3f} in 1.645"
    )
    print(f"noise: {inside:.3f} within a factor of 1.5, from {noise.min():.2f} to {noise.max():.2f}")


def show_intervals(rows: list[dict[str, Any]]) -> None:
    """Print coverage by setting and by network."""
    groups: dict[str, list[dict[str, Any]]] = {"all": rows}
    for row in rows:
        network, setting, _ = row["label"].split("/")
        groups.setdefault(setting, []).append(row)
        groups.setdefault(network, []).append(row)
    print(f"\n{'90 % intervals':18} sets identified of rates  profile  laplace")
    for name, members in groups.items():
        profile, laplace = ([flag for row in members for flag in row[key]] for key in ("profile", "laplace"))
        print(
            f"{name:18} {len(members):4} {len(profile):10} {sum(r['rates'] for r in members):8} "
            f"{np.mean(profile):8.3f} {np.mean(laplace):8.3f}"
        )


def pairs(rows: list[dict[str, Any]], temper: float = 1.0, least: float = 0.01) -> tuple[np.ndarray, np.ndarray]:
    """Weights of at least ``least`` and whether the candidates are true; scores divided by ``temper`` first."""
    weights, true = [], []
    for row in rows:
        scores = np.array(row["scores"])
        w = np.exp(-0.5 * (scores - scores.min()) / temper)
        weights += list(w / w.sum())
        true += row["true"]
    keep = np.array(weights) >= least
    return np.array(weights)[keep], np.array(true, float)[keep]


def tops(rows: list[dict[str, Any]], temper: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Weight of the best candidate of each data set and whether it is true."""
    each = [pairs([row], temper, 0.0) for row in rows]
    return np.array([w[0] for w, _ in each]), np.array([t[0] for _, t in each])


def calibration_error(weights: np.ndarray, true: np.ndarray) -> float:
    """Expected calibration error: |mean weight - frequency| over ten bins of equal width, weighed by their members."""
    place = np.minimum((weights * BINS).astype(int), BINS - 1)
    members = [place == b for b in range(BINS)]
    return float(sum(abs(weights[m].sum() - true[m].sum()) for m in members) / len(weights))


def show_weights(rows: list[dict[str, Any]]) -> None:
    """Print Brier scores, expected calibration errors and the reliability curve."""
    print(f"\n{'weights':22} number mean weight frequency  Brier    ECE")
    settings = {"all": rows} | {s: [r for r in rows if r["label"].split("/")[1] == s] for s in SETTINGS}
    for name, members in settings.items():
        for what, (w, true) in {"best": tops(members), "weight > 0.01": pairs(members)}.items():
            brier = float(((w - true) ** 2).mean())
            print(
                f"{name:8} {what:13} {len(w):6} {w.mean():11.3f} {true.mean():9.3f} {brier:6.3f} "
                f"{calibration_error(w, true):6.3f}"
            )
    w, true = pairs(rows)
    place = np.minimum((w * BINS).astype(int), BINS - 1)
    for b in np.unique(place):
        m = place == b
        span = f"{b / BINS:.1f} to {(b + 1) / BINS:.1f}"
        print(f"  {span}: {m.sum():4} candidates, weight {w[m].mean():.2f}, true {true[m].mean():.2f}")
    single = np.array([pair for r in rows for pair in r["inclusion"] if pair[0] >= 0.01], float)
    error = calibration_error(single[:, 0], single[:, 1])
    print(f"inclusion of {len(single)} reactions: Brier {np.mean(np.subtract(*single.T) ** 2):.3f}, ECE {error:.3f}")
    present = np.mean([any(r["true"]) for r in rows])
    print(f"the true mechanism is among the candidates in {present:.2f} of the sets")
    show_verdicts(rows)


def show_verdicts(rows: list[dict[str, Any]]) -> None:
    """Print how often each verdict is right, the 90 % set by richness, and the coverage of the intervals."""
    for word in sorted({r["verdict"] for r in rows}):
        first = [r["true"][0] for r in rows if r["verdict"] == word and r["true"]]
        print(f"{word:12} right {sum(first):3} wrong {len(first) - sum(first):3}")
    for kind in ("rich", "starved"):
        members = [r for r in rows if kind in r["label"]]
        inside = [bool(np.any(np.array(r["true"])[: in_set(r["weights"])])) for r in members]
        right = [r for r in members if r["true"] and r["true"][0]]
        said = sum(r["verdict"] == "decided" for r in right)
        print(f"{kind}: truth in the 90 % set {sum(inside)} of {len(inside)}; of {len(right)} right, {said} decided")
    flags = [flag for r in rows for flag in r["intervals"]]
    print(f"90 % intervals of {len(flags)} rates of right answers: {np.mean(flags):.3f} hold the true value")


def in_set(weights: list[float]) -> int:
    """Return the number of best candidates that together have at least the weight LEVEL."""
    return int(np.searchsorted(np.cumsum(weights), LEVEL - 1e-9)) + 1


def draw(path: Path, rows: list[dict[str, Any]]) -> None:
    """Draw the reliability curve."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.2, 4.0), layout="constrained")
    ax = figure.add_subplot()
    ax.plot([0, 1], [0, 1], color="0.7", lw=1)
    for what, (w, true) in {"best candidate": tops(rows), "all candidates above 0.01": pairs(rows)}.items():
        place = np.minimum((w * BINS).astype(int), BINS - 1)
        bins = [place == b for b in np.unique(place)]
        rates = np.array([true[m].mean() for m in bins])
        errors = [np.sqrt(max(true[m].mean() * (1 - true[m].mean()), 0.25 / m.sum()) / m.sum()) for m in bins]
        ax.errorbar([w[m].mean() for m in bins], rates, yerr=errors, marker="o", capsize=2, label=what)
    ax.set(xlabel="reported weight", ylabel="frequency of the true mechanism", xlim=(0, 1.02), ylim=(-0.02, 1.05))
    ax.legend(frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    """Run and summarise the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["intervals", "weights", "chain"])
    parser.add_argument("--seeds", type=int, default=1, help="sixty data sets each")
    parser.add_argument("--budget", type=float, default=120.0, help="seconds of search")
    parser.add_argument("--restricted", action="store_true", help="measured species and two molecules only")
    parser.add_argument("--draws", type=int, default=200, help="of the chain")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--out", type=Path, default=Path("calibration"))
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    if "chain" in arguments.parts:
        sets = chains(range(arguments.draws))
        show_chains(recorded(out / "chain.jsonl", sets, lambda p, d: chain_found(p, d, arguments.budget)))
    if "intervals" in arguments.parts:
        show_intervals(recorded(out / "intervals.jsonl", tasks(seeds), covered))
    if "weights" in arguments.parts:
        name = "restricted" if arguments.restricted else "weights"
        rows = recorded(
            out / f"{name}.jsonl",
            tasks(seeds),
            lambda p, d: discovered(p, d, arguments.budget, arguments.restricted),
        )
        show_weights(rows)
        draw(out / f"{name}.png", rows)


if __name__ == "__main__":
    main()
