"""A first guess of the closed dynamics: linear regression over single intervals between snapshots."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .field import Field, blank_field, spread_of_ratio
from .kernel import Kernel

RIDGE = 1e-4
KEPT = (0.02, 0.995)  # what an interval leaves of a deviation, at least and at most


class Intervals(NamedTuple):
    """What lies before and after each interval of each run.

    Attributes
    ----------
    before, after
        Numbers of molecules, ``(rows, species)``.
    ratio, later
        Ratios c before and after, ``(rows, pairs)``.
    length
        ``(rows,)``.
    """

    before: np.ndarray
    after: np.ndarray
    ratio: np.ndarray
    later: np.ndarray
    length: np.ndarray


def intervals(kernel: Kernel, numbers: np.ndarray, pairs: np.ndarray, times: np.ndarray) -> Intervals:
    """Cut runs, ``(runs, times, species)`` and ``(runs, times, pairs)``, into intervals."""
    ratio = np.sqrt((pairs + 1) / (kernel.expected(numbers) + 1))
    before, after, c, later = (
        part.reshape(-1, x.shape[-1]) for x in (numbers, ratio) for part in (x[:, :-1], x[:, 1:])
    )
    return Intervals(before, after, c, later, np.tile(np.diff(times), len(numbers)))


def start_field(kernel: Kernel, rows: Intervals, seed: int) -> Field:
    """Return a field by linear regression."""
    field = blank_field(kernel, jax.random.key(seed))
    raw = np.asarray(_all(field, "raw_inputs", rows))
    field = eqx.tree_at(lambda f: (f.centre, f.scale), field, (raw.mean(0), raw.std(0) + 0.05))
    features = np.asarray(_all(field, "features", rows))
    weight = np.sqrt(rows.length / (1 + rows.before.T))
    change = (rows.after - rows.before).T / rows.length
    channels = np.stack([sparse_regression(features, y, w) for y, w in zip(change, weight, strict=True)])
    x = np.asarray(_all(field, "inputs", rows))
    affine, offset, rates = _relaxation(x, rows)
    parts = (channels, (channels != 0).astype(float), affine, offset, np.log(rates), _reborn(rows, channels))
    field = eqx.tree_at(lambda f: (f.channels, f.mask, f.affine, f.offset, f.log_rates, f.reborn), field, parts)
    return with_noise(field, rows)


@eqx.filter_jit
def _all(field: Field, what: str, rows: Intervals) -> jax.Array:
    """Return the features or inputs of all rows."""
    second = (
        jax.vmap(field.pairs)(jnp.asarray(rows.before), jnp.asarray(rows.ratio)) if what == "features" else rows.ratio
    )
    return jax.vmap(getattr(field, what))(rows.before, second)


@eqx.filter_jit
def _all_residuals(field: Field, rows: Intervals) -> jax.Array:
    return jax.vmap(lambda *row: residuals(field, *row))(*rows)


def sparse_regression(features: np.ndarray, change: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Regress by weighted least squares, and leave out one feature after the other while BIC falls."""
    scale = np.sqrt((features**2).mean(0))
    a, y = features / np.where(scale > 0, scale, 1) * weight[:, None], change * weight
    gram, right, total, rows = a.T @ a, a.T @ y, y @ y, len(y)

    def solve(chosen: list[int]) -> tuple[Any, np.ndarray]:
        if not chosen:
            return rows * np.log(total + 1e-300), np.zeros(0)
        block = gram[np.ix_(chosen, chosen)] + 1e-9 * np.diag(np.diag(gram)[chosen])
        found = np.linalg.solve(block, right[chosen])
        left = max(total - right[chosen] @ found, 1e-12 * total + 1e-300)
        return rows * np.log(left) + len(chosen) * np.log(rows), found

    keep = [k for k in range(a.shape[1]) if gram[k, k] > 0]
    best = solve(keep)
    while keep:
        trials = [[k for k in keep if k != gone] for gone in keep]
        solved = [solve(trial) for trial in trials]
        least = int(np.argmin([score for score, _ in solved]))
        if solved[least][0] > best[0]:
            break
        keep, best = trials[least], solved[least]
    found = np.zeros(a.shape[1])
    found[keep] = best[1] / scale[keep]
    return found


def _relaxation(x: np.ndarray, rows: Intervals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return target, offset and rates of c' = rates (A x + o - c), over intervals of about the same length."""
    pairs, typical = rows.ratio.shape[1], float(np.median(rows.length))
    design = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    affine, offset, rates = np.zeros((pairs, x.shape[1])), np.ones(pairs), np.ones(pairs)
    for k in range(pairs):
        own = x.shape[1] - pairs + k  # what relaxes is no input of its own target
        columns = [j for j in range(design.shape[1]) if j != own]
        a = np.concatenate([design[:, columns], rows.ratio[:, [k]]], axis=1)
        gram = a.T @ a + RIDGE * len(a) * np.eye(a.shape[1])
        kept = float(np.clip(np.linalg.solve(gram, a.T @ rows.later[:, k])[-1], *KEPT))
        right = a[:, :-1].T @ (rows.later[:, k] - kept * rows.ratio[:, k])
        full = np.zeros(design.shape[1])
        full[columns] = np.linalg.solve(gram[:-1, :-1], right) / (1 - kept)
        affine[k], offset[k], rates[k] = full[:-1], full[-1], -np.log(kept) / typical
    return affine, offset, rates


def _reborn(rows: Intervals, channels: np.ndarray) -> np.ndarray:
    """Return whether a species comes back after it died out, as seen, or else as its inflow says."""
    gone = rows.before == 0
    seen = (gone & (rows.after > 0)).any(axis=0)
    return np.where(gone.any(axis=0), seen, channels[:, 0] > 0).astype(float)


def residuals(field: Field, before, after, ratio, later, length) -> jax.Array:
    """Return what one interval leaves unexplained, in the units of the noise, ``(state,)``."""
    grown = jnp.maximum(before + length * field.drift(before, ratio), 0.25)
    root = (jnp.sqrt(after) - jnp.sqrt(grown)) / jnp.sqrt(length)
    settled, decay, spread = field.settled(before, ratio), *spread_of_ratio(field, before, length)
    return jnp.concatenate([root, (later - settled - (ratio - settled) * decay) / spread])


def with_noise(field: Field, rows: Intervals) -> Field:
    """Return the field with the noise that its residuals show."""
    found = np.asarray(_all_residuals(field, rows))
    covariance = found.T @ found / len(found)
    floor = 1e-6 * np.diag(covariance) + 1e-8
    return eqx.tree_at(lambda f: f.noise, field, np.linalg.cholesky(covariance + np.diag(floor)))
