"""Multistep implicit steps for larger stiff networks: backward differentiation of orders 1 to 5.

The formulas are the numerical differentiation formulas of Shampine and Reichelt (1997), SIAM J. Sci. Comput. 18, 1,
with steps that change seldom, so that the factors of I - c J serve many of them: a matrix is factored again only
where its c is off by more than a quarter or where Newton's iteration gets slow; in between, its corrections are
scaled as in CVODE.
"""

import numpy as np

from ...files.compiled import njit
from .factors import assemble, factorise, solve
from .runs import ARRIVED, GOING, STUCK, first_step, too_short
from .system import add_up, jacobian, other_rates

_KAPPA = np.array([0, -0.1850, -1 / 9, -0.0823, -0.0415, 0])
_GAMMA = np.concatenate([[0], np.cumsum(1 / np.arange(1, 6))])
_ALPHA = (1 - _KAPPA) * _GAMMA
_ERROR = _KAPPA * _GAMMA + 1 / np.arange(1, 7)
_ITERATIONS = 4
_SOLVED = 0.03  # error of a step's equation that may stay, in units of the tolerance


@njit(cache=True, error_model="numpy")
def _norm(v, y, rtol, atol):
    total = 0.0
    for i in range(len(v)):
        total += (v[i] / (atol + rtol * abs(y[i]))) ** 2
    return np.sqrt(total / len(v)) if total >= 0 else np.inf


@njit(cache=True, error_model="numpy")
def _rescale(differences, order, factor):
    """Change backward differences to those of a step that is ``factor`` times as long."""
    # D* = U R D with R_ij = prod_(l <= i) (l - 1 - factor j) / l and U the same for a factor of 1: differences of the
    # interpolating polynomial at other distances (Shampine and Reichelt 1997).
    size = order + 1
    both = np.zeros((2, size, size))
    for which in range(2):
        ratio = factor if which == 0 else 1.0
        for j in range(size):
            both[which, 0, j] = 1.0
        for i in range(1, size):
            for j in range(1, size):
                both[which, i, j] = both[which, i - 1, j] * (i - 1 - ratio * j) / i
    change = np.dot(both[0], both[1])
    column = np.empty(size)
    for i in range(differences.shape[1]):
        for j in range(size):
            column[j] = differences[j, i]
        for j in range(size):
            value = 0.0
            for m in range(size):
                value += change[m, j] * column[m]
            differences[j, i] = value


@njit(cache=True, error_model="numpy", nogil=True)
def bdf(system, factors, runs, r, times, rtol, atol, history, entries, lu, notes, budget):
    """Step one run, at most ``budget`` steps.

    ``history`` ``(8, species)``, ``entries``, ``lu`` and ``notes`` keep what the next call goes on from; ``notes``
    are the order (0 at the start), steps of this length, the c of the factors (0: none), whether the Jacobian is
    new, and counts of Jacobians, factorisations and iterations.
    """
    n, stop = system.species, times[-1]
    span = stop - times[0]
    constants, reactants = system.constants, system.reactants
    starts, changed, changes, laws = system.starts, system.changed, system.changes, len(system.outputs) > 0
    d = history
    x, seed, b, work = np.ones(n + 2), np.empty(n + 2), np.empty(n), np.empty(n)
    program, slopes = np.empty(len(system.rows)), np.empty(len(system.rows))
    rates, partials = np.empty(len(system.starts) - 1), np.empty(len(system.law_inputs))
    guess, pull, total = np.empty(n), np.empty(n), np.empty(n)
    y, t, h, row = runs.state[r], runs.time[r], runs.step[r], runs.row[r]
    order, equal, c_lu, fresh = int(notes[0]), int(notes[1]), notes[2], notes[3] != 0
    if order == 0:
        x[:n] = y
        x[n + 1] = t
        if laws:
            other_rates(system, x, program, rates)
        add_up(constants, reactants, starts, changed, changes, x, rates, b)
        if h == 0.0:
            h = first_step(y, b, rtol, atol, 2, span)
        jacobian(system, x, program, slopes, seed, partials, entries)
        notes[4] += 1
        d[:] = 0.0
        d[0] = y
        d[1] = b * h
        order, equal, c_lu, fresh = 1, 0, 0.0, True
    while runs.codes[r] == GOING and budget > 0:
        if too_short(h, t, span):
            runs.codes[r] = STUCK
            break
        if t + h > stop:  # the last step ends at the last time, for whoever goes on from there
            _rescale(d, order, (stop - t) / h)
            h = stop - t
            equal = 0
        last = t + h >= stop
        t_new = stop if last else t + h
        budget -= 1
        runs.count[r] += 1
        # With the predictor y0 = sum_j D_j the step is y0 + e where e = c f(y0 + e) - pull, c = h / alpha_k and
        # pull = sum_j gamma_j D_j / alpha_k; e is the backward difference of order k + 1.
        for i in range(n):
            value, lag = d[0, i], 0.0
            for j in range(1, order + 1):
                value += d[j, i]
                lag += d[j, i] * _GAMMA[j]
            guess[i], pull[i] = value, lag / _ALPHA[order]
        c = h / _ALPHA[order]
        done, iterations = False, 0
        while True:
            # Newton's matrix I - c J: old factors serve as long as they lead there.
            if not (c_lu > 0 and abs(c / c_lu - 1) < 0.25):
                assemble(factors, entries[:-1], -c, 1.0, lu)
                notes[5] += 1
                c_lu = c
                if not factorise(factors, lu, work):
                    c_lu = 0.0
                    break
            done, iterations = False, 0
            damping = 2 / (1 + c / c_lu)  # as CVODE: what factors of another c make too long or too short, in the mean
            x[:n] = guess
            x[n + 1] = t_new
            total[:] = 0.0
            previous = 0.0
            for iteration in range(_ITERATIONS):
                if laws:
                    other_rates(system, x, program, rates)
                add_up(constants, reactants, starts, changed, changes, x, rates, b)
                for i in range(n):
                    b[i] = c * b[i] - pull[i] - total[i]
                solve(factors, lu, b, work)
                for i in range(n):
                    b[i] *= damping
                size = _norm(b, guess, rtol, atol)
                iterations = iteration + 1
                notes[6] += 1
                # Corrections shrink by the rate, so what is left is rate / (1 - rate) of the last one; where the
                # iterations that remain would leave too much, they are spared.
                rate = size / previous if iteration else 0.0
                if not size < 1e300 or (
                    iteration and (rate >= 1 or rate ** (_ITERATIONS - iteration) / (1 - rate) * size > _SOLVED)
                ):
                    break
                for i in range(n):
                    x[i] += b[i]
                    total[i] += b[i]
                if size == 0 or (iteration and rate / (1 - rate) * size < _SOLVED) or size < 1e-3 * _SOLVED:
                    done = True
                    break
                previous = size
            if done or (fresh and c_lu == c):
                break
            # First a Jacobian of this point, then a shorter step: most failures come of an old one.
            if not fresh:
                x[:n] = d[0]
                x[n + 1] = t
                jacobian(system, x, program, slopes, seed, partials, entries)
                notes[4] += 1
                fresh = True
            c_lu = 0.0
        if not done:
            _rescale(d, order, 0.5)
            h *= 0.5
            equal = 0
            continue
        safety = 0.9 * (2 * _ITERATIONS + 1) / (2 * _ITERATIONS + iterations)
        # The error of order k is its constant times the difference of order k + 1; slow iterations ask for more safety.
        size = _ERROR[order] * _norm(total, x[:n], rtol, atol)
        if not size <= 1:
            factor = max(0.2, safety * size ** (-1 / (order + 1)))
            _rescale(d, order, factor)
            h *= factor
            equal = 0
            continue
        # Differences at the new point: D_(k+1) = e, D_(k+2) = its change, and each lower one is that of before plus
        # the one above it.
        equal += 1
        fresh = False
        for i in range(n):
            y[i] = x[i]
            d[order + 2, i] = total[i] - d[order + 1, i]
            d[order + 1, i] = total[i]
            for j in range(order, -1, -1):
                d[j, i] += d[j + 1, i]
        # Outputs between steps: the polynomial through the last k + 1 points, in Newton's form.
        while row < len(times) and times[row] <= t_new:
            out = runs.values[r, row]
            out[:] = d[0]
            weight = 1.0
            for j in range(order):
                weight *= (times[row] - (t_new - h * j)) / (h * (1 + j))
                for i in range(n):
                    out[i] += d[j + 1, i] * weight
            row += 1
        t = t_new
        if last:
            y[:] = d[0]
            runs.codes[r] = ARRIVED
        elif equal >= order + 1:  # before that the differences still hold steps of another length
            # What the orders k - 1, k and k + 1 would have erred, and so the step that each allows; a gain or a loss
            # of little is let go, because a new length costs new factors.
            below = _ERROR[order - 1] * _norm(d[order], y, rtol, atol) if order > 1 else np.inf
            above = _ERROR[order + 1] * _norm(d[order + 2], y, rtol, atol) if order < 5 else np.inf
            best, factor = 0, max(size, 1e-10) ** (-1 / (order + 1))
            if max(below, 1e-10) ** (-1 / order) > factor:
                best, factor = -1, max(below, 1e-10) ** (-1 / order)
            if max(above, 1e-10) ** (-1 / (order + 2)) > factor:
                best, factor = 1, max(above, 1e-10) ** (-1 / (order + 2))
            factor = min(10.0, safety * factor)
            if factor > 1.2 or factor < 0.9:
                order += best
                _rescale(d, order, factor)
                h *= factor
                equal = 0
        runs.time[r], runs.step[r], runs.row[r] = t, h, row
        notes[0], notes[1], notes[2], notes[3] = order, equal, c_lu, fresh
    notes[0], notes[1], notes[2], notes[3] = order, equal, c_lu, fresh
    runs.step[r] = h
