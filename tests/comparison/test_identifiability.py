"""What the data determine, in words."""

import numpy as np
import pytest

from crnsym.comparison.identifiability import (
    identifiability,
    product_text,
    profile_intervals,
    shared_sums,
    structural,
)
from crnsym.comparison.ranking import Candidate, make_candidate
from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.limits import limits
from crnsym.search.score import Score
from crnsym.search.widen import with_unmeasured
from tests.comparison.cases import DECAY, measured, mechanism, problem
from tests.refit.test_limits import fitted_module


def wrapped(fit: Fit) -> Candidate:
    return make_candidate(fit, Score(fit.count, len(fit.mechanism.species)))


@pytest.fixture(scope="module")
def fast() -> Fit:
    return fitted_module(1e3, 50.0, 10.0)


def test_of_a_fast_pair_the_ratio_is_named(fast: Fit) -> None:
    known = identifiability(wrapped(fast))
    assert [c.text for c in known.identified] == ["k3", "k1/k2"]
    assert "2 of 3" in str(known)
    assert "k1 and k2 rising together" in known.sloppy[0]
    assert known.structural == ()


def test_a_rate_at_its_limit_is_told_through_its_ratio(fast: Fit) -> None:
    candidate = wrapped(limits(fast))
    known = identifiability(candidate)
    assert {c.text for c in known.identified} == {"k1/k2", "k3"}
    assert "k2 is at its fast limit" in known.sloppy[0]
    intervals = profile_intervals(candidate)
    assert set(intervals) == {"k3", "k1/k2"}
    assert intervals["k1/k2"].low < 0.05 < intervals["k1/k2"].high


def test_profiles_of_chosen_products(fast: Fit) -> None:
    candidate = wrapped(fast)
    found = profile_intervals(candidate, 0.9, [{"k1": 1, "k3": 1, "k2": -1}])
    assert list(found) == ["k1*k3/k2"]
    with pytest.raises(KeyError, match="no rate 'k9'"):
        profile_intervals(candidate, 0.9, [{"k9": 1}])


def test_reactions_of_the_same_reactants_act_through_sums() -> None:
    parallel = mechanism(((1, 0), (0, 1), 0.3), ((1, 0), (0, 2), 0.1), ((1, 0), (0, 0), 0.1), ((0, 1), (0, 0), 0.2))
    sentences = shared_sums(parallel, ["k1", "k2", "k3", "k4"])
    assert len(sentences) == 1
    assert "Of k1, k2, k3 (" in sentences[0]
    assert "only k1 + 2*k3, k2 - k3 act" in sentences[0]
    assert shared_sums(DECAY, ["k1"]) == []


def test_the_scale_of_an_unmeasured_catalyst_cannot_be_known() -> None:
    data = measured(DECAY)
    wide = with_unmeasured(problem(data), ["E"], [0.1])
    wide.free[:, 2] = True
    catalysed = Mechanism(("A", "B", "E"), np.array([[1, 0, 1]]), np.array([[0, 1, 1]]), np.array([np.log(3.0)]))
    fit = fit_mechanism(catalysed, wide)
    assert any("k1 rising" in sentence for sentence in structural(fit))


def test_products_are_written_as_one_reads_them() -> None:
    assert product_text({"k1": 1, "k2": -1}) == "k1/k2"
    assert product_text({"k1": 2, "k2": -1, "k3": -2}) == "k1^2/(k2*k3^2)"
