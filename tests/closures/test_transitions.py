"""Transitions of closed equations whose place is known."""

import numpy as np
import pytest

from crnsym import Transition, closure_transitions
from crnsym.closures.transitions import _kind
from crnsym.errors import NetworkError

from .fitted import fitted


@pytest.mark.parametrize(("closure", "threshold"), [("mean field", 1.0), ("pair approximation", 4 / 3)])
def test_the_threshold_of_the_contact_process_is_that_of_its_closure(closure, threshold):
    (found,) = closure_transitions(fitted(), "birth", (0.7, 3.0), closure=closure)
    assert isinstance(found, Transition)
    assert found.value == pytest.approx(threshold, rel=0.005)
    assert (found.below, found.above) == ("A dies out", "steady")


def test_final_states_are_told_apart():
    t = np.linspace(0, 20, 63)
    steady, gone, swings = np.full(63, 0.3), np.full(63, 1e-9), 0.3 + 0.1 * np.sin(t)
    assert _kind(np.stack([steady, gone], axis=1), ("A", "B")) == "B dies out"
    assert _kind(np.stack([steady, swings], axis=1), ("A", "B")) == "oscillates"
    assert _kind(np.stack([steady, 0.2 * np.exp(-t / 100)], axis=1), ("A", "B")) == "steady"
    assert _kind(np.stack([1 - gone, gone], axis=1), ("A", "B")) == "B dies out, no empty sites"


def test_bad_spans_and_names_are_refused():
    with pytest.raises(NetworkError, match="'death' is no parameter of the rates; there are birth"):
        closure_transitions(fitted(), "death")
    with pytest.raises(NetworkError, match="lowest and the highest"):
        closure_transitions(fitted(), "birth", (3.0, 1.0))
