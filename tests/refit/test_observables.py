"""Observables as a chemist writes them become linear functions of species with unknown coefficients."""

import numpy as np
import pytest

from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.errors import CrnsymError, FitError, UnsupportedError
from crnsym.refit.mixtures import Mixtures
from crnsym.refit.observables import mixtures_of

TIMES = np.arange(4.0)


def table(*columns: str, runs: int = 1) -> Trajectories:
    """Columns of ones."""
    labels = tuple(f"r{i}" for i in range(runs))
    return Trajectories(columns, labels, (TIMES,) * runs, (np.ones((4, len(columns))),) * runs)


def seen(mixtures: Mixtures, state: list[float], theta: list[float], run: int = 0) -> np.ndarray:
    """Columns at one state."""
    known = mixtures.known[run] @ state + mixtures.constant[run]
    terms = mixtures.terms[:, run] @ state + mixtures.offsets[:, run]
    return known + np.tensordot(theta, terms, axes=1)


@pytest.mark.parametrize(
    ("text", "species", "coefficients", "value"),
    [
        ("0.8*A + 1.7*B", ("A", "B"), (), 0.8 * 2 + 1.7 * 3),
        ("s*(A + 2*AA)", ("A", "AA"), ("s",), 5 * (2 + 2 * 3)),
        ("s*A + b", ("A",), ("s", "b"), 5 * 2 + 7),
        ("e1*A + e2*B + 0.5", ("A", "B"), ("e1", "e2"), 5 * 2 + 7 * 3 + 0.5),
        ("100*(1 - A/A0)", ("A",), (), 100 * (1 - 2)),
        ("A + B", ("A", "B"), (), 2 + 3),
        ("(A + B)/2", ("A", "B"), (), 2.5),
        ("s*A - s*B", ("A", "B"), ("s",), 5 * 2 - 5 * 3),
    ],
)
def test_an_observable_is_what_it_says(
    text: str, species: tuple[str, ...], coefficients: tuple[str, ...], value: float
) -> None:
    mixtures = mixtures_of(table("y"), {"y": text})
    assert mixtures.species == species
    assert mixtures.names == coefficients
    state, theta = [2.0, 3.0][: len(species)], [5.0, 7.0][: len(coefficients)]
    np.testing.assert_allclose(seen(mixtures, state, theta), [value])


def test_a_column_without_an_observable_is_a_species() -> None:
    mixtures = mixtures_of(table("y", "B"), {"y": "s*(A + B)"})
    assert mixtures.species == ("B", "A")
    assert mixtures.alone == (1, -1)
    np.testing.assert_allclose(seen(mixtures, [3.0, 2.0], [1.0]), [5.0, 3.0])


def test_species_in_starts_may_be_called_anything() -> None:
    mixtures = mixtures_of(table("y", runs=2), {"y": "s*glucose"}, {"glucose": (1.0, 2.0)})
    assert mixtures.species == ("glucose",)
    np.testing.assert_array_equal(mixtures.starts, [[1.0], [2.0]])
    assert not mixtures.unit


def test_without_starts_the_amount_of_the_first_species_is_the_unit() -> None:
    mixtures = mixtures_of(table("y"), {"y": "B + A"})
    assert mixtures.unit == mixtures.species[0]
    np.testing.assert_array_equal(mixtures.starts, [[1.0, 0.0]])
    assert any("counts as 1" in remark for remark in mixtures.remarks)


def test_the_amount_at_the_start_is_that_of_each_run() -> None:
    mixtures = mixtures_of(table("X", runs=2), {"X": "1 - A/A0"}, {"A": (1.0, 4.0)})
    np.testing.assert_allclose([seen(mixtures, [1.0], [], run) for run in (0, 1)], [[0.0], [0.75]])


def test_scales_are_positive_and_offsets_have_any_sign() -> None:
    mixtures = mixtures_of(table("y"), {"y": "s*A + b"})
    assert dict(zip(mixtures.names, mixtures.positive.tolist(), strict=True)) == {"s": True, "b": False}


@pytest.mark.parametrize(
    ("column", "text", "error"),
    [
        ("y", "A*B", UnsupportedError),
        ("y", "A^2", UnsupportedError),
        ("y", "s*t*A", UnsupportedError),
        ("y", "A/(A + B)", UnsupportedError),
        ("y", "log10(A)", UnsupportedError),
        ("z", "s*A", FitError),
        ("y", "s + b", FitError),
        ("y", "s*(A", CrnsymError),
    ],
)
def test_what_cannot_be_used_is_refused(column: str, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        mixtures_of(table("y"), {column: text})


def test_a_start_that_is_needed_must_be_positive() -> None:
    with pytest.raises(FitError, match="A0"):
        mixtures_of(table("X"), {"X": "1 - A/A0"}, {"A": (0.0,)})


def test_known_starts_are_not_fitted_and_others_are_as_measured() -> None:
    data = Trajectories(("y", "B"), ("r",), (TIMES,), (np.array([[1.0, 0.4], [0.8, 0.5], [0.7, 0.6], [0.6, 0.7]]),))
    mixtures = mixtures_of(data, {"y": "s*A"}, {"A": (1.0,)})
    problem = mixtures.problem(data, NoiseModel(np.zeros(2), np.full(2, 0.01)))
    assert problem.species == ("A", "B")
    np.testing.assert_allclose(problem.start, [[1.0, 0.4]])
    np.testing.assert_array_equal(problem.free, [[False, True]])
    assert problem.count == 8


@pytest.mark.parametrize(("course", "first"), [((1.0, 0.6, 0.3, 0.1), 1.0), ((0.1, 0.3, 0.6, 1.0), 0.0)])
def test_a_species_whose_only_column_falls_was_there_at_the_start(course: tuple[float, ...], first: float) -> None:
    rows = np.column_stack([course, np.ones(4)])
    data = Trajectories(("y", "OH"), ("r",), (TIMES,), (rows,))
    mixtures = mixtures_of(data, {"y": "s*P + b"})
    assert mixtures.starts[0, mixtures.species.index("P")] == first
    assert any("how much P there was" in remark for remark in mixtures.remarks) == (first > 0)
    told = mixtures_of(data, {"y": "s*P + b"}, {"P": [0.2]})
    assert told.starts[0, told.species.index("P")] == 0.2


def test_the_amount_at_the_start_of_a_measured_species_is_its_first_value() -> None:
    data = table("Yield", "A", runs=2)
    halved = Trajectories(data.species, data.experiments, data.times, (data.values[0], 0.5 * data.values[1]))
    mixtures = mixtures_of(halved, {"Yield": "100*P/A0"})
    place = mixtures.species.index("P")
    state = np.zeros(len(mixtures.species))
    state[place] = 0.25
    assert [seen(mixtures, state.tolist(), [], run)[0] for run in (0, 1)] == [25.0, 50.0]
    assert any("A0 is the first value of A" in remark for remark in mixtures.remarks)


def test_coefficients_of_a_column_below_zero_have_any_sign() -> None:
    times = np.linspace(0, 9, 10)
    for low, positive in ((-4.0, False), (0.0, True)):
        course = (13 + (low - 13) * (1 - np.exp(-times)))[:, None]
        data = Trajectories(("rotation",), ("r0",), (times,), (course,))
        mixtures = mixtures_of(data, {"rotation": "a*S + b*P"}, {"S": [1.0]})
        assert mixtures.positive.tolist() == [positive, positive]
        assert any("below zero" in remark for remark in mixtures.remarks) is not positive
