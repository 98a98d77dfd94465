"""LaTeX that compiles and looks as a chemist writes it."""

import shutil
import subprocess

import pytest
import sympy as sp

import crnsym as cs
from crnsym.errors import UnsupportedError
from crnsym.network.latex import latex
from crnsym.network.latex.names import escape, math_name, species_name
from crnsym.network.latex.numbers import number, unit
from tests.formats.models import EVERYTHING

NASTY = r"""
alpha + x_1 + β2 -> "50% é & #3 {q}" + CO2 + "P_glc_2" @ k_on_2
"->" + "$x\^" -> Ω @ θ_max; A + B + C -> 2 A + B + C + "φ~" @ 1234567
param k_on_2 = 12345.678 [L/(mol*min)], θ_max = 0.00012 [furlong per 100 %]
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("k", "k"),
        ("k1", "k_{1}"),
        ("kf", "k_{f}"),
        ("kcat", r"k_{\mathrm{cat}}"),
        ("kcat2", r"k_{\mathrm{cat},2}"),
        ("k_on_2", r"k_{\mathrm{on},2}"),
        ("alpha_2", r"\alpha_{2}"),
        ("θ", r"\theta"),
        ("Vmax", r"V_{\mathrm{max}}"),
        ("kappa", r"\kappa"),
        ("rate const%", r"\text{rate const\%}"),
    ],
)
def test_parameter_names(name, expected):
    assert math_name(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("H2O", "H2O"),
        ("ATP", "ATP"),
        ("x1", r"$\text{x}_{1}$"),
        ("beta", r"$\beta$"),
        ("glucose-6-P", r"$\text{glucose-6-P}$"),
        ("a_b", r"$\text{a-b}$"),
    ],
)
def test_species_names(name, expected):
    assert species_name(name) == expected


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (0.00012345, 0.0000312, r"\num{1.2(3)e-4}"),
        (0.00012345, 0.0000012, r"\num{1.234(12)e-4}"),
        (12345.6, 123.0, r"\num{1.235(12)e4}"),
        (0.3, 0.01, r"\num{0.300(10)}"),
        (0.1, 5.0, r"\num{0(5)}"),
        (2.0, 0.0996, r"\num{2.00(10)}"),
        (0.0, 0.02, r"\num{0.00(2)}"),
        (0.5, None, r"\num{0.5}"),
        (0.5, float("nan"), r"\num{0.5}"),
        (1e-30, None, r"\num{1e-30}"),
        (1 / 3, None, r"\num{0.333333}"),
        (sp.Integer(12), None, r"\num{12}"),
        (6.02e23, None, r"\num{6.02e23}"),
        (-1500.0, 200.0, r"\num{-1.5(2)e3}"),
    ],
)
def test_numbers_end_at_the_digit_of_their_uncertainty(value, error, expected):
    assert number(value, error) == expected


def test_units():
    assert unit("1/(mM*s)") == r"\unit{\per\milli\mole\litre\per\second}"
    assert unit("min^-1") == r"\unit{\per\minute}"
    assert unit("furlong_2") == r"furlong\_2"


def test_running_text_is_escaped():
    assert escape(r"a_b & 50 % {\x} ~^ α") == (
        r"a\_b \& 50 \% \{\textbackslash{}x\} \textasciitilde{}\textasciicircum{} $\alpha$"
    )


def test_reactions_stand_with_their_constants_over_the_arrow():
    net = cs.network("2 A + B -> C @ k1; C <-> D @ kf, kr; 0 -> A @ 0.5")
    assert latex(net).splitlines()[1:-1] == [
        r"& \ce{2 A + B ->[$k_{1}$] C} \\",
        r"& \ce{C <=>[$k_{f}$][$k_{r}$] D} \\",
        r"& \ce{$\varnothing$ ->[$\num{0.5}$] A}",
    ]


def test_equations_keep_the_order_of_the_reactions():
    net = cs.network("Z -> 2 A @ k2; 2 A -> Z @ k1; A -> 0 @ 0.25")
    line = next(line for line in latex(net, "odes").splitlines() if r"[\ce{A}]}{" in line)
    assert (
        line.split("&= ")[1].removesuffix(r" \\")
        == r"2 \, k_{2} \, [\ce{Z}] - 2 \, k_{1} \, [\ce{A}]^{2} - \num{0.25} \, [\ce{A}]"
    )


def test_names_can_be_overridden():
    text = latex(cs.network("A -> B @ k"), names={"k": r"\tilde{k}", "A": r"\mathcal{A}"})
    assert r"\ce{$\mathcal{A}$ ->[$\tilde{k}$] B}" in text


def test_long_tables_break_across_pages():
    net = cs.network("\n".join(f"A{i} -> A{i + 1} @ 1" for i in range(50)))
    assert "longtable" in latex(net, "table")
    assert "longtable" not in latex(net.without(*range(20)), "table")


def test_an_unknown_form_names_the_known_ones():
    with pytest.raises(UnsupportedError, match="reactions, odes, table, parameters, matrix, document"):
        latex(cs.network("A -> B @ 1"), "poem")


def test_the_matrix_has_a_row_a_species_and_a_column_a_reaction():
    lines = latex(cs.network("2 A -> B @ k; B -> 1/2 C @ 1; A + E -> E @ 1"), "matrix").splitlines()
    assert lines == [
        r"\[",
        r"N = \begin{array}{r|rrr}",
        r" & v_{1} & v_{2} & v_{3} \\ \hline",
        r"\ce{A} & -2 & \cdot & -1 \\",
        r"\ce{B} & 1 & -1 & \cdot \\",
        r"\ce{C} & \cdot & \num{0.5} & \cdot \\",
        r"\ce{E} & \cdot & \cdot & \cdot",
        r"\end{array}",
        r"\]",
    ]


@pytest.mark.parametrize("text", [EVERYTHING, NASTY, "species A"], ids=["everything", "nasty", "no reactions"])
def test_the_document_compiles(text, tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    net = cs.network(text)
    errors = {name: 0.01 for name in net.parameters}
    cs.write(net, tmp_path / "net.tex", title="50 % of α_1 & β", notes="x_1 → y", standard_errors=errors)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "net.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=120)
    if "File `mhchem.sty' not found" in done.stdout or "File `siunitx.sty' not found" in done.stdout:
        pytest.skip("the LaTeX packages mhchem and siunitx are not installed")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in done.stdout
    assert (tmp_path / "net.pdf").stat().st_size > 1000


def test_a_network_writes_itself_in_every_form():
    net = cs.network("2 A -> B @ k; param k = 0.5")
    assert net.latex() == cs.latex(net, "aligned")
    for form in ("aligned", "reactions", "odes", "table", "parameters", "matrix", "document"):
        text = net.latex(form)
        assert text == cs.latex(net, form)
        assert text.count("{") == text.count("}")
    assert r"\num{0.50(10)}" in net.latex("parameters", standard_errors={"k": 0.1})
    with pytest.raises(UnsupportedError, match=r"no LaTeX form named 'equations'; known are aligned, reactions, odes"):
        net.latex("equations")


ALIKE = [
    "A + B <-> Z @ k1, k_1",
    "A -> B @ Km; B -> A @ K_m; A -> 0 @ K_m_",
    "alpha1 -> α1 @ k; α1 -> alpha_1 @ mu; alpha_1 -> 0 @ μ; alpha1 -> 0 @ µ",
    'A_B -> "A-B" @ 1; "X 1" -> X1 @ 2; X1 -> X_1 @ 3',
    "名a -> 字a @ 名; 字a -> 名a @ 字",
    "A -> B @ t; B -> A @= A*R*t_2; A -> 0 @ arrhenius(Q, 5e4)",
    "S -> P @= Vmax*S/(V_max + Km_1*Km1); P -> S @= k_cat*kcat*P",
    "k -> k1 @ k_1; k1 -> k_2 @ k2",
]


@pytest.mark.parametrize("text", ALIKE)
@pytest.mark.parametrize("form", ["odes", "aligned"])
def test_no_two_symbols_look_alike(text, form):
    from crnsym.network.latex.formulas import network_names
    from crnsym.network.latex.names import _look, math_name, species_name

    net = cs.network(text)
    names = network_names(net)
    shown = {n: _look(math_name(n, names)) for n in (*net.species_names, *net.parameters)}
    assert len({*shown.values()}) == len(shown)
    in_reactions = {_look(species_name(n, names)) for n in net.species_names}
    assert len(in_reactions) == len(net.species)
    assert "t" not in shown.values()
    written = net.latex(form)
    for name in net.species_names if form == "odes" else ():
        assert f"[\\ce{{{species_name(name, names)}}}]" in written


def test_a_name_alone_looks_as_it_always_does():
    assert cs.network("A -> B @ k_1").latex("reactions") == cs.network("A -> B @ k1").latex("reactions")
    both = cs.network("A + B <-> Z @ k1, k_1").latex("reactions")
    assert r"<=>[$k_{1}$][$\text{k\_1}$]" in both
    assert r"<=>[$k_{1}$][$k_{-1}$]" in cs.network("A + B <-> Z @ k1, k_1").latex("reactions", names={"k_1": "k_{-1}"})


@pytest.mark.parametrize(
    ("law", "wanted"),
    [
        ("log10(A)", r"\frac{\log{\left([\ce{A}] \right)}}{\log{\left(10 \right)}}"),
        ("A/log(3)", r"\frac{[\ce{A}]}{\log{\left(3 \right)}}"),
        ("A/sin(1)", r"\frac{[\ce{A}]}{\sin{\left(1 \right)}}"),
        ("1/log(3)", r"\frac{1}{\log{\left(3 \right)}}"),
        ("A/pi/tanh(2)", r"\frac{[\ce{A}]}{\tanh{\left(2 \right)} \, \pi}"),
        ("A*log(3)^(-1/2)", r"\frac{[\ce{A}]}{\sqrt{\log{\left(3 \right)}}}"),
        ("A*exp(-2)", r"\frac{[\ce{A}]}{e^{2}}"),
    ],
)
def test_divisors_that_are_no_fractions_are_written(law, wanted):
    assert wanted in cs.network(f"A -> B @= {law}").latex("reactions")
