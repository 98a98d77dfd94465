"""SBML text that is hostile to its reader: nested without end, or larger inside than it looks."""

import time

import pytest

import crnsym as cs
from crnsym.errors import CrnsymError, FormatError, UnsupportedError

CORE = 'xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"'
MATHML = 'xmlns="http://www.w3.org/1998/Math/MathML"'
MARK = '<q xmlns="urn:q">'
NOTE = '<p xmlns="http://www.w3.org/1999/xhtml">'


def sbml(formula="<ci> k </ci>", notes="", before=""):
    species = '<species id="A" compartment="c" initialConcentration="1" hasOnlySubstanceUnits="false" '
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<sbml {CORE}><model id="m">{notes}<listOfCompartments>'
        '<compartment id="c" size="1" constant="true"/></listOfCompartments><listOfSpecies>'
        f'{species}boundaryCondition="false" constant="false"/></listOfSpecies><listOfParameters>'
        '<parameter id="k" value="0.5" constant="true"/></listOfParameters><listOfReactions>'
        '<reaction id="r" reversible="false"><listOfReactants><speciesReference species="A" stoichiometry="1" '
        f'constant="true"/></listOfReactants><kineticLaw><math {MATHML}><apply><times/><ci> A </ci>{formula}</apply>'
        "</math></kineticLaw></reaction></listOfReactions></model></sbml>"
    )


def many(opened, inner, closed, depth):
    return opened * depth + inner + closed * depth


DEEP = {
    "sums": sbml(many("<apply><plus/><cn>1</cn>", "<ci> k </ci>", "</apply>", 10_000)),
    "powers": sbml(many("<apply><power/><cn>1</cn>", "<ci> k </ci>", "</apply>", 4_000)),
    "branches": sbml(many("<piecewise><otherwise>", "<ci> k </ci>", "</otherwise></piecewise>", 5_000)),
    "notes": sbml(notes=f"<notes>{many(NOTE, '', '</p>', 20_000)}</notes>"),
    "an annotation": sbml(notes=f"<annotation>{many(MARK, '', '</q>', 20_000)}</annotation>"),
    "lists": sbml().replace("<listOfParameters>", "<listOfParameters>" * 3_000),
    "elements that never end": sbml(notes="<notes>" + NOTE * 30_000),
}


@pytest.mark.parametrize("kind", DEEP)
@pytest.mark.parametrize("verb", ["read", "simulate"])
def test_nesting_without_end_is_refused_in_one_line(tmp_path, kind, verb):
    (tmp_path / "m.xml").write_text(DEEP[kind])
    with pytest.raises(UnsupportedError, match=r"m.xml, line 1: elements nested more than 600 deep \(<\w+>\)"):
        cs.read(tmp_path / "m.xml") if verb == "read" else cs.simulate(tmp_path / "m.xml", times=(0, 1, 2))


@pytest.mark.parametrize("depth", [1, 20, 60])
def test_what_people_nest_is_read(tmp_path, depth):
    formula = many("<apply><plus/><cn>1</cn>", "<ci> k </ci>", "</apply>", depth)
    notes = f"<notes>{many(NOTE, 'text', '</p>', depth)}</notes><!-- {'<p>' * 9999} -->"
    (tmp_path / "m.xml").write_text(sbml(formula, notes))
    net = cs.read(tmp_path / "m.xml")
    assert float(net.odes(substitute=True)["A"].subs(net.symbol("A"), 2)) == -2 * (depth + 0.5)
    assert cs.simulate(tmp_path / "m.xml", times=(0, 0.1, 2)).values[0][1, 0] < 1


@pytest.mark.parametrize(
    ("opened", "closed", "depth"),
    [
        ("<apply><exp/>", "</apply>", 550),
        ("<apply><minus/>", "</apply>", 550),
        ("<apply><tanh/>", "</apply>", 400),
        ("<apply><abs/>", "</apply>", 500),
        ("<apply><plus/><cn>1</cn><apply><sin/>", "</apply></apply>", 260),
    ],
)
def test_a_formula_too_deep_for_its_reader_is_refused_and_no_traceback(tmp_path, opened, closed, depth):
    (tmp_path / "m.xml").write_text(sbml(many(opened, "<ci> k </ci>", closed, depth)))
    for verb in (cs.read, lambda path: cs.simulate(path, times=(0, 1, 2))):
        with pytest.raises(CrnsymError, match="nested") as told:
            verb(tmp_path / "m.xml")
        assert len(str(told.value)) < 900


LAUGHS = "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(9))


@pytest.mark.parametrize(
    "text",
    [
        sbml(notes=f"<notes>{NOTE}&a9;</p></notes>", before=f'<!DOCTYPE sbml [<!ENTITY a0 "ha">{LAUGHS}]>'),
        sbml("<ci> &a9; </ci>", before=f'<!DOCTYPE sbml [<!ENTITY a0 "k">{LAUGHS}]>'),
    ],
)
def test_entities_are_neither_blown_up_nor_fetched(tmp_path, text):
    (tmp_path / "m.xml").write_text(text)
    began = time.process_time()
    for verb in (cs.read, lambda path: cs.simulate(path, times=(0, 1, 2))):
        with pytest.raises(FormatError, match=r"m.xml.*") as told:
            verb(tmp_path / "m.xml")
        assert "\n" not in str(told.value)
    assert time.process_time() - began < 5


def test_files_that_entities_name_are_not_read(tmp_path):
    (tmp_path / "secret.txt").write_text("hidden words")
    entity = f'<!DOCTYPE sbml [<!ENTITY b SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    (tmp_path / "m.xml").write_text(sbml(notes=f"<notes>{NOTE}&b;</p></notes>", before=entity))
    net = cs.read(tmp_path / "m.xml")
    assert net.species_names == ("A",)
    assert "hidden" not in str(net.metadata) + str(net)
