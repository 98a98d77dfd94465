import numpy as np
import pytest

from crnsym.dynamics.integration.factors import assemble, factorise, plan, solve
from crnsym.dynamics.integration.ordering import eliminate


def factors_of(matrix):
    entries = np.argwhere(matrix)
    factors = plan(len(matrix), entries)
    lu, work = np.empty(factors.size), np.empty(len(matrix))
    assemble(factors, matrix[matrix != 0], -1.0, 1.0, lu)
    return factors, lu, factorise(factors, lu, work)


def random_matrix(n, density, seed):
    rng = np.random.default_rng(seed)
    matrix = np.where(rng.uniform(size=(n, n)) < density, rng.standard_normal((n, n)), 0.0)
    return -matrix - np.diag(np.abs(matrix).sum(axis=0))


@pytest.mark.parametrize(("n", "density"), [(1, 0.0), (3, 1.0), (12, 0.2), (60, 0.05), (200, 0.01), (200, 0.3)])
def test_factors_solve_as_dense_elimination_does(n, density):
    matrix = random_matrix(n, density, n)
    factors, lu, usable = factors_of(matrix)
    b = np.random.default_rng(1).standard_normal(n)
    expected = np.linalg.solve(np.eye(n) - matrix, b)
    solve(factors, lu, b, np.empty(n))
    assert usable
    np.testing.assert_allclose(b, expected, rtol=1e-9, atol=1e-12)


def test_a_chain_fills_in_nothing():
    n = 300
    matrix = np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)
    found = eliminate(n, np.argwhere(matrix))
    assert sorted(found.order) == list(range(n))
    assert max(map(len, found.rows)) <= 2
    assert n - len(found.rows) <= 6


def test_a_hub_is_eliminated_last():
    matrix = np.zeros((50, 50))
    matrix[7, :] = matrix[:, 7] = 1
    found = eliminate(50, np.argwhere(matrix))
    assert 7 not in found.order[: len(found.rows)]


def test_a_pivot_that_vanishes_is_reported():
    assert not factors_of(np.array([[1.0]]))[2]
    assert not factors_of(np.array([[1.0, 1.0], [1.0, 1.0 - 1e-300]]) + np.diag([1e300, 0]) * 0)[2]
