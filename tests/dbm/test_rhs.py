"""Right-hand sides: what elements reproduce, and motifs against a generator and a simulation."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from scipy.linalg import expm

from crnsym import network, simulate_lattice, simulate_stochastic
from crnsym.dbm.dynamics import integrate
from crnsym.dbm.rhs.hashed import HashedElements
from crnsym.dbm.rhs.hermite import HermiteElements, element_weights
from crnsym.dbm.rhs.network import SmallNetwork
from crnsym.dbm.rhs.polynomial import Polynomial
from crnsym.errors import FitError
from tests.dbm.motifs import MOTIFS, BirthDeath, Motifs, chain_moments

H, J = -0.4, 0.9


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


@eqx.filter_jit
def over(model, points):
    """Return a model at each of many points, as one program."""
    return jax.vmap(model)(points)


def cubic(x):
    """A polynomial of degree three in each of two variables, and its mixed derivatives."""
    a, b = x[..., 0], x[..., 1]
    f, df = 1 + a - 2 * a**2 + 0.5 * a**3, 1 - 4 * a + 1.5 * a**2
    g, dg = 2 - b + 0.3 * b**2 - b**3, -1 + 0.6 * b - 3 * b**2
    return np.stack([f * g, f * dg, df * g, df * dg], axis=-1)


def filled(elements):
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 5), np.linspace(0, 1.5, 6), indexing="ij"), axis=-1)
    return eqx.tree_at(lambda m: m.coefficients, elements, jnp.asarray(cubic(grid))[..., None])


@pytest.fixture
def surface():
    return filled(HermiteElements((0, 2), 1, [-1, 0], [1, 1.5], (4, 5)))


def test_elements_reproduce_cubics_and_their_slopes(surface):
    points = np.random.default_rng(0).uniform([-1, 9, 0], [1, 9, 1.5], (40, 3))
    exact = cubic(points[:, [0, 2]])
    found = over(surface, jnp.asarray(points))[:, 0]
    slopes = jax.jit(jax.vmap(jax.grad(lambda x: surface(x)[0])))(jnp.asarray(points))
    np.testing.assert_allclose(found, exact[:, 0], atol=1e-12)
    np.testing.assert_allclose(slopes, np.stack([exact[:, 2], 0 * found, exact[:, 1]], axis=1), atol=1e-11)


def test_elements_go_on_linearly_beyond_the_box(surface):
    edge, beyond = jnp.array([1.0, 9.0, 0.7]), jnp.array([3.0, 9.0, 0.7])
    value = jax.jit(lambda x: surface(x)[0])
    slope = jax.jit(jax.grad(value))(edge)[0]
    assert float(value(beyond)) == pytest.approx(float(value(edge) + 2 * slope))


def test_elements_have_continuous_slopes_whatever_their_numbers():
    elements = HermiteElements((0, 1, 2), 2, [0] * 3, [0.3, 2, 1], (3, 2, 2))
    shape = elements.coefficients.shape
    elements = eqx.tree_at(lambda m: m.coefficients, elements, jnp.asarray(np.random.default_rng(1).normal(size=shape)))
    both = [jax.jit(lambda x, f=f: f(x)) for f in (elements, jax.jacobian(elements))]
    for axis, face in ((0, 0.1), (1, 1.0), (2, 0.5)):
        point = np.array([0.15, 0.6, 0.3])
        sides = [jnp.asarray(np.where(np.arange(3) == axis, face + d, point)) for d in (-1e-9, 1e-9)]
        for f in both:
            np.testing.assert_allclose(f(sides[0]), f(sides[1]), atol=1e-5)


def test_the_weights_of_values_add_up_to_one():
    weights = element_weights(jnp.array([0.3, 0.8, 0.1]), jnp.array([0.1, 2.0, 1.0]))
    assert float(weights[:, 0].sum()) == pytest.approx(1)


def test_hashed_elements_are_the_dense_ones_where_they_have_been(surface):
    rng = np.random.default_rng(3)
    points = rng.uniform([-1, 9, 0], [1, 9, 1.5], (30, 3))
    hashed = HashedElements((0, 2), 1, [-1.0, 0.0], [0.5, 0.3], capacity=4).visit(points)
    vertices = np.stack(np.meshgrid(range(5), range(6), indexing="ij"), axis=-1).reshape(-1, 2)
    rows = np.searchsorted(hashed.keys, hashed._packed(vertices))
    values = np.array(hashed.coefficients)
    stored = hashed.keys[np.minimum(rows, len(values) - 1)] == hashed._packed(vertices)
    values[rows[stored]] = np.asarray(surface.coefficients).reshape(30, 4, 1)[stored]
    hashed = eqx.tree_at(lambda m: m.coefficients, hashed, values)
    expected = over(surface, jnp.asarray(points))
    np.testing.assert_allclose(over(hashed, jnp.asarray(points)), expected, atol=1e-12)
    whole, part, rows = hashed.around(points[:3])
    np.testing.assert_allclose(over(part, jnp.asarray(points[:3])), expected[:3], atol=1e-12)
    before = hashed.coefficients.tolist()
    assert whole.copy().merged(part, rows).coefficients.tolist() == before
    far = HashedElements((0, 2), 1, [-1.0, 0.0], 0.3)
    assert float(far(jnp.array([50.0, 0.0, 70.0]))[0]) == 0
    with pytest.raises(FitError, match="run away"):
        far.visit(np.array([[1e12, 0, 0]]))


def test_a_polynomial_says_what_it_computes():
    rhs = Polynomial((0, 2), 2, degree=3)
    rhs = eqx.tree_at(lambda m: m.coefficients, rhs, jnp.asarray(np.random.default_rng(0).normal(size=(10, 2))))
    found = rhs(jnp.array([0.3, 5.0, -0.8]))
    place = dict(zip(sympy.symbols("a b", real=True), (0.3, -0.8), strict=True))
    for value, expression in zip(found, rhs.expressions(["a", "b"]), strict=True):
        assert float(value) == pytest.approx(float(expression.subs(place)))
    assert np.isfinite(jax.jacobian(rhs)(jnp.zeros(3))).all()


def test_a_network_takes_a_context():
    rhs = SmallNetwork(3, key=jax.random.key(0), context=2)
    one, other = (rhs(jnp.ones(3), jnp.array([0.0, c])) for c in (0.0, 1.0))
    assert one.shape == (3,)
    assert (one != other).all()


def generator_rates(name):
    """Return (dρ/dt, dn/dt) from every state of a ring of 14, weighted by its probability."""
    sites = 14
    s = np.array(list(itertools.product([0, 1], repeat=sites)))
    right = np.roll(s, -1, axis=1)
    weight = np.exp(H * s.sum(axis=1) + J * (s * right).sum(axis=1))
    weight /= weight.sum()
    flow = np.zeros(2)

    def count(rate, changed):
        """Add an event that happens at ``rate`` in each state and leads to ``changed``."""
        after = changed * np.roll(changed, -1, axis=1)
        flow[0] += weight @ (rate * (changed.sum(axis=1) - s.sum(axis=1)))
        flow[1] += weight @ (rate * (after.sum(axis=1) - (s * right).sum(axis=1)))

    for i in range(sites):
        j = (i + 1) % sites
        for a, b in ((i, j), (j, i)):
            changed = s.copy()
            if name == "death" and a == i:
                changed[:, i] = 0
                count(s[:, i], changed)
            elif name == "annihilation" and a == i:
                changed[:, [a, b]] = 0
                count(s[:, a] * s[:, b], changed)
            elif name == "coagulation":  # either survives, at half the rate of the pair
                changed[:, b] = 0
                count(s[:, a] * s[:, b] / 2, changed)
            elif name == "hop":
                changed[:, [a, b]] = s[:, [b, a]]
                count(s[:, a] * (1 - s[:, b]), changed)
            elif name == "branching":
                changed[:, b] = 1
                count(s[:, a] * (1 - s[:, b]) / 2, changed)
    return flow / sites


@pytest.mark.parametrize("name", list(MOTIFS))
def test_motifs_are_the_generator_of_a_ring(name):
    found = MOTIFS[name](jax.jit(chain_moments)(jnp.array([H, J])))
    np.testing.assert_allclose(found, generator_rates(name), atol=1e-9)


def test_motifs_have_their_golden_values():
    moments = chain_moments(jnp.array([H, J]))
    assert float(MOTIFS["hop"](moments)[1]) == pytest.approx(-0.06946607, abs=1e-8)
    np.testing.assert_allclose(MOTIFS["branching"](moments), (0.17260123, 0.26692534), atol=1e-8)
    flow = BirthDeath(jnp.asarray(0.5), jnp.asarray(1.5))(jnp.array([0.7]))
    np.testing.assert_allclose(flow, [0.50341470], atol=1e-8)


def test_independent_death_is_exact():
    path = integrate(Motifs({"death": 1.0}), jnp.array([H, J]), 0.01, 100)
    moments = jax.jit(jax.vmap(chain_moments))(path)
    start, t = chain_moments(jnp.array([H, J])), np.linspace(0, 1, 101)
    np.testing.assert_allclose(moments.density, start.density * np.exp(-t), rtol=1e-6)
    np.testing.assert_allclose(moments.pairs, start.pairs * np.exp(-2 * t), rtol=1e-6)


def test_hops_with_exclusion_obey_a_closed_linear_system():
    """Two-point functions of hopping molecules: a linear system, a simulation, and the motif for short times."""
    size, number, t = 12, 6, 0.15
    net = network("A -> B @ 0; B -> A @ 0")
    found = simulate_lattice(net, size, [0, t], 20_000, 3, {"A": number}, hops=1.0).sites > 0
    # C(r) for r = 1 .. size - 1: the distance walks on a ring from which r = 0 is left out
    walk = np.zeros((size - 1, size - 1))
    for r in range(1, size):
        for other in (r - 1, r + 1):
            if 1 <= other <= size - 1:
                walk[other - 1, r - 1] += 2
                walk[r - 1, r - 1] -= 2
    # start: molecules drawn uniformly have equal two-point functions, so condition on a full nearest pair
    chosen = found[(found[:, 0, 0]) & (found[:, 0, 1])]
    first = np.array([(chosen[:, 0] * np.roll(chosen[:, 0], -r, axis=1)).mean() for r in range(1, size)])
    later = np.array([(chosen[:, 1] * np.roll(chosen[:, 1], -r, axis=1)).mean() for r in range(1, size)])
    np.testing.assert_allclose(later, expm(walk * t) @ first, atol=0.004)
    assert abs(found.mean() - number / size) < 1e-12
    path = integrate(Motifs({"hop": 1.0}), jnp.array([H, J]), 1e-3, 150)
    moments = jax.jit(jax.vmap(chain_moments))(path)
    np.testing.assert_allclose(moments.density, moments.density[0], rtol=1e-9)
    distances = 400
    start = chain_moments(path[0])
    ratio = (start.next_pairs - start.density**2) / (start.pairs - start.density**2)
    r = np.minimum(np.arange(1, distances), distances - np.arange(1, distances))
    two_point = start.density**2 + (start.pairs - start.density**2) * np.asarray(ratio) ** (r - 1.0)
    exact = 2.0 * (np.eye(distances - 1, k=1) + np.eye(distances - 1, k=-1))
    exact -= np.diag(exact.sum(axis=0))
    closed = float((expm(exact * 0.05) @ two_point)[0])
    assert float(moments.pairs[50]) == pytest.approx(closed, rel=2e-3)  # the closure is exact at t = 0 only


def test_linear_birth_and_death_keep_their_law():
    birth, death, start = 0.5, 1.5, 3.0
    path = integrate(BirthDeath(jnp.asarray(birth), jnp.asarray(death)), jnp.array([np.log1p(1 / start)]), 0.01, 100)
    mean = 1 / np.expm1(np.asarray(path)[:, 0])  # of p(n) proportional to exp(-ν n)
    t = np.linspace(0, 1, 101)
    np.testing.assert_allclose(mean, start * np.exp((birth - death) * t), rtol=1e-7)
    # from a geometric law the linear process stays geometric but for n = 0; its mean is what ν carries
    net = network(f"A -> 2 A @ {birth}; A -> 0 @ {death}; init A = 1")
    runs = 20_000
    final = np.concatenate(
        [v[-1] for v in simulate_stochastic(net, (0, 1, 2), runs=runs, seed=1).trajectories().values]
    )
    grown = np.exp(birth - death)
    lost = death * (1 - grown) / (death - birth * grown)
    ratio = birth * (1 - grown) / (death - birth * grown)
    n = np.arange(8)
    law = np.where(n == 0, lost, (1 - lost) * (1 - ratio) * ratio ** (n - 1.0))
    frequencies = np.bincount(final.astype(int), minlength=8)[:8] / runs
    assert (np.abs(frequencies - law) < 4.5 * np.sqrt(law * (1 - law) / runs) + 1e-12).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HermiteElements((0, 1, 2, 3), 1, [0] * 4, [1] * 4, (1,) * 4), "1 to 3 dimensions"),
        (lambda: HermiteElements((0,), 1, [1], [1], (2,)), "not empty"),
        (lambda: HashedElements((0, 1), 1, [0.0], 0.1), "one number for each direction"),
        (lambda: Motifs({"magic": 1}), "'magic' is no motif"),
        (lambda: integrate(None, jnp.zeros(1), 1.0, 1, "leap"), "method='leap'"),
    ],
)
def test_bad_right_hand_sides_are_refused(make, message):
    with pytest.raises(FitError, match=message):
        make()
