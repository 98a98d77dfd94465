"""Species that were not followed are found from the mass that is missing."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.describe import reaction_texts
from crnsym.data.noise import estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.deciding import EFFORT
from crnsym.search.courses import courses
from crnsym.search.hypotheses import hypotheses, in_order
from crnsym.search.question import Question, ask
from crnsym.search.run import search
from crnsym.search.strategies.lawful import Lawful
from crnsym.search.strategies.missing_mass import MissingMass
from tests.engine import columns_of

BRANCH = "A + B -> Z @ 0.9; Z -> C @ 0.5; Z + B -> D @ 0.7"


def runs(text: str, names: str, feeds: str, noise: float = 0.02, points: int = 30) -> Trajectories:
    rng = np.random.default_rng(4)
    starts = [{s: float(rng.uniform(0.4, 2.0)) for s in feeds} for _ in range(6)]
    full = cs.simulate(cs.network(text), times=(0, 12, points), initial=starts, noise=noise, seed=4)
    return columns_of(full, names)


def asked(data: Trajectories, **known: object) -> Question:
    return ask(data, estimate_noise(data), **known)


def test_an_intermediate_among_four_measured_species_is_found() -> None:
    question = asked(runs(BRANCH, "ABCD", "AB"))
    found = search(question, strategies=(Lawful(), MissingMass()))
    best = found.ranked[0][1].mechanism
    assert set(reaction_texts(best)) == {"A + B -> Z", "Z -> C", "B + Z -> D"}
    assert found.explained


def test_a_species_that_was_weighed_in_and_not_followed_is_no_constant() -> None:
    data = runs("A + B -> C @ 0.8; C -> D @ 0.3", "ABCD", "AB", points=16)
    values = tuple(v.copy() for v in data.values)
    for v in values:
        v[1:, 1] = np.nan
    question = asked(replace(data, values=values))
    assert question.weighed_in == (1,)
    found = search(question, strategies=(MissingMass(),))
    assert set(reaction_texts(found.ranked[0][1].mechanism)) == {"A + B -> C", "C -> D"}
    assert found.explained


def test_every_course_is_listed_once_and_none_is_negative() -> None:
    question = asked(runs(BRANCH, "ABCD", "AB"))
    laws = question.laws[-1] if question.laws else np.zeros((0, 4), np.int64)
    listed = courses(question.view, np.arange(4), laws, np.zeros(6))
    assert any(course.weights == (1, 0, 1, 1) for course in listed)
    ends = [tuple(np.round(np.concatenate(course.smooth), 9)) for course in listed]
    assert len(set(ends)) == len(ends)
    assert all(np.concatenate(course.smooth).min() >= 0.0 for course in listed)


def test_a_half_may_be_missing() -> None:
    question = asked(runs("A -> 2 B @ 0.4; 2 B -> A @ 0.3", "B", "B"))
    listed = courses(question.view, np.arange(1), np.zeros((0, 1), np.int64), np.zeros(6))
    assert any(course.weights == (Fraction(1, 2),) for course in listed)


@pytest.mark.parametrize("hidden", [0, 1])
def test_hypotheses_add_a_law_for_every_unfollowed_species(hidden: int) -> None:
    question = asked(runs(BRANCH, "ABCD", "AB"), hidden=hidden)
    mined = question.laws[-1] if question.laws else np.zeros((0, 4), np.int64)
    views = [h.view for h in hypotheses(question, 1, mined)]
    assert views
    assert all(len(view.laws) == len(mined) + 1 for view in views)
    assert all(view.problem.species[-1] == "Z" for view in views)


def test_in_a_fed_vessel_the_course_is_what_reaction_left_and_dilution_kept() -> None:
    feed = cs.Operation(1.0).feed(0, 8, flow=0.1, contents={"A": 3.0}).add(14, 0.4, {"A": 2.0})
    network = cs.network("A -> I @ 0.4; I -> B @ 0.25; init A = 1")
    full = cs.simulate(network, (0, 30, 41), initial=[{}, {"A": 0.3, "B": 0.5}], operation=feed, noise=0.005, seed=2)
    question = asked(replace(full, species=("A", "B"), values=tuple(v[:, [0, 2]] for v in full.values)))
    listed = courses(question.view, np.arange(2), np.zeros((0, 2), np.int64), np.zeros(2))
    (course,) = (c for c in listed if c.weights == (1, 1))
    for run in range(2):
        assert course.smooth[run] == pytest.approx(full.values[run][:, 1], abs=0.03)
    found = search(replace(question, max_order=1), strategies=(MissingMass(),))
    assert set(reaction_texts(found.ranked[0][1].mechanism)) == {"A -> Z", "Z -> B"}


def test_a_weighed_in_enzyme_and_its_bound_form_are_found_together() -> None:
    data = runs("E + S -> C @ 3.0; C -> S + E @ 0.8; C -> E + P @ 1.2", "SPE", "SE")
    values = tuple(np.where([[False, False, t > 0] for t in range(len(v))], np.nan, v) for v in data.values)
    question = asked(replace(data, values=values))
    assert question.weighed_in == (2,)
    alone = in_order(question, hypotheses(question, 0, question.laws[-1] if question.laws else np.zeros((0, 3), int)))
    both = in_order(question, hypotheses(question, 1, question.laws[-1] if question.laws else np.zeros((0, 3), int)))
    # the substrate with its product and the bound form; the enzyme with it
    steps = np.array([[-1, 0, -1, 1], [0, 1, 1, -1]])
    true = next(rank for rank, hypothesis in enumerate(both) if not (hypothesis.view.laws @ steps.T).any())
    assert true < EFFORT.hypotheses  # searched in the first round
    assert both[true].careful < min(h.careful for h in alone)
