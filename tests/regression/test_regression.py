import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

import crnsym as cs
from crnsym.data.noise import NoiseModel, estimate_noise
from crnsym.data.smoothing import smooth
from crnsym.regression.decode import decode
from crnsym.regression.gram import bounded_least_squares, eliminate_groups
from crnsym.regression.library import build_library, complexes
from crnsym.regression.quadratic import elimination_path
from crnsym.regression.weak_form import monomials, weak_form, weak_quadratic
from tests.engine import CASCADE, measured


def test_complexes_are_counted_by_the_binomial_coefficient():
    assert len(complexes(4, 2)) == 15
    assert len(complexes(3, 3)) == 20
    assert complexes(2, 1).tolist() == [[0, 0], [1, 0], [0, 1]]


def test_the_library_holds_every_reaction_once_and_obeys_laws():
    library = build_library(3, 2, 2)
    assert len(library.source) == 10 * 9
    lawful = library.obeying(np.array([[1, 1, 1]]))
    assert len(lawful.source) == 3 * 2 + 6 * 5
    assert not lawful.net.sum(axis=1).any()


def test_simpler_reactions_cost_less():
    library = build_library(3, 3, 3)
    orders = library.orders[library.source]
    assert library.cost[orders == 1].mean() < library.cost[orders == 2].mean() < library.cost[orders == 3].mean()


@pytest.mark.parametrize("count", [20, 25, 30, 31])
def test_the_weak_form_holds_in_every_row_whatever_the_number_of_samples(count):
    data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 4, count))
    form = weak_form(data, NoiseModel(np.zeros(2), np.ones(2)), list(data.values), np.array([[1, 0]]))
    assert np.abs(form.left - form.right @ [[-0.5, 0.5]]).max() < 2e-3 * np.abs(form.left).max()


def test_monomials_are_exact_at_zero():
    values = monomials(np.array([[0.0, 2.0]]), complexes(2, 2))
    assert values.tolist() == [[1.0, 0.0, 2.0, 0.0, 0.0, 4.0]]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_bounded_least_squares_agrees_with_nnls(seed, n):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(3 * n, n)), rng.normal(size=3 * n)
    x = bounded_least_squares(a.T @ a, a.T @ b, np.ones(n, bool))
    assert np.allclose(x, nnls(a, b)[0], atol=1e-7)


def test_elimination_keeps_the_groups_that_matter():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(200, 8))
    b = a @ np.array([2.0, 1.0, 0, 0, 0, 0, 1.5, -1.0]) + 0.01 * rng.normal(size=200)
    group = np.repeat(np.arange(4), 2)
    path = eliminate_groups(a.T @ a, a.T @ b, np.zeros(8, bool), group, [np.arange(8)])
    assert path[-2][0].tolist() == [0, 3]


def test_the_weak_form_finds_the_reactant_complexes():
    data = measured(CASCADE, runs=10, points=60, noise=0.02)
    noise = estimate_noise(data)
    library = build_library(4, 2, 3)
    form = weak_form(data, noise, smooth(data, noise), library.complexes)
    path, elbow = elimination_path(weak_quadratic(form), form.left.size)
    truth = {tuple(y) for y in CASCADE.reactants.tolist()}
    smallest = min(len(m.active) for m in path if truth <= {tuple(library.complexes[y]) for y in m.active})
    assert smallest <= len(path[elbow].active) + 3


def test_a_net_vector_is_decoded_into_the_fewest_reactions():
    library = build_library(3, 2, 3)
    y = library.complexes.tolist().index([1, 0, 0])
    found = decode(np.array([-1.1, 1.0, 0.1]), np.eye(3) * 1e4, library, y)
    net = sorted(library.net[found[0][1]].tolist())
    assert net == [[-1, 0, 1], [-1, 1, 0]]
    assert np.allclose(sorted(found[0][2]), [0.1, 1.0], atol=0.02)
