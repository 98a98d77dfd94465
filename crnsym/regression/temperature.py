"""Activation energies in the weak form: how the net vector of every reactant complex changes with temperature."""

from dataclasses import replace

import numpy as np

from crnsym.data.mechanism import GAS_CONSTANT, Mechanism
from crnsym.regression.quadratic import elimination_path
from crnsym.regression.weak_form import WeakForm, weak_quadratic

SPREAD = 60e3  # J/mol: how far activation energies lie from the typical one, as a prior
LOWEST, HIGHEST = -100e3, 400e3
SWEEPS = 3


def tempered(form: WeakForm, inverse: np.ndarray, energies: np.ndarray) -> WeakForm:
    """Scale the monomials of every run to the reference temperature.

    Parameters
    ----------
    form
        Rows over all runs.
    inverse
        ``(experiments,)`` 1/T - 1/T_ref.
    energies
        ``(complexes,)`` in J/mol.
    """
    factors = np.exp(-np.outer(form.inverse(inverse), energies / GAS_CONSTANT))
    return replace(form, right=form.right * factors)


def complex_energies(
    form: WeakForm, species: tuple[str, ...], kelvin: np.ndarray, reference: float, typical: float
) -> Mechanism:
    """Estimate the activation energy of every reactant complex.

    Net vectors and energies take turns: the elbow of the elimination path says which complexes matter, a linearised
    least-squares problem moves their energies (about ``typical``, with a wide prior), the others take the mean.

    Returns
    -------
    Mechanism
        One row a complex (its products do not matter), with energies.
    """
    inverse = 1.0 / kelvin - 1.0 / reference
    energies = np.full(len(form.complexes), typical)
    for _ in range(SWEEPS):
        scaled = tempered(form, inverse, energies)
        quadratic = weak_quadratic(scaled)
        path, elbow = elimination_path(quadratic, max(form.left.size, 1))
        model = path[elbow]
        active, theta = model.active, model.net_vectors[model.active]
        moved = _energies(scaled, active, theta, inverse, energies[active], typical)
        energies = np.full(len(energies), moved.mean())
        energies[active] = moved
    c = form.complexes
    return Mechanism(species, c, c, np.zeros(len(c)), energies=energies, reference=reference)


def _energies(
    form: WeakForm, active: np.ndarray, theta: np.ndarray, inverse: np.ndarray, energies: np.ndarray, typical: float
) -> np.ndarray:
    """One linearised step in the net vectors and energies of the active complexes."""
    n_active, n_species = theta.shape
    deviation = np.sqrt(form.variance)
    right = form.right[:, active]
    blocks, sides = [], []
    for i in range(n_species):
        tilt = -(theta[:, i] * SPREAD / GAS_CONSTANT) * right * form.inverse(inverse)[:, None]
        rates = np.zeros((len(right), n_active * n_species))
        rates[:, i * n_active : (i + 1) * n_active] = right
        blocks.append(np.hstack([rates, tilt]) / deviation[:, [i]])
        sides.append((form.left[:, i] - right @ theta[:, i]) / deviation[:, i])
    prior = np.zeros((n_active, n_active * (n_species + 1)))
    prior[:, -n_active:] = np.eye(n_active)
    matrix, side = np.vstack([*blocks, prior]), np.concatenate([*sides, (typical - energies) / SPREAD])
    scale = np.linalg.norm(matrix, axis=0)
    scale[scale == 0.0] = 1.0
    step = np.linalg.lstsq(matrix / scale, side, rcond=1e-10)[0] / scale
    return np.clip(energies + SPREAD * np.clip(step[-n_active:], -1.0, 1.0), LOWEST, HIGHEST)
