"""A polynomial dθ/dt, which can be read as formulas."""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


class Polynomial(eqx.Module):
    """dθ/dt as a polynomial in some of the parameters.

    Parameters
    ----------
    domain
        Numbers of the parameters that appear.
    outputs
        How many parameters are moved.
    degree
        Of the polynomial.
    """

    coefficients: Float[Array, "terms outputs"]
    exponents: tuple[tuple[int, ...], ...] = eqx.field(static=True)
    domain: tuple[int, ...] = eqx.field(static=True)

    def __init__(self, domain: Sequence[int], outputs: int, degree: int = 2) -> None:
        self.domain = tuple(int(k) for k in domain)
        factors = [c for d in range(degree + 1) for c in combinations_with_replacement(range(len(self.domain)), d)]
        self.exponents = tuple(tuple(c.count(k) for k in range(len(self.domain))) for c in factors)
        self.coefficients = jnp.zeros((len(self.exponents), outputs))

    # one signature for every right-hand side
    def __call__(self, theta: Float[Array, " params"], context=None) -> Float[Array, " outputs"]:  # noqa: ARG002  # as all F
        """Return dθ/dt; this right-hand side has no use for the ``context`` of the common signature."""
        x = theta[jnp.array(self.domain)]
        powers = [x**0]  # by multiplication: x ** n has no derivative at x = 0 for a traced n
        for _ in range(max(map(max, self.exponents), default=0)):
            powers.append(powers[-1] * x)
        table = jnp.stack(powers)
        monomials = jnp.prod(table[np.array(self.exponents), np.arange(len(self.domain))], axis=1)
        return monomials @ self.coefficients

    def expressions(self, names: Sequence[str]) -> list:
        """Return one sympy expression for each output, in symbols with these names for the domain."""
        import sympy

        symbols = [sympy.Symbol(name, real=True) for name in names]
        monomials = [sympy.prod([s**n for s, n in zip(symbols, powers, strict=True)]) for powers in self.exponents]
        return [
            sum((float(c) * m for c, m in zip(column, monomials, strict=True) if c != 0), sympy.Integer(0))
            for column in np.asarray(self.coefficients).T
        ]
