"""The numbers that decide an answer, each with what it is and, where there is one, the measurement behind it.

`Prices` are what the score charges, `Thresholds` where a statement begins to hold, `Effort` how much is tried. What
only sets how exactly something is computed, or how it is shown, stands where it is used. ``python -m
tests.benchmarks.sensitivity`` halves and doubles every one of them on problems drawn for that purpose.
"""

from crnsym.deciding.effort import EFFORT, Effort
from crnsym.deciding.prices import PRICES, Prices
from crnsym.deciding.thresholds import THRESHOLDS, Thresholds

__all__ = ["EFFORT", "PRICES", "THRESHOLDS", "Effort", "Prices", "Thresholds"]
