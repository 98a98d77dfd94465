"""A sum of elements on few parameters each: it generalises where a grid in all of them cannot."""

from collections.abc import Sequence

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float

from .hermite import HermiteElements


class AdditiveElements(eqx.Module):
    """F(θ) = Σ of `HermiteElements` on one or two parameters each.

    Parameters
    ----------
    domains
        Numbers of the parameters of each term, for instance ``[(0,), (1,), (0, 1)]``.
    outputs
        How many parameters are moved.
    lower, upper
        ``(params,)``: box of all parameters.
    cells
        Number of cells in each direction.
    """

    terms: tuple[HermiteElements, ...]

    def __init__(self, domains: Sequence[Sequence[int]], outputs: int, lower, upper, cells: int = 10) -> None:
        low, high = np.asarray(lower, float), np.asarray(upper, float)
        self.terms = tuple(
            HermiteElements(d, outputs, low[list(d)], high[list(d)], (cells,) * len(d)) for d in map(tuple, domains)
        )

    def __call__(self, theta: Float[Array, " params"], context=None) -> Float[Array, " outputs"]:
        """Return dθ/dt."""
        return sum((term(theta, context) for term in self.terms[1:]), self.terms[0](theta, context))
