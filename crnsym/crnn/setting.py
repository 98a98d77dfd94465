"""What a training starts from, as plain values that another process can have, and made ready to run."""

import os
from dataclasses import dataclass, field
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.training.fit import adam, fit
from crnsym.training.progress import Progress

from .batches import Batch, Scaling, choose_step, make_batch, ranges_of, scaling_of
from .finish import expected_squares, noise_residuals
from .loss import Learner, NoiseResiduals, TrajectoryLoss
from .model import CRNN

CEILING = 10.0  # a concentration counts as at most this many ranges
FORMS = ("auto", "tied", "separate")


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """Measurements and options of a training.

    Attributes
    ----------
    data, noise, reactions, allowed, stiff, learning_rate, epochs, seed
        As for `crnsym.crnn.learn.train_networks`.
    penalties
        Order penalty, its cap, the cap of one order, sparsity and integer penalty.
    known
        Reactant orders and net stoichiometry of reactions that are known to happen.
    """

    data: Trajectories
    noise: NoiseModel
    reactions: int
    penalties: tuple[float, float, float, float, float]
    allowed: np.ndarray | None
    known: tuple[np.ndarray, np.ndarray] | None
    stiff: bool
    learning_rate: float
    epochs: int
    seed: int

    def prepare(self) -> "Prepared":
        """Scale and arrange; under ``jax.enable_x64(True)``."""
        order_penalty, cap, _, sparsity, integer = self.penalties
        data, scaling = self.data, scaling_of(self.data, self.noise)
        batch = jax.tree.map(jnp.asarray, make_batch(data, scaling, choose_step(data, self.noise)))
        ranges = jnp.asarray(ranges_of(data) / scaling.concentrations)
        loss = TrajectoryLoss(ranges, order_penalty, cap, sparsity, integer, stiff=self.stiff)
        residuals = noise_residuals(data, self.noise, scaling, loss)
        return Prepared(self, scaling, batch, loss, residuals, expected_squares(data, self.noise))


@dataclass(eq=False)
class Prepared:
    """A training ready to run.

    Attributes
    ----------
    setting, scaling, batch, loss, residuals, expected
        What is trained on, in scaled units.
    scores
        Of the last run, in the order of its learners.
    """

    setting: Setting
    scaling: Scaling
    batch: Batch
    loss: TrajectoryLoss
    residuals: NoiseResiduals
    expected: float
    scores: list[float] = field(default_factory=list)

    def make(self, key: jax.Array, form: str) -> Learner:
        """Make a learner with a random start."""
        s = self.setting
        options: dict[str, Any] = dict(
            _temperature_options(s.data),
            order_cap=s.penalties[2],
            floor=self.scaling.floor,
            ceiling=CEILING,
            stoichiometry_scale=self.scaling.stoichiometry_scale,
            allowed=s.allowed,
            known=s.known,
        )
        network = CRNN(len(s.data.species), s.reactions, key=key, form=form, **options)
        return Learner(network, jnp.zeros(self.batch.initial.shape))

    def rebuilt(self, form: str, leaves: list[np.ndarray]) -> Learner:
        """Make a learner of its arrays."""
        arrays, rest = eqx.partition(self.make(jax.random.key(0), form), eqx.is_inexact_array)
        return eqx.combine(jax.tree.unflatten(jax.tree.structure(arrays), [jnp.asarray(a) for a in leaves]), rest)

    def run(
        self,
        form: str,
        first: int,
        count: int,
        reporter: Progress,
        checkpoint: str | os.PathLike[str] | None = None,
        resume: bool = False,
    ) -> tuple[list[Learner], bool]:
        """Train restarts ``first`` to ``first + count - 1``; the learners, best first, and whether interrupted."""
        s = self.setting
        training = fit(
            lambda key: self.make(key, form),
            self.loss,
            self.batch,
            optimiser=adam(s.learning_rate, s.epochs * len(s.data)),
            epochs=s.epochs,
            key=jax.random.fold_in(jax.random.key(s.seed), FORMS[1:].index(form)),
            restarts=count,
            first=first,
            score=self.loss.score,
            trainable=Learner.trainable,
            stage=f"training ({form})",
            progress=reporter,
            checkpoint=checkpoint,
            resume=resume,
            header={
                "reactions": s.reactions,
                "learning_rate": s.learning_rate,
                "penalties": list(s.penalties),
                "data": [len(s.data), s.data.count, float(sum(np.nansum(values) for values in s.data.values))],
                "form": form,
            },
        )
        self.scores = training.scores.tolist()
        return list(training.models), training.interrupted


def _temperature_options(data: Trajectories) -> dict[str, float]:
    if data.temperatures is None or np.ptp(data.temperatures) == 0.0:
        return {}
    temperatures = np.asarray(data.temperatures, float)
    reference = float(1.0 / np.mean(1.0 / temperatures))
    return {"temperature": reference, "spread": float(np.std(reference / temperatures))}
