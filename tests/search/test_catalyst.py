"""A catalyst that nobody measured is found from what it converts."""

import time

import numpy as np

import crnsym as cs
from crnsym.comparison.describe import reaction_texts
from crnsym.data.laws import near_laws
from crnsym.data.trajectories import Trajectories
from crnsym.search.catalyst import families, search_catalyst
from crnsym.search.modules import content
from crnsym.search.pool import Pool
from crnsym.search.score import Score
from tests.engine import arranged, columns_of


def seen(text: str, names: str, seed: int = 1) -> Trajectories:
    net = cs.network(text)
    rng = np.random.default_rng(seed)
    feeds = [s for s in names if s in "SI"]
    starts = [{**{s: float(rng.uniform(0.2, 2.0)) for s in feeds}, "E": 0.002} for _ in range(6)]
    full = cs.simulate(net, times=(0, 8, 20), initial=starts, noise=0.03, seed=seed)
    return columns_of(full, names)


def found(data: Trajectories, laws: list[list[int]]) -> list[Pool]:
    problem = arranged(data)
    pool = Pool(problem, Score(problem.count, len(data.species)), time.monotonic() + 60.0)
    results: list[Pool] = []
    search_catalyst(pool, results, np.array(laws))
    return results


def test_michaelis_menten_kinetics_is_found_from_substrate_and_product() -> None:
    results = found(seen("E + S <-> ES @ 20000, 500\nES -> E + P @ 500", "SP"), [[1, 1]])
    best = results[0].best_fit
    assert best is not None
    assert set(reaction_texts(best.mechanism)) == {"E + S -> Z", "Z -> E + P"}
    rates = dict(zip(reaction_texts(best.mechanism), np.exp(best.mechanism.log_rates), strict=True))
    assert abs(rates["Z -> E + P"] / rates["E + S -> Z"] - 0.05) < 0.01
    assert best.reduced < 1.2


def test_families_balance_every_law() -> None:
    laws = np.array([[1, 0, 1, 1], [0, 1, 1, 0]])
    listed = families(4, laws)
    assert listed
    for reactants, products in listed:
        carried = content(products - reactants, laws)
        assert carried is not None
        assert np.allclose((products - reactants) @ np.hstack([laws, carried]).T, 0.0)


def test_reactions_that_cannot_balance_have_no_content() -> None:
    # the hidden species is made from one A and gives two
    net = np.array([[-1, 0, 1], [2, 0, -1]])
    assert content(net, np.array([[1, 1]])) is None


def test_a_sum_that_varies_little_is_a_near_law() -> None:
    times = np.linspace(0.0, 1.0, 30)
    a = 10.0 * np.exp(-3.0 * times)
    drift = 0.3 * times
    values = np.stack([a, 10.0 - a + drift, 5.0 * times], axis=1)
    data = Trajectories(("A", "B", "C"), ("e0",), (times,), (values,))
    laws = near_laws(data, [values], np.zeros((0, 3), np.int64))
    assert laws.tolist() == [[1, 1, 0]]
