"""The error of an elementary network, measured by simulation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import NetworkError
from ..network.elementary import Elementary, elementary
from ..network.inputs import Initial, Times
from ..network.network import Network
from .ode import simulate


@dataclass(frozen=True)
class ElementaryCheck:
    """How far an elementary network is from its source.

    Attributes
    ----------
    error, coarse_error
        Largest difference of a source species' concentration over all runs and times, with the tolerance asked
        for and with twice that.
    estimate
        The same as ``error``, from the two elementary networks alone (Richardson): their difference.
    relative
        ``error`` over the largest concentration of the source.
    """

    error: float
    coarse_error: float
    estimate: float
    relative: float

    @property
    def order(self) -> float:
        """Power of the tolerance to which the error goes; 1 for a linear law."""
        return float(np.log2(self.coarse_error / self.error)) if self.error > 0 else 0.0


def check_elementary(
    compiled: Elementary,
    times: Times = (0.0, 10.0, 101),
    *,
    initial: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> ElementaryCheck:
    """Simulate an elementary network, its source, and the network of twice the tolerance.

    Parameters
    ----------
    compiled
        From `elementary`, with a tolerance below 1/2.
    times, initial
        As in `simulate`; the initial state should stay within ``compiled.concentrations``.

    Raises
    ------
    NetworkError
        A tolerance of 1/2 or more.

    Examples
    --------
    >>> import crnsym as cs
    >>> compiled = cs.elementary(cs.network("2 A + B -> C @ 0.4; init A = 1, B = 1"), 0.1)
    >>> check = cs.check_elementary(compiled, (0, 4, 9))
    >>> type(check).__name__
    'ElementaryCheck'
    """
    if compiled.tolerance >= 0.5:
        raise NetworkError(f"tolerance={compiled.tolerance} cannot be doubled; compile with less than 0.5")
    coarse = elementary(compiled.source, 2 * compiled.tolerance, compiled.concentrations)
    source, fine, rough = (_values(n, compiled.source, times, initial) for n in
                           (compiled.source, compiled.network, coarse.network))  # fmt: skip
    error, coarse_error = float(np.abs(fine - source).max()), float(np.abs(rough - source).max())
    return ElementaryCheck(
        error, coarse_error, float(np.abs(rough - fine).max()), error / max(float(np.abs(source).max()), 1e-300)
    )


def _values(network: Network, source: Network, times: Times, initial: Initial) -> np.ndarray:
    data = simulate(network, times, initial=initial, rtol=1e-9)
    columns = [data.species.index(name) for name in source.species_names]
    return np.stack([v[:, columns] for v in data.values])
