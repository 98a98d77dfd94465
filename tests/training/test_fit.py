"""The training loop, on a model that has nothing to do with chemistry."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from crnsym.errors import FitError
from crnsym.training.fit import adam, fit
from crnsym.training.progress import CallbackProgress


class Line(eqx.Module):
    slope: jax.Array
    offset: jax.Array
    untouched: jax.Array

    def __init__(self, key):
        self.slope, self.offset = jax.random.normal(key, (2,))
        self.untouched = jnp.asarray(7.0)

    def trainable(self):
        return eqx.tree_at(lambda m: (m.slope, m.offset), jax.tree.map(lambda _: False, self), (True, True))


def squares(model, experiment, key, fraction):
    x, y = experiment
    return jnp.mean((model.slope * x + model.offset - y) ** 2)


X = jnp.linspace(-1.0, 1.0, 12).reshape(4, 3)
DATA = (X, 3.0 * X - 1.0)


def train(**options):
    defaults = {"optimiser": adam(0.15, 4 * 60), "epochs": 60, "key": jax.random.key(1), "restarts": 3, "checks": 6}
    return fit(Line, squares, DATA, **{**defaults, **options})


def test_every_restart_reaches_the_minimum_and_the_best_comes_first():
    result = train()
    assert result.epochs == 60
    assert not result.interrupted
    assert result.history.shape == (6, 3)
    assert np.all(np.diff(result.scores) >= 0)
    for model in result.models:
        assert abs(float(model.slope) - 3.0) < 0.05
        assert abs(float(model.offset) + 1.0) < 0.05


def test_what_is_not_trainable_stays():
    result = train(trainable=Line.trainable)
    assert float(result.models[0].untouched) == 7.0
    assert float(result.models[0].slope) != 0.0


def test_more_restarts_do_not_change_the_first_ones():
    few, many = train(restarts=2), train(restarts=4)
    np.testing.assert_allclose(few.history, many.history[:, :2], rtol=1e-3, atol=1e-6)


def test_a_resumed_training_equals_an_undisturbed_one(tmp_path):
    file = tmp_path / "state.eqx"
    calls = []

    def stop(stage, fraction, best):
        calls.append(fraction)
        if len(calls) == 3:
            raise KeyboardInterrupt

    first = train(checkpoint=file, progress=stop)
    assert first.interrupted
    assert first.epochs == 30
    resumed, undisturbed = train(checkpoint=file, resume=True), train()
    assert not resumed.interrupted
    np.testing.assert_array_equal(resumed.scores, undisturbed.scores)
    np.testing.assert_array_equal(resumed.history, undisturbed.history)
    assert float(resumed.models[0].slope) == float(undisturbed.models[0].slope)


def test_ctrl_c_keeps_the_best_so_far():
    def stop(stage, fraction, best):
        raise KeyboardInterrupt

    result = train(progress=stop)
    assert result.interrupted
    assert result.epochs == 10
    assert np.isfinite(result.scores).all()


def test_a_checkpoint_of_other_options_is_refused(tmp_path):
    file = tmp_path / "state.eqx"
    train(checkpoint=file, header={"problem": "a"})
    with pytest.raises(FitError, match="problem = 'a', not 'b'"):
        train(checkpoint=file, header={"problem": "b"}, resume=True)


def test_progress_is_told_the_stage_the_fraction_and_the_best():
    seen = []
    train(progress=CallbackProgress(lambda *report: seen.append(report)), stage="lines")
    assert [round(fraction, 3) for _, fraction, _ in seen] == [0.167, 0.333, 0.5, 0.667, 0.833, 1.0]
    assert all(stage == "lines" and best.startswith("loss ") for stage, _, best in seen)


def test_one_experiment_without_a_finite_gradient_does_not_end_a_restart():
    def broken(model, experiment, key, fraction):
        x, _ = experiment
        return jnp.where(x[0] < -0.9, jnp.nan, squares(model, experiment, key, fraction))

    result = fit(
        Line,
        broken,
        DATA,
        optimiser=adam(0.05, 240),
        epochs=60,
        key=jax.random.key(0),
        restarts=1,
        score=squares,
    )
    assert abs(float(result.models[0].slope) - 3.0) < 0.1


def test_the_model_kept_is_the_best_one_not_the_last():
    def rising(model, experiment, key, fraction):  # pushes away from the data late in the training
        return jnp.where(fraction < 0.5, 1.0, -1.0) * squares(model, experiment, key, fraction)

    result = train(score=squares, optimiser=adam(0.05, 240, "constant"))
    pushed = fit(
        Line,
        rising,
        DATA,
        optimiser=adam(0.05, 240, "constant"),
        epochs=60,
        key=jax.random.key(1),
        restarts=3,
        score=squares,
    )
    assert pushed.history[-1].min() > pushed.scores[0]
    assert pushed.scores[0] == pytest.approx(np.nanmin(pushed.history))
    assert result.scores[0] < 0.01


@pytest.mark.parametrize("option", [{"epochs": 0}, {"restarts": 0}])
def test_sizes_below_one_are_refused(option):
    with pytest.raises(FitError, match="at least 1"):
        train(**option)


def test_an_unknown_schedule_is_refused_by_name():
    with pytest.raises(FitError, match="'linear' is not one of"):
        adam(0.1, 10, "linear")
