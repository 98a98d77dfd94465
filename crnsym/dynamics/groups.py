"""Rate laws of one kind as one kernel on arrays."""

from collections.abc import Callable, Sequence
from functools import partial

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array, Float, Int

from ..network.network import Network
from ..network.rate_laws import Hill, HillRepression, MichaelisMenten, RateLaw, ReversibleMM
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


class ReversibleGroup(eqx.Module):
    """Laws (vf S / ks - vr P / kp) / (1 + S / ks + P / kp), one a row."""

    vf: Float[Array | np.ndarray, " laws"]
    ks: Float[Array | np.ndarray, " laws"]
    vr: Float[Array | np.ndarray, " laws"]
    kp: Float[Array | np.ndarray, " laws"]
    substrate: Int[Array | np.ndarray, " laws"]
    product: Int[Array | np.ndarray, " laws"]

    def __call__(self, y: Float[Array, "species ..."]) -> Float[Array, "laws ..."]:
        """Return the rates."""
        vf, ks, vr, kp = _aligned(y, self.vf, self.ks, self.vr, self.kp)
        s, p = y[self.substrate] / ks, y[self.product] / kp
        return (vf * s - vr * p) / (1 + s + p)


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


RateGroup = MichaelisMentenGroup | ReversibleGroup | HillGroup


def group_laws(network: Network, chosen: Sequence[int]) -> tuple[tuple[RateGroup, ...], list[int]]:
    """Put laws whose constants are numbers into groups; return these, and the reactions in their order."""
    values = {symbol(name): value for name, value in network.parameters.items()}
    groups: list[RateGroup] = []
    order: list[int] = []
    for kind, (names, constants, group) in _KINDS.items():
        rows = [(i, found) for i in chosen if (found := _constants(network.reactions[i].rate, kind, constants, values))]
        if not rows:
            continue
        columns = [np.array(column) for column in zip(*(found for _, found in rows), strict=True)]
        laws = [network.reactions[i].rate for i, _ in rows]
        index = [np.array([network.species_index[getattr(w, n)] for w in laws], dtype=np.int32) for n in names]
        groups.append(group(*columns, *index))
        order += [i for i, _ in rows]
    return tuple(groups), order


# law: the names of its species, of its constants, and what makes the group of them
_KINDS: dict[type, tuple[tuple[str, ...], tuple[str, ...], Callable[..., RateGroup]]] = {
    MichaelisMenten: (("substrate",), ("vmax", "km"), MichaelisMentenGroup),
    ReversibleMM: (("substrate", "product"), ("vf", "ks", "vr", "kp"), ReversibleGroup),
    Hill: (("regulator",), ("vmax", "k", "n"), partial(HillGroup, represses=False)),
    HillRepression: (("regulator",), ("vmax", "k", "n"), partial(HillGroup, represses=True)),
}


def _constants(
    law: RateLaw, kind: type, names: Sequence[str], values: dict[sp.Symbol, sp.Rational | None]
) -> tuple[float, ...] | None:
    """Return the constants of a law of this kind, None for another or one that depends on time."""
    if type(law) is not kind:
        return None
    found = [getattr(law, name).xreplace(values) for name in names]
    return None if any(c.free_symbols for c in found) else tuple(number(c) for c in found)


def _aligned(y: Array, *constants: Array | np.ndarray) -> list[Array]:
    """Return constants, one a law, so that further axes of ``y`` follow."""
    return [jnp.asarray(c).reshape(-1, *(1,) * (y.ndim - 1)) for c in constants]
