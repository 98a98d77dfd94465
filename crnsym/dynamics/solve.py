"""One initial value problem through diffrax, explicit or implicit as the problem wants it."""

from dataclasses import dataclass
from typing import Any

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .chord import kvaerno5
from .vector_field import VectorField

_LEG = 4096  # steps between two looks at the problem
_LEGS = 250
_POINTS = 128  # output times are padded to this, or 4, 16, ... times as many, so that programs are shared


@dataclass(frozen=True)
class Solved:
    """What came of one run.

    Attributes
    ----------
    values
        ``(times, species)``; NaN from the time on at which the solver gave up.
    problem
        Empty, or why and where the solver gave up.
    solver
        The method that took the last step, ``"explicit"`` or ``"implicit"``.
    steps
        Number of steps taken, rejected ones included.
    """

    values: np.ndarray
    problem: str
    solver: str
    steps: int


def solve(
    field: VectorField,
    initial: np.ndarray,
    times: np.ndarray,
    *,
    solver: str = "auto",
    rtol: float = 1e-8,
    atol: float = 1e-12,
) -> Solved:
    """Solve one initial value problem; failure is in the result, not an exception.

    ``"auto"`` starts with explicit steps. Every few thousand steps it asks whether stability or accuracy keeps
    them small, by the eigenvalues of the Jacobian there, and goes on with the method that suits. Where one
    method cannot go on at all, the other has its turn before the run counts as failed.

    Parameters
    ----------
    field, initial, times
        The problem; ``initial`` holds at ``times[0]``. The field may have padding species behind those of
        ``initial``.
    solver
        ``"auto"``, ``"explicit"`` (Tsit5) or ``"implicit"`` (Kvaerno5).
    rtol, atol
        Tolerances of one step, relative and absolute (concentration), in the maximum norm.
    """
    species, (start, stop) = len(initial), times[[0, -1]]
    values = np.full((len(times), field.stoichiometry.count), np.nan)
    y = np.zeros(field.stoichiometry.count)
    y[:species] = initial
    t, method, stuck, steps = start, "explicit" if solver == "auto" else solver, False, 0
    for _ in range(_LEGS):
        leg = _travel(field, y, t, times, method, rtol, atol)
        steps += leg.steps
        done = (times >= t) & (times <= leg.reached) & np.isfinite(leg.values).all(axis=1)
        values[done] = leg.values[done]
        if leg.arrived:
            problem = "" if np.isfinite(values).all() else _problem(t, stop, "a concentration is not finite")
            return Solved(values[:, :species], problem, method, steps)
        stiff = solver == "auto" and not leg.mean_step * _spectral_radius(field, leg.reached, leg.last) < 1
        if not leg.tired:
            if stuck or solver != "auto":
                reason = "the steps became too small to go on, as when a concentration runs to infinity"
                return Solved(values[:, :species], _problem(leg.reached, stop, reason), method, steps)
            method = "implicit" if method == "explicit" else "explicit"
        elif solver == "auto":
            method = "implicit" if stiff else "explicit"
        t, y, stuck = leg.reached, leg.last, not leg.tired
    reason = f"{steps} steps were not enough; loosen rtol or shorten the times"
    return Solved(values[:, :species], _problem(t, stop, reason), method, steps)


def _problem(t: float, stop: float, reason: str) -> str:
    return f"stopped at t = {t:.6g} of {stop:.6g}: {reason}"


@dataclass(frozen=True)
class _Leg:
    """A part of the way: whether it reached the end, or was only tired after its steps, or could not go on."""

    values: np.ndarray
    last: np.ndarray
    reached: float
    mean_step: float
    steps: int
    arrived: bool
    tired: bool


def _travel(
    field: VectorField, y: np.ndarray, start: float, times: np.ndarray, method: str, rtol: float, atol: float
) -> _Leg:
    padded = _POINTS
    while padded < len(times):
        padded *= 4
    clock = np.concatenate([times, np.full(padded - len(times), times[-1])])
    length = times[-1] - times[0]
    with jax.enable_x64(True):
        arrays = jax.tree.map(jnp.asarray, (y, np.maximum(clock, start), rtol, atol, length))
        ys, last, reached, code, steps = _integrate(field, arrays, method == "implicit")
    reached, steps = float(reached), int(steps)
    # Steps that no longer move the clock are no progress either.
    moved = reached - start > 4 * steps * np.spacing(reached)
    return _Leg(
        values=np.array(ys)[: len(times)],
        last=np.array(last),
        reached=reached,
        mean_step=(reached - start) / max(steps, 1),
        steps=steps,
        arrived=bool(code == diffrax.RESULTS.successful),
        tired=bool(code == diffrax.RESULTS.max_steps_reached) and bool(moved),
    )


@eqx.filter_jit
def _integrate(field: VectorField, arrays: tuple[Any, ...], implicit: bool) -> tuple[Any, ...]:
    """Solve with the structure of the network as an argument: one program a shape."""
    y0, times, rtol, atol, length = arrays
    controller = diffrax.PIDController(
        rtol=rtol,
        atol=atol,
        norm=_largest,
        # The smallest step that can still be told from none; without it a blow-up would go on for ever.
        dtmin=1e-26 * length,
        force_dtmin=False,
        **({} if implicit else {"pcoeff": 0.2, "icoeff": 0.5}),
    )
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(lambda t, y, field: field(t, y)),
        kvaerno5(rtol, atol, _largest) if implicit else diffrax.Tsit5(),
        times[0],
        times[-1],
        None,
        y0,
        field,
        saveat=diffrax.SaveAt(subs=[diffrax.SubSaveAt(ts=times), diffrax.SubSaveAt(t1=True)]),
        stepsize_controller=controller,
        max_steps=_LEG,
        throw=False,
    )
    values, (last,) = solution.ys  # type: ignore[misc]
    reached = solution.ts[1][0]  # type: ignore[index]
    return values, last, reached, solution.result, solution.stats["num_steps"]


def _largest(errors: Any) -> Any:
    """Return the maximum norm, which padding species do not change."""
    return jnp.max(jnp.abs(errors))


@eqx.filter_jit
def _jacobian(field: VectorField, t: Any, y: Any) -> Any:
    return jax.jacfwd(lambda x: field(t, x))(y)


def _spectral_radius(field: VectorField, t: float, y: np.ndarray) -> float:
    """Return the largest modulus of the eigenvalues of the Jacobian, or infinity where it is not finite."""
    with jax.enable_x64(True):
        jacobian = np.asarray(_jacobian(field, jnp.asarray(t), jnp.asarray(y)))
    return float(np.abs(np.linalg.eigvals(jacobian)).max()) if np.isfinite(jacobian).all() else np.inf
