"""Penalties are zero where they should be and push the right way."""

import jax.numpy as jnp
import pytest

from crnsym.crnn.penalties import integer_penalty, late_ramp, order_penalty, sparsity_penalty


def test_the_order_penalty_counts_what_exceeds_the_cap():
    orders = jnp.array([[2.0, 0.5, 0.0], [1.0, 1.0, 0.0], [1.5, 1.5, 0.2]])
    assert float(order_penalty(orders)) == pytest.approx(0.5 + 0.0 + 1.2)
    assert float(order_penalty(orders, cap=2.2)) == pytest.approx(0.3 + 1.0)


def test_integers_attract():
    assert float(integer_penalty(jnp.array([-2.0, 0.0, 3.0]))) == pytest.approx(0.0, abs=1e-6)
    assert float(integer_penalty(jnp.array([0.5]))) == pytest.approx(1.0)


def test_the_attraction_comes_late():
    assert [float(late_ramp(x)) for x in (0.0, 0.6, 0.8, 1.0)] == pytest.approx([0.0, 0.0, 0.5, 1.0])


def test_sparsity_counts_entries_and_hardly_shrinks_large_ones():
    one, two = sparsity_penalty(jnp.array([[1.0, 0.0]])), sparsity_penalty(jnp.array([[2.0, 0.0]]))
    both = sparsity_penalty(jnp.array([[1.0, 1.0]]))
    assert float(both) == pytest.approx(2 * float(one))
    assert float(two - one) < 0.1
