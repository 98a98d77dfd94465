"""Can second-order steps express a third-order reaction? The trial of the second seed, its failure and the answer.

``python -m tests.benchmarks.third_order [capped] [module] [finite] [figure FILE]``

*capped*: a network with total orders up to two, without a further species, on data of 3 A -> B and of 2 A + B -> C.
*module*: 2 A <-> Z, B + Z -> C given, rates from eight random starts, by four optimisers, on the same data.
*finite*: modules with finite K and rho, and one kappa at three rates k_-1: which description wins?
"""

import argparse
import time

import numpy as np

import crnsym as cs
from crnsym.comparison.describe import reaction_texts
from crnsym.comparison.polish import polish
from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.limits import limits
from crnsym.refit.normal_equations import normal_equations
from crnsym.refit.problem import FitProblem
from crnsym.rounding.intermediates import intermediates
from crnsym.search.widen import with_hidden
from tests.engine import arranged, columns_of

KAPPA = 0.4
SPECIES = ("A", "B", "C", "Z")
REACTANTS = np.array([[2, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 1]])
PRODUCTS = np.array([[0, 0, 0, 1], [2, 0, 0, 0], [0, 0, 1, 0]])
PRINTED = {  # orders and net vectors of the reactions in the seed
    "3 A -> B, 2 reactions": ("(2.196, 0) (2.195, 0)", "(-2.196, 0.719) (-2.195, 0.796)"),
    "3 A -> B, 3 reactions": ("(2.196, 0) (2.172, 0) (2.198, 0)", "(-2.196, 0.669) (-2.172, 0.59) (-2.198, 0.882)"),
    "2 A + B -> C, 2 reactions": (
        "(1.47, 0.722, 0) (1.468, 0.689, 0)",
        "(-1.47, -0.722, 0.699) (-1.468, -0.689, 1.086)",
    ),
}


def measured(
    text: str, names: str, *, runs: int = 6, count: int = 50, noise: float = 0.02, seed: int = 0
) -> Trajectories:
    """Simulate a network and keep the columns that were measured."""
    net = cs.network(text)
    rng = np.random.default_rng(seed)
    feeds = ["A"] if names == "AB" else ["A", "B"]
    starts = [{s: float(rng.uniform(0.5, 2.0)) for s in feeds} for _ in range(runs)]
    full = cs.simulate(net, times=(0, 10, count), initial=starts, noise=noise, seed=seed)
    return columns_of(full, names)


def capped(seed: int) -> None:
    """Train networks with capped orders and read them."""
    cases = [("3 A -> B", "AB", n) for n in (2, 3)] + [("2 A + B -> C", "ABC", n) for n in (2, 3)]
    for reaction, names, count in cases:
        data = measured(f"{reaction} @ {KAPPA}", names, runs=20, noise=0.05, seed=seed)
        began = time.process_time()
        trained = cs.train_crnn(data, reactions=count, form="tied", order_penalty=1.0, cap=2.2, restarts=4, seed=seed)
        seconds = time.process_time() - began
        best = trained[0]
        title = f"{reaction}, {count} reactions"
        print(f"\n{title}  ({seconds:.0f} s CPU)")
        if title in PRINTED:
            print(f"  seed   orders {PRINTED[title][0]}\n         net    {PRINTED[title][1]}")
        print("  here   orders", " ".join(_vector(o) for o in best.orders))
        print("         net   ", " ".join(_vector(s) for s in best.net_stoichiometry))
        for found in intermediates(best, np.mean(np.concatenate(data.values), axis=0)):
            print("  read as", *reaction_texts(found.reaction), "-", "; ".join(found.evidence))


def _vector(row: np.ndarray) -> str:
    return "(" + ", ".join(f"{x:.3f}" for x in row) + ")"


def problem_of(data: Trajectories, relative: float) -> FitProblem:
    """Arrange data with their known noise and a hidden species that starts at zero."""
    noise = NoiseModel(np.full(3, relative), np.full(3, 1e-3))
    return with_hidden(arranged(data, noise), "zero")


def module_at(log_rates: np.ndarray) -> Mechanism:
    """Return the module 2 A <-> Z, B + Z -> C."""
    return Mechanism(SPECIES, REACTANTS, PRODUCTS, log_rates, ())


def adam(problem: FitProblem, start: np.ndarray, coordinates: str, steps: int = 2000, rate: float = 0.05) -> Fit:
    """Minimise chi2 by Adam through the stiff solver, with the exact gradient of its solution.

    ``coordinates`` are ``"rates"`` (ln k1, ln k_-1, ln k2) or ``"limits"`` (ln kappa, K, rho, projected at zero).
    """
    fixed = np.array([0.0, 0.0, 0.0])
    x = start.copy() if coordinates == "rates" else _to_limits(start)
    first, second, best = fixed.copy(), fixed.copy(), None
    for t in range(1, steps + 1):
        logs = x if coordinates == "rates" else _from_limits(x)
        here = evaluate(problem, module_at(logs), problem.start)
        if here is None:
            break
        if best is None or here.chi2 < best.chi2:
            best = Fit(module_at(logs), np.eye(3), problem.start, here.chi2, problem.count, False, problem)
        gradient = -normal_equations(here, 3)[1]
        if coordinates == "limits":
            gradient = _chain(x).T @ gradient
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        x = x - rate * (first / (1 - 0.9**t)) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
        if coordinates == "limits":
            x[1:] = np.maximum(x[1:], 1e-4)
    assert best is not None
    return best


def _to_limits(logs: np.ndarray) -> np.ndarray:
    k1, back, k2 = np.exp(logs)
    return np.array([np.log(k1 * k2 / back), min(k1 / back, 5.0), min(k2 / back, 5.0)])


def _from_limits(x: np.ndarray) -> np.ndarray:
    # kappa = k_-1 K rho
    back = x[0] - np.log(x[1]) - np.log(x[2])
    return np.array([back + np.log(x[1]), back, back + np.log(x[2])])


def _chain(x: np.ndarray) -> np.ndarray:
    return np.array([[1.0, 0.0, -1.0 / x[2]], [1.0, -1.0 / x[1], -1.0 / x[2]], [1.0, -1.0 / x[1], 0.0]])


def module(seed: int, starts: int = 8) -> None:
    """Fit the module to third-order data by four optimisers from the same starts."""
    data = measured(f"2 A + B -> C @ {KAPPA}", "ABC", seed=seed)
    problem = problem_of(data, 0.02)
    law = Mechanism(SPECIES, np.array([[2, 1, 0, 0]]), np.array([[0, 0, 1, 0]]), np.array([0.0]), ())
    floor = fit_mechanism(law, problem, iterations=30).reduced
    print(f"\n2 A + B -> C, kappa {KAPPA}: third-order law chi2/N {floor:.4f}, {problem.count} values")
    print(f"{'optimiser':52} at floor   worst   kappa             CPU s")
    rng = np.random.default_rng(seed)
    points = rng.normal(0.0, 2.5, (starts, 3))
    methods = {
        "Adam, ln k, through the stiff solver": lambda p: adam(problem, p, "rates"),
        "Adam, ln kappa, K, rho": lambda p: adam(problem, p, "limits"),
        "LM, ln k, exact sensitivities": lambda p: fit_mechanism(module_at(p), problem, iterations=60, tolerance=1e-6),
        "LM, then limits": lambda p: limits(fit_mechanism(module_at(p), problem, iterations=60, tolerance=1e-6)),
    }
    fits: list[Fit] = []
    for name, method in methods.items():
        began = time.process_time()
        fits = [method(p) for p in points]
        seconds = time.process_time() - began
        reached = [f for f in fits if f.reduced < 1.002 * floor]
        kappas = [np.exp(f.mechanism.log_rates @ [1.0, -1.0, 1.0]) for f in reached]
        spread = f"{min(kappas):.4f}-{max(kappas):.4f}" if kappas else ""
        worst = max(f.reduced for f in fits)
        print(f"{name:52} {len(reached):3} of {starts:2} {worst:8.4f}   {spread:15} {seconds:7.1f}")
    best = min(fits, key=lambda f: f.chi2)
    upper = _upper_bounds(problem, best)
    print(f"95 % upper bounds: K < {upper[0]:.3g}, rho < {upper[1]:.3g} (both 0 in the third-order law)")


def _upper_bounds(problem: FitProblem, best: Fit) -> list[float]:
    """Largest K = k1 / k_-1, and rho = k2 / k_-1, at which N ln chi2 rises by 2.71, the others refitted."""
    result = []
    for pair in ((0, 1), (2, 1)):
        low, high = np.log(1e-4), np.log(10.0)
        for _ in range(18):
            middle = 0.5 * (low + high)
            fit = _with_ratio(problem, best, pair, middle)
            rise = problem.count * np.log(fit.chi2 / best.chi2)
            low, high = (middle, high) if rise < 2.71 else (low, middle)
        result.append(float(np.exp(low)))
    return result


def _with_ratio(problem: FitProblem, best: Fit, pair: tuple[int, int], log_ratio: float) -> Fit:
    """Best fit with one ratio of rates held: a grid in k_-1, the third rate fitted."""
    held, back = pair
    third = 3 - held - back
    fits = []
    for log_back in np.linspace(1.0, 18.0, 18):
        logs = np.zeros(3)
        logs[back], logs[held] = log_back, log_back + log_ratio
        logs[third] = np.log(KAPPA) + log_back - logs[held]
        fits.append(fit_mechanism(module_at(logs), problem, iterations=10, pinned=(held, back)))
    return min(fits, key=lambda f: f.chi2)


def finite(seed: int) -> None:
    """Modules with finite K and rho: is the right description chosen?"""
    cases = {"K 0.2, rho 0.3": (0.2, 0.3, None)}
    for back in (10.0, 1e3, 1e5):
        # K and rho equal, kappa the same
        size = float(np.sqrt(KAPPA / back))
        cases[f"k_-1 {back:g}, kappa {KAPPA}"] = (size, size, back)
    print(f"\n{'truth':24} {'module chi2/N':>14} {'law chi2/N':>11} {'K':>8} {'rho':>8} pinned  score module - law")
    for name, (k, rho, back) in cases.items():
        back = KAPPA / (k * rho) if back is None else back
        text = f"2 A <-> Z @ {k * back}, {back}\nB + Z -> C @ {rho * back}"
        data = measured(text, "ABC", noise=0.01, seed=seed)
        problem = problem_of(data, 0.01)
        fit = polish(fit_mechanism(module_at(np.log([k * back, back, rho * back])), problem, iterations=30))
        law = Mechanism(SPECIES, np.array([[2, 1, 0, 0]]), np.array([[0, 0, 1, 0]]), np.array([0.0]), ())
        plain = fit_mechanism(law, problem, iterations=30)
        logs = fit.mechanism.log_rates
        n = problem.count
        gap = n * np.log(fit.chi2 / plain.chi2) + (2 - len(fit.pinned)) * np.log(n)
        print(
            f"{name:24} {fit.reduced:14.4f} {plain.reduced:11.4f} {np.exp(logs[0] - logs[1]):8.3g} "
            f"{np.exp(logs[2] - logs[1]):8.3g} {fit.pinned!s:7} {gap:10.1f}"
        )
        found = cs.discover(data, time_budget=60.0)
        print(f"{'':24} discover: {'; '.join(found[0].reactions)}  {dict(found[0].bounds)}")


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["capped", "module", "finite"])
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for part in arguments.parts:
        {"capped": capped, "module": module, "finite": finite}[part](arguments.seed)


if __name__ == "__main__":
    main()
