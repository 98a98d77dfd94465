"""From real networks to integer mechanisms: the printed networks of the second seed, clones, limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crnsym.data.mechanism import FractionalNetwork
from crnsym.data.trajectories import Trajectories
from crnsym.errors import FitError
from crnsym.rounding.candidates import round_network

CASE_1 = {(-2, 1, 0, 0, 0), (-1, 0, 1, 0, 0), (0, 0, -1, 1, 0), (0, -1, 0, -1, 1)}
WITHOUT_PENALTY = [
    [0, -1, 0, -1.006, 1.006],
    [-2.093, 1.107, 0, 0, 0],
    [-1.004, 0, 0.965, 0, 0],
    [0, 0, -0.999, 1.011, 0],
]
WITH_PENALTY = [
    [0, -1.003, 0, -1.008, 1.007],
    [-2.084, 1.115, 0, 0.006, -0.011],
    [-1.004, 0.001, 0.969, 0.001, 0.004],
    [0.002, 0.002, -0.998, 1.01, -0.004],
]


def tied(net, rates, species="ABCDE"):
    net = np.asarray(net, float)
    return FractionalNetwork(tuple(species[: net.shape[1]]), np.maximum(-net, 0), net, np.log(rates))


def nets(mechanism):
    return set(map(tuple, mechanism.net_stoichiometry.tolist()))


@pytest.mark.parametrize("net", [WITHOUT_PENALTY, WITH_PENALTY])
def test_the_networks_printed_in_the_second_seed_round_to_the_truth_first(net):
    candidates = round_network(tied(net, [0.307, 0.101, 0.206, 0.13]), max_order=2)
    assert nets(candidates[0]) == CASE_1
    assert any(remark.startswith("rounded at cost") for remark in candidates[0].provenance)


@pytest.mark.parametrize(
    ("net", "rates", "truth"),
    [
        ([[-2.196, 0.719], [-2.195, 0.796]], [0.334832, 0.0672393], {(-3, 1)}),
        ([[-2.196, 0.669], [-2.172, 0.59], [-2.198, 0.882]], [0.282409, 0.00122938, 0.117926], {(-3, 1)}),
        ([[-1.47, -0.722, 0.699], [-1.468, -0.689, 1.086]], [0.549771, 0.0237182], {(-2, -1, 1)}),
    ],
)
def test_clones_under_an_order_cap_give_the_higher_order_reaction(net, rates, truth):
    candidates = round_network(tied(net, rates), max_order=3)
    assert truth in [nets(candidate) for candidate in candidates[:5]]


def test_no_two_candidates_are_equal_and_costs_ascend():
    candidates = round_network(tied(WITH_PENALTY, [0.3, 0.1, 0.2, 0.13]), limit=30)
    assert len(candidates) == 30
    assert len({candidate.structure() for candidate in candidates}) == 30
    costs = [float(candidate.provenance[-1].removeprefix("rounded at cost ")) for candidate in candidates]
    assert costs == sorted(costs)


def test_rates_move_with_the_orders_so_that_fluxes_stay():
    values = np.array([[1e-6, 0.0], [8e-7, 2e-7], [6e-7, 4e-7], [5e-7, 5e-7]])
    data = Trajectories(("A", "B"), ("1",), (np.arange(4.0),), (values,))
    net = np.array([[-1.9, 1.0]])
    typical = 8.5e-7  # the upper quartile of A
    log_rate = np.log(1e-7) - 1.9 * np.log(typical)
    found = round_network(FractionalNetwork(("A", "B"), np.maximum(-net, 0), net, np.array([log_rate])), data=data)[0]
    assert nets(found) == {(-2, 1)}
    assert found.log_rates[0] + 2 * np.log(typical) == pytest.approx(np.log(1e-7), abs=0.01)


def test_laws_filter_reactions():
    laws = np.array([[1, 2, 1, 1, 3]])
    for candidate in round_network(tied(WITHOUT_PENALTY, [0.3, 0.1, 0.2, 0.13]), laws=laws):
        np.testing.assert_array_equal(laws @ candidate.net_stoichiometry.T, 0)


def test_laws_of_the_wrong_width_are_refused():
    with pytest.raises(FitError, match="expected 5 species"):
        round_network(tied(WITHOUT_PENALTY, [1, 1, 1, 1]), laws=np.ones((1, 3)))


def test_a_merge_and_a_dropped_reaction_are_in_the_provenance():
    net = [*WITHOUT_PENALTY, [-1.01, 0, 0.99, 0, 0], [0, 0, 0, 0.3, -0.2]]
    first = round_network(tied(net, [0.307, 0.101, 0.15, 0.13, 0.05, 1e-7]))[0]
    assert nets(first) == CASE_1
    assert "merged reactions 3, 5 (orders within 0.15)" in first.provenance
    assert any(remark.startswith("dropped reaction") for remark in first.provenance)


def directions(reactants, products):
    net = products - reactants
    return {
        (tuple(a), tuple(s // d)) for a, s, d in zip(reactants.tolist(), net, np.gcd.reduce(net, axis=1), strict=True)
    }


REACTION = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)).filter(lambda a: 0 < sum(a) <= 2)


@given(st.lists(st.tuples(REACTION, REACTION), min_size=1, max_size=3), st.integers(0, 2**31))
@settings(deadline=None, max_examples=30)
def test_a_separate_network_near_integers_rounds_to_them_first(reactions, seed):
    rng = np.random.default_rng(seed)
    reactants, products = (np.array(part) for part in zip(*reactions, strict=True))
    pairs = {(tuple(a), tuple(b - a)) for a, b in zip(reactants, products, strict=True)}
    if len({a for a, _ in pairs}) < len(reactions) or any(not any(s) for _, s in pairs):
        return  # a complex used twice is a question of merging; a reaction without change is none
    blur = lambda x: x + rng.uniform(-0.03, 0.03, x.shape)  # noqa: E731
    found = round_network(
        FractionalNetwork(
            ("A", "B", "C"),
            np.maximum(blur(reactants), 0),
            blur(products - reactants),
            rng.uniform(-0.3, 0.3, len(reactions)),
        )
    )
    # 2 C -> C and 2 C -> 0 at half the rate are one vector field: compare directions of the net vectors
    assert directions(found[0].reactants, found[0].products) == directions(reactants, products)
