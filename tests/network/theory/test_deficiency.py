"""Verdicts of the deficiency theorems and their reasons; injectivity."""

import pytest
from hypothesis import given, settings

from crnsym import network
from crnsym.errors import NotMassActionError, TooManyError
from crnsym.network.theory.deficiency import deficiency_one, deficiency_zero
from crnsym.network.theory.injectivity import injectivity
from crnsym.network.theory.moving import moving_part
from tests.strategies import mass_action_networks


def test_a_verdict_is_a_sentence_with_its_reasons():
    verdict = deficiency_zero(network("A <-> B"))
    assert verdict
    assert str(verdict).startswith(
        "deficiency zero theorem: applies, because the deficiency is 0 and the network is weakly reversible. For all"
    )


def test_deficiency_zero_without_weak_reversibility_excludes_a_positive_steady_state():
    verdict = deficiency_zero(network("A -> B"))
    assert not verdict
    assert "not weakly reversible" in str(verdict)
    assert "no positive steady state" in verdict.conclusion


def test_another_rate_law_is_named_as_the_reason():
    for verdict in (
        deficiency_zero(network("A <-> B @= A/(1 + A), B")),
        deficiency_one(network("A -> B @= mm(A,1,1)")),
    ):
        assert not verdict
        assert any("is not mass action" in reason for reason in verdict.reasons)


def test_the_deficiency_one_theorem_says_which_hypothesis_fails():
    def reasons(text):
        return " ".join(deficiency_one(network(text)).reasons)

    assert "add up to 0, not to 1" in reasons("2 X <-> 3 X; 0 <-> X")
    assert "a linkage class has deficiency 2" in reasons("3A -> A + 2B; A + 2B -> 3B; 3B -> 2A + B; 2A + B -> 3A")
    assert "1 linkage classes have 2 terminal strong classes" in reasons("A + B -> 2 B; A + B -> 2 A")


def test_a_constant_species_counts_into_the_rate_constants():
    net = network("A + X <-> 2 X; X -> B; B -> 0; const A, B; init A = 2, B = 1")
    moving = moving_part(net)
    assert str(moving.reactions[0]) == "X -> 2 X  @ A*k1"
    assert moving.parameters["A"] == 2
    assert [str(r.products) for r in moving.reactions[2:]] == ["0"]
    assert "constant species (A, B) count into the rate constants" in deficiency_zero(net).reasons


@settings(deadline=None, max_examples=60)
@given(mass_action_networks())
def test_deficiency_zero_and_weakly_reversible_is_a_case_of_deficiency_one(net):
    if deficiency_zero(net):
        assert deficiency_one(net)
        assert "exactly one positive steady state" in deficiency_one(net).conclusion


def test_injectivity_excludes_two_steady_states():
    assert injectivity(network("E + S <-> ES; ES -> E + P"))
    futile = "E + S <-> ES; ES -> E + P; F + P <-> FP; FP -> F + S"
    assert injectivity(network(futile))
    assert "differ in sign from the others" in str(injectivity(network("2 X <-> 3 X; 0 <-> X")))
    assert not injectivity(network("A + 2 B -> 3 B; B -> A"))
    assert "vanishes everywhere" in str(injectivity(network("0 -> A")))
    # fractions of a coefficient change no sign
    assert injectivity(network("1/50 A -> 1/50 B; 1/50 B -> 1/50 A"))


def test_injectivity_refuses_what_it_does_not_know():
    with pytest.raises(NotMassActionError, match="injectivity is known for mass action only"):
        injectivity(network("S -> P @= mm(S, V, K)"))
    with pytest.raises(TooManyError, match="45 minors are more than the limit of 3"):
        injectivity(network("A <-> B; B <-> C; A <-> C"), limit=3)
