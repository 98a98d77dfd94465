"""The end of a training: Gauss-Newton steps on the residuals in units of the noise."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.training.polish import polish
from crnsym.training.progress import Progress

from .batches import Batch, Scaling, ranges_of
from .loss import Learner, NoiseResiduals, TrajectoryLoss

RESOLUTION = 0.003  # of the range: smaller values need not be fitted to their relative noise
GROUP = 4  # restarts polished side by side: one program for all, and then for the best of them
POLISH_ALL, POLISH_BEST = 20, 60  # Gauss-Newton steps of every restart, and of the best group


def finish(
    learners: list[Learner], residuals: NoiseResiduals, batch: Batch, expected: float, reporter: Progress
) -> tuple[list[Learner], list[float], bool]:
    """Gauss-Newton steps for all restarts, more of them for the better ones.

    Returns
    -------
    learners, losses, interrupted
        In the order given, see :func:`noise_losses`; Ctrl-C leaves what was reached.
    """
    spec, kinks = learners[0].network.trainable(), learners[0].network.kinks()
    fixed = eqx.filter(learners[0].network, spec, inverse=True)
    losses = noise_losses(learners, residuals, batch, expected)
    work = [(list(range(i, min(i + GROUP, len(learners)))), POLISH_ALL) for i in range(0, len(learners), GROUP)]
    work.append(([], POLISH_BEST))
    done, total = 0, sum(steps for _, steps in work)
    try:
        for chosen, steps in work:
            chosen = chosen or np.argsort(losses, kind="stable")[:GROUP].tolist()
            padded = [chosen[n % len(chosen)] for n in range(GROUP)]
            shared = [eqx.filter(learners[i].network, spec) for i in padded]
            stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *shared)
            local = jnp.stack([learners[i].initial for i in padded])
            for _ in range(0, steps, 10):  # Ctrl-C works in between
                stacked, local, cost = polish(stacked, local, fixed, residuals, batch, kinks=kinks, steps=10)
                values = np.sqrt(2.0 * np.asarray(cost) / expected)
                for n, i in enumerate(chosen):
                    network = eqx.combine(jax.tree.map(lambda leaf, n=n: leaf[n], stacked), fixed)
                    learners[i], losses[i] = Learner(network, local[n]), float(values[n])
                done += 10
                reporter.report("polishing", done / total, f"residual {min(losses):.4g} of the noise")
    except KeyboardInterrupt:
        return learners, losses, True
    return learners, losses, False


def noise_losses(learners: list[Learner], residuals: NoiseResiduals, batch: Batch, expected: float) -> list[float]:
    """Root mean square residuals, penalties included, in units of what the noise alone makes (``expected`` squares)."""
    return [float(np.sqrt(_squares(residuals, learner, batch) / expected)) for learner in learners]


@eqx.filter_jit
def _squares(residuals: NoiseResiduals, learner: Learner, batch: Batch) -> jax.Array:
    values = jax.vmap(lambda row, one: residuals(learner.network, row, one))(learner.initial, batch)
    return jnp.sum(values**2)


@eqx.filter_jit
def mean_error(loss: TrajectoryLoss, learner: Learner, batch: Batch) -> jax.Array:
    """Range-scaled mean absolute error over all experiments, without penalties."""
    return jnp.mean(jax.vmap(lambda experiment: loss.error(learner, experiment))(batch))


def expected_squares(data: Trajectories, noise: NoiseModel) -> float:
    """Sum of squared residuals that the noise alone makes; less than one a value, for ``RESOLUTION`` adds to it."""
    absolute = np.maximum(noise.absolute, RESOLUTION * ranges_of(data))
    ratios = [noise.sigma(v) ** 2 / (absolute**2 + (np.maximum(noise.relative, 1e-3) * v) ** 2) for v in data.values]
    return float(sum(np.nansum(ratio) for ratio in ratios))


def noise_residuals(data: Trajectories, noise: NoiseModel, scaling: Scaling, loss: TrajectoryLoss) -> NoiseResiduals:
    """Return the residuals that :func:`finish` minimises; very small values count as ``RESOLUTION`` of the range."""
    absolute = np.maximum(noise.absolute, RESOLUTION * ranges_of(data)) / scaling.concentrations
    relative = np.maximum(noise.relative, 1e-3)
    return NoiseResiduals(
        jnp.asarray(relative), jnp.asarray(absolute), loss.order, loss.cap, float(len(data)), stiff=loss.stiff
    )
