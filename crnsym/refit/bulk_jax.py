"""Normal equations of many mechanisms by JAX: RK4 with explicit sensitivities, written as small matrix products.

A reactant is picked by a one-hot matrix, not by a gather: the state with a constant 1 and all its sensitivities,
one row each, times ``(species + 1, 3 reactions)``, gives every factor of every rate and all derivatives at once.
Mechanisms are the leading (vmapped) axis; XLA on a CPU runs this some ten times faster than a layout with the
mechanisms last.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from .bulk_data import BulkData, BulkMechanisms

CHUNK = 8  # mechanisms a call


def _flow(
    state: Float[Array, "runs rows species"],
    rates: Float[Array, " reactions"],
    pick: Float[Array, "species_and_one factors"],
    net: Float[Array, "reactions species"],
) -> Float[Array, "runs rows species"]:
    """Return the time derivative of the concentrations (row 0) and of their sensitivities to log rates."""
    reactions = net.shape[0]
    runs, rows, species = state.shape
    flat = state.reshape(runs * rows, species) @ pick[:-1]
    factors = flat.reshape(runs, rows, -1, reactions)
    # The dummy reactant is 1 in the row of the concentrations and has no sensitivity.
    values = factors[:, 0] + pick[-1].reshape(-1, reactions)
    product = values.prod(axis=1) * rates
    if rows == 1:
        return (product @ net)[:, None]
    slots = values.shape[1]
    change = sum(factors[:, 1:, j] * jnp.prod(jnp.delete(values, j, axis=1), axis=1)[:, None] for j in range(slots))
    change = change * rates + jnp.eye(reactions) * product[:, None]
    both = jnp.concatenate([product[:, None], change], axis=1)
    return (both.reshape(runs * rows, reactions) @ net).reshape(state.shape)


def _normal(
    log_rates: Float[Array, " reactions"],
    pick: Float[Array, "species_and_one factors"],
    net: Float[Array, "reactions species"],
    data: tuple[Array, Array, Array],
    initial: Float[Array, "runs species"],
    substeps: Int[Array, " times"],
    trips: Int[Array, " times"],
    *,
    sensitivities: bool,
) -> tuple[Float[Array, ""], Float[Array, " reactions"], Float[Array, "reactions reactions"]]:
    """Return the sum of squares of one mechanism and, of half of it, the gradient and the normal matrix.

    ``data`` are steps ``(times, runs)``, values and weights ``(times, runs, species)``.
    """
    rates = jnp.exp(log_rates)
    rows = 1 + (len(log_rates) if sensitivities else 0)
    start = jnp.zeros((initial.shape[0], rows, initial.shape[1])).at[:, 0].set(initial)
    flow = partial(_flow, rates=rates, pick=pick, net=net)

    def interval(carry, inputs):
        state, cost, normal = carry
        steps, values, weights, n, trip = inputs
        h = (steps / n)[:, None, None]

        def step(i, x):
            k1 = flow(x)
            k2 = flow(x + 0.5 * h * k1)
            k3 = flow(x + 0.5 * h * k2)
            k4 = flow(x + h * k3)
            return jnp.where(i < n, x + h / 6.0 * (k1 + 2.0 * (k2 + k3) + k4), x)

        state = jax.lax.fori_loop(0, trip, step, state)
        miss = state.at[:, 0].add(-values) * weights[:, None]
        cost = cost + (miss[:, 0] ** 2).sum()
        if sensitivities:
            flat = jnp.moveaxis(miss, 1, 0).reshape(rows, -1)
            normal = normal + flat @ flat.T
        return (state, cost, normal), None

    carry = (start, jnp.zeros(()), jnp.zeros((rows, rows)))
    (_, cost, normal), _ = jax.lax.scan(interval, carry, (*data, substeps, trips))
    if not sensitivities:
        return cost, jnp.zeros(0), jnp.zeros((0, 0))
    return cost, normal[0, 1:], normal[1:, 1:]


@partial(jax.jit, static_argnames=("sensitivities",))
def _normal_chunk(log_rates, pick, net, data, initial, substeps, trips, *, sensitivities):
    """Evaluate a chunk of mechanisms, each with its own number of steps.

    The loops run ``trips`` times, the most of them (a batched loop would be slow); who is done waits, so that no
    result depends on the company.
    """
    one = partial(_normal, sensitivities=sensitivities)
    axes = (0, 0, 0, None, None, 0, None)
    return jax.vmap(one, in_axes=axes)(log_rates, pick, net, data, initial, substeps, trips)


class JaxNormalEquations:
    """Cost, gradient and normal matrix of any selection of the mechanisms, as a function of log rates."""

    def __init__(self, data: BulkData, mechanisms: BulkMechanisms, *, threads: int = 2):
        self.mechanisms, self.threads = mechanisms, max(1, threads)
        species = len(data.species)
        slots = max(1, int((mechanisms.slots < species).sum(axis=2).max(initial=1)))
        # (mechanisms, species + 1, slots, reactions); reactants fill the first slots
        one_hot = np.eye(species + 1)[mechanisms.slots[:, :, :slots]]
        self.pick = np.moveaxis(one_hot, (3, 2), (1, 2)).reshape(len(mechanisms), species + 1, -1)
        self.data = tuple(np.moveaxis(a, 1, 0) for a in (data.steps, data.values[:, 1:], data.weights[:, 1:]))
        self.initial = data.initial

    def __call__(
        self, index: np.ndarray, log_rates: np.ndarray, substeps: np.ndarray, *, sensitivities: bool = True
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Evaluate mechanisms ``index`` at ``log_rates`` ``(len(index), reactions)``."""
        number, width = log_rates.shape
        cost = np.full(number, np.inf)
        gradient, hessian = np.zeros((number, width)), np.zeros((number, width, width))
        # Neighbours in stiffness share a chunk: it lasts as long as the slowest of them.
        order = np.argsort(substeps.sum(axis=1), kind="stable")

        def work(first: int) -> None:
            chosen = order[first : first + CHUNK]
            padded = np.resize(chosen, CHUNK)
            members = index[padded]
            with jax.enable_x64(True):
                out = _normal_chunk(
                    log_rates[padded], self.pick[members], self.mechanisms.net[members], self.data, self.initial,
                    substeps[padded], substeps[padded].max(axis=0), sensitivities=sensitivities,
                )  # fmt: skip
                out = [np.asarray(a)[: len(chosen)] for a in out]
            cost[chosen] = np.where(np.isfinite(out[0]), out[0], np.inf)
            if sensitivities:
                gradient[chosen], hessian[chosen] = out[1], out[2]

        if number:
            work(0)  # compiles, once; two threads at the same time would do it twice
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(work, range(CHUNK, number, CHUNK)))
        return cost, gradient, hessian
