"""What an importer makes of SBML that others wrote: odd models, simulated beside libroadrunner."""

import libsbml
import numpy as np
import pytest
import sympy as sp

import crnsym as cs
from crnsym.errors import FormatError, UnsupportedError
from crnsym.formats import sbml
from crnsym.network.symbols import symbol
from tests.formats.test_sbml import math, trajectory

L3 = 'level="3" version="2" xmlns="http://www.sbml.org/sbml/level3/version2/core"'


def species(name, compartment="c", amount=None, concentration=1.0, only="false", boundary="false", extra=""):
    start = f'initialAmount="{amount}"' if amount is not None else f'initialConcentration="{concentration}"'
    return (
        f'<species id="{name}" compartment="{compartment}" {start} hasOnlySubstanceUnits="{only}" '
        f'boundaryCondition="{boundary}" constant="false" {extra}/>'
    )


def references(text):
    """Return species references of '2 A + B'; 'x:A' gives the reference the identifier x."""
    found = ""
    for term in text.split("+") if text else []:
        *number, name = term.split()
        label, _, name = name.rpartition(":")
        given = f'stoichiometry="{number[0] if number else 1}"' if not label else ""
        found += f'<speciesReference {f"id={chr(34)}{label}{chr(34)}" if label else ""} species="{name}" {given} '
        found += f'constant="{"true" if not label else "false"}"/>'
    return found


def reaction(name, left, right, law, reversible="false", modifiers=""):
    sides = "".join(
        f"<listOf{kind}>{body}</listOf{kind}>"
        for kind, body in (("Reactants", references(left)), ("Products", references(right)))
        if body
    )
    others = "".join(f'<modifierSpeciesReference species="{m}"/>' for m in modifiers.split())
    sides += f"<listOfModifiers>{others}</listOfModifiers>" if others else ""
    return f'<reaction id="{name}" reversible="{reversible}">{sides}<kineticLaw>{math(law)}</kineticLaw></reaction>'


def document(
    compartments="", species="", parameters="", reactions="", initial="", rules="", functions="", attributes=""
):
    blocks = {
        "FunctionDefinitions": functions,
        "Compartments": compartments or '<compartment id="c" size="2" spatialDimensions="3" constant="true"/>',
        "Species": species,
        "Parameters": parameters,
        "InitialAssignments": initial,
        "Rules": rules,
        "Reactions": reactions,
    }
    body = "\n".join(f"<listOf{name}>{content}</listOf{name}>" for name, content in blocks.items() if content)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sbml {L3}>\n<model id="m" {attributes}>\n{body}\n</model>\n</sbml>\n'
    )


def parameter(name, value, constant="true"):
    return (
        f'<parameter id="{name}" {"" if value is None else f"value={chr(34)}{value}{chr(34)}"} constant="{constant}"/>'
    )


def assign(name, formula):
    return f'<initialAssignment symbol="{name}">{math(formula)}</initialAssignment>'


def rule(name, formula):
    return f'<assignmentRule variable="{name}">{math(formula)}</assignmentRule>'


def compartment(name, size, constant="true"):
    given = "" if size is None else f'size="{size}"'
    return f'<compartment id="{name}" {given} spatialDimensions="3" constant="{constant}"/>'


TWO = compartment("c", 2) + compartment("d", 0.5)
MODELS = {
    "a volume that is not 1": document(
        species=species("A") + species("B", concentration=0.2),
        parameters=parameter("k", 0.3),
        reactions=reaction("r", "2 A", "B", "c * k * A^2"),
    ),
    "between compartments": document(
        TWO,
        species("A") + species("B", "d", concentration=0),
        parameters=parameter("k", 0.3) + parameter("q", 0.1),
        reactions=reaction("there", "A", "B", "k * A") + reaction("back", "B", "A", "q * d * B"),
    ),
    "amounts beside concentrations": document(
        TWO,
        species("A", amount=3, only="true") + species("B", "d", concentration=0),
        parameters=parameter("k", 0.3),
        reactions=reaction("r", "A", "2 B", "k * A"),
    ),
    "conversion factors": document(
        species=species("A") + species("B", extra='conversionFactor="f"'),
        parameters=parameter("k", 0.3) + parameter("f", 3) + parameter("g", 0.5),
        reactions=reaction("r", "A", "B", "k * A"),
        attributes='conversionFactor="g"',
    ),
    "one conversion factor": document(
        species=species("A") + species("B"),
        parameters=parameter("k", 0.3) + parameter("g", 0.5),
        reactions=reaction("r", "A", "B", "k * A"),
        attributes='conversionFactor="g"',
    ),
    "a size and a stoichiometry that formulas give": document(
        compartment("c", None),
        species("A", amount=3) + species("B"),
        parameter("k", 0.3) + parameter("w", 4),
        reaction("r", "A", "n:B", "k * A"),
        assign("c", "w / 2") + assign("n", "w - 1"),
    ),
    "a stoichiometry by a constant rule": document(
        species=species("A") + species("B"),
        parameters=parameter("k", 0.3),
        reactions=reaction("r", "A", "n:B", "k * A * n"),
        rules=rule("n", "3 + k"),
    ),
    "a species with a rule": document(
        species=species("A") + species("B") + species("S", boundary="true"),
        parameters=parameter("k", 0.3) + parameter("p", None, "false"),
        reactions=reaction("r", "A + S", "B + S", "c * k * A * S") + reaction("nothing", "S", "", "k"),
        rules=rule("S", "p * 2") + rule("p", "1 + A"),
    ),
    "rates that name rates": document(
        species=species("A") + species("B"),
        parameters=parameter("k", 0.3) + parameter("p", None, "false"),
        reactions=reaction("r", "A", "B", "k * A") + reaction("s", "B", "", "p * B", modifiers="A"),
        rules=rule("p", "r / 2"),
    ),
    "initial values that follow each other": document(
        species=species("A") + species("B", amount=1, only="true"),
        parameters=parameter("k", 0.3) + parameter("p", None) + parameter("v", None, "false"),
        reactions=reaction("r", "A", "B", "k * A * p"),
        initial=assign("B", "2 * A * c + time") + assign("A", "p + 1") + assign("p", "k * 10 + v"),
        rules=rule("v", "k + 1"),
    ),
    "a condition as a number": document(
        species=species("A") + species("B"),
        parameters=parameter("k", 0.3),
        reactions=reaction("r", "A", "B", "k * A * piecewise(1, A > 0.5, 0.25)"),
    ),
    "negative and zero stoichiometries": document(
        species=species("A") + species("B") + species("C"),
        parameters=parameter("k", 0.3),
        reactions=reaction("r", "A", "-1 B + 0 C", "k * A * B", modifiers="C"),
    ),
    "a boundary species": document(
        species=species("A") + species("B", boundary="true"),
        parameters=parameter("k", 0.3),
        reactions=reaction("r", "A + B", "2 B", "k * A * B"),
    ),
    "a reversible law that is not mass action": document(
        species=species("A") + species("B"),
        parameters=parameter("k", 0.3) + parameter("q", 2),
        reactions=reaction("r", "A", "B", "c * k * (A - B / q) / (1 + A + B)", reversible="true"),
    ),
}
"""Models; the state of all is simulated."""


@pytest.mark.parametrize("name", MODELS)
def test_odd_models_agree_with_roadrunner(name):
    roadrunner = pytest.importorskip("roadrunner")
    net = sbml.from_text(MODELS[name])
    simulator = roadrunner.RoadRunner(MODELS[name])
    simulator.integrator.setValue("relative_tolerance", 1e-10)
    simulator.integrator.setValue("absolute_tolerance", 1e-13)
    simulator.timeCourseSelections = ["time", *(f"[{s}]" for s in net.species_names)]
    found = np.asarray(simulator.simulate(0, 4, 9))
    np.testing.assert_allclose(found[:, 1:], trajectory(net, np.linspace(0, 4, 9)), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_what_was_imported_is_written_again(name):
    net = sbml.from_text(MODELS[name])
    text = sbml.to_text(net)
    checked = libsbml.readSBMLFromString(text)
    assert checked.checkConsistency() == 0 or all(
        checked.getError(i).getSeverity() < libsbml.LIBSBML_SEV_ERROR for i in range(checked.getNumErrors())
    )
    assert sbml.from_text(text) == net


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a volume that is not 1", "c has the size 2: kinetic laws are divided by it"),
        ("between compartments", "the coefficients of there are scaled, as its species differ in volume or factor"),
        ("amounts beside concentrations", "amounts are concentrations now: A"),
        ("conversion factors", "the conversion factor f is in the rates, as the number 3"),
        ("a size and a stoichiometry that formulas give", "the initial assignment to n is the number 3"),
        ("a species with a rule", "S has a rule: it is an observable, and left out of r"),
        ("negative and zero stoichiometries", "B changes sides in r, as its stoichiometry is negative"),
    ],
)
def test_the_report_says_what_was_changed(name, line):
    report = sbml.from_text(MODELS[name], "odd.xml").metadata["report"]
    assert line in report.changed
    assert str(report).startswith("odd.xml: SBML Level 3 Version 2, ")


def test_the_report_says_what_was_left_out():
    net = sbml.from_text(MODELS["a species with a rule"])
    assert "the reaction nothing, which changes no species" in net.metadata["report"].ignored
    assert set(net.observables) == {"S", "p"}


def test_mass_action_stays_mass_action_whatever_the_volumes():
    net = sbml.from_text(MODELS["between compartments"])
    assert [str(r) for r in net.reactions] == ["there: A -> 4 B  @ 0.5*k", "back: B -> 1/4 A  @ q"]
    assert [r.rate for r in sbml.from_text(MODELS["a volume that is not 1"]).reactions] == [cs.MassAction("k")]


def test_a_size_that_depends_on_itself_is_an_error():
    text = document(
        compartment("c", None), species("A"), parameter("k", 1), reaction("r", "A", "", "k"), assign("c", "k * c")
    )
    with pytest.raises(FormatError, match="line 7: Circular dependencies"):
        sbml.from_text(text)


def test_a_stoichiometry_that_changes_is_refused():
    text = document(
        species=species("A"),
        parameters=parameter("k", 1),
        reactions=reaction("r", "n:A", "", "k"),
        rules=rule("n", "A"),
    )
    with pytest.raises(UnsupportedError, match=r"a variable stoichiometry \('n'\) is not supported in a network"):
        sbml.from_text(text)


def test_refusals_name_the_function_that_simulates_the_model():
    text = document(
        species=species("A", boundary="true"),
        parameters=parameter("k", 1),
        rules=f'<rateRule variable="A">{math("k")}</rateRule>',
    )
    with pytest.raises(UnsupportedError, match=r"a rate rule \('A'\) .*; crnsym simulate runs the file as it is"):
        sbml.from_text(text)


def test_annotations_terms_and_notes_are_kept():
    net = cs.network("bind: A + B -> C @ k; param k = 1; init A = 1, B = 1, C = 0")
    source = libsbml.readSBMLFromString(sbml.to_text(net))
    element = source.getModel().getSpecies("A")
    element.setSBOTerm("SBO:0000252")
    element.setMetaId("meta_A")
    term = libsbml.CVTerm(libsbml.BIOLOGICAL_QUALIFIER)
    term.setBiologicalQualifierType(libsbml.BQB_IS)
    term.addResource("https://identifiers.org/uniprot:P12345")
    element.addCVTerm(term)
    source.getModel().getReaction(0).setNotes('<p xmlns="http://www.w3.org/1999/xhtml">fast</p>')
    first = sbml.from_text(libsbml.writeSBMLToString(source))
    kept = first.metadata["annotations"]
    assert kept["species"] == {"A": [["is", "https://identifiers.org/uniprot:P12345"], ["sbo", "SBO:0000252"]]}
    again = sbml.from_text(sbml.to_text(first))
    assert again == net
    assert again.metadata["annotations"] == kept
    assert "fast" in kept["reactions"]["bind"][0][1]


@pytest.mark.parametrize("level", [(1, 2), (2, 1), (2, 3), (2, 4), (2, 5), (3, 1), (3, 2)])
def test_every_level_is_read(level):
    net = cs.network("A + B <-> C @ kf, kr; param kf = 0.3, kr = 0.02; init A = 1, B = 2, C = 0")
    source = libsbml.readSBMLFromString(sbml.to_text(net))
    for unit in ("Substance", "Volume", "Time", "Extent"):  # older levels have them only with other names
        getattr(source.getModel(), f"unset{unit}Units")()
    assert source.setLevelAndVersion(*level, False), level
    text = libsbml.writeSBMLToString(source)
    after = sbml.from_text(text)
    assert after.odes().keys() == net.odes().keys()
    assert [sp.simplify(a - b) for a, b in zip(after.odes().values(), net.odes().values(), strict=True)] == [0, 0, 0]
    assert f"SBML Level {level[0]} Version {level[1]}" in str(after.metadata["report"])


def test_odes_have_the_symbols_of_the_model():
    net = sbml.from_text(MODELS["a species with a rule"])
    a, k = symbol("A"), symbol("k")
    assert sp.expand(net.odes()["A"] + k * a * 2 * (1 + a)) == 0


def unit(name, *factors):
    """Return a unit definition of (kind, exponent, scale, multiplier)."""
    body = "".join(f'<unit kind="{k}" exponent="{e}" scale="{s}" multiplier="{m}"/>' for k, e, s, m in factors)
    return f'<unitDefinition id="{name}"><listOfUnits>{body}</listOfUnits></unitDefinition>'


def test_units_come_as_text_where_text_says_the_same():
    definitions = (
        unit("mmol", ("mole", 1, -3, 1)),
        unit("per_minute", ("second", -1, 0, 60)),
        unit("odd", ("second", 1, 0, 1.5)),
        unit("rate", ("litre", 1, 0, 1), ("mole", -1, -3, 1), ("second", -1, 0, 1)),
    )
    text = document(
        species=species("A", extra='substanceUnits="mmol"') + species("B"),
        parameters=parameter("k", 1) + parameter("q", 1) + parameter("o", 1),
        reactions=reaction("r", "A", "B", "k * A"),
        attributes='volumeUnits="litre"',
    )
    for name, given in (("k", "per_minute"), ("o", "odd"), ("q", "rate")):
        text = text.replace(f'<parameter id="{name}"', f'<parameter units="{given}" id="{name}"')
    blocks = f"<listOfUnitDefinitions>{''.join(definitions)}</listOfUnitDefinitions><listOfCompartments>"
    net = sbml.from_text(text.replace("<listOfCompartments>", blocks))
    assert net.units == {"k": "min^-1", "q": "l mmol^-1 s^-1"}
    assert [s.unit for s in net.species] == ["mmol l^-1", None]
    assert "units that have no plain name, of o" in net.metadata["report"].ignored
    assert sbml.from_text(sbml.to_text(net)) == net


@pytest.mark.parametrize("package", ["new", "distrib"])  # unknown to libsbml, and known
def test_a_required_package_is_refused_by_name(tmp_path, package):
    address = f"http://www.sbml.org/sbml/level3/version1/{package}/version1"
    core = "http://www.sbml.org/sbml/level3/version1/core"
    head = f'xmlns="{core}" level="3" version="1" xmlns:p="{address}" p:required="true"'
    (tmp_path / "m.xml").write_text(f'<sbml {head}><model id="m"/></sbml>')
    name = "p" if package == "new" else package
    with pytest.raises(UnsupportedError, match=f"m.xml: the SBML package '{name}' is required, and not supported"):
        cs.read(tmp_path / "m.xml")
    with pytest.raises(UnsupportedError, match=f"m.xml: the SBML package '{name}' is not supported"):
        cs.simulate_case(tmp_path / "m.xml", {"duration": 1, "steps": 1, "variables": ""})


@pytest.mark.parametrize(
    "heading",
    [
        '<?xml version="1.0"?>\n',
        "<?xml version='1.0'?>",
        '<?xml version="1.0" standalone="yes" ?>\n',
        "",
        '<?xml version="1.0" encoding="UTF-8"?>\n',
    ],
)
def test_a_file_need_not_say_its_encoding(heading):
    text = sbml.to_text(cs.network("A -> B @ 2; init A = 1"))
    assert sbml.from_text(heading + text.split("?>", 1)[1].lstrip()).initial["A"] == 1


@pytest.mark.parametrize(
    "chosen",
    [
        "piecewise(1, piecewise(time < 4, time < 5, time > 6), 0)",
        "piecewise(1, piecewise(time, time < 5, 10 - time) < 4, 0)",
        "piecewise(1, 4 > piecewise(time, time < 5, 10 - time), 0)",
    ],
)
def test_conditions_chosen_by_conditions_are_written_in_every_format(chosen, tmp_path):
    text = document(compartment("c", 1), species("A"), parameter("k", 1), reaction("r", "A", "", f"k * A * {chosen}"))
    net = sbml.from_text(text)
    rate = net.reactions[0].rate_expression.subs({"A": 1, "k": 1})
    assert [float(rate.subs("time", t)) for t in (3, 4.5, 7)] == [1, 0, 1]
    for suffix in ("crn", "xml", "json", "tex"):
        cs.write(net, tmp_path / f"n.{suffix}")
    for suffix in ("crn", "xml", "json"):
        again = cs.read(tmp_path / f"n.{suffix}").reactions[0].rate_expression.subs({"A": 1, "k": 1})
        assert [float(again.subs("time", t)) for t in (3, 4.5, 7)] == [1, 0, 1]
