"""Where a learned closure holds: rates, times and states like those it was learned from."""

from dataclasses import dataclass

import numpy as np

from .conditions import Ranges

NEIGHBOURS = 2000  # states that are kept to compare with
QUANTILE = 0.98  # of the distances between states of different conditions
ROOM = 1e-6  # what rounding may add to a range


@dataclass(frozen=True, eq=False)
class Domain:
    """What a closure was learned from.

    Attributes
    ----------
    rates
        {parameter: (lowest, highest)}.
    starts
        {species: (fewest, most)}: densities at the start.
    duration
        Longest time since the start.
    states
        ``(states, inputs)``: densities, conditional probabilities and log ratios of rates, scaled.
    reach
        Distance from the nearest of those up to which a state is like them: nearly all conditions that were left out
        lie as near to the others.
    """

    rates: Ranges
    starts: Ranges
    duration: float
    states: np.ndarray
    reach: float

    def rates_outside(self, values: dict[str, float]) -> list[str]:
        """Return one line for every parameter outside its range."""
        return [
            f"{name} = {values[name]:g} lies outside {low:g} to {high:g}"
            for name, (low, high) in self.rates.items()
            if not low * (1 - ROOM) <= values[name] <= high * (1 + ROOM)
        ]

    def starts_outside(self, densities: np.ndarray, sites: int) -> list[str]:
        """Return one line for every species that starts outside its range, by more than a molecule of so many sites."""
        return [
            f"{name} starts with {value:.3g} a site, outside {low:.3g} to {high:.3g}"
            for value, (name, (low, high)) in zip(densities, self.starts.items(), strict=True)
            if not low - 1 / sites <= value <= high + 1 / sites
        ]

    def first_outside(self, states: np.ndarray) -> int | None:
        """Return the position of the first of some states, ``(states, inputs)``, that is unlike all learned ones."""
        outside = np.flatnonzero(~(nearest(states, self.states) <= self.reach))
        return int(outside[0]) if len(outside) else None


def nearest(states: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the distance of every state from the nearest of others; NaN for what is not finite."""
    squares = (states**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * states @ others.T
    return np.sqrt(np.maximum(squares.min(axis=1), 0.0))


def learned_domain(rates: Ranges, starts: Ranges, duration: float, states: np.ndarray, condition: np.ndarray) -> Domain:
    """Return the domain of states ``(states, inputs)``, each of one condition."""
    conditions = np.unique(condition)
    far = [nearest(states[condition == c], states[condition != c]) for c in conditions] if len(conditions) > 1 else []
    reach = float(np.quantile(np.concatenate(far), QUANTILE)) if far else 1.0
    kept = np.unique(np.linspace(0, len(states) - 1, NEIGHBOURS).astype(int))
    return Domain(rates, starts, duration, states[kept], 1.5 * reach)
