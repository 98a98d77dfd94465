"""Vessels that are fed, emptied, flowed through or heated, against scipy and closed forms."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import crnsym as cs
from crnsym.errors import DataError, NetworkError, UnsupportedError

NETWORK = cs.network("A + B -> C @ 0.4; C -> D @ 0.1; init A = 2")
OPERATION = (
    cs.Operation(1.0)
    .feed(0, 15, flow=0.1, contents={"B": 2.0})
    .add(20, 0.5, {"A": 1.0})
    .withdraw(25, volume=0.7)
    .add(30, contents={"A": 0.5})
)


def by_hand(grid):
    def slope(_, y, flow):
        a, b, c, d, volume = y
        first, second, wash = 0.4 * a * b, 0.1 * c, flow / volume
        return [-first - wash * a, -first + wash * (2 - b), first - second - wash * c, second - wash * d, flow]

    y, found = np.array([2.0, 0, 0, 0, 1]), {0.0: np.array([2.0, 0, 0, 0])}
    for begin, end, flow in [(0, 15, 0.1), (15, 20, 0), (20, 25, 0), (25, 30, 0), (30, 40, 0)]:
        inside = sorted({*(t for t in grid if begin < t < end), float(end)})
        run = solve_ivp(slope, (begin, end), y, args=(flow,), t_eval=inside, rtol=1e-10, atol=1e-12)
        found |= {t: row[:4] for t, row in zip(inside, run.y.T, strict=True)}
        y = run.y[:, -1].copy()
        if end == 20:
            y = np.append((y[:4] * y[4] + [0.5, 0, 0, 0]) / (y[4] + 0.5), y[4] + 0.5)
        y[4] -= 0.7 if end == 25 else 0.0
        y[0] += 0.5 if end == 30 else 0.0
    return np.array([found[t] for t in grid])


def test_feeds_additions_and_withdrawals_agree_with_scipy():
    grid = np.linspace(0, 40, 9)
    found = cs.simulate(NETWORK, grid, operation=OPERATION)
    assert found.values[0] == pytest.approx(by_hand(grid), abs=1e-7)
    assert found.operation == (OPERATION,)


def test_rows_between_steps_do_not_depend_on_the_grid():
    coarse = cs.simulate(NETWORK, [0.0, 33.0, 40.0], operation=OPERATION)
    assert coarse.values[0][1:] == pytest.approx(by_hand(np.array([0.0, 33.0, 40.0]))[1:], abs=1e-7)


def test_a_stirred_tank_goes_to_its_steady_state():
    tank = cs.Operation().stirred(5.0, {"A": 2.0})
    found = cs.simulate(cs.network("A -> B @ 0.3; init A = 0"), (0, 200, 3), operation=tank)
    assert found.values[0][-1] == pytest.approx([2 / 2.5, 2 - 2 / 2.5], rel=1e-7)


def test_samples_of_a_tank_at_rest_solve_its_balances():
    network, times = cs.network("A + B -> C @ 0.6; 2 C -> D @ 0.3"), np.array([0.0, 0.3, 2.0, 20.0])
    tank = cs.Operation(charge={"A": 1.5, "B": 1.0}, axis="stirred flow")
    values = cs.simulate(network, times, operation=tank).values[0]
    assert values[0] == pytest.approx([1.5, 1.0, 0, 0])
    for residence, (a, b, c, d) in zip(times[1:], values[1:], strict=True):
        made = np.array([-0.6 * a * b, -0.6 * a * b, 0.6 * a * b - 0.6 * c**2, 0.3 * c**2])
        assert np.array([a - 1.5, b - 1.0, c, d]) == pytest.approx(made * residence, abs=1e-7)


def test_a_temperature_program_moves_the_rates():
    heated = cs.network("A -> B @ arrhenius(2e6, 40000); init A = 1")
    found = cs.simulate(heated, (0, 60, 4), operation=cs.Operation().temperature(0, 290).temperature(40, 350))

    def slope(t, y):
        return -2e6 * np.exp(-40000 / 8.31446261815324 / min(290 + 1.5 * t, 350)) * y

    parts = [solve_ivp(slope, (0, 40), [1.0], t_eval=[20, 40], rtol=1e-10, atol=1e-13)]
    parts.append(solve_ivp(slope, (40, 60), parts[0].y[:, -1], t_eval=[60], rtol=1e-10, atol=1e-13))
    assert found.values[0][1:, 0] == pytest.approx(np.concatenate([p.y[0] for p in parts]), rel=1e-6)


def test_runs_are_those_of_the_table(tmp_path):
    path = tmp_path / "operation.csv"
    path.write_text("experiment,operation,time,volume,A\nslow,start,,1,1\nfast,start,,1,3\nfast,add,1,1,0\n")
    found = cs.simulate(cs.network("A -> B @ 0.5"), (0, 2, 3), operation=path)
    assert found.experiments == ("slow", "fast")
    assert found.values[1][-1, 0] == pytest.approx(1.5 * np.exp(-1.0))
    assert found.values[0][-1, 0] == pytest.approx(np.exp(-1.0))


def test_a_held_species_is_not_diluted():
    held = cs.network("A + C -> B + C @ 0.2; const C; init A = 1, C = 2")
    found = cs.simulate(held, (0, 2, 3), operation=cs.Operation(1.0).add(1, 1.0))
    assert found.values[0][-1] == pytest.approx(
        [0.5 * np.exp(-0.8), 2.0, 0.5 * (1 - np.exp(-0.4)) + 0.5 * np.exp(-0.4) * (1 - np.exp(-0.4))]
    )


def test_what_cannot_be_is_refused():
    with pytest.raises(DataError, match="'X' is no species"):
        cs.simulate(NETWORK, operation=cs.Operation().add(1, contents={"X": 1}))
    with pytest.raises(NetworkError, match="temperature program needs"):
        cs.simulate(NETWORK, operation=cs.Operation().temperature(0, 300))
    with pytest.raises((UnsupportedError, NetworkError, DataError)):
        cs.simulate(NETWORK, initial=[{"A": 1}] * 3, operation={"a": cs.Operation(), "b": cs.Operation()})
