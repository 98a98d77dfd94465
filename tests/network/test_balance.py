"""Formulas and element balance."""

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
    ],
)
def test_formulas_are_counted(formula, counts):
    assert parse_formula(formula) == counts


@pytest.mark.parametrize("formula", ["", "c6", "C(", "C)2", "(C]2", "C-3", "Xx1a", "2", "^2-"])
def test_bad_formulas_are_refused(formula):
    with pytest.raises(ParseError, match="formula"):
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
