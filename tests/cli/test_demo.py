"""The demonstration holds what was published against what was found."""

from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import pytest

import crnsym as cs
from crnsym.cli.demo import judged
from crnsym.errors import NetworkError

DATA = cs.read_table({"time": [0.0, 1.0, 2.0], "B": [0.0, 0.4, 0.6], "A": [1.0, 0.6, 0.4]})


def found(**inclusion: float) -> Any:
    return SimpleNamespace(data=DATA, inclusion={k.replace("_", " -> "): v for k, v in inclusion.items()})


def test_every_published_step_is_judged_by_its_probability() -> None:
    lines = judged(found(A_B=0.97, B_A=0.4), cs.network("A <-> B @ k, l; 2 A -> 2 B @ m"))
    assert lines == ["A -> B      certain (0.97)", "B -> A      open (0.40)", "2 A -> 2 B  not needed (0.00)"]


def test_a_step_of_species_that_nobody_measured_is_refused() -> None:
    with pytest.raises(NetworkError, match="'C' is not measured"):
        judged(found(), cs.network("A -> C"))


def test_the_published_network_fits_the_measurements_that_ship() -> None:
    folder = files("crnsym") / "data" / "demo"
    data = cs.read_table(str(folder / "alpha_pinene.csv"))
    published = cs.network((folder / "alpha_pinene.crn").read_text(encoding="utf-8"))
    assert set(published.species_names) == set(data.species)
    assert len(published.reactions) == 5
