"""BioNetGen ``.net`` both ways: semantics, names, refusals with their line."""

import re
import time
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, Phase, given, settings

import crnsym as cs
from crnsym.errors import FormatError, ParseError, UnsupportedError
from crnsym.formats.bionetgen import parse, read, text
from tests.formats.models import tame_networks
from tests.formats.test_sbml import MODELS


def model(reactions="1 1,2 3 k", parameters="1 k 2", species="1 A() 1\n2 B() 1\n3 C() 0", **blocks):
    blocks = {"parameters": parameters, "species": species, "reactions": reactions, **blocks}
    return "\n".join(f"begin {name}\n{body}\nend {name}" for name, body in blocks.items())


def valued(net):
    """Give every parameter a value, as BioNetGen wants."""
    return net.with_parameters({name: sp.Rational(i + 2, 3) for i, name in enumerate(net.missing_values)})


@settings(
    deadline=None, max_examples=20, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)
)
@given(net=tame_networks())
def test_any_network_comes_back_equal(net):
    net = valued(net)
    after = parse(text(net))
    assert after == net, f"\n{net}\n--- came back as\n{after}"
    assert after.name == net.name


def test_a_function_in_another_is_written_at_once():
    net = cs.network("2 A + B -> C @= tanh(tanh((Q^2 + 1)^(-3/2))); param Q = 2; init A = 1, B = 1, C = 0")
    began = time.process_time()  # it took half a minute, and gigabytes where more stands inside
    assert parse(text(net)) == net
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", [n for n in MODELS if n != "fractions"])
def test_models_come_back_equal(name):
    net = cs.network(MODELS[name])
    assert parse(text(net)) == net


def test_rates_are_taken_as_written_and_patterns_become_names():
    net = parse(
        model(
            "1 1,1 2 0.5*kp #_R1\n2 2 1,1 km\n3 0 1 k0\n4 1 0 0.25",
            "1 kp 2*km  # ConstantExpression\n2 km 1e-1\n3 k0 3",
            "1 $A(b,Y~P) km\n2 A(b!1,Y~P).A(b!1,Y~P) 0",
            groups="1 Atot 1,2*2",
        )
    )
    assert [str(r) for r in net.reactions] == [
        "2 A_b_YP -> A_b1_YP_A_b1_YP  @ 0.5*kp",
        "A_b1_YP_A_b1_YP -> 2 A_b_YP  @ km",
        "0 -> A_b_YP  @ k0",
        "A_b_YP -> 0  @ 0.25",
    ]
    assert net.parameters == {"kp": sp.Rational(1, 5), "km": sp.Rational(1, 10), "k0": 3}
    assert net.fixed_species == {"A_b_YP"}
    assert net.initial["A_b_YP"] == sp.Rational(1, 10)
    assert str(net.observables["Atot"]) == "2*A_b1_YP_A_b1_YP + A_b_YP"
    assert net.metadata["patterns"]["A_b_YP"] == "A(b,Y~P)"
    report = net.metadata["report"]
    assert "the parameter kp = 2*km is the number 0.2" in report.changed
    assert "2 species, 4 reactions, 3 parameters, 1 observable" in str(report)


def test_functions_are_written_out_and_multiplied_with_every_reactant():
    net = parse(model("1 1,2 2,3 f", functions="1 f() k/(1+Btot)*if(A>2,1,0.5)", groups="1 Btot 2,3\n2 A 1"))
    a, b, c, k = sp.symbols("A B C k")
    expected = a * b * k / (1 + b + c) * sp.Piecewise((1, a > 2), (sp.Rational(1, 2), True))
    assert sp.simplify(net.rates()[0] - expected) == 0
    assert set(net.observables) == {"f", "Btot"}


@pytest.mark.parametrize(
    ("rate", "value"),
    [
        ("Sat k K", 2 * 3 * 5 / (7 + 3)),
        ("Sat k K n", 2 * 3 * 5 / ((7 + 3) * (2 + 5))),
        ("2*Sat k K", 2 * 2 * 3 * 5 / (7 + 3)),
        ("Hill k K n", 2 * 3**2 * 5 / (7**2 + 3**2)),
        ("MM k K", None),
        ("k", 2 * 3 * 5),
        ("3*k", 3 * 2 * 3 * 5),
    ],
)
def test_named_rate_laws_have_the_values_of_their_definition(rate, value):
    net = parse(model(f"1 1,2 2,3 {rate}", "1 k 2\n2 K 7\n3 n 2"))
    found = net.rates()[0].xreplace({sp.Symbol(n): v for n, v in net.parameters.items()})
    found = float(found.xreplace({sp.Symbol("A"): sp.Integer(3), sp.Symbol("B"): sp.Integer(5)}))
    if value is None:  # the free substrate s solves s + s E / (K + s) = A
        s = np.roots([1, 7 - 3 + 5, -3 * 7]).max()
        value = 2 * s * 5 / (7 + s)
    assert found == pytest.approx(value, rel=1e-12)


def test_a_group_that_is_not_its_namesake_keeps_the_name():
    net = parse(model(groups="1 A 1,2\n2 B 2\n3 C 1"))
    assert net.species_names == ("A_1", "B", "C_3")
    assert set(net.observables) == {"A", "C"}


FORMULAS = [
    ("ln(2)", "log(2)"),
    ("log10(100)", "2"),
    ("log2(8)", "3"),
    ("rint(2.5)", "3"),
    ("sum(1,2,3)", "6"),
    ("avg(1,2)", "3/2"),
    ("2^-1", "1/2"),
    ("if((1==1)&&(2>1),4,5)", "4"),
    ("(2>1)*3", "3"),
    ("min(2,max(1,3))", "2"),
    ("abs(-2)+sign(-3)", "1"),
    ("if(0,1,2)", "2"),
    ("exp(0)*cos(_pi)", "-1"),
]


@pytest.mark.parametrize(("formula", "value"), FORMULAS)
def test_formulas_of_parameters_are_evaluated(formula, value):
    net = parse(model(parameters=f"1 k {formula}"))
    assert float(net.parameters["k"]) == pytest.approx(float(sp.sympify(value)), rel=1e-15)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (model("1 1,9 3 k"), "line 10: no species number '9'"),
        (model("1 1,2 3 q"), "line 10, column 1: 'q' is neither a parameter"),
        (model("1 1,2"), "line 10: 3 columns are needed"),
        (model(parameters="1 k 2*j\n2 j k"), "depend on each other in a circle"),
        (model(parameters="1 k 2\n2 k 3"), "line 3: the parameter 'k' is defined twice"),
        (model(groups="1 G 1,x"), "'x' is not a species number"),
        (model(functions="1 f(x) x"), "has arguments"),
        (model(functions="1 f() g()\n2 g() f()"), "functions call each other in a circle"),
        (model(parameters="1 k asin(2)"), "line 2: 'asin(2)' is not a finite real number"),
        (model(magic="1"), "no block named 'magic'"),
        (model() + "\nbegin groups", "the block 'groups' is not closed"),
        (model() + "\nend groups", "'end groups' closes no block"),
        (model() + "\nhello there", "'hello there' stands outside of every block"),
        ("begin species\nend species", "not a .net file"),
    ],
)
def test_what_is_not_a_net_file_is_an_error_with_a_line(content, message):
    with pytest.raises((FormatError, ParseError), match=re.escape(message)):
        parse(content, "model.net")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (model("1 1,2 3 TFUN k"), "line 10: the rate law 'TFUN k' of 2 reactants"),
        (model("1 1 3 MM k k"), "the rate law 'MM k k' of 1 reactants"),
        (model(functions="1 f() tfun(3)"), "the function tfun with 1 arguments"),
    ],
)
def test_what_a_network_cannot_hold_is_refused_by_name(content, message):
    with pytest.raises(UnsupportedError, match=re.escape(message)):
        parse(content, "model.net")


@pytest.mark.parametrize(
    ("net", "message"),
    [
        ("1/2 A -> B @ 1", "BioNetGen counts molecules"),
        ("A -> B @ k", "the parameter k has no value"),
        ("A -> B @= k*piecewise(1, A > 1); param k = 1", "no piecewise without a last branch"),
        ("A -> B @= factorial(A)", "BioNetGen has no function factorial"),
    ],
)
def test_what_bionetgen_cannot_hold_is_refused_by_name(net, message):
    with pytest.raises(UnsupportedError, match=message):
        text(cs.network(net))


def test_steps_and_branches_are_written_as_bionetgen_has_them():
    net = cs.network("A -> B @= A*(floor(2.5*A) + piecewise(1, A > 2, 3, A > 1 && B < 1, log(1 + A)))")
    written = text(net)
    assert "rint(" in written
    assert "if(A > 2, 1, if(" in written
    assert "ln(" in written
    assert parse(written) == net


def test_an_edited_file_means_what_it_says():
    written = text(cs.network("A -> B @= hill(A, V, 2, 2); param V = 3; init A = 1"))
    edited = written.replace("0.5", "0.7") if "0.5" in written else written.replace("+ 4", "+ 9")
    assert edited != written
    after = parse(edited)
    assert after.reactions[0].rate != parse(written).reactions[0].rate
    assert "9" in str(after.rates()[0]) or "0.7" in str(after.rates()[0])


@pytest.mark.parametrize("name", ["egfr_net", "multisite2", "multistate"])
def test_large_networks_have_their_counts(name, shared_data):
    import json

    facts = json.loads((shared_data / "networks" / "large_network_facts.json").read_text())
    fact = next(f for f in facts if f["file"] == f"{name}.net")
    net = read(shared_data / "networks" / f"{name}.net")
    assert (len(net.species), len(net.reactions)) == (fact["species"], fact["reactions"])
    sides = {c for r in net.reactions for c in (r.reactants, r.products)}
    assert len(sides) == fact["complexes"]
    assert parse(text(net)) == net


@pytest.mark.parametrize(
    "name", ["CaOscillate_Func", "CaOscillate_Sat", "Repressilator", "motor", "tlbr", "test_fixed"]
)
def test_trajectories_agree_with_bionetgen(name, shared_data):
    folder = shared_data / "networks" / "bng"
    net = read(folder / f"{name}.net")
    head, *rows = [line.split() for line in (folder / f"{name}.gdat").read_text().splitlines() if line.strip()]
    expected = np.array(rows, float)
    found = cs.simulate(net, times=expected[:, 0]).values[0]
    values = {sp.Symbol(n): v for n, v in net.parameters.items()}
    for column, observable in enumerate([h for h in head if h != "#"][1:], 1):
        if observable in net.observables:
            formula = net.observables[observable].xreplace(values)
            got = sp.lambdify([sp.Symbol(n) for n in net.species_names], formula)(*found.T)
        else:
            got = found[:, net.species_index[observable]]
        scale = np.abs(expected[:, column]).max() or 1.0
        assert np.abs(got - expected[:, column]).max() <= 2e-6 * scale, observable


def test_initial_values_that_were_not_given_stay_so():
    net = cs.network("A -> B @ 1; init A = 2")
    assert parse(text(net)).initial == {"A": 2}
    assert parse(text(replace(net, name="two"))).name == "two"
