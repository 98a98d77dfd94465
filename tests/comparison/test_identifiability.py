"""What the data determine, in words."""

import pytest

import crnsym
from crnsym.comparison.candidate import Candidate
from crnsym.comparison.identifiability import identifiability
from crnsym.comparison.intervals import profile_intervals
from crnsym.comparison.products import product_text
from crnsym.comparison.ranking import make_candidate
from crnsym.errors import FitError
from crnsym.network.text import network
from crnsym.refit.fit import Fit
from crnsym.refit.limits import limits
from crnsym.search.score import Score
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


def test_products_are_written_as_one_reads_them() -> None:
    assert product_text({"k1": 1, "k2": -1}) == "k1/k2"
    assert product_text({"k1": 2, "k2": -1, "k3": -2}) == "k1^2/(k2*k3^2)"


@pytest.mark.parametrize("given", [None, "k1", 3, [], network("A -> B"), {"A": 1.0}], ids=lambda g: type(g).__name__)
@pytest.mark.parametrize("verb", ["bootstrap", "cycle_conditions", "identifiability", "profile_intervals", "posterior"])
def test_what_is_no_candidate_is_refused_with_what_to_give(verb, given):
    with pytest.raises(
        FitError, match=rf"{verb} takes one candidate, such as found\[0\]; got a {type(given).__name__}"
    ):
        getattr(crnsym, verb)(given)
