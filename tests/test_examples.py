"""The handbook runs as it stands, and every chapter has something to look at."""

from pathlib import Path

import pytest

from crnsym.docs.cells import title
from crnsym.docs.running import run_script

HANDBOOK = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(HANDBOOK.glob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.stem)
def test_the_chapter_runs_and_shows_a_figure(path, tmp_path):
    shown = run_script(path, tmp_path)
    assert title(path.read_text(encoding="utf-8"))
    assert [output for _, outputs in shown for output in outputs if output.kind == "svg"]
    if path.name.startswith("07"):
        printed = "".join(output.body for _, outputs in shown for output in outputs if output.kind == "text")
        rates = [float(line.split()[1]) for line in printed.splitlines() if line.startswith("k")][:5]
        for value, wanted, error in zip(
            rates, (5.93e-5, 2.96e-5, 2.05e-5, 2.75e-4, 4.00e-5), (0.02, 0.04, 0.3, 0.16, 0.42), strict=True
        ):
            assert value == pytest.approx(wanted, rel=error), "the published rates come out as printed"
