"""The hierarchy of lattice motifs against formulas that hold exactly."""

import itertools

import numpy as np
import pytest
import sympy as sp
from scipy.linalg import expm

from crnsym import lattice_moment_equations, network, simulate_moments
from crnsym.errors import NetworkError, UnsupportedError
from crnsym.network.moments.motifs import canonical, without_empty
from tests.dynamics.lattice.test_exact import FILL, MIX, SITE_RULES, generator, moves_of_two

# Densities of A, AA, AAA and A?A of an infinite Ising chain with field -0.4 and coupling 0.9, by its transfer matrix.
RHO, N, T, C = 0.68416152, 0.51156029, 0.38250314, 0.47682725
LAST = {"⟨A⟩": RHO, "⟨A(0) A(1)⟩": N, "⟨A(0) A(1) A(2)⟩": T, "⟨A(0) A(2)⟩": C}


def slopes(text, hops=0.0):
    """Evaluate the exact equations of density and pairs on the Ising chain."""
    found = lattice_moment_equations(network(text), 50, hops=hops)
    values = {}
    for s, motif in found.occurring.items():
        parts = (c * (LAST[found._symbol(m).name] if m else 1) for c, m in without_empty(motif, 1))
        values[s] = sum(parts)
    return [float(right.subs(values)) for right in found.equations.values()]


def test_the_equations_of_the_published_motifs_have_their_golden_values():
    np.testing.assert_allclose(slopes("A -> 0 @ 1"), [-RHO, -2 * N], rtol=1e-12)
    np.testing.assert_allclose(slopes("2 A -> 0 @ 1"), [-2 * N, -N - 2 * T], rtol=1e-12)
    np.testing.assert_allclose(slopes("2 A -> A @ 1"), [-N, -N - T], rtol=1e-12)
    np.testing.assert_allclose(slopes("A -> A @ 1", hops=1.0), [0, -0.06946607], atol=2e-8)
    np.testing.assert_allclose(slopes("A -> 2 A @ 1"), [0.17260123, 0.26692534], atol=2e-8)


def test_the_pair_closure_of_a_chain_is_a_markov_chain():
    found = lattice_moment_equations(network("A -> 2 A @ b; 2 A -> 0 @ k"), 50, hops=1.0).close("pair")
    values = {sp.Symbol(name): value for name, value in LAST.items() if name in found.names}
    closed = {s.name: float(right.subs(values)) for s, right in found.substituted.items()}
    assert closed["⟨A(0) A(1) A(2)⟩"] == pytest.approx(T, abs=2e-8)
    hole = closed["⟨A(0) ∅(1) A(2)⟩"]
    assert hole + closed["⟨A(0) A(1) A(2)⟩"] == pytest.approx(C, abs=2e-8)


def test_mean_field_of_densities_is_the_law_of_mass_action_among_neighbours():
    net = network("P -> 2 P @ b; H -> 0 @ d; P + H -> 2 H @ k")
    for shape, directions in (((9,), 2), ((9, 9), 4), ((9, 9, 9), 6)):
        odes = lattice_moment_equations(net, shape, reach=0).close("mean_field").odes()
        p, h, b, d, k = map(sp.Symbol, ("⟨P⟩", "⟨H⟩", "b", "d", "k"))
        assert sp.expand(odes["⟨P⟩"] - (b * p * (1 - p - h) - directions * k * p * h)) == 0
        assert sp.expand(odes["⟨H⟩"] - (directions * k * p * h - d * h)) == 0


def test_hops_alone_close_at_every_distance():
    found = lattice_moment_equations(network("A -> A @ 1"), (7,), hops=2.0, reach=3)
    assert found.is_closed
    assert found.close("mean_field").closure == "exact"
    pairs = [sp.Symbol(f"⟨A(0) A({d})⟩") for d in (1, 2, 3)]
    odes = found.close().odes()
    assert odes["⟨A⟩"] == 0
    assert sp.expand(odes["⟨A(0) A(1)⟩"] - 4 * (pairs[1] - pairs[0])) == 0
    assert sp.expand(odes["⟨A(0) A(2)⟩"] - 4 * (pairs[0] + pairs[2] - 2 * pairs[1])) == 0
    assert sp.expand(odes["⟨A(0) A(3)⟩"] - 4 * (pairs[1] - pairs[2])) == 0


def test_motifs_are_the_same_under_shifts_reflections_and_turns():
    bent = (((0, 0), 1), ((0, 1), 2), ((1, 0), 0))
    turned = tuple(sorted((((7 + y) % 9, (3 - x) % 9), s) for (x, y), s in bent))
    assert canonical(bent, (9, 9)) == canonical(turned, (9, 9))
    mirrored = (((0, 0), 1), ((0, 1), 0), ((1, 0), 2))
    assert canonical(bent, (9, 9)) == canonical(mirrored, (9, 9))
    assert canonical(bent, (9, 8)) != canonical(mirrored, (9, 8))  # the sides differ, so the axes cannot trade places


@pytest.mark.parametrize(
    ("text", "options", "error", "words"),
    [
        ("3 A -> B @ 1", {}, UnsupportedError, "cannot run on a lattice"),
        ("A -> B @= 2*A", {}, UnsupportedError, "cannot run on a lattice"),
        ("A + S -> S @ 1; const S", {}, UnsupportedError, "S is held fixed"),
        ("A -> B @ 1", {"shape": 2}, NetworkError, "needs 3 sites or more"),
        ("A -> B @ 1", {"shape": (4, 9), "reach": 2}, NetworkError, "4x9 is smaller than its kernel of reach 2"),
        ("A -> B @ 1", {"shape": (3, 3, 3, 3)}, NetworkError, "4 dimensions"),
        ("A -> B @ 1", {"hops": {"C": 1}}, NetworkError, "C is no species"),
        ("A -> B @ 1", {"hops": "D"}, NetworkError, "D is no parameter"),
        ("A -> B @ 1", {"hops": -1}, NetworkError, "0 or more"),
        ("A -> B @ 1", {"reach": -1}, NetworkError, "reach=-1"),
        ("A -> B @ 1; 2 B -> A @ 1", {"shape": (6, 6), "reach": None}, NetworkError, "more than 500 motifs"),
    ],
)
def test_what_has_no_meaning_on_a_lattice_is_refused_by_name(text, options, error, words):
    with pytest.raises(error, match=words):
        lattice_moment_equations(network(text), **{"shape": (9, 9), **options})


def test_an_unknown_closure_is_refused():
    with pytest.raises(NetworkError, match="choose one of mean_field, pair"):
        lattice_moment_equations(network("A -> B @ 1"), 9).close("normal")


def test_latex_shows_places_and_empty_sites():
    text = lattice_moment_equations(network("A -> 2 A @ b"), (9, 9)).close("pair").latex()
    assert r"\varnothing_{0,0}" in text
    assert text.count("{") == text.count("}")
    assert "⟨" not in text


def test_rules_of_two_sites_are_those_of_the_master_equation_of_a_ring():
    net = network(f"0 -> 2 A @ {FILL}; 0 -> A + B @ {MIX}")
    found = lattice_moment_equations(net, 4, hops=0, rules=SITE_RULES, reach=None)
    assert found.is_closed
    states = list(itertools.product(range(3), repeat=4))
    start = np.array([sorted(s) == [0, 0, 0, 1] for s in states], dtype=float)
    change = expm(generator(states, moves_of_two) * 0.7) @ (start / start.sum())
    courses = simulate_moments(found.close(), [0, 0.7], {"A": 1, "B": 0})
    occupied = np.array([[s.count(1), s.count(2)] for s in states], dtype=float)
    np.testing.assert_allclose(courses.counts()[1], change @ occupied, rtol=1e-6)
