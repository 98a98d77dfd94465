import csv
import io

import numpy as np
import pytest

from crnsym.comparison.bootstrap import bootstrap
from crnsym.comparison.compare import compare
from crnsym.comparison.differences import reaction_rows
from crnsym.comparison.identifiability import identifiability
from crnsym.comparison.intervals import profile_intervals
from crnsym.comparison.nested import nested_tests, special_case
from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.dynamics.ode import simulate
from crnsym.errors import DataError, FitError, NetworkError, UnsupportedError
from crnsym.formats.petab_select import write_petab_select
from crnsym.network.text import network
from crnsym.report.output import candidates_csv, write_folder
from crnsym.training.tasks import Tasks

BOUND = network(
    "S + E <-> C @ k1, k2; C -> P + E @ k3; param k1 = 2, k2 = 0.5, k3 = 1; init S = 1, E = 0.3; obs tot = S + C"
)
SATURATED = network("S -> P @= mm(S, V, K); param V = 0.3, K = 0.5; obs tot = S")
PLAIN = network("S -> P @ 0.2; obs tot = S")


def measured(noise=0.01):
    runs = simulate(BOUND, (0, 12, 20), initial=[{"S": s} for s in (0.5, 1.0, 2.0, 3.0)])
    index = {name: i for i, name in enumerate(runs.species)}
    rng = np.random.default_rng(1)
    values = [np.stack([v[:, index["S"]] + v[:, index["C"]], v[:, index["P"]]], axis=1) for v in runs.values]
    noisy = tuple(np.abs(v + noise * rng.standard_normal(v.shape)) for v in values)
    return Trajectories(("tot", "P"), runs.experiments, runs.times, noisy)


DATA = measured()
TOLD = {
    "conditions": {str(i): {"S": s} for i, s in enumerate((0.5, 1.0, 2.0, 3.0))},
    "noise": {"tot": 0.01, "P": 0.01},
    "names": ["bound", "saturated", "plain"],
}


@pytest.fixture(scope="module")
def found():
    return compare([BOUND, SATURATED, PLAIN], DATA, **TOLD)


def test_mechanisms_with_any_laws_stand_in_one_table(found):
    assert [c.name for c in found] == ["bound", "saturated", "plain"]
    assert found.verdict == "decided"
    assert "The data decide for bound" in found.statement
    assert "plain is far worse" in found.statement
    truth = {"k1": 2.0, "k2": 0.5, "k3": 1.0}
    for name, value in truth.items():
        assert abs(found[0].rates[name] - value) < 4.0 * found[0].standard_errors[name]
    assert found[0].score == found[0].bic
    assert found[0].test_error < 0.02 < found[2].test_error
    assert found[0].seconds > 0
    assert found[0].hidden_species == ("E", "S", "C") or set(found[0].hidden_species) == {"S", "E", "C"}
    rows = list(csv.DictReader(io.StringIO(candidates_csv(found))))
    assert [row["name"] for row in rows] == ["bound", "saturated", "plain"]
    assert "k3 = " in rows[0]["rates"]


def test_the_log_likelihood_is_that_of_the_data(found):
    # with the deviation at its most likely multiple of the one that is given
    best = found[0]
    scale = np.sqrt(best.chi2 / best.count)
    density = -0.5 * best.chi2 / scale**2 - best.count * np.log(np.sqrt(2 * np.pi) * 0.01 * scale)
    assert best.log_likelihood == pytest.approx(density, rel=1e-9)


def test_a_folder_of_any_laws_is_written_whole(found, tmp_path):
    names = {p.name for p in write_folder(found, tmp_path / "out", {})}
    assert {"report.html", "candidates.csv", "reactions.csv", "fits.svg", "best.xml"} <= names
    from crnsym.formats import read

    again = read(tmp_path / "out" / "best.xml")
    assert "tot" in again.observables
    assert float(again.parameters["k3"]) == pytest.approx(found[0].rates["k3"], rel=1e-5)


def test_intervals_and_bootstrap_hold_for_any_laws_but_not_within_bounds(found):
    known = identifiability(found[0])
    assert known.parameters == 3
    intervals = profile_intervals(found[0], products=[{"k3": 1}])
    assert intervals["k3"].low < 1.0 < intervals["k3"].high
    assert bootstrap(found[0], runs=3, resample="noise").log_rates.shape == (3, 3)
    bounded = compare([PLAIN], DATA, **{**TOLD, "names": None}, bounds={"k1": (0.01, 10.0)})
    assert bounded[0].rates["k1"] == pytest.approx(found[2].rates["k1"], rel=0.01)
    with pytest.raises(UnsupportedError, match="without bounds"):
        profile_intervals(bounded[0])


def test_the_same_table_comes_from_tasks_that_are_kept(tmp_path):
    told = {**TOLD, "names": ["plain"]}
    straight = compare([PLAIN], DATA, **told)
    kept = Tasks(folder=tmp_path)
    compare([PLAIN], DATA, **told, executor=kept)
    again = Tasks(folder=tmp_path, resume=True)
    resumed = compare([PLAIN], DATA, **told, executor=again)
    assert again.computed == 0
    assert again.reused == kept.computed > 0
    assert resumed[0].rates == straight[0].rates


def test_one_network_is_enough_and_fits_as_it_does_among_others(found):
    first = compare([PLAIN], DATA, **{**TOLD, "names": ["plain"]})
    assert first[0].chi2 == pytest.approx(found[2].chi2)


def test_scores_are_the_same_by_both_kernels():
    source = network("A -> B @ 0.3; B -> C @ 0.1")
    runs = simulate(source, (0, 10, 20), initial=[{"A": 1.0}, {"A": 2.0}, {"A": 0.5, "B": 1.0}], noise=0.02, seed=2)
    other = network("A -> B @= k*A; B -> C @ 0.1")
    found = compare([source, other], runs, names=["plain", "laws"])
    assert found[0].score == pytest.approx(found[1].score, abs=0.02)
    assert found[0].test_error == pytest.approx(found[1].test_error, abs=0.002)
    assert {type(c).__name__ for c in found} == {"Candidate", "LawCandidate"}


def test_a_species_that_a_candidate_lacks_counts_as_none_of_it():
    observables = {"tot": "S + C"}
    found = compare(
        [BOUND, network("S -> P @ 0.2")],
        DATA.select([0, 2]),
        **{**TOLD, "conditions": {"0": {"S": 0.5}, "2": {"S": 2.0}}, "names": ["bound", "direct"]},
        observables=observables,
    )
    assert any("direct has no C" in remark for remark in found.remarks)
    assert found[0].name == "bound"


def test_noise_is_found_a_column_with_the_fit():
    rng = np.random.default_rng(0)
    times = np.linspace(0, 10, 60)
    truth = np.exp(-0.4 * times)
    clean = np.stack([truth, 50.0 * (1 - truth)], axis=1)
    values = clean + rng.standard_normal(clean.shape) * [0.02, 4.0]
    data = Trajectories(("A", "y"), ("0",), (times,), (np.abs(values),))
    source = network("A -> B @ 0.3")
    found = compare([source], data, names=["decay"], observables={"y": "scale*B"}, noise="fitted")
    assert found.noise.absolute == pytest.approx([0.02, 4.0], rel=0.3)
    assert found[0].rates["scale"] == pytest.approx(50.0, rel=0.1)
    assert "scale" in " ".join(found.remarks)


def test_rates_keep_their_own_names_in_any_order_of_the_reactions():
    source = network("species A, B, C; B -> C @ second; A -> B @ first; param first = 0.5, second = 0.2")
    runs = simulate(source, (0, 10, 20), initial={"A": 1.0}, noise=0.01, seed=4)
    found = compare([source.with_parameters(first=0.1, second=0.1)], runs, names=["chain"])
    assert found[0].reactions == ["A -> B", "B -> C"]
    assert list(found[0].rates) == ["first", "second"]
    assert found[0].rates["first"] == pytest.approx(0.5, rel=0.05)
    assert found[0].rates["second"] == pytest.approx(0.2, rel=0.05)
    assert float(found[0].network.parameters["first"]) == pytest.approx(found[0].rates["first"], rel=1e-5)


def test_runs_may_start_from_their_first_row_as_recorded():
    source = network("A -> B @ 0.3")
    runs = simulate(source, (0, 10, 20), initial={"A": 1.0})
    free, known = (compare([source], runs, names=["a"], starts=s) for s in ("fitted", "measured"))
    assert known[0].count == free[0].count - 1  # B starts at an exact 0, which counts in neither
    with pytest.raises(FitError, match="starts='first'"):
        compare([source], runs, starts="first")


def test_special_cases_are_found_and_tested():
    rich = network("A -> B @ k1; B -> A @ k2; B -> C @ k3")
    assert special_case(network("A -> B @ a; B -> C @ b"), rich) == ("B -> A",)
    assert special_case(network("A -> B @ a; B -> A @ b; B -> C @ b"), rich) == ("a difference between k2 and k3",)
    assert special_case(network("A -> C @ a"), rich) == ()
    assert special_case(rich, rich) == ()
    runs = simulate(network("A -> B @ 0.5; B -> A @ 0.2; B -> C @ 0.1"), (0, 20, 40), initial={"A": 1.0}, noise=0.02)
    simple = network("A -> B @ 0.5; B -> C @ 0.1")
    found = compare([simple, rich], runs, names=["simple", "rich"], noise="relative")
    (test,) = nested_tests(found.candidates)
    assert (test.simple, test.rich, test.freedom) == ("simple", "rich", 1)
    assert test.statistic > 20
    assert test.p < 1e-4
    assert "simple is rejected" in str(test)
    assert found.details["nested_tests"][0]["p"] == test.p
    rows = reaction_rows(found.candidates)
    assert rows[0]["reaction"] == "B -> A"
    assert rows[0]["simple"] == ""
    assert rows[0]["rich"].startswith("0.19")


def test_bad_noise_is_refused():
    for noise, message in (
        ({"tot": 0.1}, "no standard deviation of P"),
        ({"tot": 0.1, "P": -1.0}, "must be positive"),
        ({"tot": 0.1, "Q": 1.0}, "'Q' is no column"),
        (NoiseModel(np.zeros(1), np.ones(1)), "1 columns"),
        ("none", "'none' is not known"),
    ):
        with pytest.raises(DataError, match=message):
            compare([BOUND], DATA, **{**TOLD, "names": None, "noise": noise})


def test_columns_that_nothing_predicts_are_refused():
    with pytest.raises(NetworkError, match="column 'tot' is neither a species nor an observable"):
        compare([network("S -> P @ 1")], DATA)


def test_candidates_are_exported_as_a_petab_select_problem(found, tmp_path):
    space = [(c.name, c.network, list(c.rates)) for c in found]
    path = write_petab_select(space, DATA, tmp_path / "space", found.noise)
    assert "- model_bound.tsv" in path.read_text()
    head, row = (tmp_path / "space" / "model_bound.tsv").read_text().splitlines()
    assert dict(zip(head.split("\t"), row.split("\t"), strict=True)) == {
        "model_subspace_id": "model_bound",
        "model_subspace_petab_yaml": "model_bound/problem.yaml",
        "k1": "estimate",
        "k2": "estimate",
        "k3": "estimate",
    }
    assert (tmp_path / "space" / "model_plain" / "model.xml").exists()
    with pytest.raises(DataError, match="no candidates"):
        write_petab_select([], DATA, tmp_path)


LAWFUL, MASS = "A -> B @= k*A; B -> C @= q*B; param k = 0.5, q = 0.2", "A -> B @ k; B -> C @ q"
NOTHING_FITTED = {
    "fixed by numbers": ([LAWFUL], {"fixed": {"k": 0.5, "q": 0.2}}),
    "fixed by names": ([LAWFUL], {"fixed": ["k", "q"]}),
    "written as numbers": (["A -> B @= 0.5*A; B -> C @= 0.2*B"], {}),
    "starts, too": ([LAWFUL], {"fixed": ["k", "q"], "initial": {"A": 1.0, "B": 0.0, "C": 0.0}}),
    "two mechanisms": ([LAWFUL, LAWFUL.replace("A -> B", "A -> C")], {"fixed": ["k", "q"]}),
    "observed": ([LAWFUL], {"fixed": ["k", "q"], "observables": {"A": "A", "B": "B + 0*C"}}),
    "rates of mass action": ([MASS], {"rates": {"k": 0.5, "q": 0.2}}),
    "rates of two": ([MASS, "A -> B @ k; A -> C @ p"], {"rates": {"k": 0.5, "q": 0.2, "p": 0.1}}),
}


@pytest.mark.parametrize("kind", NOTHING_FITTED)
def test_where_nothing_is_fitted_everything_is_still_told(kind, tmp_path):
    data = simulate(network(f"{LAWFUL}; init A = 1"), (0, 8, 9), noise=0.01, seed=0)
    texts, options = NOTHING_FITTED[kind]
    found = compare([network(text) for text in texts], data, **options)
    best = found[0]
    assert best.chi2 / best.fit.problem.count < 3
    assert not [name for name in best.rates if name not in options.get("rates", {})]
    assert {**profile_intervals(best)}.keys() == best.rates.keys()
    assert all(i.low == i.value == i.high for i in profile_intervals(best).values())
    assert all(one.interval.relative_error == 0 for one in identifiability(best).identified)
    assert str(bootstrap(best, 2))
    assert str(found)
    assert found._repr_html_()
    write_folder(found, tmp_path / "out")
    assert {"best.crn", "report.html", "fits.svg"} <= {p.name for p in (tmp_path / "out").iterdir()}
