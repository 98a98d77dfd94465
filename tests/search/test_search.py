from dataclasses import replace

import numpy as np
import pytest

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import estimate_noise
from crnsym.refit.fit import fit_mechanism
from crnsym.regression.library import build_library
from crnsym.search.linearise import linearise
from crnsym.search.local import indexed, local_search
from crnsym.search.pieces import grow, prune
from crnsym.search.pool import Pool
from crnsym.search.question import ask
from crnsym.search.run import search
from crnsym.search.score import Score, has_positive_law, matter
from crnsym.search.strategies.complex_first import ComplexFirst
from crnsym.search.strategies.modules import Modules
from crnsym.search.structures import modules
from tests.benchmarks.discovery import right
from tests.benchmarks.problems import parse
from tests.engine import CASCADE, arranged, measured


def found(truth: Mechanism, **options: object) -> Mechanism:
    data = measured(truth, **options)  # type: ignore[arg-type]
    return search(ask(data, estimate_noise(data), hidden=0)).ranked[0][1].mechanism


@pytest.mark.parametrize(
    "reactions",
    [
        ["A -> B @ 0.8", "B -> A @ 0.3", "B + C -> D @ 0.5"],
        ["X -> 2 X @ 1.0", "X + Y -> 2 Y @ 0.8", "Y -> 0 @ 0.7"],
        ["2 A + B -> C @ 0.5"],
        ["A + C -> B + C @ 0.7", "B -> D @ 0.3"],
    ],
)
def test_the_vector_field_is_found(reactions):
    truth = parse(reactions)
    assert right(found(truth, runs=8, points=40), truth)


def test_the_same_data_give_the_same_table():
    data = measured(CASCADE)
    question = ask(data, estimate_noise(data), hidden=0)
    one, two = (search(question).ranked for _ in range(2))
    assert [v for v, _ in one] == [v for v, _ in two]


def test_the_linearisation_predicts_the_effect_of_a_missing_reaction():
    problem = arranged(measured(CASCADE, noise=0.01))
    part = Mechanism(CASCADE.species, CASCADE.reactants[:2], CASCADE.products[:2], CASCADE.log_rates[:2])
    fit = fit_mechanism(part, problem)
    library = build_library(4, 2, 2)
    linear = linearise(fit, problem, library.complexes)
    source, net = indexed(CASCADE, library)
    rates, chi2 = linear.predict(source, net)
    assert chi2 < 0.2 * fit.chi2
    assert rates[2] == pytest.approx(0.5, rel=0.6)
    assert linear.predict(*indexed(fit.mechanism, library))[1] == pytest.approx(fit.chi2, rel=0.01)


def test_pruning_drops_what_does_not_pay():
    problem = arranged(measured(CASCADE))
    extra = parse(
        ["A -> B @ 0.8", "B -> A @ 0.3", "B + C -> D @ 0.5", "D -> A @ 0.001", "2 A -> C @ 0.001"], CASCADE.species
    )
    fit = fit_mechanism(extra, problem)
    assert prune(fit, problem, Score(problem.count, 4)).structure() == CASCADE.structure()


def test_local_search_repairs_a_wrong_mechanism():
    problem = arranged(measured(CASCADE))
    pool = Pool(problem, Score(problem.count, 4))
    wrong = parse(["A -> B @ 0.5", "B -> C @ 0.3", "B + C -> D @ 0.5"], CASCADE.species)
    end = local_search(pool.fit(wrong)[0], pool, build_library(4, 2, 3))
    assert right(end.mechanism, CASCADE)


def test_data_in_which_nothing_happens_get_hardly_a_reaction():
    rng = np.random.default_rng(0)
    still = measured(CASCADE, runs=3, points=12)
    values = tuple(np.full(v.shape, 0.7) * (1 + 0.03 * rng.normal(size=v.shape)) for v in still.values)
    data = replace(still, values=values)
    result = search(ask(data, estimate_noise(data)))
    assert len(result.ranked[0][1].mechanism.log_rates) <= 1


def test_a_mechanism_grows_from_nothing_on_pieces():
    problem = arranged(measured(CASCADE))
    pool = Pool(problem, Score(problem.count, 4))
    assert grow(pool, build_library(4, 2, 2)).reduced < 1.2


def test_a_depot_that_nobody_measured_is_found():
    truth = parse(["D -> P @ 1.2", "P -> 0 @ 0.2"], ("P", "D"))
    data = measured(truth, runs=6, points=16, end=8.0, seen=("P",), noise=0.05)
    fit = search(ask(data, estimate_noise(data))).ranked[0][1]
    assert len(fit.mechanism.species) == 2
    assert fit.problem.nuisance == 6
    assert right_up_to_names(fit.mechanism, truth)


def right_up_to_names(found: Mechanism, truth: Mechanism) -> bool:
    renamed = Mechanism(truth.species, found.reactants, found.products, found.log_rates)
    return right(renamed, truth)


def test_a_positive_law_is_recognised():
    assert has_positive_law(((-2, 1, 0), (0, -1, 1)))
    assert has_positive_law(())
    assert matter(np.array([[0, 0], [1, 0], [1, 0]]), np.array([[1, 0], [-1, 1], [-1, 0]])) == "exchanged"
    assert matter(np.array([[1, 0]]), np.array([[1, 0]])) == "made"
    assert not has_positive_law(((1, 0),))
    assert not has_positive_law(((-1, 2), (2, -1)))


def test_modules_are_enumerated_completely():
    assert len(modules(2)) == 345
    assert len(modules(3)) == 1764


def test_a_hidden_intermediate_is_found_unasked():
    truth = parse(["2 A -> Z @ 40", "Z -> 2 A @ 120", "A + Z -> C @ 3"], ("A", "C", "Z"))
    data = measured(truth, runs=6, points=30, end=10.0, seen=("A", "C"), zero=("C", "Z"), noise=0.02)
    ranked = search(ask(data, estimate_noise(data)), strategies=(ComplexFirst(early=True), Modules())).ranked
    score, fit = ranked[0]
    assert score < min(value for value, other in ranked if len(other.mechanism.species) == 2) - 10
    assert fit.mechanism.structure() == truth.structure()
    k = np.exp(fit.mechanism.log_rates)
    bind = [tuple(p) == (0, 0, 1) for p in fit.mechanism.products.tolist()].index(True)
    release = [tuple(p) == (2, 0, 0) for p in fit.mechanism.products.tolist()].index(True)
    assert k[bind] / k[release] == pytest.approx(1 / 3, rel=0.1)
