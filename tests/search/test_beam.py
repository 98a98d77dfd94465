"""Expansions of the best mechanisms in a library."""

import numpy as np
import pytest

from crnsym.data.noise import estimate_noise
from crnsym.deciding import EFFORT
from crnsym.regression.library import build_library
from crnsym.search.beam import Beam, plainest
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


def test_of_reactions_that_do_the_same_the_cheapest_stands_for_all():
    library = build_library(2, 2, 2)
    left = library.complexes[library.source]
    right = left + library.net

    def place(reactants, products):
        return int(np.flatnonzero((left == reactants).all(axis=1) & (right == products).all(axis=1))[0])

    one, both, other = place([2, 0], [1, 1]), place([2, 0], [0, 2]), place([1, 0], [0, 1])
    cheap = min((one, both), key=lambda reaction: library.cost[reaction])
    chosen, rates = plainest(library, np.array([one, other, both]), np.array([0.4, 0.3, 0.1]))
    assert set(chosen.tolist()) == {cheap, other}
    flow = np.zeros((2, 2))
    for reaction, rate in zip(chosen, rates, strict=True):
        flow[int(left[reaction].sum()) - 1] += rate * library.net[reaction]
    assert flow == pytest.approx(np.array([[-0.3, 0.3], [-0.6, 0.6]]))
