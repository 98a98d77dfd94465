"""The loss: mean absolute error of whole trajectories in units of each species' range, plus penalties."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .batches import Batch
from .model import CRNN
from .penalties import integer_penalty, late_ramp, order_penalty, sparsity_penalty

LOOSE = 1.0  # standard deviation of the logarithm of an initial state, before it was measured
HINGE = 0.02  # excess order that costs as much as the noise of one value, at penalty weight 1
UNREACHED = 10.0  # error, in ranges, of a value that the solver did not reach


class Learner(eqx.Module):
    """What is trained: the network, and the initial state of every experiment.

    A measured initial state has noise like any other value; without correction it spoils every later value of its
    run.  ``initial`` (experiments, species) are logarithms of factors on the measured ones, so zero stays zero.
    """

    network: CRNN
    initial: Float[Array, "experiments species"]

    def trainable(self) -> "Learner":
        """Return the pytree of booleans that marks what is trained."""
        return Learner(self.network.trainable(), True)  # type: ignore[arg-type]  # booleans stand for the arrays


def integrate(model: CRNN, batch: Batch, initial: Float[Array, " species"]) -> Float[Array, "times species"]:
    """Trajectory of one experiment at its measured times by classical Runge-Kutta steps.

    Values between two nodes of the grid come from the cubic Hermite polynomial (its error is of the fourth order
    too, and the slopes are already there).
    """
    field = model.vector_field(batch.temperature)

    def step(y, h):
        k1 = field(y)
        k2 = field(y + 0.5 * h * k1)
        k3 = field(y + 0.5 * h * k2)
        k4 = field(y + h * k3)
        return y + h / 6.0 * (k1 + 2.0 * (k2 + k3) + k4), (y, k1)

    last, (nodes, slopes) = jax.lax.scan(step, initial, batch.steps)
    nodes = jnp.concatenate([nodes, last[None]])
    slopes = jnp.concatenate([slopes, field(last)[None]])
    i, u, h = batch.node, batch.position[:, None], batch.steps[batch.node][:, None]
    left = nodes[i] * (1 + 2 * u) + h * slopes[i] * u
    right = nodes[i + 1] * (3 - 2 * u) - h * slopes[i + 1] * (1 - u)
    return (1 - u) ** 2 * left + u**2 * right


def integrate_stiff(model: CRNN, batch: Batch, initial: Float[Array, " species"]) -> Float[Array, "times species"]:
    """Trajectory of one experiment at its measured times by an implicit adaptive solver (Kvaerno 5)."""
    import diffrax

    field = model.vector_field(batch.temperature)
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(lambda t, y, args: field(y)),  # noqa: ARG005  # the signature of diffrax
        diffrax.Kvaerno5(),
        batch.times[0],
        batch.times[-1],
        None,
        initial,
        saveat=diffrax.SaveAt(ts=batch.times),
        stepsize_controller=diffrax.PIDController(rtol=1e-4, atol=1e-6),
        max_steps=1024,
        throw=False,
    )
    assert solution.ys is not None
    # Beyond a failure there is inf; a large finite error keeps the gradient of what was reached.
    return jnp.where(jnp.isfinite(solution.ys), solution.ys, UNREACHED)


class TrajectoryLoss(eqx.Module):
    """``loss(model, experiment, key, fraction)`` for :func:`crnsym.training.fit`.

    Attributes
    ----------
    ranges
        ``(species,)`` range of each species over all experiments, in the units of the batch.
    order, cap
        Weight and cap of the order penalty.
    sparsity, integer
        Weights of the other penalties; the integer attraction comes late.
    stiff
        Whether to use the implicit solver.
    """

    ranges: Float[Array, " species"]
    order: Float[Array, ""] | float = 0.0
    cap: Float[Array, ""] | float = 2.0
    sparsity: Float[Array, ""] | float = 0.0
    integer: Float[Array, ""] | float = 0.0
    stiff: bool = eqx.field(static=True, default=False)

    # the signature of training.fit
    def __call__(self, model: Learner, batch: Batch, key: Array, fraction: Array) -> Float[Array, ""]:  # noqa: ARG002  # a loss
        """Return the error of one experiment plus the penalties."""
        total = self.error(model, batch) + self.order * order_penalty(model.network.orders, self.cap)
        total += self.sparsity * sparsity_penalty(model.network.net_stoichiometry)
        attraction = integer_penalty(model.network.orders) + integer_penalty(model.network.net_stoichiometry)
        return total + self.integer * late_ramp(fraction) * attraction

    # the signature of training.fit
    def score(self, model: Learner, batch: Batch, key: Array, fraction: Array) -> Float[Array, ""]:  # noqa: ARG002  # a loss
        """Return what restarts are compared by: error plus order penalty, which is part of the question."""
        return self.error(model, batch) + self.order * order_penalty(model.network.orders, self.cap)

    def error(self, model: Learner, batch: Batch) -> Float[Array, ""]:
        """Mean over measured values of abs(predicted - measured) / range."""
        predicted = (integrate_stiff if self.stiff else integrate)(
            model.network, batch, batch.initial * jnp.exp(model.initial[batch.index])
        )
        error = jnp.abs(predicted - batch.values) / self.ranges
        return jnp.sum(jnp.where(batch.mask, error, 0.0)) / jnp.maximum(jnp.sum(batch.mask), 1)


class NoiseResiduals(eqx.Module):
    """``residuals(network, initial, experiment)`` for :func:`crnsym.training.polish.polish`, in units of the noise.

    Predicted and measured values are compared as asinh(c rel/abs)/rel, whose noise has unit variance.  Penalties
    enter as residuals of their own, shared out over the experiments.

    Attributes
    ----------
    relative, absolute
        ``(species,)`` noise, in the units of the batch.
    order, cap
        Weight and cap of the order penalty.
    experiments
        Number of experiments.
    """

    relative: Float[Array, " species"]
    absolute: Float[Array, " species"]
    order: Float[Array, ""] | float = 0.0
    cap: Float[Array, ""] | float = 2.0
    experiments: Float[Array, ""] | float = 1.0
    stiff: bool = eqx.field(static=True, default=False)

    def __call__(self, model: CRNN, initial: Float[Array, " species"], batch: Batch) -> Array:
        """Return ``(times * species + species + reactions,)`` residuals; what was not measured gives 0."""
        solve = integrate_stiff if self.stiff else integrate
        predicted = solve(model, batch, batch.initial * jnp.exp(initial))
        difference = self.stabilise(predicted) - self.stabilise(batch.values)
        excess = jnp.maximum(jnp.sum(model.orders, axis=1) - self.cap, 0.0)
        count = jnp.sum(batch.mask) / self.experiments
        # a weak prior where the first value is missing or the factor is not seen by the data
        return jnp.concatenate(
            [
                jnp.where(batch.mask, difference, 0.0).ravel(),
                initial / LOOSE,
                jnp.sqrt(count) * self.order * excess / HINGE,
            ]
        )

    def stabilise(self, values: Array) -> Array:
        """Map concentrations to the scale on which the noise has unit variance."""
        return jnp.arcsinh(values * self.relative / self.absolute) / self.relative
