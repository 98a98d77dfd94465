import jax
import jax.numpy as jnp
import numpy as np
import pytest

from crnsym import compile_network, mass_action_arrays, network
from crnsym.errors import NetworkError


def test_a_network_becomes_integer_arrays():
    mechanism = mass_action_arrays(network("2 A + B -> 3 B @ k/2; 0 -> A @ 0.5; param k = 3"))
    assert mechanism.species == ("A", "B")
    assert mechanism.reactants.tolist() == [[2, 1], [0, 0]]
    assert mechanism.products.tolist() == [[0, 3], [1, 0]]
    np.testing.assert_allclose(np.exp(mechanism.log_rates), [1.5, 0.5])


def test_arrays_with_a_fixed_species_have_the_same_vector_field():
    net = network("A + F -> B @ 2; B -> F @ 1; const F; init F = 3")
    mechanism = mass_action_arrays(net)
    y = np.array([0.5, 3.0, 0.2])
    rates = np.exp(mechanism.log_rates) * np.prod(y**mechanism.reactants, axis=1)
    with jax.enable_x64(True):
        expected = compile_network(net)(0.0, jnp.asarray(y))
    np.testing.assert_allclose(rates @ mechanism.net_stoichiometry, expected)


@pytest.mark.parametrize("text", ["A -> B @= A^2", "1/2 A -> B @ 1", "A -> 3/2 B @ 1", "A -> B @ exp(-time)"])
def test_what_is_not_mass_action_is_named(text):
    with pytest.raises(NetworkError, match="is not mass action"):
        mass_action_arrays(network(text))


def test_a_rate_constant_that_is_not_positive_is_named():
    with pytest.raises(NetworkError, match=r"rate constant of 'A -> B.*' is 0; it must be positive"):
        mass_action_arrays(network("A -> B @ 0"))
