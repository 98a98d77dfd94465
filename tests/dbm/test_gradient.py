"""The gradient through the solver, against adjoints written by hand, on a machine that can be enumerated."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from crnsym.dbm.dynamics import integrate
from crnsym.dbm.model import Layers
from tests.dbm.enumerated import Enumerated

LAYERS = Layers(("P", "H"), (3,), (2,))
PARAMS = len(LAYERS.names)
T = 1.0


@pytest.fixture(scope="module")
def problem():
    with jax.enable_x64(True):
        rng = np.random.default_rng(0)
        every = Enumerated(LAYERS)
        statistics = jnp.asarray(every.statistics)
        data = [jnp.asarray(rng.dirichlet(np.ones(len(every.visible)))) for _ in range(2)]
        u = jnp.asarray(rng.normal(0, 0.4, (PARAMS, PARAMS)))
        start = jnp.asarray(rng.normal(0, 0.3, PARAMS))

        def field(theta, u):
            return jnp.tanh(u @ theta + 0.3)

        def difference(theta, t):  # <m>_model - <m>_data, the data moving from one distribution to another
            mixed = (1 - t / T) * data[0] + t / T * data[1]
            weights = jax.nn.softmax((statistics @ theta).ravel()).reshape(statistics.shape[:2])
            wake = mixed[:, None] * jax.nn.softmax(statistics @ theta, axis=1)
            return jnp.einsum("vh,vhp->p", weights - wake, statistics)

        def divergence(theta, t):
            mixed = (1 - t / T) * data[0] + t / T * data[1]
            return jnp.sum(mixed * (jnp.log(mixed) - every.log_probabilities(theta)))

        yield field, difference, divergence, start, u


def centres(t):
    """Return arbitrary smooth centres (visible 2, hidden 2) and their rates of change."""
    phase = jnp.arange(4.0)
    return 0.3 + 0.1 * jnp.sin(3 * t + phase), 0.3 * jnp.cos(3 * t + phase)


def compiled(gradient):
    """Run a function of a problem and a number of steps as one program."""
    return lambda problem, steps: jax.jit(lambda u: gradient((*problem[:4], u), steps))(problem[4])


def path(problem, steps):
    field, _, _, start, u = problem
    return integrate(lambda y, _: field(y, u), start, T / steps, steps, "euler")


@compiled
def surrogate_gradient(problem, steps):
    """Differentiate Σ w <θ_t(u), Δ_t> with Δ frozen, through Euler's method."""
    field, difference, _, start, u = problem
    times = jnp.linspace(0, T, steps + 1)
    frozen = jax.vmap(difference)(path(problem, steps), times)
    weights = jnp.full(steps + 1, T / steps).at[0].set(0.0)

    def loss(u):
        thetas = integrate(lambda y, _: field(y, u), start, T / steps, steps, "euler")
        return jnp.sum(weights[:, None] * thetas * frozen)

    return jax.grad(loss)(u)


@compiled
def exact_gradient(problem, steps):
    field, _, divergence, start, u = problem
    times = jnp.linspace(0, T, steps + 1)

    def action(u):
        thetas = integrate(lambda y, _: field(y, u), start, T / steps, steps, "euler")
        return T / steps * jnp.sum(jax.vmap(divergence)(thetas, times)[1:])

    return jax.grad(action)(u)


@compiled
def discrete_adjoint(problem, steps):
    """Adjoint of the very same Euler steps: λ_n = Δ_n h + λ_(n+1) + h (∂F/∂θ)^T λ_(n+1)."""
    field, difference, _, _, u = problem
    h, thetas = T / steps, path(problem, steps)

    def body(carry, n):
        adjoint, gradient = carry
        adjoint = adjoint + h * difference(thetas[n + 1], (n + 1) * h)
        _, pull = jax.vjp(lambda y, v: field(y, v), thetas[n], u)
        back, by_u = pull(adjoint)
        return (adjoint + h * back, gradient + h * by_u), None

    zero = (jnp.zeros(PARAMS), jnp.zeros((PARAMS, PARAMS)))
    return jax.lax.scan(body, zero, jnp.arange(steps)[::-1])[0][1]


def parts(vector):
    """Return visible bias, hidden bias, coupling."""
    return vector[:2], vector[2:4], vector[4:].reshape(2, 2)


@compiled
def centred_adjoint(problem, steps):
    """Adjoint in centred variables φ (biases) and Λ (couplings), Euler backwards, as in the published supplement."""
    field, difference, _, _, u = problem
    h, thetas, q, units = T / steps, path(problem, steps), LAYERS.bonds_down, LAYERS.units[0]
    del units  # the statistics are sums over the lattice already

    def body(carry, n):
        phi, coupling, gradient = carry
        t = n * h
        mu, rate = centres(t)
        delta_v, delta_h, delta_w = parts(difference(thetas[n], t))
        low, high = mu[:2], mu[2:]
        centred = delta_w - q * delta_v[:, None] * high - q * low[:, None] * delta_h
        # dS/du = -∫ (Λ + q φ μ + q φ μ) ∂F_w/∂u + φ ∂F_b/∂u: the bracket is the plain adjoint of w
        plain = coupling + q * phi[:2, None] * high + q * low[:, None] * phi[2:]
        vector = jnp.concatenate([phi, plain.ravel()])
        _, pull = jax.vjp(lambda y, v: field(y, v), thetas[n], u)
        back, by_u = pull(vector)
        psi_v, psi_h, psi_w = parts(back)
        turn = q * (low[:, None] * psi_h + psi_v[:, None] * high)
        moving = q * (phi[:2, None] * rate[2:] + rate[:2, None] * phi[2:])
        d_phi = jnp.concatenate([delta_v - psi_v, delta_h - psi_h])
        d_coupling = centred - psi_w + turn - moving
        return (phi - h * d_phi, coupling - h * d_coupling, gradient - h * by_u), None

    zero = (jnp.zeros(4), jnp.zeros((2, 2)), jnp.zeros((PARAMS, PARAMS)))
    return jax.lax.scan(body, zero, jnp.arange(steps, 0, -1))[0][2]


def relative(found, wanted):
    return float(jnp.linalg.norm(found - wanted) / jnp.linalg.norm(wanted))


def test_frozen_moments_give_the_gradient_of_the_action(problem):
    assert relative(surrogate_gradient(problem, 40), exact_gradient(problem, 40)) < 1e-10


def test_the_adjoint_of_the_same_steps_is_the_same_gradient(problem):
    assert relative(discrete_adjoint(problem, 40), surrogate_gradient(problem, 40)) < 1e-10


def test_centred_and_plain_adjoints_converge_to_the_same_gradient_at_first_order(problem):
    fine = surrogate_gradient(problem, 2000)
    errors = [relative(centred_adjoint(problem, n), fine) for n in (250, 500, 2000)]
    assert errors[2] < 1.5e-3
    assert errors[0] / errors[1] == pytest.approx(2, abs=0.4)
