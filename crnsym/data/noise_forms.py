"""The form and the parts of the noise under which errors of known level are most likely."""

from collections.abc import Iterator, Sequence

import numpy as np

# The most likely scale s of a Student t with 4 degrees of freedom on Gaussian residuals e solves
# E[5 e^2 / (4 s^2 + e^2)] = 1, which is low by this factor.
STUDENT_TO_GAUSSIAN = 1.2034
# Least absolute part, as a fraction of the root mean square of the noise over the species' values. The estimate
# forgives the few samples near zero that would tell; one that collapsed weighs them up to a thousandfold. Over 230
# columns of random networks the variance is low by a factor of 4 at most with 0.1; of 10 with 0.05 and of 700,000
# without it, with a scale 8 % higher.
LEAST_ABSOLUTE = 0.1
# Largest relative part of one species, in multiples of that of all together: a species that is near zero most of the
# time, with a short transient, would pass for one with relative noise of 20 to 80 %.
LARGEST_RELATIVE = 3.0
SMALL_RELATIVE = 0.01  # relative part of all together below which it counts as this much
FEW = 12  # samples a species below which only the two plainest forms compete
# log likelihood by which relative noise must then win against a common absolute one: 4 in 100 simulated sets of 7 to 11
# samples with absolute noise go wrong (18 networks), where 0 lets 22 go wrong
REFUTED = 6.0
GUESS = 0.02  # where there is nothing to learn from
RELATIVES = np.concatenate([[0.0], np.geomspace(1e-3, 0.6, 64)])
FRACTIONS = np.concatenate([[1e-6], np.geomspace(1e-5, 0.4, 96)])  # absolute part over the species' range

Errors = Sequence[tuple[np.ndarray, np.ndarray]]
"""Levels and errors of each species, both ``(samples,)``, the errors with the noise's own variance."""

Parts = dict[int, tuple[float, float]]


def most_likely(errors: Errors, spans: np.ndarray, values: np.ndarray, form: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the relative and the absolute part of each species, ``(species,)``.

    With very few errors the noise is one absolute value for all species (plain least squares) or, if that is clearly
    more likely, one relative value; otherwise forms from the simplest (one relative, one absolute value or one fraction
    of the range for all species) to the richest (two parts a species) compete by BIC.

    Parameters
    ----------
    errors
        Of every species.
    spans
        ``(species,)`` range of each.
    values
        ``(samples, species)`` measurements, NaN where there are none.
    form
        ``"auto"``, ``"absolute"`` or ``"relative"``.
    """
    usable = [i for i, (_, e) in enumerate(errors) if len(e) >= 3 and np.any(e)]
    relative, absolute = np.full(len(spans), GUESS), GUESS * spans
    if not usable:
        absolute = np.full(len(spans), GUESS * spans.max()) if form == "absolute" else absolute
        return (relative if form != "absolute" else np.zeros(len(spans))), absolute
    tables = {i: _likelihoods(*errors[i], spans[i]) for i in usable}
    count = sum(len(errors[i][1]) for i in usable)
    forms = [(value - 0.5 * size * np.log(count), parts) for value, size, parts in _forms(tables, spans)]
    if form != "auto":
        forms = [forms[3] if form == "absolute" else forms[0]]
    elif count < FEW * len(usable):
        # a handful of samples tells curvature from noise badly: plain least squares unless clearly refuted
        forms = [(forms[0][0] - REFUTED, forms[0][1]), forms[3]]
    for i, (rel, ab) in max(forms, key=lambda form: form[0])[1].items():
        relative[i], absolute[i] = STUDENT_TO_GAUSSIAN * rel, STUDENT_TO_GAUSSIAN * ab
    silent = [i for i in range(len(spans)) if i not in usable]
    relative[silent], absolute[silent] = (
        np.median(relative[usable]),
        np.median((absolute / spans)[usable]) * spans[silent],
    )
    typical = np.sqrt(np.nanmean(absolute**2 + (relative * values) ** 2, axis=0))
    return relative, np.maximum(absolute, LEAST_ABSOLUTE * typical)


def _likelihoods(levels: np.ndarray, errors: np.ndarray, span: float) -> np.ndarray:
    """Log likelihood of one species on the grid of relative parts and fractions of its range."""
    variance = (FRACTIONS[None, :, None] * span) ** 2 + (RELATIVES[:, None, None] * levels) ** 2
    return (-0.5 * np.log(variance) - 2.5 * np.log1p(errors**2 / (4.0 * variance))).sum(axis=-1)


def _forms(tables: dict[int, np.ndarray], spans: np.ndarray) -> Iterator[tuple[float, int, Parts]]:
    """Each form's best log likelihood, number of parameters and noise parts per species."""

    def parts(r: dict[int, int], f: dict[int, int]) -> Parts:
        return {i: (float(RELATIVES[r[i]]), float(FRACTIONS[f[i]] * spans[i])) for i in tables}

    pooled = np.sum(list(tables.values()), axis=0)
    best = int(pooled[:, 0].argmax())
    yield pooled[best, 0], 1, parts(dict.fromkeys(tables, best), dict.fromkeys(tables, 0))
    best = int(pooled[0].argmax())
    yield pooled[0, best], 1, parts(dict.fromkeys(tables, 0), dict.fromkeys(tables, best))
    row, column = np.unravel_index(pooled.argmax(), pooled.shape)
    yield pooled[row, column], 2, parts(dict.fromkeys(tables, int(row)), dict.fromkeys(tables, int(column)))

    # from here on each species has its own parts: none much more relative than all together
    most = LARGEST_RELATIVE * max(RELATIVES[row], SMALL_RELATIVE)
    tables = {i: np.where(RELATIVES[:, None] <= most, t, -np.inf) for i, t in tables.items()}
    largest = max(spans[i] for i in tables)
    step = np.log(FRACTIONS[2] / FRACTIONS[1])
    common = []
    for fraction in FRACTIONS[1:]:
        place = {i: 1 + np.log(fraction * largest / spans[i] / FRACTIONS[1]) / step for i in tables}
        columns = {i: min(max(round(float(k)), 1), len(FRACTIONS) - 1) for i, k in place.items()}
        common.append((sum(tables[i][0, k] for i, k in columns.items()), fraction * largest))
    value, level = max(common)
    yield value, 1, dict.fromkeys(tables, (0.0, float(level)))

    single = {
        i: max((t[:, 0].max(), int(t[:, 0].argmax()), 0), (t[0].max(), 0, int(t[0].argmax())))
        for i, t in tables.items()
    }
    yield (
        sum(v for v, _, _ in single.values()),
        len(tables),
        parts({i: r for i, (_, r, _) in single.items()}, {i: f for i, (_, _, f) in single.items()}),
    )
    both = {i: np.unravel_index(t.argmax(), t.shape) for i, t in tables.items()}
    yield (
        sum(t.max() for t in tables.values()),
        2 * len(tables),
        parts({i: int(r) for i, (r, _) in both.items()}, {i: int(f) for i, (_, f) in both.items()}),
    )
