"""Predict the means of a lattice by a learned closure."""

import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from math import prod

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns
from ..dynamics.lattice.sites import check_room
from ..errors import NetworkError, SimulationError
from ..network.arguments import lattice_sides, real, time_grid
from ..network.inputs import Amounts, Shape, Times
from .conditions import measured
from .field import ClosureField
from .model import ClosureCourses, LearnedClosure, check_closure_model
from .processes import Processes
from .solve import integrate

TOLERANCES = 1e-4, 1e-8  # relative and absolute: a closure is off by more
CLOSURES = ("learned", "pair approximation", "mean field")


def simulate_closure(
    model: LearnedClosure,
    times: Times,
    initial: Amounts | LatticeRuns | Snapshots | None = None,
    rates: Mapping[str, float] | Sequence[Mapping[str, float]] | None = None,
    *,
    shape: Shape | None = None,
    closure: str = "learned",
) -> ClosureCourses | list[ClosureCourses]:
    """Predict the mean densities and neighbours of a lattice, of any size, at given rates.

    Parameters
    ----------
    model
        From `fit_closure`.
    times
        A tuple ``(start, stop, points)``, or the times themselves; the initial state holds at the first.
    initial
        {species: number of molecules} on random sites, over those of the network; or lattice runs or snapshots, whose
        mean at the first time is taken.
    rates
        {parameter: value} over those of the network; a sequence of these is solved together, which takes less time
        for each.
    shape
        Sides of the lattice that the numbers are of, by default the one that the closure was learned on.
    closure
        ``"learned"``, or for comparison ``"pair approximation"`` or ``"mean field"``.

    Returns
    -------
    ClosureCourses
        Or a list, one for each of several rates.

    Warns
    -----
    UserWarning
        Rates, times or compositions unlike those that the closure was learned from, with what lies outside.

    Raises
    ------
    NetworkError
        An argument out of its range.
    SimulationError
        Equations that cannot be solved to the end.

    Examples
    --------
    >>> courses = simulate_closure(model, (0, 20, 21), {"A": 300}, {"k": 0.4})  # doctest: +SKIP
    >>> courses.counts(), courses.nearest("A", "A")                               # doctest: +SKIP
    """
    check_closure_model(model)
    if closure not in CLOSURES:
        raise NetworkError(f"closure={closure!r} is unknown; choose one of {', '.join(CLOSURES)}")
    many = not isinstance(rates, Mapping) and rates is not None
    given = list(rates) if many else [rates]  # type: ignore[arg-type]  # many: a sequence
    processes, clock = model.processes, time_grid(times)
    sides = processes.shape if shape is None else lattice_sides(shape)
    if len(sides) != len(processes.shape):
        raise NetworkError(f"shape={shape!r}: the closure is of lattices of {len(processes.shape)} dimensions")
    values = [processes.values(one) for one in given]  # type: ignore[arg-type]  # each is checked there
    if any(value < 0 for one in values for value in one.values()):
        raise NetworkError("rates: a rate cannot be negative")
    with jax.enable_x64(True):
        start = first_moments(processes, model.field, initial, sides)
        constants = np.array([np.asarray(processes.evaluate(np.array(list(one.values())))) for one in values])
        starts = np.repeat(start[None], len(values), axis=0)
        found = solved(model.field, constants, np.tile(clock - clock[0], (len(values), 1)), starts, closure)
        if not np.isfinite(found).all():
            raise SimulationError(f"the closed equations ({closure}) cannot be solved to t = {clock[-1]:g}")
        courses = []
        for k, one, moments in zip(constants, values, found, strict=True):
            outside = _outside(model, one, k, clock, moments) if closure == "learned" else ()
            courses.append(ClosureCourses(processes, one, clock, moments, sides, outside))
    said = sorted({line for course in courses for line in course.outside})
    if said:
        warnings.warn("outside of what the closure was learned from: " + "; ".join(said), stacklevel=2)
    return courses if many else courses[0]


def first_moments(
    processes: Processes, field: ClosureField, initial: Amounts | LatticeRuns | Snapshots | None, sides: tuple[int, ...]
) -> np.ndarray:
    """Return the moments at the start."""
    if initial is not None and not isinstance(initial, Mapping):
        return measured(processes, initial)[1][0]
    names = processes.network.species_names
    unknown = [name for name in initial or {} if name not in names]
    if unknown:
        raise NetworkError(f"initial: {unknown[0]} is no species of the network; there are {', '.join(names)}")
    known = {**processes.network.initial, **(initial or {})}
    counts = np.array([np.nan if (x := real(known.get(name))) is None else x for name in names])
    if not (counts >= 0).all():
        name = names[int(np.argmin(np.nan_to_num(counts, nan=-1.0)))]
        raise NetworkError(f"initial: {name} = {known.get(name)!r}; give a number of molecules of 0 or more")
    check_room(counts, sides)
    densities = counts / prod(sides)
    return np.asarray(field.unstructured(jnp.asarray([1 - densities.sum(), *densities])))


def solved(
    field: ClosureField, rates: np.ndarray, times: np.ndarray, starts: np.ndarray, closure: str = "learned"
) -> np.ndarray:
    """Return the moments of several conditions, ``(conditions, times, moments)``.

    Parameters
    ----------
    rates, times, starts
        ``(conditions, processes)``, ``(conditions, times)`` and ``(conditions, moments)``; times may end by standing
        still.
    """
    longest = 1 << (times.shape[1] - 1).bit_length()  # so that few lengths are compiled
    filled = np.concatenate([times, np.repeat(times[:, -1:], longest - times.shape[1], axis=1)], axis=1)
    used = field.unlearned() if closure == "pair approximation" else field
    return np.asarray(_solved(used, rates, filled, starts, closure == "mean field"))[:, : times.shape[1]]


@partial(eqx.filter_jit, donate="none")
def _solved(
    field: ClosureField, rates: Array | np.ndarray, times: Array | np.ndarray, starts: Array | np.ndarray, plain: bool
) -> Array:
    species = field.one.shape[0] - 1

    def one(k, t, m):
        if plain:
            densities = integrate(lambda y: field.mean_field(y, k), m[:species], t, *TOLERANCES)
            every = jnp.concatenate([1 - densities.sum(axis=1, keepdims=True), densities], axis=1)
            return jax.vmap(field.unstructured)(every)
        return integrate(lambda y: field(y, k), m, t, *TOLERANCES)

    return jax.vmap(one)(rates, times, starts)


def _outside(
    model: LearnedClosure, values: dict[str, float], constants: np.ndarray, clock: np.ndarray, moments: np.ndarray
) -> tuple[str, ...]:
    domain, field = model.domain, model.field
    found = domain.rates_outside(values)
    if clock[-1] - clock[0] > domain.duration * (1 + 1e-9):
        found.append(f"{clock[-1] - clock[0]:g} is longer than the {domain.duration:g} of the training")
    found += domain.starts_outside(moments[0, : len(model.species)], prod(model.processes.shape))
    first = domain.first_outside(np.asarray(_inputs(field, moments, constants)))
    if first is not None and not found:
        found.append(f"from t = {clock[first]:g} on the lattice is unlike those of the training")
    return tuple(found)


@eqx.filter_jit
def _inputs(field: ClosureField, moments: Array | np.ndarray, rates: Array | np.ndarray) -> Array:
    return (jax.vmap(lambda m: field.features(m, jnp.asarray(rates)))(moments) - field.centre) / field.scale
