"""Stationary noise of random open networks against scipy: ``python -m tests.benchmarks.stationary [NETWORKS] [SEED]``.

The oracle follows the rate equations with Radau to where they rest, polishes with Newton steps on a Jacobian by complex
differences, and solves the Lyapunov equation as one linear system. Every species flows in or out somewhere; rates span
six decades and concentrations are scaled by 1e-9 to 1e6.
"""

import sys

import numpy as np
from scipy.integrate import solve_ivp

import crnsym as cs
from crnsym.errors import SimulationError
from tests.benchmarks.random_networks import Step, side, text_of, unit

LONG = 1e7


def random_case(rng: np.random.Generator) -> tuple[list[Step], np.ndarray]:
    """Return an open network and where it starts."""
    n, size = int(rng.integers(1, 5)), 10.0 ** rng.uniform(-9, 6) if rng.random() < 0.3 else 1.0
    none, steps = (0,) * n, []

    def constant(order: int, wide: float = 3.0) -> float:
        return float(f"{10.0 ** rng.uniform(-wide, wide) * size ** (1 - order):.3g}")

    for i in range(n):
        if rng.random() < 0.7:
            steps.append(Step(none, unit(n, i), constant(0, 1.5)))
        leaves = unit(n, i) if rng.random() < 0.8 else tuple(2 * u for u in unit(n, i))
        steps.append(Step(leaves, none, constant(sum(leaves), 1.5)))
    if not any(s.left == none for s in steps):
        steps.append(Step(none, unit(n, 0), constant(0, 1.5)))
    for _ in range(int(rng.integers(0, 5))):
        left, right = side(rng, n, 3), side(rng, n, 2)
        if left == right or sum(right) > sum(left) > 0:
            continue
        kind = str(rng.choice(["mass", "mass", "saturated", "hill", "inhibited"]))
        reads = int(rng.integers(0, n))
        if kind != "mass" and (sum(left) > 1 or (sum(left) == 1 and left[reads] == 0) or sum(left) == 0):
            kind = "mass"
        if kind == "inhibited" and sum(left):
            kind = "saturated"
        order = sum(left) if kind == "mass" else 0
        steps.append(
            Step(left, right, constant(order), kind, reads, half=float(f"{size * 10 ** rng.uniform(-1, 1):.3g}"))
        )
    return steps, np.round(rng.uniform(0.1, 2.0, n), 2) * size


def jacobian(steps: list[Step], x: np.ndarray) -> np.ndarray:
    """Return the derivatives by complex differences, exact to rounding."""
    found = np.zeros((len(x), len(x)))
    h = 1e-30 * float(np.abs(x).max())
    for j in range(len(x)):
        shifted = x.astype(complex)
        shifted[j] += 1j * h
        found[:, j] = _slope(steps, shifted).imag / h
    return found


def _slope(steps: list[Step], x: np.ndarray) -> np.ndarray:
    value = np.zeros(len(x), x.dtype)
    for s in steps:
        rate = np.full((), s.k, x.dtype) if s.kind == "mass" else s.rate(x)
        if s.kind == "mass":
            for i, n in enumerate(s.left):
                rate = rate * x[i] ** n
        value = value + s.net * rate
    return value


def oracle(steps: list[Step], start: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return mean and covariance; None where nothing rests or it is not stable."""
    scale = float(start.max())
    way = solve_ivp(
        lambda _, x: _slope(steps, x), (0, LONG), start, "Radau", rtol=1e-8, atol=1e-12 * scale,
        jac=lambda _, x: jacobian(steps, np.maximum(x, 1e-30 * scale)),
    )  # fmt: skip
    x = way.y[:, -1]
    for _ in range(20):
        j = jacobian(steps, x)
        if np.linalg.cond(j / np.abs(j).max()) > 1e14:
            return None
        x = x - np.linalg.solve(j, _slope(steps, x))
    j = jacobian(steps, x)
    if not way.success or not np.all(np.isfinite(x)) or np.abs(x - way.y[:, -1]).max() > 1e-3 * np.abs(x).max():
        return None
    if np.linalg.eigvals(j).real.max() >= -1e-9 * np.abs(j).max():
        return None
    net = np.array([s.net for s in steps]).T
    rates = np.array([float(s.rate(x)) for s in steps])
    d, one = (net * rates) @ net.T, np.eye(len(x))
    # in units of the mean, so that a linear system of small species is not lost beside that of large ones
    u = 1.0 / np.maximum(x, 1e-12 * np.abs(x).max())
    j_u, d_u = j * u[:, None] / u, d * np.outer(u, u)
    c = np.linalg.solve(np.kron(one, j_u) + np.kron(j_u, one), -d_u.ravel()).reshape(len(x), len(x))
    return x, c / np.outer(u, u)


def agree(steps: list[Step], start: np.ndarray) -> str:
    """Return ``"same"``, ``"no oracle"``, or what differs."""
    truth = oracle(steps, start)
    if truth is None:
        return "no oracle"
    try:
        found = cs.stationary_noise(cs.network(text_of(steps, start)))
    except SimulationError as error:
        return f"refused: {error}"
    mean, covariance = truth
    size = np.sqrt(np.abs(np.diag(covariance))) + 1e-12 * np.abs(mean).max()
    if np.any(abs(found.mean - mean) > 1e-6 * np.abs(mean) + 1e-9 * size):
        return f"mean {found.mean} for {mean}"
    if np.any(abs(found.covariance - covariance) > 1e-5 * np.outer(size, size)):
        return f"covariance {found.covariance.tolist()} for {covariance.tolist()}"
    return "same"


def main(networks: int = 300, seed: int = 0) -> None:
    """Print how many agree, and every one that does not."""
    counts = {"same": 0, "no oracle": 0, "other": 0}
    for i in range(networks):
        steps, start = random_case(np.random.default_rng([seed, i]))
        verdict = agree(steps, start)
        counts[verdict if verdict in counts else "other"] += 1
        if verdict not in ("same", "no oracle"):
            print(f"# {i}: {verdict}\n{text_of(steps, start)}\n")
    print(counts)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
