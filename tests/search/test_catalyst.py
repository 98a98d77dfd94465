"""A catalyst that nobody measured is found from what it converts."""

import numpy as np

import crnsym as cs
from crnsym.comparison.describe import reaction_texts
from crnsym.data.laws import near_laws
from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.search.catalysts import as_catalyst, families
from crnsym.search.question import ask
from crnsym.search.run import search
from crnsym.search.strategies.catalyst import Catalyst
from crnsym.search.structures import content
from crnsym.search.widen import with_hidden
from tests.engine import columns_of


def seen(text: str, names: str, amount: float, seed: int = 1) -> Trajectories:
    net = cs.network(text)
    rng = np.random.default_rng(seed)
    feeds = [s for s in names if s in "SI"]
    starts = [{**{s: float(rng.uniform(0.2, 2.0)) for s in feeds}, "E": amount} for _ in range(6)]
    full = cs.simulate(net, times=(0, 8, 20), initial=starts, noise=0.03, seed=seed)
    return columns_of(full, names)


def found(data: Trajectories) -> Fit:
    return search(ask(data, estimate_noise(data), hidden=2), strategies=(Catalyst(),)).ranked[0][1]


def test_michaelis_menten_kinetics_is_found_from_substrate_and_product() -> None:
    best = found(seen("E + S <-> ES @ 20000, 500\nES -> E + P @ 500", "SP", 0.002))
    assert set(reaction_texts(best.mechanism)) == {"E + S -> Z", "Z -> E + P"}
    rates = dict(zip(reaction_texts(best.mechanism), np.exp(best.mechanism.log_rates), strict=True))
    assert abs(rates["Z -> E + P"] / rates["E + S -> Z"] - 0.05) < 0.01
    assert best.reduced < 1.2


def test_the_amount_of_a_catalyst_that_binds_much_of_its_substrate_is_found() -> None:
    best = found(seen("E + S -> Z + P @ 1.5\nZ -> E @ 0.3", "SP", 0.25))
    assert set(reaction_texts(best.mechanism)) == {"E + S -> P + Z", "Z -> E"}
    amount = best.initial_states[:, 2]
    assert np.ptp(amount) == 0.0
    assert abs(amount[0] - 0.25) < 0.02


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


def test_an_intermediate_that_undoes_its_own_formation_is_read_as_a_bound_form() -> None:
    # A + E -> Z, Z -> A + E, Z -> P + E with E + Z = 0.2, written without E
    net = cs.network("A -> Z @ 0.4; A + Z -> 2 A @ 2; Z -> A @ 0.3; Z -> P @ 0.7")
    full = cs.simulate(net, times=(0, 10, 20), initial=[{"A": 1.0}, {"A": 1.7}], noise=0.01, seed=2)
    data = columns_of(full, "AP")
    problem = with_hidden(ask(data, estimate_noise(data)).view.problem, "zero")
    left = np.array([[1, 0, 0], [1, 0, 1], [0, 0, 1], [0, 0, 1]])
    right = np.array([[0, 0, 1], [2, 0, 0], [1, 0, 0], [0, 1, 0]])
    told = Mechanism(("A", "P", "Z"), left, right, np.log([0.4, 2.0, 0.3, 0.7]))
    fit = fit_mechanism(told, problem, iterations=0)
    read = as_catalyst(fit, 2)
    assert read is not None
    mechanism, amount = read
    assert abs(amount - 0.2) < 1e-9
    assert set(reaction_texts(mechanism)) == {"A + E -> Z", "Z -> A + E", "Z -> E + P"}
    rates = dict(zip(reaction_texts(mechanism), np.exp(mechanism.log_rates), strict=True))
    assert abs(rates["A + E -> Z"] - 2.0) < 1e-9
    assert as_catalyst(fit_mechanism(told.take(np.array([0, 2, 3])), problem, iterations=0), 2) is None
