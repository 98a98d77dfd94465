"""What a lead over rivals says, and what probabilities say of single reactions."""

from dataclasses import replace

import pytest

from crnsym.comparison.candidate import Candidate
from crnsym.comparison.certainty import Standing, about_reactions, reaction_verdicts
from crnsym.comparison.ranking import rank
from crnsym.data.mechanism import Mechanism
from crnsym.deciding import THRESHOLDS
from crnsym.refit.fit import fit_mechanism
from crnsym.search.score import Score
from tests.benchmarks.problems import parse
from tests.engine import arranged, measured

DECAY = parse(["A -> B @ 0.3"], ("A", "B"))
PROBLEM = arranged(measured(DECAY, runs=3, points=20))


def candidate(mechanism: Mechanism, score: float) -> Candidate:
    (made,) = rank([fit_mechanism(mechanism, PROBLEM, iterations=2)], Score(PROBLEM.count, 2), [1.0, 1.0])
    return replace(made, score=score)


BEST = candidate(DECAY, 0.0)
WIDER = parse(["A -> B @ 0.3", "B -> A @ 0.01"], ("A", "B"))
OTHER = parse(["2 A -> 2 B @ 0.2"], ("A", "B"))


def test_a_mechanism_with_more_reactions_is_no_rival():
    standing = Standing.of([BEST, candidate(WIDER, 1.0), candidate(OTHER, 9.0)])
    assert standing.rivals == ()
    assert [rank for rank, _ in standing.wider] == [2]
    assert standing.lead == 9.0


def test_only_a_tie_leaves_open_what_happens_beside():
    assert Standing.of([BEST, candidate(WIDER, THRESHOLDS.tie + 0.1), candidate(OTHER, 9.0)]).wider == ()


@pytest.mark.parametrize("gap", [0.5, THRESHOLDS.lead - 0.1])
def test_a_near_mechanism_without_one_of_the_reactions_is_a_rival(gap):
    standing = Standing.of([BEST, candidate(OTHER, gap)])
    assert [place for place, _ in standing.rivals] == [2]
    assert standing.lead == gap


def test_the_only_candidate_has_no_rival():
    assert Standing.of([BEST]) == Standing((), float("inf"), ())


def test_reactions_are_certain_open_or_not_needed():
    words = reaction_verdicts(candidate(WIDER, 0.0), {"A -> B": 0.99, "B -> A": 0.6, "2 A -> 2 B": 0.01})
    assert words == {"A -> B": (0.99, "certain"), "B -> A": (0.6, "open"), "2 A -> 2 B": (0.01, "not needed")}
    told = about_reactions(candidate(WIDER, 0.0), {"A -> B": 0.99, "B -> A": 0.6})
    assert told == "Certain are A -> B. Open, with their probabilities: B -> A (0.60)."
    assert about_reactions(BEST, {"A -> B": 1.0}) == "Its reaction is certain."
