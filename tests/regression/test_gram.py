"""Non-negative least squares on Gram matrices against scipy's solver."""

import numpy as np
import pytest
from scipy.optimize import nnls

from crnsym.regression.gram import nonnegative


@pytest.mark.parametrize("unknowns", [1, 7, 60, 99, 101, 300, 900])
@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_the_minimum_is_that_of_another_solver_also_where_unknowns_depend_on_each_other(unknowns, scale):
    rng = np.random.default_rng(unknowns)
    basis = rng.normal(size=(80, min(unknowns, 40)))
    design = basis @ rng.normal(size=(basis.shape[1], unknowns)) * np.exp(rng.normal(size=unknowns)) * scale
    target = design[:, :3] @ np.ones(min(3, unknowns)) + rng.normal(size=80) * scale
    x, value = nonnegative(design.T @ design, design.T @ target)
    _, distance = nnls(design, target)
    assert (x >= 0).all()
    assert value == pytest.approx(distance**2 - target @ target, rel=1e-6)


def test_without_anything_that_helps_all_are_zero():
    x, value = nonnegative(np.eye(150), -np.ones(150))
    assert not x.any()
    assert value == 0.0
