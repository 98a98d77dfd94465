"""Eliminating fast species."""

import time

import numpy as np
import pytest
import sympy as sp

from crnsym import Complex, eliminate, network, simulate
from crnsym.errors import NetworkError, UnsupportedError
from crnsym.network.expressions import parse_expression as expr

MODULE = "A + B <-> Z @ k1, k_1; Z + C -> P @ k2"
HOMO = "2 A <-> Z @ k1, k_1; Z + C -> P @ k2"


def same(a, b):
    return sp.simplify(a - expr(b)) == 0


def numbers(text, **values):
    return network(text).with_parameters(values)


def test_partial_equilibrium_leaves_kappa():
    reduction = eliminate(network(MODULE), "Z", "partial_equilibrium")
    assert reduction.network.dynamically_equivalent(network("A + B + C -> P @ k1*k2/k_1"))
    assert reduction.network.is_mass_action
    assert reduction.effective_rates == {"A + B + C -> P": expr("k1*k2/k_1")}
    assert reduction.binding_constants == {"Z": expr("k1/k_1")}
    assert reduction.fast_pairs == {"Z": (0, 1)}


def test_quasi_steady_state_keeps_the_commitment():
    reduction = eliminate(network(MODULE), "Z")
    assert same(reduction.solution["Z"], "k1*A*B/(k_1 + k2*C)")
    assert same(reduction.network.rates()[0], "k1*k2*A*B*C/(k_1 + k2*C)")
    assert reduction.effective_rates == {"A + B + C -> P": expr("k1*k2/k_1")}


def test_the_validity_number_is_what_is_neglected():
    heterodimer = eliminate(network(MODULE), "Z", "partial_equilibrium")
    assert same(heterodimer.sequestration_numbers["Z"], "k1/k_1*(A + B)")
    assert same(heterodimer.commitments["Z"], "k2*C/k_1")
    homodimer = eliminate(network(HOMO), "Z", "partial_equilibrium")
    assert same(homodimer.sequestration_numbers["Z"], "4*k1/k_1*A")
    reduction = eliminate(numbers(MODULE, k1=1, k_1=100, k2=5), "Z", "partial_equilibrium")
    assert reduction.validity_at({"A": 1, "B": 2, "C": 3}) == pytest.approx(0.15)
    both = eliminate(network(MODULE), "Z", sequestration=True)
    assert same(both.validity, "k1*k2/k_1^2*(A + B)*C")
    with pytest.raises(NetworkError, match="C has no value"):
        reduction.validity_at({"A": 1, "B": 2})


def test_the_first_order_corrections_of_both_kinds():
    reduction = eliminate(network(MODULE), "Z", "partial_equilibrium")
    assert same(reduction.corrections["C + Z -> P"], "1 - k1/k_1*(A + B) - k2/k_1*C")


def test_the_slow_manifold_equation_of_a_homodimer():
    equations = eliminate(network(HOMO), "Z", "partial_equilibrium").equations
    assert same(equations["A"], "-2*k1*k2/k_1*A^2*C/(1 + 4*k1/k_1*A)")


def test_the_projected_equations_are_those_of_the_oblique_projection():
    net = network(MODULE)
    reduction = eliminate(net, "Z", "partial_equilibrium")
    names = net.species_names
    fast = sp.Matrix([-1, -1, 1, 0, 0])
    slow = sp.Matrix([0, 0, -1, -1, 1])
    assert names == ("A", "B", "Z", "C", "P")
    v = expr("k1*A*B - k_1*Z")
    gradient = sp.Matrix([[v.diff(net.symbol(n)) for n in names]])
    flux = slow * expr("k2*Z*C")
    projected = flux - fast * (gradient * flux)[0] / (gradient * fast)[0]
    for i, name in enumerate(names):
        if name != "Z":
            assert sp.simplify(projected[i].subs(net.symbol("Z"), expr("k1*A*B/k_1")) - reduction.equations[name]) == 0


@pytest.mark.parametrize("text", [MODULE, HOMO, "A <-> Z @ k1, k_1; Z + C -> P @ k2"])
def test_totals_reproduce_the_stiff_network_where_much_is_bound(text):
    net = numbers(text, k1=2e5, k_1=1e5, k2=0.3).with_initial({"A": 1, "C": 0.5} | ({"B": 0.8} if "B" in text else {}))
    reduction = eliminate(net, "Z", "partial_equilibrium", sequestration=True)
    times = np.linspace(0, 8, 9)
    full, slow = simulate(net, times), simulate(reduction.network, times)
    seen = sp.lambdify([reduction.network.symbol(n) for n in slow.species],
                       [e.subs({"k1": 2e5, "k_1": 1e5}) for e in reduction.observation().values()])  # fmt: skip
    names = list(reduction.observation())
    for row, state in zip(full.values[0][1:], slow.values[0][1:], strict=True):
        got = dict(zip(names, seen(*state), strict=True))
        assert [got[n] for n in full.species] == pytest.approx(row, rel=2e-4, abs=2e-5)
    plain = simulate(eliminate(net, "Z", "partial_equilibrium").network, times)
    end = {n: r.values[0][-1][r.species.index("P")] for n, r in (("full", full), ("plain", plain))}
    assert abs(end["plain"] / end["full"] - 1) > 0.02  # without the correction it is wrong


def test_commitment_and_sequestration_together_have_both_faces():
    reduction = eliminate(network(MODULE), "Z", sequestration=True)
    k1, k_1, k2 = sp.symbols("k1 k_1 k2")
    rate = reduction.network.rates()[0]
    assert sp.simplify(sp.limit(rate.subs(k2, 0.1 * k_1).subs({"A": 1, "B": 2, "C": 3}).subs(k1, 0), k_1, sp.oo)) == 0
    point = {"A": 1.0, "B": 2.0, "C": 3.0}
    small_k = float(rate.subs({**point, k1: 1e-6, k_1: 1, k2: 0.5}))
    assert small_k == pytest.approx(1e-6 * 0.5 * 6 / 2.5, rel=1e-5)
    small_rho = float(rate.subs({**point, k1: 2, k_1: 1, k2: 1e-7}))
    bound = (3.5 - np.sqrt(3.5**2 - 8)) / 2
    assert small_rho == pytest.approx(3e-7 * bound, rel=1e-5)


@pytest.mark.parametrize(("k1", "k_1", "k2"), [(5e3, 1e4, 3.0), (1.0, 1e3, 1e3), (300, 1e3, 500)])
def test_both_corrections_together_beat_either(k1, k_1, k2):
    net = numbers(MODULE, k1=k1, k_1=k_1, k2=k2).with_initial({"A": 1, "B": 0.8, "C": 0.5})
    times = np.linspace(0, 5 * k_1 / (k1 * k2), 5)
    full = simulate(net, times)
    error = {}
    for assumption in ("quasi_steady", "partial_equilibrium"):
        for sequestration in (False, True):
            slow = simulate(eliminate(net, "Z", assumption, sequestration=sequestration).network, times)
            made = [d.values[0][-1, d.species.index("P")] for d in (full, slow)]
            error[assumption, sequestration] = abs(made[1] - made[0])
    best = error.pop(("quasi_steady", True))
    assert best < 2e-4
    assert best < min(error.values()) / 2


@pytest.mark.parametrize("assumption", ["quasi_steady", "partial_equilibrium"])
@pytest.mark.parametrize("sequestration", [False, True])
def test_a_reduced_network_reads_back_from_its_text(assumption, sequestration):
    reduced = eliminate(network(MODULE), "Z", assumption, sequestration=sequestration).network
    assert network(str(reduced)) == reduced


def test_an_enzyme_gives_michaelis_and_menten():
    net = network("E + S <-> ES @ k1, k_1; ES -> E + P @ k2")
    reduction = eliminate(net, "ES")
    assert reduction.network.dynamically_equivalent(network("E + S -> E + P @ k1*k2/(k_1 + k2)"))
    totals = eliminate(network("const E; E + S <-> ES @ k1, k_1; ES -> E + P @ k2"), "ES")
    assert totals.network.is_mass_action


def test_several_modules_and_chains_go_at_once():
    net = network("2 A <-> Z @ a, b; Z + C <-> W @ c, d; W + D -> P @ e; P + Q <-> V @ f, g; V -> A @ h")
    reduction = eliminate(net, ["W", "Z", "V"], "partial_equilibrium")
    assert reduction.network.dynamically_equivalent(network("2 A + C + D -> P @ a*c*e/(b*d); P + Q -> A @ f*h/g"))
    assert reduction.bindings["W"].composition == Complex("2 A + C")
    assert reduction.commitments.keys() == {"W", "Z", "V"}
    assert same(reduction.commitments["Z"], "c*e*C*D/(b*d)")
    steady = eliminate(net, ["W", "Z", "V"])
    assert {"2 A + C + D -> P", "P + Q -> A"} == {f"{r.reactants} -> {r.products}" for r in steady.network.reactions}
    assert same(steady.network.rates()[0], "a*c*e*A^2*C*D/(b*d + b*e*D + c*e*C*D)")


@pytest.mark.parametrize("order", [["Z", "W"], ["W", "Z"]])
def test_the_order_of_elimination_does_not_matter(order):
    net = network("A + B <-> Z @ a, b; Z + C <-> W @ c, d; W -> P @ e; Z -> Q @ f")
    reduction = eliminate(net, order)
    odes = net.odes()
    inside = {sp.Symbol(z): value for z, value in reduction.solution.items()}
    assert all(sp.simplify(odes[z].xreplace(inside)) == 0 for z in order)
    reduced = reduction.network.odes()
    assert all(sp.simplify(odes[n].xreplace(inside) - reduced[n]) == 0 for n in reduced)


def test_quasi_steady_reactions_have_the_substituted_equations():
    text = "A -> 2 Z @ a; B -> Z + D @ b; Z -> C @ c; Z + D -> E @ d; Z + F -> Z + G @ e; H -> A @= H*Z/(1 + H)"
    net = network(text)
    reduction = eliminate(net, "Z")
    inside = {sp.Symbol("Z"): reduction.solution["Z"]}
    odes, reduced = net.odes(), reduction.network.odes()
    assert all(sp.simplify(odes[n].xreplace(inside) - reduced[n]) == 0 for n in reduced)


def test_the_observation_operator_tells_free_from_total():
    reduction = eliminate(network(HOMO), "Z", "partial_equilibrium", sequestration=True)
    assert reduction.observation("total")["A"] == sp.Symbol("A")
    free = reduction.observation("free")
    at = {"A": 2.0, "k1": 3.0, "k_1": 1.0}
    assert float(free["A"].subs(at) + 2 * free["Z"].subs(at)) == pytest.approx(2.0)
    with pytest.raises(NetworkError, match="'free' or 'total'"):
        reduction.observation("half")


def test_projection_keeps_totals_and_lands_on_the_manifold():
    reduction = eliminate(numbers(MODULE, k1=3, k_1=1, k2=0.1), "Z", "partial_equilibrium")
    point = reduction.project({"A": 1, "B": 2, "C": 3, "Z": 0.5})
    assert point["A"] + point["Z"] == pytest.approx(1.5)
    assert point["B"] + point["Z"] == pytest.approx(2.5)
    assert point["Z"] == pytest.approx(3 * point["A"] * point["B"])
    assert point["C"] == 3


def test_what_is_bound_at_the_start_counts():
    net = numbers(HOMO, k1=1, k_1=1, k2=1).with_initial({"A": 1, "Z": 0.5, "C": 1})
    assert eliminate(net, "Z", "partial_equilibrium").network.initial == {"A": 2, "C": 1}


def test_invariants_and_constraints_make_the_dae():
    reduction = eliminate(network(MODULE), "Z", "partial_equilibrium")
    assert reduction.constraints == [expr("k1*A*B - k_1*Z")]
    assert reduction.invariants == {"A": expr("A + Z"), "B": expr("B + Z"), "C": expr("C"), "P": expr("P")}
    assert same(reduction.total_equations["A"], "-k1*k2/k_1*A*B*C")


@pytest.mark.parametrize(
    ("text", "species", "options", "message"),
    [
        ("Z -> A @ 1; A -> Z + B @ 1", "Z", {"assumption": "partial_equilibrium"}, "no fast pair"),
        ("A + B <-> Z @ 1, 1; C <-> Z @ 1, 1", "Z", {"assumption": "partial_equilibrium"}, "several reversible pairs"),
        ("A -> Z @ 1; 2 Z -> B @ 1", "Z", {}, "changes Z by -2"),
        ("A -> Z @ 1; Z -> 2 Z @ 1; Z -> 0 @ 1", "Z", {}, "changes Z by 1"),
        ("A -> Z @ 1; Z -> B @= Z/(1 + Z)", "Z", {}, "not proportional"),
        ("A -> Z @ 1", "Z", {}, "never consumed"),
        (
            "A + B <-> Z @ 1, 1; A + C <-> Y @ 1, 1; Z -> P @ 1; Y -> P @ 1",
            ["Z", "Y"],
            {"sequestration": True},
            "both bind A",
        ),
        ("3 A <-> Z @ 1, 1; Z -> P @ 1", "Z", {"sequestration": True}, "no closed form"),
        ("A -> Z @ 1; Z -> B @ 1", "Z", {"sequestration": True}, "tells what it binds"),
        ("const Z; A <-> Z @ 1, 1", "Z", {}, "held constant"),
    ],
)
def test_shapes_without_a_reduction_are_refused_by_name(text, species, options, message):
    with pytest.raises(UnsupportedError, match=message):
        eliminate(network(text), species, **options)


def test_the_fast_pair_can_be_named():
    net = network("bind: A + B <-> Z @ a, b; turn: Z <-> C @ c, d")
    reduction = eliminate(net, "Z", "partial_equilibrium", fast=["bind"])
    assert reduction.network.dynamically_equivalent(network("A + B -> C @ a*c/b; C -> A + B @ d"))


def test_bad_names_are_refused():
    with pytest.raises(NetworkError, match="no species"):
        eliminate(network(MODULE), "Y")
    with pytest.raises(NetworkError, match="assumption"):
        eliminate(network(MODULE), "Z", "fast")


COUPLED = {
    "two bound forms": "A + B <-> Z @ a, b; Z + C <-> W @ c, d; W -> P @ e; Z -> Q @ f; Z + D <-> W @ g, h; "
    "W + E -> R @ i; A -> Z + D @ j; B + C -> W @ l",
    "exchange": "A -> Z @ a; B -> W @ b; Z <-> W @ c, d; Z + C <-> D @ e, f; W + C <-> E @ g, h; Z -> P @ i; "
    "W -> Q @ j; A + B -> Z + W @ k",
    "two at a time": "A -> 2 Z @ a; B <-> W + C @ b, b2; Z + A <-> W @ c, d; Z + C <-> D @ e, f; W + C -> E @ g; "
    "Z + B -> P @ i; W + D -> Q + Z @ j; A + B -> Z + W @ k",
    "a chain": "A <-> Z @ a, b; Z + B <-> W @ c, d; W + C -> P @ e; W -> Q @ f; Z + D -> R @ g; B + D <-> W @ h, i; "
    "A + C -> Z + P @ j",
    "a cycle of catalysis": "E + S <-> Z @ a, b; Z + T <-> W @ c, d; W -> E + P @ e; E + T <-> W @ f, g; "
    "Z -> E + Q @ h; S + T -> W @ i; W + S <-> Z + P @ j, k",
}


@pytest.mark.parametrize("text", COUPLED.values(), ids=COUPLED)
def test_two_coupled_intermediates_among_many_reactions_take_no_time(text):
    net = network(text)
    began = time.process_time()
    reduction = eliminate(net, ["Z", "W"])
    assert time.process_time() - began < 4
    random = np.random.default_rng(0)
    names = [*net.parameters, *(n for n in net.species_names if n not in ("Z", "W"))]
    at = {sp.Symbol(n): sp.Rational(int(random.integers(1, 20)), 7) for n in names}
    at |= {sp.Symbol(z): reduction.solution[z].xreplace(at) for z in ("Z", "W")}
    odes, reduced = net.odes(), reduction.network.odes()
    assert [odes[z].xreplace(at) for z in ("Z", "W")] == [0, 0]
    assert [reduced[n].xreplace(at) for n in reduced] == [odes[n].xreplace(at) for n in reduced]


def test_an_elimination_that_would_leave_thousands_of_reactions_is_refused_at_once():
    ways = "; ".join(f"Z -> P{i} @ k{i}" for i in range(20))
    began = time.process_time()
    with pytest.raises(UnsupportedError, match="without Z there would be 42504 reactions"):
        eliminate(network(f"A -> 5 Z @ k; {ways}"), "Z")
    assert time.process_time() - began < 4
