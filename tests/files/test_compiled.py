"""Stored machine code is used again while all that it was made of is unchanged, and never after."""

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import crnsym
from crnsym.files.compiled import contents, in_one_form, njit

LOWER = """
import numpy as np
from crnsym.files.compiled import njit

FACTOR, PAIR, TABLE = 2.0, (1, 2), np.array([3.0, 4.0])

@njit(cache=True)
def innermost(x):
    return x + 1.0

@njit(cache=True)
def inner(x):
    return FACTOR * innermost(x) + TABLE[1] * PAIR[1]
"""
UPPER = """
from crnsym.files.compiled import njit
from lower_of_two import inner

@njit(cache=True)
def outer(x):
    return 10.0 * inner(x)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # its check is blind within a second
    (tmp_path / "upper_of_two.py").write_text(UPPER)
    (tmp_path / "lower_of_two.py").write_text(LOWER)
    yield tmp_path
    forget()


def forget() -> None:
    for name in ("lower_of_two", "upper_of_two"):
        sys.modules.pop(name, None)
    importlib.invalidate_caches()


def answer(folder: Path) -> tuple[float, int]:
    """Load both modules anew and call the outer function: its value, and how often stored code was taken."""
    forget()
    spec = importlib.util.spec_from_file_location("upper_of_two", folder / "upper_of_two.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    value = module.outer(1.0)
    return value, sum(module.outer.stats.cache_hits.values())


def test_stored_code_is_taken_where_nothing_has_changed(folder):
    assert answer(folder) == (120.0, 0)
    assert answer(folder) == (120.0, 1)


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("FACTOR, PAIR, TABLE = 2.0", "FACTOR, PAIR, TABLE = 3.0", 140.0),
        ("(1, 2)", "(1, 5)", 240.0),
        ("[3.0, 4.0]", "[3.0, 5.0]", 140.0),
        ("x + 1.0", "x + 4.0", 180.0),
        ("x + 1.0", "x - 1.0", 80.0),
        ("FACTOR * innermost(x)", "FACTOR + innermost(x)", 120.0),
        ("+ TABLE[1] * PAIR[1]", "", 40.0),
    ],
)
def test_what_a_function_calls_in_another_file_may_change(folder, old, new, value):
    assert answer(folder)[0] == 120.0
    (folder / "lower_of_two.py").write_text(LOWER.replace(old, new))
    assert answer(folder) == (value, 0)


def test_every_compiled_function_of_the_package_is_stored_so():
    root = Path(crnsym.__file__).parent
    for path in root.rglob("*.py"):
        if path.name != "compiled.py":
            assert not re.search(r"from numba import [^\n]*\bnjit\b|numba\.njit", path.read_text(encoding="utf-8")), (
                path
            )


def test_the_digest_of_a_function_follows_what_it_calls(folder):
    import lower_of_two

    before = contents(lower_of_two.inner.py_func)
    contents.cache_clear()
    lower_of_two.TABLE = lower_of_two.TABLE + 1.0
    assert contents(lower_of_two.inner.py_func) != before


def test_a_function_of_arrays_in_any_form_is_compiled_once():
    compiled = njit()(lambda x, factor: (factor * x).sum())
    ordered = in_one_form(compiled)
    square = np.arange(9.0).reshape(3, 3)
    forms = square, square.T, np.asfortranarray(square), square[::-1, ::2], np.broadcast_to(square[0], (2, 3))
    for given in forms:
        assert ordered(given, 2.0) == 2.0 * given.sum()
    assert len(compiled.signatures) == 1
