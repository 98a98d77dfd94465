"""Many runs of a model whose molecules are counted: reactions jump, events have the meaning that SBML gives them."""

import math
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

import numpy as np
from numba.core.errors import NumbaExperimentalFeatureWarning

from ...errors import NetworkError, SimulationError, UnsupportedError
from ..stochastic.threefry import open_stream
from .crossing import Crossing
from .events import Moment, settle
from .formula import TIME, Formula
from .jumps import FINISHED, IMPOSSIBLE, MOMENT, advance
from .native import native
from .system import System

_STANDSTILL = 10_000
"""Events at one time after which a run is given up."""

_AHEAD = 8.0
"""How far triggers are looked at ahead, in the time that the last reaction took, where counts and clock move them."""


class Counting:
    """A model prepared for stochastic runs.

    Raises
    ------
    UnsupportedError
        For a rate rule, a rate or an amount per reaction that depends on time, by name.
    NetworkError
        For amounts or stoichiometries that are not whole.
    """

    def __init__(self, system: System, outputs: list[Formula], given: Mapping[str, float] | None = None) -> None:
        self.system, self.now, self.source = system, system.now, system.tables.source
        _refuse_motion(system)
        self.reactions = list(system.tables.laws)
        rates = [Formula(f"r_{r}", {f"r_{r}"}) for r in self.reactions]
        triggers = [Formula(f"1.0 if {f.code} else 0.0", f.needs) for f in system.conditions]
        self.functions = tuple(native(self.now, part) for part in (rates, triggers, outputs))
        read = set(self.now.ordered({n for f in triggers for n in f.needs}))
        self.clocked = TIME in read
        self.columns = len(outputs)
        self._effects()
        self._mixed = self.clocked and bool(read & self._counted.keys())
        slots = system.start(0.0, given)
        self.slack = 0.0
        self.begin = self._settled(0.0, Moment(slots, [e.starts_true for e in system.events]))

    def runs(self, times: np.ndarray, runs: int, seed: int, limit: int = 10**9) -> np.ndarray:
        """Return the outputs of all runs, ``(runs, times, outputs)``; run i is the same however many there are.

        Raises
        ------
        SimulationError
            For a propensity that is negative or no number, or more than ``limit`` reactions in a run.
        """
        self.slack = 1e-10 * max(1.0, abs(float(times[-1])))
        self._crossing = Crossing(self.system, self.slack)
        out = np.empty((runs, len(times), self.columns))
        self.fired = np.zeros(runs, dtype=np.int64)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NumbaExperimentalFeatureWarning)  # functions as arguments are one
            for run in range(runs):
                self._run(times, out[run], seed, run, limit)
        return out

    def _run(self, times: np.ndarray, out: np.ndarray, seed: int, run: int, limit: int) -> None:
        words, stream = open_stream(seed, run)
        moment, t, row, fired, still = self.begin, 0.0, 0, 0, 0
        reactions = self._changes(moment.slots)
        end = float(times[-1]) + 2 * self.slack
        look = end
        while True:
            v, held = np.array(moment.slots), np.array(moment.held, dtype=float)
            due = min((o.due for o in moment.queue), default=math.inf)
            stop = min(due, self._next_change(t, min(t + look, end, due), moment))
            ending, new, row, more, guilty = advance(
                self.functions, v, t, row, stop, held, self._mixed, reactions, times, out, words, stream, limit - fired
            )
            fired += more
            self.fired[run] = fired
            if ending == FINISHED:
                return
            if ending != MOMENT:
                self._blame(ending, new, guilty, limit)
            still = still + 1 if new <= t else 0
            if still > _STANDSTILL:
                raise SimulationError(f"{self.source}: no progress beyond time {new:g}")
            if self._mixed:
                look = _AHEAD * (new - t) if more else min(2.0 * look, end)
            t = new
            moment = self._settled(t, replace(moment, slots=v.tolist()))
            reactions = self._changes(moment.slots)

    def _next_change(self, t: float, end: float, moment: Moment) -> float:
        """Return the first time until ``end`` at which the clock changes a condition while no reaction fires.

        That is ``end`` where none does and reactions may move it: then there is more to look at.
        """
        if not self.clocked:
            return math.inf
        if t >= end:
            return end
        y = self.system.dynamic(moment.slots)
        found = self._crossing.first(t, end, lambda _: y, moment.slots, self._crossing.signs(t, y, moment.slots))
        return end if found is None else found

    def _settled(self, t: float, moment: Moment) -> Moment:
        moment = settle(self.system, t, moment, self.slack)
        for node, slot in self._counted.items():
            count = moment.slots[slot]
            whole = round(count) if math.isfinite(count) else -1
            if whole < 0 or abs(count - whole) > 1e-9 * max(1, whole):
                raise NetworkError(
                    f"{self.source}: the amount of '{node[2:]}' is {count:g} at time {t:g}; a stochastic simulation "
                    "counts molecules, so amounts are whole numbers of 0 or more"
                )
            moment.slots[slot] = float(whole)
        return moment

    def _effects(self) -> None:
        """Find which slots each reaction changes, and the function that gives by how much.

        A species that stands twice in a reaction, as in A + A, is changed once, by the sum.
        """
        tables, now = self.system.tables, self.now
        places, formulas, starts, sums = [], [], [0], []
        for reaction in self.reactions:
            at: dict[str, int] = {}
            for term in tables.terms[reaction]:
                if not tables.quantities[term.species].reacting or term.species not in now.stored:
                    continue
                node = now.stored[term.species]
                if node not in at:
                    at[node] = len(places)
                    places.append(node)
                sums.append(at[node])
                formulas.append(now.coefficient(term, f"{self.source}: reaction '{reaction}'"))
            starts.append(len(places))
        self._counted = {node: now.slots[node] for node in places}
        moving = {now.stored[id_] for id_ in now.dynamic} | {TIME}
        for node in now.ordered({n for f in formulas for n in f.needs}):
            if node in moving:
                raise UnsupportedError(
                    f"{self.source}: a stoichiometry that depends on '{node[2:]}' cannot be simulated stochastically"
                )
        self._starts, self._slots = np.array(starts), np.array([now.slots[n] for n in places], dtype=np.int64)
        self._amounts, self._sums = now.function(formulas), np.array(sums, dtype=np.int64)

    def _changes(self, slots: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        changes = np.zeros(len(self._slots))
        np.add.at(changes, self._sums, self._amounts(0.0, self.system.dynamic(slots), slots))
        for slot, change in zip(self._slots, changes, strict=True):
            if change != np.round(change):
                name = next(node[2:] for node, at in self._counted.items() if at == slot)
                raise NetworkError(
                    f"{self.source}: a reaction changes '{name}' by {change:g}; a stochastic simulation counts "
                    "molecules, so stoichiometries are whole numbers"
                )
        return self._starts, self._slots, changes

    def _blame(self, ending: int, t: float, reaction: int, limit: int) -> NoReturn:
        if ending == IMPOSSIBLE:
            raise SimulationError(
                f"{self.source}: the rate of '{self.reactions[reaction]}' is negative or not a finite number at time "
                f"{t:g}; as a propensity it must be 0 or more"
            )
        raise SimulationError(f"{self.source}: a run has more than {limit} reactions; shorten the times")


def _refuse_motion(system: System) -> None:
    """Refuse what changes between reactions."""
    t, now = system.tables, system.now
    for id_ in t.rates:
        raise UnsupportedError(f"{t.source}: the rate rule of '{id_}' cannot be simulated stochastically")
    for reaction in t.laws:
        if TIME in now.ordered({f"r_{reaction}"}):
            raise UnsupportedError(
                f"{t.source}: the rate of '{reaction}' depends on time, which cannot be simulated stochastically"
            )
    if system.has_timed_equalities:
        raise UnsupportedError(f"{t.source}: a trigger that holds at one time only (time == x); write time >= x")
    if not t.laws:
        raise NetworkError(f"{t.source}: no reactions, so there is nothing to simulate stochastically")
