"""What is said of rates that were given."""

from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.polish import polish
from crnsym.comparison.ranking import make_candidate
from crnsym.comparison.told import given_rates
from crnsym.discovery import discover
from crnsym.refit.fit import fit_mechanism
from crnsym.refit.knowledge import Knowledge, KnownRate
from crnsym.search.score import Score

from .cases import DECAY, PAIRS, measured, problem

DATA = measured()


def remarks(*rates: KnownRate, others=(), poor: bool = False) -> list[str]:
    informed = replace(problem(DATA), knowledge=Knowledge(rates))
    fits = [polish(fit_mechanism(m, informed)) for m in (DECAY, *others)]
    return given_rates([make_candidate(f, Score(informed.count, 2)) for f in fits], poor)


def test_a_rate_that_agrees_is_not_mentioned():
    assert remarks(KnownRate((1, 0), (0, 1), np.log(0.3), 0.02)) == []


def test_a_rate_that_the_data_contradict_is_named_with_both_values():
    (told,) = remarks(KnownRate((1, 0), (0, 1), np.log(0.4), 0.01))
    assert "contradict the rate given for A -> B: 0.4 was given" in told
    assert "standard errors away; check its unit" in told


@pytest.mark.parametrize(("others", "why"), [((), "no candidate has"), ((PAIRS,), "the best mechanism has no")])
def test_a_rate_without_its_step_is_said_not_to_be_used(others, why):
    (told,) = remarks(KnownRate((2, 0), (0, 2), np.log(0.4), 0.01), others=others)
    assert f"the rate given for 2 A -> 2 B was not used: {why}" in told


def test_a_fixed_rate_is_suspected_where_the_fit_is_poor():
    fixed = KnownRate((1, 0), (0, 1), low=np.log(0.5), high=np.log(0.5))
    assert remarks(fixed) == []
    assert "the fit is poor with the rate given for A -> B" in remarks(fixed, poor=True)[0]


def test_a_rate_far_from_the_data_does_not_stop_the_search():
    found = discover(DATA, rates={"A -> B": (5.0, 0.1)}, hidden=0, max_order=2, time_budget=10)
    assert any("A -> B" in remark for remark in found.remarks if "given" in remark)
