"""Numbers that decide: each stands in one place, says what it is, and is used."""

import ast
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest

import crnsym
from crnsym.deciding import EFFORT, PRICES, THRESHOLDS

PACKAGE = Path(crnsym.__file__).parent
GROUPS = {"PRICES": PRICES, "THRESHOLDS": THRESHOLDS, "EFFORT": EFFORT}


def uses() -> dict[str, set[str]]:
    """{group: names that the package reads from it}."""
    found: dict[str, set[str]] = {name: set() for name in GROUPS}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in GROUPS:
                found[node.value.id].add(node.attr)
    return found


def test_every_number_is_used_and_nothing_else_is_asked_for():
    assert uses() == {name: {field.name for field in fields(group)} for name, group in GROUPS.items()}


@pytest.mark.parametrize("module", ["prices", "thresholds", "effort"])
def test_every_number_says_what_it_is(module):
    lines = (PACKAGE / "deciding" / f"{module}.py").read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if line.startswith("    ") and " = " in line and not line.lstrip().startswith("#"):
            assert "  # " in line or before.lstrip().startswith("#"), line


@pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)
def test_none_can_be_changed_while_a_search_runs(group):
    with pytest.raises(AttributeError):
        setattr(group, fields(group)[0].name, 1)
