"""The examples run as they stand."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_the_example_runs(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path))


def test_the_published_rates_of_the_demo_data_come_out_as_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rates = runpy.run_path(str(EXAMPLES[0]))["rates"]
    for value, printed, error in zip(
        rates.values(), (5.93e-5, 2.96e-5, 2.05e-5, 2.75e-4, 4.00e-5), (0.02, 0.04, 0.3, 0.16, 0.42), strict=True
    ):
        assert value == pytest.approx(printed, rel=error)
