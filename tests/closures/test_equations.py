"""The closed equations against the symbolic ones, motifs against a count by hand, and the solver."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from crnsym import lattice_moment_equations, network, simulate_lattice
from crnsym.closures.counting import motif_probabilities
from crnsym.closures.field import blank_field
from crnsym.closures.processes import lattice_processes
from crnsym.closures.solve import integrate, march, rosenbrock_step
from crnsym.errors import UnsupportedError
from crnsym.network.symbols import symbol

SYSTEMS = [
    ("A -> 2 A @ 0.7; A + B -> 2 B @ 0.4; B -> 0 @ 0.5", (9, 9), 1.0, {}),
    ("0 -> C @ 0.45; 0 -> 2 O @ 0.3; C + O -> 0 @ 50", (8, 8), 0.0, {}),
    ("2 A -> 0 @ 1", (12,), {"A": 0.3}, {}),
    ("S + I -> 2 I @ 2; I -> R @ 1", (5, 5, 5), {"S": 0.1, "I": 0.2}, {}),
    ("A -> B @ 0.3", (7, 7), {"B": 2.0}, {"(A, B) -> (B, A)": 0.6}),
]


def some_moments(processes, seed=0):
    """Return moments of a chain of correlated sites."""
    rng = np.random.default_rng(seed)
    joint = rng.dirichlet(np.ones(processes.species + 1), size=processes.species + 1)
    joint = joint @ np.diag(joint.sum(axis=0))
    joint = (joint + joint.T) / (joint + joint.T).sum()
    values = np.concatenate([joint.sum(axis=1), joint.ravel()])
    return values[np.array(blank_field(processes).place)]


@pytest.mark.parametrize(("text", "shape", "hops", "rules"), SYSTEMS)
def test_without_learning_the_equations_are_the_pair_approximation(text, shape, hops, rules):
    with jax.enable_x64(True):
        processes = lattice_processes(network(text), shape, hops, rules)
        moments, rates = some_moments(processes), processes.evaluate(np.zeros(0))
        field = blank_field(processes)
        found = np.asarray(jax.jit(lambda y: field(y, rates))(moments))
    closed = lattice_moment_equations(network(text), shape, hops=hops, rules=rules).close("pair")
    known = {symbol(name): value for name, value in zip(closed.names, moments, strict=True)}
    wanted = [float(right.xreplace(known)) for right in closed.odes().values()]
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("periodic", [True, False])
def test_motifs_are_counted_at_every_place_and_in_every_orientation(periodic):
    runs = simulate_lattice(network("A -> B @ 1"), (6, 6), (0, 1, 2), 2, 3, {"A": 14, "B": 9}, periodic=periodic)
    corner, row = (((0, 0), 0), ((0, 1), 1), ((1, 0), 2)), (((0, 0), 1), ((0, 1), 2), ((0, 2), 1))
    found = motif_probabilities(runs, [corner, row])
    site = runs.sites[1, 1]
    wanted = [hits(site, periodic, 1, 2, 0, None), hits(site, periodic, 1, 1, None, 2)]
    np.testing.assert_allclose(found[1, 1], wanted)


def hits(site, periodic, one, other, corner, middle):
    """Return the share of places: of a corner state between two in a right angle, or of a middle one in a row."""
    steps = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    found = total = 0
    for i, j in np.ndindex(site.shape):
        for a in steps:
            for b in steps:
                bent = a[0] * b[0] + a[1] * b[1] == 0
                if a == b or bent != (corner is not None):
                    continue
                ends = [(i + a[0], j + a[1]), (i + b[0], j + b[1])]
                if not periodic and any(not 0 <= x < n for end in ends for x, n in zip(end, site.shape, strict=True)):
                    continue
                first, second = (site[x % site.shape[0], y % site.shape[1]] for x, y in ends)
                inner = corner if corner is not None else middle
                total += 1
                found += site[i, j] == inner and first == one and second == other
    return found / total


def test_pairs_are_those_of_the_runs():
    runs = simulate_lattice(network("A -> B @ 1"), (7, 7), (0, 1, 2), 3, 1, {"A": 20, "B": 11})
    pair = (((0, 0), 1), ((0, 1), 2))
    np.testing.assert_allclose(motif_probabilities(runs, [pair])[..., 0] * 49 * 4, runs.nearest("A", "B"))


def test_steps_are_of_third_order_and_stiff_equations_end_where_they_should():
    with jax.enable_x64(True):
        right = lambda y: jnp.array([y[1], -y[0] - y[0] ** 3])  # noqa: E731
        fine = np.asarray(march(right, jnp.array([1.0, 0.0]), jnp.array([0.0, 1.0]), 512))[-1]
        off = [np.abs(march(right, jnp.array([1.0, 0.0]), jnp.array([0.0, 1.0]), n)[-1] - fine).max() for n in (16, 32)]
        assert 6.5 < off[0] / off[1] < 9.5
        stiff = lambda y: jnp.array([-1e4 * (y[0] - y[1]), -y[1]])  # noqa: E731
        found = np.asarray(integrate(stiff, jnp.array([0.0, 1.0]), jnp.array([0.0, 1.0, 3.0]), 1e-8, 1e-12))
        np.testing.assert_allclose(found[1:, 1], np.exp([-1.0, -3.0]), rtol=1e-5)
        np.testing.assert_allclose(found[1:, 0], np.exp([-1.0, -3.0]) / (1 - 1e-4), rtol=1e-5)
        decay = rosenbrock_step(lambda y: -y, jnp.array([1.0]), 1e9)[0]
        assert abs(float(decay[0])) < 1e-6  # what decays at once is gone after any step


def test_directions_that_differ_are_refused():
    with pytest.raises(UnsupportedError, match="sides of the same length"):
        lattice_processes(network("A -> 0 @ 1"), (8, 9))
