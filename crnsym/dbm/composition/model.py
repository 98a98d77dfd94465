"""The closed composition-conditioned model: what `fit_dbm` returns by default, and what `simulate_dbm` runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ...arguments import checked
from ...dynamics.lattice.sites import check_room
from ...errors import NetworkError
from ...network.arguments import real, whole_number
from ...network.inputs import Amounts
from .couplings import matched_couplings, pair_counts
from .ensemble import Lattices, gather
from .field import Field, propagate
from .kernel import Kernel
from .lattices import scatter_counts
from .learn import step_of

PARTICLES = 1000  # lattices whose numbers and pairs are followed
CHAINS = 40  # lattices sampled at each time to find the couplings
MOST_STEPS = 20_000  # of an ensemble, which is kept whole in memory
ROUNDS, SWEEPS = 12, 15  # of matching


@checked
@dataclass(frozen=True, eq=False)
class CompositionDBM:
    """A dynamic Boltzmann distribution of the structure of a lattice at given numbers of molecules.

    A lattice with numbers n has the probability exp(sum of couplings times pairs) / Z(n, couplings). The numbers of
    every run and its pairs follow closed dynamics that were learned (`crnsym.dbm.composition.field`); an ensemble of
    runs carries their spread, and the couplings at each time are those whose mean pairs are the ensemble's.

    Attributes
    ----------
    species
        Names.
    kernel
        The lattice and the pairs that have couplings.
    field
        The closed dynamics, an Equinox module.
    times
        Those of the snapshots it was fitted to, as far as they were used.
    starts
        For each initial condition the numbers and pairs of its runs in the first snapshot.
    guess
        ``(state + 1, pairs)``: a linear guess of the couplings by mean square-root densities and log ratios.
    scores
        Relative L2 distance from the training runs of each number and pair, means over time (groups together).

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> shots = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> model = cs.fit_dbm(shots)  # doctest: +SKIP
    >>> model.quantities  # doctest: +SKIP
    >>> cs.simulate_dbm(model, (0, 5, 6), runs=20).counts().mean(axis=0)  # doctest: +SKIP
    """

    species: tuple[str, ...]
    kernel: Kernel
    field: Field
    times: np.ndarray
    starts: tuple[tuple[np.ndarray, np.ndarray], ...]
    guess: np.ndarray
    scores: Mapping[str, float]

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of the numbers and pairs, ``P`` or ``P-H, shell 1``; the order of all arrays of moments."""
        names = self.species
        return (*names, *(f"{names[a - 1]}-{names[b - 1]}, shell {u + 1}" for u, a, b in self.kernel.pairs))

    def __repr__(self) -> str:
        """Return one line with the fit's score."""
        shape = "x".join(map(str, self.kernel.shape))
        worst = max(self.scores, key=lambda name: self.scores[name])
        numbers = ", ".join(f"{name} {self.scores[name]:.3f}" for name in self.species)
        return (
            f"CompositionDBM of {', '.join(self.species)} on {shape}, {len(self.kernel.pairs)} couplings; "
            f"relative L2 of means on the training runs: {numbers}, worst {worst} {self.scores[worst]:.3f}"
        )

    def start(self, initial: int | Amounts | Lattices | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Return numbers and pairs of the first state of an ensemble; see `simulate_dbm` for ``initial``."""
        if initial is None:
            initial = 0
        if isinstance(initial, (int, np.integer)):
            if not 0 <= initial < len(self.starts):
                raise NetworkError(f"initial={initial}: there are {len(self.starts)} initial conditions, from 0")
            return self.starts[initial]
        if isinstance(initial, Mapping):
            counts = np.tile(self.counts(initial), (200, 1))
            lattices = scatter_counts(counts, self.kernel.sites, seed)
            return counts.astype(float), pair_counts(self.kernel, lattices)
        if isinstance(initial, str) or real(initial) is not None:
            raise NetworkError(
                f"initial={initial!r}: give the number of an initial condition, molecules by name as {{'A': 20}}, "
                "or lattices"
            )
        runs = gather(initial, species=self.species, periodic=self.kernel.periodic)
        if (runs.shape, runs.periodic, runs.species) != (self.kernel.shape, self.kernel.periodic, self.species):
            raise NetworkError(f"initial lies on another lattice ({runs.shape}) than the model ({self.kernel.shape})")
        first = runs.sites[:, 0]
        return runs.numbers()[:, 0], pair_counts(self.kernel, first)

    def counts(self, initial: Mapping[str, Any]) -> np.ndarray:
        """Return numbers of molecules, ``(species,)``, of names; what is not named is zero."""
        for name, value in initial.items():
            if name not in self.species:
                raise NetworkError(f"initial: {name} is no species; there are {', '.join(self.species)}")
            whole_number(f"initial: {name}", value)
        counts = np.array([int(initial.get(name, 0)) for name in self.species])
        check_room(counts, self.kernel.shape)
        return counts

    def ensemble(
        self,
        times: np.ndarray,
        initial: int | Amounts | Lattices | None = None,
        seed: int = 0,
        particles: int = PARTICLES,
    ) -> np.ndarray:
        """Return numbers and pairs of an ensemble of runs, ``(particles, times, quantities)``, by the closed dynamics.

        Means over it are the model's means of these quantities; no lattice is sampled.
        """
        numbers, pairs = self.start(initial, seed)
        chosen = np.resize(np.random.default_rng(seed).permutation(len(numbers)), particles)
        clock = np.asarray(times, dtype=float) - times[0]
        # The dynamics belong to their step: other times are read off between its multiples.
        step = step_of(self.times)
        steps = max(1, int(np.ceil(clock[-1] / step - 1e-6)))
        if steps > MOST_STEPS:
            raise NetworkError(
                f"times: {clock[-1]:g} from the first to the last are {steps} steps of the model, more than "
                f"{MOST_STEPS}; it was fitted to {self.times[-1] - self.times[0]:g}"
            )
        with jax.enable_x64(True):
            field = jax.tree.map(jnp.asarray, self.field)
            ratio = jax.vmap(field.ratio)(jnp.asarray(numbers[chosen]), jnp.asarray(pairs[chosen]))
            found = _propagate(field, numbers[chosen], ratio, np.full(steps, step), jax.random.key(seed))
            every = np.concatenate([np.asarray(x) for x in found], axis=-1)
        place = np.minimum(clock / step, steps)
        low = np.minimum(place.astype(int), steps - 1)
        part = (place - low)[:, None]
        return every[:, low] * (1 - part) + every[:, low + 1] * part

    def couplings(
        self, ensemble: np.ndarray, seed: int = 0, report: Callable[[float, float], None] = lambda *_: None
    ) -> np.ndarray:
        """Return the couplings, ``(times, pairs)``, whose sampled mean pairs are those of an ensemble of runs."""
        species = len(self.species)
        counts = whole_counts(ensemble[..., :species], self.kernel.sites)
        chains = np.swapaxes(counts, 0, 1)
        wanted = ensemble[..., species:].mean(axis=0)
        ratio = np.sqrt((wanted + 1) / (self.kernel.expected(ensemble[..., :species]).mean(axis=0) + 1))
        guess = guess_inputs(ensemble[..., :species].mean(axis=0) / self.kernel.sites, ratio) @ self.guess
        options = {"rounds": ROUNDS, "sweeps": SWEEPS, "seed": seed, "report": report}
        return matched_couplings(self.kernel, np.clip(guess, -3, 3), chains, wanted, **options)


def check_model(model: object) -> None:
    """Refuse what is no fitted model.

    Raises
    ------
    NetworkError
        Says how to get one.
    """
    if not isinstance(model, CompositionDBM):
        raise NetworkError(f"model is a {type(model).__name__}; fit one to snapshots by fit_dbm(snapshots)")


def guess_inputs(densities: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Return the inputs of the linear guess of couplings, ``(..., 1 + species + pairs)``."""
    one = np.ones((*densities.shape[:-1], 1))
    return np.concatenate([one, np.sqrt(densities), np.log(np.maximum(ratio, 0.05))], axis=-1)


@eqx.filter_jit
def _propagate(field, numbers, ratio, lengths, key):
    return propagate(field, jnp.asarray(numbers), ratio, lengths, key)


def whole_counts(numbers: np.ndarray, sites: int) -> np.ndarray:
    """Return whole numbers of molecules that fit on the lattice."""
    counts = np.rint(numbers).astype(np.int64)
    over = np.maximum(counts.sum(axis=-1) - sites, 0)
    largest = np.expand_dims(counts.argmax(axis=-1), -1)
    np.put_along_axis(counts, largest, np.take_along_axis(counts, largest, -1) - over[..., None], -1)
    return counts


def representative(ensemble: np.ndarray, runs: int) -> np.ndarray:
    """Return positions of runs whose means and spreads are near those of the whole ensemble.

    Herding (M. Welling, ICML 2009): each next run is the one that brings mean and mean square of all quantities at all
    times nearest to those of the ensemble.
    """
    particles = len(ensemble)
    if runs >= particles:
        return np.arange(particles)
    flat = ensemble.reshape(particles, -1)
    centred = (flat - flat.mean(axis=0)) / (np.sqrt((flat**2).mean(axis=0)) + 1e-9)
    x = np.concatenate([centred, centred**2 - (centred**2).mean(axis=0)], axis=1)
    x /= np.sqrt(x.shape[1])
    square = (x**2).sum(axis=1)
    total, free, chosen = np.zeros(x.shape[1]), np.ones(particles, dtype=bool), []
    for _ in range(runs):
        score = np.where(free, 2 * x @ total + square, np.inf)
        best = int(np.argmin(score))
        chosen.append(best)
        free[best] = False
        total += x[best]
    return np.sort(np.array(chosen))
