import numpy as np
import pytest

from crnsym.snapshots.loss import Loss
from crnsym.snapshots.observed import Jumps
from crnsym.snapshots.ratios import Forms, resolved
from crnsym.snapshots.select import Search
from crnsym.snapshots.weak import Regression, cosines, different_runs, independent, quadrature, same_runs


@pytest.mark.parametrize("times", [np.linspace(0, 2, 9), np.geomspace(1, 4, 12)])
def test_the_quadrature_integrates_cubics_exactly(times):
    weights = quadrature(times)
    np.testing.assert_allclose(weights @ times**3, np.diff(times**4) / 4, rtol=1e-10)
    assert quadrature(times[:2]).tolist() == [[pytest.approx(np.diff(times)[0] / 2)] * 2]


def test_cosines_are_orthonormal_and_no_more_than_intervals():
    assert cosines(5).shape == (5, 5)
    np.testing.assert_allclose(cosines(40) @ cosines(40).T, np.eye(12), atol=1e-12)


def test_observables_that_others_determine_are_left_out():
    random = np.random.default_rng(0)
    values = random.normal(size=(4, 6, 3))
    values[..., 2] = 7 - 2 * values[..., 0]
    values = np.concatenate([values, np.ones((4, 6, 1))], axis=2)
    found = independent(Jumps(values, np.zeros((4, 6, 4, 2)), np.ones(2)))
    assert found.values.shape[2] == 2


def decaying(runs, times, random, together):
    """Independent molecules that die at rate 0.5, of 40 in each run; and a column of a rule that does nothing."""
    alive = random.exponential(2.0, size=(runs if together else runs * len(times), 40))
    counts = (alive[:, None, :] > times[:, None]).sum(axis=2).astype(float)
    if not together:
        counts = np.stack([counts[i * runs : (i + 1) * runs, i] for i in range(len(times))], axis=1)
    changes = np.stack([-counts, counts * (counts - 40)], axis=-1)[:, :, None, :]
    return Jumps(counts[..., None], changes, np.ones(2))


@pytest.mark.parametrize(("regress", "together"), [(same_runs, True), (different_runs, False)])
def test_the_loss_of_the_truth_is_chi_square_and_rates_have_honest_errors(regress, together):
    random, times = np.random.default_rng(3), np.linspace(0, 4, 21)
    losses, pulls = [], []
    for _ in range(60):
        jumps = decaying(40, times, random, together)
        loss = Loss.of(regress(jumps, times, np.array([0.5, 0.0])))
        value, rate, _ = loss.fit(np.array([[0]]))
        losses.append(value[0] / loss.equations)
        pulls.append((rate[0, 0] - 0.5) / np.sqrt(loss.covariance(np.array([0]), rate[0])[0, 0]))
    assert 0.75 < np.mean(losses) < 1.2
    assert 0.8 < np.std(pulls) < 1.25
    assert abs(np.mean(pulls)) < 0.5


def test_negative_rates_and_singular_sets_have_no_finite_loss():
    random = np.random.default_rng(0)
    integrals = np.abs(random.normal(size=(30, 12, 1, 3))) + 1
    integrals[..., 2] = integrals[..., 1]
    loss = Loss.of(Regression(-integrals[..., 0] + 0.1 * random.normal(size=(30, 12, 1)), integrals, 0.0))
    assert np.isinf(loss.fit(np.array([[0]]))[0][0])
    assert np.isinf(loss.fit(np.array([[1, 2]]))[0][0])


def test_noise_that_increments_and_integrals_share_does_not_bias_the_rate():
    # Least squares over runs would find 1 - (something of order one) here; the ratio of forms does not.
    random = np.random.default_rng(1)
    noise = random.normal(size=(200, 12))
    integrals = 0.3 + noise
    increments = 2.0 * 0.3 + 0.5 * noise + 0.5 * random.normal(size=(200, 12))
    regression = Regression(increments[..., None], integrals[..., None, None], 0.0)
    plain = (increments * integrals).sum() / (integrals**2).sum()
    _, rate, _ = Loss.of(regression).fit(np.array([[0]]))
    assert plain < 0.8
    assert rate[0, 0] == pytest.approx(2.0, abs=0.3)


def test_a_rate_that_nothing_bounds_makes_no_other_vague():
    mean, spread = np.zeros((1, 2, 4, 4)), np.zeros((1, 2, 4, 4))
    for row, column in ((0, 1), (1, 2)):  # each of two observables shows one rate: 2 and 3, far above their errors
        direction = np.zeros(4)
        direction[[0, column]] = (2.0 if column == 1 else 3.0), 1.0
        mean[0, row] = 1e4 * np.outer(direction, direction)
        spread[0, row, 0, 0] = 1.0
    spread[0, :, 3, 3] = 1e-3  # a third rate scatters both and changes neither
    found = resolved(Forms(mean, spread), np.array([[2.0, 3.0, 5.0]]), np.ones(2))
    assert found.tolist() == [[True, True, False]]


class OnlyTogether:
    """A loss that rules 0, 1 and 2 lower only together, as the steps of a cycle; each of the others a little."""

    equations = 36

    def __init__(self, rules):
        random = np.random.default_rng(4)
        steps, parts = random.random((3, 40)), random.random((rules - 3, 40))
        target = parts.sum(axis=0)  # what all the others make exactly, and the steps nearly
        steps *= (target + 0.01 * random.normal(size=40)) / steps.sum(axis=0)
        design = np.concatenate([target[None], steps, parts])
        self.forms = Forms((design @ design.T)[None], np.zeros((1, rules + 1, rules + 1)))

    def fit(self, sets):
        steps = (sets < 3).sum(axis=1)
        losses = np.where(steps == 3, 30.0, np.where(steps == 0, 200.0 - 12.0 * sets.shape[1], np.inf))
        return losses, np.ones(sets.shape), np.zeros(sets.shape)


def test_a_cycle_whose_steps_are_all_needed_is_met_among_plain_rules():
    rules = 12
    search = Search(OnlyTogether(rules), np.zeros(rules), rules, families=[range(4)])  # type: ignore[arg-type]  # stands for a loss
    search.run()
    assert search.best(1) == [(0, 1, 2)]


def test_rules_of_the_same_change_are_tried_as_one():
    rules = 9
    nets = np.array([[1], [2], [2], [2], [2], [2], [2], [3], [3]])

    class Pieces(OnlyTogether):
        def fit(self, sets):
            pieces = ((sets >= 2) & (sets <= 6)).sum(axis=1)
            whole, other = (sets == 1).any(axis=1), (sets == 0).any(axis=1)
            losses = np.where(
                whole & (pieces == 0) & other, 10.0, 400.0 - 60.0 * pieces + 500.0 * (whole & (pieces > 0))
            )
            return losses - 90.0 * (other & ~whole), np.ones(sets.shape), np.zeros(sets.shape)

    search = Search(Pieces(rules), np.zeros(rules), rules, nets=nets)  # type: ignore[arg-type]  # stands for a loss
    search._climb((0, 2, 3, 4, 5, 6))
    assert search.best(1) == [(0, 1)]
