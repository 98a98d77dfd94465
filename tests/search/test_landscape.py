"""The sets of reactions that a landscape favours, against enumeration of all sets."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import fit_mechanism
from crnsym.regression.library import build_library
from crnsym.search.landscape import Landscape, of_trajectories
from crnsym.search.score import Score
from tests.engine import CASCADE, arranged, measured


def drawn(seed: int, reactions: int = 9) -> Landscape:
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(60, reactions)) + rng.normal(size=(60, 1))
    rates = np.where(rng.random(reactions) < 0.4, rng.uniform(0.5, 2.0, reactions), 0.0)
    data = columns @ rates + 0.3 * rng.normal(size=60)
    gram, moment = columns.T @ columns, columns.T @ data
    return Landscape(gram, moment, float(data @ data), 60, rng.uniform(4.0, 8.0, reactions))


def best_of_all(landscape: Landscape) -> float:
    size = len(landscape.moment)
    sets = [np.array(c, int) for k in range(size + 1) for c in combinations(range(size), k)]
    return min(landscape.used(chosen)[0] for chosen in sets)


@pytest.mark.parametrize("seed", range(12))
def test_the_improved_set_is_the_best_of_all_sets(seed):
    landscape = drawn(seed)
    starts = [chosen for _, chosen in sorted(landscape.path(), key=lambda option: option[0])[:2]]
    found = min(landscape.improved(start)[0] for start in starts)
    assert found == pytest.approx(best_of_all(landscape), abs=1e-6)


def test_every_set_on_the_path_is_smaller_and_fits_no_better():
    landscape = drawn(3)
    path = [chosen for _, chosen in landscape.path()]
    assert all(set(b.tolist()) < set(a.tolist()) for a, b in pairwise(path))
    losses = [landscape.solve(chosen)[1] for chosen in path]
    assert all(b >= a - 1e-9 for a, b in pairwise(losses))
    assert len(path[-1]) == 1


def test_an_addition_is_predicted_as_it_comes_out():
    landscape = drawn(5)
    chosen = np.array([0, 2])
    predicted = landscape.additions(chosen)
    for other in np.flatnonzero(np.isfinite(predicted)):
        rates, loss = landscape.solve(np.append(chosen, other))
        if (rates > 0).all():
            assert predicted[other] == pytest.approx(landscape.score(loss, np.append(chosen, other)), abs=1e-5)


def test_a_part_of_a_landscape_predicts_what_the_whole_does():
    landscape = drawn(7)
    allowed = np.array([1, 3, 4, 8])
    part = landscape.within(allowed)
    assert part.solve(np.array([0, 2]))[1] == pytest.approx(landscape.solve(allowed[[0, 2]])[1])


def test_trajectories_linearised_about_a_part_point_to_the_missing_reaction():
    problem = arranged(measured(CASCADE, noise=0.01))
    part = Mechanism(CASCADE.species, CASCADE.reactants[:2], CASCADE.products[:2], CASCADE.log_rates[:2])
    fit = fit_mechanism(part, problem)
    library = build_library(4, 2, 2)
    score = Score(problem.count, 4)
    landscape = of_trajectories(fit, library, score.of_library(library))
    assert landscape is not None
    own = library.positions(fit.mechanism)
    assert landscape.solve(own)[1] == pytest.approx(fit.chi2, rel=0.01)
    missing = library.positions(CASCADE)[2]
    assert missing in np.argsort(landscape.additions(own))[:5]
