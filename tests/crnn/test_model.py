"""The network module: forms, masks, temperature, and what it does at zero concentration."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from crnsym.crnn.model import CRNN
from crnsym.errors import NetworkError

KEY = jax.random.key(3)


def with_weights(net, **options):
    net = np.asarray(net, float)
    model = CRNN(net.shape[1], net.shape[0], key=KEY, log_rate=0.0, **options)
    return eqx.tree_at(lambda m: (m.weights, m.log_rates), model, (jnp.asarray(net), jnp.zeros(len(net))))


def test_a_tied_network_with_integer_weights_is_mass_action():
    with jax.enable_x64(True):
        model = with_weights([[-2, 1, 0], [0, -1, 1]])
        y = jnp.array([0.7, 0.3, 0.0])
        expected = [-2 * 0.49, 0.49 - 0.3, 0.3]
        np.testing.assert_allclose(model(0.0, y), expected, rtol=1e-6)


def test_orders_are_consumptions_within_the_cap():
    model = with_weights([[-2.5, 1.0, -9.0]], order_cap=4.0)
    np.testing.assert_allclose(model.orders, [[2.5, 0.0, 4.0]])
    np.testing.assert_allclose(model.net_stoichiometry, [[-2.5, 1.0, -9.0]])


def test_the_separate_form_holds_a_catalyst_and_autocatalysis():
    model = CRNN(2, 2, key=KEY, form="separate")
    model = eqx.tree_at(
        lambda m: (m.weights, m.products),
        model,
        (jnp.array([[1.0, -1.0], [1.0, 1.0]]), jnp.array([[1.0, 0.0], [2.0, 0.0]])),
    )
    np.testing.assert_allclose(model.orders, [[1, 1], [1, 1]])
    np.testing.assert_allclose(model.net_stoichiometry, [[0, -1], [1, -1]])


def test_an_exponent_of_zero_counts_for_nothing_even_at_zero_concentration():
    model = with_weights([[-1.0, 2.0]])
    value, slope = jax.value_and_grad(lambda y: model(0.0, y)[1])(jnp.array([1.0, 0.0]))
    assert float(value) == pytest.approx(2.0)
    assert np.isfinite(np.asarray(slope)).all()


def test_a_concentration_below_the_floor_counts_as_the_floor():
    model = with_weights([[-1.0, 1.0]], floor=np.array([1e-3, 1e-5]))
    assert float(model.fluxes(jnp.array([0.0, 0.0]))[0]) == pytest.approx(1e-3, rel=1e-4)
    assert float(model.fluxes(jnp.array([-5.0, 0.0]))[0]) == pytest.approx(1e-3, rel=1e-4)


@pytest.mark.parametrize("form", ["tied", "separate"])
def test_a_forbidden_species_stays_out_of_a_reaction(form):
    allowed = np.array([[True, False], [True, True]])
    model = CRNN(2, 2, key=KEY, form=form, allowed=allowed)
    assert float(model.orders[0, 1]) == 0.0
    assert float(model.net_stoichiometry[0, 1]) == 0.0
    assert float(model.net_stoichiometry[1, 1]) != 0.0


def test_known_reactions_are_as_given_and_only_their_rate_is_learned():
    known = (np.array([[2, 0, 0]]), np.array([[-2, 1, 0]]))
    model = CRNN(3, 2, key=KEY, known=known)
    np.testing.assert_array_equal(model.orders[0], [2, 0, 0])
    np.testing.assert_array_equal(model.net_stoichiometry[0], [-2, 1, 0])
    gradient = eqx.filter_grad(lambda m: jnp.sum(m(0.0, jnp.array([1.0, 0.5, 0.2])) ** 2))(model)
    np.testing.assert_array_equal(gradient.weights[0], 0.0)
    assert float(gradient.log_rates[0]) != 0.0


def test_rates_follow_arrhenius_around_the_reference():
    with jax.enable_x64(True):
        model = CRNN(2, 1, key=KEY, temperature=330.0, spread=0.02)
        model = eqx.tree_at(lambda m: m.activation, model, jnp.array([0.4]))
        energy = float(model.activation_energies[0])
        assert float(model.log_rates_at(330.0)[0]) == float(model.log_rates[0])
        expected = -energy / 8.314462618 * (1 / 343.0 - 1 / 330.0)
        assert float(model.log_rates_at(343.0)[0] - model.log_rates[0]) == pytest.approx(expected)


def test_only_what_is_learned_is_trainable():
    model = CRNN(3, 2, key=KEY, form="separate", temperature=300.0)
    marked = [leaf.shape for leaf in jax.tree.leaves(eqx.filter(model, model.trainable()))]
    assert marked == [(2, 3), (2, 3), (2,), (2,)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"form": "loose"}, "'loose' is not one of"),
        ({"allowed": np.ones((3, 2))}, r"expected \(reactions, species\) = \(2, 3\)"),
        ({"known": (np.ones((3, 3)), np.ones((3, 3)))}, "raise reactions"),
    ],
)
def test_wrong_arguments_are_named(options, message):
    with pytest.raises(NetworkError, match=message):
        CRNN(3, 2, key=KEY, **options)
