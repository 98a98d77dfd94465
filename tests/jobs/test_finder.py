"""The estimator keeps scikit-learn's conventions, and predicts what the discovery predicts."""

import copy
import pickle

import numpy as np
import pytest

import crnsym as cs
from crnsym.errors import DataError, NotFittedError
from tests.jobs.chains import chain


@pytest.fixture(scope="module")
def fitted():
    return cs.NetworkFinder(max_order=2).fit(chain(1))


def test_parameters_are_read_set_and_shown():
    finder = cs.NetworkFinder(max_order=2, noise={"A": 0.1})
    params = finder.get_params()
    assert (params["max_order"], params["noise"], params["seed"]) == (2, {"A": 0.1}, 0)
    assert params["noise"] is finder.noise  # as given: nothing is changed or copied
    assert finder.set_params(seed=3, max_order=None) is finder
    assert (finder.seed, finder.max_order) == (3, None)
    with pytest.raises(ValueError, match="no parameter 'order'"):
        finder.set_params(seed=9, order=1)
    assert finder.seed == 3
    assert repr(finder) == "NetworkFinder(seed=3, noise={'A': 0.1})"
    assert repr(cs.NetworkFinder()) == "NetworkFinder()"


def test_the_parameters_are_those_of_discover():
    import inspect

    own = {**inspect.signature(cs.NetworkFinder).parameters}
    there = {**inspect.signature(cs.discover).parameters}
    for name in ("data", "progress", "checkpoint", "resume"):
        del there[name]
    assert {k: p.default for k, p in own.items()} == {k: p.default for k, p in there.items()}


def test_it_finds_what_discover_finds_and_predicts_what_it_predicts(fitted):
    found = cs.discover(chain(1), max_order=2)
    assert fitted.network_ == found[0].network
    assert list(fitted.feature_names_in_) == ["A", "B", "C"]
    assert fitted.n_features_in_ == 3
    t = np.linspace(0.0, 6.0, 7)
    run = {"time": t, "A": [2.0, *[np.nan] * 6], "B": [0.0, *[np.nan] * 6]}
    predicted = fitted.predict(run)
    np.testing.assert_array_equal(predicted, found.predict({"A": 2.0}, t).mean)
    k1, _ = found[0].rates.values()
    np.testing.assert_allclose(predicted[:, 0], 2.0 * np.exp(-k1 * t), atol=1e-3)  # others weigh a little


def test_runs_are_predicted_row_by_row_in_any_order_of_columns(fitted):
    pandas = pytest.importorskip("pandas")
    data = chain(1)
    frame = pandas.DataFrame(data.to_rows())[["experiment", "time", "C", "A", "B"]]
    twice = pandas.concat([frame, frame.assign(experiment="2")], ignore_index=True)
    predicted = fitted.predict(twice)
    assert predicted.shape == (24, 3)
    np.testing.assert_array_equal(predicted[:12], predicted[12:])
    np.testing.assert_allclose(predicted[:12], data.values[0], atol=0.03)
    assert 0.999 < fitted.score(twice) <= 1.0
    assert fitted.score(frame[["time", "A"]]) == pytest.approx(fitted.score(twice), abs=0.01)


def test_a_bad_prediction_scores_low(fitted):
    assert fitted.score(chain(0)) < 0.99  # a chain with other rates


def test_what_cannot_be_predicted_is_said(fitted):
    with pytest.raises(DataError, match="X"):
        fitted.predict({"time": [0.0, 1.0], "X": [1.0, 0.5]})
    with pytest.raises(NotFittedError, match="call fit"):
        cs.NetworkFinder().predict(chain(0))
    for error in (ValueError, AttributeError):
        with pytest.raises(error):
            cs.NetworkFinder().score(chain(0))


def test_it_is_copied_and_pickled_fitted_or_not(fitted):
    for again in (copy.deepcopy(fitted), pickle.loads(pickle.dumps(fitted))):
        np.testing.assert_array_equal(again.predict(chain(1)), fitted.predict(chain(1)))
    assert repr(copy.copy(cs.NetworkFinder(seed=2))) == "NetworkFinder(seed=2)"


def test_scikit_learn_clones_it(fitted):
    base = pytest.importorskip("sklearn.base")
    again = base.clone(fitted.set_params(formulas={"A": "C"}))
    fitted.set_params(formulas=None)
    assert again.get_params()["formulas"] == {"A": "C"}
    assert again.max_order == 2
    assert not hasattr(again, "network_")
    assert base.is_regressor(again)


@pytest.mark.parametrize(
    "name",
    [
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_get_params_invariance",
        "check_set_params",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_do_not_raise_errors_in_init_or_set_params",
        "check_mixin_order",
        "check_valid_tag_types",
    ],
)
def test_scikit_learns_own_checks_pass(name):
    """Those that hand in plain arrays without times do not apply."""
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    getattr(checks, name)("NetworkFinder", cs.NetworkFinder())


def test_scikit_learn_sees_whether_it_is_fitted(fitted):
    validation = pytest.importorskip("sklearn.utils.validation")
    exceptions = pytest.importorskip("sklearn.exceptions")
    validation.check_is_fitted(fitted)
    with pytest.raises(exceptions.NotFittedError):
        validation.check_is_fitted(cs.NetworkFinder())
