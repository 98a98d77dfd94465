"""SBML that other tools accept, and refusals that say what is wrong."""

import libsbml
import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, Phase, given, settings
from scipy.integrate import solve_ivp

import crnsym as cs
from crnsym.errors import FormatError, UnsupportedError
from crnsym.formats import sbml
from crnsym.network.symbols import symbol
from tests.formats.models import EVERYTHING, tame_networks

MODELS = {
    "reversible": "A + B <-> C @ kf, kr; param kf = 0.3, kr = 0.02; init A = 1, B = 2, C = 0",
    "dimerisation": "2 A -> B @ 0.1; B -> 2 A @ 0.03; init A = 1.5, B = 0",
    "autocatalysis": "A + X -> 2 X @ 0.7; X -> 0 @ 0.2; 0 -> A @ 0.1; init A = 1, X = 0.1",
    "catalyst": "E + S -> E + P @ 2; const E; init E = 0.3, S = 1, P = 0",
    "enzyme": "S -> P @= mm(S, V, Km); P -> S @= hill(P, 0.2, K, 3); param V = 1, Km = 0.4, K = 0.5; init S = 2, P = 0",
    "repressor": "0 -> X @= hillr(Y, 1, 0.5, 2); 0 -> Y @= hillr(X, 1, 0.5, 2); X -> 0 @ 1; Y -> 0 @ 1;"
    "init X = 0.1, Y = 0",
    "hot": "A -> B @ arrhenius(1e7, 40000, T); B -> A @ arrhenius(0.2, 30000, T, 1/2, 300); param T = 310;"
    "init A = 1, B = 0",
    "custom": "A -> B @= k*A*exp(-B)*(1 + sin(time)^2)/(1 + A^2); B -> A @= piecewise(0.1*B, B > 0.2, 0.05*B);"
    "param k = 0.8; init A = 1, B = 0",
    "odd names": '"glucose-6-P" + E -> "2PG" + E @ 1/3; "2PG" -> lambda @ γ; param γ = 0.4;'
    'init "glucose-6-P" = 1, E = 0.7, "2PG" = 0, lambda = 0',
    "boundary": "S + A -> B @ 0.5; B -> A @ 0.1; boundary S; init S = 2, A = 1, B = 0",
    "fractions": "3/2 A -> 1/2 B @ 0.3; init A = 1, B = 0",
    "stiff": "A -> B @ 0.04; 2 B -> B + C @ 3e7; B + C -> A + C @ 1e4; init A = 1, B = 0, C = 0",
}


_alive = []


def parsed(text):
    """Return the libsbml model; its document must stay alive."""
    _alive.append(libsbml.readSBMLFromString(text))
    return _alive[-1].getModel()


def problems(text, least=libsbml.LIBSBML_SEV_ERROR):
    document = libsbml.readSBMLFromString(text)
    document.checkConsistency()
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    return [f"{e.getLine()}: {e.getMessage()}" for e in errors if e.getSeverity() >= least]


def trajectory(net, times):
    """Integrate the equations of the network with scipy: nothing of crnsym but the symbols."""
    states = [symbol(n) for n in net.species_names]
    equations = list(net.odes(substitute=True).values())
    rhs = sp.lambdify([symbol("time"), states], equations)
    slope = sp.lambdify([symbol("time"), states], sp.Matrix(equations).jacobian(states))
    start = [float(net.initial[n]) for n in net.species_names]
    return solve_ivp(rhs, (0, times[-1]), start, "LSODA", times, jac=slope, rtol=1e-10, atol=1e-13).y.T


@pytest.mark.parametrize("name", MODELS)
def test_roadrunner_agrees_with_the_equations(name):
    roadrunner = pytest.importorskip("roadrunner")
    net = cs.network(MODELS[name])
    simulator = roadrunner.RoadRunner(sbml.to_text(net))
    simulator.integrator.setValue("relative_tolerance", 1e-10)
    simulator.integrator.setValue("absolute_tolerance", 1e-13)
    species = parsed(sbml.to_text(net)).getListOfSpecies()
    simulator.timeCourseSelections = ["time", *(f"[{s.getId()}]" for s in species)]
    found = np.asarray(simulator.simulate(0, 5, 21))
    expected = trajectory(net, np.linspace(0, 5, 21))
    np.testing.assert_allclose(found[:, 1:], expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_written_models_have_no_error_and_come_back_equal(name):
    text = sbml.to_text(cs.network(MODELS[name]))
    assert problems(text) == []
    assert sbml.from_text(text) == cs.network(MODELS[name])


def test_models_without_named_units_have_not_even_a_warning_about_units():
    text = sbml.to_text(cs.network(MODELS["reversible"]))
    assert problems(text, libsbml.LIBSBML_SEV_WARNING) == []


def test_units_of_time_and_concentration_reach_the_rate_constants():
    net = cs.network("A + B -> C @ k; C -> A @ d; param k = 1 , d = 2 [1/min]; init A = 1 [mM], B = 1 [mM], C = 0 [mM]")
    text = sbml.to_text(net)
    model = parsed(text)
    assert problems(text, libsbml.LIBSBML_SEV_WARNING) == []
    unit = libsbml.UnitDefinition.printUnits(model.getParameter("k").getDerivedUnitDefinition(), True)
    assert sorted(unit.split(", ")) == ["(0.001 mole)^-1", "(1 litre)^1", "(60 second)^-1"]


@settings(
    deadline=None, max_examples=40, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)
)
@given(net=tame_networks(rational=True))
def test_any_network_is_written_without_an_error(net):
    assert problems(sbml.to_text(net)) == []


def test_uncertainties_stand_in_the_notes_of_the_parameters():
    net = cs.network("A -> B @ k; param k = 0.1234567")
    model = parsed(sbml.to_text(net, standard_errors={"k": 0.00456}))
    assert "k = 0.123457 ± 0.0046 (standard error)" in model.getParameter("k").getNotesString()


def test_rate_laws_and_roles_carry_terms_of_the_ontology():
    model = parsed(sbml.to_text(cs.network(EVERYTHING)))
    laws = [r.getKineticLaw().getSBOTermID() for r in model.getListOfReactions()]
    assert laws[0] == "SBO:0000012"
    assert {"SBO:0000029", "SBO:0000192", "SBO:0000001"} < set(laws)
    assert model.getReaction(0).getReactant(0).getSBOTermID() == "SBO:0000010"


def test_an_edited_file_means_what_it_says():
    net = cs.network("A -> B @= mm(A, V, 1); B -> A @ 1/3; param V = 1/3; init A = 2/3")
    text = sbml.to_text(net).replace("0.333333333333333", "0.25").replace("0.666666666666667", "0.5")
    after = sbml.from_text(text)
    assert after.parameters["V"] == sp.Rational(1, 4)
    assert after.initial["A"] == sp.Rational(1, 2)
    hill = sbml.to_text(cs.network("A -> B @= hill(A, V, K, 1)"))
    assert hill.count('k="K"') == 1
    assert str(sbml.from_text(hill.replace('k="K"', 'k="L"')).reactions[0].rate) == str(
        cs.MichaelisMenten("V", "K", "A")
    )


def other(body, level='level="3" version="1" xmlns="http://www.sbml.org/sbml/level3/version1/core"'):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sbml {level}>\n<model id="m">\n{body}\n</model>\n</sbml>\n'


def math(formula):
    tree = libsbml.parseL3Formula(formula)
    return libsbml.writeMathMLToString(tree).split("?>")[1]


CELL = '<listOfCompartments><compartment id="c" size="{size}" constant="true"/></listOfCompartments>'
SPECIES = (
    '<species id="{id}" compartment="c" {start} hasOnlySubstanceUnits="{amount}" boundaryCondition="false"'
    ' constant="false"/>'
)


def model(law, size="1", amount="false", start='initialConcentration="1"', extra="", reversible="false", locals_=""):
    species = "".join(SPECIES.format(id=i, start=start, amount=amount) for i in ("A", "B"))
    reference = '<{0}><speciesReference species="{1}" stoichiometry="1" constant="true"/></{0}>'
    return other(
        f"{CELL.format(size=size)}<listOfSpecies>{species}</listOfSpecies>"
        '<listOfParameters><parameter id="k" value="2" constant="true"/>'
        '<parameter id="q" value="3" constant="false"/></listOfParameters>'
        f'{extra}<listOfReactions><reaction id="r" reversible="{reversible}" fast="false">'
        f"{reference.format('listOfReactants', 'A')}{reference.format('listOfProducts', 'B')}"
        f"<kineticLaw>{math(law)}{locals_}</kineticLaw></reaction></listOfReactions>"
    )


def test_a_kinetic_law_is_divided_by_the_volume():
    net = sbml.from_text(model("c * k * A", size="4"))
    assert net.reactions[0].rate == cs.MassAction("k")
    assert sbml.from_text(model("k * A", size="4")).reactions[0].rate == cs.MassAction("k/4")


def test_amounts_become_concentrations():
    net = sbml.from_text(model("k * A", size="4", amount="true", start='initialAmount="2"'))
    assert net.reactions[0].rate == cs.MassAction("k")
    assert net.initial["A"] == sp.Rational(1, 2)


def test_local_parameters_shadow_those_of_the_model():
    own = '<listOfLocalParameters><localParameter id="k" value="7"/></listOfLocalParameters>'
    net = sbml.from_text(model("k * A", locals_=own))
    assert net.reactions[0].rate == cs.MassAction("r_k")
    assert (net.parameters["r_k"], net.parameters["k"]) == (7, 2)


def test_function_definitions_are_written_out():
    body = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><lambda><bvar><ci> a </ci></bvar><bvar><ci> b </ci></bvar>'
        "<apply><times/><ci> a </ci><ci> b </ci></apply></lambda></math>"
    )
    text = model("c * f(A, k)").replace(
        "<listOfCompartments>",
        f'<listOfFunctionDefinitions><functionDefinition id="f">{body}</functionDefinition>'
        "</listOfFunctionDefinitions><listOfCompartments>",
    )
    assert sbml.from_text(text).reactions[0].rate == cs.MassAction("k")


def test_a_reversible_mass_action_law_becomes_two_reactions():
    net = sbml.from_text(model("c * (k * A - 3 * B)", reversible="true"))
    assert [str(r) for r in net.reactions] == ["r: A -> B  @ k", "r_reverse: B -> A  @ 3"]


def test_initial_assignments_are_evaluated_in_their_order():
    extra = (
        f'<listOfInitialAssignments><initialAssignment symbol="A">{math("2 * q")}</initialAssignment>'
        f'<initialAssignment symbol="q">{math("k / 3")}</initialAssignment></listOfInitialAssignments>'
    )
    assert sbml.from_text(model("k * A", extra=extra)).initial["A"] == sp.Rational(4, 3)


def test_assignment_rules_are_written_out_and_kept_as_observables():
    extra = f'<listOfRules><assignmentRule variable="q">{math("k * B")}</assignmentRule></listOfRules>'
    net = sbml.from_text(model("q * A", extra=extra))
    assert net.observables == {"q": symbol("k") * symbol("B")}
    assert net.rates() == [symbol("k") * symbol("A") * symbol("B")]


def test_level_2_is_converted():
    text = sbml.to_text(cs.network(MODELS["reversible"]))
    document = libsbml.readSBMLFromString(text)
    assert document.setLevelAndVersion(2, 4, False)
    assert sbml.from_text(libsbml.writeSBMLToString(document)) == cs.network(MODELS["reversible"])


def test_a_formula_may_name_a_coefficient():
    text = model("k * two * A").replace(
        '<speciesReference species="B" stoich', '<speciesReference id="two" species="B" stoich'
    )
    assert sbml.from_text(text.replace('"B" stoichiometry="1"', '"B" stoichiometry="2"')).rates() == [
        2 * symbol("k") * symbol("A")
    ]


@pytest.mark.parametrize("path", ["biomodels/BIOMD0000000026", "biomodels/BIOMD0000000054"])
def test_published_models_agree_with_roadrunner(path, shared_data):
    roadrunner = pytest.importorskip("roadrunner")
    files = list((shared_data / "sbml").glob(f"**/{path.split('/')[1]}.xml"))
    if not files:
        pytest.skip("the model is not among the shared data")
    net = cs.read(files[0])
    simulator = roadrunner.RoadRunner(str(files[0]))
    simulator.integrator.setValue("relative_tolerance", 1e-10)
    simulator.timeCourseSelections = [f"[{name}]" for name in net.species_names]
    found = np.asarray(simulator.simulate(0, 1, 11))
    np.testing.assert_allclose(found, trajectory(net, np.linspace(0, 1, 11)), rtol=1e-6, atol=1e-9)


RULE = "<listOfRules><{kind} {variable}>{math}</{kind}></listOfRules>"
EVENT = (
    '<listOfEvents><event id="bang" useValuesFromTriggerTime="true"><trigger initialValue="true" persistent="true">'
    "{math}</trigger></event></listOfEvents>"
)
RATE_OF = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><apply><csymbol encoding="text" '
    'definitionURL="http://www.sbml.org/sbml/symbols/rateOf"> rateOf </csymbol><ci> A </ci></apply></math>'
)
REFUSED = {
    "the value of 'q' is not a finite real number": model(
        "k*A",
        extra='<listOfInitialAssignments><initialAssignment symbol="q">'
        + math("arcsin(k)")
        + "</initialAssignment></listOfInitialAssignments>",
    ),
    "an algebraic rule": model("k*A", extra=RULE.format(kind="algebraicRule", variable="", math=math("q - k"))),
    "a rate rule ('q')": model("k*A", extra=RULE.format(kind="rateRule", variable='variable="q"', math=math("k"))),
    "an event ('bang')": model("k*A").replace("</model>", EVENT.format(math=math("time > 1")) + "</model>"),
    "a fast reaction ('r')": model("k*A").replace('fast="false"', 'fast="true"'),
    "delay() is not supported": model("delay(A, 1)"),
    "the conversion factor 'k' is not a positive number": model("k*A")
    .replace('<model id="m"', '<model id="m" conversionFactor="k"')
    .replace('value="2" constant', 'value="-2" constant'),
    "a variable stoichiometry ('r')": model("k*A").replace('stoichiometry="1" constant="true"', 'constant="false"', 1),
    "a compartment of variable size ('c')": model(
        "k*A", extra=RULE.format(kind="assignmentRule", variable='variable="c"', math=math("1 + time"))
    ).replace('size="1" constant="true"', 'constant="false"'),
    "rateOf() is not supported": model("k*A").replace(math("k*A"), RATE_OF),
    "the compartment 'c' has the size 0": model("k*A", size="0"),
    "the formula divides by zero": model("k*A/0"),
    "infinity or not-a-number in a formula": model("k*A*INF"),
    "the formula is not a finite real number": model("k*A*ln(0)"),
    "a reaction without kinetic law ('r')": model("k*A")[: model("k*A").index("<kineticLaw>")]
    + model("k*A").split("</kineticLaw>")[1],
    "the initial assignment to 'A' has no value; it depends on z": model(
        "k*A",
        extra='<listOfInitialAssignments><initialAssignment symbol="A">'
        + math("z")
        + "</initialAssignment></listOfInitialAssignments>",
    ).replace("<listOfParameters>", '<listOfParameters><parameter id="z" constant="true"/>'),
}


@pytest.mark.parametrize("feature", REFUSED)
def test_unsupported_features_are_refused_by_name(feature):
    with pytest.raises(UnsupportedError) as caught:
        sbml.from_text(REFUSED[feature], "model.xml")
    assert feature in str(caught.value)
    assert str(caught.value).startswith("model.xml")


BROKEN = {
    "model.xml, line 4: ": "<?xml version='1.0'?>\n<sbml level='3'>\n<model id='m'>\n</sbml>\n",
    "model.xml, line 1: ": "this is no XML",
    "No model definition": other("").replace('<model id="m">', "").replace("</model>", ""),
    "model.xml, line 4: .*'nowhere'": model("nowhere * A"),
    "model.xml, line 1:.* not well-formed": "",
}


@pytest.mark.parametrize("message", BROKEN)
def test_broken_files_get_one_line_with_the_place(message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.xml").write_text(BROKEN[message])
    with pytest.raises(FormatError, match=message) as caught:
        cs.read("model.xml")
    assert "\n" not in str(caught.value)


def test_assignment_rules_in_a_circle_are_an_error():
    extra = (
        f'<listOfRules><assignmentRule variable="q">{math("z")}</assignmentRule>'
        f'<assignmentRule variable="z">{math("q")}</assignmentRule></listOfRules>'
    )
    text = model("q * A", extra=extra).replace(
        "<listOfParameters>", '<listOfParameters><parameter id="z" constant="false"/>'
    )
    with pytest.raises(FormatError):
        sbml.from_text(text)


def test_a_function_that_sbml_lacks_is_refused_at_writing():
    net = cs.Network((cs.Reaction("A", "B", cs.Custom(sp.erf(symbol("A")))),))
    with pytest.raises(UnsupportedError, match="erf"):
        sbml.to_text(net)


@pytest.mark.parametrize("name", ["A&amp;", "B&lt;C", "&#65;", "&#x41;&quot;", "x&amp;amp;y", "a & b", "&apos"])
def test_names_that_look_like_references_of_xml_come_back(tmp_path, name):
    net = cs.network("A -> B @ k; param k = 1; init A = 1").rename({"A": name, "k": f"k{name}"})
    cs.write(net, tmp_path / "m.xml", title=f"of {name}")
    again = cs.read(tmp_path / "m.xml")
    assert again == net
    assert again.name == f"of {name}"
