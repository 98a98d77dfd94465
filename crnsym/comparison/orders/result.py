"""Apparent orders of reaction as they are reported: numbers with intervals, and the law as text."""

from dataclasses import dataclass, field

import numpy as np

UNKNOWN = 2.0  # standard error of an order from which on the runs do not tell it
SIMPLE = (-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3)


@dataclass(frozen=True)
class Order:
    """The order in one species.

    Attributes
    ----------
    species
        Its name.
    value, error
        Order and standard error.
    low, high
        Ends of the interval.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A + B -> P @ 0.3")
    >>> data = cs.simulate(net, (0, 10, 21), initial=[{"A": 1, "B": 2}, {"A": 2, "B": 1.5}])
    >>> order = cs.orders(data, noise=0.001).orders[0]
    >>> order.species, order.simple, order.known
    ('A', None, True)
    """

    species: str
    value: float
    error: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether the runs tell it."""
        return self.error < UNKNOWN

    @property
    def simple(self) -> float | None:
        """The whole or half number nearest to it, if it lies in the interval and no other does."""
        inside = [n for n in SIMPLE if self.low <= n <= self.high]
        return float(inside[0]) if len(inside) == 1 else None


@dataclass(frozen=True)
class Orders:
    """Apparent orders and rate constant of one species.

    Attributes
    ----------
    target
        The species whose rate it is.
    orders
        One a species.
    rate_constant, rate_interval
        k in concentration and time units of the data, and its interval.
    reduced
        chi2 per degree of freedom: about 1 where a power law explains the runs.
    level
        Probability of the intervals.
    unit
        Of k, where the data have units.
    remarks
        What was assumed, and what the runs do not tell.
    sign
        1 where the target is made, -1 where it is used up.
    lines
        (run, normalised time, what the target gained) of every course: with the right orders they all lie on one line
        of slope 1 (or -1), see `crnsym.plot_orders`.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A + B -> P @ 0.3")
    >>> data = cs.simulate(net, (0, 10, 21), initial=[{"A": 1, "B": 2}, {"A": 2, "B": 1.5}])
    >>> found = cs.orders(data, noise=0.001)
    >>> found.target, round(found.rate_constant, 2)
    ('P', 0.3)
    >>> print(found.law)
    d[P]/dt = k [A]^1.00 [B]^1.00
    """

    target: str
    orders: tuple[Order, ...]
    rate_constant: float
    rate_interval: tuple[float, float]
    reduced: float
    level: float
    unit: str = ""
    remarks: tuple[str, ...] = ()
    sign: int = 1
    lines: tuple[tuple[str, np.ndarray, np.ndarray], ...] = field(default=(), repr=False, compare=False)

    def __getitem__(self, species: str) -> Order:
        """Return the order in a species."""
        for order in self.orders:
            if order.species == species:
                return order
        raise KeyError(species)

    def to_rows(self) -> list[dict[str, str | float]]:
        """Return one dict a number: the orders, and k last."""
        rows: list[dict[str, str | float]] = [
            {"name": f"order in {o.species}", "value": o.value, "low": o.low, "high": o.high} for o in self.orders
        ]
        low, high = self.rate_interval
        return [*rows, {"name": "k", "value": self.rate_constant, "low": low, "high": high}]

    @property
    def law(self) -> str:
        """The rate law as text."""
        powers = " ".join(f"[{o.species}]^{o.value:.2f}" for o in self.orders)
        return f"{'-' if self.sign < 0 else ''}d[{self.target}]/dt = k {powers}"

    def __str__(self) -> str:
        percent = f"{100 * self.level:g} %"
        lines = [self.law]
        for o in self.orders:
            near = "" if o.simple is None else f": {o.simple:g}"
            told = f"{o.value:.3f} ± {o.error:.3f} ({percent}: {o.low:.2f} to {o.high:.2f}){near}"
            lines.append(f"  order in {o.species}: {told if o.known else 'not told by these runs'}")
        low, high = self.rate_interval
        unit = f" {self.unit}" if self.unit else ""
        lines.append(f"  k = {self.rate_constant:.4g}{unit} ({percent}: {low:.3g} to {high:.3g})")
        return "\n".join([*lines, *(f"Note: {remark}" for remark in self.remarks)])
