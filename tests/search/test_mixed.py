"""The search behind mixtures: names that mean nothing, mechanisms by size, intermediates put in."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.data.noise import estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.network.network import Network
from crnsym.refit.observables import mixtures_of
from crnsym.refit.spectra import mixtures_of_spectra
from crnsym.search.alike import Alike
from crnsym.search.question import Question, ask_mixtures
from crnsym.search.run import search
from crnsym.search.strategies.mixed import Mixed, enough

POINTS = 30


def columns(truth: Network, starts: list[dict[str, float]], pure: np.ndarray, seed: int = 0) -> Trajectories:
    """Mixtures of simulated species by ``pure`` ``(species, columns)``, with noise of 1 % of their largest value."""
    rng = np.random.default_rng(seed)
    runs = cs.simulate(truth, times=(0, 10, POINTS), initial=starts)
    clean = [v @ pure for v in runs.values]
    sigma = 0.01 * np.abs(np.concatenate(clean)).max(axis=0)
    names = tuple(f"y{c}" for c in range(pure.shape[1]))
    return Trajectories(
        names, runs.experiments, runs.times, tuple(c + sigma * rng.standard_normal(c.shape) for c in clean)
    )


def reactions(question: Question) -> set[str]:
    """Reactions of the best mechanism that the search by size alone finds."""
    fit = search(question, strategies=(Mixed(),), time_budget=600).ranked[0][1]
    species, mechanism = fit.mechanism.species, fit.mechanism

    def side(row: np.ndarray) -> str:
        return " + ".join(s if n == 1 else f"{n} {s}" for s, n in zip(species, row.tolist(), strict=True) if n)

    return {f"{side(a)} -> {side(b)}" for a, b in zip(mechanism.reactants, mechanism.products, strict=True)}


def test_species_behind_unknown_spectra_that_were_not_put_in_are_alike() -> None:
    data = columns(cs.network("A -> B @ 1"), [{"A": 1.0}], np.eye(2))
    question = ask_mixtures(data, estimate_noise(data), mixtures_of_spectra(data, ("A", "B", "C"), None, {"A": (1.0,)}))
    alike = Alike.of(question.view.problem)
    assert alike.groups == ((1, 2),)
    through_b, through_c = np.array([[1, 0, 0], [0, 1, 0]]), np.array([[1, 0, 0], [0, 0, 1]])
    to_c, to_b = np.array([[0, 1, 0], [0, 0, 1]]), np.array([[0, 0, 1], [0, 1, 0]])
    assert alike.key(through_b, to_c) == alike.key(through_c, to_b)
    assert alike.key(through_b, to_c) != alike.key(through_b, to_b)


@pytest.mark.parametrize(
    ("text", "starts"),
    [("e1*A + e2*B + 0.5*C", {"A": (1.0,)}), ("s*(B + C)", {"A": (1.0,), "B": (0.5,), "C": (0.0,)})],
    ids=["coefficients differ", "one was put in"],
)
def test_species_that_something_tells_apart_are_not_alike(text: str, starts: dict[str, tuple[float]]) -> None:
    data = columns(cs.network("A -> B @ 1"), [{"A": 1.0}], np.array([[1.0], [0.3]]))
    question = ask_mixtures(data, estimate_noise(data), mixtures_of(data, {"y0": text}, starts))
    assert not Alike.of(question.view.problem).groups or (1, 2) not in Alike.of(question.view.problem).groups


def test_a_chain_is_found_through_one_absorbance() -> None:
    truth = cs.network("A -> B @ 0.8; B -> C @ 0.2")
    data = columns(truth, [{"A": 1.0}, {"A": 0.5}], np.array([[0.8], [1.7], [0.1]]))
    mixtures = mixtures_of(data, {"y0": "0.8*A + 1.7*B + 0.1*C"}, {"A": (1.0, 0.5)})
    assert reactions(ask_mixtures(data, estimate_noise(data), mixtures)) == {"A -> B", "B -> C"}


def test_an_equilibrium_is_found_through_an_absorbance_of_unknown_scale() -> None:
    truth = cs.network("A + B -> C @ 0.8; C -> A + B @ 0.2")
    starts = [{"A": 1.0, "B": 0.6}, {"A": 0.5, "B": 1.8}, {"A": 1.6, "B": 1.5}]
    data = columns(truth, starts, np.array([[0.0], [0.0], [2.5]]))
    put_in = {name: tuple(s[name] for s in starts) for name in "AB"}
    mixtures = mixtures_of(data, {"y0": "s*C"}, put_in)
    assert reactions(ask_mixtures(data, estimate_noise(data), mixtures)) == {"A + B -> C", "C -> A + B"}


def test_an_intermediate_that_nobody_named_is_found_from_the_product_alone() -> None:
    truth = cs.network("A -> I @ 0.8; I -> P @ 0.3")
    column = np.eye(3)[:, [truth.species_names.index("P")]]
    data = columns(truth, [{"A": 1.0}, {"A": 0.5}], column)
    mixtures = mixtures_of(data, {"y0": "P"}, {"A": (1.0, 0.5)})
    question = ask_mixtures(data, estimate_noise(data), mixtures, hidden=1)
    assert reactions(question) == {"A -> Z", "Z -> P"}
    best = search(question, strategies=(Mixed(),), time_budget=600).ranked[0][1]
    assert enough(best)
