"""The scale on which parameters are fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

FARTHEST = 600.0  # of a logarithm


@dataclass(frozen=True, eq=False)
class Transform:
    """From the numbers that are fitted to parameters: p = exp(u) or, where a parameter may be negative, p = s u.

    Where a parameter has bounds, u is squeezed into them first, u -> m + h tanh((u - m)/h), which leaves it nearly as
    it is in the middle.

    Attributes
    ----------
    logarithmic
        ``(params,)``: which parameters are exponentials.
    scale
        ``(params,)`` s, 1 for exponentials.
    low, high
        ``(params,)`` bounds of u; infinite where there are none.
    """

    logarithmic: np.ndarray
    scale: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def plain(self) -> bool:
        """Whether all parameters are exponentials without bounds."""
        return bool(self.logarithmic.all() and np.isinf(self.low).all())

    def values(self, numbers: np.ndarray) -> np.ndarray:
        """Return the parameters."""
        inner = np.clip(self._squeezed(numbers)[0], -FARTHEST, FARTHEST)
        return np.where(self.logarithmic, np.exp(np.where(self.logarithmic, inner, 0.0)), self.scale * inner)

    def slopes(self, numbers: np.ndarray) -> np.ndarray:
        """Return dp/du."""
        return np.where(self.logarithmic, self.values(numbers), self.scale) * self._squeezed(numbers)[1]

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """Return u of parameters; what lies out of its bounds is put just inside."""
        values = np.asarray(values, float)
        inner = np.where(self.logarithmic, np.log(np.where(self.logarithmic, values, 1.0)), values / self.scale)
        bounded = np.isfinite(self.low)
        middle, half = self._box()
        part = np.clip((inner - middle) / half, -0.999, 0.999)
        return np.where(bounded, middle + half * np.arctanh(part), inner)

    def _box(self) -> tuple[np.ndarray, np.ndarray]:
        bounded = np.isfinite(self.low)
        low, high = np.where(bounded, self.low, -1.0), np.where(bounded, self.high, 1.0)
        return 0.5 * (low + high), 0.5 * (high - low)

    def _squeezed(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        bounded = np.isfinite(self.low)
        middle, half = self._box()
        part = np.tanh((numbers - middle) / half)
        return np.where(bounded, middle + half * part, numbers), np.where(bounded, 1.0 - part**2, 1.0)


def transform(
    names: Sequence[str], values: Mapping[str, float | None], bounds: Mapping[str, tuple[float, float]]
) -> Transform:
    """Choose the scale of each parameter: logarithmic unless its value is 0 or less or its lower bound below 0."""
    low, high = np.full(len(names), -np.inf), np.full(len(names), np.inf)
    logarithmic, scale = np.ones(len(names), bool), np.ones(len(names))
    for i, name in enumerate(names):
        value, (least, most) = values.get(name), bounds.get(name, (0.0, np.inf))
        logarithmic[i] = least >= 0 and (value is None or value > 0)
        if not logarithmic[i]:
            scale[i] = abs(value or 0.0) or (min(abs(least), abs(most)) if name in bounds else 0.0) or 1.0
        if name in bounds and logarithmic[i]:
            top = most if np.isfinite(most) else 1e12 * max(least, value or 1.0)
            low[i], high[i] = np.log(least if least > 0 else 1e-12 * top), np.log(top)
        elif name in bounds:
            low[i], high[i] = max(least, -1e12) / scale[i], min(most, 1e12) / scale[i]
    return Transform(logarithmic, scale, low, high)
