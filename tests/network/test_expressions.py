"""Text to expression and back."""

import math
import time

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from crnsym import Hill, Reaction, network, parse_expression
from crnsym.errors import NetworkError, ParseError
from crnsym.network.printing import expression_text
from crnsym.network.symbols import exact_expression, exact_number, number_text, symbol
from tests.strategies import expressions

x, y, e = symbol("x"), symbol("y"), symbol("E")


@settings(deadline=None, max_examples=200)
@given(expressions(["A", "E", "pi", "x y"]))
def test_an_expression_reads_back_equal(expression):
    exact = exact_expression(expression)
    assert parse_expression(expression_text(exact)) == exact


@pytest.mark.parametrize(("p", "q"), [(3**700, 7**390), (2**1100 + 1, 3**700), (-(7**400), 3**690), (3**700, 5**480)])
def test_a_fraction_of_numbers_that_are_too_large_by_themselves_reads_back_equal(p, q):
    exact = sp.Rational(p, q)
    assert parse_expression(expression_text(x * exact)) == x * exact
    assert parse_expression(expression_text(exact)) == exact


@given(st.floats(min_value=-1e306, max_value=1e306))
def test_a_float_survives_as_an_exact_number(number):
    exact = exact_number(number)
    assert float(exact) == pytest.approx(number, rel=1e-15, abs=0) or number == 0
    assert exact_number(number_text(exact)) == exact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2^3^2", 512),
        ("-2^2", -4),
        ("2^-1", sp.Rational(1, 2)),
        ("1 - 2 - 3", -4),
        ("8/4/2", 1),
        ("0.1 + 0.2", sp.Rational(3, 10)),
        ("1.5e-3", sp.Rational(3, 2000)),
        ("x**2*y", x**2 * y),
        ("-x^2", -(x**2)),
        ("E", e),
        ("exp(1)", sp.E),
        ("ln(x)", sp.log(x)),
        ("min(x, y, 1)", sp.Min(x, y, 1)),
        ("piecewise(x, x < 1, y)", sp.Piecewise((x, x < 1), (y, True))),
        ("piecewise(1, x > 1 && y > 1 || !(x < 0), 2)", None),
        ("hill(x, 1, 2, 2)", x**2 / (4 + x**2)),
    ],
)
def test_expressions_mean_what_they_say(text, expected):
    value = parse_expression(text)
    if expected is not None:
        assert value == expected
    assert parse_expression(expression_text(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x +",
        "x y",
        "2 x",
        "(x",
        "x)",
        "f(x)",
        "exp()",
        "x < 1",
        "1 + (x < 1)",
        "!x",
        "x && y",
        "hill(x, 1, 2, 10^12)",
        "piecewise(x, y)",
        "1e99999",
        "__import__('os')",
        "x.y",
        "sqrt(-1)",
    ],
)
def test_bad_expressions_are_refused(text):
    with pytest.raises(ParseError):
        parse_expression(text)


@pytest.mark.parametrize("value", [math.nan, math.inf, "abc", "1/0", None, sp.oo, sp.zoo, 1j])
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(NetworkError, match="finite real number"):
        exact_number(value)


def test_assumptions_are_taken_off_symbols():
    assert exact_expression(sp.Symbol("x", positive=True) * 0.5) == x / 2


def test_a_power_that_would_never_end_is_refused():
    with pytest.raises(NetworkError, match="too large"):
        _ = Reaction("A", "B", Hill(1, 2, 10**12, "A")).rate_expression


@pytest.mark.parametrize("text", ["(A > 1)*2", "(A > 1)/2", "-(A > 1)", "(A > 1) + 2", "(A > 1) - B", "(A > 1)^2"])
def test_a_condition_in_a_sum_or_product_is_an_error_with_a_caret(text):
    with pytest.raises(ParseError, match="expected a number, found a condition"):
        parse_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "factorial(99999999)",
        "factorial(3*10^5)",
        "(2*A)^999999999",
        "(A/3)^99999999",
        "sqrt(2)^(10^9)",
        "(1 + sqrt(5))^10000000",
        "exp(1000000000*log(2))",
        "exp(10^9)",
        "exp(99999999*log(A))",
        "ceil(exp(1e9))",
        "floor(sinh(1e8))",
        "piecewise(A, B > 1, 9)^387420489",
        "((A^1000)^1000)^1000",
        "2^(10^6*log(3))",
        "*".join(["9^1000"] * 100),
        "+".join(f"1/{n}" for n in range(1, 7000)),
        "1e999999999",
        "1" * 5000,
        "A > 0^(-1)",
    ],
)
def test_numbers_that_would_never_be_finished_are_refused_at_once(text):
    start = time.perf_counter()
    with pytest.raises(ParseError) as found:
        parse_expression(text)
    assert time.perf_counter() - start < 20  # (never, without bounds)
    assert len(str(found.value)) < 900


def test_long_products_and_sums_are_read():
    assert parse_expression("*".join("AB" * 2000)) == parse_expression("A^2000*B^2000")
    assert parse_expression("+".join("A" * 2000) + "+" + "2*B") == parse_expression("2000*A + 2*B")


def test_what_is_large_but_sensible_is_read():
    for text in ("exp(700)", "factorial(170)", "2^4000", "(2*A)^8", "1e300", "exp(-A/1e-9)", "A^2.5", "floor(1e9/7)"):
        parse_expression(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("abs(exp(A))", "exp(A)"),
        ("abs(exp(-A*B))", "exp(-A*B)"),
        ("abs(2^A)", "2^A"),
        ("sqrt(abs(exp(A) * B))", "sqrt(exp(A)*abs(B))"),
        ("abs(A*exp(k - A))", "abs(A)*exp(k - A)"),
        ("1 + abs(3^(A + B))/2", "1 + 3^(A + B)/2"),
        ("abs(abs(exp(A)) - 1)", "abs(exp(A) - 1)"),
    ],
)
def test_symbols_are_real(text, plain):
    found, point = parse_expression(text), {symbol("A"): 0.3, symbol("B"): 1.7, symbol("k"): 0.9}
    assert not found.has(sp.re, sp.im)
    assert float(found.subs(point)) == pytest.approx(float(parse_expression(plain).subs(point)))
    assert parse_expression(expression_text(found)) == found
    net = network(f"A -> B @= {text}; init A = 1, B = 2; param k = 1")
    assert network(str(net)) == net
    inside = network(
        f"obs x = exp(A*k); A -> B @= abs(x); A -> 0 @= {text.replace('exp(', 'x*exp(')}; B -> 0; param k = 1"
    )
    assert network(str(inside)) == inside


HEAVY = [
    "tanh({x})",
    "cosh({x})",
    "sinh(1 + {x})",
    "abs({x} - 1)",
    "abs(B*{x})",
    "tanh(1 - sinh({x}))",
    "sin(abs({x}))",
]


@pytest.mark.parametrize("form", HEAVY)
def test_functions_that_sympy_takes_long_for_are_not_nested_without_end(form):
    text, chain = "A", "obs p0 = A\n"
    for i in range(30):
        text = form.format(x=text) if i < 24 else text
        chain += f"obs p{i + 1} = {form.format(x=f'p{i}')}\n"
    began = time.process_time()
    with pytest.raises(ParseError, match=r"nested more than (6|20) deep in each other"):
        parse_expression(text)
    with pytest.raises(NetworkError, match=r"nests .* more than (6|20) deep"):
        network(f"{chain}A -> B @= p30")
    for _ in range(3):
        parse_expression(form.format(x=form.format(x="A")))
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "form", ["sqrt(1 + {x})", "exp(-{x})", "A/(1 + {x})", "sin({x})", "floor(2*{x})", "log(1 + A*{x})"]
)
def test_what_is_written_out_is_no_deeper_than_what_can_be_read(form):
    chain = "obs p0 = A\n" + "".join(f"obs p{i + 1} = {form.format(x=f'p{i}')}\n" for i in range(130))
    with pytest.raises(NetworkError, match=r"is nested more than 120 deep when all|more than 20000 parts"):
        network(f"{chain}A -> B @= p130")
    few = network(f"{chain.split('obs p16')[0]}A -> B @= p15; init A = 1")
    assert network(str(few)) == few
