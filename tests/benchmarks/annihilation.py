"""Systems whose closure is known: pair annihilation on a chain, and birth and death in a vessel.

Run by hand: ``python -m tests.benchmarks.annihilation [--runs 400] [--seed 1]``, under a minute. Relative L2 errors:

1. of density and nearest-neighbour pairs by moment equations and by the motifs of the Ising chain (nothing learned),
   until half of the molecules are gone and over the whole time;
2. of molecules in a row by a machine with a hidden layer, learned by wake and sleep, on runs that it has not seen.
   Its pairs come out as by chance: given n joined molecules a hidden unit weighs Σ_k exp(b_k + w_k n), whose logarithm
   is convex in n, so hidden units let molecules of a kind attract and never repel each other;
3. of dν/dt learned from the simulated means of a branching process, against the exact (death - birth)(1 - exp(-ν)).

The visible model at ten initial numbers left out is in ``tests.benchmarks.composition chain``.
"""

import argparse
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from crnsym import (
    Layers,
    lattice_moment_equations,
    network,
    simulate_lattice,
    simulate_moments,
    simulate_stochastic,
    train_natural,
)
from crnsym.dbm.continuation import Continuation
from crnsym.dbm.dynamics import integrate
from crnsym.dbm.sampling import Chains
from tests.dbm.motifs import Motifs, chain_moments

SITES, START = 200, 120
NET = network(f"2 A -> 0 @ 1; init A = {START}")


def relative(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.linalg.norm(found[1:] - wanted[1:]) / np.linalg.norm(wanted[1:]))


def motifs(hops: float, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers and pairs by d(h, J)/dt of the Ising chain, from molecules at random."""
    every = 20
    with jax.enable_x64(True):
        rhs = Motifs({"annihilation": 1.0, "hop": hops})
        start = jnp.array([np.log(START / (SITES - START)), 0.0])
        path = jax.jit(lambda y: integrate(rhs, y, (times[1] - times[0]) / every, every * (len(times) - 1)))(start)
        found = jax.vmap(chain_moments)(path[::every])
    return SITES * np.asarray(found.density), SITES * np.asarray(found.pairs)


def closures(runs: int, seed: int) -> None:
    print(f"{SITES} sites, {START} molecules, {runs} runs, seed {seed}")
    print(f"{'hops':>6} {'closure':>14} {'A, half':>9} {'AA, half':>9} {'A, all':>9} {'AA, all':>9}")
    for hops in (0.0, 1.0, 4.0, 16.0):
        found = simulate_lattice(NET, SITES, (0, 6, 121), runs, seed, hops=hops)
        count, pairs = found.counts().mean(axis=0)[:, 0], found.nearest("A", "A").mean(axis=0)
        half = count >= START / 2
        rows = {"motifs": motifs(hops, found.times)}
        for closure, reach in (("mean_field", 0), ("pair", 1), ("pair", 2)):
            equations = lattice_moment_equations(NET, SITES, hops=hops, reach=reach)
            moments = simulate_moments(equations.close(closure), found.times)
            a = moments.counts()[:, 0]
            rows[f"{closure} {reach}"] = a, moments.nearest("A", "A") if reach else a**2 / SITES
        for name, (a, aa) in rows.items():
            both = [relative(x[k], y[k]) for k in (half, slice(None)) for x, y in ((a, count), (aa, pairs))]
            print(f"{hops:>6g} {name:>14} " + " ".join(f"{error:>9.4f}" for error in both))


def in_a_row(lattices: np.ndarray, width: int) -> np.ndarray:
    return np.logical_and.reduce([np.roll(lattices > 0, -d, axis=-1) for d in range(width)]).sum(axis=-1)


def hidden(runs: int, seed: int) -> None:
    data = simulate_lattice(NET, SITES, (0, 6, 61), 2 * runs, seed)
    one, other = (replace(data, sites=data.sites[k::2], numbers=data.numbers[k::2]) for k in (0, 1))
    layers = Layers(("A",), (SITES,), (2,), block=3)
    model = train_natural(one, layers, every=1, seed=seed)
    thetas = model.at(data.times)
    print(f"hidden layer, {runs} runs learned from, {runs} others scored on, and the first as a forecast of them")
    for sweeps in (10, 100):
        chains = [Chains(layers, 512, seed, k).run(theta, sweeps).lattices() for k, theta in enumerate(thetas)]
        for width, name in enumerate(("singles", "pairs", "triplets", "quartets"), start=1):
            found = np.array([in_a_row(x, width).mean() for x in chains])
            seen, wanted = (in_a_row(x.sites, width).mean(axis=0) for x in (one, other))
            print(f"{sweeps:>6} sweeps {name:>9} {relative(found, wanted):.3f} ({relative(seen, wanted):.3f})")


def branching(seed: int) -> None:
    birth, death = 0.5, 1.5
    net = network(f"A -> 2 A @ {birth}; A -> 0 @ {death}; init A = 3")
    found = simulate_stochastic(net, (0, 1, 21), 200_000, seed)
    nu = np.log1p(1 / found.mean()[:, 0])
    model = Continuation(Layers(("A",), (9,)), found.times, seed=seed).along(nu[:, None])
    points = np.linspace(nu[0], nu[-1], 50)
    with jax.enable_x64(True):
        learned = np.asarray(jax.vmap(model.rhs)(jnp.asarray(points)[:, None]))[:, 0]
    error = learned / ((death - birth) * (1 - np.exp(-points))) - 1
    span = f"ν from {nu[0]:.2f} to {nu[-1]:.2f}"
    size = 100 * np.sqrt((error**2).mean())
    print(
        f"branching process: dν/dt for {span} off by {100 * np.abs(error).max():.1f} % at most, {size:.1f} % in rms (2)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    closures(arguments.runs, arguments.seed)
    hidden(arguments.runs, arguments.seed)
    branching(arguments.seed)


if __name__ == "__main__":
    main()
