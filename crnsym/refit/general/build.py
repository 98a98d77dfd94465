"""From a network, data and what else is told to a mechanism and the problem that it is fitted to."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from ...data.noise import NoiseModel
from ...data.trajectories import Trajectories
from ...errors import UnsupportedError
from ...network.network import Network
from ..problem import FitProblem
from .breaks import switching_parameters
from .columns import prepare
from .mechanism import LawMechanism, compiled
from .setting import Setting
from .start import first_values
from .text import text_of
from .transform import transform


def law_mechanism(
    network: Network,
    data: Trajectories,
    setting: Setting | None = None,
    source: str = "the network",
    elsewhere: Iterable[str] = (),
) -> LawMechanism:
    """Put a network with any rate laws into the form that is fitted.

    Parameters
    ----------
    network
        Any network; numbers that stand alone as rate constants are fitted like named ones.
    data
        Its columns are species or observables.
    setting
        Observables, starts, fixed values, bounds, conditions.
    source
        What to call the network in errors.
    elsewhere
        Species of other networks, see `columns.prepare`.

    Raises
    ------
    NetworkError, UnsupportedError
        See `columns.prepare` and `mechanism.compiled`; a fitted parameter in a condition.
    """
    setting = setting or Setting()
    prepared = prepare(network, data.species, setting, data.temperatures is not None, source, elsewhere)
    extra = [n for n in prepared.conditioned if n not in prepared.starts]
    hidden = [s for s in prepared.starts if s not in data.species]
    species = (*data.species, *hidden, *extra)
    values = {p: None if (v := prepared.network.parameters[p]) is None else float(v) for p in prepared.fitted}
    scales = transform(prepared.fitted, values, setting.bounds)
    numbers = scales.numbers(np.array([first_values(prepared, data)[p] for p in prepared.fitted]))
    mechanism = LawMechanism(species, text_of(prepared), numbers, scales)
    compiled(mechanism.text, species)  # what cannot be simulated is refused here
    if switching := switching_parameters(prepared):
        raise UnsupportedError(
            f"{source}: {', '.join(switching)} in a condition (piecewise) cannot be fitted: the solution does not "
            f"follow it smoothly; fix it, as in fixed={{'{switching[0]}': 1.0}}"
        )
    return mechanism


def law_problem(
    mechanism: LawMechanism, data: Trajectories, problem: FitProblem, conditions: Mapping[str, Mapping[str, float]]
) -> FitProblem:
    """Give a problem of the columns of the data the further columns of a mechanism.

    Only columns that are species have initial values that are fitted; hidden species start as the mechanism says.
    ``conditions`` are those of the setting; the temperatures of the runs join them.
    """
    known, more = len(problem.species), len(mechanism.species) - len(problem.species)
    measured = np.zeros(len(mechanism.species), bool)
    measured[[c for c, _ in mechanism.measured]] = True

    def widen(array: np.ndarray, value: object) -> np.ndarray:
        return np.concatenate([array, np.full((*array.shape[:-1], more), value, array.dtype)], axis=-1)

    start, free = widen(problem.start, 0.0), widen(problem.free, False) & measured
    start[:, ~measured] = np.nan
    for e, label in enumerate(data.experiments):
        values = dict(conditions.get(label, {}))
        if data.temperatures is not None:
            values.setdefault("T", data.temperatures[e])
        for name in mechanism.prepared.conditioned:
            start[e, mechanism.species.index(name)] = values.get(name, np.nan)
    noise = problem.noise
    return replace(
        problem,
        species=mechanism.species,
        values=widen(problem.values, 0.0),
        present=widen(problem.present, False),
        weights=None if problem.weights is None else widen(problem.weights, 1.0),
        noise=NoiseModel(
            np.append(noise.relative[:known], np.zeros(more)), np.append(noise.absolute[:known], np.ones(more))
        ),
        start=start,
        free=free,
        guide=tuple(widen(g, 0.0) for g in problem.guide),
        temperatures=None,  # they are conditions here
    )
