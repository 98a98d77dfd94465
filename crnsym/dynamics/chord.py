"""Newton's method for the stages of an implicit solver, stopped by the error in concentrations."""

from typing import Any

import diffrax
import equinox as eqx
import jax.numpy as jnp
import lineax as lx


class StageChord(diffrax.VeryChord):
    """diffrax's chord iteration with the stopping rule of Hairer and Wanner (1996, section IV.8).

    diffrax measures the last change of a stage in units of dy/dt. Where fast steps nearly balance, dy/dt is a small
    difference of large terms and never settles to a relative 1e-10: every step then fails, however short. Here
    the change counts by what it does to the concentrations, against ``atol + rtol |y|``.
    """

    def step(self, fn: Any, y: Any, args: Any, options: Any, state: Any, tags: Any) -> tuple[Any, Any, Any]:
        """Take one chord step, and measure it in concentrations."""
        y, state, aux = super().step(fn, y, args, options, state, tags)
        # The stage equation is f = vf(t, partial + diagonal * f * dt); see diffrax's implicit relation.
        _, diagonal, _, prod, _, partial, _, control = args
        change = diagonal * prod(state.diff, control)
        size = self.norm(change / (self.atol + self.rtol * jnp.abs(partial)))
        return y, eqx.tree_at(lambda s: s.diffsize, state, size), aux


def kvaerno5(rtol: Any, atol: Any, norm: Any) -> diffrax.Kvaerno5:
    """Return the implicit solver, with stages solved to a hundredth of these tolerances."""
    return diffrax.Kvaerno5(
        root_finder=StageChord(rtol=rtol, atol=atol, norm=norm, linear_solver=lx.LU()),
        root_find_max_steps=10,
    )
