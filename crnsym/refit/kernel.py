"""Implicit integration of many runs with exact sensitivities of the discrete solution.

One compiled program for every mechanism: the structure arrives as arrays. The method is SDIRK4, see
`crnsym.refit.sdirk`. Every stage is solved by full Newton; differentiating the converged stage equations gives the
sensitivities of the *discrete* solution, with the factors that Newton left behind, so a least-squares Jacobian has no
noise from step-size control.
"""

import numpy as np
from numba import prange

from ..data.operation.plan import BEGIN, FIRST, HEATING, INFLOW, KELVIN, SWELL, VOLUME
from ..files.compiled import in_one_form, njit
from .field import disturb, field
from .linear import factorise, solve
from .sdirk import (
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
from .threads import in_turn


@njit(cache=True, error_model="numpy")
def _integrate(
    times,
    plan,
    heat,
    x0,
    slots,
    rates,
    energies,
    net,
    p_slots,
    p_vectors,
    p_factors,
    p_energies,
    rtol,
    atol,
    max_steps,
    states,
    sensitivities,
):
    """Integrate one run through ``times``; True if it reached the end.

    ``states`` (times, species) and ``sensitivities`` (times, species, params + species) are filled. Parameter p adds
    ``p_factors[p] * p_vectors[p] * c^y(p)`` to the vector field, with the complex y(p) given by ``p_slots[p]``, times a
    factor of a temperature program; the last columns are the derivatives with respect to the initial state.
    """
    n, n_params = x0.shape[0], p_slots.shape[0]
    columns = sensitivities.shape[2]
    stretches, place, dilution, inflow = plan.shape[0], 0, 0.0, np.zeros(n)
    while place + 1 < stretches and plan[place + 1, BEGIN] < times[0]:
        place += 1
    now, shifts = rates.copy(), np.zeros(5)
    y = x0.copy()
    z = np.zeros((n, columns))
    for i in range(columns - n_params):
        z[i, n_params + i] = 1.0
    f = np.empty(n)
    stage = np.empty((5, n))
    slopes = np.empty((5, n))
    factors = np.empty((5, n, n))
    pivots = np.empty((5, n), np.int64)
    jacobian = np.empty((n, n))
    base = np.empty(n)
    update = np.empty((n, 1))
    z_slopes = np.empty((4, n, columns))
    z_base = np.empty((n, columns))
    z_stage = np.empty((n, columns))
    states[0] = y
    sensitivities[0] = z
    t = times[0]
    h = times[1] - times[0]
    steps = 0
    for k in range(1, times.shape[0]):
        end = times[k]
        while t < end:
            steps += 1
            if steps > max_steps or not h > 1e-14 * abs(end):
                return False
            stop = end  # no step crosses a disturbance: the field jumps there
            if stretches > 0:
                place = disturb(plan, place, t, y, z)
                if place + 1 < stretches:
                    stop = min(end, plan[place + 1, BEGIN])
            step, last = step_length(h, stop - t)
            hg = step * GAMMA
            good = True
            # Stages k_s = f(y + h sum_q a_sq k_q); written for Y_s, base_s + h gamma f(Y_s) - Y_s = 0.
            for s in range(5):
                if stretches > 0:
                    volume = plan[place, VOLUME] + plan[place, SWELL] * (t + NODES[s] * step - plan[place, BEGIN])
                    dilution = plan[place, INFLOW] / volume
                    for i in range(n):
                        inflow[i] = plan[place, FIRST + i] / volume
                    if plan[place, KELVIN] > 0.0:
                        since = t + NODES[s] * step - plan[place, BEGIN] if plan[place, HEATING] != 0.0 else 0.0
                        kelvin = plan[place, KELVIN] + plan[place, HEATING] * since
                        shifts[s] = (heat[0] - 1.0 / kelvin) * heat[1]
                        for j in range(now.shape[0]):
                            now[j] = rates[j] * np.exp(energies[j] * shifts[s])
                for i in range(n):
                    value = y[i]
                    for q in range(s):
                        value += step * STAGES[s, q] * slopes[q, i]
                    base[i] = value
                    stage[s, i] = value + (hg * slopes[s - 1, i] if s > 0 else 0.0)
                converged = False
                # Full Newton, (1 - h gamma J) dY = residual: the factors of the last iterate serve the sensitivities.
                for _ in range(NEWTON_ITERATIONS):
                    field(stage[s], slots, now, net, dilution, inflow, f, jacobian)
                    a = factors[s]
                    for i in range(n):
                        for j in range(n):
                            a[i, j] = -hg * jacobian[i, j]
                        a[i, i] += 1.0
                        update[i, 0] = base[i] + hg * f[i] - stage[s, i]
                    if not factorise(a, pivots[s]):
                        break
                    solve(a, pivots[s], update)
                    size = 0.0
                    for i in range(n):
                        stage[s, i] += update[i, 0]
                        size = max(size, abs(update[i, 0]) / (atol[i] + rtol * abs(stage[s, i])))
                    if not size < LOST:
                        break
                    if size < CONVERGED:
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
            solve(factors[4], pivots[4], update)
            error = 0.0
            for i in range(n):
                e = update[i, 0] / (atol[i] + rtol * max(abs(y[i]), abs(stage[4, i])))
                error += e * e
            error = np.sqrt(error / n)
            if not error < 1e30:
                h = SHORTER * step
                continue
            factor = growth(error)
            if error > 1.0:
                h = step * factor
                continue
            # Differentiating Y_s = base_s + h gamma f(Y_s, p) gives (1 - h gamma J) Z_s = dbase_s + h gamma df/dp, one
            # solution with factors that are there: derivatives of the discrete solution, exact to Newton's tolerance.
            if columns > 0:
                for s in range(5):
                    for i in range(n):
                        for c in range(columns):
                            z_base[i, c] = z[i, c]
                        for q in range(s):
                            w = step * STAGES[s, q]
                            if w != 0.0:
                                for c in range(columns):
                                    z_base[i, c] += w * z_slopes[q, i, c]
                        for c in range(columns):
                            z_stage[i, c] = z_base[i, c]
                    for p in range(n_params):
                        monomial = hg * p_factors[p]
                        if shifts[s] != 0.0 or p_energies[p, 1] != 0.0:
                            monomial *= np.exp(p_energies[p, 0] * shifts[s])
                            if p_energies[p, 1] != 0.0:
                                monomial *= shifts[s]
                        for q in range(p_slots.shape[1]):
                            if p_slots[p, q] >= 0:
                                monomial *= stage[s, p_slots[p, q]]
                        for i in range(n):
                            if p_vectors[p, i] != 0.0:
                                z_stage[i, p] += monomial * p_vectors[p, i]
                    solve(factors[s], pivots[s], z_stage)
                    if s < 4:
                        for i in range(n):
                            for c in range(columns):
                                z_slopes[s, i, c] = (z_stage[i, c] - z_base[i, c]) / hg
                for i in range(n):  # the method is stiffly accurate: the last stage is the new state
                    for c in range(columns):
                        z[i, c] = z_stage[i, c]
            for i in range(n):
                y[i] = stage[4, i]
            h = next_length(h, step, last, factor)
            t = stop if last else t + step
        states[k] = y
        sensitivities[k] = z
    return True


@in_turn
@in_one_form
@njit(cache=True, parallel=True, error_model="numpy")
def integrate_runs(
    times,
    lengths,
    plans,
    heat,
    x0,
    slots,
    rates,
    energies,
    net,
    p_slots,
    p_vectors,
    p_factors,
    p_energies,
    rtol,
    atol,
    max_steps,
    states,
    z,
):
    """Integrate all runs.

    Parameters
    ----------
    times
        ``(experiments, times)``, padded; run e uses the first ``lengths[e]``.
    plans
        ``(experiments, stretches, 7 + 2 species)`` what is done to the vessels, see `crnsym.data.operation.plan`; no
        stretches where nothing is. A row at the time of a disturbance is the state before it.
    heat
        ``(experiments, 2)``: 1/T at which ``rates`` hold, and by how much an energy of 1 raises ln k where 1/T falls
        by 1; where the plan has a temperature the rates follow it.
    x0
        ``(experiments, species)`` initial states.
    slots, rates, net
        ``(reactions, order)`` species indices (-1 for none), ``(experiments, reactions)`` and
        ``(reactions, species)``.
    energies
        ``(reactions,)`` activation energies.
    p_slots, p_vectors, p_factors, p_energies
        The parameters: parameter p adds ``p_factors[e, p] p_vectors[p] c^y(p)`` to the vector field of run e, times
        exp(a s) or s exp(a s) where the temperature has raised ln k by s an energy of 1; ``p_energies`` is
        ``(params, 2)``: a, and 1 for the second form.
    states, z
        Filled: ``(experiments, times, species)`` and ``(experiments, times, species, params + species)``; a last
        axis of length 0 skips the sensitivities.

    Returns
    -------
    Boolean array ``(experiments,)``: which runs reached their end.
    """
    ok = np.zeros(times.shape[0], np.bool_)
    for e in prange(times.shape[0]):
        m = lengths[e]
        ok[e] = _integrate(
            times[e, :m],
            plans[e],
            heat[e],
            x0[e],
            slots,
            rates[e],
            energies,
            net,
            p_slots,
            p_vectors,
            p_factors[e],
            p_energies,
            rtol,
            atol,
            max_steps,
            states[e, :m],
            z[e, :m],
        )
    return ok
