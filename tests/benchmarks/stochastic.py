"""Events per second of CPU of the exact stochastic simulation, beside other simulators measured in the same run.

Run by hand: ``python -m tests.benchmarks.stochastic``, about two minutes on one idle core. Peers that are not installed
are left out: ``pip install bngsim gillespy2 scons libroadrunner`` (GillesPy2 compiles C++ by scons, g++ and make).
All tools run the same process from the same state to the same 101 times; their time for a run is compared with ours,
and the mean at the end is printed beside ours, so that a tool that simulates something else is seen. Compiling is
left out for all; slow peers make fewer runs.
"""

import contextlib
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from crnsym import Custom, Network, network, simulate_stochastic
from crnsym.formats import sbml

POINTS = 101


def random_network(species: int, reactions: int) -> Network:
    """Conversions and exchanges between species drawn at random, half of each; molecules are conserved."""
    random = np.random.default_rng(0)
    lines = []
    for i in range(reactions):
        a, b, c, d = random.choice(species, 4, replace=False)
        lines.append(f"S{a} -> S{b} @ 1" if i % 2 else f"S{a} + S{b} -> S{c} + S{d} @ 0.01")
    return network("\n".join(lines) + "\n" + f"init {', '.join(f'S{i} = 100' for i in range(species))}")


CASES = {
    "birth-death": (network("0 -> A @ 100; A -> 0 @ 1; init A = 0"), 100.0, 1000, (4, 12, 50)),
    "dimerisation": (network("2 A -> B @ 0.001; B -> 2 A @ 0.1; init A = 1000, B = 0"), 100.0, 1000, (4, 12, 50)),
    "Lotka-Volterra": (
        network("X -> 2 X @ 10; X + Y -> 2 Y @ 0.01; Y -> 0 @ 10; init X = 1000, Y = 1000"),
        1.0,
        1000,
        (4, 12, 50),
    ),
    "100 reactions": (random_network(50, 100), 10.0, 100, (1.3, None, None)),
    "1000 reactions": (random_network(300, 1000), 2.0, 40, (3, None, None)),
}


def ours(net: Network, stop: float, runs: int) -> Callable[[], tuple[np.ndarray, float]]:
    def run() -> tuple[np.ndarray, float]:
        found = simulate_stochastic(net, (0, stop, POINTS), runs, seed=1)
        return found.mean()[-1], float(found.events.mean())

    return run


def bngsim(net: Network, stop: float, runs: int) -> Callable[[], np.ndarray]:
    import bngsim as peer

    index = {name: i + 1 for i, name in enumerate(net.species_names)}

    def side(complex_) -> str:
        return ",".join(str(index[n]) for n, c in complex_.items() for _ in range(int(c))) or "0"

    lines = ["begin parameters"]
    lines += [f"  {i + 1} k{i + 1} {float(r.rate.k)}" for i, r in enumerate(net.reactions)]
    lines += ["end parameters", "begin species"]
    lines += [f"  {index[n]} {n}() {float(net.initial.get(n, 0))}" for n in net.species_names]
    lines += ["end species", "begin reactions"]
    lines += [f"  {i + 1} {side(r.reactants)} {side(r.products)} k{i + 1}" for i, r in enumerate(net.reactions)]
    lines += ["end reactions", ""]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.net"
        path.write_text("\n".join(lines))
        simulator = peer.Simulator(peer.Model.from_net(str(path)), method="ssa")

    def run() -> np.ndarray:
        found = simulator.run_replicates(runs, (0.0, stop), POINTS, seed=1, num_processors=1)
        return np.mean([np.asarray(f.species)[-1] for f in found], axis=0)

    return run


def gillespy2(net: Network, stop: float, runs: int) -> Callable[[], np.ndarray]:
    import gillespy2 as peer

    model = peer.Model(name="model")
    species = {n: peer.Species(name=n, initial_value=int(net.initial.get(n, 0))) for n in net.species_names}
    model.add_species(list(species.values()))
    for i, r in enumerate(net.reactions):
        k = peer.Parameter(name=f"k{i}", expression=str(float(r.rate.k)))
        model.add_parameter(k)
        sides = [{species[n].name: int(c) for n, c in s.items()} for s in (r.reactants, r.products)]
        model.add_reaction(peer.Reaction(name=f"r{i}", reactants=sides[0], products=sides[1], rate=k.name))
    model.timespan(peer.TimeSpan.linspace(t=stop, num_points=POINTS))
    solver = peer.SSACSolver(model=model)

    def run() -> np.ndarray:
        found = solver.run(number_of_trajectories=runs, seed=1)
        return np.array([np.mean([f[n][-1] for f in found]) for n in net.species_names])

    return run


def roadrunner(net: Network, stop: float, runs: int) -> Callable[[], np.ndarray]:
    import roadrunner as peer

    rates = []
    for r in net.reactions:
        ways = r.rate.k
        for name, count in r.reactants.items():
            for taken in range(int(count)):
                ways = ways * (net.symbol(name) - taken)
        rates.append(Custom(ways))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xml"
        sbml.write(net.with_rates(rates), path)
        runner = peer.RoadRunner(str(path))
    runner.setIntegrator("gillespie")
    runner.getIntegrator().setValue("variable_step_size", False)
    runner.getIntegrator().setValue("seed", 1)
    runner.timeCourseSelections = list(net.species_names)

    def run() -> np.ndarray:
        ends = []
        for _ in range(runs):
            runner.resetToOrigin()
            ends.append(np.array(runner.simulate(0, stop, POINTS))[-1])
        return np.mean(ends, axis=0)

    return run


PEERS = {"bngsim": (bngsim, 1), "GillesPy2": (gillespy2, 1), "roadrunner": (roadrunner, 20)}


def cpu() -> float:
    """Return seconds of CPU, those of finished children (GillesPy2's C++) included."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def measure(run: Callable) -> tuple[object, float]:
    """Return the best of three, after one run that compiles."""
    run()
    best, found = np.inf, None
    for _ in range(3):
        start = cpu()
        found = run()
        best = min(best, cpu() - start)
    return found, best


def main() -> None:
    warnings.simplefilter("ignore")
    print(
        f"{'':16}{'events':>9}{'crnsym':>9}   Mev per CPU second; then ratio ours / peer (wanted), end of first species"
    )
    for name, (net, stop, runs, wanted) in CASES.items():
        start = time.time()
        (mean, events), seconds = measure(ours(net, stop, runs))
        speed = runs * events / seconds / 1e6
        line = f"{name:16}{events:9.0f}{speed:9.1f}   ours {mean[0]:.1f}"
        for (peer, (make, fewer)), limit in zip(PEERS.items(), wanted, strict=True):
            if limit is None:
                continue
            try:
                count = max(runs // fewer, 1)
                with contextlib.redirect_stdout(None):
                    found, spent = measure(make(net, stop, count))
            except ImportError:
                line += f"; {peer} is not installed"
                continue
            theirs = count * events / spent / 1e6
            line += f"; {peer} {theirs:.2f}: {speed / theirs:.1f} x ({limit}), {found[0]:.1f}"
        print(f"{line}   [{time.time() - start:.0f} s]", flush=True)


if __name__ == "__main__":
    main()
