"""What training hands over."""

from dataclasses import dataclass

import jax
import numpy as np

from crnsym.data.mechanism import FractionalNetwork

from .batches import Scaling
from .model import CRNN


@dataclass(frozen=True)
class TrainedNetwork:
    """One trained network.

    Attributes
    ----------
    network
        The module, in the units of ``scaling``.
    scaling
        The units.
    species
        Names of the species.
    loss
        What networks are compared by: root mean square residual in units of the noise, penalties included.
    error
        Range-scaled mean absolute error, without penalties.
    """

    network: CRNN
    scaling: Scaling
    species: tuple[str, ...]
    loss: float
    error: float

    def fractional(self) -> FractionalNetwork:
        """Real orders, stoichiometry and ln k in the units of the data (at the reference temperature)."""
        with jax.enable_x64(True):
            orders, net = np.asarray(self.network.orders), np.asarray(self.network.net_stoichiometry)
        log_rates = self.scaling.log_rates(orders, np.asarray(self.network.log_rates))
        return FractionalNetwork(self.species, orders, net, log_rates, self.loss, f"crnn ({self.network.form})")

    @property
    def activation_energies(self) -> np.ndarray | None:
        """``(reactions,)`` in J/mol, or None where all runs had one temperature."""
        with jax.enable_x64(True):
            energies = self.network.activation_energies
            return None if energies is None else np.asarray(energies)


@dataclass(frozen=True)
class Trained:
    """What :func:`train_networks` returns: networks by loss, and whether Ctrl-C cut it short."""

    networks: tuple[TrainedNetwork, ...]
    interrupted: bool
