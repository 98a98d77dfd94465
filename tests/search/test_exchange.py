"""Reactions are exchanged, the best few of every size are kept, and left-out runs set the price."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.data.noise import estimate_noise
from crnsym.data.smoothing import smooth
from crnsym.refit.problem import fit_problem
from crnsym.regression.library import build_library
from crnsym.search.exchange import Exchange
from crnsym.search.left_out import left_out_errors, priced_by_runs
from crnsym.search.local import build
from crnsym.search.pool import Pool
from crnsym.search.score import Score


@pytest.fixture
def exchange() -> Exchange:
    net = cs.network("A -> B @ 0.8\n2 B -> C @ 1.1\nC -> A @ 0.2")
    data = cs.simulate(
        net, times=(0, 8, 20), initial=[{"A": 1.0}, {"A": 2.0}, {"A": 0.4, "C": 1.0}], noise=0.02, seed=3
    )
    noise = estimate_noise(data)
    problem = fit_problem(data, noise, smooth(data, noise))
    pool = Pool(problem, Score(problem.count, 3))
    library = build_library(3, 2, 2)
    chosen = np.random.default_rng(5).choice(len(library.source), size=20, replace=False)
    truth = [
        i
        for i, (y, s) in enumerate(zip(library.complexes[library.source].tolist(), library.net.tolist(), strict=True))
        if (tuple(y), tuple(s)) in {((1, 0, 0), (-1, 1, 0)), ((0, 2, 0), (0, -2, 1)), ((0, 0, 1), (1, 0, -1))}
    ]
    return Exchange(pool, library.restrict(np.union1d(chosen, truth)), np.random.default_rng(0))


def everything(exchange: Exchange) -> None:
    library = exchange.library
    start = build(
        exchange.pool.problem.species, library, library.source, library.net, np.full(len(library.source), 0.1)
    )
    exchange.descend(exchange.pool.fit(start, iterations=25)[0], 1)


def test_descending_leaves_a_fit_of_every_small_size(exchange: Exchange) -> None:
    everything(exchange)
    sizes = exchange.best_of_size()
    assert set(range(1, 6)) <= set(sizes)
    chi2 = [sizes[k][0].chi2 for k in range(1, 6)]
    assert chi2[0] > chi2[1] > chi2[2]


def test_exchanges_lead_from_a_wrong_mechanism_to_the_right_one(exchange: Exchange) -> None:
    library = exchange.library
    wrong = np.arange(3)
    exchange.pool.fit(
        build(exchange.pool.problem.species, library, library.source[wrong], library.net[wrong], np.full(3, 0.3))
    )
    truth = frozenset({((1, 0, 0), (0, 1, 0)), ((0, 2, 0), (0, 0, 1)), ((0, 0, 1), (1, 0, 0))})
    for _ in range(120):
        exchange.step()
        if exchange.pool.best == truth:
            break
    assert exchange.pool.best == truth


def test_left_out_runs_set_the_price_of_a_reaction(exchange: Exchange) -> None:
    everything(exchange)
    fits = [row[0] for _, row in sorted(exchange.best_of_size().items())][:7]
    generous, mean = Score(400, 3), Score(5, 3)
    for guess in (generous, mean):
        score = priced_by_runs(guess, fits)
        best = min(fits, key=lambda fit: score.mechanism(fit.mechanism, fit.chi2))
        assert len(best.mechanism.log_rates) == 3


def test_an_error_on_left_out_runs_is_far_larger_for_a_wrong_mechanism(exchange: Exchange) -> None:
    everything(exchange)
    sizes = exchange.best_of_size()
    assert left_out_errors(sizes[1][0]).mean() > 5.0 * left_out_errors(sizes[3][0]).mean()


def test_two_runs_are_too_few_to_leave_one_out(exchange: Exchange) -> None:
    pool = exchange.pool
    part = pool.problem.thin(np.array([0, 1]))
    library = exchange.library
    fit = pool.fit(build(part.species, library, library.source[:2], library.net[:2], np.ones(2)), problem=part)[0]
    assert priced_by_runs(pool.score, [fit]) == pool.score
