"""Integer neighbours come in the order of their cost."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crnsym.rounding.integers import best_first, integer_rows, row_scales

COSTS = st.lists(
    st.lists(st.floats(0, 10, allow_nan=False), min_size=1, max_size=4).map(sorted), min_size=1, max_size=4
)


@given(COSTS)
@settings(deadline=None)
def test_best_first_yields_every_choice_once_in_order_of_cost(options):
    found = list(best_first(options))
    choices = [choice for _, choice in found]
    assert sorted(choices) == sorted(itertools.product(*(range(len(costs)) for costs in options)))
    costs = [cost for cost, _ in found]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(costs))
    for cost, choice in found:
        assert abs(cost - sum(costs[i] for costs, i in zip(options, choice, strict=True))) < 1e-9


def test_no_options_means_no_choice():
    assert list(best_first([[1.0], []])) == []


def test_scales_include_one_and_the_largest_and_smallest_entry():
    scales = row_scales(np.array([-1.47, -0.72, 0.7, 0.0]))
    assert scales[0] == 1.0
    assert any(abs(scale - 2 / 1.47) < 0.1 for scale in scales)
    assert any(abs(scale - 1 / 0.7) < 0.1 for scale in scales)


def test_a_tied_row_rounds_to_the_nearest_reaction_first():
    net = np.array([-2.08, 1.1, 0.01])
    rows = integer_rows(np.maximum(-net, 0), net, max_order=2, tied=True)
    assert (rows[0].reactants, rows[0].products, rows[0].scale) == ((2, 0, 0), (0, 1, 0), 1.0)
    assert [row.cost for row in rows] == sorted(row.cost for row in rows)
    assert all(min(a, b) == 0 for row in rows for a, b in zip(row.reactants, row.products, strict=True))


def test_a_row_shortened_by_the_order_cap_is_lengthened_again():
    net = np.array([-1.47, -0.722, 0.699])  # what a capped network makes of 2 A + B -> C
    rows = integer_rows(np.maximum(-net, 0), net, max_order=3, tied=True)
    assert (rows[0].reactants, rows[0].products) == ((2, 1, 0), (0, 0, 1))


def test_a_catalyst_is_on_both_sides():
    rows = integer_rows(np.array([1.02, 0.97]), np.array([0.01, -0.98]), max_order=2)
    assert (rows[0].reactants, rows[0].products) == ((1, 1), (1, 0))


def test_the_length_of_a_net_vector_is_free_when_orders_are_separate():
    rows = integer_rows(np.array([1.0, 0.0]), np.array([-0.4, 0.41]), max_order=2)
    assert (rows[0].reactants, rows[0].products) == ((1, 0), (0, 1))
    assert abs(rows[0].scale - 2.5) < 0.1


def test_laws_and_the_largest_order_are_kept():
    net = np.array([-1.4, 0.6])
    rows = integer_rows(np.maximum(-net, 0), net, max_order=2, tied=True, laws=np.array([[1, 2]]))
    assert rows
    assert all(row.products[1] * 2 == row.reactants[0] for row in rows)
    assert all(sum(row.reactants) <= 1 for row in integer_rows(np.ones(2), -np.ones(2), max_order=1))


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=2, max_size=4),
    st.integers(0, 2**31),
)
@settings(deadline=None, max_examples=60)
def test_small_errors_do_not_change_the_first_neighbour(pairs, seed):
    reactants, products = (np.array(part) for part in zip(*pairs, strict=True))
    products = np.where(reactants > 0, 0, products)  # nothing on both sides
    if reactants.sum() == 0 or (products == reactants).all():
        return
    net = (products - reactants) + np.random.default_rng(seed).uniform(-0.04, 0.04, len(pairs))
    row = integer_rows(np.maximum(-net, 0), net, max_order=8, tied=True)[0]
    assert row.reactants == tuple(reactants)
    assert row.products == tuple(products)
