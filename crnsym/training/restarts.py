"""Several random starts of one model as one pytree with a leading axis."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import PyTree


def stack_restarts(
    make: Callable[[jax.Array], Any],
    key: jax.Array,
    restarts: int,
    trainable: Callable[[Any], Any] | None = None,
    first: int = 0,
) -> tuple[Any, Any]:
    """Make one model a restart and stack what is trained.

    Parameters
    ----------
    make
        ``make(key)`` returns a model; only its inexact arrays may depend on the key.
    key
        Restart i uses ``fold_in(key, i)``, so that more restarts never change the first ones.
    restarts
        How many.
    trainable
        ``trainable(model)`` returns the pytree of booleans that marks what is trained; default: inexact arrays.
    first
        Number of the first restart.

    Returns
    -------
    trained, fixed
        What is trained, with a leading axis ``restarts``, and everything else, shared;
        ``equinox.combine`` of one slice with ``fixed`` is a model.
    """

    @eqx.filter_jit
    def stack(key: jax.Array, numbers: jax.Array) -> PyTree:
        return eqx.filter_vmap(lambda i: make(jax.random.fold_in(key, i)))(numbers)

    models = stack(key, jnp.arange(first, first + restarts))
    trained, fixed = eqx.partition(models, eqx.is_inexact_array if trainable is None else trainable(models))
    return trained, jax.tree.map(lambda leaf: leaf[0] if eqx.is_array(leaf) else leaf, fixed)


def take_restart(trained: PyTree, fixed: PyTree, index: int) -> PyTree:
    """Return the model of one restart."""
    return eqx.combine(jax.tree.map(lambda leaf: leaf[index], trained), fixed)
