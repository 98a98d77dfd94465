"""Apparent orders against the power laws that made the runs."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.orders.courses import courses_of
from crnsym.comparison.orders.fit import fit_power_law
from crnsym.data.noise import NoiseModel
from crnsym.errors import DataError, FitError

EXCESSES = [{"A": 1, "B": 2}, {"A": 1.5, "B": 1}, {"A": 0.7, "B": 1.2}]


def runs(text, initial=EXCESSES, count=20, noise=0.02, seed=0, end=8):
    return cs.simulate(cs.network(text), (0, end, count), initial=initial, noise=noise, seed=seed)


def test_orders_of_clean_courses_are_exact():
    data = runs("A + B -> P @= 0.3*A^1.5*B^0.5", noise=0, count=41)
    noise = NoiseModel(np.zeros(3), np.full(3, 1e-3))
    law = fit_power_law(*[courses_of(data, noise, list(data.values), 2, [0, 1])[0]], 2)
    assert law.orders == pytest.approx([1.5, 0.5], abs=2e-3)
    assert law.chi2 / law.freedom < 1e-2


def test_fractional_orders_and_the_rate_constant_lie_in_their_intervals():
    inside = []
    for seed in range(5):
        found = cs.orders(runs("A + B -> P @= 0.3*A^1.5*B^0.5", seed=seed))
        assert [o.value for o in found.orders] == pytest.approx([1.5, 0.5], abs=0.12)
        inside += [found["A"].low <= 1.5 <= found["A"].high, found["B"].low <= 0.5 <= found["B"].high]
        inside.append(found.rate_interval[0] <= 0.3 <= found.rate_interval[1])
    assert np.mean(inside) > 0.8


def test_a_catalyst_that_differs_between_the_runs_has_an_order():
    charges = [{"A": 1, "E": 0.2}, {"A": 1.5, "E": 0.4}, {"A": 1.0, "E": 0.8}]
    found = cs.orders(runs("A + E -> P + E @= 0.3*A*E^0.5", charges), target="P")
    assert [o.species for o in found.orders] == ["A", "E"]
    assert found["E"].simple == 0.5
    assert found["A"].simple == 1
    assert found.law.startswith("d[P]/dt = k [A]^")


def test_orders_are_found_in_a_fed_vessel_too():
    feed = cs.Operation(1.0).feed(0, 4, flow=0.1, contents={"B": 3.0}).add(5, 0.3, {"A": 2.0})
    network = cs.network("A + B -> P @= 0.3*A*B^2")
    data = cs.simulate(network, (0, 8, 33), initial=EXCESSES, operation=feed, noise=0.01, seed=1)
    found = cs.orders(data)
    assert [o.value for o in found.orders] == pytest.approx([1, 2], abs=0.1)


def test_what_the_runs_do_not_tell_is_said():
    found = cs.orders(runs("A + B -> P @ 0.3", [{"A": 1, "B": 1}, {"A": 2, "B": 2}]))
    assert not any(o.known for o in found.orders)
    assert "A and B in step" in found.remarks[-1]
    assert "not told by these runs" in str(found)


def test_a_rate_that_is_no_power_law_is_said():
    found = cs.orders(runs("A -> P @= 0.3*A/(1 + 3*P)", [{"A": 1}, {"A": 2}], noise=0.005, count=30))
    assert "a power law leaves" in found.remarks[0]
    named = cs.orders(runs("A -> P @ 0.3", [{"A": 1}, {"A": 2}], noise=0.005, count=30))
    assert named.remarks == ()


def test_units_reach_the_rate_constant(tmp_path):
    data = runs("A -> P @ 0.3", [{"A": 1}, {"A": 2}], noise=0.01)
    rows = ["run,time [min],A [mM],P [mM]"]
    for label, times, values in data:
        rows += [f"{label},{t},{v[0]},{v[1]}" for t, v in zip(times, values, strict=True)]
    (tmp_path / "d.csv").write_text("\n".join(rows))
    found = cs.orders(tmp_path / "d.csv", target="P")
    assert found.unit.endswith("/min")
    assert found.unit.startswith("mM^")
    assert [row["name"] for row in found.to_rows()] == ["order in A", "k"]


def test_what_cannot_be_is_refused_by_name():
    data = runs("A -> P @ 0.3", [{"A": 1}, {"A": 2}])
    with pytest.raises(DataError, match="target: 'X' is no column"):
        cs.orders(data, target="X")
    with pytest.raises(DataError, match="species: 'Q' is no column"):
        cs.orders(data, species=["Q"])
    with pytest.raises(FitError, match="level=2"):
        cs.orders(data, level=2)
    with pytest.raises(FitError, match="no species is used up"):
        cs.orders(cs.Trajectories(("P",), data.experiments, data.times, tuple(v[:, 1:] for v in data.values)))


def test_with_the_right_orders_all_runs_lie_on_one_line():
    found = cs.orders(runs("A + B -> P @= 0.3*A^1.5*B^0.5", noise=0.002), target="P")
    assert [label for label, _, _ in found.lines] == ["0", "1", "2"]
    for _, time, gained in found.lines:
        assert gained == pytest.approx(time, abs=0.02)
    ax = cs.plot_orders(found)
    assert ax.get_ylabel() == "gain of P"
    assert len(ax.lines) == 4
    plt.close(ax.figure)
