"""The word for how far a search decides, for answers that are near each other, odd or unfinished."""

from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.candidate import Candidate
from crnsym.comparison.ranking import make_candidate
from crnsym.comparison.remarks import drift
from crnsym.comparison.statement import verdict
from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import fit_mechanism
from crnsym.search.score import Score
from crnsym.search.widen import with_unmeasured
from tests.benchmarks.problems import parse
from tests.engine import arranged, measured

SPECIES = ("A", "B", "C")
BEST = parse(["A -> B @ 0.5", "B -> C @ 0.2"], SPECIES)
WIDER = parse(["A -> B @ 0.5", "B -> C @ 0.2", "A -> C @ 0.001"], SPECIES)
OTHER = parse(["A -> B @ 0.5", "2 B -> 2 C @ 0.2"], SPECIES)
PROBLEM = arranged(measured(BEST, zero=("B", "C")))


def candidate(mechanism: Mechanism, score: float) -> Candidate:
    """A fit with this score."""
    hidden = mechanism.species[len(SPECIES) :]
    problem = with_unmeasured(PROBLEM, list(hidden), [0.0] * len(hidden)) if hidden else PROBLEM
    fit = fit_mechanism(mechanism, problem, iterations=1)
    return replace(make_candidate(fit, Score(fit.count, len(SPECIES))), score=score)


def word(*candidates: Candidate, complete: bool = True, unrivalled: bool = False) -> str:
    return verdict(list(candidates), None, PROBLEM, {}, complete, unrivalled)[0]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([], "decided"),
        ([(OTHER, 9.0)], "decided"),
        ([(OTHER, 3.0)], "undecided"),
        ([(OTHER, 1.0)], "tie"),
        ([(WIDER, 1.0)], "undecided"),
        ([(WIDER, 3.0)], "decided"),
        ([(WIDER, 1.0), (OTHER, 1.5)], "tie"),
    ],
)
def test_the_word_follows_the_nearest_mechanism(others, said):
    assert word(candidate(BEST, 0.0), *(candidate(m, s) for m, s in others)) == said


def test_a_search_that_was_ended_decides_nothing():
    assert word(candidate(BEST, 0.0), candidate(OTHER, 99.0), complete=False) == "unfinished"


def test_odd_reactions_are_doubted_unless_nothing_hidden_promises_more():
    odd = parse([f"A + {s} -> B + {s} @ 0.1" for s in "BC"] + ["2 A + B -> 3 B @ 0.1"], SPECIES)
    assert word(candidate(odd, 0.0)) == "undecided"
    assert word(candidate(odd, 0.0), unrivalled=True) == "decided"


def test_hidden_species_that_do_not_hold_what_is_missing_decide_nothing():
    made = parse(["A -> B + Z @ 0.5", "B -> C @ 0.2", "Z -> 2 A @ 0.1"], (*SPECIES, "Z"))
    kept = parse(["A -> Z @ 0.5", "Z -> B @ 5.0", "B -> C @ 0.2"], (*SPECIES, "Z"))
    assert word(candidate(made, 0.0)) == "undecided"
    assert word(candidate(kept, 0.0)) == "decided"


def test_a_total_that_hardly_changes_although_the_best_does_not_keep_it_decides_nothing():
    losing = parse(["A -> B @ 0.5", "B -> C @ 0.2", "2 C -> C @ 0.001"], SPECIES)
    total = np.array([[1, 1, 1], [2, 1, 0]])
    assert drift(losing, total, SPECIES) == "A + B + C"
    assert drift(BEST, total, SPECIES) == ""
    said, text = verdict([candidate(losing, 0.0)], None, PROBLEM, {}, drift=drift(losing, total, SPECIES))
    assert (said, "does not keep A + B + C" in text) == ("undecided", True)
    assert verdict([candidate(losing, 0.0)], None, PROBLEM, {})[0] == "decided"


def test_an_unmeasured_species_of_a_small_lead_is_open_unless_somebody_named_it():
    hidden = candidate(parse(["A -> Z @ 0.5", "Z -> B @ 5.0", "B -> C @ 0.2"], (*SPECIES, "Z")), 0.0)
    near, far = [hidden, candidate(OTHER, 9.0)], [hidden, candidate(OTHER, 29.0)]
    assert (word(*near), word(*far)) == ("undecided", "decided")
    assert verdict(near, None, PROBLEM, {}, named=True)[0] == "decided"


def test_many_unmeasured_species_decide_nothing_unless_somebody_named_them():
    chain = parse(["A -> Z @ 5.0", "Z -> Y @ 5.0", "Y -> X @ 5.0", "X -> B @ 5.0", "B -> C @ 0.2"], (*SPECIES, *"ZYX"))
    best = [candidate(chain, 0.0)]
    said, text = verdict(best, None, PROBLEM, {}, unrivalled=True)
    assert (said, "it has 3 species that were not measured" in text) == ("undecided", True)
    assert verdict(best, None, PROBLEM, {}, named=True)[0] == "decided"


def test_the_sentence_names_the_mechanism_that_leaves_a_question():
    _, text = verdict([candidate(BEST, 0.0), candidate(WIDER, 0.5)], None, PROBLEM, {"A -> C": 0.4})
    assert "whether another happens beside them, as in mechanism 2" in text
    assert "A -> C (0.40)" in text


@pytest.mark.parametrize(
    ("reactions", "runs", "rows", "said"),
    [(1, 1, 2, "decided"), (2, 1, 2, "undecided"), (2, 1, 3, "decided"), (2, 2, 2, "decided"), (3, 1, 2, "undecided")],
)
def test_as_many_numbers_as_values_decide_nothing(reactions, runs, rows, said):
    """Two starts a run and the rates are fitted to two values a row."""
    written = ["A -> B @ 0.5", "B -> A @ 0.2", "2 A -> 2 B @ 0.1"][:reactions]
    mechanism = parse(written, ("A", "B"))
    few = arranged(measured(mechanism, runs=runs, points=rows))
    fit = fit_mechanism(mechanism, few, iterations=1)
    only = replace(make_candidate(fit, Score(fit.count, 2)), score=0.0)
    assert verdict([only], None, few, {})[0] == said
