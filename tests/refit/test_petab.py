"""PEtab problems: read, simulated to the likelihood that PEtab defines, fitted; refused by name where not."""

import math
import pickle
from concurrent.futures import Future

import numpy as np
import pytest

import crnsym as cs
from crnsym.errors import CrnsymError, FitError, FormatError, MissingExtraError, UnsupportedError
from tests.refit.petab_problems import HEAD, OBSERVABLE, row, sbml, tsv, version1, version2

pytest.importorskip("petab")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

K1, K2 = 0.8, 0.6
PARAMETERS = [("k1", K1, {}), ("k2", K2, {})]
ONE = [{"conditionId": "c0"}]


def conversion(t, a0=1.0, b0=0.0, k1=K1, k2=K2):
    """Return A of A <-> B."""
    total = a0 + b0
    rest = k2 / (k1 + k2) * total
    return rest + (a0 - rest) * math.exp(-(k1 + k2) * t)


def normal(measured, predicted, sigma):
    return -0.5 * math.log(2 * math.pi * sigma**2) - 0.5 * ((measured - predicted) / sigma) ** 2


def problem(tmp_path, *, observables=(OBSERVABLE,), conditions=ONE, rows=(), parameters=PARAMETERS, model=None):
    model = model or sbml({"k1": 0, "k2": 0})
    return cs.read_petab(version1(tmp_path / "p", model, parameters, observables, conditions, rows))


def test_a_plain_problem_has_the_likelihood_of_its_exact_solution(tmp_path):
    p = problem(tmp_path, rows=[row(0, 0.7), row(10, 0.1)])
    exact = normal(0.7, 1, 0.5) + normal(0.1, conversion(10), 0.5)
    assert p.log_likelihood() == pytest.approx(exact, abs=1e-7)
    assert p.log_likelihood({"k1": 0.3}) == pytest.approx(
        normal(0.7, 1, 0.5) + normal(0.1, conversion(10, k1=0.3), 0.5), abs=1e-7
    )
    assert [r["predicted"] for r in p.predictions()] == pytest.approx([1, conversion(10)], abs=1e-8)


def test_conditions_set_starts_and_parameters_by_number_and_by_name(tmp_path):
    conditions = [
        {"conditionId": "c0", "A": 2, "B": "", "k2": 0.6},
        {"conditionId": "c1", "A": "a0", "B": 0.5, "k2": "other"},
    ]
    parameters = [("k1", K1, {}), ("a0", 3, {}), ("other", 0.2, {})]
    p = problem(tmp_path, conditions=conditions, parameters=parameters, rows=[row(1, 1), row(1, 1, "c1")])
    exact = [conversion(1, 2, 0, k2=0.6), conversion(1, 3, 0.5, k2=0.2)]
    assert [r["predicted"] for r in p.predictions()] == pytest.approx(exact, abs=1e-8)
    assert p.predictions({"a0": 4})[1]["predicted"] == pytest.approx(conversion(1, 4, 0.5, k2=0.2), abs=1e-8)


def test_initial_assignments_follow_the_parameters_they_name(tmp_path):
    model = sbml({"k1": 0, "k2": 0, "a0": 7}, {"A": "a0 * 2"})
    p = problem(tmp_path, model=model, parameters=[*PARAMETERS, ("a0", 1.5, {})], rows=[row(1, 1)])
    for a0 in (1.5, 0.25):
        predicted = p.predictions({"a0": a0})[0]["predicted"]
        assert predicted == pytest.approx(conversion(1, 2 * a0), abs=1e-8)


def test_measurements_have_scales_offsets_and_noise_of_their_own(tmp_path):
    observable = {
        "observableId": "obs",
        "observableFormula": "observableParameter1_obs * A + observableParameter2_obs",
        "noiseFormula": "sqrt(noiseParameter1_obs^2 + (noiseParameter2_obs * obs)^2)",
    }
    own = [
        {"observableParameters": "s;0.3", "noiseParameters": "0.1;rel"},
        {"observableParameters": "2.5;o", "noiseParameters": "sd;0.2"},
    ]
    parameters = [*PARAMETERS, ("s", 4, {}), ("o", 0.7, {}), ("sd", 0.2, {}), ("rel", 0.05, {"estimate": 0})]
    rows = [row(1, 3, **own[0]), row(1, 2, **own[1])]
    p = problem(tmp_path, observables=[observable], parameters=parameters, rows=rows)

    first, second = 4 * conversion(1) + 0.3, 2.5 * conversion(1) + 0.7
    exact = normal(3, first, math.hypot(0.1, 0.05 * first)) + normal(2, second, math.hypot(0.2, 0.2 * second))
    assert p.log_likelihood() == pytest.approx(exact, abs=1e-7)


@pytest.mark.parametrize(("scale", "factor"), [("log", 1.0), ("log10", math.log(10))])
@pytest.mark.parametrize("shape", ["normal", "laplace"])
def test_noise_on_a_logarithmic_scale(scale, factor, shape, tmp_path):
    observable = {**OBSERVABLE, "observableTransformation": scale, "noiseDistribution": shape}
    p = problem(tmp_path, observables=[observable], rows=[row(1, 0.9)])
    distance = (math.log(0.9) - math.log(conversion(1))) / factor
    density = normal(distance, 0, 0.5) if shape == "normal" else -math.log(2 * 0.5) - abs(distance) / 0.5
    assert p.log_likelihood() == pytest.approx(density - math.log(0.9 * factor), abs=1e-7)


def test_a_steady_state_before_and_one_at_the_end(tmp_path):
    conditions = [{"conditionId": "before", "k1": 0.2, "A": 5}, {"conditionId": "c0", "k1": K1, "A": ""}]
    rows = [row(t, 1, preequilibrationConditionId="before") for t in (0, 1, "inf")]
    p = problem(tmp_path, conditions=conditions, parameters=[("k2", K2, {})], rows=rows)
    start = 5 * K2 / (0.2 + K2)
    exact = [start, conversion(1, start, 5 - start), 5 * K2 / (K1 + K2)]
    assert [r["predicted"] for r in p.predictions()] == pytest.approx(exact, rel=1e-7)


def test_events_of_the_model_happen(tmp_path):
    from tests.dynamics.sbml_models import event, listed

    dose = listed("Events", [event("e", "time >= 1", A="A + 2")])
    text = sbml({"k1": 0, "k2": 0}).replace("</model>", dose + "</model>")
    p = problem(tmp_path, model=text, rows=[row(0.5, 1), row(3, 1)])
    a = conversion(1)
    exact = [conversion(0.5), conversion(2, a + 2, 1 - a)]
    assert [r["predicted"] for r in p.predictions()] == pytest.approx(exact, rel=1e-7)


def test_version_2_periods_change_the_state_by_its_own_values(tmp_path):
    conditions = [
        {"conditionId": "dose", "targetId": "A", "targetValue": "A + dose"},
        {"conditionId": "first", "targetId": "A", "targetValue": "3"},
    ]
    experiments = [{"experimentId": "e", "time": 0, "conditionId": "first"}]
    experiments += [{"experimentId": "e", "time": 2, "conditionId": "dose"}]
    measured = [{"observableId": "obs", "experimentId": "e", "measurement": 1, "time": t} for t in (1, 2, 5)]
    known = [
        {"parameterId": n, "lowerBound": 0.01, "upperBound": 100, "nominalValue": v, "estimate": "true"}
        for n, v in (("k1", K1), ("k2", K2), ("dose", 1.5))
    ]
    yaml = version2(tmp_path / "p", sbml({"k1": 0, "k2": 0}), known, [OBSERVABLE], conditions, experiments, measured)
    p = cs.read_petab(yaml)
    before = conversion(2, 3)
    exact = [conversion(1, 3), before + 1.5, conversion(3, before + 1.5, 3 - before)]
    assert [r["predicted"] for r in p.predictions()] == pytest.approx(exact, rel=1e-7)


def test_version_2_measures_the_model_as_it_is_and_has_placeholders_and_priors(tmp_path):
    observable = {
        "observableId": "obs",
        "observableFormula": "s * A",
        "noiseFormula": "sd",
        "noiseDistribution": "log-normal",
        "observablePlaceholders": "s",
        "noisePlaceholders": "sd",
    }
    measured = [
        {"observableId": "obs", "experimentId": "", "measurement": 2, "time": 1}
        | {"observableParameters": "k1", "noiseParameters": "0.25"}
    ]
    known = [
        {"parameterId": "k1", "lowerBound": 0.1, "upperBound": 2, "nominalValue": K1, "estimate": "true"}
        | {"priorDistribution": "normal", "priorParameters": "1;0.5"},
        {"parameterId": "k2", "lowerBound": "", "upperBound": "", "nominalValue": K2, "estimate": "false"},
    ]
    p = cs.read_petab(version2(tmp_path / "p", sbml({"k1": 0, "k2": 0}), known, [observable], [], [], measured))
    likelihood = normal(math.log(2), math.log(K1 * conversion(1)), 0.25) - math.log(2)
    assert p.log_likelihood() == pytest.approx(likelihood, abs=1e-7)
    inside = 0.5 * (math.erf((2 - 1) / 0.5 / math.sqrt(2)) - math.erf((0.1 - 1) / 0.5 / math.sqrt(2)))
    assert p.log_posterior() - p.log_likelihood() == pytest.approx(normal(K1, 1, 0.5) - math.log(inside), abs=1e-9)


@pytest.mark.parametrize(
    ("kind", "numbers", "density"),
    [
        ("normal", "1;0.5", normal(0.8, 1, 0.5)),
        ("laplace", "1;0.5", -math.log(1.0) - 0.2 / 0.5),
        ("uniform", "0;4", -math.log(4)),
        ("logNormal", "0;0.5", normal(math.log(0.8), 0, 0.5) - math.log(0.8)),
        ("logLaplace", "0;0.5", -math.log(1.0) - abs(math.log(0.8)) / 0.5 - math.log(0.8)),
        ("parameterScaleNormal", "0;0.5", normal(math.log10(0.8), 0, 0.5)),
        ("parameterScaleLaplace", "0;0.5", -math.log(1.0) - abs(math.log10(0.8)) / 0.5),
        ("parameterScaleUniform", "-1;1", -math.log(2)),
    ],
)
def test_priors_of_version_1(kind, numbers, density, tmp_path):
    prior = {"objectivePriorType": kind, "objectivePriorParameters": numbers}
    p = problem(tmp_path, parameters=[("k1", 0.8, prior), ("k2", K2, {})], rows=[row(1, 0.9)])
    assert p.log_posterior() - p.log_likelihood() == pytest.approx(density, abs=1e-9)


def noisy(sd=0.01, conditions=("c0",), starts=(1.0,)):
    random = np.random.default_rng(3)
    times = np.linspace(0.2, 5, 12)
    return [
        row(t, conversion(t, a0) + sd * random.standard_normal(), c)
        for c, a0 in zip(conditions, starts, strict=True)
        for t in times
    ]


def test_a_fit_finds_rates_and_noise_from_any_start(tmp_path):
    observable = {**OBSERVABLE, "noiseFormula": "noiseParameter1_obs"}
    rows = [r | {"noiseParameters": "sd"} for r in noisy(0.02)]
    parameters = [("k1", 5, {}), ("k2", 0.01, {}), ("sd", 1, {})]
    fit = problem(tmp_path, observables=[observable], parameters=parameters, rows=rows).fit(starts=4)
    for name, true in (("k1", K1), ("k2", K2), ("sd", 0.02)):
        low, high = fit.intervals[name]
        assert low < true < high
    predicted = np.array([r["predicted"] for r in fit.problem.predictions(fit.values)])
    left = np.array([r["measurement"] for r in rows]) - predicted
    assert fit.values["sd"] == pytest.approx(np.sqrt((left**2).mean()), rel=1e-4)  # exact at the optimum
    assert fit.standard_errors["sd"] == pytest.approx(1 / math.sqrt(2 * len(rows)) / math.log(10), rel=0.01)
    assert fit.reached >= 2


def test_a_fit_with_laplace_noise_and_a_prior_is_the_mode_of_the_posterior(tmp_path):
    observable = {**OBSERVABLE, "noiseFormula": "0.05", "noiseDistribution": "laplace"}
    prior = {"objectivePriorType": "parameterScaleNormal", "objectivePriorParameters": "0.3;0.01"}
    p = problem(tmp_path, observables=[observable], parameters=[("k1", 1.5, prior), ("k2", 1, {})], rows=noisy())
    fit = p.fit(starts=2)
    assert fit.values["k1"] == pytest.approx(10**0.3, rel=0.05)
    for name in ("k1", "k2"):
        for factor in (0.97, 1.03):
            assert p.log_posterior({**fit.values, name: factor * fit.values[name]}) < fit.log_posterior


def test_what_the_data_leave_open_is_said(tmp_path):
    parameters = [*PARAMETERS, ("idle", 1, {})]
    model = sbml({"k1": 0, "k2": 0, "idle": 0})
    fit = problem(tmp_path, model=model, parameters=parameters, rows=noisy()).fit(starts=1)
    assert fit.standard_errors["idle"] == math.inf
    assert "idle                     1            not determined" in str(fit)
    assert math.isfinite(fit.standard_errors["k1"])


class Elsewhere:
    """An executor that hands over nothing but bytes, as one of processes does."""

    def submit(self, function, *arguments):
        function, arguments = pickle.loads(pickle.dumps((function, arguments)))
        done = Future()
        done.set_result(pickle.loads(pickle.dumps(function(*arguments))))
        return done


def test_other_processes_find_the_same(tmp_path):
    p = problem(tmp_path, parameters=[("k1", 2, {}), ("k2", 0.1, {})], rows=noisy())
    assert p.fit(starts=2, executor=Elsewhere()).values == pytest.approx(p.fit(starts=2).values, rel=1e-9)


def test_problems_of_the_same_data_are_ranked_and_of_others_refused(tmp_path):
    sure = [{**OBSERVABLE, "noiseFormula": "0.02"}]
    fixed = [("k1", K1, {}), ("k2", 1e-3, {"estimate": 0})]

    def made(name, parameters, sd=0.01):
        model = sbml({"k1": 0, "k2": 0})
        return cs.read_petab(version1(tmp_path / name, model, parameters, sure, ONE, noisy(sd)))

    right, wrong = made("right", PARAMETERS), made("wrong", fixed)
    found = cs.compare_petab([wrong, right], starts=1)
    assert [fit.problem.name for fit in found.fits] == ["right", "wrong"]
    assert found.weights[0] > 0.999
    with pytest.raises(FitError, match="measurements are not those of"):
        cs.compare_petab([right, made("other", PARAMETERS, 0.1)])


def test_data_of_species_become_time_courses(tmp_path):
    observables = [OBSERVABLE, {**OBSERVABLE, "observableId": "b", "observableFormula": "B"}]
    rows = [row(0, 1), row(1, 0.5), row(1, 0.6), row(1, 0.4, observable="b"), row(2, 0.3, "c1")]
    data = problem(tmp_path, observables=observables, conditions=[*ONE, {"conditionId": "c1"}], rows=rows).data()
    assert data.species == ("A", "B")
    assert data.experiments == ("c0", "c0 (2)", "c1")
    np.testing.assert_array_equal(data.values[0], [[1, np.nan], [0.5, 0.4]])
    np.testing.assert_array_equal(data.values[1], [[0.6, np.nan]])


@pytest.mark.parametrize("formula", ["k1 * A", "A + B", "c"])
def test_data_of_anything_else_are_no_time_courses_of_species(formula, tmp_path):
    p = problem(tmp_path, observables=[{**OBSERVABLE, "observableFormula": formula}], rows=[row(1, 1)])
    with pytest.raises(UnsupportedError, match=r"the observable obs = .* no single species"):
        p.data()


def test_what_write_petab_writes_is_read_and_fitted(tmp_path):
    net = cs.network("A -> B @ k1; B -> A @ k2; param k1 = 0.5, k2 = 0.5; init A = 1, B = 0")
    data = cs.simulate(net.with_parameters(k1=K1, k2=K2), times=(0, 5, 12), noise=0.01)
    p = cs.read_petab(cs.write_petab(net, data, tmp_path / "w", 0.01))
    fit = p.fit(starts=1)
    assert fit.values["k1"] == pytest.approx(K1, rel=0.05)
    assert fit.values["k2"] == pytest.approx(K2, rel=0.05)


def broken(tmp_path, **changes):
    """Write a good problem with something replaced in one of its files."""
    yaml = version1(tmp_path / "p", sbml({"k1": 0, "k2": 0}), PARAMETERS, [OBSERVABLE], ONE, [row(1, 1)])
    for name, (old, new) in changes.items():
        path = next(f for f in yaml.parent.iterdir() if f.stem == name)
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    return yaml


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"problem": ("format_version: 1", "format_version: 3")}, UnsupportedError, "format_version 3 of PEtab"),
        ({"problem": ("format_version: 1", "x: 1")}, FormatError, "a line format_version is missing"),
        ({"problem": ("[model.xml]", "[lost.xml]")}, FormatError, "the file lost.xml is not there"),
        ({"problem": ("[model.xml]", "[model.xml, model.xml]")}, UnsupportedError, "2 models are not supported"),
        ({"problem": ("format_version: 1", "format_version: 1\nextensions: {amici: {}}")}, UnsupportedError, "amici"),
        ({"observables": ("normal", "cauchy")}, UnsupportedError, "noiseDistribution of obs 'cauchy'"),
        ({"observables": ("\tA\t", "\tA + C\t")}, FormatError, "the observable obs names 'C', which nothing declares"),
        ({"observables": ("\tA\t", "\tA +\t")}, FormatError, "problem.yaml: .*Syntax error"),
        ({"observables": ("\tA\t", "\tA*observableParameter1_obs\t")}, FormatError, "0 observableParameters, .* 1"),
        ({"measurements": ("obs\tc0", "lost\tc0")}, FormatError, "the observable 'lost', which nothing defines"),
        ({"measurements": ("obs\tc0", "obs\tc7")}, FormatError, "the condition 'c7', which nothing defines"),
        ({"conditions": ("conditionId\nc0", "conditionId\tZ\nc0\t1")}, FormatError, "sets 'Z', which nothing declares"),
        ({"parameters": ("log10", "log2")}, UnsupportedError, "the scale of k1 'log2'"),
        ({"parameters": ("\t0.8\t1", "\t\t0")}, FormatError, "k1 is neither estimated nor has it a nominalValue"),
        ({"parameters": ("k1", "k9")}, FormatError, "'k9' is estimated, and nothing depends on it"),
        ({"model": ("<listOfReactions>", "<listOfReactions><bad/>")}, FormatError, "model.xml"),
        ({"model": ("<listOfReactions>", _ALGEBRAIC := "<listOfRules><algebraicRule><math xmlns="
           '"http://www.w3.org/1998/Math/MathML"><ci>A</ci></math></algebraicRule></listOfRules><listOfReactions>')},
         UnsupportedError, "algebraic rule"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_or_cannot_be_done_is_one_line_before_any_fit(changes, error, message, tmp_path):
    yaml = broken(tmp_path, **changes)
    with pytest.raises(CrnsymError, match=message) as found:
        cs.read_petab(yaml)
    assert isinstance(found.value, error)
    assert "\n" not in str(found.value)
    assert "p/" in str(found.value)


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "petab.v1", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'crnsym\[petab\]'"):
        cs.read_petab(broken(tmp_path))


def test_a_model_that_never_rests_is_no_steady_state(tmp_path):
    from crnsym.errors import SimulationError

    model = HEAD + (
        '<listOfParameters><parameter id="x" value="0" constant="false"/><parameter id="k1" value="1" constant="true"/>'
        '</listOfParameters><listOfRules><rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><ci>k1'
        "</ci></math></rateRule></listOfRules></model></sbml>"
    )
    observable = {**OBSERVABLE, "observableFormula": "x"}
    p = problem(tmp_path, model=model, parameters=[("k1", 1, {})], observables=[observable], rows=[row("inf", 1)])
    with pytest.raises(SimulationError, match="no steady state; x goes on changing"):
        p.log_likelihood()
    with pytest.raises(FitError, match="from none of 2 starts"):
        p.fit(starts=2)


def test_tables_may_be_given_in_parts(tmp_path):
    yaml = broken(tmp_path)
    tsv(yaml.parent / "more.tsv", [row(2, 0.5)])
    yaml.write_text(yaml.read_text().replace("[measurements.tsv]", "[measurements.tsv, more.tsv]"))
    assert len(cs.read_petab(yaml).predictions()) == 2
