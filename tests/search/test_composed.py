"""Hidden species of known composition are searched for among balanced steps."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.describe import reaction_texts
from crnsym.comparison.restrictions import Restrictions
from crnsym.data.noise import estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.search.question import ask
from crnsym.search.run import SearchResult, search
from tests.engine import columns_of

FORMULAS = {"A": "C", "B": "C2", "X": "C"}


@pytest.fixture(scope="module")
def data() -> Trajectories:
    net = cs.network("A -> X @ 1.0\n2 X -> B @ 2.0")
    full = cs.simulate(net, times=(0, 6, 25), initial=[{"A": 1.0}, {"A": 2.0}, {"A": 0.5}], noise=0.02, seed=1)
    return columns_of(full, "AB")


def searched(data: Trajectories, seed: int = 0) -> SearchResult:
    made_of = Restrictions.of(data, None, FORMULAS, None)
    question = ask(data, estimate_noise(data), chemistry=made_of, unmeasured=made_of.unmeasured(2), seed=seed)
    return search(question)


@pytest.fixture(scope="module")
def found(data: Trajectories) -> SearchResult:
    return searched(data)


def test_the_hidden_intermediate_of_a_given_formula_is_found(found: SearchResult) -> None:
    best = found.ranked[0][1].mechanism
    assert best.species == ("A", "B", "X")
    assert best.structure() == frozenset({((1, 0, 0), (0, 0, 1)), ((0, 0, 2), (0, 1, 0))})


def test_a_chain_of_two_radicals_is_found_where_single_steps_lead_nowhere() -> None:
    net = cs.network(
        "Br2 -> 2 Br @ 0.02; 2 Br -> Br2 @ 200; Br + H2 -> HBr + H @ 30; HBr + H -> Br + H2 @ 2000; "
        "H + Br2 -> HBr + Br @ 20000"
    )
    random = np.random.default_rng(0)
    starts = [
        {"H2": random.uniform(0.3, 2), "Br2": random.uniform(0.3, 2), "HBr": random.choice([0.0, 0.5])} for _ in "12345"
    ]
    full = cs.simulate(net, times=(0, 10, 16), initial=starts, noise=0.02, seed=0)
    measured = columns_of(full, ("H2", "Br2", "HBr"))
    formulas = {name: name for name in ("H2", "Br2", "HBr", "H", "Br")}
    made_of = Restrictions.of(measured, None, formulas, None)
    found = search(
        ask(measured, estimate_noise(measured), chemistry=made_of, unmeasured=made_of.unmeasured(len(measured.species)))
    )
    assert set(reaction_texts(found.ranked[0][1].mechanism)) == {
        "Br + H2 -> H + HBr",
        "H + HBr -> Br + H2",
        "Br2 + H -> Br + HBr",
        "Br2 -> 2 Br",
        "2 Br -> Br2",
    }


def test_mechanisms_with_and_without_hidden_species_are_judged_on_one_scale(found: SearchResult) -> None:
    for value, fit in found.ranked:
        own = found.score.widened(fit.problem)
        assert value == pytest.approx(own.mechanism(fit.mechanism, fit.chi2))


def test_the_seed_reaches_the_random_starts(data: Trajectories, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = []
    rng = np.random.default_rng
    monkeypatch.setattr(np.random, "default_rng", lambda seed: (seeds.append(seed), rng(seed))[1])
    searched(data, seed=7)
    assert seeds
    assert set(seeds) == {7}
