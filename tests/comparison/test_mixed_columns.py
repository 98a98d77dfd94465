"""Files of pure spectra: wavelengths down, a column a species."""

from pathlib import Path

import numpy as np
import pytest

from crnsym.comparison.mixed_columns import _pure_spectra
from crnsym.data.trajectories import Trajectories

WAVES = (400.0, 450.0, 500.0)
DATA = Trajectories(("400", "450", "500"), ("0",), (np.arange(3.0),), (np.ones((3, 3)),), wavelengths=WAVES)


@pytest.mark.parametrize("head", ["wavelength"])
def test_pure_spectra_are_read_at_the_wavelengths_of_the_data(tmp_path: Path, head: str) -> None:
    path = tmp_path / "pure.csv"
    path.write_text(f"{head},A,B\n350,0,0\n450,1,0.5\n550,0,1\n", encoding="utf-8")
    found = _pure_spectra(path, DATA)
    np.testing.assert_allclose(found["A"], [0.5, 1.0, 0.5])
    np.testing.assert_allclose(found["B"], [0.25, 0.5, 0.75])
