"""Mechanisms to start from that a neural network learned."""

import os
from pathlib import Path

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.deciding import EFFORT
from crnsym.training.progress import Progress
from crnsym.training.tasks import Tasks


def learned_starts(
    data: Trajectories,
    *,
    noise: NoiseModel,
    max_order: int | None,
    restarts: int,
    seed: int,
    tasks: Tasks,
    reporter: Progress,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> tuple[tuple[Mechanism, ...], bool]:
    """Train chemical reaction neural networks and round the best: integer mechanisms, nearest first.

    Parameters
    ----------
    data, noise
        Measurements and their noise model.
    max_order
        Largest molecularity of a reaction; by default what the networks say.
    restarts, seed
        Random starts of the training.
    tasks, reporter
        Where the training runs, and who is told.
    checkpoint, resume
        Folder for the state of the training, and whether to go on from it.

    Returns
    -------
    The mechanisms, no two of them with the same reactions, and whether the training was interrupted.
    """
    from crnsym.crnn.learn import train_networks
    from crnsym.rounding.candidates import round_network
    from crnsym.rounding.intermediates import intermediates

    state = None if checkpoint is None else Path(checkpoint) / "crnn.eqx"
    trained = train_networks(
        data,
        restarts=restarts,
        seed=seed,
        noise=noise,
        executor=tasks,
        progress=reporter,
        checkpoint=state,
        resume=resume,
    )
    best = sorted(trained.networks, key=lambda n: n.loss)[: EFFORT.networks]
    typical = np.maximum(np.nanmean(np.abs(np.concatenate(data.values)), axis=0), 1e-300)
    networks = [n.fractional() for n in best]
    mechanisms = [m for n in networks for m in round_network(n, max_order=max_order, limit=EFFORT.rounded, data=data)]
    if max_order in (None, 3):
        mechanisms += [i.reaction for n in networks for i in intermediates(n, typical) if i.reaction.order <= 3]
    unique = {m.structure(): m for m in reversed(mechanisms)}
    return tuple(reversed(unique.values())), trained.interrupted
