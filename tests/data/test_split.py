import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crnsym.data.split import split_experiments
from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError


def runs(count):
    return Trajectories(
        ("A",),
        tuple(map(str, range(count))),
        tuple(np.arange(2.0) for _ in range(count)),
        tuple(np.full((2, 1), i) for i in range(count)),
    )


@given(st.integers(3, 40), st.floats(0.01, 0.99), st.integers(0, 100))
def test_every_run_is_learnt_from_or_left_out_and_neither_part_is_empty(count, fraction, seed):
    train, left_out = split_experiments(runs(count), fraction, seed)
    assert left_out is not None
    assert len(train) >= 1
    assert len(left_out) >= 1
    assert sorted(train.experiments + left_out.experiments) == sorted(map(str, range(count)))
    assert [int(label) for label in train.experiments] == sorted(map(int, train.experiments))


def test_a_seed_decides_which_runs_are_left_out():
    splits = [split_experiments(runs(20), 0.2, seed)[1].experiments for seed in (0, 0, 1)]
    assert splits[0] == splits[1] != splits[2]
    assert len(splits[0]) == 4


@pytest.mark.parametrize(("count", "fraction"), [(1, 0.2), (2, 0.5), (9, 0.0)])
def test_few_runs_or_no_share_leave_none_out(count, fraction):
    data = runs(count)
    assert split_experiments(data, fraction) == (data, None)


def test_a_share_that_leaves_nothing_to_learn_from_is_refused():
    with pytest.raises(DataError, match=r"fraction=1\.0"):
        split_experiments(runs(3), 1.0)
