"""Units against each other."""

import re

import pytest

from crnsym import check_units, network


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("A -> B @ k; param k = 1 [1/min]", []),
        ("2 A + B -> B @ k; param k = 1 [1/(mM^2*s)]", []),
        ("0 -> A @ k; param k = 1 [mM/s]; A -> B @ 2; B -> S @= mm(B, V, K); param V = 1 [M/h], K = 2 [nM]", []),
        ("A -> B @= k*A*exp(-E/T); param k [1/s], E [K], T [K]", []),
        ("A -> B @ k; S -> A", []),
        ("A -> B @= hill(S, V, K, n); param V [mM/s], K [mM], n [dimensionless]", []),
        ("A -> B @= piecewise(k*A, S > K && time < t0, 0); param k [1/s], K [mM], t0 [min]", []),
        (
            "2 A -> B @ k; param k = 1 [1/s]",
            ["2 A -> B .*the rate is amount.2 length.-6 time.-1, and A changes by"],
        ),
        ("A -> B @= k*A*sin(S); param k [1/s]", ["S is an argument of sin, and is amount length\\^-3"]),
        ("A -> B @= k*A/(K + S); param k [1/s], K [s]", ["K \\+ S puts time and amount length\\^-3 together"]),
        ("A -> B @= k*A^S; param k [1/s]", ["S is an exponent, and is amount"]),
        ("A -> B @ k; param k = 1 [furlong]; S -> A @ 1", ["k: the unit 'furlong' is not understood"]),
        ("A -> B @ 1; S -> 0 @ 1; obs y = A + time", ["y: A \\+ time puts"]),
    ],
)
def test_each_violation_is_named(text, problems):
    found = check_units(network(f"species S, B; {text}; init A = 1 [mM], B = 0 [µM], S = 1 [mol/L]"))
    assert len(found) == len(problems), found
    for line, problem in zip(found, problems, strict=True):
        assert re.search(problem, line), line
