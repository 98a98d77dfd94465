"""Simulate a model file: as a network where it is one, else as the file means it."""

import os
from dataclasses import replace
from pathlib import Path

from ..data.operation.attach import Operations
from ..data.trajectories import Trajectories
from ..errors import FormatError, NetworkError, UnsupportedError
from ..formats import READABLE, read
from ..network.arguments import by_name, time_grid, whole_number
from ..network.inputs import Initial, Times
from ..network.network import Network
from .observables import with_observables
from .ode import Solver, check_numbers, simulate, starts_of, with_noise

AS_MEANT = (".xml", ".sbml", ".ant")
"""Suffixes of languages that say more than a network holds."""


def simulate_file(
    path: str | os.PathLike[str],
    times: Times,
    *,
    initial: Initial = None,
    noise: float = 0.0,
    seed: int = 0,
    solver: Solver = "auto",
    rtol: float = 1e-8,
    atol: float | None = None,
    operation: Operations | None = None,
) -> Trajectories:
    """Simulate a model file; the arguments are those of `crnsym.simulate`.

    Returns
    -------
    Trajectories
        All species as concentrations, then observables, and parameters and compartments that change.

    Raises
    ------
    CrnsymError
        As `crnsym.simulate`, and for a file that cannot be read or holds what nothing here simulates.
    """
    check_numbers(noise, rtol, atol)
    seed = whole_number("seed", seed)
    network = network_or_none(path)
    if network is None:
        if operation is not None:
            raise UnsupportedError(f"operation: {path} has events or rules of its own; only networks take an operation")
        from .sbml.courses import simulate_model

        starts = [by_name("initial", start, "{'A': 1}") for start in starts_of(initial)]
        clean = simulate_model(Path(path), time_grid(times), starts, rtol)
    else:
        clean = simulate(network, times, initial=initial, solver=solver, rtol=rtol, atol=atol, operation=operation)
        clean = with_observables(clean, network)
    values = tuple(with_noise(rows, noise, seed, run) for run, rows in enumerate(clean.values))
    return replace(clean, values=values)


def network_or_none(path: str | os.PathLike[str]) -> Network | None:
    """Read the network in a file; None where its language says more than a network holds.

    Raises
    ------
    CrnsymError
        A file that cannot be read, or one of another language that is no network.
    """
    if isinstance(path, str) and Path(path).suffix.lower() not in READABLE:
        raise NetworkError(f"'{path}' is neither a network nor the path of one; cs.network(text) reads reactions")
    try:
        return read(path)
    except (UnsupportedError, FormatError):
        if Path(path).suffix.lower() in AS_MEANT and Path(path).is_file():
            return None
        raise
