"""Expected changes against changes that were made one by one, on small lattices and for single counts."""

import numpy as np
import pytest

from crnsym.snapshots.counts import count_jumps, count_rules
from crnsym.snapshots.jumps import lattice_jumps, shells
from crnsym.snapshots.rules import Rule, neighbour_rules
from crnsym.snapshots.squares import with_products


def expected(sites, species, periodic, rule):
    """Sum of the changes of the observables over all places where the rule can act, made by hand."""

    def observed(state):
        return lattice_jumps(state[None, None], species, periodic, [Rule((1,), (0,))]).values[0, 0]

    def made(*places):
        changed = sites.copy().ravel()
        for i, state in places:
            changed[i] = state
        return observed(changed.reshape(sites.shape)) - observed(sites)

    flat, near = sites.ravel(), shells(sites.shape, periodic)[0]
    total = np.zeros_like(observed(sites))
    for i in range(flat.size):
        if len(rule.before) == 1:
            total += made((i, rule.after[0])) if flat[i] == rule.before[0] else 0
            continue
        for j in near[i]:
            if j >= 0 and (flat[i], flat[j]) == rule.before:
                both_ways = 0.5 if rule.before[0] == rule.before[1] else 1.0
                for weight, (c, d) in rule.bonds():
                    total += both_ways * weight * made((i, c), (j, d))
    return total


@pytest.mark.parametrize(
    ("shape", "periodic", "species"),
    [((9,), True, 2), ((6,), False, 1), ((5, 6), True, 2), ((4, 3), False, 3), ((3, 4, 3), True, 1)],
)
def test_expected_changes_are_those_of_all_single_events(shape, periodic, species):
    random = np.random.default_rng(1)
    sites = random.integers(0, species + 1, size=shape).astype(np.int8)
    rules = neighbour_rules(species)
    found = lattice_jumps(sites[None, None], species, periodic, rules).changes[0, 0]
    for i in range(0, len(rules), 1 if species < 3 else 5):
        np.testing.assert_allclose(found[:, i], expected(sites, species, periodic, rules[i]), atol=1e-9)


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
    mean_places = plain.squares.places.mean(axis=0)
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
            uneven = scale * (propensity - mean_places[t, i])
            drift = uneven * np.array([2 * d[0] * a[0], d[0] * a[1] + d[1] * a[0], 2 * d[1] * a[1]])
            products = drift + propensity * np.array([d[0] ** 2, d[0] * d[1], d[1] ** 2])
            np.testing.assert_allclose(jumps.changes[run, t, :, i], [*(propensity * d), *products], atol=1e-9)
