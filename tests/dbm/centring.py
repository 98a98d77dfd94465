"""Centred coordinates: couplings act on deviations from centres, which takes biases and couplings apart.

With s - μ in place of s in the coupling terms the same distribution has the couplings w̃ = w and the biases
b̃_l[α] = b_l[α] + Σ_± q Σ_β w[α,β] μ_(l±1)[β], with q bonds of a unit to that layer (J. Melchior, A. Fischer,
L. Wiskott, J. Mach. Learn. Res. 17:99, 2016).  Centres μ are one number for each species of each layer, in one vector.

For parameters that move by dθ/dt = F(θ) the gradient with respect to F does not depend on centres ("published"
centring is none in effect); it changes when F is learned in centred coordinates with constant centres.
"""

import numpy as np

from crnsym.dbm.model import Layers


def to_centred(layers: Layers, theta, centres):
    """Return θ̃, ``(..., params)``, of θ; numpy or traced."""
    return _shifted(layers, theta, centres, 1.0)


def from_centred(layers: Layers, theta, centres):
    """Return θ of θ̃."""
    return _shifted(layers, theta, centres, -1.0)


def centring_matrix(layers: Layers, centres) -> np.ndarray:
    """Return the matrix T of θ̃ = T θ, ``(params, params)``; its inverse has the opposite signs off the diagonal."""
    return _shifted(layers, np.eye(len(layers.names)), np.asarray(centres, float), 1.0).T


def centred_gradient(layers: Layers, difference, centres):
    """Return the centred gradient, mapped back to θ, for differences Δ = <m>_model - <m>_data.

    It is T^-1 T^-T Δ: the static gradient of the centred parameters, as a change of the plain ones.

    Parameters
    ----------
    layers
        The structure.
    difference
        ``(params,)``.
    centres
        ``(species of all layers,)``.
    """
    inverse = 2 * np.eye(len(layers.names)) - centring_matrix(layers, centres)
    return inverse @ (inverse.T @ difference)


def _shifted(layers: Layers, theta, centres, sign):
    biases, couplings = layers.split(theta)
    ends = np.cumsum(layers.sizes)[:-1]
    middle = [centres[a:b] for a, b in zip([0, *ends], [*ends, sum(layers.sizes)], strict=True)]
    shifts = []
    for layer in range(len(biases)):
        shift = 0 * biases[layer]
        if layer > 0:
            shift = shift + layers.bonds_down * (couplings[layer - 1] * middle[layer - 1][:, None]).sum(axis=-2)
        if layer + 1 < len(biases):
            shift = shift + layers.bonds_up * (couplings[layer] * middle[layer + 1]).sum(axis=-1)
        shifts.append(shift)
    flat = [*shifts, 0 * theta[..., sum(layers.sizes) :]]
    if isinstance(theta, np.ndarray):
        return theta + sign * np.concatenate(flat, axis=-1)
    import jax.numpy as jnp

    return theta + sign * jnp.concatenate(flat, axis=-1)
