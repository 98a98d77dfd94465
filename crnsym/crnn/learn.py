"""Train chemical reaction neural networks on data: small random starts, one experiment a step, then a polish."""

import os
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import equinox as eqx
import jax
import numpy as np

from crnsym.data.mechanism import FractionalNetwork, Mechanism
from crnsym.data.noise import NoiseModel, estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.errors import FitError
from crnsym.training.progress import Progress, SilentProgress, as_progress
from crnsym.training.tasks import Tasks, as_tasks

from .batches import check_measured, is_stiff
from .finish import GROUP, finish, mean_error, noise_losses
from .loss import Learner
from .setting import FORMS, Prepared, Setting
from .trained import Trained, TrainedNetwork

Reporter = Progress | Callable[[str, float | None, str], Any] | None
UPDATES = 12_000  # steps of one experiment each, when epochs are not given
AT_NOISE = 1.1  # residual, in units of the noise, below which no other form is tried


def train_crnn(data: Trajectories, **options: Any) -> list[FractionalNetwork]:
    """Train chemical reaction neural networks and return what they found, lowest loss first.

    Parameters
    ----------
    data
        Measured runs; gaps and different lengths are fine.  Temperatures that differ make the rates Arrhenius laws.
    **options
        Those of :func:`train_networks`.

    Returns
    -------
    list of FractionalNetwork
        One a restart (and form), in the units of the data; Ctrl-C leaves the best so far.

    Raises
    ------
    FitError, DataError
        If an option or the data cannot be used.
    """
    return [network.fractional() for network in train_networks(data, **options).networks]


def train_networks(
    data: Trajectories,
    *,
    reactions: int | None = None,
    form: str = "auto",
    restarts: int = 8,
    epochs: int | None = None,
    seed: int = 0,
    learning_rate: float = 2e-2,
    order_penalty: float = 0.0,
    cap: float = 2.0,
    order_cap: float = 4.0,
    sparsity: float = 0.0,
    integer: float = 0.0,
    allowed: np.ndarray | None = None,
    known: Mechanism | None = None,
    noise: NoiseModel | None = None,
    stiff: bool | None = None,
    polished: bool = True,
    executor: Executor | Tasks | None = None,
    progress: Reporter = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> Trained:
    """Train networks from several random starts.

    Parameters
    ----------
    data
        Measured runs.
    reactions
        Number of reactions; default: one more than species.  Too many are merged and pruned afterwards, too few are
        not repaired.
    form
        ``"tied"`` (order = consumption), ``"separate"`` (catalysts, autocatalysis), or ``"auto"``: tied, and separate
        as well when tied does not reach the noise.
    restarts, epochs, seed, learning_rate
        Random starts side by side; passes over the experiments (default: such that 12,000 steps are made); seed;
        start of the cosine schedule.
    order_penalty, cap
        Weight and cap of sum_j relu(sum_i n_ji - cap).
    order_cap
        Largest order of one species in one reaction.
    sparsity, integer
        Weights of the other penalties.
    allowed, known
        ``(reactions, species)`` booleans, False where a species may not take part; reactions that are known to happen.
    noise
        Noise of the measurements; default: estimated.
    stiff
        Use the implicit solver (slow); default: when the times say so.
    polished
        Finish by Levenberg-Marquardt in units of the noise.
    executor
        Trains groups of restarts in parallel, or `Tasks`, which also keep the groups that are finished.
    progress, checkpoint, resume
        Whom to tell; a file to keep the state in; whether to go on from it.
    """
    _check(data, form, known, reactions)
    check_measured(data)
    reporter, tasks = as_progress(progress), as_tasks(executor)
    setting = Setting(
        data,
        estimate_noise(data) if noise is None else noise,
        len(data.species) + 1 if reactions is None else reactions,
        (order_penalty, cap, order_cap, sparsity, integer),
        allowed,
        None if known is None else (known.reactants, known.net_stoichiometry),
        is_stiff(data) if stiff is None else stiff,
        learning_rate,
        max(1, round(UPDATES / len(data))) if epochs is None else epochs,
        seed,
    )
    networks, interrupted = [], False
    with jax.enable_x64(True):
        scaling = scaling_of(data, noise)
        batch = jax.tree.map(jnp.asarray, make_batch(data, scaling, choose_step(data, noise)))
        stiff = is_stiff(data) if stiff is None else stiff
        ranges = jnp.asarray(ranges_of(data) / scaling.concentrations)
        loss = TrajectoryLoss(ranges, order_penalty, cap, sparsity, integer, stiff=stiff)
        residuals = noise_residuals(data, noise, scaling, loss)
        expected = expected_squares(data, noise)
        epochs = max(1, round(UPDATES / len(data))) if epochs is None else epochs
        network_options: dict[str, Any] = dict(
            _temperature_options(data),
            order_cap=order_cap,
            floor=scaling.floor,
            ceiling=CEILING,
            stoichiometry_scale=scaling.stoichiometry_scale,
            allowed=allowed,
            known=None if known is None else (known.reactants, known.net_stoichiometry),
        )
        header = {
            "reactions": reactions,
            "learning_rate": learning_rate,
            "penalties": [order_penalty, cap, order_cap, sparsity, integer],
            "data": [len(data), data.count, float(sum(np.nansum(values) for values in data.values))],
        }
        for name in ("tied", "separate") if form == "auto" else (form,):

            def make(key: jax.Array, name: str = name) -> Learner:
                network = CRNN(len(data.species), reactions, key=key, form=name, **network_options)
                return Learner(network, jnp.zeros(batch.initial.shape))

            training = fit(
                make,
                loss,
                batch,
                optimiser=adam(learning_rate, epochs * len(data)),
                epochs=epochs,
                key=jax.random.fold_in(jax.random.key(seed), ("tied", "separate").index(name)),
                restarts=restarts,
                score=loss.score,
                trainable=Learner.trainable,
                stage=f"training ({name})",
                progress=reporter,
                checkpoint=None if checkpoint is None else f"{os.fspath(checkpoint)}.{name}",
                resume=resume,
                header={**header, "form": name},
            )
            learners, interrupted = list(training.models), training.interrupted
            if polished and not interrupted:
                learners, losses, interrupted = finish(learners, residuals, batch, expected, reporter)
            else:
                losses = noise_losses(learners, residuals, batch, expected)
            errors = [float(mean_error(training.loss, learner, batch)) for learner in learners]
            networks += [
                TrainedNetwork(learner.network, training.scaling, data.species, float(value), error)
                for learner, value, error in zip(learners, losses, errors, strict=True)
            ]
            if interrupted or min(losses, default=0.0) < AT_NOISE:
                break
    networks.sort(key=lambda network: network.loss if np.isfinite(network.loss) else np.inf)
    return Trained(tuple(networks), interrupted)


def _temperature_options(data: Trajectories) -> dict[str, float]:
    if data.temperatures is None or np.ptp(data.temperatures) == 0.0:
        return {}
    temperatures = np.asarray(data.temperatures, float)
    reference = float(1.0 / np.mean(1.0 / temperatures))
    return {"temperature": reference, "spread": float(np.std(reference / temperatures))}


def _check(data: Trajectories, form: str, known: Mechanism | None, reactions: int | None) -> None:
    if form not in FORMS:
        raise FitError(f"form {form!r} is not one of {', '.join(FORMS)}")
    if reactions is not None and reactions < 1:
        raise FitError(f"reactions must be at least 1, not {reactions}")
    if known is not None and known.species != data.species:
        raise FitError(f"known reactions are about {', '.join(known.species)}; the data, {', '.join(data.species)}")
