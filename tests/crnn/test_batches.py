"""Units, padding and the integration grid."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from crnsym.crnn.batches import choose_step, is_stiff, make_batch, ranges_of, scaling_of
from crnsym.crnn.loss import Learner, TrajectoryLoss, integrate, integrate_stiff
from crnsym.crnn.model import CRNN
from crnsym.data.noise import NoiseModel, estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError

from .conftest import simulate

KNOWN = (np.array([[2, 0, 0], [0, 1, 0]]), np.array([[-2, 1, 0], [0, -1, 1]]))


def truth(scaling, rates=(0.8, 0.3), **options):
    """The known network with its true rates, in the units of ``scaling``."""
    import equinox as eqx

    model = CRNN(
        3,
        2,
        key=jax.random.key(0),
        known=KNOWN,
        floor=1e-12,
        stoichiometry_scale=scaling.stoichiometry_scale,
        **options,
    )
    shift = scaling.log_rates(KNOWN[0].astype(float), np.zeros(2))
    return eqx.tree_at(lambda m: m.log_rates, model, jnp.asarray(np.log(rates) - shift))


def exact(step_times, species=("A", "B", "C"), factor=1.0):
    def field(c, _):
        r1, r2 = 0.8 / factor * c[0] ** 2, 0.3 * c[1]
        return [-2 * r1, r1 - r2, r2]

    starts = [(1.0 * factor, 0.0, 0.0), (0.5 * factor, 0.2 * factor, 0.0)]
    return simulate(field, starts, step_times, species)


@pytest.mark.parametrize(("step", "tolerance"), [(1, 2e-4), (2, 5e-3), (3, 2e-2), (-2, 2e-5)])
@pytest.mark.parametrize("factor", [1.0, 1e-6])
def test_the_integrator_reproduces_a_finer_solution_in_any_units_and_on_any_grid(step, tolerance, factor):
    data = exact(np.linspace(0, 8, 41), factor=factor)
    with jax.enable_x64(True):
        scaling = scaling_of(data, estimate_noise(data))
        batch = jax.tree.map(jnp.asarray, make_batch(data, scaling, step=step))
        model = truth(scaling, rates=(0.8 / factor, 0.3))
        for n, values in enumerate(data.values):
            one = jax.tree.map(lambda leaf, n=n: leaf[n], batch)
            found = integrate(model, one, one.initial) * scaling.concentrations
            np.testing.assert_allclose(found, values, atol=tolerance * factor)


def test_the_implicit_solver_gives_the_same_trajectory():
    data = exact(np.linspace(0, 8, 9))
    with jax.enable_x64(True):
        scaling = scaling_of(data, estimate_noise(data))
        batch = jax.tree.map(jnp.asarray, make_batch(data, scaling, step=1))
        one = jax.tree.map(lambda leaf: leaf[0], batch)
        found = integrate_stiff(truth(scaling), one, one.initial) * scaling.concentrations
    np.testing.assert_allclose(found, data.values[0], atol=1e-3)


def test_runs_of_different_length_and_gaps_do_not_change_the_loss():
    data = exact(np.linspace(0, 8, 41))
    holes = [values.copy() for values in data.values]
    holes[0][1::3, 1] = np.nan
    ragged = Trajectories(
        data.species, data.experiments, (data.times[0], data.times[1][:13]), (holes[0], holes[1][:13])
    )
    with jax.enable_x64(True):
        scaling = scaling_of(data, estimate_noise(data))
        batch = jax.tree.map(jnp.asarray, make_batch(ragged, scaling, step=1))
        loss = TrajectoryLoss(jnp.asarray(ranges_of(data) / scaling.concentrations))
        learner = Learner(truth(scaling), jnp.zeros((2, 3)))
        errors = jax.vmap(lambda one: loss.error(learner, one))(batch)
    assert batch.values.shape == (2, 41, 3)
    assert int(batch.mask[1].sum()) == 13 * 3
    assert np.all(np.asarray(errors) < 1e-4)


def test_smooth_data_allow_long_steps_and_coarse_data_get_short_ones():
    fine, coarse = exact(np.linspace(0, 8, 200)), exact(np.linspace(0, 8, 6))
    assert choose_step(fine, estimate_noise(fine)) > 1
    assert choose_step(coarse, NoiseModel(np.full(3, 0.02), np.full(3, 1e-4))) < 0


def test_times_on_a_logarithmic_scale_call_for_the_implicit_solver():
    assert is_stiff(exact(np.append(0.0, np.geomspace(1e-3, 8, 20))))
    assert not is_stiff(exact(np.linspace(0, 8, 20)))


def test_a_species_that_was_never_measured_is_refused_by_name():
    values = np.array([[1.0, np.nan], [0.5, np.nan]])
    data = Trajectories(("A", "Z"), ("1",), (np.array([0.0, 1.0]),), (values,))
    with pytest.raises(DataError, match="species Z has no value"):
        scaling_of(data, NoiseModel(np.full(2, 0.05), np.zeros(2)))


def test_a_missing_first_value_starts_from_the_first_that_is_there():
    values = np.array([[np.nan, 0.0], [0.8, 0.1], [0.6, 0.2]])
    data = Trajectories(("A", "B"), ("1",), (np.arange(3.0),), (values,))
    scaling = scaling_of(data, estimate_noise(data))
    batch = make_batch(data, scaling, step=1)
    np.testing.assert_allclose(batch.initial[0] * scaling.concentrations, [0.8, 0.0])
