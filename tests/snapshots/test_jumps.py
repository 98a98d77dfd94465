"""Expected changes against changes that were made one by one, on small lattices and for single counts."""

import numpy as np
import pytest

from crnsym import Snapshots
from crnsym.errors import DataError
from crnsym.snapshots.counts import count_jumps, count_rules
from crnsym.snapshots.geometry import shell
from crnsym.snapshots.jumps import lattice_jumps
from crnsym.snapshots.misread import confusion
from crnsym.snapshots.observed import all_pairs
from crnsym.snapshots.rules import Rule, long_hops, neighbour_rules
from crnsym.snapshots.squares import with_products


def shots_of(sites, species, **options):
    names = tuple("ABC"[:species])
    return Snapshots(names, [0, 1], np.stack([sites, sites])[None], **options)


def expected(sites, species, rule, options):
    """Sum of the changes of the observables over all places where the rule can act, made by hand."""

    def observed(state):
        return lattice_jumps(shots_of(state, species, **options), [Rule((1,), (0,))]).values[:, 0]

    def made(*places):
        changed = sites.copy().ravel()
        for i, state in places:
            changed[i] = state
        return observed(changed.reshape(sites.shape)) - observed(sites)

    flat = sites.ravel()
    near = shell(sites.shape, options["periodic"], rule.apart, options.get("lattice", "square"))
    total = np.zeros_like(observed(sites))
    squares = np.zeros((len(total), len(all_pairs(species))))
    for i in range(flat.size):
        if len(rule.before) == 1:
            events = [(1.0, made((i, rule.after[0])))] if flat[i] == rule.before[0] else []
        else:
            both_ways = 0.5 if rule.before[0] == rule.before[1] else 1.0
            events = [
                (both_ways * weight, made((i, c), (j, d)))
                for j in near[i]
                if j >= 0 and (flat[i], flat[j]) == rule.before
                for weight, (c, d) in rule.bonds()
            ]
        for rate, change in events:
            total += rate * change
            squares += rate * np.stack([change[:, a] * change[:, b] for a, b in all_pairs(species)], axis=1)
    return total, squares


@pytest.mark.parametrize(
    ("shape", "species", "options"),
    [
        ((9,), 2, {"periodic": True}),
        ((6,), 1, {"periodic": False}),
        ((5, 6), 2, {"periodic": True}),
        ((4, 3), 3, {"periodic": False}),
        ((3, 4, 3), 1, {"periodic": True}),
        ((5, 6), 2, {"periodic": True, "lattice": "hexagonal"}),
        ((5, 4), 1, {"periodic": False, "lattice": "hexagonal"}),
        ((7, 5), 1, {"periodic": False, "window": True}),
        ((11,), 2, {"periodic": False, "window": True}),
        ((54,), 1, {"periodic": True}),  # divided into two parts
    ],
)
def test_expected_changes_are_those_of_all_single_events(shape, species, options):
    random = np.random.default_rng(1)
    sites = random.integers(0, species + 1, size=shape).astype(np.int8)
    shots = shots_of(sites, species, **options)
    rules = [*neighbour_rules(species)[:: 1 if species < 3 else 5], *long_hops(species, (3, 4))]
    if options.get("window"):
        rules = [r for r in rules if r.apart == 1]  # so that the border is one site wide
    if options.get("lattice") != "hexagonal":
        rules = [r for r in rules if r.apart != 3 or len(shape) == 3]
    if min(shape) < 5:
        rules = [r for r in rules if r.apart < 4]  # two steps would lead to a neighbour again
    jumps = lattice_jumps(shots, rules)
    for i, rule in enumerate(rules):
        changes, squares = expected(sites, species, rule, options)
        np.testing.assert_allclose(jumps.changes[:, 0, :, i], changes, atol=1e-9)
        assert jumps.squares is not None
        np.testing.assert_allclose(jumps.squares.jumps[:, 0, :, i], squares, atol=1e-9)


@pytest.mark.parametrize("shape", [(9,), (3, 4)])
def test_sums_of_misread_sites_are_turned_back_in_the_mean(shape):
    # every way of misreading three sites of a small lattice, with its chance
    random = np.random.default_rng(2)
    sites = random.integers(0, 3, size=shape).astype(np.int8)
    wrong = np.array([[0.9, 0.04, 0.0], [0.08, 0.9, 0.1], [0.02, 0.06, 0.9]])
    rules = neighbour_rules(2)
    right = lattice_jumps(shots_of(sites, 2), rules)
    read = np.array([[random.choice(3, p=wrong[:, s]) for s in sites.ravel()] for _ in range(8000)]).astype(np.int8)
    shots = Snapshots(("A", "B"), [0, 1], np.stack([read, read], axis=1).reshape(8000, 2, *shape))
    found = lattice_jumps(shots, rules, misread=wrong)
    assert found.squares is None
    for got, true in ((found.values, right.values), (found.changes, right.changes)):
        error = got[:, 0].std(axis=0) / np.sqrt(8000)
        assert (abs(got[:, 0].mean(axis=0) - true[0, 0]) <= 4.5 * error + 1e-9).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [(0.5, "more than 30 %"), ("often", "give the chance"), (np.eye(2), "3 x 3"), (np.ones((3, 3)), "adds up to 1")],
)
def test_chances_that_are_none_are_refused(given, message):
    with pytest.raises(DataError, match=message) as caught:
        confusion(given, 3)
    assert "\n" not in str(caught.value)


def test_the_library_is_complete_and_without_doubles():
    assert [len(neighbour_rules(n)) for n in (1, 2, 3)] == [9, 45, 144]
    rules = neighbour_rules(2)
    assert len(set(rules)) == 45
    assert len({rule.text(["P", "H"]) for rule in rules}) == 45
    assert sum(rule.is_hop for rule in rules) == 2


@pytest.mark.parametrize(
    ("rule", "text", "is_reaction"),
    [
        (Rule((1, 0), (1, 1)), "P -> 2 P", True),
        (Rule((2, 1), (2, 2)), "H + P -> 2 H", True),
        (Rule((1, 0), (0, 1)), "P hops", False),
        (Rule((2, 1), (1, 2)), "H and P trade places", False),
        (Rule((1, 0), (2, 0)), "P -> H  [sites (P, 0) -> (H, 0)]", False),
        (Rule((2, 1), (0, 2)), "H + P -> H  [sites (H, P) -> (0, H)]", False),
        (Rule((2, 1), (2, 0)), "H + P -> H", True),
        (Rule((1,), (0,)), "P -> 0", True),
        (Rule((0, 0), (1, 1)), "0 -> 2 P", True),
        (Rule((0, 0), (2, 1)), "0 -> H + P", True),
        (Rule((0, 0), (1, 0)), "0 -> P  [sites (0, 0) -> (P, 0)]", False),
    ],
)
def test_rules_say_what_they_do(rule, text, is_reaction):
    assert rule.text(["P", "H"]) == text
    assert rule.is_reaction == is_reaction


def test_expected_changes_of_counts_are_those_of_all_reactions():
    counts = np.array([[[3, 5], [0, 2]], [[1, 1], [4, 0]]])
    rules = count_rules(2, 2)
    assert len(rules) == 30
    plain = count_jumps(counts, rules)
    assert plain.squares is not None
    jumps = with_products(plain, plain.squares)
    middle, scale = counts.mean(axis=0), np.sqrt(2)  # of two runs
    drift_mean = plain.changes.mean(axis=0)
    for i, rule in enumerate(rules):
        for run, t in np.ndindex(2, 2):
            x = counts[run, t]
            left, propensity = list(x), 1.0
            for s in rule.before:
                propensity *= left[s - 1]
                left[s - 1] -= 1
            y = np.array([left[0] + rule.after.count(1), left[1] + rule.after.count(2)])
            a, d = scale * (x - middle[t]), y - x
            np.testing.assert_allclose(jumps.values[run, t], [*x, a[0] ** 2, a[0] * a[1], a[1] ** 2], atol=1e-9)
            uneven = scale * (propensity * d - drift_mean[t, :, i])
            drift = np.array([2 * uneven[0] * a[0], uneven[0] * a[1] + uneven[1] * a[0], 2 * uneven[1] * a[1]])
            products = drift + propensity * np.array([d[0] ** 2, d[0] * d[1], d[1] ** 2])
            np.testing.assert_allclose(jumps.changes[run, t, :, i], [*(propensity * d), *products], atol=1e-9)
