"""Integration of any rate laws with exact sensitivities of the discrete solution.

The laws arrive as the rows of a small machine (`crnsym.dynamics.integration.machine`), so that a new network compiles
nothing. The method is that of `crnsym.refit.kernel`: SDIRK4, every stage solved by full Newton; the factors that
Newton leaves behind give the sensitivities of the discrete solution. Errors are weighed by the largest size that a
species has had so far, because nobody knows how much of a hidden one there will be. Steps end where laws jump with
time; jumps with a concentration are only found by the error of a step, which may pass over a small one.
"""

import numpy as np

from ...data.operation.plan import BEGIN, FIRST, INFLOW, KEEP, SWELL, VOLUME
from ...dynamics.integration.machine import differentiate, run
from ...files.compiled import in_one_form, njit
from ..linear import factorise, solve
from ..sdirk import (
    CONVERGED,
    ERROR,
    GAMMA,
    LOST,
    NEWTON_ITERATIONS,
    NODES,
    SHORTER,
    STAGES,
    growth,
    next_length,
    step_length,
)

NOTHING = 1e-14  # part of the largest start below which a concentration counts as none


@njit(cache=True, error_model="numpy")
def _field(laws, x, values, slopes, seed, f, jacobian):
    """Vector field and its Jacobian at inputs ``x``."""
    run(laws.rows, laws.numbers, x, values)
    f[:] = 0.0
    jacobian[:] = 0.0
    for j in range(len(laws.outputs)):
        rate = values[laws.outputs[j]]
        for e in range(laws.starts[j], laws.starts[j + 1]):
            f[laws.changed[e]] += laws.changes[e] * rate
    for s in range(laws.species):
        seed[s] = 1.0
        differentiate(laws.rows, seed, values, slopes)
        seed[s] = 0.0
        for j in range(len(laws.outputs)):
            slope = slopes[laws.outputs[j]]
            if slope != 0.0:
                for e in range(laws.starts[j], laws.starts[j + 1]):
                    jacobian[laws.changed[e], s] += laws.changes[e] * slope


@njit(cache=True, error_model="numpy")
def _forcing(laws, values, slopes, seed, places, factors, weight, z):
    """Add ``weight`` times the derivative of the vector field in each parameter to the columns of ``z``."""
    for p in range(len(places)):
        seed[places[p]] = factors[p]
        differentiate(laws.rows, seed, values, slopes)
        seed[places[p]] = 0.0
        for j in range(len(laws.outputs)):
            slope = slopes[laws.outputs[j]]
            if slope != 0.0:
                for e in range(laws.starts[j], laws.starts[j + 1]):
                    z[laws.changed[e], p] += weight * laws.changes[e] * slope


@njit(cache=True, error_model="numpy")
def _flow(dilution, inflow, held, c, f, jacobian):
    """Add what comes in and leaves to the vector field and its Jacobian."""
    for i in range(len(c)):
        if not held[i]:
            f[i] += inflow[i] - dilution * c[i]
            jacobian[i, i] -= dilution


@njit(cache=True, error_model="numpy")
def _disturb(plan, held, place, t, y, z, size):
    """Carry out what happens up to time ``t``: concentrations and their sensitivities jump; return the stretch."""
    n = y.shape[0]
    while place + 1 < plan.shape[0] and plan[place + 1, BEGIN] <= t:
        place += 1
        keep = plan[place, KEEP]
        for i in range(n):
            if not held[i]:
                y[i] = keep * y[i] + plan[place, FIRST + n + i]
                size[i] = max(size[i], abs(y[i]))
                for c in range(z.shape[1]):
                    z[i, c] *= keep
    return place


@in_one_form
@njit(cache=True, error_model="numpy")
def integrate(
    laws, times, breaks, plan, held, start, z_start, parameters, places, factors, rtol, max_steps, states, sensitivities
):
    """Integrate one run through ``times``; True if it reached the end.

    Parameters
    ----------
    laws
        A `Laws`.
    breaks
        Increasing times at which laws jump; steps end just before them, because no stage stands at the start of a
        step to see a jump there.
    plan, held
        ``(stretches, 7 + 2 species)`` what is done to the vessel, see `crnsym.data.operation.plan`, and which species
        it leaves alone; a row at the time of a disturbance is the state before it.
    start, z_start
        ``(species,)`` initial state and ``(species, columns)`` its derivatives; the first columns are those of the
        fitted parameters. No columns: no sensitivities.
    parameters
        Values of all parameters.
    places, factors
        Input of each fitted parameter, and the derivative of the parameter by what is fitted (ln p, say).
    states, sensitivities
        Filled: ``(times, species)`` and ``(times, species, columns)``.
    """
    n, count, columns = laws.species, len(parameters), z_start.shape[1]
    x = np.empty(n + count + 1)
    x[n : n + count] = parameters
    seed = np.zeros(n + count + 1)
    values, slopes_of = np.empty(len(laws.rows)), np.empty(len(laws.rows))
    y, z = start.copy(), z_start.copy()
    f, jacobian, base, update = np.empty(n), np.empty((n, n)), np.empty(n), np.empty((n, 1))
    stage, slopes, lu, pivots = np.empty((5, n)), np.empty((5, n)), np.empty((5, n, n)), np.empty((5, n), np.int64)
    z_slopes, z_base, z_stage = np.empty((4, n, columns)), np.empty((n, columns)), np.empty((n, columns))
    top = 0.0
    for i in range(n):
        top = max(top, abs(y[i]))
    floor = NOTHING * top if top > 0 else 1e-30
    size = np.abs(y)
    states[0] = y
    sensitivities[0] = z
    t, h, steps, ahead = times[0], 0.1 * (times[1] - times[0]), 0, 0
    span = times[-1] - times[0]
    stretches, place, dilution, inflow = plan.shape[0], 0, 0.0, np.zeros(n)
    while place + 1 < stretches and plan[place + 1, BEGIN] < times[0]:
        place += 1
    for k in range(1, len(times)):
        end = times[k]
        while t < end:
            steps += 1
            if steps > max_steps or not h > 1e-14 * max(abs(end), end - times[0]):
                return False
            while ahead < len(breaks) and breaks[ahead] - 1e-12 * span <= t:
                ahead += 1
            stop = min(end, breaks[ahead] - 1e-12 * span) if ahead < len(breaks) else end
            if stretches > 0:
                place = _disturb(plan, held, place, t, y, z, size)
                if place + 1 < stretches:
                    stop = min(stop, plan[place + 1, BEGIN])
            left = stop - t
            step, last = step_length(h, left)
            hg, good = step * GAMMA, True
            # Stages k_s = f(y + h sum_q a_sq k_q); written for Y_s, base_s + h gamma f(Y_s) - Y_s = 0.
            for s in range(5):
                if stretches > 0:
                    volume = plan[place, VOLUME] + plan[place, SWELL] * (t + NODES[s] * step - plan[place, BEGIN])
                    dilution = plan[place, INFLOW] / volume
                    for i in range(n):
                        inflow[i] = plan[place, FIRST + i] / volume
                for i in range(n):
                    value = y[i]
                    for q in range(s):
                        value += step * STAGES[s, q] * slopes[q, i]
                    base[i] = value
                    stage[s, i] = value + (hg * slopes[s - 1, i] if s > 0 else 0.0)
                converged = False
                x[n + count] = t + NODES[s] * step
                # Full Newton, (1 - h gamma J) dY = residual: the factors of the last iterate serve the sensitivities.
                for _ in range(NEWTON_ITERATIONS):
                    x[:n] = stage[s]
                    _field(laws, x, values, slopes_of, seed, f, jacobian)
                    if stretches > 0:
                        _flow(dilution, inflow, held, stage[s], f, jacobian)
                    a = lu[s]
                    for i in range(n):
                        for j in range(n):
                            a[i, j] = -hg * jacobian[i, j]
                        a[i, i] += 1.0
                        update[i, 0] = base[i] + hg * f[i] - stage[s, i]
                    if not factorise(a, pivots[s]):
                        break
                    solve(a, pivots[s], update)
                    largest = 0.0
                    for i in range(n):
                        stage[s, i] += update[i, 0]
                        scale = floor + rtol * max(abs(stage[s, i]), size[i])
                        largest = max(largest, abs(update[i, 0]) / scale)
                    if not largest < LOST:
                        break
                    if largest < CONVERGED:
                        converged = True
                        break
                if not converged:
                    good = False
                    break
                for i in range(n):
                    slopes[s, i] = (stage[s, i] - base[i]) / hg
            if not good:  # a shorter step brings the stages nearer to where they start
                h = SHORTER * step
                continue
            # The embedded estimate, filtered by the last factors, stays small for stiff parts that have died out.
            for i in range(n):
                value = 0.0
                for s in range(5):
                    value += ERROR[s] * slopes[s, i]
                update[i, 0] = step * value
            solve(lu[4], pivots[4], update)
            error = 0.0
            for i in range(n):
                e = update[i, 0] / (floor + rtol * max(size[i], abs(stage[4, i])))
                error += e * e
            error = np.sqrt(error / n)
            if not error < 1e30:
                h = SHORTER * step
                continue
            factor = growth(error)
            if error > 1.0:
                h = step * factor
                continue
            # (1 - h gamma J) Z_s = dbase_s + h gamma df/dp, with factors that are there; see `crnsym.refit.kernel`.
            for s in range(5 if columns else 0):
                for i in range(n):
                    for c in range(columns):
                        value = z[i, c]
                        for q in range(s):
                            value += step * STAGES[s, q] * z_slopes[q, i, c]
                        z_base[i, c] = value
                        z_stage[i, c] = value
                x[:n] = stage[s]
                x[n + count] = t + NODES[s] * step
                run(laws.rows, laws.numbers, x, values)
                _forcing(laws, values, slopes_of, seed, places, factors, hg, z_stage)
                solve(lu[s], pivots[s], z_stage)
                if s < 4:
                    for i in range(n):
                        for c in range(columns):
                            z_slopes[s, i, c] = (z_stage[i, c] - z_base[i, c]) / hg
            for i in range(n):
                for c in range(columns):
                    z[i, c] = z_stage[i, c]
                y[i] = stage[4, i]
                size[i] = max(size[i], abs(y[i]))
            h = next_length(h, step, last, factor)
            t = stop if last else t + step
        states[k] = y
        sensitivities[k] = z
    return True
