"""The one training loop: any pytree of arrays, any loss, one experiment a step, several restarts at once."""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import PyTree

from crnsym.errors import FitError

from .checkpoint import load_checkpoint, read_header, save_checkpoint
from .progress import Reporter, as_progress
from .restarts import stack_restarts, take_restart

Loss = Callable[[Any, Any, jax.Array, jax.Array], jax.Array]


@dataclass(frozen=True)
class Training:
    """What a training leaves: every restart at its best.

    Attributes
    ----------
    models
        One model a restart, each at the epoch where its score was lowest; best first.
    scores
        ``(restarts,)`` the scores in the same order.
    history
        ``(checks, restarts)`` scores in time, columns in the order of the *restarts* (not sorted).
    epochs
        Epochs that were done.
    interrupted
        True when Ctrl-C ended it early; the models are the best so far.
    """

    models: tuple[Any, ...]
    scores: np.ndarray
    history: np.ndarray
    epochs: int
    interrupted: bool


@functools.lru_cache(maxsize=32)
def adam(learning_rate: float, steps: int, schedule: str = "cosine", clip: float = 10.0):
    """Adam with a gradient clip and a schedule.

    Cached, because a new optimiser object means a new compile of the training loop.

    Parameters
    ----------
    learning_rate
        At the start.
    steps
        Length of the schedule in steps (epochs times experiments).
    schedule
        ``"cosine"`` (to zero at the end), ``"constant"`` or ``"exponential"`` (to a hundredth at the end).
    clip
        Largest global norm of the gradient.
    """
    schedules = {
        "cosine": lambda: optax.cosine_decay_schedule(learning_rate, steps),
        "constant": lambda: optax.constant_schedule(learning_rate),
        "exponential": lambda: optax.exponential_decay(learning_rate, steps, 0.01),
    }
    if schedule not in schedules:
        raise FitError(f"schedule {schedule!r} is not one of {', '.join(schedules)}")
    return optax.chain(optax.clip_by_global_norm(clip), optax.adam(schedules[schedule]()))


def fit(
    make: Callable[[jax.Array], Any],
    loss: Loss,
    experiments: PyTree,
    *,
    optimiser: optax.GradientTransformation,
    epochs: int,
    key: jax.Array,
    restarts: int = 8,
    first: int = 0,
    score: Loss | None = None,
    trainable: Callable[[Any], Any] | None = None,
    checks: int = 50,
    stage: str = "training",
    progress: Reporter = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
    header: dict[str, Any] | None = None,
) -> Training:
    """Train ``restarts`` models side by side.

    Parameters
    ----------
    make
        ``make(key)`` returns a model with a random start.
    loss
        ``loss(model, experiment, key, fraction)``, a scalar; ``fraction`` in [0, 1] is the part of the
        training done, for penalties that come late.  An Equinox module or a function.
    experiments
        A pytree whose leaves have a leading axis ``experiments``; a step sees one slice.
    optimiser
        Any optax transformation, for instance :func:`adam`.
    epochs
        How often every experiment is seen, each time in a new order.
    key
        One key; the same key gives the same result.
    restarts
        How many models; they share the order of the experiments and one compiled program.
    first
        Number of the first one: 4 restarts from 4 are the second half of 8.
    score
        What "best" means, with the signature of ``loss``, averaged over all experiments; default: the loss.
    trainable
        ``trainable(model)`` returns the pytree of booleans that marks what is trained; default: inexact arrays.
    checks
        How often scores are computed, progress reported and a checkpoint written; Ctrl-C works in between.
    stage, progress
        Name of the stage and whom to tell.
    checkpoint, resume
        A file to keep the state in, and whether to go on from it where it exists.  A resumed training gives
        the same result as an undisturbed one.
    header
        JSON values that identify the problem; a checkpoint with others is refused.

    Raises
    ------
    FitError
        If a checkpoint belongs to another problem, or nothing can be trained.
    """
    if epochs < 1 or restarts < 1:
        raise FitError(f"epochs and restarts must be at least 1, not {epochs} and {restarts}")
    reporter = as_progress(progress)
    trained, fixed = stack_restarts(make, key, restarts, trainable, first)
    scores = jnp.asarray(np.full(restarts, np.inf))  # not weakly typed: one compile
    state = (trained, jax.vmap(optimiser.init)(trained), trained, scores)
    options = {**(header or {}), "epochs": epochs, "restarts": restarts, "checks": checks, "key": _key_data(key)}
    done, history = 0, []
    if resume and checkpoint is not None and Path(checkpoint).exists():
        _check_options(options, read_header(checkpoint), checkpoint)
        state, stored = load_checkpoint(checkpoint, state)
        done, history = stored["done"], stored["history"]
    chunk = -(-epochs // max(1, min(checks, epochs)))
    interrupted = False
    try:
        while done < epochs:
            count = min(chunk, epochs - done)
            span = tuple(jnp.asarray(n) for n in (done, done + count, epochs))  # traced: one program
            state, current = _chunk(state, fixed, experiments, key, span, loss, score or loss, optimiser)
            history.append(np.asarray(current).tolist())
            done += count
            if checkpoint is not None:
                save_checkpoint(checkpoint, state, {**options, "done": done, "history": history})
            reporter.report(stage, done / epochs, f"loss {float(jnp.min(state[3])):.4g}")
    except KeyboardInterrupt:
        interrupted = True
    best, best_scores = state[2], np.asarray(state[3])
    order = np.argsort(best_scores, kind="stable")
    models = tuple(take_restart(best, fixed, int(i)) for i in order)
    return Training(models, best_scores[order], np.asarray(history).reshape(-1, restarts), done, interrupted)


@eqx.filter_jit
def _chunk(state, fixed, experiments, key, span, loss, score, optimiser):
    """Train for some epochs, then score."""
    start, stop, epochs = span
    number = jax.tree.leaves(experiments)[0].shape[0]

    def update(trained, optimiser_state, experiment, step_key, fraction):
        def objective(parameters):
            return loss(eqx.combine(parameters, fixed), experiment, step_key, fraction)

        gradient = jax.grad(objective)(trained)
        # One experiment on which the solver fails must not end the restart: skip that step.
        finite = jnp.all(jnp.stack([jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(gradient)]))
        gradient = jax.tree.map(lambda leaf: jnp.where(finite, leaf, 0.0), gradient)
        updates, optimiser_state = optimiser.update(gradient, optimiser_state, trained)
        return optax.apply_updates(trained, updates), optimiser_state

    def epoch(index, carry):
        epoch_key = jax.random.fold_in(key, index)
        fraction = index / epochs

        def step(carry, choice):
            experiment = jax.tree.map(lambda leaf: leaf[choice], experiments)
            step_key = jax.random.fold_in(epoch_key, choice)
            return jax.vmap(lambda p, s: update(p, s, experiment, step_key, fraction))(*carry), None

        return jax.lax.scan(step, carry, jax.random.permutation(epoch_key, number))[0]

    trained, optimiser_state, best, best_scores = state
    trained, optimiser_state = jax.lax.fori_loop(start, stop, epoch, (trained, optimiser_state))

    def total(parameters):
        model = eqx.combine(parameters, fixed)
        return jnp.mean(jax.vmap(lambda experiment: score(model, experiment, key, jnp.ones(())))(experiments))

    scores = jax.vmap(total)(trained)
    better = scores < best_scores  # False for NaN
    best = jax.tree.map(
        lambda new, old: jnp.where(better.reshape((-1,) + (1,) * (new.ndim - 1)), new, old), trained, best
    )
    return (trained, optimiser_state, best, jnp.where(better, scores, best_scores)), scores


def _key_data(key: jax.Array) -> list[int]:
    data = jax.random.key_data(key) if jnp.issubdtype(key.dtype, jax.dtypes.prng_key) else key
    return np.asarray(data).ravel().tolist()


def _check_options(wanted: dict[str, Any], stored: dict[str, Any], path: str | os.PathLike[str]) -> None:
    for name, value in wanted.items():
        if stored.get(name) != value:
            raise FitError(
                f"checkpoint {path} was written with {name} = {stored.get(name)!r}, not {value!r}; "
                "use the same options, or delete it"
            )
