"""What is known of rates beside the data: measured values with errors, bounds, and thermodynamic consistency.

A measured rate is a datum: it adds ((ln k - ln value)/error)^2 to -2 ln L. As the noise scale of the courses is
estimated, -2 ln L = N ln(chi2/N), so that chi2 is multiplied by exp(penalty/N). Detailed balance (Wegscheider 1901)
ties reversible steps: for every combination v of them that changes nothing, sum v_i ln(k_i/k_-i) = 0.
"""

from dataclasses import dataclass

import numpy as np
import sympy as sp

from crnsym.data.mechanism import Mechanism
from crnsym.refit.temperature import Temperatures


@dataclass(frozen=True, slots=True)
class KnownRate:
    """What is known of the rate constant of one reaction, in whichever mechanism it occurs.

    Attributes
    ----------
    reactants, products
        Molecules of each measured species.
    log_value, error
        ln k and its standard error; infinite where it was not measured.
    low, high
        Bounds of ln k (at the reference temperature); equal where the rate is fixed.
    kelvin
        Temperature of the measurement, where the runs differ in theirs.
    """

    reactants: tuple[int, ...]
    products: tuple[int, ...]
    log_value: float = 0.0
    error: float = float("inf")
    low: float = float("-inf")
    high: float = float("inf")
    kelvin: float | None = None

    def position(self, mechanism: Mechanism) -> int | None:
        """Position of the reaction in a mechanism, which may have further species; None if it is not there."""
        n = len(self.reactants)
        left, right = mechanism.reactants, mechanism.products
        same = (left[:, :n] == self.reactants).all(axis=1) & (right[:, :n] == self.products).all(axis=1)
        same &= ~left[:, n:].any(axis=1) & ~right[:, n:].any(axis=1)
        return int(np.flatnonzero(same)[0]) if same.any() else None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Known rates, and whether reversible steps obey detailed balance."""

    rates: tuple[KnownRate, ...] = ()
    detailed_balance: bool = False

    def found(self, mechanism: Mechanism) -> list[tuple[int, KnownRate]]:
        """Known rates of the reactions that a mechanism has, with their positions."""
        places = [(rate.position(mechanism), rate) for rate in self.rates]
        return [(j, rate) for j, rate in places if j is not None]

    def fixed(self, mechanism: Mechanism) -> tuple[int, ...]:
        """Positions of the reactions whose rate is fixed."""
        return tuple(j for j, rate in self.found(mechanism) if rate.low == rate.high)

    def measured(self, mechanism: Mechanism, heat: Temperatures | None) -> tuple[np.ndarray, np.ndarray]:
        """Rows and right sides of (rows @ parameters = sides) with unit errors."""
        n = len(mechanism.log_rates)
        size = n if heat is None else 2 * n
        rows, sides = [], []
        for j, rate in self.found(mechanism):
            if np.isfinite(rate.error):
                row = np.zeros(size)
                row[j] = 1.0
                if heat is not None:
                    row[n + j] = heat.slope(rate.kelvin)  # type: ignore[type-var]  # known where there are temperatures
                rows.append(row / rate.error)
                sides.append(rate.log_value / rate.error)
        return np.array(rows).reshape(len(rows), size), np.array(sides)

    def bounds(self, mechanism: Mechanism, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest parameters, ``(parameters,)``."""
        low, high = np.full(size, -np.inf), np.full(size, np.inf)
        for j, rate in self.found(mechanism):
            low[j], high[j] = rate.low, rate.high
        return low, high

    def equalities(self, mechanism: Mechanism, heat: Temperatures | None) -> np.ndarray:
        """Rows that vanish on the parameters, ``(conditions, parameters)``: of ln k, and of activation energies."""
        rows = cycles(mechanism) if self.detailed_balance else np.zeros((0, len(mechanism.log_rates)))
        return rows if heat is None else np.kron(np.eye(2), rows)


def cycles(mechanism: Mechanism) -> np.ndarray:
    """Wegscheider's conditions of the reversible steps, ``(conditions, reactions)``: rows @ log rates = 0.

    A basis in small whole numbers of the combinations of reversible steps that change no concentration.
    """
    left, right = mechanism.reactants, mechanism.products
    pairs = [
        (i, j)
        for i in range(len(left))
        for j in range(i + 1, len(left))
        if np.array_equal(left[i], right[j]) and np.array_equal(left[j], right[i])
    ]
    net = sp.Matrix([mechanism.net_stoichiometry[i].tolist() for i, _ in pairs])
    rows = []
    for vector in net.T.nullspace() if pairs else []:
        whole = np.array(vector * sp.ilcm(*[term.q for term in vector]), np.int64).ravel()
        row = np.zeros(len(left))
        for (i, j), times in zip(pairs, whole // max(np.gcd.reduce(np.abs(whole)), 1), strict=True):
            row[i], row[j] = times, -times
        rows.append(row)
    return np.array(rows).reshape(len(rows), len(left))
