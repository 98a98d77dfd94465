"""From measurements to a ranked list, end to end on small problems."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.predict import predict
from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.discovery import discover
from crnsym.errors import DataError, FitError, NetworkError
from crnsym.network.text import network
from crnsym.search import pool

SPECIES = ("A", "B", "C")
TRUTH = Mechanism(SPECIES, np.array([[2, 0, 0], [0, 1, 0]]), np.array([[0, 1, 0], [0, 0, 1]]), np.log([0.4, 0.25]))


def measured(noise: float = 0.03, runs: int = 5, points: int = 30, seed: int = 0) -> Trajectories:
    """2 A -> B -> C from several starts."""
    random = np.random.default_rng(seed)
    initial = random.uniform(0.2, 2.0, (runs, 3))
    times = [np.linspace(0, 12, points)] * runs
    model = NoiseModel(np.full(3, noise), np.full(3, 1e-4))
    courses = predict(TRUTH, initial, times, model)
    values = tuple(c * (1 + noise * random.standard_normal(c.shape)) for c in courses)
    return Trajectories(SPECIES, tuple(map(str, range(runs))), tuple(times), values)


DATA = measured()


@pytest.fixture(scope="module")
def found():
    return discover(DATA, seed=0, hidden=0)


def test_the_mechanism_behind_the_data_ranks_first_with_its_rates(found):
    best = found[0]
    assert best.mechanism.structure() == TRUTH.structure()
    for k, true in zip(best.rates.values(), (0.4, 0.25), strict=True):
        assert k == pytest.approx(true, rel=0.03)
    assert found.verdict in ("decided", "tie")
    assert found.complete
    assert best.reduced < 1.3
    assert best.test_error < 0.05
    assert best.network.dynamically_equivalent(network("2 A -> B @ 0.4; B -> C @ 0.25"), 0.05)


def test_the_list_is_ordered_and_its_weights_add_up(found):
    scores = [c.score for c in found]
    assert scores == sorted(scores)
    assert sum(c.weight for c in found) == pytest.approx(1.0)
    assert len({c.mechanism.structure() for c in found}) == len(found)


def test_the_same_seed_gives_the_same_table_whoever_computes_it(found):
    with ThreadPoolExecutor(2) as executor:
        again = discover(DATA, seed=0, hidden=0, executor=executor)
    assert again.to_rows() == found.to_rows()


def test_other_units_of_amount_and_time_change_nothing_but_the_rates(found):
    amount, time = 1e-7, 3600.0
    converted = replace(DATA, times=tuple(t * time for t in DATA.times), values=tuple(v * amount for v in DATA.values))
    other = discover(converted, seed=0, hidden=0)
    assert [c.mechanism.structure() for c in other] == [c.mechanism.structure() for c in found]
    assert other[0].score == pytest.approx(found[0].score, abs=0.01)
    orders = found[0].mechanism.reactants.sum(axis=1)
    shift = (1 - orders) * np.log(amount) - np.log(time)
    np.testing.assert_allclose(other[0].mechanism.log_rates, found[0].mechanism.log_rates + shift, atol=1e-3)


def test_known_reactions_are_in_every_candidate():
    known = network("A -> C @ k")
    for c in discover(DATA, known=known, max_order=2, time_budget=4):
        assert "A -> C" in c.reactions


def test_formulas_leave_only_reactions_that_balance():
    balanced = discover(DATA, formulas={"A": "NO2", "B": "N2O4", "C": "N2O4"})
    assert balanced[0].mechanism.structure() == TRUTH.structure()
    atoms = np.array([1, 2, 2])
    for c in balanced:
        assert not np.any(c.mechanism.net_stoichiometry @ atoms)


def test_an_interruption_returns_what_there_is(monkeypatch):
    calls = {"n": 0}
    original = pool.fit_mechanism

    def interrupted(*arguments, **options):
        calls["n"] += 1
        if calls["n"] == 12:
            raise KeyboardInterrupt
        return original(*arguments, **options)

    monkeypatch.setattr(pool, "fit_mechanism", interrupted)
    found = discover(DATA, hidden=0)
    assert not found.complete
    assert found.details["interrupted"]
    assert len(found) > 0
    assert any("interrupted" in r for r in found.remarks)


def test_a_record_is_replayed_and_refused_for_other_data(tmp_path):
    first = discover(DATA, hidden=0, checkpoint=tmp_path)
    kept = sorted((tmp_path / "tasks").glob("search-*"))
    assert len(kept) >= 2
    kept[0].unlink()
    again = discover(DATA, hidden=0, checkpoint=tmp_path, resume=True)
    assert again.to_rows() == first.to_rows()
    assert again.details["tasks"]["computed"] == 1
    assert sorted((tmp_path / "tasks").glob("search-*")) == kept
    with pytest.raises(FitError, match="other data or options"):
        discover(measured(seed=1), hidden=0, checkpoint=tmp_path, resume=True)


def test_progress_tells_the_best_answer_so_far():
    seen = []
    discover(measured(runs=2, points=15), max_order=1, hidden=0, progress=lambda *report: seen.append(report))
    assert any("->" in best for _, _, best in seen)
    assert any(stage == "final fits" for stage, _, _ in seen)


def test_data_in_which_nothing_happens_are_said_to_be_so():
    rng = np.random.default_rng(1)
    times = np.arange(12.0)
    values = np.array([0.7, 0.4]) * (1 + 0.03 * rng.normal(size=(12, 2)))
    found = discover(Trajectories(("A", "B"), ("0",), (times,), (values,)), hidden=0)
    assert any("nothing changes" in remark for remark in found.remarks)
    assert all(c.reactions for c in found)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"hidden": -1}, FitError, "hidden=-1"),
        ({"learner": "magic"}, FitError, "magic"),
        ({"max_order": 4}, FitError, "max_order=4"),
        ({"restarts": 0}, FitError, "restarts=0"),
        ({"starts": "guessed"}, FitError, "starts='guessed'"),
        ({"time_budget": 0}, FitError, "time_budget=0"),
        ({"known": network("A -> Q @ 1")}, NetworkError, "'Q' is not measured"),
        ({"formulas": {"A": "NO2"}}, NetworkError, "B"),
        ({"known": network("A -> B @ 1"), "formulas": {"A": "H", "B": "H2", "C": "H"}}, FitError, "does not balance"),
    ],
)
def test_options_that_cannot_be_used_are_refused(options, error, match):
    with pytest.raises(error, match=match):
        discover(DATA, **options)


def test_runs_at_different_temperatures_give_activation_energies():
    random = np.random.default_rng(3)
    kelvin = np.array([290.0, 300.0, 310.0, 295.0, 305.0, 315.0])
    energies = np.array([40e3, 80e3])
    truth = replace(TRUTH, energies=energies, reference=300.0)
    times = [np.linspace(0, 12, 30)] * len(kelvin)
    initial = random.uniform(0.2, 2.0, (len(kelvin), 3))
    courses = predict(truth, initial, times, NoiseModel(np.full(3, 0.02), np.full(3, 1e-4)), kelvin=kelvin)
    values = tuple(c * (1 + 0.02 * random.standard_normal(c.shape)) for c in courses)
    data = Trajectories(SPECIES, tuple("abcdef"), tuple(times), values, tuple(kelvin))
    best = discover(data, hidden=0)[0]
    assert best.reactions == ["2 A -> B", "B -> C"]
    assert np.allclose(list(best.energies.values()), energies / 1e3, atol=3.0)
    assert all(
        abs(e - t / 1e3) < 4 * s
        for e, t, s in zip(best.energies.values(), energies, best.energy_errors.values(), strict=True)
    )
    assert np.allclose(best.mechanism.log_rates_at(np.array([300.0]))[0], TRUTH.log_rates, atol=0.03)
    assert best.n_parameters == 4


def test_runs_with_and_without_a_temperature_are_refused_together():
    mixed = Trajectories(DATA.species, DATA.experiments, DATA.times, DATA.values, (300.0, np.nan, 300.0, 310.0, 300.0))
    with pytest.raises(DataError, match="experiment '1' has no temperature"):
        discover(mixed)
