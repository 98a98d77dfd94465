"""Tables as laboratories have them are read as a person reads them."""

import random

import numpy as np
import pytest

from crnsym.data.tables import read_table
from tests.data import composed, exports, instruments, papers, written
from tests.data.laboratory import TABLES


def array(rows):
    return np.array([[np.nan if v is None else v for v in row] for row in rows], float)


@pytest.mark.parametrize("name", [*TABLES, *instruments.TABLES, *exports.TABLES, *papers.TABLES])
def test_a_table_of_a_laboratory_reads_as_a_person_reads_it(table, name):
    text, seen = (TABLES | instruments.TABLES | exports.TABLES | papers.TABLES)[name]
    data = read_table(table(text), **seen.options)
    assert data.species == seen.species
    assert data.experiments == tuple(seen.runs)
    for (_, times, values), (wanted_times, wanted) in zip(data, seen.runs.values(), strict=True):
        np.testing.assert_allclose(times, wanted_times, rtol=1e-12)
        np.testing.assert_allclose(values, array(wanted), rtol=1e-12)
    assert data.units == seen.units
    assert data.time_unit == seen.time_unit
    assert data.temperatures == (None if seen.kelvin is None else pytest.approx(seen.kelvin, abs=0.06))
    if seen.errors is None:
        assert data.errors is None
    else:
        np.testing.assert_allclose(data.errors[0], array(seen.errors), atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_random_tables_are_read_as_they_were_written_or_refused(tmp_path, seed):
    rng, refused = random.Random(seed), 0
    for _ in range(100):
        text, wanted = written.table(rng)
        what, why = written.verdict(tmp_path / "t.csv", text, wanted)
        assert what != "wrong", f"{why}\n{text}"
        refused += what == "refused"
    assert refused <= 5


def test_tables_composed_of_what_laboratories_write_are_read(tmp_path):
    for seed in range(60):
        text, seen = composed.table(random.Random(seed))
        what, why = composed.verdict(tmp_path / "t.csv", text, seen)
        assert what == "right", f"{why}\n{text}"
