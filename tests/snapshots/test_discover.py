from dataclasses import replace

import numpy as np
import pytest

from crnsym import Snapshots, discover_snapshots, network, simulate_lattice, simulate_stochastic
from crnsym.errors import DataError, FitError, UnsupportedError

LOTKA = network("P -> 2 P @ 1; H -> 0 @ 0.8; P + H -> 2 H @ 0.6; init P = 400, H = 160")
HOPS = {"P": 0.3, "H": 0.5}


@pytest.fixture(scope="module")
def lotka():
    return simulate_lattice(LOTKA, (40, 40), (0, 15, 61), 50, 7, hops=HOPS)


def test_reactions_and_hops_of_a_lattice_come_out_of_its_snapshots(lotka):
    found = discover_snapshots(lotka)
    best = found[0]
    assert set(best.rules) == {"P -> 2 P", "H -> 0", "H + P -> 2 H", "P hops", "H hops"}
    assert {(r.reactants, r.products) for r in best.network.reactions} == {
        (r.reactants, r.products) for r in LOTKA.reactions
    }
    rates = dict(zip(best.rules, best.rates, strict=True))
    assert rates["P -> 2 P"] == pytest.approx(1, rel=0.03)
    assert rates["H -> 0"] == pytest.approx(0.8, rel=0.03)
    assert rates["H + P -> 2 H"] == pytest.approx(0.6, rel=0.03)
    assert best.hops == {"P": pytest.approx(0.3, rel=0.08), "H": pytest.approx(0.5, rel=0.12)}
    assert len(found.library) == 45
    assert found.verdict in ("decided", "tie")
    assert all(other.score >= best.score for other in found)
    again = simulate_lattice(best.network, (40, 40), [0, 15], 1, hops=best.hops)  # as it stands
    assert len(again.counts()[0]) == 2


def test_counts_alone_say_that_hops_are_not_identifiable(lotka):
    found = discover_snapshots(lotka, observables="counts")
    assert not found[0].hops
    assert any("not identifiable from counts alone: P hops; H hops; H and P trade places" in r for r in found.remarks)


def test_a_lattice_that_is_not_periodic_or_has_one_dimension_works_too():
    net = network("2 A -> 0 @ 0.5; A -> 2 A @ 0.5; init A = 100")
    runs = simulate_lattice(net, (200,), (0, 12, 49), 150, 3, hops=0.6, periodic=False)
    found = discover_snapshots(runs)
    assert set(found[0].rules) == {"2 A -> 0", "A -> 2 A", "A hops"}
    assert found[0].rates == pytest.approx([0.5, 0.5, 0.6], rel=0.12)


def test_runs_that_were_measured_once_give_the_reactions():
    net, times = network("A -> 2 A @ 0.4; 2 A -> 0 @ 0.02; init A = 5"), np.linspace(0, 8, 17)
    each = [simulate_stochastic(net, [0, max(t, 1e-9)], 200, 50 + i).counts[:, 1] for i, t in enumerate(times)]
    shots = Snapshots(("A",), times, np.stack(each, axis=1), "counts", same_runs=False)
    found = discover_snapshots(shots)
    near = [set(c.rules) for c in found.candidates[: found.ties]]
    assert {"A -> 2 A", "2 A -> 0"} in near
    assert any("hops are not identifiable" in remark for remark in found.remarks)


def test_sums_that_never_change_exclude_rules():
    net = network("A + B <-> C @ 0.02, 0.3; init A = 30, B = 40, C = 0")
    found = discover_snapshots(simulate_stochastic(net, (0, 6, 25), 60, 1))
    assert set(found[0].rules) == {"A + B -> C", "C -> A + B"}
    assert any("A + C, B + C never changed" in remark for remark in found.remarks)


def test_third_order_is_tried_when_second_is_not_enough():
    net = network("3 A -> A @ 0.0004; 0 -> A @ 8; init A = 60")
    found = discover_snapshots(simulate_stochastic(net, (0, 4, 33), 400, 2))
    texts = [set(c.rules) for c in found.candidates[: found.ties]]
    assert {"0 -> A", "3 A -> A"} in texts
    assert len(found.library) == 12


def test_missing_rules_are_noticed():
    # a reaction whose rate is no mass action of order two or three
    net = network("A -> 0 @= 20 * A / (3 + A); init A = 150")
    found = discover_snapshots(simulate_stochastic(net, (0, 10, 41), 300, 1), max_order=1)
    assert found.verdict == "not reached"
    assert "within their noise" in found.statement


def test_times_that_are_too_far_apart_are_noticed():
    runs = simulate_stochastic(network("A -> 0 @ 3; 0 -> A @ 6; init A = 100"), (0, 6, 7), 200, 1)
    assert any("too far apart" in remark for remark in discover_snapshots(runs).remarks)


@pytest.fixture(scope="module")
def few():
    return simulate_stochastic(network("A -> B @ 1; B -> 2 A @ 0.3; A + B -> B @ 0.05; init A = 20"), (0, 6, 13), 9, 1)


def test_the_same_snapshots_give_the_same_table(few):
    assert discover_snapshots(few).to_rows() == discover_snapshots(few).to_rows()


def test_progress_is_told_with_the_best_so_far(few):
    told = []
    found = discover_snapshots(few, progress=lambda *report: told.append(report))
    assert told[-1][2].splitlines() == sorted(found[0].rules, key=found.library.index)
    assert 0 <= told[-1][1] <= 1
    assert any("9 runs hardly show" in remark for remark in found.remarks)


def test_an_interruption_keeps_the_best_so_far(few):
    def interrupt(*report):
        if "->" in report[2]:
            raise KeyboardInterrupt

    found = discover_snapshots(few, progress=interrupt)
    assert found.details["interrupted"]
    assert found[0].reactions


COUNTS = np.array([[[5], [4], [2]], [[5], [3], [3]], [[5], [5], [1]]])


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (np.full((3, 3, 1), 5), {}, "nothing happens"),
        (COUNTS[:2], {}, "three or more"),
        (COUNTS, {"observables": "triples"}, "observables='triples'"),
        (COUNTS, {"max_order": 4}, "max_order=4"),
        (COUNTS, {"max_order": float("nan")}, "max_order=nan: give a whole number from 1 to 3"),
        (COUNTS[[0, 0, 0]], {}, "all 3 runs are the same"),
        (COUNTS, {"progress": 5}, "progress=5: give a function"),
    ],
)
def test_snapshots_without_information_are_refused_in_one_line(values, options, message):
    with pytest.raises((DataError, FitError), match=message) as caught:
        discover_snapshots(Snapshots(("A",), [0, 1, 2], values, "counts"), **options)
    assert "\n" not in str(caught.value)


def test_what_no_rule_can_do_is_told_with_what_to_allow():
    pairs = np.concatenate([COUNTS, COUNTS + 3], axis=2)  # A and B come and go together
    with pytest.raises(DataError, match=r"no rule of the library .* allow more molecules by max_order"):
        discover_snapshots(Snapshots(("A", "B"), [0, 1, 2], pairs, "counts"), max_order=1)
    grow = np.array([[[5, 8], [6, 9], [8, 11]], [[5, 8], [6, 9], [7, 10]], [[5, 8], [5, 8], [9, 12]]])
    assert discover_snapshots(Snapshots(("A", "B"), [0, 1, 2], grow, "counts"))[0].reactions == ["0 -> A + B"]


def test_orders_are_of_counts_only(lotka):
    with pytest.raises(DataError, match="max_order is for counts"):
        discover_snapshots(lotka, max_order=2)


def test_something_else_is_refused():
    with pytest.raises(DataError, match="expected Snapshots or simulated runs, got int"):
        discover_snapshots([1, 2])


SIMPLE = {
    "adsorption and desorption": ("0 -> A @ 0.3; A -> 0 @ 0.4; init A = 100", 0.0, (0, 6, 41)),
    "two steps": ("A -> B @ 0.4; B -> 0 @ 0.2; init A = 500, B = 0", 0.5, (0, 6, 41)),
    "isomers": ("A -> B @ 0.4; B -> A @ 0.3; init A = 400, B = 50", 2.0, (0, 6, 41)),
    "slow pairs": ("2 A -> 0 @ 0.5; init A = 450", 0.2, (0, 3, 31)),
    "mixed pairs": ("2 A -> 0 @ 0.5; init A = 450", 20.0, (0, 3, 31)),
    "pairs that stick": ("2 A -> A @ 0.5; init A = 450", 60.0, (0, 3, 31)),
    "adsorption of pairs": ("0 -> 2 A @ 0.4; A -> 0 @ 0.5; init A = 50", 0.3, (0, 5, 41)),
}


@pytest.mark.parametrize("name", SIMPLE)
def test_no_hop_hides_what_the_counts_say(name):
    text, hop, times = SIMPLE[name]
    net = network(text)
    found = discover_snapshots(simulate_lattice(net, (30, 30), times, 40, 11, hops=hop))
    best = found[0]
    wanted = {(r.reactants, r.products): float(r.rate.k) for r in net.reactions}
    assert {(r.reactants, r.products) for r in best.network.reactions} == set(wanted)
    for reaction, rate in zip(best.network.reactions, best.rates, strict=False):
        assert rate == pytest.approx(wanted[reaction.reactants, reaction.products], rel=0.08)
    for species in net.species_names:
        low, high = found.unresolved.get(species, (0.7 * best.hops.get(species, 0), 1.4 * best.hops.get(species, 0)))
        assert low <= hop <= high
        assert (species in best.hops) or (species in found.unresolved)


def test_hops_that_change_nothing_or_everything_are_said_not_to_be_resolved():
    still = network("0 -> A @ 0.3; A -> 0 @ 0.4; init A = 100")
    mixed = network("2 A -> 0 @ 0.5; init A = 450")
    for net, hop, times in ((still, 1.0, (0, 6, 41)), (mixed, 50.0, (0, 3, 31))):
        found = discover_snapshots(simulate_lattice(net, (30, 30), times, 40, 12, hops=hop))
        low, high = found.unresolved["A"]
        assert low <= hop
        assert high > 4 * hop
        assert any(remark.startswith("hops of A") for remark in found.remarks)


DIMERS = network("2 A -> 0 @ 0.5; 0 -> A @ 0.1; init A = 450")


def found_dimers(found):
    best = dict(zip(found[0].rules, found[0].rates, strict=True))
    assert set(best) == {"2 A -> 0", "0 -> A", "A hops"}, found
    assert best["2 A -> 0"] == pytest.approx(0.5, rel=0.1)
    assert best["0 -> A"] == pytest.approx(0.1, rel=0.15)
    assert best["A hops"] == pytest.approx(0.5, rel=0.35)


def kinds_of_snapshots(kind):
    if kind == "hexagonal":
        return simulate_lattice(DIMERS, (30, 30), (0, 5, 41), 40, 2, hops=0.5, lattice="hexagonal")
    if kind == "preparations":
        few = simulate_lattice(DIMERS, (40, 40), (0, 4, 31), 20, 2, {"A": 100}, hops=0.5)
        return [simulate_lattice(DIMERS, (30, 30), (0, 5, 41), 20, 2, hops=0.5), few]
    large = simulate_lattice(DIMERS, (180, 180), (0, 5, 41), 1, 2, {"A": 16000}, hops=0.5)
    if kind == "one movie":
        return large
    return Snapshots(large.species, large.times, large.sites[:, :, 9:, 20:], periodic=False, window=True)


@pytest.mark.parametrize("kind", ["hexagonal", "preparations"])
def test_other_lattices_and_preparations_give_the_reactions(kind):
    found_dimers(discover_snapshots(kinds_of_snapshots(kind)))


@pytest.mark.parametrize("kind", ["one movie", "window of one movie"])
def test_one_movie_gives_the_reactions_or_says_what_could_stand_in_their_place(kind):
    found = discover_snapshots(kinds_of_snapshots(kind))
    near = [set(c.rules) for c in found.candidates[: found.ties]]
    assert {"2 A -> 0", "0 -> A", "A hops"} in near


def test_misread_sites_are_noticed_and_corrected():
    runs = simulate_lattice(DIMERS, (30, 30), (0, 5, 41), 40, 1, hops=0.5)
    wrong = np.random.default_rng(1).random(runs.sites.shape) < 0.02
    shots = Snapshots(runs.species, runs.times, np.where(wrong, 1 - runs.sites, runs.sites))
    blind = discover_snapshots(shots)
    assert blind.verdict == "not reached"
    assert any("errors of reading 2 % of the sites; give misread=0.02" in remark for remark in blind.remarks)
    found_dimers(discover_snapshots(shots, misread=0.02))
    clean = discover_snapshots(runs)
    assert not any("errors of reading" in remark for remark in clean.remarks)


def test_what_was_found_can_be_simulated_with_its_places():
    rules = {"(A, 0) -> (B, 0)": 0.6, "(A, B) -> (B, A)": 0.5}
    runs = simulate_lattice(
        network("B -> A @ 0.2; init A = 500, B = 0"), (30, 30), (0, 5, 41), 60, 3, hops=0.0, rules=rules
    )
    found = discover_snapshots(runs)
    best = next(c for c in found.candidates[: found.ties] if len(c.site_rules) == 2)
    exchange = next(rate for rule, rate in best.site_rules.items() if rule in ("(A, B) -> (B, A)", "(B, A) -> (A, B)"))
    assert exchange == pytest.approx(0.5, rel=0.12)
    assert best.site_rules["(A, 0) -> (B, 0)"] == pytest.approx(0.6, rel=0.05)
    again = best.simulate((30, 30), (0, 5, 6), 40, seed=9, initial={"A": 500, "B": 0})
    wanted = runs.counts()[:, ::8, 1].mean(axis=0)
    np.testing.assert_allclose(again.counts()[..., 1].mean(axis=0)[1:], wanted[1:], rtol=0.04)
    far = replace(best, rules=("A hops 2 far",))
    with pytest.raises(UnsupportedError, match="hop to neighbours alone"):
        far.simulate((9, 9))


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ([], {}, "give one set of them, or a list"),
        ("counts and lattices", {}, "preparation 1 has kind="),
        ("chains and planes", {}, "preparation 1 has 1 sides and preparation 0 has 2"),
        ("planes", {"longest_hop": 0.5}, "longest_hop=0.5: give a distance from 1 to 6"),
        ("planes", {"misread": 2}, "more than 30 %|between 0 and 1"),
        ("counts", {"misread": 0.1}, "misread is for snapshots of a lattice"),
        ("twelve", {}, "more than the 1,000 that can be searched; leave species out"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_one_line_and_at_once(given, options, message):
    random = np.random.default_rng(1)
    counts = Snapshots(("A",), [0, 1, 2], COUNTS, "counts")
    plane = Snapshots(("A",), [0, 1, 2], random.integers(0, 2, (4, 3, 6, 6)))
    chain = Snapshots(("A",), [0, 1, 2], random.integers(0, 2, (4, 3, 30)))
    twelve = Snapshots(tuple("ABCDEFGHIJKL"), [0, 1, 2], random.integers(0, 13, (4, 3, 20, 20)))
    kinds = {
        "counts and lattices": [counts, plane],
        "chains and planes": [plane, chain],
        "planes": plane,
        "counts": counts,
        "twelve": twelve,
    }
    with pytest.raises(DataError, match=message) as caught:
        discover_snapshots(kinds.get(given, given) if isinstance(given, str) else given, **options)
    assert "\n" not in str(caught.value)
