"""Large networks beside numba and bngsim, and many runs of small ones beside bngsim and libroadrunner.

``python -m tests.benchmarks.large [FOLDER]`` with a folder that holds ``egfr_net.net``, ``BCR.net``,
``fceri_gamma2.net``. Times are of the process (one thread), the best of a few; errors are the largest over all
outputs, relative to the largest concentration, against our own solution with a relative tolerance of 1e-10.
Set OMP_NUM_THREADS=1 and XLA_FLAGS=--xla_cpu_multi_thread_eigen=false.
"""

import sys
import tempfile
import time
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from numba import njit

from crnsym import compile_network, network, parse_expression, write
from crnsym.dynamics.integration.solve import solve
from crnsym.dynamics.integration.system import add_up, compile_system
from crnsym.network.network import Network
from crnsym.network.species import Species
from crnsym.network.symbols import symbol
from tests.network.bionetgen import read_net

SMALL = {
    "CRNN case 1": ("2 A -> B @ 0.1; A -> C @ 0.2; C -> D @ 0.13; B + D -> E @ 0.3; init A = 1, B = 1", 40),
    "Robertson": ("A -> B @ 0.04; 2 B -> B + C @ 3e7; B + C -> A + C @ 1e4; init A = 1", 1e5),
    "Oregonator": (
        "Y -> X + Y @ 77.27; X + Y -> Y @ 77.27; X -> 2 X @ 77.27; 2 X -> X @ 6.4713625e-4; Z -> Z + Y @ 0.012941633;"
        "Y -> 0 @ 0.012941633; X + Y -> X @ 0.012941633; X -> X + Z @ 0.161; Z -> 0 @ 0.161; init X = 1, Y = 2, Z = 3",
        300,
    ),
}
LARGE = {"egfr_net": 100.0, "BCR": 1e4}
RTOL = (1e-4, 1e-6, 1e-8)


def best(call, *arguments, repeats=3, **options):
    times = []
    for _ in range(repeats):
        start = time.process_time()
        result = call(*arguments, **options)
        times.append(time.process_time() - start)
    return min(times), result


def load(path):
    """The network with its parameters and initial state."""
    bare, section, values, initial = read_net(path), "", {}, {}
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        section = words[1] if words[:1] == ["begin"] else "" if words[:1] == ["end"] else section
        if words and words[0].isdigit() and section in ("parameters", "species"):
            expression = parse_expression(words[2]).xreplace({symbol(k): v for k, v in values.items()})
            number = str(expression.evalf(17)) if not expression.is_Rational else expression
            (values if section == "parameters" else initial)[
                words[1] if section == "parameters" else f"s{words[0]}"
            ] = parse_expression(str(number))
    species = tuple(Species(name, initial=initial.get(name)) for name in bare.species_names)
    return Network(bare.reactions, species, parameters=values)


def first_call(net):
    with jax.enable_x64(True):
        return jax.jit(lambda f, y: f(0.0, y))(compile_network(net), jnp.ones(len(net.species))).block_until_ready()


def calls(call, field, y, repeats):
    for _ in range(repeats):
        result = call(field, y)
    return result.block_until_ready()


def loading(paths):
    print("Loading and compiling, CPU s (to the first right-hand side)\n")
    print(f"{'network':14} {'species':>8} {'reactions':>9} {'read':>6} {'numba':>6} {'jax':>6} {'sum':>6}")
    for path in paths:
        read, net = best(load, path, repeats=1)
        arrays, _ = best(compile_system, net, repeats=1)
        traced, _ = best(first_call, net, repeats=1)
        sizes = f"{len(net.species):8} {len(net.reactions):9}"
        print(f"{path.stem:14} {sizes} {read:6.2f} {arrays:6.2f} {traced:6.2f} {read + arrays + traced:6.2f}")


@njit
def plain_loops(constants, reactants, starts, changed, changes, x, dy, times):
    """The loops that anybody would write over the same reactions."""
    for _ in range(times):
        dy[:] = 0
        for i in range(len(constants)):
            rate = constants[i]
            for j in range(reactants.shape[1]):
                rate *= x[reactants[i, j]]
            for e in range(starts[i], starts[i + 1]):
                dy[changed[e]] += changes[e] * rate


@njit
def our_loops(constants, reactants, starts, changed, changes, x, rates, dy, times):
    for _ in range(times):
        add_up(constants, reactants, starts, changed, changes, x, rates, dy)


def right_hand_sides(paths, repeats=20, batch=32):
    print("\nRight-hand side, CPU us a state (in brackets: times the plain numba loop)\n")
    print(f"{'network':14} {'plain numba':>12} {'our numba':>16} {'jax, one':>16} {'32, last':>16} {'32, vmap':>16}")
    for path in paths:
        net = load(path)
        s = compile_system(net)
        signed = [a.astype(np.int64) for a in (s.reactants, s.starts, s.changed)]
        x, dy = np.append(np.random.default_rng(0).uniform(size=s.species), [1.0, 0.0]), np.empty(s.species)
        rates = np.empty(len(s.starts) - 1)
        plain = (s.constants, *signed, s.changes, x, dy)
        ours = (s.constants, s.reactants, s.starts, s.changed, s.changes, x, rates, dy)
        plain_loops(*plain, 1)
        our_loops(*ours, 1)
        found = [best(loops, *given, repeats)[0] for loops, given in ((plain_loops, plain), (our_loops, ours))]
        with jax.enable_x64(True):
            field = jax.tree.map(jnp.asarray, compile_network(net))
            one = jnp.asarray(x[: s.species])
            many = jnp.tile(one[:, None], (1, batch))
            direct = jax.jit(lambda f, y: f(0.0, y))
            mapped = jax.jit(jax.vmap(lambda f, y: f(0.0, y), (None, 0)))
            for call, y, states in ((direct, one, 1), (direct, many, batch), (mapped, many.T, batch)):
                call(field, y).block_until_ready()
                found.append(best(calls, call, field, y, repeats)[0] / states)
        us = np.array(found) / repeats * 1e6
        print(f"{path.stem:14} {us[0]:12.1f} " + " ".join(f"{u:8.1f} ({u / us[0]:4.2f})" for u in us[1:]))


def table(title, rows):
    print(f"\n{title}\n\n{'':16} {'tool':26} {'rtol':>7} {'CPU ms':>10} {'error':>9}")
    for name, tool, rtol, seconds, error in rows:
        print(f"{name:16} {tool:26} {rtol:7.0e} {seconds * 1e3:10.4g} {error:9.1e}")


def large_solutions(folder):
    import bngsim

    rows = []
    for name, stop in LARGE.items():
        net = load(folder / f"{name}.net")
        system, times = compile_system(net), np.linspace(0, stop, 101)
        state = np.array([[float(net.initial.get(s, 0)) for s in net.species_names]])
        exact = solve(system, state, times, solver="implicit", rtol=1e-10, atol=np.array([1e-8]))[0].values

        def error(values, exact=exact):
            return np.abs(values - exact).max() / exact.max()

        for rtol in RTOL:
            seconds, found = best(solve, system, state, times, rtol=rtol, atol=np.array([rtol]), repeats=2)
            rows.append((name, f"crnsym ({found[0].steps} steps)", rtol, seconds, error(found[0].values)))
        for rtol in RTOL:
            runner = bngsim.Simulator(bngsim.Model.from_net(str(folder / f"{name}.net")), method="ode")
            seconds, run = best(runner.run, t_span=(0, stop), n_points=101, rtol=rtol, atol=rtol, repeats=1)
            rows.append(
                (name, f"bngsim ({run.solver_stats['n_steps']} steps)", rtol, seconds, error(np.asarray(run.species)))
            )
    table("Large networks, from the initial state to the end of the horizon, absolute tolerance as relative", rows)


def ask_bngsim(model, simulator, stop, rtol):
    for _ in range(20):
        model.reset()
        run = simulator.run(t_span=(0, stop), n_points=101, rtol=rtol, atol=rtol * 1e-6)
    return run


def ask_roadrunner(runner, stop):
    for _ in range(20):
        runner.reset()
        found = runner.simulate(0, stop, 101)
    return np.array(found)


def small_solutions(runs=1000):
    import bngsim

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import roadrunner

    rows = []
    for name, (text, stop) in SMALL.items():
        net = network(text)
        system, times = compile_system(net), np.linspace(0, stop, 101)
        state = np.array([[float(net.initial.get(s, 0)) for s in net.species_names]])
        exact = solve(system, state, times, solver="implicit", rtol=1e-11, atol=np.array([1e-16]))[0].values

        def error(values, exact=exact):
            return np.abs(values - exact).max() / exact.max()

        for rtol in RTOL:
            for count in (1, runs):
                states, atol = np.repeat(state, count, axis=0), np.full(count, rtol * 1e-6)
                solve(system, states[:1], times, rtol=rtol, atol=atol[:1])
                seconds, found = best(solve, system, states, times, rtol=rtol, atol=atol)
                rows.append((name, f"crnsym, {count} at once", rtol, seconds / count, error(found[0].values)))
        with tempfile.TemporaryDirectory() as folder:
            write(net, f"{folder}/model.xml")
            model = bngsim.Model.from_sbml(f"{folder}/model.xml")
            simulator = bngsim.Simulator(model, method="ode")
            runner = roadrunner.RoadRunner(f"{folder}/model.xml")
        names = list(net.species_names)
        runner.timeCourseSelections = [f"[{n}]" for n in names]
        runner.integrator.maximum_num_steps = 1_000_000
        for rtol in RTOL:
            seconds, run = best(ask_bngsim, model, simulator, stop, rtol)
            order = [list(run.species_names).index(n) for n in names]
            rows.append((name, "bngsim", rtol, seconds / 20, error(np.asarray(run.species)[:, order])))
            runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = rtol, rtol * 1e-6
            seconds, values = best(ask_roadrunner, runner, stop)
            rows.append((name, "libroadrunner", rtol, seconds / 20, error(values)))
    table(f"Small networks, a run of 101 outputs; crnsym alone and {runs} at once", rows)


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "shared/data/networks"
    files = [place / f"{name}.net" for name in ("egfr_net", "BCR", "fceri_gamma2")]
    loading(files)
    right_hand_sides(files)
    large_solutions(place)
    small_solutions()
