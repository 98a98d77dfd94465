"""Rates and their slopes in floating point, for states that are searched numerically."""

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ..equations import slope
from ..symbols import symbol

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from ..network import Network


class NumericRates:
    """The rates of a network with numbers for all parameters.

    Attributes
    ----------
    net
        Net stoichiometry, ``(species, reactions)``, sparse.
    """

    def __init__(self, network: "Network", values: dict[sp.Symbol, sp.Rational]) -> None:
        from scipy.sparse import csr_array

        self.names = network.species_names
        self.net = csr_array(network.net_stoichiometry().astype(float))
        self.reactions = len(network.reactions)
        arguments = [symbol(n) for n in self.names]
        modules = [{"Heaviside": lambda x, half=0.5: np.heaviside(x, half)}, "numpy"]  # else sympy simplifies it
        self._plain: list[tuple[int, float, list[tuple[int, float]]]] = []
        self._free: list[tuple[int, Any, list[tuple[int, Any]]]] = []
        for i, r in enumerate(network.reactions):
            if r.rate.is_mass_action:
                orders = [(network.species_index[n], float(c)) for n, c in r.reactants.items()]
                self._plain.append((i, float(r.rate_constant.xreplace(values)), orders))  # type: ignore[arg-type]  # a number
                continue
            rate: Any = r.rate_expression.xreplace(values)
            slopes = [
                (j, sp.lambdify(arguments, slope(rate, s), modules))
                for j, s in enumerate(arguments)
                if s in rate.free_symbols
            ]
            self._free.append((i, sp.lambdify(arguments, rate, modules), slopes))

    def rates(self, x: np.ndarray) -> np.ndarray:
        """Return the rate of each reaction at a state."""
        v = np.zeros(self.reactions)
        for i, k, orders in self._plain:
            for j, n in orders:
                k *= x[j] ** n
            v[i] = k
        for i, function, _ in self._free:
            v[i] = function(*x)
        return v

    def slopes(self, x: np.ndarray) -> "csr_array":
        """Return d rate / d species, ``(reactions, species)``, sparse."""
        from scipy.sparse import csr_array

        rows, columns, values = [], [], []
        for i, k, orders in self._plain:
            for j, n in orders:
                others = k
                for other, m in orders:
                    others *= x[other] ** m if other != j else n * x[j] ** (n - 1) if n != 1 else 1.0
                rows.append(i)
                columns.append(j)
                values.append(others)
        for i, _, slopes in self._free:
            for j, function in slopes:
                rows.append(i)
                columns.append(j)
                values.append(float(function(*x)))
        return csr_array((values, (rows, columns)), shape=(self.reactions, len(x)))

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """Return the Jacobian of the rates of change, species x species."""
        slopes: Any = self.net @ self.slopes(x)
        return slopes.toarray()
