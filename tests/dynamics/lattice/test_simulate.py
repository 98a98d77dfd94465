import csv

import numpy as np
import pytest

from crnsym import Snapshots, network, simulate_lattice
from crnsym.dynamics.lattice.runs import as_lattice_runs
from crnsym.errors import DataError, NetworkError, SimulationError, UnsupportedError

PUBLISHED = network("P -> 2 P @ 0.025; H -> 0 @ 0.06; P + H -> 2 H @ 0.4; init P = 100, H = 100")
STEPPER = {"method": "stepper", "offspring": "anywhere"}


def relative(found, wanted):
    return np.linalg.norm(found - wanted) / np.linalg.norm(wanted)


def test_the_published_curves_come_out_with_row_bias_and_surviving_hunters(shared_data):
    with open(shared_data / "lattice_lotka_volterra" / "published_curves.csv") as file:
        rows = list(csv.DictReader(file))
    options = {"selection": "row_biased", "survivors": "H", **STEPPER}
    found = simulate_lattice(PUBLISHED, times=(0, 499, 500), runs=400, seed=1, **options)  # 100 scatter by 0.06 to 0.1
    curves = {
        "prey": found.counts().mean(axis=0)[:, 0],
        "nn_prey_prey": found.nearest("P", "P").mean(axis=0),
        "nnn_prey_hunter": found.pairs("P", "H", [(0, 2), (1, 1), (2, 0)]).mean(axis=0),
    }
    for (name, curve), limit in zip(curves.items(), (0.08, 0.10, 0.10), strict=True):
        assert relative(curve[1:], np.array([float(row[f"{name}_simulated"]) for row in rows])) < limit
    assert 50 <= len(found.discarded) <= 130
    assert sorted(found.numbers + found.discarded) == list(range(400 + len(found.discarded)))


def test_with_uniform_selection_the_prey_fall_far_lower():
    found = simulate_lattice(PUBLISHED, times=(0, 200, 2), runs=1200, seed=1, **STEPPER)
    prey = found.counts()[:, 1, 0]
    assert prey.std() / np.sqrt(1200) < 5  # where hunters die out prey fill the lattice, hence so many runs
    assert prey.mean() == pytest.approx(80, abs=9)


@pytest.mark.parametrize("method", ["exact", "stepper"])
def test_a_run_is_the_same_however_many_there_are(method):
    one, many = (simulate_lattice(PUBLISHED, 20, (0, 9, 4), n, 3, {"P": 5, "H": 5}, method=method) for n in (2, 4))
    np.testing.assert_array_equal(one.sites, many.sites[:2])
    assert (many.sites[0] != many.sites[1]).any()


@pytest.mark.parametrize("method", ["exact", "stepper"])
@pytest.mark.parametrize(("shape", "periodic"), [(30, False), ((6, 5), False), ((4, 3, 5), True), ((2, 2, 2), False)])
def test_hops_keep_molecules_and_reach_every_site(method, shape, periodic):
    net = network("species A, B; A + B -> B + A @ 0")
    found = simulate_lattice(net, shape, (0, 400, 401), 2, 1, {"A": 2, "B": 1}, periodic=periodic, method=method)
    assert (found.counts() == [2, 1]).all()
    assert (found.sites > 0).any(axis=(0, 1)).all()


def test_molecules_behind_a_wall_do_not_meet():
    found = simulate_lattice(network("2 A -> 0 @ 1"), 2, [0, 50], 20, 1, {"A": 2}, hops=0.0, periodic=False)
    assert (found.counts()[:, 1] == 0).all()
    net = network("A + B -> 0 @ 1; init A = 1, B = 1")
    far = simulate_lattice(net, 3, [0, 50], 60, 1, hops=0.0, periodic=False)
    apart = far.sites[:, 0, 1] == 0
    assert 0 < apart.sum() < 60
    assert ((far.counts()[:, 1, 0] == 1) == apart).all()


def test_pairs_are_counted_once_and_different_species_in_both_orders():
    found = simulate_lattice(network("A -> 0 @ 0; B -> 0 @ 0"), (5, 5), [0, 1], 3, 1, {"A": 8, "B": 6}, hops=0.0)
    for run, sites in enumerate(found.sites[:, 0]):
        pairs = [
            (s, np.roll(sites, (-d, -e), (0, 1))[i]) for d, e in ((0, 1), (1, 0)) for i, s in np.ndenumerate(sites)
        ]
        assert found.nearest("A", "A")[run, 0] == pairs.count((1, 1))
        assert found.nearest("A", "B")[run, 0] == pairs.count((1, 2)) + pairs.count((2, 1))
    every = found.pairs("A", "A", [(0, 2), (2, 0), (1, 1), (1, -1)])
    np.testing.assert_array_equal(found.next_nearest("A", "A"), every)


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((2, 5), {}, "periodic lattice 2x5 is smaller than its kernel"),
        ((3, 3), {"initial": {"P": 9, "H": 1}}, "10 molecules do not fit on the 9 sites"),
        ((9, 9), {"initial": {"P": 1.5}}, "not a whole number"),
        ((9, 9), {"initial": {"P": -1}}, "negative"),
        ((9, 9, 9, 9), {}, "4 dimensions"),
        ((9, 9), {"method": "magic"}, "method='magic' is unknown"),
        ((9, 9), {"selection": "row_biased"}, "needs method='stepper'"),
        ((9, 9), {"hops": {"Z": 1}}, "hops: Z is no species"),
        ((9, 9), {"hops": 2, "method": "stepper"}, "at most 1"),
        ((9, 9), {"survivors": "Z"}, "survivors: Z is no species"),
        ((9, 9), {"runs": 0}, "runs=0"),
        ((9, 9), {"method": "stepper", "times": [0, 0.5]}, r"times: 0\.5 is no multiple of the step"),
        ((9, 9), {"method": "stepper", "step": float("nan")}, "step=nan: give a positive time"),
        ((9, 9), {"step": 0.5}, r"step=0.5 .* needs method='stepper'"),
        ((9, 9), {"runs": float("nan")}, "runs=nan: give a whole number of 1 or more"),
        ((9, 9), {"seed": None}, "seed=None: give a whole number from 0 to 4294967295"),
        ((9, 9), {"max_events": 0}, "max_events=0: give a whole number"),
        ((9, 9), {"periodic": "no"}, "periodic='no': give True, or False"),
        ((9, 9), {"survivors": 3}, "survivors=3: give the name of a species"),
        ((9, 9), {"hops": "fast"}, "hops: P = 'fast'; give a number of 0 or more"),
        ((9, 9), {"hops": {"P": -1}}, "hops: P = -1; give a number of 0 or more"),
        ((9, 9), {"initial": [3, 3]}, "initial is a list; give values by name"),
        ((9, 9), {"times": "0:5:6"}, "times='0:5:6': times must be"),
        ((9, 9), {"times": [0, 2, 1]}, r"times=\[0, 2, 1\]: times must be .* increase"),
        ("9x9", {}, r"shape='9x9': give the sides .* such as \(40, 40\)"),
        ((2.5, 9), {}, "whole numbers"),
        ((10**6, 10**6), {}, "more than 100,000,000 sites"),
    ],
)
def test_bad_input_is_one_clear_line(shape, options, message):
    options = {"initial": {"P": 3, "H": 3}, **options}
    with pytest.raises(NetworkError, match=message) as caught:
        simulate_lattice(PUBLISHED, shape, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["3 A -> 0 @ 1", "A -> B @= A", "A -> 3 B @ 1", "const A; A -> B @ 1", "0 -> 3 A @ 1"])
def test_reactions_without_a_meaning_on_a_lattice_are_refused(text):
    with pytest.raises(UnsupportedError, match="lattice"):
        simulate_lattice(network(text), 9, initial={"A": 1})


def test_a_network_without_rates_is_refused():
    with pytest.raises(NetworkError, match="no propensities"):
        simulate_lattice(network("A -> B @ k"), 9, initial={"A": 1})


def test_probabilities_above_one_are_refused_by_the_stepper():
    with pytest.raises(NetworkError, match=r"A with B add up to 1\.2"):
        simulate_lattice(network("A + B -> 0 @ 0.7; A + B -> A @ 0.5"), 9, initial={"A": 1}, method="stepper")


def test_runs_without_survivors_end_in_an_error():
    with pytest.raises(SimulationError, match="only 0 of 100 runs"):
        simulate_lattice(network("A -> 0 @ 9"), 9, initial={"A": 1}, survivors="A")


def test_a_moment_that_does_not_fit_the_lattice_is_refused():
    found = simulate_lattice(network("A -> 0 @ 1"), (4, 4), initial={"A": 1})
    with pytest.raises(NetworkError, match="kernel of reach 2"):
        found.next_nearest("A", "A")
    for wrong in ((1,), (0.5, 1), (0, 0), "ab", 5):
        with pytest.raises(NetworkError, match=r"is none on a lattice of 2 dimensions; give whole steps .* as .1, 0."):
            found.pairs("A", "A", [wrong])  # type: ignore[list-item]  # (that is the point)
    with pytest.raises(NetworkError, match="Z is no species of the lattice; there are A"):
        found.nearest("A", "Z")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no species to put on a lattice; give it a reaction"),
        ("A -> 0 @ -1", "rate constant of 'A -> 0  @ -1' is -1; it cannot be negative"),
        ("1/2 A -> 0 @ 1", "has no propensity: molecules are counted"),
    ],
)
def test_networks_that_count_no_molecules_are_refused(text, message):
    with pytest.raises(NetworkError, match=message):
        simulate_lattice(network(text), 9, initial={"A": 1} if text else {})


def test_what_is_no_network_is_refused_with_the_way_to_one():
    with pytest.raises(NetworkError, match=r"network is a str; make one of text by crnsym.network"):
        simulate_lattice("A -> 0 @ 1", 9)  # type: ignore[arg-type]  # (that is the point)


def test_a_run_with_more_events_than_allowed_ends_in_an_error():
    with pytest.raises(SimulationError, match="run 0 has more than 5 events; shorten the times or raise max_events"):
        simulate_lattice(network("A -> 0 @ 1"), 9, initial={"A": 9}, max_events=5)


def test_what_is_no_lattice_is_refused():
    with pytest.raises(DataError, match=r"got list; make snapshots by Snapshots"):
        as_lattice_runs([1, 2])  # type: ignore[arg-type]  # (that is the point)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"(A, 0)": 1}, r"'\(A, 0\)' is none; write two sites before and after"),
        ({"(A, C) -> (0, 0)": 1}, r"holds '\(A, C\)'; write what two neighbouring sites hold"),
        ({"A -> B": 1}, "holds 'A'; write what two neighbouring sites hold"),
        ({"(A, 0) -> (B, 0)": -1}, "has the rate -1; give a number of 0 or more"),
        ({"(A, 0) -> (B, 0)": "k"}, "has the rate 'k'; give a number of 0 or more"),
    ],
)
def test_rules_of_two_sites_that_cannot_be_read_are_refused_in_one_line(rules, message):
    with pytest.raises(NetworkError, match=message) as caught:
        simulate_lattice(network("A -> B @ 1"), 9, initial={"A": 1}, rules=rules)
    assert "\n" not in str(caught.value)


def test_runs_start_from_lattices_that_are_given():
    net = network("A + B -> 0 @ 1; init A = 1, B = 1")
    first = np.zeros((2, 6, 5), dtype=int)
    first[0, 2, 3], first[1, :, 0] = 1, 2
    found = simulate_lattice(net, (6, 5), [0, 1], 3, initial=first, hops=0.0)
    np.testing.assert_array_equal(found.sites[:, 0], first[[0, 1, 0]])
    swapped = network("B + A -> 0 @ 1; B -> 0 @ 1; init A = 1, B = 1")  # species in another order
    again = simulate_lattice(swapped, (6, 5), [0, 1], 2, initial=found, hops=0.0)
    names = {name: i + 1 for i, name in enumerate(swapped.species_names)}
    assert (again.sites[0, 0] == names["A"]).sum() == 1
    assert (again.sites[1, 0] == names["B"]).sum() == 6
    step = simulate_lattice(net, (6, 5), [0, 1], 1, initial=first[1], hops=0.0, method="stepper")
    np.testing.assert_array_equal(step.sites[0, 0], first[1])


@pytest.mark.parametrize(
    ("initial", "message"),
    [
        (np.zeros((4, 4), dtype=int), "lattices of 4x4 sites do not fit the lattice 9x9"),
        (np.full((9, 9), 3), "a site holds 3; give 0 for an empty site or the number of a species, 1 to 2"),
        (np.full((9, 9), -1), "a site holds -1"),
        (np.zeros((9, 9)), "an array of float64; give values by name"),
        (Snapshots(("A",), [0, 1], [[[1], [2]], [[1], [2]]], "counts"), "these snapshots are counts"),
        (Snapshots(("Z",), [0, 1], np.ones((1, 2, 9, 9), dtype=int)), "Z is no species of the network"),
    ],
)
def test_lattices_that_are_none_to_start_from_are_refused_in_one_line(initial, message):
    with pytest.raises(NetworkError, match=message) as caught:
        simulate_lattice(network("A -> B @ 1"), (9, 9), initial=initial)
    assert "\n" not in str(caught.value)


def test_a_hexagonal_lattice_has_six_neighbours():
    # every molecule reacts with a neighbour: 3 bonds a site in the mean
    net = network("2 A -> 0 @ 1e-9")
    found = simulate_lattice(net, (7, 6), [0, 1], 1, initial={"A": 42}, lattice="hexagonal")
    assert found.nearest("A", "A")[0, 0] == 3 * 42
    walled = simulate_lattice(net, (7, 6), [0, 1], 1, initial={"A": 42}, lattice="hexagonal", periodic=False)
    assert walled.nearest("A", "A")[0, 0] == 6 * 6 + 7 * 5 + 6 * 5
    lost = simulate_lattice(
        network("2 A -> 0 @ 0.001"), (7, 6), [0, 0.1], 4000, 3, {"A": 42}, lattice="hexagonal", hops=0
    )
    assert (42 - lost.counts()[:, 1, 0]).mean() == pytest.approx(2 * 126 * 0.0001, abs=4 * 2 * np.sqrt(0.0126 / 4000))
    with pytest.raises(NetworkError, match="a hexagonal lattice has two sides"):
        simulate_lattice(net, 9, initial={"A": 1}, lattice="hexagonal")
    with pytest.raises(NetworkError, match="pairs two bonds apart"):
        found.next_nearest("A", "A")


def test_runs_are_the_same_for_any_number_of_threads():
    options = {"initial": {"P": 40, "H": 12}, "survivors": "H", "times": (0, 12, 4), "runs": 9, "hops": 0.5}
    net = network("P -> 2 P @ 1; H -> 0 @ 1; P + H -> 2 H @ 0.4")
    one = simulate_lattice(net, (10, 10), threads=1, **options)
    many = simulate_lattice(net, (10, 10), threads=4, **options)
    assert one.discarded
    assert (one.numbers, one.discarded, one.attempts) == (many.numbers, many.discarded, many.attempts)
    np.testing.assert_array_equal(one.sites, many.sites)
