"""A deep Boltzmann machine whose parameters move: dθ/dt = F(θ)."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..errors import FitError
from .model import Layers

METHODS = ("rk4", "euler")


class DynamicBoltzmann(eqx.Module):
    """Layers, where their parameters start, and how they move.

    Attributes
    ----------
    layers
        The structure.
    start
        θ at ``time``, in the coordinates in which the parameters move.
    rhs
        F, a module of `crnsym.dbm.rhs`.
    coordinates
        ``(params, params)``: the moving parameters are ``coordinates @ θ``, such as those of a centred machine.
    time, step
        Time of the start, and the step of the solver.
    method
        ``"rk4"`` or ``"euler"``.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> runs = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> machine = cs.train_natural(runs)  # doctest: +SKIP
    >>> machine.at([0.0, 1.0])  # doctest: +SKIP
    """

    layers: Layers = eqx.field(static=True)
    start: Float[Array, " params"]
    rhs: Callable
    coordinates: np.ndarray
    time: float = eqx.field(static=True, default=0.0)
    step: float = eqx.field(static=True, default=1.0)
    method: str = eqx.field(static=True, default="rk4")

    def parameters(self, steps: int, context=None) -> Float[Array, "times params"]:
        """Return θ at the start and after each of ``steps`` steps."""
        inverse = jnp.linalg.inv(jax.lax.stop_gradient(jnp.asarray(self.coordinates)))
        return integrate(self.rhs, self.start, self.step, steps, self.method, context) @ inverse.T

    def at(self, times, context=None) -> np.ndarray:
        """Return θ at given times, ``(times, params)``, between steps by cubic Hermite interpolation.

        Raises
        ------
        FitError
            A time before the start.
        """
        times = np.asarray(times, dtype=float)
        if times.size and times.min() < self.time:
            raise FitError(f"the machine starts at {self.time:g}; it has no parameters at {times.min():g}")
        with jax.enable_x64(True):
            place = (times - self.time) / self.step
            steps = max(int(np.ceil(place.max(initial=0.0) - 1e-9)), 1)
            path = np.asarray(_path(self, steps, context))
            slopes = np.asarray(_slopes(self, path, context))
        return hermite(place, path, self.step * slopes) @ np.linalg.inv(np.asarray(self.coordinates)).T


def integrate(rhs: Callable, start, step: float, steps: int, method: str = "rk4", context=None):
    """Return the solution of dy/dt = rhs(y, context) at the start and after each step, ``(steps + 1, params)``.

    Raises
    ------
    FitError
        An unknown method.
    """
    if method not in METHODS:
        raise FitError(f"method={method!r} is unknown; choose one of {', '.join(METHODS)}")

    def euler(y):
        return y + step * rhs(y, context)

    def rk4(y):
        k1 = rhs(y, context)
        k2 = rhs(y + step / 2 * k1, context)
        k3 = rhs(y + step / 2 * k2, context)
        k4 = rhs(y + step * k3, context)
        return y + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    advance = rk4 if method == "rk4" else euler

    def body(y, _):
        y = advance(y)
        return y, y

    return jnp.concatenate([start[None], jax.lax.scan(body, start, None, length=steps)[1]])


def hermite(place: np.ndarray, values: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """Return the cubic Hermite interpolant at ``place``, counted in steps; ``slopes`` are per step."""
    left = np.clip(np.floor(place).astype(int), 0, len(values) - 2)
    x = (place - left)[:, None]
    ends = (values[left], values[left + 1], slopes[left], slopes[left + 1])
    return (
        (1 - 3 * x**2 + 2 * x**3) * ends[0]
        + (3 * x**2 - 2 * x**3) * ends[1]
        + (x - 2 * x**2 + x**3) * ends[2]
        + (x**3 - x**2) * ends[3]
    )


@eqx.filter_jit
def _path(model, steps, context):
    return integrate(model.rhs, model.start, model.step, steps, model.method, context)


@eqx.filter_jit
def _slopes(model, path, context):
    return jax.vmap(lambda y: model.rhs(y, context))(path)
