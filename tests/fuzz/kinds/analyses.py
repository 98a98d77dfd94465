"""What is said of a network and done with it: every law in every analysis, answered or refused."""

import contextlib
import io
import math
from functools import cache
from pathlib import Path

import numpy as np
import sympy as sp
from rich.console import Console

from crnsym.dynamics.moments.noise import stationary_noise
from crnsym.dynamics.ode import simulate
from crnsym.dynamics.stochastic.simulate import simulate_stochastic
from crnsym.errors import CrnsymError, SimulationError
from crnsym.network.network import Network
from crnsym.network.printing import expression_text
from crnsym.network.text import network
from crnsym.report.info import describe

from ..case import expect, prepared, valid
from ..damage import choice

LEAVES = ["A", "B", "C", "k", "2", "0.5", "3"]
FORMS = [
    "({a} + {b})", "{a}*{b}", "abs({a} - {b})", "{a}/(1 + {b})", "exp(-{a})", "sqrt({a})", "log(1 + {a})", "floor({a})",
    "ceil({a}/2)", "min({a}, {b})", "max({a}, {b})", "piecewise({a}, {b} > 1, {c})", "tanh({a})", "({a})^2", "sin({a})",
    "piecewise({a}, {b} > {c} && {a} < 4, {c})", "({a})^1.5", "log10({a} + 2)", "mm({s}, {c}, 2)", "hill({s}, 1, 2, 2)",
]  # fmt: skip


def law(random: np.random.Generator, depth: int) -> str:
    """A formula of species and a constant, with branches, kinks and steps, also within conditions."""
    if depth == 0:
        return choice(random, LEAVES)
    parts = {name: law(random, depth - 1 if name == "a" else int(random.integers(depth))) for name in "abc"}
    return choice(random, FORMS).format(**parts, s=choice(random, "ABC"))


def any_network(random: np.random.Generator) -> Network:
    """Flows through three species, with laws of any form among them."""
    sides = ["A -> B", "B -> C", "A + B -> C", "C -> A", "0 -> A", "B -> 0", "2 A -> C", "A + C -> B + C"]
    lines = ["0 -> A @ 1", "C -> 0 @ 0.3"]
    for _ in range(int(random.integers(1, 4))):
        form = law(random, int(random.integers(1, 4)))
        rate = f"@= {choice(random, ['', 'A*', 'k*B*'])}{form}" if random.random() < 0.7 else f"@ {random.random():.2g}"
        lines.append(f"{choice(random, sides)} {rate}")
    if random.random() < 0.3:
        lines[:2] = []
    start = ", ".join(f"{name} = {int(random.integers(0, 4))}" for name in "ABC")
    return network("\n".join([*lines, "species A, B, C", "param k = 0.7", f"init {start}"]))


@cache
def _simulated_once() -> None:
    """Compile the integrators, which takes longer than any case may."""
    law = network("A -> B @= A*B/(1 + A) + 1; B -> A @= sqrt(B); init A = 1, B = 0")
    for solver in ("explicit", "implicit", "auto"):
        simulate(law, (0.0, 1.0, 2), solver=solver)
    chain = "\n".join(f"A{i} -> A{i + 1} @ 1000" for i in range(30))
    simulate(network(f"{chain}\ninit A0 = 1"), (0.0, 1.0, 2), solver="implicit")
    with contextlib.suppress(CrnsymError):
        stationary_noise(law)


def network_described(random: np.random.Generator, folder: Path) -> None:
    """A description never fails."""
    net = any_network(random)
    with valid(net):
        Console(file=io.StringIO(), width=100).print(describe(net))
    expect(bool(net.latex("document")), "no text")


ANALYSES = [
    "jacobian", "elementary", "lift", "reduce_by_laws", "to_combinatoric", "from_combinatoric", "recognise_laws",
    "validate", "check_units", "siphons", "elementary_modes", "moment_equations", "linear_noise", "stationary_noise",
    "injectivity", "sensitivity_rhs", "complex_balance", "core_reactions", "compile_jacobian", "fingerprint",
]  # fmt: skip


@prepared(_simulated_once)
def network_analysed(random: np.random.Generator, folder: Path) -> None:
    """An analysis of any network answers or says why it cannot."""
    import crnsym as cs

    net = any_network(random)
    name = choice(random, [*ANALYSES, "eliminate", "contrast", "confoundable"])
    if name == "eliminate":
        cs.eliminate(net, choice(random, "ABC"))
    elif name in ("contrast", "confoundable"):
        getattr(cs, name)(net, any_network(random))
    elif name == "jacobian":
        net.jacobian(substitute=True)
    else:
        getattr(cs, name)(net)


@cache
def _counted_once() -> None:
    for seed in range(9):
        net = any_network(np.random.default_rng([0, seed]))
        for method in ("exact", "tau", "langevin"):
            with contextlib.suppress(CrnsymError):
                simulate_stochastic(net, [0.0, 0.3], 2, 0, method=method, engine="sequential")


@prepared(_simulated_once)
def network_simulated(random: np.random.Generator, folder: Path) -> None:
    """The rates that integration starts with are those that the text says."""
    net = any_network(random)
    step = 1e-7
    try:
        found = simulate(net, (0.0, step, 2), rtol=1e-10).values[0]
    except SimulationError:
        return
    state = {
        net.symbol(name): sp.Float(value) for name, value in zip(net.species_names, found[0].tolist(), strict=True)
    }
    for name, written in net.odes(substitute=True).items():
        change = written.xreplace(state).evalf() if written.free_symbols else written
        speed = float(change) if change.is_real else math.nan
        i = net.species_index[name]
        moved = (found[1, i] - found[0, i]) / step
        if math.isfinite(speed) and abs(speed) < 1e4:
            told = f"{name} moves by {moved}, not {speed}, in\n{net}\n{expression_text(written)}"
            expect(abs(moved - speed) < 1e-3 + 1e-2 * abs(speed) or _steps(net), told)


def _steps(net: Network) -> bool:
    """Whether a law has a step, on which a state may lie at the start."""
    text = str(net)
    return any(word in text for word in ("floor", "ceil", "piecewise", "sqrt", "^"))


@prepared(_counted_once)
def network_events(random: np.random.Generator, folder: Path) -> None:
    """Molecules are counted by every method, or it is said why not."""
    net = any_network(random)
    method = choice(random, ["exact", "tau", "langevin"])
    counts = simulate_stochastic(net, [0.0, 0.3], 2, 0, method=method, engine="sequential").counts
    expect(bool(np.isfinite(counts).all()), f"no numbers by {method} in\n{net}")
    expect(method == "langevin" or bool((counts >= 0).all()), f"fewer than no molecules by {method} in\n{net}")


KINDS = {f.__name__: f for f in (network_described, network_analysed, network_simulated, network_events)}
