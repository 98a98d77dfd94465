"""The weak form as a landscape over the reactions of a library."""

import numpy as np

from crnsym.regression.library import Library
from crnsym.regression.weak_form import RIGHT_SIDE_NOISE, WeakForm, propagated
from crnsym.search.landscape import Landscape

SWEEPS = 2  # in which the variances are corrected by the best rates so far


def weak_landscape(form: WeakForm, library: Library, prices: np.ndarray) -> Landscape:
    """Loss of the weak form, with the row variances found in three passes.

    Noise of the data; noise propagated through the right side with the best rates; Cauchy weights against unresolved
    transients.

    Parameters
    ----------
    form
        On the complexes of the library.
    library, prices
        Reactions, and the price of each.
    """
    extra: np.ndarray | float = 0.0
    robust: np.ndarray | float = 1.0
    landscape = first_landscape(form, library, prices)
    for sweep in range(SWEEPS):
        chosen = min(landscape.path(), key=lambda option: option[0])[1]
        rates, _ = landscape.solve(chosen)
        theta = np.zeros(form.complexes.shape)
        np.add.at(theta, library.source[chosen], rates[:, None] * library.net[chosen])
        residual = form.left - form.right @ theta
        extra = RIGHT_SIDE_NOISE * propagated(form, theta.T)
        robust = 1.0 + residual**2 / (6.0 * (form.variance + extra)) if sweep else 1.0
        landscape = _landscape(form, library, prices, (form.variance + extra) * robust)
    return landscape


def first_landscape(form: WeakForm, library: Library, prices: np.ndarray) -> Landscape:
    """Loss of the weak form with the noise of the data alone."""
    return _landscape(form, library, prices, form.variance)


def _landscape(form: WeakForm, library: Library, prices: np.ndarray, variance: np.ndarray) -> Landscape:
    size = len(library.source)
    gram, moment = np.zeros((size, size)), np.zeros(size)
    for i in range(form.left.shape[1]):
        weighted = form.right / variance[:, i : i + 1]
        touching = np.flatnonzero(library.net[:, i])
        net, source = library.net[touching, i], library.source[touching]
        products = (form.right.T @ weighted)[np.ix_(source, source)]
        gram[np.ix_(touching, touching)] += net[:, None] * net * products
        moment[touching] += net * (weighted.T @ form.left[:, i])[source]
    constant = float((form.left**2 / variance).sum())
    return Landscape(gram, moment, constant, max(form.left.size, 1), prices)
