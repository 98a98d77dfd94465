"""SBML semantics on models whose answers are known by hand."""

import numpy as np
import pytest

from crnsym import simulate_case
from crnsym.dynamics.sbml.integrate import Run, first_moment
from crnsym.dynamics.sbml.load import load
from crnsym.dynamics.sbml.system import System
from crnsym.errors import FormatError, SimulationError, UnsupportedError
from tests.dynamics.sbml_models import event, listed, math, model


def run(file, *variables, amount=(), concentration=(), duration=10, steps=100):
    return simulate_case(
        file,
        {
            "duration": duration,
            "steps": steps,
            "variables": variables,
            "amount": amount,
            "concentration": concentration,
        },
    )


def at(table, name, t):
    return float(table[name][int(np.argmin(np.abs(table["time"] - t)))])


def test_a_higher_priority_is_executed_first_and_priorities_are_read_anew(tmp_path):
    file = model(
        tmp_path,
        {"x": 0, "y": 1},
        events=(
            event("e1", "time >= 3", priority="y", early=False, x="x + 1"),
            event("e2", "time >= 3", priority="5", early=False, x="x * 10", y="20"),
            event("e3", "time >= 3", priority="10", x="7", y="-4"),
        ),
    )
    assert run(file, "x")["x"][-1] == 71


def test_events_in_random_order_are_refused_where_it_matters_only(tmp_path):
    both = {"x": 0, "y": 0}
    free = model(tmp_path, both, events=(event("a", "time >= 2", x="x + 1"), event("b", "time >= 2", y="3")))
    assert run(free, "x", "y")["x"][-1] == 1
    tied = model(tmp_path, both, events=(event("a", "time >= 2", x="x + 1"), event("b", "time >= 2", x="x * 2 + 5")))
    with pytest.raises(UnsupportedError, match="random order of events"):
        run(tied, "x")


def test_equal_moments_found_from_different_states_count_as_one(tmp_path):
    rates = {"u": "-u / 3", "w": "-w / 3 + 0 * time"}
    events = (event("a", "u < 0.4", x="x + 1"), event("b", "w * 7 < 2.8", x="x * 2 + 5"))
    with pytest.raises(UnsupportedError, match="random order of events"):
        run(model(tmp_path, {"u": 1, "w": 1, "x": 0}, rates=rates, events=events), "x")


def test_an_event_that_does_not_persist_is_dropped_when_its_trigger_fails(tmp_path):
    pulse = "time >= 1 && time < 2"
    file = model(
        tmp_path,
        {"x": 0, "y": 0},
        events=(event("a", pulse, delay="3", persistent=False, x="1"), event("b", pulse, delay="3", y="1")),
    )
    table = run(file, "x", "y")
    assert table["x"][-1] == 0
    assert at(table, "y", 3.9) == 0
    assert at(table, "y", 4.0) == 1


def test_values_come_from_the_trigger_or_from_the_execution(tmp_path):
    file = model(
        tmp_path,
        {"x": 0, "y": 0},
        events=(
            event("a", "time >= 1.25", delay="2.5", x="time"),
            event("b", "time >= 1.25", delay="2.5", early=False, y="time"),
        ),
    )
    table = run(file, "x", "y")
    assert (table["x"][-1], table["y"][-1]) == (1.25, 3.75)


def test_a_strict_trigger_and_what_it_delays_come_just_after_their_moment(tmp_path):
    late = event("c", "time > 0.3", delay="9.7", z="1")
    file = model(
        tmp_path,
        {"x": 0, "y": 0, "z": 0},
        events=(event("a", "time > 0.3", x="1"), event("b", "time > 0.3", delay="0.4", y="1"), late),
    )
    table = run(file, "x", "y", "z")
    assert [at(table, "x", 0.3), at(table, "x", 0.4)] == [0, 1]
    assert [at(table, "y", 0.7), at(table, "y", 0.8)] == [0, 1]
    assert table["z"][-1] == 0


def test_a_strict_trigger_does_not_come_early_with_one_that_is_not(tmp_path):
    events = (event("a", "time >= 4", x="x + 1"), event("b", "time > 4", y="1"), event("c", "time <= 4", x="50"))
    table = run(model(tmp_path, {"x": 0, "y": 0}, events=events), "x", "y")
    assert [at(table, "x", t) for t in (3.9, 4.0, 4.1)] == [0, 1, 1]
    assert [at(table, "y", t) for t in (3.9, 4.0, 4.1)] == [0, 0, 1]


def test_events_may_fire_at_the_start_and_trigger_each_other(tmp_path):
    file = model(
        tmp_path,
        {"x": 0, "y": 0},
        events=(
            event("a", "x < 0.5", delay="1", initial=False, x="1"),
            event("b", "x > 0.5", delay="0.7", x="0", y="y + 1"),
            event("c", "time >= 0", y="100"),
        ),
    )
    table = run(file, "x", "y")
    assert [at(table, "x", t) for t in (0.9, 1.1, 1.6, 1.8, 2.6, 2.8)] == [0, 1, 1, 0, 0, 1]
    assert table["y"][-1] == 5


def test_short_pulses_of_a_piecewise_rate_are_not_stepped_over(tmp_path):
    file = model(tmp_path, {"x": 0}, rates={"x": "piecewise(1, time > 7.31 && time < 7.37, 0)"})
    assert run(file, "x")["x"][-1] == pytest.approx(0.06, abs=1e-9)


def test_amounts_stay_and_concentrations_fall_when_a_compartment_grows(tmp_path):
    body = listed("Compartments", ['<compartment id="C" spatialDimensions="3" size="2" constant="false"/>']) + listed(
        "Species",
        [
            '<species id="S" compartment="C" initialConcentration="3" hasOnlySubstanceUnits="false" '
            'boundaryCondition="false" constant="false"/>'
        ],
    )
    file = model(tmp_path, {"q": 0}, {"q": "rateOf(S)"}, {"C": "0.5"}, body=body)
    times = np.linspace(0, 10, 101)
    table = run(file, "S", "q", amount=["S"])
    np.testing.assert_allclose(table["S"], 6)
    np.testing.assert_allclose(table["q"], -3 / (2 + 0.5 * times) ** 2, rtol=1e-7)
    dense = run(file, "S", concentration=["S"])
    np.testing.assert_allclose(dense["S"], 6 / (2 + 0.5 * times), rtol=1e-8)


def test_rules_in_a_circle_are_refused_with_the_circle(tmp_path):
    with pytest.raises(FormatError, match=r"circle: .*x.*y|circle: .*y.*x"):
        run(model(tmp_path, {"x": 0, "y": 0}, {"x": "y + 1", "y": "x * 2"}), "x")


def test_a_trigger_of_exact_equality_is_refused(tmp_path):
    file = model(tmp_path, {"x": -3000, "y": 0}, rates={"x": "1000"}, events=(event("a", "x == 3.05", y="1"),))
    with pytest.raises(UnsupportedError, match="equality"):
        run(file, "y")


def test_a_trigger_of_one_time_is_met(tmp_path):
    events = (event("a", "time == 1 / 3", y="y + 1"), event("b", "time == 2", y="y + 10"), event("c", "y == 11", z="1"))
    file = model(tmp_path, {"x": 0, "y": 0, "z": 0}, rates={"x": "1"}, events=events)
    table = run(file, "x", "y", "z")
    assert [at(table, "y", t) for t in (0.3, 0.4, 1.9, 2.0, 10)] == [0, 1, 1, 11, 11]
    assert table["z"][-1] == 1


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("quotient(-7, 2)", -3),
        ("rem(-7, 2)", -1),
        ("rem(3.9, 1.3) + 3.9 / 1.3 - quotient(3.9, 1.3)", 0),
        ("rem(-3.9, 1.3) + rem(1, 1 / 0) + rem(4.9, 1.3)", 2),
        ("max(1, 5, 2) - min(4, 3)", 2),
        ("implies(1 > 2, 0 > 1) + xor(1 > 0, 2 > 1, 3 > 2)", 2),
        ("root(3, -8)", -2),
        ("1 / 0", np.inf),
        ("0 / 0", np.nan),
        ("ln(-1)", np.nan),
        ("factorial(5)", 120),
        ("piecewise(1, 2 < 1)", np.nan),
        ("log10(1000) + log(2, 8)", 6),
        ("avogadro / 1e23", 6.02214179),
    ],
)
def test_functions_answer_as_ieee_numbers(tmp_path, formula, value):
    np.testing.assert_allclose(run(model(tmp_path, {"x": 0}, {"x": formula}), "x")["x"][0], value, rtol=1e-14)


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        (f"<algebraicRule>{math('x - 1')}</algebraicRule>", "algebraic rule"),
        (f'<assignmentRule variable="x">{math("delay(time, 1)")}</assignmentRule>', "delay"),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_name(tmp_path, rules, named):
    file = model(tmp_path, {"x": 0}, body="", reactions=listed("Rules", [rules]))
    with pytest.raises(UnsupportedError, match=named):
        run(file, "x")


def test_a_quantity_without_value_is_refused_where_results_depend_on_it(tmp_path):
    file = model(tmp_path, {"x": 0, "k": 5}, rates={"x": "k"})
    file.write_text(file.read_text().replace('id="k" value="5"', 'id="k"'))
    with pytest.raises(UnsupportedError, match="'k' has no value"):
        run(file, "x")


def test_settings_without_steps_are_refused(tmp_path):
    with pytest.raises(FormatError, match="steps"):
        simulate_case(model(tmp_path, {"x": 0}), {"duration": 1, "variables": "x"})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"start": -1}, "start: -1 is no time of 0 or more"),
        ({"duration": "nan"}, "duration: nan is no time"),
        ({"duration": "long"}, "could not convert string to float: 'long'"),
        ({"steps": -3}, "steps: -3 is no whole number from 0"),
        ({"steps": "2.5"}, "steps: 2.5 is no whole number"),
        ({"variables": "y"}, "'y', which nothing declares"),
    ],
)
def test_settings_that_make_no_sense_are_refused(tmp_path, given, named):
    with pytest.raises(FormatError, match=named):
        simulate_case(model(tmp_path, {"x": 0}), {"duration": 1, "steps": 2, "variables": "x", **given})


def test_odd_settings_files_are_read(tmp_path):
    file, settings = model(tmp_path, {"x": 1}, rates={"x": "2"}), tmp_path / "model-settings.txt"
    settings.write_text(
        "\ufeffstart: 3\nduration: 1.5\nsteps: 3.0\nvariables: x , \nabsolute:\namount: y\nother line\n"
    )
    table = simulate_case(file)
    assert list(table) == ["time", "x"]
    np.testing.assert_allclose(table["x"], [7, 8, 9, 10])
    for nothing in ({"steps": 0, "duration": 1}, {"steps": 0, "duration": 0}):
        assert simulate_case(file, {"variables": "x", **nothing})["x"].tolist() == [1.0]
    np.testing.assert_allclose(simulate_case(file, {"steps": 2, "duration": 0, "variables": "x"})["x"], 1)


def test_reactions_compartments_and_stoichiometries_are_variables(tmp_path):
    body = listed("Compartments", ['<compartment id="C" spatialDimensions="3" size="2" constant="true"/>']) + listed(
        "Species",
        [
            '<species id="S" compartment="C" initialConcentration="3" hasOnlySubstanceUnits="false" '
            'boundaryCondition="false" constant="false"/>'
        ],
    )
    reference = '<speciesReference id="n" species="S" stoichiometry="0.5" constant="true"/>'
    law = f"<kineticLaw>{math('0.7 * S * C')}</kineticLaw>"
    side = f"<listOfReactants>{reference}</listOfReactants>"
    reactions = listed("Reactions", [f'<reaction id="R" reversible="false">{side}{law}</reaction>'])
    file = model(tmp_path, {"k": 4}, body=body, reactions=reactions)
    table = run(file, "S", "R", "C", "n", "k", amount=["S", "C"], duration=1, steps=2)
    fall = np.exp(-0.35 * np.array([0, 0.5, 1]))
    np.testing.assert_allclose(table["S"], 6 * fall, rtol=1e-7)
    np.testing.assert_allclose(table["R"], 4.2 * fall, rtol=1e-7)
    assert [table[n][-1] for n in "Cnk"] == [2, 0.5, 4]


def test_kinks_of_the_right_hand_side_cost_no_accuracy(tmp_path):
    file = model(tmp_path, {"x": 0, "u": 0}, rates={"u": "cos(time)", "x": "max(u, 0.3) - min(0.8, abs(u))"})
    t = np.linspace(0, 10, 2_000_001)
    u = np.sin(t)
    slope = np.maximum(u, 0.3) - np.minimum(0.8, np.abs(u))
    area = np.concatenate([[0], np.cumsum(0.5 * (slope[1:] + slope[:-1]) * np.diff(t))])
    np.testing.assert_allclose(run(file, "x")["x"], area[::20_000], atol=1e-8)


def test_a_solution_without_end_is_an_error_of_the_simulation(tmp_path):
    file = model(tmp_path, {"x": 1}, rates={"x": "x^2"})
    with pytest.raises(SimulationError, match=r"beyond time 1|no end in sight|infinite rate"):
        run(file, "x")


def test_submodels_are_put_into_one_model(tmp_path):
    file = tmp_path / "model.xml"
    comp = "http://www.sbml.org/sbml/level3/version1/comp/version1"
    file.write_text(
        f'<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" xmlns:comp="{comp}" level="3" version="2" '
        'comp:required="true"><model id="m"><comp:listOfSubmodels><comp:submodel comp:id="a" comp:modelRef="part"/>'
        '<comp:submodel comp:id="b" comp:modelRef="part"/></comp:listOfSubmodels></model>'
        '<comp:listOfModelDefinitions><comp:modelDefinition id="part"><listOfParameters><parameter id="x" value="1" '
        f'constant="false"/></listOfParameters><listOfRules><rateRule variable="x">{math("0.5 * x")}</rateRule>'
        "</listOfRules></comp:modelDefinition></comp:listOfModelDefinitions></sbml>"
    )
    table = run(file, "a__x", "b__x", duration=1)
    np.testing.assert_allclose([table["a__x"][-1], table["b__x"][-1]], np.exp(0.5), rtol=1e-7)
    file.write_text(file.read_text().replace('modelRef="part"/></comp', 'modelRef="lost"/></comp'))
    with pytest.raises(UnsupportedError, match=r"'comp'.*cannot be put into one model"):
        run(file, "a__x")


@pytest.mark.parametrize("steps", [1, 2, 10, 100])
@pytest.mark.parametrize(
    ("trigger", "hits"),
    [
        ("sin(2*pi*time) > 0", 101),  # (at 100 once more: the sine of 200 pi is a little below zero)
        ("sin(2*pi*time) > 0.9", 100),
        ("sin(20*time) > 0.999999", 319),
        ("exp(-((time - 50)/0.001)^2) > 0.5", 1),
        ("rem(time, 0.5) < 0.01", 200),
        ("rem(time, 10) > 9.999 && sin(time) > 0", 4),
        ("piecewise(1, abs(time - 77.7) < 1e-5, 0) > 0", 1),
    ],
)
def test_events_are_found_whatever_rows_are_asked_for_and_though_nothing_moves(tmp_path, trigger, hits, steps):
    file = model(tmp_path, {"N": 0.0}, events=(event("hit", trigger, N="N + 1"),))
    assert simulate_case(file, {"start": 0, "duration": 100, "steps": steps, "variables": ["N"]})["N"][-1] == hits


def test_events_of_random_triggers_are_those_of_a_dense_scan(tmp_path):
    from tests.benchmarks.events import random_case, verdict

    found = [verdict(random_case(np.random.default_rng([11, i])), tmp_path) for i in range(5)]
    assert {*found} <= {"same", "below the grid"}
    assert found.count("same") >= 4


def test_a_state_that_rests_where_a_trigger_rises_costs_no_end(tmp_path):
    file = model(tmp_path, {"N": 0.0, "x": 0.0}, rates={"x": "1 - x"}, events=(event("hit", "x >= 1", N="N + 1"),))
    found = simulate_case(file, {"start": 0, "duration": 400, "steps": 200, "variables": ["N", "x"]})
    assert found["x"][-1] == pytest.approx(1.0, abs=1e-6)


def test_a_switch_by_the_time_that_is_met_at_the_start_is_passed(tmp_path):
    """A solver that makes no way before a switch one rounding ahead would be started there again and again."""
    file = model(tmp_path, {"x": 1, "at": 60}, rates={"x": "-2*x + piecewise(0, time - at < 0, 1)"})
    system, start = System(load(file), str(file)), np.nextafter(60.0, 0.0)
    stretch = Run(system, np.array([start, 65.0]), lambda *_: [0.0], (1e-9, 1e-12), start, first_moment(system, start))
    assert start < stretch._together(start, lambda _: [1.0])[0] < 60.001


def test_states_of_tiny_size_are_as_exact_as_others(tmp_path):
    file = model(tmp_path, {"x": 1e-9, "y": 0}, rates={"x": "-3*x", "y": "3*x - 0.1*y"})
    t = np.linspace(0, 10, 101)
    y = 3e-9 * (np.exp(-0.1 * t) - np.exp(-3 * t)) / 2.9
    np.testing.assert_allclose(run(file, "y")["y"], y, atol=3e-16)
