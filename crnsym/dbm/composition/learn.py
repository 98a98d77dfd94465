"""Learn the closed dynamics from the numbers of molecules and pairs of many runs.

First single intervals between snapshots are explained, by linear regression and then with the small networks. Then
ensembles are simulated from the first snapshots, so that means and spreads over runs come out at all times; single
intervals stay part of the aim, which keeps the field right beside the mean path.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from .field import Field, propagate
from .kernel import Kernel
from .start import Intervals, intervals, residuals, start_field, with_noise

LEAST_STEPS = 60  # of an ensemble from the first to the last snapshot
FINEST = 1e-9  # of the span of the times, what rounding may add
RATE = 2e-3  # of Adam
ROWS = 1024  # intervals in a batch
SPREADS, SINGLE = 0.2, 0.02  # weights beside the means of an ensemble
NUMBERS = 3.0  # weight of the numbers of molecules beside the pairs
ADAM = optax.chain(optax.zero_nans(), optax.clip_by_global_norm(1.0), optax.scale_by_adam())

Report = Callable[[str, float, str], None]


def learn_field(
    kernel: Kernel,
    numbers: np.ndarray,
    pairs: np.ndarray,
    times: np.ndarray,
    group: np.ndarray,
    *,
    steps: int = 400,
    particles: int = 0,
    seed: int = 0,
    report: Report = lambda *_: None,
) -> Field:
    """Return the closed dynamics of runs.

    Parameters
    ----------
    numbers, pairs
        ``(runs, times, species)`` and ``(runs, times, pairs)``.
    times
        ``(times,)``.
    group
        ``(runs,)``: number of the initial condition of each run.
    steps
        Of the optimiser, with ensembles; as many before that on single intervals. Ctrl-C ends them early.
    particles
        Lattices of an ensemble for each initial condition; 0 for a choice by their number.
    """
    rows = intervals(kernel, numbers, pairs, times)
    field = start_field(kernel, rows, seed)
    if steps == 0:
        return field
    try:
        field = with_noise(_explain(field, rows, 2 * steps, seed, report), rows)
        particles = particles or int(np.clip(400 // (group.max() + 1), 40, 200))
        return _tune(field, rows, numbers, pairs, times, group, steps, particles, seed, report)
    except KeyboardInterrupt:
        return field


def step_of(times: np.ndarray) -> float:
    """Return the step of the dynamics that are fitted to snapshots at these times."""
    return float(np.ptp(times)) / max(len(times) - 1, LEAST_STEPS)


def refined(times: np.ndarray, step: float) -> np.ndarray:
    """Return times with more in between, so that no interval is longer than ``step``."""
    parts = [np.linspace(a, b, max(1, int(np.ceil((b - a) / step - 1e-6))) + 1)[:-1] for a, b in pairwise(times)]
    return np.concatenate([*parts, times[-1:]])


def _free(field: Field) -> tuple:
    return field.channels, field.growth, field.target, field.affine, field.offset, field.log_rates, field.noise


class _Scaled:
    """The free parts of a field, each array in units of its own size, under Adam."""

    def __init__(self, field: Field, rate: float, steps: int) -> None:
        self.field = field
        parts, self.static = eqx.partition(_free(field), eqx.is_inexact_array)
        parts = jax.tree.map(np.asarray, parts)
        sizes = [self._size(x) for x in parts]
        self.sizes = tuple(
            size if k in (0, 6) else jax.tree.map(np.ones_like, part)  # channels and noise have units
            for k, (size, part) in enumerate(zip(sizes, parts, strict=True))
        )
        self.free = jax.tree.map(lambda x, u: x / u, parts, self.sizes)
        schedule = optax.warmup_cosine_decay_schedule(0.0, rate, steps // 10, steps)
        self.rates = iter(np.asarray(schedule(np.arange(steps))))
        self.state = ADAM.init(self.free)

    @staticmethod
    def _size(part):
        return jax.tree.map(lambda x: np.maximum(np.abs(x), 0.1 * np.sqrt(np.mean(np.square(x)))) + 1e-12, part)

    def step(self, loss: Callable[..., jax.Array], *given: Any) -> float:
        """Go one step down a loss of the field and of what is given; return the loss."""
        whole = self.field, self.static, self.sizes
        self.free, self.state, value = _stepped(loss, next(self.rates), whole, self.free, self.state, *given)
        return float(value)

    def whole(self) -> Field:
        return _whole(self.free, self.field, self.static, self.sizes)


def _whole(free: Any, field: Field, static: Any, sizes: Any) -> Field:
    parts = jax.tree.map(lambda x, u: x * u, free, sizes)
    return eqx.tree_at(_free, field, eqx.combine(parts, static))


@eqx.filter_jit
def _stepped(loss, rate, whole, free, state, *given):
    """One step down; data, field and rate are arguments, so that one program serves all data of a size."""
    value, gradient = jax.value_and_grad(lambda p: loss(_whole(p, *whole), *given))(free)
    change, state = ADAM.update(gradient, state)
    return jax.tree.map(lambda x, c: x - rate * c, free, change), state, value


def _explain(field: Field, rows: Intervals, steps: int, seed: int, report: Report) -> Field:
    """Fit single intervals, the networks included, in the metric of the noise."""
    metric = jnp.linalg.inv(jnp.tril(field.noise))
    scaled = _Scaled(field, RATE, steps)
    rng = np.random.default_rng(seed)
    for i in range(steps):
        value = scaled.step(_single, metric, _batch(rows, rng))
        if i % 50 == 0:
            report("closed dynamics, single intervals", i / steps, f"misfit {value:.3f}")
    return scaled.whole()


def _single(field: Field, metric, batch) -> jax.Array:
    left = jax.vmap(lambda *row: residuals(field, *row))(*batch)
    return jnp.clip((left @ metric.T) ** 2, 0, 25.0).mean()


def _batch(rows: Intervals, rng: np.random.Generator) -> Intervals:
    chosen = rng.integers(len(rows.length), size=ROWS)
    return Intervals(*(x[chosen] for x in rows))


class _Aim(NamedTuple):
    """What ensembles are held against: ``(groups, times, state)``, and the weights of that."""

    means: jax.Array
    spreads: jax.Array
    scale: jax.Array
    wide: jax.Array
    importance: np.ndarray
    lengths: jax.Array
    kept: np.ndarray
    metric: jax.Array


def _aim(field: Field, numbers: np.ndarray, pairs: np.ndarray, times: np.ndarray, group: np.ndarray) -> _Aim:
    groups = int(group.max()) + 1
    grid = refined(times, step_of(times))
    kept, lengths = np.searchsorted(grid, times - FINEST * np.ptp(times)), jnp.asarray(np.diff(grid))
    every = np.concatenate([numbers, pairs], axis=-1)
    means = jnp.asarray(np.stack([every[group == g].mean(0) for g in range(groups)]))
    spreads = jnp.asarray(np.stack([every[group == g].std(0) for g in range(groups)]))
    scale = jnp.sqrt((means**2).mean(1)) + 1.0
    wide = jnp.sqrt((spreads**2).mean(1)) + 0.05 * scale
    importance = np.ones(every.shape[-1])
    importance[: numbers.shape[-1]] = NUMBERS
    metric = jnp.linalg.inv(jnp.tril(field.noise))
    return _Aim(means, spreads, scale, wide, importance / importance.mean(), lengths, kept, metric)


def _ensembles(field: Field, aim: _Aim, starts: jax.Array, ratios: jax.Array, batch: Intervals, key) -> jax.Array:
    keys = jax.random.split(key, len(aim.means))
    n, p = jax.vmap(lambda a, b, k: propagate(field, a, b, aim.lengths, k))(starts, ratios, keys)
    found = jnp.concatenate([n, p], axis=-1)[:, :, aim.kept]
    spread = jnp.sqrt(found.var(1) + 1e-6)
    off = (((found.mean(1) - aim.means) ** 2).mean(1) / aim.scale**2 * aim.importance).mean()
    off_spread = (((spread - aim.spreads) ** 2).mean(1) / aim.wide**2 * aim.importance).mean()
    return off + SPREADS * off_spread + SINGLE * _single(field, aim.metric, batch)


def _tune(field, rows, numbers, pairs, times, group, steps, particles, seed, report: Report) -> Field:
    """Fit means and spreads of simulated ensembles."""
    aim = _aim(field, numbers, pairs, times, group)
    first = np.sqrt((pairs[:, 0] + 1) / (np.asarray(jax.vmap(field.expected)(numbers[:, 0])) + 1))
    scaled = _Scaled(field, RATE, steps)
    rng = np.random.default_rng(seed + 1)
    members = [np.flatnonzero(group == g) for g in range(len(aim.means))]
    keys = jax.random.split(jax.random.key(seed), steps)
    values = []
    try:
        for i in range(steps):
            chosen = np.stack([np.resize(rng.permutation(m), particles) for m in members])
            batch = _batch(rows, rng)
            values.append(scaled.step(_ensembles, aim, numbers[chosen, 0], first[chosen], batch, keys[i]))
            if i % 10 == 0:
                report("closed dynamics, ensembles", i / steps, f"misfit {np.mean(values[-10:]):.3f}")
    except KeyboardInterrupt:
        pass
    return scaled.whole()
