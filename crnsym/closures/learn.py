"""Learn the corrections of a closure, first from motifs of three sites seen, then from whole courses in time."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array

from .field import ClosureField
from .solve import march

MISFIT = 0.03  # relative error of a motif by which no closure is better than another
SMALLEST = 0.02  # of the largest value of a moment, below which errors are not relative
BATCH = 16  # courses in a step
PENALTY = 1e-4  # on weights
SUBSTEPS = 3
ADAM = optax.chain(optax.clip_by_global_norm(1.0), optax.scale_by_adam())


class Courses(NamedTuple):
    """Means over runs of conditions: each has its rates and its start.

    Attributes
    ----------
    rates
        ``(conditions, processes)``.
    times
        ``(conditions, times)``; shorter ones are filled up with their last time.
    moments, motifs
        ``(conditions, times, ...)``: probabilities of the moments and of the motifs that are closed.
    error
        ``(conditions, times, moments)``: standard errors of the moments.
    places
        ``(conditions,)``: sites of all lattices of a condition.
    """

    rates: np.ndarray
    times: np.ndarray
    moments: np.ndarray
    motifs: np.ndarray
    error: np.ndarray
    places: np.ndarray

    def of(self, chosen: np.ndarray) -> "Courses":
        """Return some of the conditions."""
        return Courses(*(part[chosen] for part in self))

    def seen(self) -> np.ndarray:
        """Return which times are those of snapshots, ``(conditions, times)``."""
        return np.diff(self.times, axis=1, prepend=-np.inf) > 0


class Rows(NamedTuple):
    """What single snapshots say of the corrections: moments, rates, the corrections and their weights."""

    moments: Array | np.ndarray
    rates: Array | np.ndarray
    wanted: Array
    weight: Array | np.ndarray


@eqx.filter_jit
def _rows(
    field: ClosureField,
    moments: Array | np.ndarray,
    rates: Array | np.ndarray,
    motifs: Array | np.ndarray,
    places: Array | np.ndarray,
) -> tuple[Rows, Array]:
    def one(m, k, seen, sites):
        sizes = jnp.abs(field.open) @ field.motifs(m)
        missing = field.open @ (seen - field.motifs(m))
        wanted = jnp.where(sizes > 0, missing / jnp.maximum(sizes, 1e-12), 0.0)[field.corrected]
        turnover = jnp.maximum((k[:, None] * sizes).sum(axis=0), 1e-12)
        share = (k[:, None] * sizes / turnover)[field.corrected]
        noise = 1 / jnp.maximum(sizes[field.corrected] * sites, 1e-3)
        return jnp.clip(wanted, -0.95, 0.95), share**2 / (noise + MISFIT**2) * MISFIT**2, field.features(m, k)

    wanted, weight, inputs = jax.vmap(one)(moments, rates, motifs, places)
    return Rows(moments, rates, wanted, weight), inputs


def rows_of(field: ClosureField, courses: Courses) -> tuple[Rows, np.ndarray]:
    """Return what every snapshot says, and the inputs there."""
    seen = courses.seen()
    count = seen.sum(axis=1)
    rates, places = np.repeat(courses.rates, count, axis=0), np.repeat(courses.places, count)
    rows, inputs = _rows(field, courses.moments[seen], rates, courses.motifs[seen], places)
    return rows, np.asarray(inputs)


def standardised(field: ClosureField, inputs: np.ndarray) -> ClosureField:
    """Return the field with inputs scaled by what was seen."""
    spread = inputs.std(axis=0)
    scale = np.where(spread > 1e-6, spread, 1.0)
    return eqx.tree_at(lambda f: (f.centre, f.scale), field, (jnp.asarray(inputs.mean(0)), jnp.asarray(scale)))


def learn_motifs(field: ClosureField, rows: Rows, steps: int, report: Callable[[float, str], None]) -> ClosureField:
    """Regress the corrections on the motifs that were seen."""
    return _descend(field, _off_rows, lambda _: rows, steps, 1e-2, report)


def _off_rows(field: ClosureField, rows: Rows) -> Array:
    found = jax.vmap(field.learned)(jnp.asarray(rows.moments), jnp.asarray(rows.rates))
    off = (rows.weight * (found - rows.wanted) ** 2).sum() / rows.weight.sum()
    return off * 100 + PENALTY * _weights(field.mlp)


def learn_courses(
    field: ClosureField, courses: Courses, steps: int, seed: int, report: Callable[[float, str], None]
) -> ClosureField:
    """Tune the corrections so that whole courses come out, from their starts."""
    seen = courses.seen()
    size = np.maximum(np.abs(courses.moments).max(axis=1, keepdims=True), 1e-4) * 0.3 + np.abs(courses.moments)
    weight = seen[..., None] / (courses.error**2 + (0.03 * size) ** 2) * 0.03**2
    weight[:, 0] = 0
    batch, rng = min(BATCH, len(courses.rates)), np.random.default_rng(seed)
    order = np.concatenate(
        [rng.permutation(len(courses.rates)) for _ in range(1 + steps * batch // len(courses.rates))]
    )

    def some(step):
        chosen = order[step * batch : (step + 1) * batch]
        return courses.rates[chosen], courses.times[chosen], courses.moments[chosen], weight[chosen]

    return _descend(field, _off_courses, some, steps, 3e-3, report)


def _off_courses(field: ClosureField, given: tuple[Array, Array, Array, Array]) -> Array:
    def one(k, times, m, w):
        off = march(lambda y: field(y, k), m[0], times, SUBSTEPS) - m
        bent = jnp.sqrt(1 + w * off**2 / 0.03**2) - 1  # far off is not much worse than off
        return bent.mean()

    return jax.vmap(one)(*given).mean() + PENALTY * _weights(field.mlp)


def _weights(mlp: eqx.nn.MLP) -> Array:
    return sum(((layer.weight**2).sum() for layer in mlp.layers), jnp.zeros(()))


@eqx.filter_jit
def _step(
    loss: Callable[[ClosureField, Any], Array],
    rate: float | np.ndarray,
    still: ClosureField,
    mlp: eqx.nn.MLP,
    state: optax.OptState,
    given: Any,
) -> tuple[eqx.nn.MLP, optax.OptState, Array]:
    """One step down; data, field and rate are arguments, so that one program serves all fields of a size."""

    def off(mlp):
        return loss(eqx.tree_at(lambda f: f.mlp, still, eqx.combine(mlp, still.mlp)), given)

    value, slope = eqx.filter_value_and_grad(off)(mlp)
    good = jnp.isfinite(optax.tree.norm(slope))
    changes, after = ADAM.update(jax.tree.map(lambda g: jnp.where(good, g, 0.0), slope), state)
    return jax.tree.map(lambda x, c: x - rate * c, mlp, changes), after, value


def _descend(
    field: ClosureField,
    loss: Callable[[ClosureField, Any], Array],
    data: Callable[[int], Any],
    steps: int,
    rate: float,
    report: Callable[[float, str], None],
) -> ClosureField:
    """Return the field after so many steps of Adam, with a rate that falls to nothing; Ctrl-C ends it early."""
    mlp, other = eqx.partition(field.mlp, eqx.is_inexact_array)
    rates = np.asarray(optax.cosine_decay_schedule(rate, max(steps, 1), 0.02)(np.arange(steps)))
    state, still = ADAM.init(mlp), eqx.tree_at(lambda f: f.mlp, field, other)
    try:
        for i in range(steps):
            mlp, state, value = _step(loss, rates[i], still, mlp, state, data(i))
            if i % 20 == 0:
                report(i / steps, f"loss {float(value):.4g}")
    except KeyboardInterrupt:
        pass
    return eqx.tree_at(lambda f: f.mlp, field, eqx.combine(mlp, other))
