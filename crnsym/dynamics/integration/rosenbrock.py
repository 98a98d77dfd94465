"""Linearly implicit steps for small stiff networks: Rodas5P of Steinebach (2023), BIT Numer. Math. 63, 27.

Eight stages share one factorisation and need no Newton iteration. The order is 5, of the error estimate and of the
dense output 4.
"""

import numpy as np

from ...files.compiled import njit
from .factors import assemble, factorise, solve
from .runs import ARRIVED, GOING, STUCK, first_step, largest, too_short
from .system import add_up, jacobian, other_rates, time_slope

_GAMMA = 0.21193756319429014
_A6 = [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946]
_STAGES = [
    [],
    [3.0],
    [2.849394379747939, 0.45842242204463923],
    [-6.954028509809101, 2.489845061869568, -10.358996098473584],
    [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
    _A6,
    [*_A6, 1.0],
    [*_A6, 1.0, 1.0],
]
_SOURCES = [
    [],
    [-14.155112264123755],
    [-17.97296035885952, -2.859693295451294],
    [147.12150275711716, -1.41221402718213, 71.68940251302358],
    [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
    [24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471],
    [30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623,
     -28.087943162872662],
    [37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002,
     -54.66780262877968, -9.48861652309627],
]  # fmt: skip
_NODES = np.array([0.0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1.0, 1.0, 1.0])
_TIMES = np.array([_GAMMA, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0, 0, 0])
_DENSE = np.array([
    [25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073,
     1.1241088310450404, 0.4272876194431874, -0.17202221070155493],
    [-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044,
     15.98066361424651, -6.789040303419874, -6.710236069923372],
    [11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654,
     -59.78993625266729, -0.15582684282751913, 4.883087185713722],
])  # fmt: skip


def _square(rows: list[list[float]]) -> np.ndarray:
    return np.array([row + [0.0] * (8 - len(row)) for row in rows])


_A, _S = _square(_STAGES), _square(_SOURCES)


@njit(cache=True, error_model="numpy")
def _write(times, row, t_new, t, h, y, y_new, k, bend, values):
    """Write outputs up to ``t_new``; return the next one."""
    for p in range(3):
        for i in range(len(y)):
            change = 0.0
            for j in range(8):
                change += _DENSE[p, j] * k[j, i]
            bend[p, i] = change
    while row < len(times) and times[row] <= t_new:
        theta = (times[row] - t) / h
        for i in range(len(y)):
            change = bend[0, i] + theta * (bend[1, i] + theta * bend[2, i])
            values[row, i] = (1 - theta) * y[i] + theta * (y_new[i] + (1 - theta) * change)
        row += 1
    return row


@njit(cache=True, error_model="numpy", nogil=True)
def rosenbrock(system, factors, runs, times, rtol, atol, budget):
    """Step all runs that are going, at most ``budget`` steps in all; ``atol`` has one number a run."""
    n, stop = system.species, times[-1]
    span = stop - times[0]
    constants, reactants = system.constants, system.reactants
    starts, changed, changes, laws = system.starts, system.changed, system.changes, len(system.outputs) > 0
    x, seed, b, drift, work = np.ones(n + 2), np.empty(n + 2), np.empty(n), np.zeros(n), np.empty(n)
    program, slopes = np.empty(len(system.rows)), np.empty(len(system.rows))
    rates, partials = np.empty(len(system.starts) - 1), np.empty(len(system.law_inputs))
    entries, lu, k = np.empty(len(system.entries) + 1), np.empty(factors.size), np.empty((8, n))
    bend = np.empty((3, n))
    for r in range(len(runs.time)):
        if runs.codes[r] != GOING:
            continue
        y, t, h, row, values = runs.state[r], runs.time[r], runs.step[r], runs.row[r], runs.values[r]
        fresh, rejected = False, runs.memory[r, 2] != 0
        while runs.codes[r] == GOING and budget > 0:
            if not fresh:
                x[:n] = y
                x[n + 1] = t
                jacobian(system, x, program, slopes, seed, partials, entries)
                if system.timed:
                    time_slope(system, program, slopes, seed, drift)
                fresh = True
            if h == 0.0:
                if laws:
                    other_rates(system, x, program, rates)
                add_up(constants, reactants, starts, changed, changes, x, rates, b)
                h = first_step(y, b, rtol, atol[r], 5, span)
            if too_short(h, t, span):
                runs.codes[r] = STUCK
                break
            last = t + h >= stop
            if last:
                h = stop - t
            budget -= 1
            runs.count[r] += 1
            # One matrix for all stages, 1 / (gamma h) - J; the unknowns are scaled so that J multiplies none of them
            # (E. Hairer and G. Wanner, Solving Ordinary Differential Equations II, 1996, IV.7).
            assemble(factors, entries[:-1], -1.0, 1 / (_GAMMA * h), lu)
            if not factorise(factors, lu, work):
                h *= 0.5
                continue
            for s in range(8):
                for i in range(n):
                    value = y[i]
                    for j in range(s):
                        value += _A[s, j] * k[j, i]
                    x[i] = value
                x[n + 1] = t + _NODES[s] * h
                if laws:
                    other_rates(system, x, program, rates)
                add_up(constants, reactants, starts, changed, changes, x, rates, b)
                # (1 / (gamma h) - J) k_s = f(t_s, y + sum a_sj k_j) + sum c_sj k_j / h + h d_s df/dt
                for i in range(n):
                    value = 0.0
                    for j in range(s):
                        value += _S[s, j] * k[j, i]
                    b[i] += value / h + h * _TIMES[s] * drift[i]
                solve(factors, lu, b, work)
                k[s] = b
            # The last stage is the difference of the two embedded solutions: error and correction at once.
            for i in range(n):
                x[i] += k[7, i]
            size = largest(k[7], y, x, rtol, atol[r])
            if not size <= 1.0:
                h *= max(0.2, 0.9 * size**-0.2) if size < 1e300 else 0.2
                rejected = True
                continue
            t_new = stop if last else t + h
            if row < len(times) and times[row] <= t_new:
                row = _write(times, row, t_new, t, h, y, x, k, bend, values)
            t = t_new
            y[:] = x[:n]
            factor = min(6.0, max(0.2, 0.9 * max(size, 1e-10) ** -0.2))
            h *= min(1.0, factor) if rejected else factor  # no longer step at once after one that failed
            fresh, rejected = False, False
            runs.time[r], runs.step[r], runs.row[r] = t, h, row
            if last:
                runs.codes[r] = ARRIVED
        runs.step[r], runs.memory[r, 2] = h, rejected
