"""C1 finite elements: cubic Hermite polynomials in each direction, values and *physical* slopes at the vertices.

A cell coordinate x in [0, 1] has H00 = 1 - 3x² + 2x³ and H01 = 3x² - 2x³ for the values at its ends, H10 = x - 2x² + x³
and H11 = x³ - x² for the slopes.  These are multiplied by the spacing here, so that a slope keeps its meaning when the
grid is refined; in n dimensions the basis is the tensor product, with 2^n numbers at each vertex.
"""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...errors import FitError


class HermiteElements(eqx.Module):
    """F on a box of one to three of the parameters; beyond the box it goes on linearly.

    Parameters
    ----------
    domain
        Numbers of the parameters that F depends on.
    outputs
        How many parameters it moves.
    lower, upper
        ``(domain,)`` corners of the box.
    cells
        ``(domain,)`` numbers of cells.

    Raises
    ------
    FitError
        A domain of another size, or an empty box.
    """

    coefficients: Float[Array, "..."]
    lower: np.ndarray
    spacing: np.ndarray
    domain: tuple[int, ...] = eqx.field(static=True)

    def __init__(self, domain: Sequence[int], outputs: int, lower, upper, cells: Sequence[int]) -> None:
        self.domain = tuple(int(k) for k in domain)
        lower, upper, cells = np.asarray(lower, float), np.asarray(upper, float), tuple(int(n) for n in cells)
        if not 1 <= len(self.domain) <= 3:
            raise FitError(f"a dense grid has 1 to 3 dimensions, not {len(self.domain)}; take hashed elements")
        if len(cells) != len(self.domain) or min(cells) < 1 or not (upper > lower).all():
            raise FitError(f"cells={cells} from {lower.tolist()} to {upper.tolist()}: give a box that is not empty")
        self.lower, self.spacing = lower, (upper - lower) / np.array(cells)
        self.coefficients = jnp.zeros((*(n + 1 for n in cells), 2 ** len(cells), outputs))

    # one signature for every right-hand side
    def __call__(self, theta: Float[Array, " params"], context=None) -> Float[Array, " outputs"]:  # noqa: ARG002  # as all F
        """Return dθ/dt; this right-hand side has no use for the ``context`` of the common signature."""
        cells = np.array(self.coefficients.shape[: len(self.domain)]) - 1
        lower, spacing = jax.lax.stop_gradient((jnp.asarray(self.lower), jnp.asarray(self.spacing)))
        point = theta[jnp.array(self.domain)]
        inside = jnp.clip(point, lower, lower + spacing * cells)

        def value(x):
            cell = jnp.clip(jnp.floor((x - lower) / spacing).astype(int), 0, cells - 1)
            weights = element_weights((x - lower) / spacing - cell, spacing)
            vertices = tuple((cell + corners(len(self.domain))).T)
            return jnp.einsum("vk,vko->o", weights, self.coefficients[vertices])

        found, slope = jax.jvp(value, (inside,), (point - inside,))
        return found + slope


def corners(dimensions: int) -> np.ndarray:
    """Return the vertices of a cell, ``(2^n, n)``, the last direction fastest."""
    return np.indices((2,) * dimensions).reshape(dimensions, -1).T


def element_weights(x, spacing):
    """Return the weight of each number of each vertex of a cell, ``(vertices, 2^n)``.

    Parameters
    ----------
    x, spacing
        ``(n,)``: coordinates in the cell, in [0, 1], and the lengths of its edges.
    """
    values = jnp.stack([1 - 3 * x**2 + 2 * x**3, 3 * x**2 - 2 * x**3], axis=-1)
    slopes = jnp.stack([x - 2 * x**2 + x**3, x**3 - x**2], axis=-1) * spacing[:, None]
    axes = jnp.stack([values, slopes], axis=-1)  # (n, vertex, value or slope)
    weights = axes[0]
    for axis in axes[1:]:
        weights = jnp.einsum("vk,wl->vwkl", weights, axis).reshape(weights.shape[0] * 2, -1)
    return weights
