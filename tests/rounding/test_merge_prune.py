"""Clones are merged and idle reactions dropped without changing what a network does."""

import numpy as np

from crnsym.data.mechanism import FractionalNetwork
from crnsym.data.trajectories import Trajectories
from crnsym.rounding.merge import merge_parallel
from crnsym.rounding.prune import flux_shares, prune_idle, sample_states, typical_concentrations


def network(net, rates, orders=None):
    net = np.asarray(net, float)
    orders = np.maximum(-net, 0) if orders is None else np.asarray(orders, float)
    return FractionalNetwork(("A", "B"), orders, net, np.log(rates))


def change(network, c):
    return np.exp(network.log_rates + network.orders @ np.log(c)) @ network.net_stoichiometry


def test_clones_become_one_reaction_with_the_same_effect():
    typical = np.array([0.5, 0.8])
    clones = network([[-2.196, 0.719], [-2.195, 0.796]], [0.335, 0.067])
    merged, remarks = merge_parallel(clones, typical)
    assert len(merged.orders) == 1
    assert remarks == ("merged reactions 1, 2 (orders within 0.15)",)
    np.testing.assert_allclose(change(merged, typical), change(clones, typical), rtol=1e-12)
    assert abs(np.abs(merged.net_stoichiometry[0]).sum() - 2.915) < 1e-9


def test_reactions_of_one_complex_with_other_products_are_kept_apart():
    both = network([[-1.0, 1.0], [-1.0, 0.0]], [0.2, 0.1])
    assert merge_parallel(both, np.ones(2)) == (both, ())


def test_opposite_reactions_cancel_when_asked():
    typical = np.array([0.7, 0.3])
    pair = network([[-1.0, 1.0], [1.0, -1.0]], [0.3, 0.1], orders=[[1, 0], [1, 0]])
    merged, _ = merge_parallel(pair, typical, parallel=-1.0)
    np.testing.assert_allclose(change(merged, typical), change(pair, typical))
    assert len(merged.orders) == 1


def data():
    times = np.linspace(0, 1, 5)
    values = np.column_stack([np.linspace(1, 0.1, 5), np.linspace(0, 0.9, 5)])
    values[2, 1] = np.nan
    values[0, 1] = -0.01
    return Trajectories(("A", "B"), ("1",), (times,), (values,))


def test_an_idle_reaction_is_dropped_and_the_remark_says_which():
    states = sample_states(data())
    pruned, remarks = prune_idle(network([[-1.0, 1.0], [1.0, -1.0]], [1.0, 1e-5]), states)
    assert len(pruned.orders) == 1
    assert remarks[0].startswith("dropped reaction 2 (")


def test_a_slow_reaction_that_is_all_a_species_has_is_not_idle():
    slow = FractionalNetwork(
        ("A", "B"), np.array([[1.0, 0], [1.0, 0]]), np.array([[-1.0, 0], [0, 1.0]]), np.log([1.0, 1e-6])
    )
    np.testing.assert_allclose(flux_shares(slow, sample_states(data())), [1.0, 1.0])


def test_states_are_complete_and_not_negative_and_typical_ones_positive():
    states = sample_states(data())
    assert np.isfinite(states).all()
    assert (states >= 0).all()
    assert (typical_concentrations(np.zeros((3, 2))) > 0).all()
