"""The closed composition-conditioned model, piece by piece against exact sums."""

from itertools import permutations, product

import numpy as np
import pytest

from crnsym import Snapshots, network, simulate_lattice
from crnsym.dbm.composition.couplings import (
    coupling_matrices,
    matched_couplings,
    pair_counts,
    pseudo_likelihood,
    run_swaps,
)
from crnsym.dbm.composition.ensemble import gather
from crnsym.dbm.composition.kernel import make_kernel
from crnsym.dbm.composition.lattices import adapted, scatter_counts, swap_differences
from crnsym.dbm.composition.model import representative, whole_counts
from crnsym.dbm.composition.start import sparse_regression
from crnsym.errors import DataError, NetworkError, UnsupportedError


def all_lattices(counts, sites):
    content = [s + 1 for s, n in enumerate(counts) for _ in range(n)] + [0] * (sites - sum(counts))
    return np.array(sorted(set(permutations(content))), dtype=np.int8)


def exact_means(kernel, lattices, couplings):
    pairs = pair_counts(kernel, lattices)
    weight = np.exp(pairs @ couplings)
    return weight @ pairs / weight.sum()


@pytest.mark.parametrize(("shape", "periodic"), [((9,), True), ((6, 7), True), ((5, 4), False), ((5, 5, 5), True)])
def test_pairs_are_counted_as_a_lattice_simulation_counts_them(shape, periodic):
    net = network("A -> 0 @ 0; B -> 0 @ 0")
    size = int(np.prod(shape))
    runs = simulate_lattice(net, shape, [0, 1], 3, 1, {"A": size // 3, "B": size // 4}, periodic=periodic)
    kernel = make_kernel(shape, periodic, 2)
    found = dict(zip(kernel.pairs, np.moveaxis(pair_counts(kernel, runs.sites.reshape(3, 2, -1)), -1, 0), strict=True))
    for (u, a, b), pairs in found.items():
        one, other = runs.species[a - 1], runs.species[b - 1]
        wanted = (runs.nearest if u == 0 else runs.next_nearest)(one, other)
        np.testing.assert_array_equal(pairs, wanted)


@pytest.mark.parametrize("periodic", [True, False])
def test_expected_pairs_are_those_of_molecules_on_random_sites(periodic):
    kernel = make_kernel((8,), periodic, 2)
    lattices = all_lattices((2, 2), 8)
    np.testing.assert_allclose(kernel.expected(np.array([2, 2])), pair_counts(kernel, lattices).mean(axis=0))


@pytest.mark.parametrize(("shape", "counts"), [((7,), (2, 2)), ((3, 3), (3, 2)), ((3, 3), (5, 4))])
def test_exchanges_sample_the_distribution_at_fixed_composition(shape, counts):
    kernel = make_kernel(shape, True, 2, shells=1)
    couplings = np.array([0.8, -0.6, 0.4])
    lattices = np.repeat(all_lattices(counts, kernel.sites)[:1], 4000, axis=0)[None].copy()
    run_swaps(kernel, lattices, couplings[None], 30, seed=1, block=0)
    assert ((lattices == 1).sum(axis=2) == counts[0]).all()
    assert ((lattices == 2).sum(axis=2) == counts[1]).all()
    pairs = pair_counts(kernel, lattices)[0]
    wanted = exact_means(kernel, all_lattices(counts, kernel.sites), couplings)
    assert np.abs(pairs.mean(axis=0) - wanted).max() < 4 * pairs.std(axis=0).max() / np.sqrt(4000)


def test_an_exchange_takes_from_the_pairs_what_recounting_says():
    kernel = make_kernel((5, 5), True, 2)
    site = scatter_counts(np.array([[8, 7]]), 25, 3)
    wanted = set()
    base = pair_counts(kernel, site)[0]
    for i, j in product(range(25), repeat=2):
        if site[0, i] != site[0, j]:
            other = site.copy()
            other[0, [i, j]] = other[0, [j, i]]
            wanted.add(tuple(base - pair_counts(kernel, other)[0]))
    found = swap_differences(site, kernel.table, kernel.shell, kernel.index, 6, 200, 1)[0]
    assert {tuple(row) for row in found} <= wanted
    assert len({tuple(row) for row in found}) > 20


def test_pseudo_likelihood_finds_the_couplings_that_made_the_lattices():
    kernel = make_kernel((20, 20), True, 2)
    true = np.array([0.5, -0.4, 0.6, 0.1, -0.1, 0.2])
    lattices = scatter_counts(np.tile([80, 60], (60, 1)), 400, 1)[None].copy()
    run_swaps(kernel, lattices, true[None], 60, seed=2, block=0)
    np.testing.assert_allclose(pseudo_likelihood(kernel, lattices[0], 3), true, atol=0.12)


def test_matched_couplings_have_the_wanted_means():
    kernel = make_kernel((3, 3), True, 2, shells=1)
    counts, true = np.tile([3, 2], (2, 300, 1)), np.array([[0.7, -0.5, 0.3], [0.0, 0.4, -0.2]])
    states = all_lattices((3, 2), 9)
    wanted = np.array([exact_means(kernel, states, c) for c in true])
    found = matched_couplings(kernel, np.zeros((2, 3)), counts, wanted, rounds=30, sweeps=5, seed=1)
    again = np.array([exact_means(kernel, states, c) for c in found])
    np.testing.assert_allclose(again, wanted, atol=0.12)


def test_coupling_matrices_are_symmetric_and_leave_the_empty_site_alone():
    kernel = make_kernel((5, 5), True, 3)
    found = coupling_matrices(kernel, np.arange(1.0, len(kernel.pairs) + 1))
    np.testing.assert_array_equal(found, np.swapaxes(found, -1, -2))
    assert (found[..., 0, :] == 0).all()


def test_molecules_are_added_or_taken_until_the_counts_are_right():
    lattices = scatter_counts(np.tile([5, 5], (20, 1)), 16, 1)
    counts = np.stack([np.arange(20) % 9, 7 - np.arange(20) % 8], axis=1)
    found = adapted(lattices, counts, 2)
    np.testing.assert_array_equal(np.stack([(found == 1).sum(1), (found == 2).sum(1)], axis=1), counts)
    assert ((found != lattices).sum(axis=1) <= np.abs(counts - 5).sum(axis=1)).all()


def test_whole_counts_fit_on_the_lattice():
    found = whole_counts(np.array([[[7.6, 2.6]], [[0.4, 3.5]]]), 10)
    assert found.tolist() == [[[7, 3]], [[0, 4]]]


def test_few_runs_stand_for_many():
    rng = np.random.default_rng(0)
    ensemble = np.exp(rng.normal(size=(1000, 1, 1)) + 0.1 * rng.normal(size=(1000, 5, 3)))
    chosen = ensemble[representative(ensemble, 60)]
    np.testing.assert_allclose(chosen.mean(axis=0), ensemble.mean(axis=0), rtol=0.05)
    np.testing.assert_allclose(chosen.std(axis=0), ensemble.std(axis=0), rtol=0.1)


def test_features_without_a_part_are_left_out():
    rng = np.random.default_rng(0)
    features = rng.gamma(2.0, size=(4000, 5))
    change = 0.3 * features[:, 1] - 0.2 * features[:, 3] + 0.5 * rng.normal(size=4000)
    found = sparse_regression(features, change, np.ones(4000))
    assert np.flatnonzero(found).tolist() == [1, 3]
    np.testing.assert_allclose(found[[1, 3]], [0.3, -0.2], rtol=0.1)


def lattices_of(shape, runs=3, times=4, high=3):
    return np.random.default_rng(0).integers(0, high, size=(runs, times, *shape))


def test_snapshots_come_as_arrays_or_runs_or_several_initial_conditions():
    one = gather(lattices_of((6, 6)), times=[0, 1, 3, 4], species=["P", "H"])
    assert (one.species, one.shape, one.sites.shape) == (("P", "H"), (6, 6), (3, 4, 36))
    several = gather([lattices_of((6, 6)), lattices_of((6, 6), runs=2)])
    assert several.group.tolist() == [0, 0, 0, 1, 1]
    assert several.species == ("X1", "X2")
    assert gather(lattices_of((6, 6), times=40)).thinned(10).times.tolist() == list(range(0, 40, 4))


def test_snapshots_of_a_file_are_taken_as_they_are():
    shots = Snapshots(("P", "H"), [0, 1, 3, 4], lattices_of((6, 6)), periodic=False)
    found = gather(shots)
    assert (found.species, found.shape, found.periodic, found.times.tolist()) == (
        ("P", "H"),
        (6, 6),
        False,
        [0, 1, 3, 4],
    )
    np.testing.assert_array_equal(found.sites.reshape(shots.values.shape), shots.values)
    with pytest.raises(DataError, match="different runs at each time"):
        gather(Snapshots(("P", "H"), [0, 1, 3, 4], lattices_of((6, 6)), same_runs=False))
    with pytest.raises(DataError, match="are counts"):
        gather(Snapshots(("P",), [0, 1], [[[5], [3]], [[5], [4]]], "counts"))


def of_file(step):
    return Snapshots(("P", "H"), step * np.arange(4), lattices_of((6, 6)))


@pytest.mark.parametrize(
    ("snapshots", "options", "message"),
    [
        (
            [lattices_of((6, 6)), lattices_of((6, 7))],
            {},
            r"differ in shape: \(6, 6\) in the first, \(6, 7\) in snapshots\[1\]",
        ),
        ([[lattices_of((6,))[0], lattices_of((7,))[0]]], {}, "differing shapes"),
        ([lattices_of((6, 6)), lattices_of((6, 6), times=5)], {}, "differ in number of times"),
        (-lattices_of((6, 6)), {}, "a site holds -2"),
        (lattices_of((6, 6)) * 0.5, {}, "not a whole number"),
        (lattices_of((6, 6)) * np.nan, {}, "not a whole number"),
        (lattices_of((6, 6)), {"species": ["P"]}, "a site holds 2, but there are 1 species"),
        (lattices_of((6, 6)), {"times": [0, 1]}, "4 snapshots a run need as many increasing times"),
        (lattices_of((6, 6), times=1), {}, "2 or more"),
        (lattices_of((6, 6), runs=1), {}, "single run"),
        (0 * lattices_of((6, 6)), {}, "every site is empty"),
        (lattices_of((6, 6, 6, 6)), {}, "1 to 3 sides"),
        (lattices_of((6, 6)), {"species": "PH"}, "a site holds 2, but there are 1 species"),
        (lattices_of((6, 6)), {"species": ["P", "P"]}, "species=P, P: give different names"),
        (lattices_of((6, 6)), {"times": "0:3:4"}, "times='0:3:4': give finite numbers"),
        (lattices_of((6, 6)) * 100, {}, "a site holds 200; at most 127 species"),
        (lattices_of((6, 6))[:0], {}, "which holds nothing"),
        ([of_file(1.0), of_file(2.0)], {}, r"snapshots\[0\] and snapshots\[1\] differ in their times"),
        (of_file(1.0), {"species": ["H", "P"]}, "has the species P, H, not H, P"),
        (of_file(1.0), {"times": [0, 1, 2, 4]}, "has times of its own"),
        (["a"], {}, "differing shapes or are no numbers"),
        ([], {}, "snapshots is empty"),
        ("shots.npz", {}, "is a path; give read_snapshots"),
    ],
)
def test_bad_snapshots_are_one_clear_line(snapshots, options, message):
    with pytest.raises(DataError, match=message) as caught:
        gather(snapshots, **options)
    assert "\n" not in str(caught.value)


def test_a_lattice_smaller_than_its_kernel_is_refused():
    with pytest.raises(NetworkError, match="4x9 is smaller than its kernel of reach 2"):
        make_kernel((4, 9), True, 1)
    with pytest.raises(UnsupportedError, match="shells=3"):
        make_kernel((9, 9), True, 1, shells=3)
    with pytest.raises(NetworkError, match="shells='a': give a whole number of 1 or more"):
        make_kernel((9, 9), True, 1, shells="a")  # type: ignore[arg-type]  # (that is the point)
