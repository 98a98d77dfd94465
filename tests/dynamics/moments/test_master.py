"""The master equation against closed formulas, and the moment equations against the master equation."""

import math

import numpy as np
import pytest
from scipy.linalg import expm

from crnsym import linear_noise, master_equation, moment_equations, network, simulate_moments, stationary_noise
from crnsym.errors import NetworkError, SimulationError, UnsupportedError

GENE = network("0 -> M @ 2; M -> 0 @ 0.5; M -> M + P @ 3; P -> 0 @ 0.2; init M = 1, P = 2")
DIMER = network("2 A -> B @ 0.05; B -> 2 A @ 0.3; init A = 20")
TIMES = [0.0, 0.7, 3.0]


def test_immigration_and_death_from_nothing_is_poisson():
    found = master_equation(network("0 -> A @ 6; A -> 0 @ 1; init A = 0"), {"A": 40})
    mean = 6 * (1 - math.exp(-0.7))
    wanted = [math.exp(-mean) * mean**n / math.factorial(n) for n in range(41)]
    np.testing.assert_allclose(found.solve(TIMES).marginal("A")[1], wanted, atol=1e-12)
    stationary = [math.exp(-6) * 6**n / math.factorial(n) for n in range(41)]
    np.testing.assert_allclose(found.stationary().probabilities[0], stationary, atol=1e-12)


def test_linear_birth_and_death_has_a_zero_modified_geometric_law():
    birth, death, t = 0.5, 1.5, 1.0
    found = master_equation(network(f"A -> 2 A @ {birth}; A -> 0 @ {death}; init A = 1"), {"A": 60}).solve([0, t])
    grown = math.exp((birth - death) * t)
    extinct = death * (1 - grown) / (death - birth * grown)
    ratio = birth * (1 - grown) / (death - birth * grown)
    wanted = [extinct, *((1 - extinct) * (1 - ratio) * ratio ** (n - 1) for n in range(1, 61))]
    np.testing.assert_allclose(found.probabilities[1], wanted, atol=1e-12)
    # For a geometric law exp(-nu n) the published field equation is d nu/dt = (death - birth) (1 - exp(-nu)).
    mean = simulate_moments(
        moment_equations(network(f"A -> 2 A @ {birth}; A -> 0 @ {death}"), 1).close(),
        [0, 1e-4],
        {"A": 1 / math.expm1(0.7)},
    )
    nu = np.log1p(1 / mean.mean()[:, 0])
    assert (nu[1] - nu[0]) / 1e-4 == pytest.approx(0.50341470, rel=1e-4)


def test_dimerisation_reaches_what_detailed_balance_says():
    found = master_equation(DIMER)
    assert found.states.shape == (11, 2)
    # stationary: prod of c^n / n!, on 2 B + A = 20
    weights = [(0.05 / 0.3) ** b / (math.factorial(20 - 2 * b) * math.factorial(b)) for b in range(11)]
    order = np.argsort(found.states[:, 1])
    np.testing.assert_allclose(found.stationary().probabilities[0][order], np.array(weights) / sum(weights), rtol=1e-10)


def test_moments_of_a_gene_are_those_of_its_master_equation():
    exact = master_equation(GENE, {"M": 26, "P": 110}).solve(TIMES)
    assert exact.leak.max() < 1e-8
    for closed in (*(moment_equations(GENE, 3, central).close() for central in (False, True)), linear_noise(GENE)):
        found = simulate_moments(closed, TIMES)
        np.testing.assert_allclose(found.mean(), exact.mean(), atol=1e-5)
        np.testing.assert_allclose(found.covariance(), exact.covariance(), atol=1e-4)
    raw = simulate_moments(moment_equations(GENE, 3).close(), TIMES)
    np.testing.assert_allclose(raw["⟨M P²⟩"], exact.moment("M", "P", "P"), rtol=1e-6)


def test_the_stationary_gene_has_the_published_noise():
    # Thattai and van Oudenaarden (2001): Fano factor of the protein 1 + b / (1 + eta)
    noise = stationary_noise(GENE)
    burst, eta = 3 / 0.5, 0.2 / 0.5
    assert noise.mean == pytest.approx([4, 60])
    assert noise.covariance[1, 1] / noise.mean[1] == pytest.approx(1 + burst / (1 + eta))
    frequencies = np.linspace(-300, 300, 60001)
    variance = np.trapezoid(noise.spectrum(frequencies), frequencies, axis=0) / (2 * np.pi)
    np.testing.assert_allclose(variance, noise.covariance.diagonal(), rtol=2e-3)
    assert noise.spectrum([0.0])[0, 0] == pytest.approx(2 * 2 / 0.5**2)  # 2 k / (w^2 + g^2)


@pytest.mark.parametrize("central", [False, True])
def test_closures_of_dimerisation_come_near_the_exact_moments(central):
    exact = master_equation(DIMER).solve(TIMES)
    errors = {}
    for closure in ("normal", "poisson", "lognormal"):
        found = simulate_moments(moment_equations(DIMER, 2, central).close(closure), TIMES)
        errors[closure] = abs(found.mean() - exact.mean()).max()
        np.testing.assert_allclose(found.mean()[:, 0] + 2 * found.mean()[:, 1], 20, rtol=1e-6)
    mean_field = simulate_moments(moment_equations(DIMER, 2, central).close("mean_field"), TIMES)
    errors["mean_field"] = abs(mean_field.mean() - exact.mean()).max()
    assert errors["normal"] < 0.02 < 0.1 < errors["mean_field"] < 0.4
    assert errors["lognormal"] < 0.05
    third = simulate_moments(moment_equations(DIMER, 3, central).close("normal"), TIMES)
    assert abs(third.mean() - exact.mean()).max() < errors["normal"] / 2


def test_poisson_closure_is_exact_where_everything_stays_poisson():
    # Linear conversions of a Poisson mixture, entered by a reaction of second order between independent species that
    # is in detailed balance: the product of Poisson laws is stationary.
    net = network(
        "0 -> A @ 4; A -> 0 @ 1; 0 -> B @ 6; B -> 0 @ 2; A + B -> C @ 0.5; C -> A + B @ 3; 0 -> C @ 2; C -> 0 @ 1"
    )
    means = {"A": 4.0, "B": 3.0, "C": 2.0}
    closed = moment_equations(net, 2).close("poisson")
    start = {**means, **{f"⟨{n}²⟩": m * m + m for n, m in means.items()}}
    start |= {f"⟨{a} {b}⟩": means[a] * means[b] for a, b in ("AB", "AC", "BC")}
    found = simulate_moments(closed, (0, 5, 6), start)
    np.testing.assert_allclose(found.mean(), np.tile(list(means.values()), (6, 1)), rtol=1e-7)
    np.testing.assert_allclose(found.sd() ** 2, found.mean(), rtol=1e-6)
    rates = simulate_moments(linear_noise(net), (0, 30, 2), means)
    np.testing.assert_allclose(rates.covariance()[-1], np.diag(list(means.values())), atol=1e-6)


def test_a_lognormal_closure_starts_from_nothing():
    net = network("0 -> A @ 5; 2 A -> 0 @ 0.1; init A = 0")
    found = simulate_moments(moment_equations(net).close("lognormal"), (0, 20, 5))
    exact = master_equation(net, {"A": 60}).stationary()
    assert found.mean()[-1] == pytest.approx(exact.mean()[0], rel=0.02)


def test_a_law_that_is_zero_somewhere_bounds_the_states():
    net = network("0 -> A @= 2*(5 - A); A -> 0 @ 1; init A = 0")
    found = master_equation(net)
    assert len(found.states) == 6
    moments = simulate_moments(moment_equations(net).close(), TIMES)
    np.testing.assert_allclose(moments.covariance(), found.solve(TIMES).covariance(), atol=1e-6)


def test_a_species_held_fixed_acts_with_its_number():
    net = network("S -> S + A @ 2; A -> 0 @ 1; const S; init S = 3, A = 0")
    exact = master_equation(net, {"A": 40}).solve(TIMES)
    found = simulate_moments(moment_equations(net).close(), TIMES)
    np.testing.assert_allclose(found.mean()[:, 1], exact.mean()[:, 1], atol=1e-7)
    assert np.isnan(found.mean()[:, 0]).all()
    other = simulate_moments(moment_equations(net).close(), TIMES, {"S": 6})
    np.testing.assert_allclose(other.mean()[:, 1], 2 * found.mean()[:, 1], atol=1e-6)


def test_a_rate_may_change_in_time():
    net = network("0 -> A @= 2*time; A -> 0 @ 1; init A = 0")
    found = simulate_moments(moment_equations(net).close(), TIMES)
    wanted = 2 * (np.array(TIMES) - 1 + np.exp(-np.array(TIMES)))
    np.testing.assert_allclose(found.mean()[:, 0], wanted, atol=1e-7)
    np.testing.assert_allclose(found.covariance()[:, 0, 0], wanted, atol=1e-6)


def test_gradients_go_through_moment_equations():
    import jax

    from crnsym import compile_network

    net = moment_equations(network("0 -> A @ b; A -> 0 @ d; param b = 2, d = 0.5")).close().as_network()
    with jax.enable_x64(True):
        jacobian = jax.jacobian(compile_network(net), argnums=1)(0.0, jax.numpy.array([3.0, 11.0]))
    np.testing.assert_allclose(jacobian, [[-0.5, 0], [2 * 2 + 0.5, -1.0]])


def test_a_box_reports_what_leaves_it():
    found = master_equation(network("0 -> A @ 6; A -> 0 @ 1; init A = 0"), {"A": 6})
    solved = found.solve([0, 1, 5])
    full = master_equation(network("0 -> A @ 6; A -> 0 @ 1; init A = 0"), {"A": 50}).solve([0, 1, 5])
    assert solved.leak[0] == 0
    assert solved.leak[1] > 0.05
    assert (abs(solved.probabilities - full.probabilities[:, :7]).sum(axis=1) <= solved.leak + 1e-9).all()
    assert "a box that leaks" in repr(found)


def refused(error, words):
    return pytest.raises(error, match=words)


def test_what_a_master_equation_cannot_do_is_refused_by_name():
    birth = network("0 -> A @ 6; A -> 0 @ 1; init A = 0")
    with refused(NetworkError, r"more than limit=500 states can be reached \(up to A = 500\); give bounds"):
        master_equation(birth, limit=500)
    with refused(NetworkError, r"box has 1e\+06 states, more than limit=50000"):
        master_equation(birth, {"A": 10**6 - 1})
    with refused(NetworkError, "A has none"):
        master_equation(birth, {})
    with refused(NetworkError, "B is no species"):
        master_equation(birth, {"A": 5, "B": 5})
    with refused(NetworkError, "not a whole number of at least 3"):
        master_equation(birth, {"A": 2}, {"A": 3})
    with refused(NetworkError, "is not a whole number"):
        master_equation(birth, {"A": 5}, {"A": 0.5})
    with refused(UnsupportedError, "depends on time"):
        master_equation(network("0 -> A @= time; init A = 0"), {"A": 5})
    with refused(NetworkError, "C is no species of the network; there are A"):
        master_equation(birth, {"A": 5}).solve((0, 1, 2)).marginal("C")
    with refused(NetworkError, "is -1 at A = 2"):
        master_equation(network("0 -> A @= 1 - A; init A = 2"), {"A": 5})
    with refused(NetworkError, "2 sets of states are never left"):
        master_equation(network("A -> B @ 1; A -> C @ 1; init A = 1")).stationary()


def test_what_moment_equations_cannot_do_is_refused_by_name():
    closed = moment_equations(network("2 A -> B @ k; init A = 5")).close()
    with refused(NetworkError, "no value for k"):
        simulate_moments(closed)
    closed = moment_equations(network("A -> B @ 1"), 1).close()
    with refused(NetworkError, "no initial concentrations"):
        simulate_moments(closed)
    with refused(NetworkError, "C is no species"):
        simulate_moments(closed, initial={"C": 1})
    with refused(NetworkError, "initial: A = nan is not a concentration; give a number of 0 or more"):
        simulate_moments(closed, initial={"A": float("nan")})
    with refused(NetworkError, "take order=2"):
        simulate_moments(closed, initial={"A": 1}).covariance()
    with refused(NetworkError, "⟨C⟩ is no variable"):
        simulate_moments(closed, initial={"A": 1})["⟨C⟩"]
    with refused(SimulationError, "closure normal stopped at t = .*try another closure"):
        simulate_moments(moment_equations(network("2 A -> 3 A @ 1; init A = 5"), 2).close("normal"))
    with refused(SimulationError, "no steady state"):
        stationary_noise(network("X -> 2 X @ 1; X + Y -> 2 Y @ 0.1; Y -> 0 @ 1; init X = 5, Y = 20"))
    with refused(SimulationError, "not stable"):
        stationary_noise(network("2 A -> 3 A @ 1; A -> 0 @ 2; init A = 2"))


@pytest.mark.parametrize(
    ("text", "mean"),
    [
        ("0 -> A @ 1; 2 A -> 0 @ 1; init A = 1", [math.sqrt(0.5)]),
        ("0 -> A @ 1e-9; A -> 0 @ 0.5; init A = 0", [2e-9]),
        ("0 -> A @ 3e5; 2 A -> 0 @ 2e-6; init A = 10", [math.sqrt(3e5 / 4e-6)]),
        ("A -> B @ 1e-3; B -> A @ 4e-3; init A = 1e-6", [0.8e-6, 0.2e-6]),
        ("0 -> A @ 4.5; A -> 0 @ 0.459; B -> 0 @ 1.55; init A = 1.86, B = 1.5", [4.5 / 0.459, 0.0]),
        ("0 -> A @= 2*A^4/(1 + A^4) + 0.01; A -> 0 @ 1; init A = 2", [1.8539051697]),
        ("0 -> E @ 1e-4; E -> 0 @ 1; 0 -> S @ 1e6; S -> 0 @ 1; E + S -> E + S + P @ 1; P -> 0 @ 2", [1e-4, 1e6, 50.0]),
    ],
)
def test_a_steady_state_is_found_whatever_its_size_and_units(text, mean):
    found = stationary_noise(network(text), {} if "init" in text else {"S": 0})
    np.testing.assert_allclose(found.mean, mean, rtol=1e-6, atol=0.0)
    residual = found.drift @ found.covariance + found.covariance @ found.drift.T + found.diffusion
    assert np.abs(residual).max() < 1e-9 * np.abs(found.diffusion).max()


def test_a_steady_state_that_is_passed_slowly_is_not_the_one_that_is_reached():
    # next to the unstable state A = 1 of dA/dt = -(A - 1/2)(A - 1)(A - 3)
    net = network("0 -> A @ 1.5; A -> 0 @ 5; 2 A -> 3 A @ 4.5; 3 A -> 2 A @ 1; init A = 1.0001")
    found = stationary_noise(net)
    assert found.mean == pytest.approx([3.0])
    assert stationary_noise(net, {"A": 0.9999}).mean == pytest.approx([0.5])


def test_random_networks_have_the_stationary_noise_of_an_independent_solution():
    from tests.benchmarks.stationary import agree, random_case

    verdicts = [agree(*random_case(np.random.default_rng([7, i]))) for i in range(12)]
    assert {*verdicts} <= {"same", "no oracle"}
    assert verdicts.count("same") >= 9


@pytest.mark.parametrize(
    ("text", "bounds", "mean"),
    [
        ("0 -> 2 A @ 3; 2 A -> 0 @ 1; init A = 0", {"A": 60}, 1.626912),
        ("0 -> 2 A @ 3; 2 A -> 0 @ 1; init A = 1", {"A": 61}, None),
        ("0 -> 3 A @ 2; 3 A -> 0 @ 0.1; init A = 2", {"A": 92}, None),
        ("A <-> B @ 1, 2; init A = 3, B = 0", {"A": 5, "B": 5}, 2.0),
        ("2 A -> 2 B @ 1; 2 B -> 2 A @ 3; init A = 5, B = 0", {"A": 6, "B": 6}, None),
        ("0 -> 4 A @ 1; 4 A -> 0 @ 0.01; init A = 3", {"A": 43}, None),
        ("A -> 0 @ 1; init A = 4", {"A": 9}, 0.0),
    ],
)
def test_the_stationary_distribution_is_that_of_the_given_start(text, bounds, mean):
    equation = master_equation(network(text), bounds)
    found = equation.stationary()
    closed = equation.generator.toarray() + np.diag(equation.outwards)
    late = expm(100.0 * closed)[:, equation.start]
    np.testing.assert_allclose(found.probabilities[0], late, atol=1e-8)
    assert found.mean()[0, 0] == pytest.approx(late @ equation.states[:, 0] if mean is None else mean, abs=1e-6)
