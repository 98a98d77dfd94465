"""Rate laws of one kind as one kernel on arrays."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array, Float, Int

from ..network.network import Network
from ..network.rate_laws import Hill, HillRepression, MichaelisMenten
from ..network.symbols import symbol
from .evaluation import power
from .programs import number


class MichaelisMentenGroup(eqx.Module):
    """Laws vmax S / (km + S), one a row."""

    vmax: Float[Array | np.ndarray, " laws"]
    km: Float[Array | np.ndarray, " laws"]
    substrate: Int[Array | np.ndarray, " laws"]

    def __call__(self, y: Float[Array, "species ..."]) -> Float[Array, "laws ..."]:
        """Return the rates."""
        s, (vmax, km) = y[self.substrate], _aligned(y, self.vmax, self.km)
        return vmax * s / (km + s)


class HillGroup(eqx.Module):
    """Laws vmax X^n / (k^n + X^n), or vmax k^n / (k^n + X^n) where ``represses``, one a row."""

    vmax: Float[Array | np.ndarray, " laws"]
    k: Float[Array | np.ndarray, " laws"]
    n: Float[Array | np.ndarray, " laws"]
    regulator: Int[Array | np.ndarray, " laws"]
    represses: bool = eqx.field(static=True)

    def __call__(self, y: Float[Array, "species ..."]) -> Float[Array, "laws ..."]:
        """Return the rates; slopes are finite where the regulator is 0."""
        vmax, k, n = _aligned(y, self.vmax, self.k, self.n)
        free, bound = power(k, n), power(y[self.regulator], n)
        return vmax * (free if self.represses else bound) / (free + bound)


RateGroup = MichaelisMentenGroup | HillGroup


def group_laws(network: Network, chosen: Sequence[int]) -> tuple[tuple[RateGroup, ...], list[int]]:
    """Put laws whose constants are numbers into groups; return these, and the reactions in their order."""
    values = {symbol(name): value for name, value in network.parameters.items()}
    groups: list[RateGroup] = []
    order: list[int] = []
    for kind in (MichaelisMenten, Hill, HillRepression):
        rows = [(i, found) for i in chosen if (found := _constants(network.reactions[i].rate, kind, values))]
        if not rows:
            continue
        columns = [np.array(column) for column in zip(*(found for _, found in rows), strict=True)]
        species = [getattr(network.reactions[i].rate, _SPECIES[kind]) for i, _ in rows]
        index = np.array([network.species_index[name] for name in species], dtype=np.int32)
        if kind is MichaelisMenten:
            vmax, km = columns
            groups.append(MichaelisMentenGroup(vmax, km, index))
        else:
            vmax, k, n = columns
            groups.append(HillGroup(vmax, k, n, index, kind is HillRepression))
        order += [i for i, _ in rows]
    return tuple(groups), order


_SPECIES = {MichaelisMenten: "substrate", Hill: "regulator", HillRepression: "regulator"}
_CONSTANTS = {MichaelisMenten: ("vmax", "km"), Hill: ("vmax", "k", "n"), HillRepression: ("vmax", "k", "n")}


def _constants(law: Any, kind: type, values: dict[sp.Symbol, sp.Rational | None]) -> tuple[float, ...] | None:
    """Return the constants of a law of this kind, None for another or one that depends on time."""
    if type(law) is not kind:
        return None
    found = [getattr(law, name).xreplace(values) for name in _CONSTANTS[kind]]
    return None if any(c.free_symbols for c in found) else tuple(number(c) for c in found)


def _aligned(y: Array, *constants: Any) -> list[Array]:
    """Return constants, one a law, so that further axes of ``y`` follow."""
    return [jnp.asarray(c).reshape(-1, *(1,) * (y.ndim - 1)) for c in constants]
