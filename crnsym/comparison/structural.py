"""What no measurement of the same species can tell about the rates of a mechanism.

*Through the vector field*: reactions of the same reactants whose net vectors are linearly dependent act only through
sums of their rates (Craciun & Pantea 2008). *With species that were not measured*: directions of the log rates in which
exact courses from any start do not change, from the rank of their sensitivities.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import sympy as sp

from ..data.mechanism import Mechanism
from ..data.noise import NoiseModel
from ..refit.evaluate import evaluate
from ..refit.fit import Fit
from ..rounding.to_network import default_rate_names

FLAT = 1e-6  # singular values of exact sensitivities below this part of their norm are zero
RUNS, TIMES = 12, 40  # of the exact data


def structural(fit: Fit, names: Sequence[str] | None = None) -> list[str]:
    """Say what no measurements of these species can tell about the rates, a sentence each; empty if all is well."""
    plain = isinstance(fit.mechanism, Mechanism)
    names = default_rate_names(fit.mechanism) if names is None else names
    sentences = shared_sums(fit.mechanism, names) if plain else []
    if fit.problem.observation is None and not fit.problem.present.any(axis=(0, 1)).all():
        sentences += [
            f"No course of the measured species shows {up_and_down(names, v)}: the unmeasured species can be rescaled."
            for v in unseen_directions(fit)
        ]
    return sentences


def shared_sums(mechanism: Mechanism, names: Sequence[str]) -> list[str]:
    """Name the sums through which reactions of the same reactants act, where their net vectors are dependent."""
    sentences = []
    for reactants in np.unique(mechanism.reactants, axis=0):
        members = [j for j, row in enumerate(mechanism.reactants) if np.array_equal(row, reactants)]
        reduced, pivots = sp.Matrix(mechanism.net_stoichiometry[members].T.tolist()).rref()
        if len(pivots) == len(members):
            continue
        symbols = sp.symbols([names[j] for j in members])
        sums = [str(reduced.row(i).dot(symbols)) for i in range(len(pivots))]
        listed = ", ".join(names[j] for j in members)
        sentences.append(
            f"Of {listed} (same reactants, dependent net changes) only {', '.join(sums)} act on any course."
            if sums
            else f"{listed} act on no course."
        )
    return sentences


def unseen_directions(fit: Fit, seed: int = 0) -> list[np.ndarray]:
    """Directions of the log rates that change no measured course from any start, by rank of exact sensitivities."""
    rng = np.random.default_rng(seed)
    problem = fit.problem
    seen = np.atleast_1d(problem.present.any(axis=(0, 1)))
    typical = problem.typical
    horizon = problem.horizon
    start = np.where(seen, typical * rng.uniform(0.3, 2.0, (RUNS, len(seen))), fit.initial_states[:1])
    exact = replace(
        problem,
        times=np.tile(np.linspace(0.0, horizon, TIMES), (RUNS, 1)),
        lengths=np.full(RUNS, TIMES),
        values=np.zeros((RUNS, TIMES, len(seen))),
        present=np.broadcast_to(seen, (RUNS, TIMES, len(seen))).copy(),
        noise=NoiseModel(np.zeros(len(seen)), np.full(len(seen), 1e-4 * typical)),
        start=start,
        free=np.broadcast_to(~seen & problem.free.any(axis=0), start.shape).copy(),
        guide=(),
        weights=None,
        operation=None,
        temperatures=None,
    )
    here = evaluate(exact, fit.mechanism, start, rtol=1e-8)
    if here is None:
        return []
    n = len(fit.mechanism.log_rates)
    free = np.setdiff1d(np.arange(n), fit.pinned)
    rows = []
    for jacobian in here.jacobian.reshape(RUNS, -1, here.jacobian.shape[-1]):
        rates, states = jacobian[:, free], jacobian[:, n:]
        rows.append(rates - states @ np.linalg.lstsq(states, rates, rcond=FLAT)[0])
    scale = np.linalg.norm(here.jacobian[..., free])
    values, vectors = np.linalg.svd(np.concatenate(rows), full_matrices=False)[1:]
    directions = np.zeros((int((values < FLAT * scale).sum()), n))
    directions[:, free] = vectors[values < FLAT * scale]
    return list(directions)


def up_and_down(names: Sequence[str], vector: np.ndarray) -> str:
    """Write a direction such as ``k1 and k2 rising while k3 falls``."""
    vector = vector * np.sign(vector[np.argmax(np.abs(vector))])
    large = np.abs(vector) > 0.3 * np.abs(vector).max()
    up = [n for n, v, flag in zip(names, vector, large, strict=True) if flag and v > 0]
    down = [n for n, v, flag in zip(names, vector, large, strict=True) if flag and v < 0]
    together = f"{' and '.join(up)} rising{' together' if len(up) > 1 else ''}"
    return together + (f" while {' and '.join(down)} fall{'s' if len(down) == 1 else ''}" if down else "")
