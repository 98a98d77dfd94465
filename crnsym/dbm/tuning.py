"""Learn how parameters move: a right-hand side whose solution runs along a curve θ(t), or gives given moments.

First the slopes of the curve are learned, with noise on θ that F is to forget (a contraction, without which errors grow
along the solution); then the solution itself is fitted, through the solver, to targets that are linear in θ.
"""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from ..training.fit import adam, fit
from ..training.progress import Reporter
from .dynamics import DynamicBoltzmann, integrate
from .model import Layers
from .rhs.network import SmallNetwork


class _SlopeLoss(eqx.Module):
    """Error of F at points around the curve, where it should lead back."""

    noise: Float[Array, " params"]
    contraction: float
    unit: Float[Array, " params"]

    def __call__(self, rhs, curve, key, fraction):  # noqa: ARG002 - the signature of training.fit
        points, slopes = curve
        away = self.noise * jax.random.normal(key, points.shape)
        found = jax.vmap(rhs)(points + away)
        return jnp.mean(((found - slopes + self.contraction * away) / self.unit) ** 2)


class _PathLoss(eqx.Module):
    """Mean square of ``matrices @ θ - offsets`` along the solution."""

    step: float
    every: int = eqx.field(static=True)
    steps: int = eqx.field(static=True)

    def __call__(self, model, targets, key, fraction):  # noqa: ARG002 - the signature of training.fit
        rhs, start = model
        matrices, offsets = targets
        path = integrate(rhs, start, self.step, self.steps)[:: self.every]
        return jnp.mean((jnp.einsum("tkp,tp->tk", matrices, path) - offsets) ** 2)


def learn_slopes(
    layers: Layers,
    times: np.ndarray,
    thetas: np.ndarray,
    *,
    step: float,
    key: jax.Array,
    smooth: float = 1.0,
    contraction: float = 0.05,
    iterations: int = 4000,
    width: int = 48,
    progress: Reporter = None,
) -> DynamicBoltzmann:
    """Return a machine whose small network F has the slopes of a curve.

    Parameters
    ----------
    layers
        The structure.
    times, thetas
        ``(times,)`` equally spaced, ``(times, params)``.
    step
        Of the solver.
    key
        Of the start and the noise.
    smooth
        Width of the Gaussian that smooths the curve, in points.
    contraction
        Rate at which F leads back to the curve, per unit of time.
    iterations, width
        Of the training, and of the network.
    progress
        Whom to tell.
    """
    curve = _smoothed(thetas, smooth)
    spline = CubicSpline(times, curve)
    fine = np.linspace(times[0], times[-1], 4 * len(times))
    points, slopes = spline(fine), spline(fine, 1)
    spread = np.maximum(points.std(axis=0), 0.05)
    unit = np.maximum(np.sqrt((slopes**2).mean(axis=0)), 1e-6)
    with jax.enable_x64(True):
        loss = _SlopeLoss(jnp.asarray(0.15 * spread), contraction, jnp.asarray(unit))
        found = fit(
            lambda k: SmallNetwork(
                len(spread), key=k, centre=points.mean(axis=0), scale=spread, unit=unit, width=width
            ),
            loss,
            (jnp.asarray(points)[None], jnp.asarray(slopes)[None]),
            optimiser=adam(3e-3, iterations),
            epochs=iterations,
            key=key,
            restarts=1,
            trainable=_only_network,
            stage="slopes",
            progress=progress,
        )
        start = jnp.asarray(curve[0])
    return DynamicBoltzmann(layers, start, found.models[0], np.eye(len(spread)), float(times[0]), step)


def tune_path(
    model: DynamicBoltzmann,
    every: int,
    matrices: np.ndarray,
    offsets: np.ndarray,
    *,
    key: jax.Array,
    rate: float = 1e-3,
    iterations: int = 1000,
    progress: Reporter = None,
) -> DynamicBoltzmann:
    """Return the machine with F and start moved so that ``matrices @ θ(t)`` come close to ``offsets``.

    Parameters
    ----------
    model
        In plain coordinates, with `SmallNetwork`.
    every
        Targets stand after so many steps of the solver each.
    matrices, offsets
        ``(times, rows, params)`` and ``(times, rows)``.
    key, rate, iterations, progress
        Of the training.
    """
    with jax.enable_x64(True):
        found = fit(
            lambda _: (model.rhs, model.start),
            _PathLoss(model.step, every, every * (len(offsets) - 1)),
            (jnp.asarray(matrices)[None], jnp.asarray(offsets)[None]),
            optimiser=adam(rate, iterations, "cosine", 1.0),
            epochs=iterations,
            key=key,
            restarts=1,
            trainable=lambda m: (_only_network(m[0]), True),
            stage="path",
            progress=progress,
        )
        rhs, start = found.models[0]
    return eqx.tree_at(lambda m: (m.rhs, m.start), model, (rhs, start))


def linearised(
    thetas: np.ndarray, moments: np.ndarray, jacobians: np.ndarray, targets: np.ndarray, units: np.ndarray, trust: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return matrices and offsets for `tune_path`: errors of the linearised moments, and distances from θ.

    Parameters
    ----------
    thetas, moments, jacobians
        Where the moments were sampled: ``(times, params)``, ``(times, moments)``, ``(times, moments, params)``.
    targets, units
        ``(times, moments)``, and the units of their errors ``(moments,)`` or ``(times, moments)``.
    trust
        Weight of the distance.
    """
    units = np.broadcast_to(units, targets.shape)
    slopes = jacobians / units[..., None]
    wanted = (targets - moments) / units + np.einsum("tkp,tp->tk", slopes, thetas)
    stay = np.broadcast_to(np.sqrt(trust) * np.eye(thetas.shape[1]), (len(thetas), *(thetas.shape[1],) * 2))
    return np.concatenate([slopes, stay], axis=1), np.concatenate([wanted, np.sqrt(trust) * thetas], axis=1)


def _smoothed(thetas: np.ndarray, width: float) -> np.ndarray:
    """Return the curve smoothed; it goes on point-symmetrically beyond its ends, which keeps them and their slopes."""
    if width == 0:
        return thetas
    beyond = min(len(thetas) - 1, int(4 * width) + 1)
    before, after = 2 * thetas[0] - thetas[beyond:0:-1], 2 * thetas[-1] - thetas[-2 : -2 - beyond : -1]
    wide = gaussian_filter1d(np.concatenate([before, thetas, after]), width, axis=0)
    return wide[beyond : beyond + len(thetas)]


def _only_network(rhs: SmallNetwork) -> Callable:
    nothing = jax.tree.map(lambda _: False, rhs)
    return eqx.tree_at(lambda m: m.mlp, nothing, jax.tree.map(eqx.is_inexact_array, rhs.mlp))
