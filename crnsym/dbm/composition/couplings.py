"""Couplings of a translation-invariant Boltzmann distribution at fixed composition.

A lattice s with given numbers of molecules has the probability exp(J · m(s)) / Z; m counts the pairs of each kind. A
first estimate is the swap pseudo-likelihood: of a lattice and the same with two sites exchanged, the data have chosen
the first, which is a logistic regression on the difference of m; convex, and without sampling. What is wanted is
the distribution whose *means* of m are given ones, the maximum-entropy closure: couplings are moved by Newton's method
on sampled means, with steps that shrink (H. Robbins, S. Monro, Ann. Math. Stat. 22, 1951).
"""

from collections.abc import Callable

import numpy as np

from .kernel import Kernel
from .lattices import count_pairs, sample_swaps, scatter_counts, swap_differences

SWAPS = 40  # exchanges tried in each snapshot of a pseudo-likelihood
LARGEST = 5.0  # of a coupling
STEP = 0.4  # largest change of a coupling at once


def pseudo_likelihood(kernel: Kernel, lattices: np.ndarray, seed: int, ridge: float = 1e-3) -> np.ndarray:
    """Return the couplings, ``(pairs,)``, of lattices ``(lattices, sites)`` by swap pseudo-likelihood."""
    given = kernel.table, kernel.shell, kernel.index, len(kernel.pairs)
    x = swap_differences(lattices, *given, SWAPS, seed).reshape(-1, len(kernel.pairs))
    x = x[np.any(x != 0, axis=1)]
    found = np.zeros(x.shape[1])
    for _ in range(25 if len(x) else 0):
        p = 1 / (1 + np.exp(np.clip(x @ found, -50, 50)))
        gradient = x.T @ p / len(x) - ridge * found
        curvature = (x * (p * (1 - p))[:, None]).T @ x / len(x) + ridge * np.eye(len(found))
        change = np.clip(np.linalg.solve(curvature, gradient), -1.0, 1.0)
        found = np.clip(found + change, -LARGEST, LARGEST)
        if np.abs(change).max() < 1e-6:
            break
    return found


def coupling_matrices(kernel: Kernel, couplings: np.ndarray) -> np.ndarray:
    """Return couplings ``(..., pairs)`` as ``(..., shells, species + 1, species + 1)``, zero for the empty site."""
    padded = np.concatenate([couplings, np.zeros((*couplings.shape[:-1], 1))], axis=-1)
    return np.ascontiguousarray(padded[..., kernel.index])


def derived_seed(seed: int, block: int) -> int:
    """Return a seed of its own for each block of work."""
    return int(np.random.SeedSequence((seed, block)).generate_state(1)[0])


def run_swaps(kernel: Kernel, lattices: np.ndarray, couplings: np.ndarray, sweeps: int, seed: int, block: int) -> None:
    """Sample in place: lattices ``(times, chains, sites)`` under couplings ``(times, pairs)``.

    Each ``block`` of sweeps needs a number of its own under a seed.
    """
    _, chains, sites = lattices.shape
    matrices = np.repeat(coupling_matrices(kernel, couplings), chains, axis=0)
    flat = lattices.reshape(-1, sites)
    sample_swaps(flat, matrices, kernel.table, kernel.shell, sweeps, derived_seed(seed, block))


def pair_counts(kernel: Kernel, lattices: np.ndarray) -> np.ndarray:
    """Return the numbers of pairs, ``(..., pairs)``, of lattices ``(..., sites)``."""
    flat = np.ascontiguousarray(lattices.reshape(-1, lattices.shape[-1]))
    found = count_pairs(flat, kernel.table, kernel.shell, kernel.index, len(kernel.pairs))
    return found.reshape(*lattices.shape[:-1], -1)


def matched_couplings(
    kernel: Kernel,
    guess: np.ndarray,
    counts: np.ndarray,
    wanted: np.ndarray,
    *,
    rounds: int,
    sweeps: int,
    seed: int,
    report: Callable[[float, float], None] = lambda *_: None,
) -> np.ndarray:
    """Return couplings under which sampled lattices have the wanted mean numbers of pairs.

    Parameters
    ----------
    guess
        ``(times, pairs)``.
    counts
        ``(times, chains, species)``, the compositions at each time.
    wanted
        ``(times, pairs)``, means over the chains.
    rounds, sweeps
        Steps of Newton's method, and sweeps that the chains go on before each.
    """
    times, chains, species = counts.shape
    lattices = scatter_counts(
        np.ascontiguousarray(counts.reshape(-1, species)), kernel.sites, derived_seed(seed, 0)
    ).reshape(times, chains, kernel.sites)
    couplings, kept = guess.copy(), []
    run_swaps(kernel, lattices, couplings, sweeps, seed, 1)
    before = pair_counts(kernel, lattices)
    for i in range(rounds):
        run_swaps(kernel, lattices, couplings, sweeps, seed, i + 2)
        found = pair_counts(kernel, lattices)
        means = found.mean(axis=1)
        for t in range(times):
            change = _newton(before[t], found[t], wanted[t] - means[t])
            couplings[t] = np.clip(couplings[t] + change / (1 + i / 4), -LARGEST, LARGEST)
        before = found
        if i >= rounds // 2:
            kept.append(couplings.copy())
        misfit = np.linalg.norm(means - wanted) / (np.linalg.norm(wanted) + 1e-12)
        report((i + 1) / rounds, float(misfit))
    return np.mean(kept, axis=0) if kept else couplings


def _newton(before: np.ndarray, found: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """Return the change of couplings that should change the means by ``miss``.

    The response of the means is the covariance within a lattice, which shows in what each has changed since the last
    look, ``(chains, pairs)``; compositions that differ between lattices have no part in it. There are few chains, so it
    is drawn to its diagonal.
    """
    change = found - before
    change = change - change.mean(axis=0)
    covariance = change.T @ change / (2 * len(change))
    covariance = 0.9 * covariance + np.diag(0.1 * np.diag(covariance) + 0.02 * found.mean(axis=0) + 0.1)
    return np.clip(np.linalg.solve(covariance, miss), -STEP, STEP)
