"""Cases of the SBML Test Suite, by the tolerance rule of the suite."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.sbml_suite import judge

_DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "sbml"


def _cases() -> list[dict]:
    if not (_DATA / "manifest.json").is_file():
        return []
    return [c for c in json.loads((_DATA / "manifest.json").read_text()) if c["tier"] != "dsmts"]


@pytest.mark.parametrize("case", _cases() or [None], ids=lambda c: c and f"{c['tier']}-{c['id']}")
def test_a_case_of_the_suite_is_right_or_refused_by_name(case):
    if case is None:
        pytest.skip(f"the shared data are not here ({_DATA})")
    verdict, why = judge(_DATA / case["dir"])
    allowed = ("pass", "refused") if case["tier"] == "refuse" else ("pass",)
    assert verdict in allowed, why
