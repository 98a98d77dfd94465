"""Steady states and stability against closed forms and an independent search."""

import contextlib
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from crnsym import network
from crnsym.errors import NetworkError, NotSolvedError, UnsupportedError
from crnsym.network.equations import parameter_values
from crnsym.network.steady.conserved import reduce_by_laws
from crnsym.network.steady.exact import exact_states
from crnsym.network.steady.search import searched_states
from crnsym.network.steady.states import steady_states
from tests.strategies import mass_action_networks


def test_a_bistable_reaction_has_two_stable_states_and_one_between():
    # x^3 - 6 x^2 + 11 x - 6 = (x - 1)(x - 2)(x - 3)
    found = steady_states(network("2 X <-> 3 X @ 6, 1; 0 <-> X @ 6, 11; init X = 1"))
    assert found.complete
    assert sorted((s.concentrations["X"], s.stable) for s in found) == [(1, True), (2, False), (3, True)]
    # d/dx(-x^3 + 6x^2 - 11x + 6) at 2 is 1
    assert next(s for s in found if not s.stable).eigenvalues == (pytest.approx(1),)


def test_totals_choose_the_class():
    net = network("A + B -> 2 B @ 2; B -> A @ 3; init A = 5, B = 1")
    found = steady_states(net)
    assert [s.concentrations for s in found] == [{"A": 1.5, "B": 4.5}, {"A": 6, "B": 0}]
    assert [s.stable for s in found] == [True, False]
    assert steady_states(net, initial={"A": 0.5})[0].concentrations == {"A": 1.5, "B": 0}
    assert dict(found.totals) == {"A_total": 6}


def test_the_brusselator_oscillates_beyond_its_hopf_point():
    net = network("0 -> X @ a; 2 X + Y -> 3 X @ 1; X -> Y @ b; X -> 0 @ 1; param a = 1")
    assert [s.kind for s in steady_states(net, {"b": 1.5})] == ["stable focus"]
    assert [s.kind for s in steady_states(net, {"b": 2})] == ["undecided"]
    (state,) = steady_states(net, {"b": 3})
    assert state.kind == "unstable focus"
    assert state.concentrations == pytest.approx({"X": 1, "Y": 3})


def test_the_square_of_horn_and_jackson_has_three_states_for_a_small_rate():
    net = network("3A -> A + 2B @ e; A + 2B -> 3B @ 1; 3B -> 2A + B @ e; 2A + B -> 3A @ 1; init A = 1, B = 1")
    positive = [s for s in steady_states(net, {"e": "1/20"}) if s.is_positive]
    assert [s.stable for s in positive] == [True, True, False]
    assert len([s for s in steady_states(net, {"e": "1/5"}) if s.is_positive]) == 1


def test_robust_species_have_one_value_in_every_class():
    net = network(
        """X <-> XT @ 1, 1; XT -> Xp @ 1; Xp + Y <-> XpY @ 1, 1; XpY -> X + Yp @ 1; XT + Yp <-> XTYp @ 1, 1
        XTYp -> XT + Y @ 1; init XT = 0, Xp = 0, XpY = 0, Yp = 0, XTYp = 0"""
    )
    for x, y in ((10, 20), (3, 30)):
        (state,) = (s for s in steady_states(net, initial={"X": x, "Y": y}) if s.is_positive)
        assert state.concentrations["Yp"] == pytest.approx(2)
        assert state.stable


def test_saturation_and_hill_laws_are_solved_exactly_too():
    net = network("0 -> A @= 2/(1 + B^2); 0 -> B @= 2/(1 + A^2); A -> 0 @ 0.4; B -> 0 @ 0.4")
    found = steady_states(net)
    assert found.complete
    assert [s.kind for s in found] == ["stable", "stable", "saddle"]
    for s in found:
        a, b = s.concentrations.values()
        assert 2 / (1 + b**2) == pytest.approx(0.4 * a, rel=1e-12)


def test_laws_that_are_no_rational_functions_are_searched_and_said_to_be():
    net = network("0 -> A @= 2/(1 + B^2.5); 0 -> B @= 2/(1 + A^2.5); A -> 0 @ 0.4; B -> 0 @ 0.4")
    found = steady_states(net)
    assert not found.complete
    assert "there may be others" in found.method
    assert [s.kind for s in found] == ["stable", "stable", "saddle"]


def test_a_line_of_steady_states_is_reported_as_one():
    found = steady_states(network("S + I -> 2 I @ 1; I -> R @ 1; init S = 3, I = 1, R = 0"))
    assert len(found) == 0
    assert not found.isolated
    assert "continuum" in str(found)


def test_growth_without_end_has_no_steady_state():
    found = steady_states(network("0 -> A @ 1"))
    assert found.complete
    assert len(found) == 0


def test_constant_species_are_part_of_the_state():
    (state,) = steady_states(network("A + X -> B + X @ 1; B -> A @ 2; const X; init X = 4, A = 3, B = 0"))
    assert state.concentrations == {"A": 1, "X": 4, "B": 2}
    assert len(state.eigenvalues) == 1


@settings(deadline=None, max_examples=5, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(mass_action_networks(most_species=3, most_reactions=5))
def test_what_a_numerical_search_finds_is_among_the_exact_states(net):
    net = net.with_initial({n: 1 + i for i, n in enumerate(net.species_names)})
    given_, reduction = parameter_values(net), reduce_by_laws(net)
    found = exact_states(net, given_, reduction, reduction.totals())
    if found is None or not found[2]:
        return
    try:
        others = searched_states(net, given_, reduction, reduction.totals())[0]
    except NotSolvedError:
        return
    for x in others:  # a double root is found to half the digits
        assert any(np.allclose(x, y, rtol=1e-3, atol=1e-3) for y in found[0])


def test_a_large_network_rests_where_it_runs_to():
    lines = [f"A{i} <-> A{i + 1} @ 1.1, 1" for i in range(64)]
    net = network("\n".join(lines))
    start = dict.fromkeys(net.species_names, 1)
    found = steady_states(net, initial=start)
    assert "theorem excludes" in found.method
    x = np.array([found[0].concentrations[f"A{i}"] for i in range(65)])
    np.testing.assert_allclose(x[1:] / x[:-1], 1.1, rtol=1e-6)


def test_what_is_missing_is_named():
    with pytest.raises(NetworkError, match=r"steady states need numbers, and k1 has no value; use values=\{...\}"):
        steady_states(network("A -> 0"))
    with pytest.raises(NetworkError, match="the conserved totals need the initial concentration of A"):
        steady_states(network("A <-> B @ 1, 2"))
    with pytest.raises(UnsupportedError, match="depends on time, so that nothing rests"):
        steady_states(network("0 -> A @= sin(time)"))


def test_a_course_that_runs_to_infinity_leaves_the_other_starts():
    net = network("2 A -> 3 A @ 1; 0 -> A @ 1; init A = 1")
    with pytest.raises(NotSolvedError, match="no start of a numerical search"):
        searched_states(net, {}, reduce_by_laws(net), {})


def test_nothing_found_is_no_answer_that_there_is_nothing():
    # exp(-A) has no root, but the search cannot prove that
    with pytest.raises(NotSolvedError, match="there may still be one"):
        steady_states(network("0 -> A @= 1 + exp(-A)"))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("0 -> A @ 3; A -> 0 @= A*abs(A - 1)", (1 + 13**0.5) / 2),
        ("0 -> A @= 2 + floor(A/10); A -> 0 @ 1", 2.0),
        ("0 -> A @ 1; A -> 0 @= A*ceil(A/100)/4", 4.0),
        ("0 -> A @= piecewise(5, piecewise(A, A > 1, 2) > 3, 1/2); A -> 0 @ 2", 0.25),
        ("0 -> A @= piecewise(1, !(piecewise(1, A > 9, 0) == 1), 6); A -> 0 @ 2", 0.5),
        ("0 -> A @ 2; A -> 0 @= max(A, A^2/4)", 2.0),
        ("0 -> A @ 2; A -> 0 @= min(A, 3)", 2.0),
    ],
)
def test_laws_with_kinks_steps_and_branches_have_steady_states(text, level):
    states = [s for s in steady_states(network(f"{text}; init A = 1")) if s.stable]
    assert any(s.concentrations["A"] == pytest.approx(level, rel=1e-6) for s in states)


REPRESSILATOR = "; ".join(
    f"0 -> {x} @= 100/(1 + {y}^{n}) + 1/10; {x} -> 0 @ 1" for n in ("2.5",) for x, y in ("AC", "BA", "CB")
)


@pytest.mark.parametrize(
    "text",
    [
        REPRESSILATOR,
        REPRESSILATOR.replace("2.5", "3.7"),
        "0 -> A @= 3*exp(-C/2)*C^0.5 + 1; A -> 0 @ 2; 0 -> C @= A^3.5/(1 + A^3.5); C -> 0 @ 1/3",
        "0 -> X @ 1; 2 X + Y -> 3 X @= X^2*Y*(1 + tanh(X)/50); X -> Y @ 3; X -> 0 @ 1",
        "0 -> A @= piecewise(2, A < 1, 0); A -> 0 @ 1; 0 -> B @= sqrt(A + 1); B -> 0 @ 1",
        "U + V -> 2 U @= U*V*sqrt(1 + U); 0 -> V @= V; U -> 0 @ 1",
    ],
)
def test_what_never_rests_takes_no_longer_than_what_does(text):
    names = network(text).species_names
    net = network(f"{text}\ninit {', '.join(f'{name} = {i}' for i, name in enumerate(names))}")
    began = time.process_time()
    with contextlib.suppress(NotSolvedError):
        steady_states(net)
    assert time.process_time() - began < 5


def test_a_line_of_states_is_told_by_eigenvalues_of_zero():
    found = steady_states(network("A -> B @= max(A, B, 1); B -> 0 @ 1; 0 -> A @ 2; init A = 1.5, B = 3"))
    assert {s.kind for s in found if s.concentrations["A"] < 1.9} == {"undecided"}
    # slow modes beside fast ones keep their sign
    slow = steady_states(network("A <-> B @ 1e5, 1e5; B -> 0 @ 2*B^(3/2); 0 -> A @ 1"))
    assert [s.stable for s in slow if s.is_positive] == [True]
