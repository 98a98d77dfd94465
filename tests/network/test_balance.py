"""Formulas and element balance."""

from fractions import Fraction

import pytest

from crnsym import network, parse_formula
from crnsym.errors import NetworkError, ParseError


@pytest.mark.parametrize(
    ("formula", "counts"),
    [
        ("C6H12O6", {"C": 6, "H": 12, "O": 6}),
        ("Ca(OH)2", {"Ca": 1, "O": 2, "H": 2}),
        ("CuSO4.5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}),
        ("[Fe(CN)6]^4-", {"Fe": 1, "C": 6, "N": 6, "charge": -4}),
        ("SO4^2-", {"S": 1, "O": 4, "charge": -2}),
        ("SO₄²⁻", {"S": 1, "O": 4, "charge": -2}),
        ("NH4+", {"N": 1, "H": 4, "charge": 1}),
        ("Fe3+", {"Fe": 1, "charge": 3}),
        ("Fe^{3+}", {"Fe": 1, "charge": 3}),
        ("H+", {"H": 1, "charge": 1}),
        ("H₂O", {"H": 2, "O": 1}),
        ("((CH3)2CH)2O", {"C": 6, "H": 14, "O": 1}),
        ("[Cu(NH3)4]2+", {"Cu": 1, "N": 4, "H": 12, "charge": 2}),
        ("[Fe(CN)6]4-", {"Fe": 1, "C": 6, "N": 6, "charge": -4}),
        ("[Co(NH3)5Cl]Cl2", {"Co": 1, "N": 5, "H": 15, "Cl": 3}),
        ("[PtCl4]2−", {"Pt": 1, "Cl": 4, "charge": -2}),
        ("K3[Fe(CN)6]", {"K": 3, "Fe": 1, "C": 6, "N": 6}),
        ("13CO2", {"C": 1, "O": 2}),
        ("¹³CO₂", {"C": 1, "O": 2}),
        ("[13C]6H12O6", {"C": 6, "H": 12, "O": 6}),
        ("^18O^16O", {"O": 2}),
        ("5H2O", {"H": 10, "O": 5}),
        ("C0.5H", {"C": Fraction(1, 2), "H": 1}),
        ("CH1.8O0.5N0.2", {"C": 1, "H": Fraction(9, 5), "O": Fraction(1, 2), "N": Fraction(1, 5)}),
        ("CaSO4.0.5H2O", {"Ca": 1, "S": 1, "O": Fraction(9, 2), "H": 1}),
        ("Na2CO3·10H2O", {"Na": 2, "C": 1, "O": 13, "H": 20}),
        ("e-", {"charge": -1}),
        ("e⁻", {"charge": -1}),
        ("Fe+3", {"Fe": 1, "charge": 3}),
        ("SO4-2", {"S": 1, "O": 4, "charge": -2}),
        ("SO4(2-)", {"S": 1, "O": 4, "charge": -2}),
        ("SO₄²−", {"S": 1, "O": 4, "charge": -2}),
        ("Ca++", {"Ca": 1, "charge": 2}),
        ("H3PO4(aq)", {"H": 3, "P": 1, "O": 4}),
        ("Na+(aq)", {"Na": 1, "charge": 1}),
        ("•OH", {"O": 1, "H": 1}),
        ("Hg2^2+", {"Hg": 2, "charge": 2}),
        ("I3-", {"I": 3, "charge": -1}),
        ("Br3-", {"Br": 3, "charge": -1}),
        ("H2+", {"H": 2, "charge": 1}),
        ("Hg2+", {"Hg": 1, "charge": 2}),
        ("O2•-", {"O": 2, "charge": -1}),
        ("CO3·-", {"C": 1, "O": 3, "charge": -1}),
        ("N3^-", {"N": 3, "charge": -1}),
        ("P(I)3", {"P": 1, "I": 3}),
    ],
)
def test_formulas_are_counted(formula, counts):
    assert parse_formula(formula) == counts


@pytest.mark.parametrize(
    "formula",
    ["", "c6", "C(", "C)2", "(C]2", "Xx1a", "2", "^2-", "e", "SO42-", "S2O82-", "X99999999999999999999", "C0", "C^99+"],
)
def test_bad_formulas_are_refused(formula):
    with pytest.raises(ParseError, match="formula"):
        parse_formula(formula)


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("Fe(III)", r"\(III\) is an oxidation state.*Fe\^3\+"),
        ("Cu(I)", r"\(I\) is an oxidation state"),
        ("Cr(VI)O3", r"\(VI\) is an oxidation state"),
        ("[Co(III)]", r"\(III\) is an oxidation state"),
        ("Fe(0)", r"\(0\) is an oxidation state"),
        ("V(V)", r"\(V\) is an oxidation state"),
        ("O2-", r"can be oxide, O\^2-, or superoxide, O2\^-"),
        ("N3-", r"can be nitride, N\^3-, or azide, N3\^-"),
    ],
)
def test_what_a_chemist_reads_in_two_ways_is_refused_with_both(formula, told):
    with pytest.raises(ParseError, match=told):
        parse_formula(formula)


def test_a_balanced_reaction_creates_nothing():
    net = network("2 H2 + O2 -> 2 W; W -> H + OH; species H2 {H2}, O2 {O2}, W {H2O}, H {H+}, OH {HO-}")
    assert net.element_balance() == [{}, {}]


def test_an_unbalanced_reaction_says_what_it_creates():
    net = network("H2 + O2 -> W; W -> P")
    formulas = {"H2": "H2", "O2": "O2", "W": "H2O", "P": "H2O+"}
    assert net.element_balance(formulas) == [{"O": -1}, {"charge": 1}]


def test_a_missing_or_misplaced_formula_is_named():
    net = network("Water -> P")
    with pytest.raises(NetworkError, match="none for P"):
        net.element_balance({"Water": "H2O"})
    with pytest.raises(NetworkError, match="did you mean 'Water'"):
        net.element_balance({"Watr": "H2O", "P": "H2O"})


def test_fractions_balance_exactly():
    net = network("Glc + 0.5 N -> 2 X + P")
    formulas = {"Glc": "C6H12O6", "N": "NH3", "X": "CH1.8O0.5N0.2", "P": "CO2"}
    assert net.element_balance(formulas) == [
        {"C": -3, "H": Fraction(-99, 10), "N": Fraction(-1, 10), "O": -3},
    ]
    charged = network("Cu + 4 L -> C; F2 -> F3 + E")
    formulas = {"Cu": "Cu2+", "L": "NH3", "C": "[Cu(NH3)4]2+", "F2": "Fe+2", "F3": "Fe3+", "E": "e-"}
    assert charged.element_balance(formulas) == [{}, {}]


@pytest.mark.parametrize(
    ("formula", "hydrogen"), [("P.3H2O", 6), ("CaCl2·2H2O", 4), ("UBr12.2H2O^2-", 4), ("A.2NH3", 6)]
)
def test_a_number_before_the_water_of_a_solvate_counts_it_and_is_no_isotope(formula, hydrogen):
    assert parse_formula(formula.replace("A", "Al"))["H"] == hydrogen
