from dataclasses import replace

import numpy as np

from crnsym.comparison.describe import reaction_texts
from crnsym.comparison.equivalents import equivalent_mechanisms
from crnsym.comparison.groups import acting, runnable, same_vector_field, tie_width, vector_field_groups
from crnsym.comparison.polish import polish
from crnsym.comparison.ranking import rank
from crnsym.comparison.statement import verdict
from crnsym.refit.fit import fit_mechanism
from crnsym.search.score import Score
from crnsym.search.widen import with_hidden, with_unmeasured

from .cases import DECAY, PAIRS, measured, mechanism, problem

ONES = np.ones(2)
GROWTH = mechanism(((1, 0), (2, 0), 1.0), ((1, 1), (0, 2), 0.5), ((0, 1), (0, 0), 0.8))


def test_order_and_splitting_of_reactions_do_not_change_the_field():
    split = mechanism(((1, 0), (0, 1), 0.1), ((1, 0), (0, 1), 0.2))
    assert same_vector_field(DECAY, split, ONES)
    assert not same_vector_field(DECAY, PAIRS, ONES)
    assert vector_field_groups([DECAY, PAIRS, split], ONES) == [0, 1, 0]


def test_the_tolerance_is_relative_to_the_flux():
    close = mechanism(((1, 0), (0, 1), 0.3 * (1 + 1e-4)))
    far = mechanism(((1, 0), (0, 1), 0.3 * (1 + 1e-2)))
    assert same_vector_field(DECAY, close, ONES)
    assert not same_vector_field(DECAY, far, ONES)


def test_small_and_large_concentrations_are_weighed_alike():
    tiny = np.array([1e-6, 1e6])
    assert not same_vector_field(DECAY, mechanism(((1, 0), (0, 1), 0.33)), tiny)


def test_equivalents_have_the_same_field_and_another_structure():
    others = equivalent_mechanisms(GROWTH)
    assert others
    for other in others:
        assert same_vector_field(GROWTH, other, ONES)
        assert other.structure() != GROWTH.structure()
        assert len(other.log_rates) <= len(GROWTH.log_rates)
    growths = [m for m in others if ((1, 0), (3, 0)) in m.structure()]
    assert len(growths) == 1
    k = dict(zip(map(tuple, growths[0].products.tolist()), np.exp(growths[0].log_rates), strict=True))
    assert np.isclose(k[(3, 0)], 0.5)


def test_a_small_step_of_another_kind_is_no_equal_field_however_slow():
    slow = mechanism(((1, 0), (0, 1), 0.3), ((0, 1), (1, 0), 1e-4))
    other = mechanism(((1, 0), (0, 1), 0.3), ((0, 1), (2, 0), 0.5e-4))
    assert not same_vector_field(slow, other, ONES)
    assert same_vector_field(slow, DECAY, ONES)


def test_a_reaction_that_only_one_net_vector_explains_has_no_equivalent():
    assert equivalent_mechanisms(mechanism(((1, 0), (0, 1), 0.3))) == []


def fitted(of, given):
    return polish(fit_mechanism(of, given))


def test_a_hidden_species_that_nothing_needs_is_no_difference():
    sink = mechanism(((1, 0, 0), (0, 1, 1), 0.3), species=("A", "B", "Z"))
    unused = mechanism(((1, 0, 0), (0, 1, 0), 0.3), species=("A", "B", "Z"))
    helper = mechanism(((1, 0, 1), (0, 1, 1), 0.3), species=("A", "B", "Z"))
    assert same_vector_field(acting(sink, 2), DECAY, ONES)
    assert acting(unused, 2).species == ("A", "B")
    assert acting(helper, 2) is helper
    whole = problem(measured())
    wide = with_unmeasured(whole, ["Z"], [0.0])
    own, others = fitted(DECAY, whole), [fitted(hidden, wide) for hidden in (sink, unused)]
    ranked = rank([own, *others], Score(whole.count, 2), ONES)
    assert len(ranked) == 1
    assert [reaction_texts(m) for m in ranked[0].alternatives] == [["A -> B + Z"]]


def test_a_reaction_of_what_is_never_there_makes_no_further_candidate():
    names, whole = ("A", "B", "Z"), problem(measured())
    hidden = with_unmeasured(whole, ["Z"], [0.0])
    never = mechanism(((1, 0, 0), (0, 1, 0), 0.3), ((0, 0, 1), (1, 0, 0), 0.8), species=names)
    through = mechanism(((1, 0, 0), (0, 0, 1), 0.3), ((0, 0, 1), (0, 1, 0), 9.0), species=names)
    plain, idle, made = fitted(DECAY, whole), fitted(never, hidden), fitted(through, hidden)
    assert runnable(idle).tolist() == [True, False]
    assert runnable(made).tolist() == [True, True]
    balanced = replace(idle, problem=with_hidden(whole, "quasi_steady"))
    assert runnable(balanced).tolist() == [True, False]
    assert runnable(fitted(never, with_unmeasured(whole, ["Z"], [1.0]))).all()
    kept = [c.reactions for c in rank([idle, plain, made], Score(whole.count, 2), ONES)]
    assert ["A -> B"] in kept
    assert len(kept) == 2
    assert len(rank([idle, made], Score(whole.count, 2), ONES)) == 2  # nothing else does what it does


def test_a_rival_within_the_lead_leaves_the_data_undecided():
    few = measured(runs=1, points=30)
    p = problem(few)
    (best,) = rank([fitted(DECAY, p)], Score(p.count, 2), ONES)
    other = mechanism(((2, 0), (0, 2), 0.2))
    near = replace(best, fit=replace(best.fit, mechanism=other), score=best.score + 3.0)
    word, text = verdict([best, near], None, p, {"A -> B": 0.8, "2 A -> 2 B": 0.2})
    assert word == "undecided"
    assert "mechanism 2 lies within 3.0 score units of mechanism 1" in text
    assert "Open, with their probabilities: A -> B (0.80); 2 A -> 2 B (0.20)." in text
    assert verdict([best, replace(near, score=best.score + 1.0)], None, p, {})[0] == "tie"
    assert verdict([best, replace(near, score=best.score + 9.0)], None, p, {})[0] == "decided"
    assert verdict([best], None, p, {}, complete=False)[0] == "unfinished"


def test_few_data_widen_the_tie():
    assert tie_width(problem(measured(runs=4, points=20))) == 10.0
    assert tie_width(problem(measured(runs=12, points=50))) == 2.0
