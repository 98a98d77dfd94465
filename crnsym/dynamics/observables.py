"""Observables of a network along its simulated time courses."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..data.trajectories import Trajectories
from ..network.network import Network
from ..network.symbols import symbol
from .integration.machine import Assembler, run
from .programs import compile_expressions


def with_observables(data: Trajectories, network: Network) -> Trajectories:
    """Return the time courses of all species with a column for each observable that is not one of them.

    Raises
    ------
    UnsupportedError
        A function in an observable that cannot be evaluated.
    """
    wanted = {name: e for name, e in network.observables.items() if name not in data.species}
    if not wanted:
        return data
    inner: Any = {symbol(name): e for name, e in wanted.items()}
    expressions: list[Any] = list(wanted.values())
    for _ in wanted:
        expressions = [e.xreplace(inner) for e in expressions]  # observables may name observables
    names = [*data.species, *network.parameters]
    places = {name: i for i, name in enumerate(names)}
    assembler = Assembler(len(places), [])
    outputs = assembler.place(compile_expressions(expressions, places, {}))
    rows = np.array(assembler.rows, dtype=np.int64).reshape(-1, 4)
    numbers = np.array(assembler.numbers, dtype=float)
    parameters = [np.nan if v is None else float(v) for v in network.parameters.values()]
    tables = []
    for times, values in zip(data.times, data.values, strict=True):
        found, register = np.empty((len(times), len(outputs))), np.empty(len(rows))
        for i, (t, state) in enumerate(zip(times, values, strict=True)):
            run(rows, numbers, np.array([*state, *parameters, t]), register)
            found[i] = register[outputs]
        tables.append(np.hstack([values, found]))
    return replace(data, species=(*data.species, *wanted), values=tuple(tables))
