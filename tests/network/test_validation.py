"""Remarks on networks that can be simulated and look like mistakes."""

import re

import pytest

from crnsym import network, validate


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        ("A -> B @ k; param k = 1, q = 2", ["the parameter q is declared and not used"]),
        ("A -> B @ k; param k = 1, q = 2; obs y = q*A", []),
        ("2 A <-> B @ k, 3; S -> P @= mm(S, V, K); 0 -> A @= hill(P, 1, 2, n)", []),
        ("A -> B @ k; param k = -2", ["can be negative, as at A ="]),
        ("A -> B @ k*(time - 1)", ["can be negative, as at A = .*, k = .*, time ="]),
        ("A -> B @= k", ["not zero where A is, so that A may become negative"]),
        ("A + E -> B + E @= k*A; const X; X -> B @= 1", []),
        ("A -> B @= k - A", ["can be negative", "not zero where A is"]),
        ('"a b" -> B @= 1', ["not zero where a b is"]),
    ],
)
def test_what_looks_like_a_mistake_is_said(text, remarks):
    found = validate(network(text))
    assert len(found) == len(remarks), found
    for line, remark in zip(found, remarks, strict=True):
        assert re.search(remark, line)
