"""What a design is worth: the weight that the true mechanism will have after it, on average.

Each mechanism in turn is taken to be true, as often as its weight says. Outcomes of a design are drawn from its course,
the uncertainty of its rates and the noise. Every mechanism is refitted to them (in the linear approximation around its
present fit, with the start of the new run free, as a new fit would have it); its score moves by what chi2 rises, and
the weights with it.
"""

from collections.abc import Sequence

import numpy as np

from ..refit.fit import Fit
from .outcomes import outcomes

DRAWS = 64  # outcomes a mechanism
LEAST_SCALE = 1e-3  # of the noise: a fit through as few values as it has parameters leaves nothing


def expected_weight(
    rivals: Sequence[Fit],
    weights: np.ndarray,
    starts: np.ndarray,
    times: np.ndarray,
    picks: np.ndarray,
    columns: np.ndarray,
    seed: int = 0,
) -> np.ndarray:
    """Estimate the weight that the true mechanism will have after a run of each design.

    Parameters
    ----------
    rivals, weights
        The mechanisms, one of which is taken to be true, and their present weights.
    starts
        ``(designs, measured species)``.
    times, picks
        All allowed times and ``(designs, samples)`` indices of the ones used.
    columns
        Indices of the species that are measured.
    seed
        Of the outcomes; all designs share their random numbers.

    Returns
    -------
    ``(designs,)``; 0 where a mechanism could not be integrated.
    """
    rng = np.random.default_rng(seed)
    rows, designs = np.arange(len(starts))[:, None], len(starts)
    size = picks.shape[1] * len(columns)
    noise = rng.standard_normal((DRAWS, size))
    drawn, predicted, inverses, ok = [], [], [], np.ones(designs, bool)
    for fit in rivals:
        outcome = outcomes(fit, starts, times)
        mean = outcome.means[rows, picks][:, :, columns].reshape(designs, size)
        rates = outcome.rates[rows, picks][:, :, columns].reshape(designs, size, -1)
        start = outcome.starts[rows, picks][:, :, columns].reshape(designs, size, -1)
        scale = max(fit.noise_scale, LEAST_SCALE)
        random = rng.standard_normal((DRAWS, rates.shape[-1]))
        drawn.append(mean[:, None] + np.sqrt(scale) * noise + random @ rates.transpose(0, 2, 1))
        factor = np.concatenate([rates, start], axis=2)
        inverses.append(np.linalg.inv(scale * np.eye(size) + factor @ factor.transpose(0, 2, 1)))
        predicted.append(mean)
        ok &= outcome.ok
    total = np.zeros(designs)
    for j, outcome in enumerate(drawn):
        logs = []
        for weight, mean, inverse in zip(weights, predicted, inverses, strict=True):
            apart = outcome - mean[:, None]
            logs.append(np.log(weight) - 0.5 * ((apart @ inverse) * apart).sum(axis=2))
        after = np.exp(logs[j] - np.logaddexp.reduce(logs, axis=0))
        total += weights[j] * after.mean(axis=1)
    return np.where(ok, total, 0.0)
