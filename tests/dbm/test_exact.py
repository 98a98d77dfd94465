"""Small machines whose states can all be written down."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from crnsym.dbm.model import Layers, independent_start
from crnsym.dbm.sampling import Chains
from crnsym.errors import DataError, FitError, UnsupportedError
from tests.dbm.centring import centred_gradient, centring_matrix, from_centred, to_centred
from tests.dbm.enumerated import Enumerated, log_partition_ring
from tests.dbm.motifs import chain_moments

RING = Layers(("P", "H"), (4,), (2,))
GOLDEN = np.array([-0.4, 0.9])  # field and coupling of the Ising chain in dbm tests


@pytest.fixture(scope="module")
def theta():
    return np.random.default_rng(3).normal(0, 0.6, len(RING.names))


@pytest.fixture(scope="module")
def small():
    with jax.enable_x64(True):
        yield Enumerated(RING)


def test_the_energy_is_the_sum_over_sites_and_bonds(theta):
    rng = np.random.default_rng(0)
    v, h = rng.integers(0, 3, (2, 50, 4))
    (b0, b1), (w,) = RING.split(theta)
    energy = np.zeros(50)
    for n, i in itertools.product(range(50), range(4)):
        energy[n] -= b0[v[n, i] - 1] if v[n, i] else 0
        energy[n] -= b1[h[n, i] - 1] if h[n, i] else 0
        for j in (i, (i + 1) % 4):
            energy[n] -= w[v[n, j] - 1, h[n, i] - 1] if v[n, j] and h[n, i] else 0
    np.testing.assert_allclose(RING.energy(theta, [v, h]), energy, atol=1e-12)


def test_the_gradient_of_the_divergence_is_the_difference_of_moments(small, theta):
    data = np.random.default_rng(1).dirichlet(np.ones(len(small.visible)))
    with jax.enable_x64(True):

        def divergence(theta):
            return jnp.sum(data * (np.log(data) - small.log_probabilities(theta)))

        gradient = jax.jit(jax.grad(divergence))(jnp.asarray(theta))
        difference = small.moments(theta) - data @ small.clamped(theta)
        step = 1e-5 * np.eye(len(theta))
        numeric = [(divergence(theta + e) - divergence(theta - e)) / 2e-5 for e in step]
    np.testing.assert_allclose(gradient, difference, atol=1e-10)
    np.testing.assert_allclose(np.array(numeric), difference, atol=1e-7)


@pytest.mark.parametrize("couplings", ["full", "diagonal"])
def test_centred_coordinates_keep_the_distribution_and_come_back(couplings):
    layers = Layers(("P", "H"), (4, 4), (2, 2), couplings)
    rng = np.random.default_rng(2)
    theta, centres = rng.normal(size=len(layers.names)), rng.uniform(0.1, 0.4, 6)
    there = to_centred(layers, theta, centres)
    np.testing.assert_allclose(from_centred(layers, there, centres), theta, atol=1e-12)
    np.testing.assert_allclose(centring_matrix(layers, centres) @ theta, there, atol=1e-12)

    states = [rng.integers(0, 3, (30, *shape)) for shape in layers.shapes]
    biases, weights = layers.split(there)
    centred = np.zeros(30)
    for layer, (state, mu) in enumerate(zip(states, centres.reshape(3, 2), strict=True)):
        ones = (state.reshape(30, -1, 1) == [1, 2]).astype(float)
        centred -= ones.sum(axis=1) @ biases[layer]
        if layer < 2:
            upper = (states[layer + 1].reshape(30, -1, 1) == [1, 2]) - centres.reshape(3, 2)[layer + 1]
            joined = (ones - mu)[:, layers.below[layer]].sum(axis=2)
            centred -= np.einsum("nia,ab,nib->n", joined, weights[layer], upper)
    offset = layers.energy(theta, states) - centred
    assert np.ptp(offset) < 1e-12 * np.abs(offset).max() + 1e-11


def test_the_centred_gradient_is_a_descent_direction_of_its_own(theta):
    rng = np.random.default_rng(4)
    difference, centres = rng.normal(size=len(theta)), rng.uniform(0.1, 0.4, 4)
    (da0, da1), (dw,) = RING.split(difference)
    (ca0, ca1), (cw,) = RING.split(centred_gradient(RING, difference, centres))
    bonds = RING.bonds_down
    expected = dw - bonds * da0[:, None] * centres[2:] - bonds * centres[:2, None] * da1
    np.testing.assert_allclose(cw, expected, atol=1e-12)
    np.testing.assert_allclose(ca0, da0 - bonds * cw @ centres[2:], atol=1e-12)
    np.testing.assert_allclose(ca1, da1 - bonds * centres[:2] @ cw, atol=1e-12)


@pytest.mark.parametrize("layers", [RING, Layers(("A",), (5,), (1, 1)), Layers(("A", "B"), (3,), (1, 2))])
def test_the_transfer_matrix_agrees_with_enumeration(layers):
    theta = np.random.default_rng(5).normal(0, 0.7, len(layers.names))
    with jax.enable_x64(True):
        every = Enumerated(layers)
        found, moments = jax.jit(jax.value_and_grad(lambda x: log_partition_ring(layers, x)))(jnp.asarray(theta))
        assert found == pytest.approx(float(every.log_partition(theta)), abs=1e-10)
        np.testing.assert_allclose(moments, every.moments(theta), atol=1e-9)


def test_the_ising_chain_has_its_golden_moments():
    with jax.enable_x64(True):
        found = np.array(jax.jit(chain_moments)(jnp.asarray(GOLDEN)))
        layers = Layers(("A",), (400,), (1,))  # every other site is hidden
        theta = jnp.array([GOLDEN[0], GOLDEN[0], GOLDEN[1]])
        ring = np.asarray(jax.jit(jax.grad(lambda x: log_partition_ring(layers, x)))(theta)) / 400
    np.testing.assert_allclose(found, [0.68416152, 0.51156029, 0.38250314, 0.47682725], atol=1e-8)
    np.testing.assert_allclose(ring, [found[0], found[0], 2 * found[1]], atol=1e-10)


def test_gibbs_chains_have_the_moments_of_the_ising_chain():
    layers = Layers(("A",), (300,), (1,))
    chains = Chains(layers, 200, seed=7).run(np.array([GOLDEN[0], GOLDEN[0], GOLDEN[1]]), 60)
    v, h = (s.astype(float) for s in chains.states())
    found = np.array([v.mean(1), (v * h).mean(1), (np.roll(v, -1, 1) * v * h).mean(1), (v * np.roll(v, -1, 1)).mean(1)])
    error = found.std(axis=1, ddof=1) / np.sqrt(200)
    with jax.enable_x64(True):
        exact = np.array(jax.jit(chain_moments)(jnp.asarray(GOLDEN)))
    assert (np.abs(found.mean(axis=1) - exact) < 4 * error).all()


def test_gibbs_chains_have_the_moments_of_a_potts_ring(theta):
    layers = Layers(("P", "H"), (50,), (2,))
    chains = Chains(layers, 400, seed=1).run(theta, 80).statistics()
    with jax.enable_x64(True):
        exact = np.asarray(jax.jit(jax.grad(lambda x: log_partition_ring(layers, x)))(jnp.asarray(theta)))
    assert (np.abs(chains.mean(axis=0) - exact) < 4 * chains.std(axis=0, ddof=1) / np.sqrt(400)).all()


def test_clamped_chains_have_the_exact_conditional_moments(small, theta):
    visible = small.visible[[5, 40, 66]]
    for state, exact in zip(visible, np.asarray(small.clamped(theta))[[5, 40, 66]], strict=True):
        chains = Chains(RING, np.repeat(state[None], 4000, axis=0), seed=2).run(theta, 3, clamped=True)
        assert (chains.lattices() == state).all()
        found = chains.statistics()
        error = found.std(axis=0, ddof=1) / np.sqrt(4000)
        assert (np.abs(found.mean(axis=0) - exact) <= 4.5 * error + 1e-12).all()


def test_random_starts_are_uniform_and_data_starts_are_the_data():
    chains = Chains(Layers(("P", "H"), (20, 20), (2,)), 50, seed=1)
    frequencies = np.bincount(chains.state.ravel()) / chains.state.size
    np.testing.assert_allclose(frequencies, 1 / 3, atol=0.01)
    given = chains.lattices()
    np.testing.assert_array_equal(Chains(chains.layers, given, seed=9).lattices(), given)


def test_chains_go_on_where_they_stopped_and_differ_by_stream(theta):
    once = Chains(RING, 9, seed=1).run(theta, 7).state
    twice = Chains(RING, 9, seed=1).run(theta, 3).run(theta, 4).state
    other = Chains(RING, 9, seed=1, stream=1).run(theta, 7).state
    np.testing.assert_array_equal(once, twice)
    assert (once != other).any()


@pytest.mark.parametrize(
    "layers",
    [
        Layers(("A", "B"), (6, 4), (2, 3), block=3),
        Layers(("A",), (4, 4, 8), (2, 1), "full", stride=2),
        Layers(("A", "B", "C"), (4, 5), (3, 3), "diagonal"),
    ],
)
def test_fast_statistics_agree_with_the_definition_in_any_dimension(layers):
    chains = Chains(layers, 7, seed=3).run(np.random.default_rng(0).normal(size=len(layers.names)), 2)
    np.testing.assert_array_equal(chains.statistics(), layers.statistics(chains.states()))
    for below, above in zip(layers.below, layers.above, strict=True):
        bonds = {(int(j), i) for i, row in enumerate(below) for j in row}
        assert bonds == {(i, int(j)) for i, row in enumerate(above) for j in row}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": (5, 4), "stride": 2}, "hidden layer 1 does not tile the 5x4"),
        ({"shape": (4, 4), "block": 3, "stride": 2}, "do not tile with stride 2"),
        ({"shape": (2, 4), "block": 3}, "smaller than a block of side 3"),
        ({"shape": (4, 4), "hidden": (2, 2, 2), "stride": 2}, "hidden layer 3"),
        ({"shape": (4,) * 4}, "4 dimensions"),
        ({"couplings": "some"}, "couplings='some'"),
        ({"hidden": (0,)}, "at least one species"),
        ({"hidden": 1}, "hidden=1: give a tuple of whole numbers"),
        ({"shape": "4x4"}, "shape='4x4': give a tuple of whole numbers"),
        ({"species": ("P", "P")}, "give different names"),
        ({"block": 4}, "block=4"),
    ],
)
def test_layers_that_do_not_fit_are_refused_in_one_line(options, message):
    with pytest.raises(FitError, match=message) as caught:
        Layers(**{"species": ("P", "H"), "shape": (4, 4), "hidden": (2,), **options})
    assert "\n" not in str(caught.value)


def test_other_bad_input_is_refused():
    with pytest.raises(DataError, match="shape"):
        Chains(RING, np.zeros((3, 5), dtype=np.int8))
    with pytest.raises(DataError, match="0 to 3"):
        Chains(RING, np.array([[0, 1, 2, 3]]))
    with pytest.raises(FitError, match="8 finite numbers"):
        Chains(RING, 2).run(np.zeros(3), 1)
    with pytest.raises(FitError, match="seed=-1: give a whole number from 0 to 4294967295"):
        Chains(RING, 2, seed=-1)
    with pytest.raises(FitError, match="0 chains"):
        Chains(RING, 0)
    with pytest.raises(FitError, match="table"):
        Chains(Layers(tuple("ABCDE"), (9, 9), (5, 5), block=3), 1)
    with pytest.raises(FitError, match="no finite biases"):
        independent_start(RING, np.array([0.5, 0.0]))
    with pytest.raises(UnsupportedError, match="states"):
        Enumerated(Layers(("A",), (40,), (1,)))
    with pytest.raises(UnsupportedError, match="rings"):
        log_partition_ring(Layers(("A",), (4, 4), (1,)), np.zeros(3))
