"""Rate laws on the command line."""

import csv

from typer.testing import CliRunner

import crnsym as cs
from crnsym.cli import app


def test_a_law_is_found_in_a_table_and_written(tmp_path):
    runs = cs.simulate(cs.network("A -> P @= 2*A/(1 + 3*A)"), (0, 3, 12), initial=[{"A": 2}, {"A": 0.5}])
    rows = runs.to_rows()
    with (tmp_path / "d.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    arguments = ["rate-laws", str(tmp_path / "d.csv"), "--noise", "0.001", "--out", str(tmp_path / "laws.csv")]
    result = CliRunner().invoke(app, [*arguments, "--reaction", "A -> P"])
    assert result.exit_code == 0, result.output
    assert "Michaelis-Menten" in result.output
    assert "A + E <-> AE" in result.output
    written = list(csv.DictReader((tmp_path / "laws.csv").read_text().splitlines()))
    assert written[0]["law"] == "Michaelis-Menten"
    result = CliRunner().invoke(app, [*arguments, "--reaction", "Z -> P"])
    assert result.exit_code == 2
    assert "Z is no column" in result.output
