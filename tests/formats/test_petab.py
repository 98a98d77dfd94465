"""PEtab problems: what the specification asks of the tables, and that they say what the data say."""

import csv
import math

import numpy as np
import pytest

import crnsym as cs
from crnsym.data.noise import NoiseModel
from crnsym.errors import DataError, ExportError
from crnsym.formats.petab import write_petab

NET = cs.network(
    'A + B <-> C @ kf, kr; C -> "glucose-6-P" @= mm(C, V, 0.4); obs total = A + C;'
    'param kf = 0.3, kr = 0.02, V = 1; init A = 1, B = 2, C = 0, "glucose-6-P" = 0'
)
TIMES = np.array([0.0, 0.5, 1.5, 4.0])


def course(start, species=("A", "B", "C", "glucose-6-P"), times=TIMES):
    full = cs.simulate(NET, times=np.unique([0.0, *times]), initial=start).values[0]
    chosen = [NET.species_names.index(s) for s in species]
    return full[-len(times) :][:, chosen]


@pytest.fixture(scope="module")
def data():
    runs = [{"A": 1.0, "B": 2.0}, {"A": 0.5, "B": 1.0, "C": 0.25}]
    values = [course(start) for start in runs]
    values[0][2, 1] = np.nan
    return cs.Trajectories(NET.species_names, ("first", "2 %"), (TIMES, TIMES + 3), tuple(values))


def tables(folder):
    names = ("conditions", "observables", "measurements", "parameters")
    return {n: list(csv.DictReader((folder / f"{n}.tsv").read_text().splitlines(), delimiter="\t")) for n in names}


def test_the_tables_have_what_the_specification_asks(data, tmp_path):
    path = write_petab(NET, data, tmp_path / "problem")
    found = tables(path.parent)
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "conditions.tsv",
        "measurements.tsv",
        "model.xml",
        "observables.tsv",
        "parameters.tsv",
        "problem.yaml",
    ]
    identifiers = {row["conditionId"] for row in found["conditions"]}
    assert len(identifiers) == 2
    assert all(i.isidentifier() for i in identifiers)
    assert [row["conditionName"] for row in found["conditions"]] == ["first", "2 %"]
    assert {row["simulationConditionId"] for row in found["measurements"]} == identifiers
    watched = {row["observableId"] for row in found["observables"]}
    assert {row["observableId"] for row in found["measurements"]} == watched
    assert len(found["measurements"]) == 2 * 4 * 4 - 1
    assert min(float(row["time"]) for row in found["measurements"]) == 0
    declared = {row["parameterId"] for row in found["parameters"]}
    assert {"kf", "kr", "V", "sd_A", "initial_A_experiment_first"} < declared
    named = {v for row in found["conditions"] for k, v in row.items() if v.startswith("initial")}
    assert named < declared
    for row in found["parameters"]:
        assert row["parameterScale"] in ("lin", "log10")
        assert float(row["lowerBound"]) < float(row["nominalValue"]) < float(row["upperBound"])
        assert row["estimate"] == "1"


def test_numbers_come_back_exactly(data, tmp_path):
    found = tables(write_petab(NET, data, tmp_path, 0.1).parent)
    first = [r for r in found["measurements"] if r["simulationConditionId"] == "experiment_first"]
    values = [float(r["measurement"]) for r in first if r["observableId"] == "observable_A"]
    assert values == data.values[0][:, 0].tolist()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of pandas, at what petab asks of it
def test_the_linter_of_petab_finds_no_fault(data, tmp_path):
    petab = pytest.importorskip("petab.v1")
    for noise in (None, 0.1, NoiseModel(np.full(4, 0.05), np.full(4, 0.01))):
        path = write_petab(NET, data, tmp_path, noise)
        assert not petab.lint_problem(petab.Problem.from_yaml(str(path)))


@pytest.mark.parametrize("initial", ["estimated", "measured"])
def test_the_written_model_passes_through_the_written_data(initial, data, tmp_path):
    roadrunner = pytest.importorskip("roadrunner")
    found = tables(write_petab(NET, data, tmp_path, 0.1, initial=initial).parent)
    nominal = {row["parameterId"]: float(row["nominalValue"]) for row in found["parameters"]}
    for condition in found["conditions"]:
        simulator = roadrunner.RoadRunner(str(tmp_path / "model.xml"))
        simulator.integrator.setValue("relative_tolerance", 1e-10)
        for name in ("kf", "kr", "V"):
            simulator[name] = nominal[name]
        for name in ("A", "B", "C", "glucose_6_P"):
            cell = condition[name]
            simulator[f"init([{name}])"] = nominal[cell] if cell in nominal else float(cell)
        rows = [r for r in found["measurements"] if r["simulationConditionId"] == condition["conditionId"]]
        formulas = {row["observableId"]: row["observableFormula"] for row in found["observables"]}
        simulator.timeCourseSelections = ["time", *(f"[{f}]" for f in formulas.values())]
        courses = np.asarray(simulator.simulate(times=[0.0, 0.5, 1.5, 4.0]))
        for row in rows:
            at = int(np.argmin(abs(courses[:, 0] - float(row["time"]))))
            value = courses[at, 1 + list(formulas).index(row["observableId"])]
            assert math.isclose(value, float(row["measurement"]), rel_tol=1e-5, abs_tol=1e-7)


def test_noise_is_written_as_given(data, tmp_path):
    noise = NoiseModel(np.array([0.0, 0.5, 0.5, 0.5]), np.array([0.25, 0.5, 0.5, 0.5]))
    rows = tables(write_petab(NET, data, tmp_path, noise).parent)["observables"]
    assert rows[0]["noiseFormula"] == "0.25"
    assert rows[3]["noiseFormula"] == "sqrt(0.25 + 0.25 * glucose_6_P * glucose_6_P)"


def test_observables_and_temperatures_are_used(tmp_path):
    net = cs.network("A -> B @ arrhenius(1e7, 40000, T); obs total = A + B; param T; init A = 1, B = 0")
    values = (np.array([[1.0], [1.0]]),) * 2
    hot = cs.Trajectories(("total",), ("a", "b"), (np.array([0.0, 1.0]),) * 2, values, (300.0, 310.0))
    found = tables(write_petab(net, hot, tmp_path, 0.1).parent)
    assert [row["T"] for row in found["conditions"]] == ["300.0", "310.0"]
    assert found["observables"][0]["observableFormula"] == "total"
    assert found["parameters"] == []


def test_what_cannot_be_written_is_an_error_by_name(data, tmp_path):
    other = cs.network("A -> B @ k; init A = 1")
    with pytest.raises(DataError, match="a column 'C', which is no species or observable"):
        write_petab(other, data, tmp_path)
    only = cs.Trajectories(("A",), ("a",), (np.array([0.0, 1.0]),), (np.array([[1.0], [0.5]]),))
    with pytest.raises(DataError, match="experiment a: no first sample of B"):
        write_petab(other, only, tmp_path)
    late = cs.Trajectories(("A",), ("a",), (np.array([1.0, 2.0]),), (np.array([[1.0], [0.5]]),))
    with pytest.raises(DataError, match="a rate depends on the time"):
        write_petab(cs.network("A -> 0 @= A*time; init A = 1"), late, tmp_path)
    with pytest.raises(DataError, match='initial="guessed"'):
        write_petab(NET, data, tmp_path, initial="guessed")
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="a folder above it is a file"):
        write_petab(NET, data, tmp_path / "file" / "folder")
