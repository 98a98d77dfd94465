"""Piecewise in conditions: what they mean, in every format, in time that grows with their length."""

import time

import pytest
import sympy as sp

import crnsym as cs
from crnsym.errors import NetworkError, UnsupportedError
from crnsym.network.choice import Choice, branches, chosen, compared
from crnsym.network.expressions import parse_expression
from crnsym.network.printing import expression_text
from crnsym.network.symbols import symbol

A, B = symbol("A"), symbol("B")
NESTED = [
    ("piecewise(1, piecewise(B, A > 1, 3) > 2, 5)", lambda a, b: 1 if (b if a > 1 else 3) > 2 else 5),
    ("piecewise(1, A*piecewise(B, A > 1, 3) + 1 <= 2, 5)", lambda a, b: 1 if a * (b if a > 1 else 3) + 1 <= 2 else 5),
    ("piecewise(1, piecewise(1, B > 1, 0) != piecewise(1, A > 1, 0), 5)", lambda a, b: 1 if (b > 1) != (a > 1) else 5),
    ("piecewise(A, !(piecewise(1, A > 1, B) == 1) && B < 2, 5)", lambda a, b: a if a <= 1 and b != 1 and b < 2 else 5),
    (
        "piecewise(1, piecewise(2, piecewise(A, B > 1, 1) > 1, 4) > 3, 5)",
        lambda a, b: 1 if (2 if (a if b > 1 else 1) > 1 else 4) > 3 else 5,
    ),
]


@pytest.mark.parametrize(("text", "meaning"), NESTED)
def test_a_piecewise_in_a_condition_means_what_it_says_and_reads_back(text, meaning):
    value = parse_expression(text)
    assert parse_expression(expression_text(value)) == value
    for a, b in [(0.5, 0.5), (0.5, 1.5), (1.5, 0.5), (1.5, 1.5), (1.5, 3.0), (3.0, 1.0)]:
        assert float(value.xreplace({A: sp.Float(a), B: sp.Float(b)})) == meaning(a, b)


@pytest.mark.parametrize("ending", [".crn", ".json", ".xml", ".net"])
def test_a_piecewise_in_a_condition_survives_in_every_format(tmp_path, ending):
    for text, meaning in NESTED:
        net = cs.network(f"A -> B @= {text}; init A = 1.5, B = 3")
        cs.write(net, tmp_path / f"m{ending}")
        again = cs.read(tmp_path / f"m{ending}")
        rate = again.reactions[0].rate_expression
        assert float(rate.xreplace({A: sp.Float(1.5), B: sp.Float(3)})) == meaning(1.5, 3)


def deep(levels: int) -> str:
    text = "A"
    for i in range(levels):
        text = f"piecewise({i + 1}, {text} > {i}/7, A + {i})"
    return text


@pytest.mark.parametrize("ending", [".crn", ".net", ".xml"])
def test_nested_conditions_take_time_by_their_number(tmp_path, ending):
    net = cs.network(f"A -> B @= {deep(16)}; init A = 3, B = 0")
    began = time.process_time()
    cs.write(net, tmp_path / f"m{ending}")
    again = cs.read(tmp_path / f"m{ending}")
    # a level multiplied the time by two to three: sixteen took hours
    assert time.process_time() - began < 5
    assert cs.simulate(again, [0, 1]).values[0][-1] == pytest.approx(cs.simulate(net, [0, 1]).values[0][-1], rel=1e-6)


def test_functions_of_a_net_file_that_ask_each_other_are_read_at_once(tmp_path):
    lines = [f"{i + 2} f{i + 1}() if(f{i}()>{i}/9,f{i}()+1,B)" for i in range(8)]
    parts = {"functions": ["1 f0() if(A>1,2,1)", *lines], "species": ["1 A() 3", "2 B() 0"]}
    parts |= {"reactions": ["1 1 2 f8"], "groups": ["1 A 1", "2 B 2"]}
    text = "\n".join(f"begin {k}\n" + "\n".join(v) + f"\nend {k}" for k, v in parts.items())
    (tmp_path / "m.net").write_text(text)
    began = time.process_time()
    net = cs.read(tmp_path / "m.net")
    assert time.process_time() - began < 5
    rate = net.reactions[0].rate_expression.xreplace({A: sp.Integer(3), B: sp.Integer(0)})
    assert rate == 3 * (2 + 8)  # each adds one, as f_i = 2 + i > i/9


def test_a_choice_knows_what_cannot_hold():
    assert Choice(1, sp.false, A, sp.true, 2, sp.true) == A
    assert Choice(1, A > 1, 2, sp.false, 3, sp.true) == Choice(1, A > 1, 3, sp.true)
    assert Choice(1, sp.false) is sp.nan
    assert branches(A) == []
    assert branches(compared(sp.Piecewise((1, A > 1), (B, True)))) == [(1, A > 1), (B, sp.true)]
    condition = chosen([(A > 2, sp.And(A > 1, B > 1)), (B > 5, sp.true)])
    for a, b in [(3, 2), (1.5, 2), (0, 6), (0, 2)]:
        assert bool(condition.xreplace({A: sp.Float(a), B: sp.Float(b)})) == (a > 2 if a > 1 and b > 1 else b > 5)


LINES = 30


def test_lines_that_each_name_the_one_above_twice_are_refused_at_once(tmp_path):
    crn = "A -> B @= a30\nobs a0 = A\n" + "".join(f"obs a{i + 1} = a{i}*(1 + a{i})\n" for i in range(LINES))
    functions = "".join(f"{i + 2} a{i + 1}() a{i}*(1+a{i})\n" for i in range(LINES))
    net = f"begin functions\n1 a0() A\n{functions}end functions\nbegin species\n1 A() 1\nend species\n"
    net += "begin reactions\n1 1 0 a30\nend reactions\nbegin groups\n1 A 1\nend groups\n"
    calls = "".join(f"function f{i + 1}(x)\n f{i}(x)*(1 + f{i}(x))\nend\n" for i in range(LINES))
    antimony = f"function f0(x)\n x/2\nend\n{calls}model m\n species A = 1, B = 0\n A -> B; f30(A)\nend\n"
    arguments = "".join(f"function f{i + 1}(x)\n f{i}(x) + 0*f{i}(x + 1)\nend\n" for i in range(LINES))
    short = f"function f0(x)\n x/2\nend\n{arguments}model m\n species A = 1, B = 0\n A -> B; f30(A)\nend\n"
    for name, text in {"a.crn": crn, "b.net": net, "c.ant": antimony}.items():
        (tmp_path / name).write_text(text)
        began = time.process_time()
        with pytest.raises((NetworkError, UnsupportedError), match="written out") as told:
            cs.read(tmp_path / name)
        assert time.process_time() - began < 10
        assert len(str(told.value)) < 300
    (tmp_path / "d.ant").write_text(short)  # with all calls written out it is short
    began = time.process_time()
    assert cs.read(tmp_path / "d.ant").reactions[0].rate_expression == A / 2
    assert time.process_time() - began < 5


def test_observables_may_name_one_another_in_any_order():
    net = cs.network("A -> B @= k*a; param k = 2; obs a = b + c, b = 2*c, c = A + 1; init A = 1")
    assert net.observables["a"] == 3 * A + 3
    with pytest.raises(NetworkError, match="a, b depend on each other in a circle"):
        cs.network("A -> B @= a; obs a = b + A, b = 2*a")
