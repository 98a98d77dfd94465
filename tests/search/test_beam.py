"""Expansions of the best mechanisms in a library."""

import numpy as np
import pytest

from crnsym.data.noise import estimate_noise
from crnsym.deciding import EFFORT
from crnsym.search.beam import Beam
from crnsym.search.pool import Pool
from crnsym.search.question import ask
from tests.engine import CASCADE, measured


@pytest.mark.parametrize(("bar", "ends"), [(np.inf, True), (-1e9, False)])
def test_a_library_that_cannot_reach_the_bar_is_left_early(bar, ends):
    data = measured(CASCADE, runs=4, points=15)
    question = ask(data, estimate_noise(data))
    view = question.view.under(question.laws[-1], "laws")
    pool = Pool(view.problem, question.score(view.problem))
    beam = Beam(pool, question.library(2, 2, view.laws, question.species), bar)
    beam.start(view)
    beam.run()
    best = [fit.mechanism.structure() for _, fit in pool.ranked()[: EFFORT.width]]
    assert all(structure in beam.expanded for structure in best) == ends
    assert len(beam.expanded) >= EFFORT.width if ends else len(beam.expanded) <= EFFORT.width
