"""Layers of a deep Boltzmann machine on a lattice: who is joined to whom, parameters and their statistics.

E(s) = - Σ_l Σ_α b_l[α] Σ_i s_l[i,α] - Σ_l Σ_αβ w_l[α,β] Σ_<ij> s_l[i,α] s_(l+1)[j,β], with units that hold one species
or none (multinomial), layer 0 the lattice itself, and bonds between neighbouring layers only (O. K. Ernst, T. M.
Bartol, T. J. Sejnowski, E. Mjolsness, arXiv 1905.12122, 2019).  Parameters are the same at every site, so that
-E = θ·m(s): an exponential family with the statistics m.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arguments import checked
from ..errors import FitError

COUPLINGS = ("full", "diagonal")


@checked
@dataclass(frozen=True)
class Layers:
    """The structure of a deep Boltzmann machine; its parameters are one vector θ, in the order of ``names``.

    A unit at position h of an upper layer is joined to the block of ``block``^d units from ``stride`` h on below it,
    around the edges.  States are int8 arrays, 0 for empty and 1, 2, ... for the species of a layer.

    Parameters
    ----------
    species
        Names of the visible species.
    shape
        Sides of the lattice, 1 to 3 of them; periodic.
    hidden
        Number of species of each hidden layer, from the lattice upwards.
    couplings
        ``"full"``: every species with every one of the next layer; ``"diagonal"``: the first with the first and so on.
    block
        Side of a block, 2 or 3.
    stride
        A hidden layer has the sides of the one below divided by this; 1 keeps them.

    Raises
    ------
    FitError
        A hidden layer that does not tile the one below, a lattice smaller than a block, or an argument out of range.

    Examples
    --------
    >>> import crnsym as cs
    >>> layers = cs.Layers(("A",), (6, 6), hidden=(1,))
    >>> layers.sizes, layers.names
    ((1, 1), ('b0[A]', 'b1[1]', 'w0[A,1]'))
    """

    species: tuple[str, ...]
    shape: tuple[int, ...]
    hidden: tuple[int, ...] = ()
    couplings: str = "full"
    block: int = 2
    stride: int = 1

    def __post_init__(self) -> None:
        _check(self)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Number of species of each layer."""
        return (len(self.species), *self.hidden)

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Sides of each layer."""
        found = [self.shape]
        for _ in self.hidden:
            found.append(tuple(n // self.stride for n in found[-1]))
        return tuple(found)

    @cached_property
    def units(self) -> tuple[int, ...]:
        """Number of units of each layer."""
        return tuple(int(np.prod(shape)) for shape in self.shapes)

    @property
    def bonds_down(self) -> int:
        """Number of bonds of a unit to the layer below."""
        return self.block ** len(self.shape)

    @property
    def bonds_up(self) -> int:
        """Number of bonds of a unit to the layer above."""
        return (self.block // self.stride) ** len(self.shape)

    @cached_property
    def below(self) -> tuple[np.ndarray, ...]:
        """For each layer but the first, the units of the layer below that each unit is joined to."""
        return tuple(
            _blocks(upper, lower, self.block, self.stride)
            for lower, upper in zip(self.shapes[:-1], self.shapes[1:], strict=True)
        )

    @cached_property
    def above(self) -> tuple[np.ndarray, ...]:
        """For each layer but the last, the units of the layer above that each unit is joined to."""
        return tuple(_inverted(table, n) for table, n in zip(self.below, self.units[:-1], strict=True))

    @cached_property
    def pairs(self) -> tuple[np.ndarray, ...]:
        """For each pair of layers, the coupled species ``(couplings, 2)``, counted from 0."""
        found = []
        for lower, upper in zip(self.sizes[:-1], self.sizes[1:], strict=True):
            every = np.argwhere(np.ones((lower, upper), dtype=bool))
            found.append(every if self.couplings == "full" else every[every[:, 0] == every[:, 1]])
        return tuple(found)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters: biases ``b0[A]`` layer by layer, then couplings ``w0[A,1]``."""
        labels = [self.species, *(tuple(str(n + 1) for n in range(size)) for size in self.hidden)]
        found = [f"b{layer}[{name}]" for layer, names in enumerate(labels) for name in names]
        for layer, pairs in enumerate(self.pairs):
            found += [f"w{layer}[{labels[layer][a]},{labels[layer + 1][b]}]" for a, b in pairs]
        return tuple(found)

    def split(self, theta) -> tuple[list, list]:
        """Return the biases and the dense couplings of every layer; works on numpy and on traced arrays.

        Parameters
        ----------
        theta
            ``(..., params)``.

        Returns
        -------
        biases, couplings
            ``(..., species)`` and ``(..., lower, upper)`` for each layer and pair of layers.
        """
        ends = np.cumsum([*self.sizes, *(len(pairs) for pairs in self.pairs)])
        parts = [theta[..., start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]
        dense = []
        for layer, pairs in enumerate(self.pairs):
            lower, upper = self.sizes[layer : layer + 2]
            spread = np.zeros((len(pairs), lower * upper), dtype=theta.dtype)
            spread[np.arange(len(pairs)), pairs[:, 0] * upper + pairs[:, 1]] = 1
            flat = parts[len(self.sizes) + layer] @ spread
            dense.append(flat.reshape(*flat.shape[:-1], lower, upper))
        return parts[: len(self.sizes)], dense

    def statistics(self, states: Sequence[np.ndarray]) -> np.ndarray:
        """Return m(s), ``(..., params)``: numbers of each species in each layer, and of joined pairs.

        Parameters
        ----------
        states
            One int array ``(..., *shape)`` for each layer.
        """
        ones = []
        for state, size, units in zip(states, self.sizes, self.units, strict=True):
            flat = state.reshape(*state.shape[: state.ndim - len(self.shape)], units, 1)
            ones.append((flat == np.arange(1, size + 1)).astype(np.float64))
        found = [one.sum(axis=-2) for one in ones]
        for layer, pairs in enumerate(self.pairs):
            joined = ones[layer][..., self.below[layer], :].sum(axis=-2)
            counts = np.swapaxes(joined, -1, -2) @ ones[layer + 1]
            found.append(counts[..., pairs[:, 0], pairs[:, 1]])
        return np.concatenate(found, axis=-1)

    def energy(self, theta: np.ndarray, states: Sequence[np.ndarray]) -> np.ndarray:
        """Return E(s), ``(...,)``, in units of kT."""
        return -self.statistics(states) @ theta


def independent_start(layers: Layers, densities: np.ndarray) -> np.ndarray:
    """Return the θ of independent sites with these densities of the visible species; hidden biases and couplings 0.

    Parameters
    ----------
    layers
        The structure.
    densities
        ``(..., species)``, molecules per site.

    Raises
    ------
    FitError
        A species that is absent, or no site left empty: its bias would be infinite.
    """
    densities = np.asarray(densities, dtype=float)
    empty = 1 - densities.sum(axis=-1, keepdims=True)
    if (densities <= 0).any() or (empty <= 0).any():
        raise FitError(
            f"densities {densities.tolist()} have no finite biases; every species and the empty site need a share"
        )
    theta = np.zeros((*densities.shape[:-1], len(layers.names)))
    theta[..., : len(layers.species)] = np.log(densities / empty)
    return theta


def _check(layers: Layers) -> None:
    for name, given in (("shape", layers.shape), ("hidden", layers.hidden)):
        if not isinstance(given, tuple) or not all(isinstance(n, int | np.integer) for n in given):
            raise FitError(f"{name}={given!r}: give a tuple of whole numbers")
    if len(set(layers.species)) < len(layers.species):
        raise FitError(f"species={layers.species}: give different names")
    if layers.couplings not in COUPLINGS:
        raise FitError(f"couplings={layers.couplings!r} is unknown; choose one of {', '.join(COUPLINGS)}")
    if not layers.species or any(n < 1 for n in layers.hidden):
        raise FitError("every layer needs at least one species")
    if not 1 <= len(layers.shape) <= 3:
        raise FitError(f"the lattice {_name(layers.shape)} has {len(layers.shape)} dimensions; it needs 1 to 3")
    if layers.block not in (2, 3) or layers.stride < 1:
        raise FitError(f"block={layers.block}, stride={layers.stride}: a block has side 2 or 3, a stride is 1 or more")
    if layers.block % layers.stride:
        raise FitError(
            f"blocks of side {layers.block} do not tile with stride {layers.stride}: numbers of bonds "
            "would differ; the stride must divide the side of a block"
        )
    sides = layers.shape
    for number in range(len(layers.hidden)):
        if any(n % layers.stride for n in sides):
            raise FitError(
                f"hidden layer {number + 1} does not tile the {_name(sides)} layer below: the stride {layers.stride} "
                "does not divide every side"
            )
        if min(sides) < layers.block:
            raise FitError(
                f"hidden layer {number + 1} does not fit: the {_name(sides)} layer below is smaller than a block of "
                f"side {layers.block}"
            )
        sides = tuple(n // layers.stride for n in sides)


def _name(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def _blocks(upper: tuple[int, ...], lower: tuple[int, ...], block: int, stride: int) -> np.ndarray:
    """Return the units of the lower layer in the block of each upper unit, ``(units, block^d)``."""
    corners = np.indices(upper).reshape(len(upper), -1, 1) * stride
    offsets = np.indices((block,) * len(upper)).reshape(len(upper), 1, -1)
    return np.asarray(np.ravel_multi_index(tuple(corners + offsets), lower, mode="wrap"), dtype=np.int32)


def _inverted(table: np.ndarray, units: int) -> np.ndarray:
    """Return the rows in which each unit stands; all stand in equally many."""
    order = np.argsort(table.ravel(), kind="stable")
    return (order // table.shape[1]).reshape(units, -1).astype(np.int32)
