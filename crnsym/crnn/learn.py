"""Train chemical reaction neural networks on data: small random starts, one experiment a step, then a polish."""

import os
from concurrent.futures import Executor
from typing import Any

import equinox as eqx
import jax
import numpy as np

from crnsym.data.mechanism import FractionalNetwork, Mechanism
from crnsym.data.noise import NoiseModel, estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.errors import FitError
from crnsym.training.progress import Progress, Reporter, SilentProgress, as_progress
from crnsym.training.tasks import Tasks

from .batches import check_measured, is_stiff
from .finish import GROUP, finish, mean_error, noise_losses
from .loss import Learner
from .setting import FORMS, Prepared, Setting
from .trained import Trained, TrainedNetwork

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

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> learned = cs.train_crnn(data, reactions=1, restarts=2, epochs=300)  # doctest: +SKIP
    >>> cs.round_network(learned[0], data=data)[0]  # doctest: +SKIP
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
    reporter = as_progress(progress)
    folder = None if checkpoint is None else f"{os.fspath(checkpoint)}.tasks"
    tasks = executor if isinstance(executor, Tasks) else Tasks(executor, executor and folder, resume)
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
        training = setting.prepare()
        for name in FORMS[1:] if form == "auto" else (form,):
            if tasks.executor is None:
                state = None if checkpoint is None else f"{os.fspath(checkpoint)}.{name}"
                learners, interrupted = training.run(name, 0, restarts, reporter, state, resume)
            else:
                learners, interrupted = _in_groups(setting, training, name, restarts, tasks, reporter)
            batch, residuals, expected = training.batch, training.residuals, training.expected
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


def _in_groups(
    setting: Setting, training: Prepared, form: str, restarts: int, tasks: Tasks, reporter: Progress
) -> tuple[list[Learner], bool]:
    """Train groups of restarts as tasks; the same learners, best first, as all in one."""
    groups = [(form, i, min(GROUP, restarts - i)) for i in range(0, restarts, GROUP)]
    found: dict[int, list[tuple[float, list[np.ndarray]]]] = {}
    interrupted = False
    try:
        for i, group in tasks.each(train_group, setting, groups, f"training {form}", reporter):
            found[i] = group
    except KeyboardInterrupt:
        interrupted = True
    scored = [member for i in sorted(found) for member in found[i]]
    scored.sort(key=lambda member: member[0])
    return [training.rebuilt(form, leaves) for _, leaves in scored], interrupted


def train_group(setting: Setting, group: tuple[str, int, int]) -> list[tuple[float, list[np.ndarray]]]:
    """Train one group of restarts, ``(form, first, count)``: their scores and the arrays that make them."""
    with jax.enable_x64(True):
        training = setting.prepare()
        learners, interrupted = training.run(*group, SilentProgress())
        if interrupted:
            raise KeyboardInterrupt
        scores = training.scores
        leaves = [[np.asarray(a) for a in jax.tree.leaves(eqx.filter(m, eqx.is_inexact_array))] for m in learners]
    return list(zip(scores, leaves, strict=True))


def _check(data: Trajectories, form: str, known: Mechanism | None, reactions: int | None) -> None:
    if form not in FORMS:
        raise FitError(f"form {form!r} is not one of {', '.join(FORMS)}")
    if reactions is not None and reactions < 1:
        raise FitError(f"reactions must be at least 1, not {reactions}")
    if known is not None and known.species != data.species:
        raise FitError(f"known reactions are about {', '.join(known.species)}; the data, {', '.join(data.species)}")
