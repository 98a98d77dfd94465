"""Wake-sleep learning of F: the divergence from the data, integrated in time, by its gradient.

dS/du for S = ∫ D_KL(p_t || p̃_θ(t)) dt is the derivative of Σ_t w_t <θ_t(u), Δ_t> through the solver, with the
differences Δ_t = <m>_machine - <m>_data sampled and then frozen (their means given the lattices are the wake phase).
Windows in time follow the published schedule ("sliding": ten steps, moved on after some updates), or the horizon grows
and a few times are drawn from all of it ("growing"), which goes on correcting the early times.
"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns, as_lattice_runs
from ..errors import DataError, FitError
from ..training.checkpoint import load_checkpoint, read_header, save_checkpoint
from ..training.progress import Reporter, as_progress
from .dynamics import DynamicBoltzmann, integrate
from .rhs.hashed import HashedElements
from .sampling import Chains

SCHEDULES = ("sliding", "growing")
STARTS = ("random", "data", "persistent")
_STRETCH = 64  # steps of the solver for which a program is compiled


@dataclass(frozen=True)
class WakeSleep:
    """How to learn.

    Attributes
    ----------
    schedule
        ``"sliding"`` or ``"growing"``.
    window
        Steps of a window; for a growing horizon, how many times are drawn for each update.
    updates
        Updates before the window (horizon) moves on by one time.
    last
        Updates more at the end.
    batch, chains
        Runs in the wake phase, chains in the sleep phase.
    sweeps
        Of either phase.
    start
        Of the chains: ``"random"`` at each update as published, ``"data"``, or ``"persistent"``.
    rate
        Learning rate, for differences of moments per site; the plain gradient (``"sgd"``) or Adam (``"adam"``).
    optimiser
        Hashed elements need ``"sgd"``.
    seed
        0 to 2^32 - 1.

    Examples
    --------
    >>> import crnsym as cs
    >>> options = cs.WakeSleep(schedule="sliding", window=5)
    >>> options.sweeps, options.start
    (10, 'random')
    """

    schedule: str = "growing"
    window: int = 10
    updates: int = 2
    last: int = 0
    batch: int = 16
    chains: int = 16
    sweeps: int = 10
    start: str = "random"
    rate: float = 4e-3
    optimiser: str = "sgd"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value, known in (
            ("schedule", self.schedule, SCHEDULES),
            ("start", self.start, STARTS),
            ("optimiser", self.optimiser, ("sgd", "adam")),
        ):
            if value not in known:
                raise FitError(f"{name}={value!r} is unknown; choose one of {', '.join(known)}")


def train_wake_sleep(
    model: DynamicBoltzmann,
    runs: LatticeRuns | Snapshots,
    options: WakeSleep,
    *,
    progress: Reporter = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> DynamicBoltzmann:
    """Return the machine with F learned from snapshots.

    Parameters
    ----------
    model
        Start and F before learning; its step is the spacing of the snapshots.
    runs
        Snapshots at equally spaced times.
    options
        How to learn.
    progress
        Whom to tell; Ctrl-C keeps what there is.
    checkpoint, resume
        A file to keep the state in, written at each hundredth of the work, and whether to go on from it.

    Raises
    ------
    DataError
        Snapshots that do not fit the machine.
    FitError
        A checkpoint of another problem, or options that do not go together.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> runs = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> machine = cs.train_natural(runs, iterations=100)  # doctest: +SKIP
    >>> machine = cs.train_wake_sleep(machine, runs, cs.WakeSleep(schedule="sliding", window=5))  # doctest: +SKIP
    """
    runs = as_lattice_runs(runs)
    _check(model, runs, options)
    reporter = as_progress(progress)
    header = {"options": asdict(options), "species": list(runs.species), "times": len(runs.times), "runs": len(runs)}
    points = len(runs.times)
    width = min(options.window, points - 1)
    total = (points - width) * options.updates + options.last
    rule = optax.sgd(options.rate) if options.optimiser == "sgd" else optax.adam(options.rate)
    with jax.enable_x64(True):
        rhs, memory, done = model.rhs, None, 0
        banks: dict[int, np.ndarray] = {}
        if not isinstance(rhs, HashedElements):
            memory = rule.init(eqx.filter(rhs, eqx.is_inexact_array))
        if resume and checkpoint is not None and Path(checkpoint).exists():
            (rhs, memory), done, banks = _restored(checkpoint, rhs, memory, header, model, options)
        if isinstance(rhs, HashedElements):
            rhs = rhs.copy()
        try:
            while done < total:
                edge = min(done // options.updates + width, points - 1)
                rhs, memory, size = _update(model, rhs, memory, rule, runs, options, done, edge, width, banks)
                done += 1
                if done % max(1, total // 100) == 0 or done == total:
                    reporter.report("wake-sleep", done / total, f"moments off by {size:.3g} a site")
                    if checkpoint is not None:
                        _keep(checkpoint, rhs, memory, banks, {**header, "done": done})
        except KeyboardInterrupt:
            pass
        return eqx.tree_at(lambda m: m.rhs, model, rhs)


def _update(model, rhs, memory, rule, runs, options, done, edge, width, banks):
    """Return F, the state of the optimiser, and the root mean square difference of moments after one update."""
    rng = np.random.default_rng([options.seed, done])
    steps = min(-(-edge // _STRETCH) * _STRETCH, len(runs.times) - 1)
    path = np.asarray(_path(eqx.tree_at(lambda m: m.rhs, model, rhs), steps))[: edge + 1]
    if not np.isfinite(path).all():
        raise FitError("the parameters run away; take a smaller rate")
    inverse = np.linalg.inv(np.asarray(model.coordinates))
    if options.schedule == "sliding":
        first, chosen = edge - width, np.arange(edge - width, edge + 1)
    else:
        first = 0
        chosen = np.sort(rng.choice(np.arange(1, edge + 1), min(width, edge), replace=False))
    picked = rng.choice(len(runs), min(options.batch, len(runs)), replace=False)
    weights = np.zeros((len(runs.times) if first == 0 else width + 1, path.shape[1]))
    size = 0.0
    for t in chosen:
        difference = _difference(model, inverse @ path[t], runs, picked, options, done, int(t), banks)
        weights[t - first] = inverse.T @ difference * (edge - first) / len(chosen)
        size += (difference**2).mean() / len(chosen)
    start = path[first]
    if isinstance(rhs, HashedElements):
        whole, part, rows = rhs.around(path[first:])
        gradient = _gradient(part, start, weights, model.step, model.method)
        part = eqx.tree_at(lambda m: m.coefficients, part, part.coefficients - options.rate * gradient.coefficients)
        return whole.merged(part, rows), memory, np.sqrt(size)
    gradient = _gradient(rhs, start, weights, model.step, model.method)
    changes, memory = rule.update(gradient, memory, eqx.filter(rhs, eqx.is_inexact_array))
    return eqx.apply_updates(rhs, changes), memory, np.sqrt(size)


def _difference(model, theta, runs, picked, options, done, t, banks):
    """Return <m>_machine - <m>_data per site at one time, sampled with the same number of sweeps in both phases."""
    layers, stream = model.layers, (2 * done + 1) * len(runs.times) + t
    data = runs.sites[picked, t]
    wake = Chains(layers, data, options.seed, stream % 2**32).run(theta, options.sweeps, clamped=True)
    begin = data[np.arange(options.chains) % len(data)] if options.start == "data" else options.chains
    sleep = Chains(layers, begin, options.seed, (stream + len(runs.times)) % 2**32)
    if options.start == "persistent":
        if t not in banks and t - 1 in banks:
            banks[t] = banks[t - 1].copy()
        sleep.state = banks.get(t, sleep.state)
    sleep.run(theta, options.sweeps)
    if options.start == "persistent":
        banks[t] = sleep.state
    return (sleep.statistics().mean(axis=0) - wake.statistics().mean(axis=0)) / layers.units[0]


@eqx.filter_jit
def _path(model, steps):
    return integrate(model.rhs, model.start, model.step, steps, model.method)


@eqx.filter_jit
def _gradient(rhs, start, weights, step, method):
    """Differentiate Σ step <θ_t(u), Δ_t> with respect to F."""
    trained, fixed = eqx.partition(rhs, eqx.is_inexact_array)
    if isinstance(rhs, HashedElements):
        marks = eqx.tree_at(lambda m: m.coefficients, jax.tree.map(lambda _: False, rhs), True)
        trained, fixed = eqx.partition(rhs, marks)

    def surrogate(trained):
        thetas = integrate(eqx.combine(trained, fixed), start, step, len(weights) - 1, method)
        return step * jnp.sum(weights * thetas)

    return jax.grad(surrogate)(trained)


def _check(model: DynamicBoltzmann, runs: LatticeRuns, options: WakeSleep) -> None:
    if runs.species != model.layers.species or runs.shape != model.layers.shape:
        raise DataError(
            f"snapshots of {', '.join(runs.species)} on {runs.shape} do not fit the machine of "
            f"{', '.join(model.layers.species)} on {model.layers.shape}"
        )
    if not runs.periodic:
        raise DataError("the lattice has walls; the blocks of a machine go around the edges, so it must be periodic")
    spacing = np.diff(runs.times)
    if len(spacing) == 0 or not np.allclose(spacing, model.step):
        raise DataError(f"wake-sleep learning needs snapshots at equally spaced times, {model.step:g} apart")
    if isinstance(model.rhs, HashedElements) and (options.optimiser != "sgd" or options.schedule != "sliding"):
        raise FitError("hashed elements are learned by optimiser='sgd' with schedule='sliding'")


def _keep(path, rhs, memory, banks, header) -> None:
    times = sorted(banks)
    arrays = eqx.filter((rhs, memory), eqx.is_array)
    stacked = np.stack([banks[t] for t in times]) if times else np.zeros((0, 0, 0), np.int8)
    capacity = len(rhs.keys) if isinstance(rhs, HashedElements) else 0
    save_checkpoint(path, (arrays, stacked), {**header, "banks": times, "capacity": capacity})


def _restored(path, rhs, memory, header, model, options):
    stored = read_header(path)
    for name, value in header.items():
        if stored.get(name) != value:
            raise FitError(f"checkpoint {path} was written with {name} = {stored.get(name)!r}, not {value!r}")
    if isinstance(rhs, HashedElements):
        shape = (stored["capacity"], *rhs.coefficients.shape[1:])
        empty = (np.zeros(shape[0], dtype=np.int64), np.zeros(shape))
        rhs = eqx.tree_at(lambda m: (m.keys, m.coefficients), rhs, empty)
    times = stored["banks"]
    like = np.zeros((len(times), sum(model.layers.units), options.chains) if times else (0, 0, 0), np.int8)
    arrays, fixed = eqx.partition((rhs, memory), eqx.is_array)
    (arrays, stacked), _ = load_checkpoint(path, (arrays, like))
    return eqx.combine(arrays, fixed), stored["done"], dict(zip(times, np.asarray(stacked), strict=True))
