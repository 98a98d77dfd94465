"""What closes the moments: the rate of change of each number and pair count, channel by channel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ..dynamics.lattice.rules import lattice_rules
from ..dynamics.lattice.runs import LatticeRuns
from ..dynamics.lattice.sites import neighbours
from ..errors import NetworkError
from ..network.arguments import check_network, time_grid
from ..network.inputs import Times
from ..network.network import Network
from .composition.field import Field
from .composition.jumps import expected_jumps
from .composition.model import CompositionDBM, check_model
from .composition.simulate import SampledRuns, simulate_dbm


@dataclass(frozen=True, eq=False)
class Closure:
    """Rates of change of mean numbers and pairs, by channel.

    Attributes
    ----------
    times
        ``(times,)``.
    channels
        Names: reactions and hops where a network was given, otherwise what the model has learned.
    quantities
        Names, those of the model: ``P``, or ``P-H, shell 1`` for pairs of nearest neighbours.
    rates
        ``(channels, times, quantities)``, per time.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> shots = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> model = cs.fit_dbm(shots)  # doctest: +SKIP
    >>> rates = cs.closure(model)  # doctest: +SKIP
    >>> rates["A"]  # doctest: +SKIP
    """

    times: np.ndarray
    channels: tuple[str, ...]
    quantities: tuple[str, ...]
    rates: np.ndarray

    def __getitem__(self, quantity: str) -> dict[str, np.ndarray]:
        """Return {channel: ``(times,)``} for one number or pair."""
        if quantity not in self.quantities:
            raise NetworkError(f"{quantity!r} is no quantity of the model; there are {'; '.join(self.quantities)}")
        column = self.quantities.index(quantity)
        return {name: self.rates[k, :, column] for k, name in enumerate(self.channels)}

    def total(self) -> np.ndarray:
        """Return the whole rates, ``(times, quantities)``."""
        return self.rates.sum(axis=0)


def closure(
    model: CompositionDBM,
    times: Times | None = None,
    initial: int | Mapping[str, int] | LatticeRuns | None = None,
    network: Network | None = None,
    *,
    hops: float | Mapping[str, float] = 1.0,
    rules: Mapping[str, float] | None = None,
    sampled: SampledRuns | None = None,
    seed: int = 0,
) -> Closure:
    """Return d<X>/dt of every number and pair count X of a fitted model, by channel.

    Without a network the channels are those that the model has learned: empty sites, molecules of each species and
    neighbours of each kind change the numbers; ``correction`` is the part that is not linear in those;
    ``neighbourhoods`` is the relaxation of pairs at given numbers and ``fluctuations`` what noise adds to a mean. With
    a network they are its reactions and hops, and the rates are the exact expected changes over lattices sampled from
    the model: the moment closure of that network.

    Parameters
    ----------
    model
        From `fit_dbm`.
    times, initial, seed
        As in `simulate_dbm`.
    network, hops, rules
        Reactions of the exact process on the lattice, as in `simulate_lattice`, with second products on a neighbour.
    sampled
        Lattices from `simulate_dbm` to average over, so that none are sampled here.

    Raises
    ------
    NetworkError
        A network with other species than the model.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> shots = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> model = cs.fit_dbm(shots)  # doctest: +SKIP
    >>> cs.closure(model)["A"]  # doctest: +SKIP
    >>> cs.closure(model, network=net).total()  # doctest: +SKIP
    """
    check_model(model)
    if network is None:
        return _learned(model, model.times if times is None else time_grid(times), initial, seed)
    check_network(network)
    if network.species_names != model.species:
        raise NetworkError(
            f"the network has the species {', '.join(network.species_names)}, the model {', '.join(model.species)}; "
            "write them in the same order"
        )
    found = simulate_dbm(model, times, 40, initial, seed=seed) if sampled is None else sampled
    return _by_reaction(model, found, network, hops, rules or {})


def _by_reaction(
    model: CompositionDBM,
    found: SampledRuns,
    network: Network,
    hops: float | Mapping[str, float],
    rules: Mapping[str, float],
) -> Closure:
    kernel, species = model.kernel, len(model.species)
    nearest = neighbours(kernel.shape, kernel.periodic)
    lattices = np.ascontiguousarray(found.sites.reshape(-1, kernel.sites))
    bare, none = replace(network, reactions=()), dict[str, float]()
    parts = [(str(r).split("  ")[0].strip(), replace(network, reactions=(r,)), 0.0, none) for r in network.reactions]
    moves = hops if isinstance(hops, Mapping) else dict.fromkeys(model.species, hops)
    parts += [(f"{name} hops", bare, {name: rate}, none) for name, rate in moves.items() if rate]
    parts += [(text, bare, 0.0, {text: rate}) for text, rate in rules.items()]
    rates = []
    for _, part, moving, placed in parts:
        out = np.zeros((len(lattices), species + len(kernel.pairs)))
        moves_of = tuple(lattice_rules(part, moving, placed))
        expected_jumps(lattices, moves_of, nearest, kernel.table, kernel.shell, kernel.index, species, out)
        rates.append(out.reshape(*found.sites.shape[:2], -1).mean(axis=0))
    return Closure(found.times, tuple(part[0] for part in parts), model.quantities, np.array(rates))


def _learned(
    model: CompositionDBM, clock: np.ndarray, initial: int | Mapping[str, int] | LatticeRuns | None, seed: int
) -> Closure:
    ensemble, species = model.ensemble(clock, initial, seed), len(model.species)
    names = [f"{model.species[a - 1]}-{model.species[b - 1]} neighbours" for u, a, b in model.kernel.pairs if u == 0]
    channels = ("empty sites", *model.species, *names, "correction", "neighbourhoods", "fluctuations")
    with jax.enable_x64(True):
        rates = np.asarray(
            _averaged(jax.tree.map(jnp.asarray, model.field), ensemble[..., :species], ensemble[..., species:])
        )
    used = np.abs(rates).max(axis=(1, 2)) > 0
    kept = tuple(name for name, there in zip(channels, used, strict=True) if there)
    return Closure(clock, kept, model.quantities, rates[used])


@eqx.filter_jit
def _averaged(field: Field, numbers, pairs):
    def one(n, p):
        c = field.ratio(n, p)
        alive = (n > 0.5) | (field.reborn > 0)
        linear = ((field.channels * field.mask) * field.features(n, p)).T
        changes = jnp.concatenate([linear, (n * field.growth(field.inputs(n, c)))[None]]) * alive
        along = jax.vmap(lambda dn: jax.jvp(lambda x: field.pairs(x, c), (n,), (dn,))[1])(changes)
        relax = jnp.exp(field.log_rates) * (field.settled(n, c) - c)
        relaxed = jax.jvp(lambda x: field.pairs(n, x), (c,), (relax,))[1]
        noise = (jnp.tril(field.noise) ** 2).sum(axis=1)
        quiet = jnp.zeros_like(n)
        last = jnp.stack([jnp.concatenate([quiet, relaxed]), noise * jnp.concatenate([alive, jnp.ones_like(p)])])
        return jnp.concatenate([jnp.concatenate([changes, along], axis=1), last])

    found = jax.vmap(jax.vmap(one))(numbers, pairs)  # (particles, times, channels, quantities)
    return jnp.swapaxes(found.mean(axis=0), 0, 1)
