"""Formulas leave the steps that balance, with what is in excess as a reservoir."""

import numpy as np
import pytest

from crnsym.comparison.restrictions import Restrictions
from crnsym.data.trajectories import Trajectories
from crnsym.errors import NetworkError
from crnsym.regression.composition import Composition
from crnsym.regression.library import build_library
from crnsym.search.strategies.composed import steps


def data(*names: str) -> Trajectories:
    times = np.linspace(0.0, 1.0, 5)
    return Trajectories(names, ("e0",), (times,), (np.ones((5, len(names))),))


def texts(composition: Composition) -> set[str]:
    library = steps(composition)
    names = composition.species

    def side(row: np.ndarray) -> str:
        return " + ".join(s if n == 1 else f"{n} {s}" for s, n in zip(names, row, strict=True) if n) or "0"

    left = library.complexes[library.source]
    return {f"{side(y)} -> {side(y + s)}" for y, s in zip(left, library.net, strict=True)}


def test_without_reservoirs_only_exact_balance_is_left() -> None:
    made_of = Restrictions.of(data("A", "B"), None, {"A": "NO2", "B": "N2O4"}, None).composition
    assert made_of is not None
    assert texts(made_of) == {"2 A -> B", "B -> 2 A"}


def test_a_species_that_was_not_measured_joins_by_its_formula() -> None:
    made_of = Restrictions.of(data("A", "B"), None, {"A": "C2", "B": "C3", "X": "C"}, None).composition
    assert made_of is not None
    assert made_of.species == ("A", "B", "X")
    assert "A + X -> B" in texts(made_of)
    assert "B -> A + X" in texts(made_of)


def test_one_molecule_in_excess_counts_as_a_reactant_and_solvents_do_not() -> None:
    formulas = {"M7": "M^7+", "M6": "M^6+", "R": "C2^7+", "Ox": "C2^6+ excess", "CO2": "C^4+ solvent"}
    formulas = {k: v.replace("M", "Mn", 1) if k.startswith("M") else v for k, v in formulas.items()}
    made_of = Restrictions.of(data("M7", "M6"), None, formulas, None).composition
    assert made_of is not None
    found = texts(made_of)
    assert "M7 -> M6 + R" in found  # takes up one Ox
    assert "M7 + R -> M6" in found  # releases two CO2
    assert "2 M7 -> 2 M6" not in found  # three molecules: two M7 and one Ox


def test_the_library_of_all_orders_keeps_its_complexes() -> None:
    made_of = Composition.of(("A", "B"), np.array([[1, 1]]), np.zeros((1, 0), int), np.zeros((1, 0), int))
    library = made_of.allowed(build_library(2, 2, 2), 2)
    assert len(library.complexes) == len(build_library(2, 2, 2).complexes)
    assert np.all(library.net.sum(axis=1) == 0)


@pytest.mark.parametrize(
    ("formulas", "match"),
    [
        ({"A": "H", "B": "H excess"}, "B: a measured species"),
        ({"A": "H", "B": "H", "W": "H lots"}, "'lots'"),
        ({"A": "H"}, "B"),
    ],
)
def test_formulas_that_make_no_sense_are_refused(formulas: dict[str, str], match: str) -> None:
    with pytest.raises(NetworkError, match=match):
        Restrictions.of(data("A", "B"), None, formulas, None)
