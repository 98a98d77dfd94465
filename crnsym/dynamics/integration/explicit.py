"""Explicit steps: Dormand and Prince's pair of orders 5 and 4, with the test for stiffness of Hairer and Wanner.

Coefficients and dense output are those that scipy carries.
"""

import numpy as np
from scipy.integrate import RK45

from ...files.compiled import njit
from .runs import ARRIVED, GOING, STIFF, STUCK, first_step, largest, too_short
from .system import add_up, other_rates

_A, _B, _C, _E, _P = RK45.A, RK45.B, RK45.C, RK45.E, RK45.P
# Steps are at the edge of stability where h times the dominant eigenvalue is 3.3 (Hairer and Wanner 1996, IV.2);
# error control makes it waver below that, and accuracy alone keeps it below 1.
_EDGE = 2.0
_SIGNS = 20  # more steps at that edge than away from it that make a problem stiff


@njit(cache=True, error_model="numpy")
def _write(times, row, t_new, t, h, y, k, bend, values):
    """Write outputs up to ``t_new``; return the next one."""
    for p in range(4):
        for i in range(len(y)):
            change = 0.0
            for j in range(7):
                change += _P[j, p] * k[j, i]
            bend[p, i] = change
    while row < len(times) and times[row] <= t_new:
        theta = (times[row] - t) / h
        for i in range(len(y)):
            change = bend[0, i] + theta * (bend[1, i] + theta * (bend[2, i] + theta * bend[3, i]))
            values[row, i] = y[i] + h * theta * change
        row += 1
    return row


@njit(cache=True, error_model="numpy", nogil=True)
def explicit(system, runs, times, rtol, atol, may_be_stiff, budget):
    """Step all runs that are going, at most ``budget`` steps in all; ``atol`` has one number a run."""
    n, stop = system.species, times[-1]
    span = stop - times[0]
    constants, reactants = system.constants, system.reactants
    starts, changed, changes, laws = system.starts, system.changed, system.changes, len(system.outputs) > 0
    x, y_new, error = np.ones(n + 2), np.empty(n), np.empty(n)
    program, rates = np.empty(len(system.rows)), np.empty(len(system.starts) - 1)
    k, bend = np.empty((7, n)), np.empty((4, n))
    for r in range(len(runs.time)):
        if runs.codes[r] != GOING:
            continue
        y, t, h, row, values = runs.state[r], runs.time[r], runs.step[r], runs.row[r], runs.values[r]
        x[:n] = y
        x[n + 1] = t
        if laws:
            other_rates(system, x, program, rates)
        add_up(constants, reactants, starts, changed, changes, x, rates, k[0])
        if h == 0.0:
            h = first_step(y, k[0], rtol, atol[r], 5, span)
        before, signs, rejected = max(runs.memory[r, 0], 1e-4), runs.memory[r, 1], runs.memory[r, 2] != 0
        while runs.codes[r] == GOING and budget > 0:
            if too_short(h, t, span):
                runs.codes[r] = STUCK
                break
            last = t + h >= stop
            if last:
                h = stop - t
            budget -= 1
            runs.count[r] += 1
            for s in range(1, 6):
                for i in range(n):
                    change = 0.0
                    for j in range(s):
                        change += _A[s, j] * k[j, i]
                    x[i] = y[i] + h * change
                x[n + 1] = t + _C[s] * h
                if laws:
                    other_rates(system, x, program, rates)
                add_up(constants, reactants, starts, changed, changes, x, rates, k[s])
            for i in range(n):
                change = 0.0
                for j in range(6):
                    change += _B[j] * k[j, i]
                y_new[i] = y[i] + h * change
                error[i] = x[i]  # the state of the last stage, for the test of stiffness
                x[i] = y_new[i]
            x[n + 1] = t + h
            if laws:
                other_rates(system, x, program, rates)
            add_up(constants, reactants, starts, changed, changes, x, rates, k[6])
            # Both last stages stand at t + h: slopes apart over states apart estimate the dominant eigenvalue, at the
            # price of nothing. The error is the difference of the solutions of orders 5 and 4.
            apart, away = 0.0, 0.0
            for i in range(n):
                away += (y_new[i] - error[i]) ** 2
                apart += (k[6, i] - k[5, i]) ** 2
                change = 0.0
                for j in range(7):
                    change += _E[j] * k[j, i]
                error[i] = h * change
            size = largest(error, y, y_new, rtol, atol[r])
            if not size <= 1.0:
                h *= max(0.2, 0.9 * size**-0.2) if size < 1e300 else 0.2
                rejected = True
                continue
            t_new = stop if last else t + h
            if row < len(times) and times[row] <= t_new:
                row = _write(times, row, t_new, t, h, y, k, bend, values)
            if may_be_stiff:
                at_edge = h * h * apart > _EDGE * _EDGE * away and away > 0
                signs = signs + 1 if at_edge else max(signs - 1, 0.0)
            t = t_new
            y[:] = y_new
            k[0] = k[6]  # the last slope of a step is the first of the next
            size = max(size, 1e-10)
            # Exponents of a controller that remembers the last error (Hairer and Wanner 1996, IV.2).
            factor = min(10.0, max(0.2, 0.9 * size**-0.17 * before**0.04))
            h *= min(1.0, factor) if rejected else factor
            before, rejected = max(size, 1e-4), False
            runs.time[r], runs.step[r], runs.row[r] = t, h, row
            if last:
                runs.codes[r] = ARRIVED
            elif signs >= _SIGNS:
                runs.codes[r] = STIFF
        runs.step[r] = h
        runs.memory[r, 0], runs.memory[r, 1], runs.memory[r, 2] = before, signs, rejected
