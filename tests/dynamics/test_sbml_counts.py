"""SBML models as jump processes, on answers that are exact."""

import numpy as np
import pytest

from crnsym import simulate_case, simulate_stochastic_case
from crnsym.dynamics.sbml import Settings
from crnsym.dynamics.sbml.counting import Counting
from crnsym.dynamics.sbml.load import load
from crnsym.dynamics.sbml.system import System
from crnsym.errors import FormatError, NetworkError, SimulationError, UnsupportedError
from tests.dynamics.sbml_models import event, listed, math, model

CELL = listed("Compartments", ['<compartment id="C" spatialDimensions="3" size="2" constant="true"/>'])


def species(id_: str, amount: float, counted: bool = True) -> str:
    return (
        f'<species id="{id_}" compartment="C" initialAmount="{amount}" hasOnlySubstanceUnits="{str(counted).lower()}" '
        'boundaryCondition="false" constant="false"/>'
    )


def reaction(id_: str, law: str, reactants=(), products=(), local="") -> str:
    sides = [
        listed(tag, [f'<speciesReference species="{s}" stoichiometry="{n}" constant="true"/>' for s, n in side])
        for tag, side in (("Reactants", reactants), ("Products", products))
    ]
    law = f"<kineticLaw>{math(law)}{local}</kineticLaw>"
    return f'<reaction id="{id_}" reversible="false">{"".join(sides)}{law}</reaction>'


def written(folder, kinds, reactions, **rest):
    rest.setdefault("parameters", {})
    return model(folder, **rest, body=CELL + listed("Species", kinds), reactions=listed("Reactions", reactions))


def runs(file, *variables, duration=10, steps=10, number=200, seed=0, **settings):
    s = Settings.of({"duration": duration, "steps": steps, "variables": variables, **settings})
    system = System(load(file), str(file))
    return Counting(system, system.outputs(s.variables, set(s.amount), set(s.concentration))).runs(
        s.times, number, seed
    )


def test_an_event_at_a_time_is_executed_at_that_time_in_every_run(tmp_path):
    file = written(
        tmp_path,
        [species("X", 0), species("Y", 0)],
        [reaction("birth", "0.5", products=[("X", 1)])],
        events=(
            event("reset", "time >= 5", X="50"),
            event("late", "time > 5", delay="2", Y="X"),
        ),
    )
    found = runs(file, "X", "Y")
    assert found[:, 4, 0].max() < 20
    assert (found[:, 5, 0] == 50).all()
    assert found[:, 6, 0].mean() == pytest.approx(50.5, abs=0.25)
    assert (found[:, 7, 1] == 0).all()  # just after 7, and with the value of just after 5
    assert (found[:, 8, 1] == 50).all()


def test_an_event_at_a_count_is_executed_when_the_reaction_fires(tmp_path):
    file = written(
        tmp_path,
        [species("X", 0), species("N", 0)],
        [reaction("birth", "3", products=[("X", 1)])],
        events=(event("full", "X > 4", X="0", N="N + 1"),),
    )
    found = runs(file, "X", "N", number=4000)
    assert found[:, :, 0].max() == 4
    births = 5 * found[:, -1, 1] + found[:, -1, 0]  # a Poisson number of mean 30
    assert births.mean() == pytest.approx(30, abs=4 * np.sqrt(30 / 4000))
    assert births.var() == pytest.approx(30, rel=4 * np.sqrt(2 / 4000))


def test_volumes_local_constants_and_rules_mean_what_they_mean_in_sbml(tmp_path):
    local = '<listOfLocalParameters><localParameter id="k" value="0.3"/></listOfLocalParameters>'
    file = written(
        tmp_path,
        [species("X", 0, counted=False)],
        [reaction("birth", "6 * C", products=[("X", 1)]), reaction("death", "k * X * C", [("X", 1)], local=local)],
        parameters={"k": 99, "double": 0},
        rules={"double": "2 * X"},
    )
    number = 4000
    settings = {
        "duration": 10,
        "steps": 10,
        "variables": "X, double",
        "amount": "X",
        "output": "X-sd,X-mean,double-mean",
    }
    found = simulate_stochastic_case(file, settings, runs=number)
    mean = 40 * (1 - np.exp(-0.3 * found["time"]))  # a Poisson distribution
    assert list(found) == ["time", "X-sd", "X-mean", "double-mean"]
    assert (np.abs(found["X-mean"] - mean) <= 4 * np.sqrt(mean / number)).all()
    np.testing.assert_allclose(found["X-sd"] ** 2, mean, rtol=4 * np.sqrt(2.1 / number))
    np.testing.assert_allclose(found["double-mean"], found["X-mean"])  # twice the concentration in a volume of 2


def test_a_run_does_not_depend_on_how_many_there_are(tmp_path):
    file = written(tmp_path, [species("X", 20)], [reaction("death", "0.1 * X", [("X", 1)])])
    np.testing.assert_array_equal(runs(file, "X", number=3), runs(file, "X", number=5)[:3])


def test_a_reaction_without_its_molecules_does_not_happen(tmp_path):
    file = written(tmp_path, [species("X", 3)], [reaction("pair", "1", [("X", 2)])])
    assert (runs(file, "X", number=20)[:, -1] == 1).all()


@pytest.mark.parametrize(
    ("amount", "law", "rates", "error", "named"),
    [
        (10, "0.1 * X", {"k": "1"}, UnsupportedError, "rate rule of 'k'"),
        (10, "0.1 * X * time", {}, UnsupportedError, "'death' depends on time"),
        (10.5, "0.1 * X", {}, NetworkError, "'X' is 10.5 at time 0"),
        (10, "X - 20", {}, SimulationError, "'death' is negative"),
    ],
)
def test_what_is_no_jump_process_is_refused_by_name(tmp_path, amount, law, rates, error, named):
    file = written(
        tmp_path, [species("X", amount)], [reaction("death", law, [("X", 1)])], parameters={"k": 0}, rates=rates
    )
    with pytest.raises(error, match=named):
        runs(file, "X", number=2)


def test_other_columns_than_means_and_deviations_are_refused(tmp_path):
    file = written(tmp_path, [species("X", 1)], [reaction("death", "X", [("X", 1)])])
    with pytest.raises(FormatError, match="X-mean or X-sd"):
        simulate_stochastic_case(file, {"duration": 1, "steps": 1, "variables": "X", "output": "X-median"})


def test_formulas_as_machine_code_give_the_same_numbers(tmp_path):
    small = ("sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh", "sech", "csch", "coth", "exp", "abs")
    formulas = [f"{f}(x)" for f in (*small, "arcsin", "arccos", "arctan", "arcsinh", "arctanh", "arccot", "arcsech")]
    formulas += ["arccosh(y)", "arcsec(y)", "arccsc(y)", "arccsch(y)", "arccoth(y)", "ln(y)", "log10(y)", "log(2, y)"]
    formulas += ["floor(y)", "ceil(y)", "factorial(4)", "factorial(25)", "root(3, -y)", "sqrt(y)", "y^2.5", "(-y)^3"]
    formulas += [
        "quotient(-7, y)",
        "rem(-7, y)",
        "rem(39 / 10, 13 / 10)",
        "max(x, y, 1)",
        "min(x, y, 1)",
        "1 / (x - x)",
    ]
    formulas += ["piecewise(1, x > y, 2)", "piecewise(x, y >= 3)", "xor(x < y, y < x) + implies(x > y, 1 < 0)"]
    rules = {f"p{i}": f for i, f in enumerate(formulas)}
    file = written(
        tmp_path,
        [species("A", 3)],
        [reaction("R", "0.1 * A", [("A", 1)])],
        parameters={"x": 0.7, "y": 2.75, **dict.fromkeys(rules, 0)},
        rules=rules,
    )
    settings = {"duration": 1, "steps": 1, "variables": list(rules)}
    counted, exact = simulate_stochastic_case(file, settings, runs=2), simulate_case(file, settings)
    for name, formula in rules.items():
        np.testing.assert_allclose(counted[f"{name}-mean"], exact[name], rtol=1e-13, err_msg=formula)


@pytest.mark.parametrize("amount", range(6))
@pytest.mark.parametrize(
    ("left", "right", "law", "kept"),
    [
        ([("A", 1), ("A", 1)], [("B", 1)], "k*A*A", 2),
        ([("A", 1), ("A", 1), ("A", 1)], [("B", 1)], "k*A*A*A", 3),
        ([("A", 1), ("A", 2)], [("B", 1)], "k*A", 3),
        ([("A", 2), ("A", 1)], [("A", 1), ("B", 1)], "k*A*A", 2),
        ([("A", 1), ("A", 1)], [("A", 1), ("A", 1), ("B", 0)], "k*A", 10),
    ],
)
def test_a_reactant_that_stands_twice_is_used_up_no_further_than_it_is_there(tmp_path, amount, left, right, law, kept):
    file = written(
        tmp_path,
        [species("A", amount), species("B", 0)],
        [reaction("r", law, left, right)],
        parameters={"k": 1.0},
    )
    found = runs(file, "A", "B", number=3, duration=1e3, steps=1)[:, -1]
    assert (found[:, 0] == (amount if kept == 10 else amount % kept)).all()
    assert (found[:, 1] == (0 if kept == 10 else amount // kept)).all()


PULSES = {  # trigger: rises in (0, 20]
    "sin(2*pi*time) > 0.9": 20,
    "abs(time - 7.3) < 1e-4": 1,
    "cos(40*time) > 0.9999": 127,
    "floor(time / 3) > floor((time - 1) / 3)": 6,
    "piecewise(1, time > 3 && time < 3.001, 0) > 0": 1,
    "rem(time, 2) < 0.001": 10,
}


@pytest.mark.parametrize("steps", [1, 7, 40])
@pytest.mark.parametrize("rate", [0.0, 3.0])
@pytest.mark.parametrize("trigger", PULSES)
def test_a_trigger_of_the_clock_is_found_while_reactions_go_on_and_at_rest(tmp_path, trigger, rate, steps):
    file = written(
        tmp_path,
        [species("X", 0), species("N", 0)],
        [reaction("birth", str(rate), products=[("X", 1)])],
        events=(event("hit", trigger, N="N + 1"),),
    )
    assert (runs(file, "N", number=3, duration=20, steps=steps)[:, -1, 0] == PULSES[trigger]).all()


def test_a_trigger_that_counts_and_clock_move_is_found_between_reactions(tmp_path):
    # X jumps between 0 and 1; while it is 1 the trigger rises once a unit of time
    file = written(
        tmp_path,
        [species("X", 0), species("Y", 1), species("N", 0)],
        [reaction("on", "0.05*Y", [("Y", 1)], [("X", 1)]), reaction("off", "0.05*X", [("X", 1)], [("Y", 1)])],
        events=(event("hit", "X*sin(2*pi*time) > 0.99", N="N + 1"),),
    )
    found = runs(file, "X", "N", number=60, duration=40, steps=4000)
    clock = np.linspace(0, 40, 4001)
    above = found[:, :, 0] * np.sin(2 * np.pi * clock) > 0.99
    rises = (above[:, 1:] & ~above[:, :-1]).sum(axis=1)
    assert abs(found[:, -1, 1] - rises).max() <= 1  # (a jump between two rows may show for less than a row)
    assert abs(found[:, -1, 1] - rises).mean() < 0.1
    assert rises.mean() > 5
