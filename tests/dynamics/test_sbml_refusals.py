"""What a simulation of SBML refuses, by the message: which file, which element, and what to do."""

import pytest

from crnsym import simulate_case, simulate_stochastic_case
from crnsym.errors import FormatError, NetworkError, SimulationError, UnsupportedError
from tests.dynamics.sbml_models import event, listed, math, model
from tests.dynamics.test_sbml_counts import reaction, species, written

ONCE = {"duration": 1, "steps": 2, "variables": "x"}
CORE = 'xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"'


def changed(file, old, new):
    """Replace a part of a model that must be there."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return file


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("<sbml", FormatError, r"model.xml, line \d+: .*\(SBML error \d+\)"),
        (
            f'<sbml {CORE}><model id="1"/></sbml>',
            FormatError,
            "model.xml, line 1: Invalid syntax for an 'id'",
        ),
        (f"<sbml {CORE}></sbml>", FormatError, r"no model in this SBML file|must contain"),
        (
            f'<sbml {CORE} xmlns:new="http://www.sbml.org/sbml/level3/version1/new/version1" new:required="true">'
            '<model id="m"/></sbml>',
            UnsupportedError,
            "the SBML package 'new' is not supported",
        ),
    ],
)
def test_a_file_that_is_no_model_is_refused(tmp_path, content, error, message):
    (tmp_path / "model.xml").write_text(content)
    with pytest.raises(error, match=message):
        simulate_case(tmp_path / "model.xml", ONCE)


@pytest.mark.parametrize("package", ["fbc", "qual"])
def test_flux_balance_is_refused_though_it_is_not_required(tmp_path, package):
    address = f"http://www.sbml.org/sbml/level3/version1/{package}/version1"
    core = "http://www.sbml.org/sbml/level3/version1/core"
    (tmp_path / "model.xml").write_text(
        f'<sbml xmlns="{core}" level="3" version="1" xmlns:{package}="{address}" {package}:required="false">'
        '<model id="m"/></sbml>'
    )
    if package == "qual":
        assert len(simulate_case(tmp_path / "model.xml", {**ONCE, "variables": ""})) == 1
        return
    with pytest.raises(UnsupportedError, match=r"model.xml: the SBML package 'fbc' is not supported"):
        simulate_case(tmp_path / "model.xml", ONCE)


def test_a_fast_reaction_is_refused_by_name(tmp_path):
    fast = reaction("R", "A", [("A", 1)]).replace('id="R" reversible="false"', 'id="R" reversible="false" fast="true"')
    file = changed(written(tmp_path, [species("A", 3)], [fast]), "level3/version2/core", "level3/version1/core")
    changed(file, 'version="2"', 'version="1"')
    with pytest.raises(UnsupportedError, match=r"model.xml: a fast reaction \('R'\) is not supported"):
        simulate_case(file, {**ONCE, "variables": "A"})


def test_a_file_in_another_encoding_is_refused(tmp_path):
    file = model(tmp_path, {"x": 2})
    file.write_bytes(file.read_text().replace('<model id="m">', '<model id="m" name="Größe">').encode("latin-1"))
    with pytest.raises(FormatError, match=r"model.xml: not a UTF-8 text \(byte"):
        simulate_case(file, ONCE)


def test_files_that_are_not_there_are_named(tmp_path):
    with pytest.raises(FormatError, match=r"lost.xml: cannot be read"):
        simulate_case(tmp_path / "lost.xml", ONCE)
    with pytest.raises(FormatError, match="one SBML file is needed, found 0"):
        simulate_case(tmp_path, ONCE)
    file = model(tmp_path, {"x": 0})
    with pytest.raises(FormatError, match=r"one \*-settings.txt is needed, found 0"):
        simulate_case(file)
    with pytest.raises(FormatError, match=r"lost.txt: cannot be read"):
        simulate_case(file, tmp_path / "lost.txt")


FUNCTION = '<listOfFunctionDefinitions><functionDefinition id="f">{}</functionDefinition></listOfFunctionDefinitions>'
LAMBDA = math("lambda(a, b, a + b)")
LOOP = math("lambda(a, f(a))")


@pytest.mark.parametrize(
    ("rules", "body", "error", "message"),
    [
        ({"x": "y + 1"}, "", FormatError, "'x': the formula names 'y', which nothing declares"),
        ({"x": "rateOf(y)"}, "", FormatError, r"rateOf\(\) of 'y', which is no variable"),
        ({"x": "rateOf(q)", "q": "time"}, "", UnsupportedError, r"rateOf\(\) of what an assignment rule sets"),
        ({"x": "g(1)"}, "", FormatError, "the formula calls 'g', which no function definition declares"),
        ({"x": "f(1)"}, FUNCTION.format(LAMBDA), FormatError, "f takes 2 arguments, found 1"),
        ({"x": "f(1)"}, FUNCTION.format(LOOP), FormatError, "the function 'f' calls itself"),
        ({"x": "f(1)"}, FUNCTION.format(""), UnsupportedError, "the function 'f' has no formula"),
        ({"x": "abs(" * 300 + "1" + ")" * 300}, "", UnsupportedError, "nested too deeply"),
        ({"z": "1"}, "", FormatError, "a rule or assignment sets 'z', which nothing declares"),
    ],
)
def test_each_bad_formula_is_refused(tmp_path, rules, body, error, message):
    with pytest.raises(error, match=message):
        simulate_case(model(tmp_path, {"x": 0, "q": 1}, rules, body=body), ONCE)


def test_a_function_with_the_wrong_number_of_arguments_is_refused(tmp_path):
    file = model(tmp_path, {"x": 0}, {"x": "quotient(7, 2)"})
    changed(file, "<quotient/>", "<quotient/> <cn> 1 </cn>")
    with pytest.raises(FormatError, match="quotient of 3 arguments"):
        simulate_case(file, ONCE)


def test_the_rate_of_a_formula_is_refused(tmp_path):
    file = changed(model(tmp_path, {"x": 0, "q": 1}, {"x": "rateOf(q)"}), "<ci> q </ci>", "<cn> 1 </cn>")
    with pytest.raises(UnsupportedError, match=r"'x': rateOf\(\) of something that is not one identifier"):
        simulate_case(file, ONCE)


def test_elements_that_are_not_there_are_named(tmp_path):
    def built(*reactions):
        return written(tmp_path, [species("A", 3)], list(reactions))

    decay = reaction("R", "A", [("A", 1)])
    wanted = {**ONCE, "variables": "A"}
    with pytest.raises(FormatError, match="reaction 'R' names the species 'B'"):
        simulate_case(built(decay.replace('species="A"', 'species="B"')), wanted)
    with pytest.raises(FormatError, match="species 'A' is in no compartment of the model"):
        simulate_case(changed(built(decay), 'compartment="C"', 'compartment="D"'), wanted)
    with pytest.raises(FormatError, match=r"line \d: .*'boundaryCondition' is missing from the <species>"):
        simulate_case(changed(built(decay), 'boundaryCondition="false" constant="false"', ""), wanted)
    with pytest.raises(FormatError, match="'A' has the conversion factor 'f', which nothing declares"):
        simulate_case(changed(built(decay), 'compartment="C"', 'compartment="C" conversionFactor="f"'), wanted)


@pytest.mark.parametrize(
    ("events", "error", "message"),
    [
        ([event("e", "time >= 0.5", delay="-1", x="1")], SimulationError, "the event 'e' has the delay -1"),
        ([event("e", "time >= 0.5", y="1")], FormatError, "event 'e' sets 'y', which no event may set"),
        (
            [event("e", "x < 1", initial=False, x="2"), event("d", "x > 1", initial=False, x="0")],
            SimulationError,
            "events trigger each other without end at time 0",
        ),
        (
            [event(f"e{i}", "time >= 0.5", x="x + 1") for i in range(30)],
            UnsupportedError,
            r"\d+ simultaneous events are not supported",
        ),
    ],
)
def test_each_bad_event_is_refused(tmp_path, events, error, message):
    with pytest.raises(error, match=message):
        simulate_case(model(tmp_path, {"x": 0}, events=tuple(events)), ONCE)


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ("x^2 + 1", r"(beyond time|in sight at time|rate of change at time) 1\.57"),
        ("1 / (x - x)", "an infinite rate of change at time 0"),
    ],
)
def test_a_course_that_has_no_end_is_an_error_that_says_where(tmp_path, rate, message):
    with pytest.raises(SimulationError, match=message):
        simulate_case(model(tmp_path, {"x": 0}, rates={"x": rate}), {**ONCE, "duration": 10})


@pytest.mark.parametrize(
    ("options", "message"),
    [({"runs": 1}, "runs=1: give a whole number of 2 or more"), ({"seed": -1}, "seed=-1: give a whole number from 0")],
)
def test_options_of_stochastic_cases_are_checked(tmp_path, options, message):
    with pytest.raises(NetworkError, match=message):
        simulate_stochastic_case(model(tmp_path, {"x": 0}), ONCE, **options)


@pytest.mark.parametrize(
    ("reactions", "rest", "error", "message"),
    [
        ([], {}, NetworkError, "no reactions, so there is nothing to simulate stochastically"),
        ([reaction("R", "A", [("A", 0.5)])], {}, NetworkError, "a reaction changes 'A' by -0.5; .* whole numbers"),
        (
            [reaction("R", "A", [("A", 1)])],
            {"events": (event("e", "time == 0.5", A="1"),)},
            UnsupportedError,
            "a trigger that holds at one time only",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(tmp_path, reactions, rest, error, message):
    file = written(tmp_path, [species("A", 3)], reactions, **rest)
    with pytest.raises(error, match=message):
        simulate_stochastic_case(file, {**ONCE, "variables": "A"}, runs=2)


def test_a_stoichiometry_that_changes_cannot_be_counted(tmp_path):
    decay = reaction("R", "A", [("A", 1)]).replace('stoichiometry="1" constant="true"', 'id="n" constant="false"')
    file = written(tmp_path, [species("A", 3)], [decay])
    rules = listed("Rules", [f'<assignmentRule variable="n">{math("A / 3")}</assignmentRule>'])
    changed(file, "<listOfReactions>", rules + "<listOfReactions>")
    with pytest.raises(UnsupportedError, match="a stoichiometry that depends on 'A' cannot be simulated"):
        simulate_stochastic_case(file, {**ONCE, "variables": "A"}, runs=2)
