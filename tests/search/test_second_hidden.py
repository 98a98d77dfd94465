"""A second hidden species is inserted into the reactions of a mechanism with one."""

import numpy as np

import crnsym as cs
from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import estimate_noise
from crnsym.search.pool import Pool
from crnsym.search.question import ask
from crnsym.search.score import Score
from crnsym.search.strategies.modules import Another, inserted
from crnsym.search.widen import with_hidden, with_unmeasured
from tests.engine import arranged, columns_of


def test_a_reaction_is_divided_in_every_way_that_the_measured_species_can_feel() -> None:
    one = Mechanism(("A", "B", "Z"), np.array([[1, 1, 0]]), np.array([[0, 0, 0]]), np.zeros(1), ())
    found = {m.structure() for m in inserted(one, 10.0)}
    assert found == {
        frozenset({((1, 0, 0), (0, 0, 1)), ((0, 1, 1), (0, 0, 0))}),
        frozenset({((0, 1, 0), (0, 0, 1)), ((1, 0, 1), (0, 0, 0))}),
    }


def test_a_chain_through_two_unmeasured_species_grows_from_one_through_one() -> None:
    net = cs.network("A -> U @ 0.7\nU -> V @ 0.6\nV -> B @ 0.8")
    initial = [{"A": a, "B": b} for a, b in ((1.0, 0.0), (0.5, 0.2), (2.0, 0.0), (1.5, 0.0), (0.7, 0.0), (1.2, 0.0))]
    full = cs.simulate(net, times=(0, 15, 40), initial=initial, noise=0.02, seed=0)
    data = columns_of(full, "AB")
    problem = arranged(data)
    measured = Pool(problem, Score(problem.count, 2))
    one = measured.beside(with_hidden(problem, "zero"))
    steps = np.array([[1, 0, 0], [0, 0, 1]]), np.array([[0, 0, 1], [0, 1, 0]])
    alone = one.fit(Mechanism(one.problem.species, *steps, np.log([0.5, 0.5]), ()))[0]
    assert alone.reduced > 2.0
    task = Another(with_unmeasured(one.problem, ["Z1"], [0.0]), (alone.mechanism,))
    pool = measured.beside(task.problem)
    task.search(ask(data, estimate_noise(data)), pool)
    best = pool.best_fit
    assert best is not None
    assert best.reduced < 1.1
    found = {
        (tuple(a[:2]), a[2:].sum(), tuple(b[:2]), b[2:].sum())
        for a, b in zip(best.mechanism.reactants, best.mechanism.products, strict=True)
    }
    assert found == {((1, 0), 0, (0, 0), 1), ((0, 0), 1, (0, 0), 1), ((0, 0), 1, (0, 1), 0)}
