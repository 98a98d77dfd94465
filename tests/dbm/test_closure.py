import numpy as np
import pytest

from crnsym import network, simulate_lattice
from crnsym.dbm.closure import closure
from crnsym.dbm.composition.couplings import pair_counts
from crnsym.dbm.composition.jumps import expected_jumps
from crnsym.dbm.composition.kernel import make_kernel
from crnsym.dbm.composition.simulate import simulate_dbm
from crnsym.dynamics.lattice.rules import lattice_rules
from crnsym.dynamics.lattice.sites import neighbours
from crnsym.errors import NetworkError

from .fitted import fitted, system


@pytest.mark.parametrize(("shape", "periodic"), [((12,), True), ((5, 5), False)])
@pytest.mark.parametrize(
    "text", ["0 -> A @ 1", "A -> B @ 1", "A -> 2 A @ 1", "A -> B + A @ 1", "A + B -> 2 B @ 1", "2 A -> 0 @ 1"]
)
def test_expected_jumps_are_what_short_runs_do(shape, periodic, text):
    net = network(f"species A, B; {text}")
    kernel = make_kernel(shape, periodic, 2)
    size = kernel.sites
    given, length, runs = {"A": size // 3, "B": size // 4}, 0.05, 3000
    found = simulate_lattice(net, shape, [0, length], runs, 1, given, hops=0.3, periodic=periodic)
    lattices = found.sites.reshape(runs, 2, -1)
    pairs = pair_counts(kernel, lattices)
    every = np.concatenate([found.counts(), pairs], axis=-1)
    change = (every[:, 1] - every[:, 0]) / length
    out = np.zeros((2 * runs, 2 + len(kernel.pairs)))
    table = neighbours(shape, periodic), kernel.table, kernel.shell, kernel.index, 2
    expected_jumps(lattices.reshape(2 * runs, -1), tuple(lattice_rules(net, 0.3)), *table, out)
    wanted = out.reshape(runs, 2, -1).mean(axis=1)  # the trapezoid of the rate over the interval
    error = (change - wanted).std(axis=0) / np.sqrt(runs)
    assert (np.abs((change - wanted).mean(axis=0)) < 5 * error + 0.02 * np.abs(change.mean(axis=0)) + 1e-9).all()


def test_channels_of_the_model_add_up_to_the_change_of_its_means():
    model = fitted()
    clock = np.linspace(0.5, 5.5, 51)
    found = closure(model, np.concatenate([[0.0], clock]))
    ensemble = model.ensemble(np.concatenate([[0.0], clock])).mean(axis=0)
    for quantity, limit in (("A", 0.1), ("B", 0.1), ("A-A, shell 1", 0.2)):
        k = model.quantities.index(quantity)
        total = sum(found[quantity].values())[1:]
        grown = np.concatenate([[0], np.cumsum((total[1:] + total[:-1]) / 2 * np.diff(clock))])
        path = ensemble[1:, k] - ensemble[1, k]
        assert np.abs(grown - path).max() < limit * np.abs(ensemble[1:, k]).max()


def test_with_a_network_channels_are_its_reactions_and_hops():
    model = fitted()
    sampled = simulate_dbm(model, (0, 6, 7), 60, sweeps=20, seed=1)
    found = closure(model, network=system(), sampled=sampled)
    assert found.channels == ("A -> 2 A", "A + B -> 2 B", "B -> 0", "0 -> A", "A hops", "B hops")
    counts = sampled.counts().mean(axis=0)
    np.testing.assert_allclose(found["B"]["B -> 0"], -0.7 * counts[:, 1])
    np.testing.assert_allclose(found["B"]["A + B -> 2 B"], 0.5 * sampled.nearest("A", "B").mean(axis=0))
    np.testing.assert_allclose(found["A"]["0 -> A"], 0.02 * (144 - counts.sum(axis=1)))
    np.testing.assert_allclose(found["A"]["A hops"], 0)
    assert found.total().shape == (7, 8)


def test_bad_arguments_of_a_closure_are_refused():
    with pytest.raises(NetworkError, match="the network has the species X"):
        closure(fitted(), network=network("X -> 0 @ 1"))
    with pytest.raises(NetworkError, match="'Z' is no quantity"):
        closure(fitted())["Z"]
