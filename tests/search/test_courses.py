"""Courses of what was weighed in and not followed."""

import numpy as np

import crnsym as cs
from crnsym.data.noise import estimate_noise
from crnsym.search.courses import courses
from crnsym.search.question import ask


def followed_alone(network: str, hidden: str, starts: list[dict[str, float]]):
    """Simulate runs of a network, and forget one column after the first row."""
    data = cs.simulate(cs.network(network), (0, 10, 25), initial=starts, noise=0.01, seed=1)
    column = data.species.index(hidden)
    for values in data.values:
        values[1:, column] = np.nan
    return data, column


def test_what_was_weighed_in_may_stay_as_a_catalyst_does():
    starts = [{"A": 1.0, "K": k} for k in (0.2, 0.5, 1.0)]
    data, column = followed_alone("A + K -> B + K @ 0.6; B -> A @ 0.1", "K", starts)
    question = ask(data, estimate_noise(data))
    first = np.array([v[0, column] for v in data.values])
    rest = np.array([i for i in range(len(data.species)) if i != column])
    found = courses(question.view, rest, np.zeros((0, 2), np.int64), first)
    assert not any(found[0].weights)
    for run, k in enumerate((0.2, 0.5, 1.0)):
        np.testing.assert_allclose(found[0].smooth[run], k, rtol=0.05)


def test_what_was_not_there_at_the_start_does_not_stay():
    data, column = followed_alone("A -> K @ 0.6; K -> B @ 0.3", "K", [{"A": 1.0}, {"A": 2.0}])
    question = ask(data, estimate_noise(data))
    rest = np.array([i for i in range(len(data.species)) if i != column])
    found = courses(question.view, rest, np.zeros((0, 2), np.int64), np.zeros(2))
    assert found
    assert all(any(course.weights) for course in found)
