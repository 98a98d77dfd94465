"""Parallel power laws with capped orders are read as the one reaction that they imitate."""

import numpy as np
import pytest

from crnsym.comparison.describe import reaction_texts
from crnsym.data.mechanism import FractionalNetwork
from crnsym.rounding.intermediates import intermediates


def network(orders: list[list[float]], net: list[list[float]], rates: list[float]) -> FractionalNetwork:
    species = ("A", "B", "C")[: len(orders[0])]
    return FractionalNetwork(species, np.array(orders), np.array(net), np.log(rates))


def test_two_clones_of_capped_order_are_one_reaction_of_three_molecules() -> None:
    # matrices of a published trial: two species, two reactions, total order limited
    fractional = network([[2.196, 0.0], [2.195, 0.0]], [[-2.196, 0.719], [-2.195, 0.796]], [0.334832, 0.0672393])
    (found,) = intermediates(fractional)
    assert reaction_texts(found.reaction) == ["3 A -> B"]
    assert found.members == (0, 1)
    assert any("limit on the order" in sentence for sentence in found.evidence)
    assert [set(reaction_texts(m)) for m in found.modules] == [{"2 A -> Z", "Z -> 2 A", "A + Z -> B"}]


def test_unequal_orders_name_two_kinds_of_molecules() -> None:
    fractional = network([[1.431, 0.725, 0.0]], [[-1.431, -0.725, 0.704]], [0.6])
    (found,) = intermediates(fractional)
    assert reaction_texts(found.reaction) == ["2 A + B -> C"]
    assert len(found.modules) == 2


def test_the_modules_have_the_rate_of_the_reaction_in_their_limit() -> None:
    (found,) = intermediates(network([[2.0, 1.0, 0.0]], [[-2.0, -1.0, 1.0]], [0.5]))
    for module in found.modules:
        k1, back, k2 = np.exp(module.log_rates)
        assert k1 * k2 / back == pytest.approx(0.5)


def test_elementary_orders_give_no_proposal() -> None:
    assert (
        intermediates(network([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [[-1.0, -1.0, 1.0], [1.0, 1.0, -1.0]], [1.0, 0.5]))
        == []
    )


def test_orders_in_other_proportions_give_no_proposal() -> None:
    assert intermediates(network([[0.3, 1.9, 0.0]], [[-2.0, -1.0, 1.0]], [0.5])) == []


def test_a_rate_law_split_into_net_vectors_that_mean_nothing_alone_is_one_reaction() -> None:
    fractional = network(
        [[1.482, 0.725, 0.0], [1.309, 0.891, 0.0]], [[-1.482, -0.725, 0.84], [-1.309, -0.891, 0.189]], [0.5, 0.1]
    )
    (found,) = intermediates(fractional)
    assert reaction_texts(found.reaction) == ["2 A + B -> C"]
    assert found.members == (0, 1)


def test_parallel_steps_that_are_reactions_of_their_own_stay_apart() -> None:
    assert intermediates(network([[2.0, 0.0, 0.0]] * 2, [[-2.0, 1.0, 0.0], [-2.0, 0.0, 1.0]], [0.5, 0.4])) == []
