import numpy as np
import pytest

from crnsym import network, recognise_laws, simulate_stochastic
from crnsym.errors import NetworkError, SimulationError, UnsupportedError

DECAY = "A -> B @ 1; init A = 10"


@pytest.mark.parametrize("engine", ["sequential", "batched"])
def test_a_run_is_the_same_however_many_there_are(engine):
    one, many = (simulate_stochastic(network(DECAY), runs=n, seed=3, engine=engine) for n in (3, 8))
    np.testing.assert_array_equal(one.counts, many.counts[:3])
    assert (many.counts != simulate_stochastic(network(DECAY), runs=8, seed=4, engine=engine).counts).any()
    assert (many.counts[0] != many.counts[1]).any()


def test_runs_have_a_mean_a_spread_and_trajectories():
    found = simulate_stochastic(network(DECAY), (0, 2, 5), runs=400, initial={"A": 100})
    assert found.counts.shape == (400, 5, 2)
    assert len(found) == 400
    np.testing.assert_allclose(found.mean()[:, 0], 100 * np.exp(-found.times), atol=1.5)
    np.testing.assert_allclose(
        found.sd()[2:, 0], np.sqrt(100 * np.exp(-found.times) * (1 - np.exp(-found.times)))[2:], rtol=0.2
    )
    assert found.trajectories().values[7].tolist() == found.counts[7].tolist()
    assert found.events.tolist() == found.counts[:, -1, 1].tolist()


def test_when_nothing_can_happen_the_counts_stay():
    assert simulate_stochastic(network("A -> 0 @ 1; init A = 0"), [0, 1, 2]).counts.tolist() == [[[0], [0], [0]]]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("A -> B @ 1; init A = 1.5", {}, "A = 3/2 is not a whole number"),
        (DECAY, {"initial": {"A": -3}}, "A = -3 is negative"),
        (DECAY, {"initial": {"C": 3}}, "C is no species"),
        ("A -> B @ k; init A = 1", {}, "no propensities: no value for k"),
        ("species A; init A = 1", {}, "no reactions"),
        ("A -> 1.5 B @ 1; init A = 1", {}, "has no propensity"),
        (DECAY, {"runs": 0}, "runs=0"),
        (DECAY, {"seed": -1}, "seed=-1"),
        (DECAY, {"method": "magic"}, "method='magic' is unknown; choose one of exact"),
        (DECAY, {"engine": "steam"}, "engine='steam' is unknown"),
    ],
)
def test_bad_input_is_one_clear_line(text, options, message):
    with pytest.raises(NetworkError, match=message) as caught:
        simulate_stochastic(network(text), **options)
    assert "\n" not in str(caught.value)


def test_a_rate_that_depends_on_time_is_refused():
    with pytest.raises(UnsupportedError, match="depends on time"):
        simulate_stochastic(network("A -> B @= A*sin(time)^2; init A = 1"))


def test_a_propensity_that_becomes_negative_names_its_reaction():
    with pytest.raises(SimulationError, match=r"A -> B.*negative"):
        simulate_stochastic(network("A -> B @= A - 4.5; init A = 10"), (0, 100, 3))


def test_an_explosion_stops_at_the_limit_of_events():
    with pytest.raises(SimulationError, match="max_events"):
        simulate_stochastic(network("2 A -> 3 A @ 1; init A = 10"), (0, 100, 3), max_events=10_000)


@pytest.mark.parametrize(
    "text",
    [
        DECAY,
        "0 -> A @ 3; A -> 0 @ 1; init A = 0",
        "2 A -> B @ 0.1; B -> 2 A @ 1; init A = 20",
        "A -> B @= 2*A/(1 + A); init A = 30",
        "\n".join(f"A{i} -> A{i + 1} @ 1" for i in range(17)) + "\ninit A0 = 10",
    ],
)
def test_the_first_run_is_the_same_however_many_are_asked_for(text):
    found = [simulate_stochastic(network(text), (0, 1, 3), runs=n, seed=7).counts[0] for n in (1, 2, 63, 64, 65, 200)]
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])


@pytest.mark.parametrize(
    "text",
    [
        "2 A -> 0 @ 1; init A = 4",
        "3 A -> 0 @ 1; init A = 5",
        "A + 2 B -> 0 @ 1; init A = 3, B = 4",
        "2 A -> 0 @ 1; 3 B -> C @ 2; init A = 0, B = 0",
        "4 A -> B @ 1; 2 B -> 0 @ 3; init A = 9, B = 1",
        "2 A + 2 B -> C @ 1; init A = 5, B = 3",
    ],
)
def test_the_batched_engine_ends_where_nothing_is_left_to_react(text):
    found = simulate_stochastic(network(text), (0, 50, 3), runs=64, engine="batched")
    other = simulate_stochastic(network(text), (0, 50, 3), runs=64)
    assert found.engine == "batched"
    np.testing.assert_array_equal(found.counts[:, -1], other.counts[:, -1])


def test_the_batched_engine_refuses_what_it_cannot_do():
    with pytest.raises(UnsupportedError, match="engine='batched'"):
        simulate_stochastic(network("A -> B @= A; init A = 10"), engine="batched")
    with pytest.raises(SimulationError, match="more than 100 events"):
        simulate_stochastic(network("0 -> A @ 1000; init A = 0"), runs=64, engine="batched", max_events=100)


def test_threefry_of_jax_gives_the_published_known_answer():
    import jax

    from crnsym.dynamics.stochastic.batched import _threefry

    with jax.enable_x64(True):
        found = _threefry(*map(np.uint32, (0x13198A2E, 0x03707344, 0x243F6A88, 0x85A308D3)))
    assert tuple(map(int, found)) == (0xBA3E4725, 0xF27D669E)


def test_a_whole_rate_of_several_equal_molecules_is_warned_of():
    net = network("2 A -> B @= 0.1*A^2; init A = 2, B = 0")
    with pytest.warns(UserWarning, match=r"the whole rate of '2 A -> B .*' is taken as its propensity.*recognise_laws"):
        simulate_stochastic(net, (0, 1, 2), runs=2)
    simulate_stochastic(recognise_laws(net), (0, 1, 2), runs=2)


def test_a_negative_propensity_and_a_bad_error_are_refused():
    with pytest.raises(NetworkError, match="of 'A -> B  @ -1' is -1; a propensity cannot be negative"):
        simulate_stochastic(network("A -> B @ -1; init A = 2, B = 0"), (0, 1, 2))
    with pytest.raises(NetworkError, match="epsilon=2: give a number between 0 and 1"):
        simulate_stochastic(network("A -> B @ 1; init A = 2, B = 0"), (0, 1, 2), method="tau", epsilon=2)
