"""Sparse and dense realisations, and networks that rates can confound."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
import sympy as sp
from scipy.optimize import nnls

from crnsym import Complex, Network, Reaction, confoundable, confounding_pair, core_reactions, network, realisations
from crnsym.errors import NetworkError, UnsupportedError
from crnsym.network.cones import exact_weights, nonnegative_solution

POOL = [Complex(c) for c in ("0", "A", "B", "2 A", "A + B", "2 B", "2 A + B")]


def random_network(rng, size=5, sources=4):
    edges = [(y, z) for y in POOL[1 : sources + 1] for z in POOL if y != z]
    chosen = rng.choice(len(edges), size, replace=False)
    return Network([Reaction(*edges[i], Fraction(int(rng.integers(1, 20)), 7)) for i in chosen], ("A", "B"))


def steps(y, names="AB"):
    return {z: [z.get(n, 0) - y.get(n, 0) for n in names] for z in POOL if z != y}


@pytest.mark.parametrize("seed", range(12))
def test_both_kinds_have_exactly_the_vector_field(seed):
    net = random_network(np.random.default_rng(seed))
    for kind in ("sparse", "dense"):
        found = realisations(net, kind, POOL)
        assert found.canonical_form() == net.canonical_form()
        assert {c for r in found.reactions for c in (r.reactants, r.products)} <= set(POOL)


@pytest.mark.parametrize("seed", range(12))
def test_the_sparse_realisation_is_as_short_as_enumeration_finds(seed):
    net = random_network(np.random.default_rng(seed))
    fewest = 0
    for y, vector in net.canonical_form().items():
        target = sp.Matrix([vector.get(n, 0) for n in "AB"])
        for size in (1, 2):
            sets = (sp.Matrix(pair).T for pair in combinations(steps(y).values(), size))
            solved = (m.solve(target) if size == 2 else m.pinv() * target for m in sets if m.rank() == size and
                      m.row_join(target).rank() == size)  # fmt: skip
            if any(all(k > 0 for k in s) for s in solved):
                fewest += size
                break
        else:
            pytest.fail("two vectors in the plane are enough")
    assert len(realisations(net, "sparse", POOL).reactions) == fewest


@pytest.mark.parametrize("seed", range(12))
def test_the_dense_realisation_has_every_reaction_that_any_has(seed):
    net = random_network(np.random.default_rng(seed))
    form = net.canonical_form()
    possible = set()
    for y in POOL:
        target = [-float(form.get(y, {}).get(n, 0)) for n in "AB"]
        for z, step in steps(y).items():
            matrix = np.array([*steps(y).values(), target], float).T
            if nnls(matrix, -np.array(step, float))[1] < 1e-9:
                possible.add((y, z))
    assert {(r.reactants, r.products) for r in realisations(net, "dense", POOL).reactions} == possible


def test_rates_that_differ_by_many_orders_are_realised_exactly():
    net = network("A -> B @ 1e-7; A -> C @ 1e5; B -> A + C @ 3e8; B -> 0 @ 1e-6; 2 C -> A @ 1/3")
    for kind in ("sparse", "dense"):
        assert realisations(net, kind).canonical_form() == net.canonical_form()


@pytest.mark.parametrize("seed", range(20))
def test_wide_ranges_of_rates_are_realised_exactly(seed):
    rng = np.random.default_rng(seed)
    net = random_network(rng, size=8)
    net = net.with_rates([float(f"{10 ** rng.uniform(-6, 6):.4g}") for _ in net.reactions])
    sparse, dense = (realisations(net, kind, POOL) for kind in ("sparse", "dense"))
    assert sparse.canonical_form() == net.canonical_form() == dense.canonical_form()
    assert {(r.reactants, r.products) for r in [*sparse.reactions, *net.reactions]} <= {
        (r.reactants, r.products) for r in dense.reactions
    }


@pytest.mark.parametrize("seed", range(12))
def test_core_reactions_are_those_that_no_realisation_lacks(seed):
    net = random_network(np.random.default_rng(seed))
    core = set(core_reactions(net, POOL))
    assert core <= {(r.reactants, r.products) for r in realisations(net, "sparse", POOL).reactions}
    for y, vector in net.canonical_form().items():
        target = np.array([float(vector.get(n, 0)) for n in "AB"])
        for z in steps(y):
            others = np.array([s for c, s in steps(y).items() if c != z], float).T
            assert (nnls(others, target)[1] > 1e-9) == ((y, z) in core)


def test_a_decay_to_a_named_product_is_certain_only_among_its_complexes():
    net = network("A -> B + C @ 1; B -> A @ 2")
    assert core_reactions(net) == [(Complex("A"), Complex("B + C")), (Complex("B"), Complex("A"))]
    assert core_reactions(net, ["A", "B", "C", "B + C", "0", "A + B"]) != core_reactions(net)


def test_constant_species_are_no_obstacle():
    net = network("const X; A + X -> 2 A @ 1; A -> 0 @ 0.3; init X = 1")
    found = realisations(net, "sparse")
    assert found.canonical_form() == net.canonical_form()


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("A -> B @ k", {}, "has no value|k has none"),
        ("A -> B @= A/(1 + A)", {}, "polynomial"),
        ("A -> B @ 1", {"complexes": ["B", "0"]}, "not among the complexes"),
        ("A -> B @ 1", {"complexes": ["A", "0"]}, "give more complexes"),
        ("A -> B @ 1", {"complexes": ["A", "Q"]}, "Q is no species"),
        ("A -> B @ 1", {"kind": "best"}, "kind='best'"),
    ],
)
def test_what_has_no_realisation_is_refused(text, options, message):
    with pytest.raises(NetworkError, match=message):
        realisations(network(text), **options)


def split_by_species(y, products):
    """The same sum from reactions that each change one species: y -> y + v_s e_s."""
    pieces = set()
    for z in products:
        for s in {*y, *z}:
            changed = {**y, s: z.get(s, 0)}
            pieces.add(Complex({n: c for n, c in changed.items() if c}))
    return sorted(pieces - {y}, key=str)


def pair_with_known_verdict(seed):
    """Odd seeds: networks that some rates make equal. Even seeds: one source where the open cones are apart."""
    rng = np.random.default_rng(seed)
    first = {y: sorted({POOL[i] for i in rng.choice(7, 3, replace=False)} - {y}, key=str) for y in POOL[1:4]}
    second = {y: split_by_species(y, zs) if rng.random() < 0.7 else zs for y, zs in first.items()}
    if seed % 2 == 0:
        y = POOL[1 + int(rng.integers(3))]
        bigger, smaller = [Complex({**y, "C": 1}), Complex({**y, "C": 2, "B": 3})], [Complex("B"), Complex("C")]
        match seed // 2 % 4:
            case 0:  # every product has C in one network only
                first[y] = bigger
            case 1:  # a face is no part of an open cone
                first[y], second[y] = bigger, bigger[:1]
            case 2:  # only one network reacts there, and its vectors have a common direction
                first[y] = bigger
                del second[y]
            case 3:  # products with more of A, B and C against products with less
                y = Complex("2 A")
                first[y] = [Complex({**y, "C": 1}), Complex({**y, "B": 1})]
                second[y] = smaller
    nets = [Network([Reaction(y, z, 1) for y, zs in n.items() for z in zs], ("A", "B", "C")) for n in (first, second)]
    return *nets, seed % 2 == 1


@pytest.mark.parametrize("seed", range(50))
def test_confoundability_of_pairs_with_known_verdict(seed):
    first, second, verdict = pair_with_known_verdict(seed)
    assert confoundable(first, second) is verdict
    assert confoundable(second, first) is verdict
    if verdict:
        a, b = confounding_pair(first, second)
        assert a.dynamically_equivalent(b)
        assert [r.products for r in a.reactions] == [r.products for r in first.reactions]


def test_a_network_is_confounded_with_its_realisations():
    for seed in range(6):
        net = random_network(np.random.default_rng(seed))
        assert confoundable(net, realisations(net, "dense", POOL))
        assert confoundable(net, realisations(net, "sparse", POOL))


def test_rates_given_do_not_matter_and_free_laws_are_refused():
    assert confoundable(network("A -> B @ 1"), network("A -> B @ 7"))
    with pytest.raises(UnsupportedError, match="not mass action"):
        confoundable(network("A -> B @= A"), network("A -> B @ 1"))


def test_exact_weights_refuse_what_has_no_solution():
    one, zero = Fraction(1), Fraction(0)
    assert exact_weights([[one, zero]], [one, one], [1.0]) is None
    assert exact_weights([[one, zero]], [-one, zero], [1.0]) is None
    assert exact_weights([[one, zero], [zero, one]], [one, Fraction(1, 3)], [1.0, 0.3]) == [1, Fraction(1, 3)]


@pytest.mark.parametrize("seed", range(40))
def test_the_exact_program_agrees_with_nonnegative_least_squares(seed):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-3, 4, (3, rng.integers(1, 6)))
    target = rng.integers(-3, 4, 3) if seed % 2 else matrix @ rng.integers(0, 3, matrix.shape[1])
    columns = [[Fraction(int(x)) for x in c] for c in matrix.T]
    found = nonnegative_solution(columns, [Fraction(int(x)) for x in target])
    assert (found is not None) == (nnls(matrix.astype(float), target.astype(float))[1] < 1e-9)
    if found is not None:
        assert min(found) >= 0
        assert sum(k > 0 for k in found) <= 3
        assert all(sum(k * c[i] for k, c in zip(found, columns, strict=True)) == target[i] for i in range(3))
