"""Experiments of a PEtab problem, period by period, by the simulator of SBML."""

import math
from collections import OrderedDict
from collections.abc import Mapping

import sympy as sp

from ...dynamics.sbml.load import load
from ...dynamics.sbml.stages import Stages
from ...dynamics.sbml.system import System
from ...errors import FormatError, UnsupportedError
from ...formats.petab.problem import STEADY, Experiment, Period, Tables
from ...network.symbols import TIME, names_in, put

_KEPT = 4
"""Simulations that are kept, for each experiment: parameters of observables and noise ask for none of their own."""

Values = Mapping[str, float]


class Simulator:
    """The model of a problem, and the values of what its formulas name at the times of its measurements.

    Raises
    ------
    FormatError
        For a name that is neither in the model nor a parameter.
    UnsupportedError
        For what the simulator of SBML cannot do, by name.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.system = System(load(tables.model), str(tables.model))
        model = self.system.tables
        self.entities = {*model.quantities, *model.laws}
        self._settable = {p for p in tables.parameters if p in self.system.now.stored}
        self._check_targets()
        self.needed = sorted(self._needed())
        self.times = {e: sorted({m.time for m in tables.measurements if m.experiment == e}) for e in tables.experiments}
        self.stages = Stages(self.system, self.needed)
        self._kept: OrderedDict[tuple, dict[float, dict[str, float]]] = OrderedDict()

    def run(self, experiment: str, values: Values) -> dict[float, dict[str, float]]:
        """Return {time: {name: value}} of an experiment; the value of infinity is that of the steady state.

        Parameters
        ----------
        values
            All parameters of the table.

        Raises
        ------
        SimulationError
            Where an integration does not reach its end, or there is no steady state.
        """
        relevant = self._relevant(experiment)
        key = (experiment, tuple(values[p] for p in relevant))
        if key not in self._kept:
            if len(self._kept) > _KEPT * len(self.tables.experiments):
                self._kept.popitem(last=False)
            self._kept[key] = self._run(self.tables.experiments[experiment], values)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _run(self, experiment: Experiment, values: Values) -> dict[float, dict[str, float]]:
        found: dict[float, dict[str, float]] = {}
        stages, others = self.stages, dict(values)
        for k, period in enumerate(experiment.periods):
            start = 0.0 if period.time == STEADY else period.time
            changes = self._changes(period, {**self._now(), **others} if k else others, start)
            others |= {name: v for name, v in changes.items() if name not in self.entities}
            inside = {name: v for name, v in changes.items() if name in self.entities}
            if k == 0:
                stages.begin(start, {**{p: values[p] for p in self._settable}, **inside})
            else:
                stages.change(start, inside)
            if period.time == STEADY:
                stages.settle()
                continue
            later = experiment.periods[k + 1 :]
            self._fill(found, experiment.id, start, later[0].time if later else math.inf, others)
        return found

    def _fill(self, found: dict, experiment: str, start: float, end: float, others: Values) -> None:
        """Simulate one period and write down what is measured in it."""
        own = {name: value for name, value in others.items() if name not in self.entities}
        wanted = self.times[experiment]
        times = [t for t in wanted if start <= t < end and math.isfinite(t)]
        rows = self.stages.run(times)
        if math.isfinite(end):
            self.stages.reach(end)
        for t, row in zip(times, rows, strict=True):
            found[t] = {**own, **dict(zip(self.needed, map(float, row), strict=True)), TIME: t}
        if end == math.inf and math.inf in wanted:
            self.stages.settle()
            found[math.inf] = {**own, **self._now(), TIME: math.inf}

    def _now(self) -> dict[str, float]:
        if not self.stages.moment.slots:
            return {}
        return dict(zip(self.needed, map(float, self.stages.values()), strict=True))

    def _changes(self, period: Period, values: Values, t: float) -> dict[str, float]:
        return {name: self._value(e, {**values, TIME: t}) for name, e in period.changes.items()}

    def _value(self, expression: sp.Expr, values: Values) -> float:
        if expression.is_Symbol:
            return float(values[str(expression)])
        if expression.is_number:
            return float(expression)
        return float(put({s: values[str(s)] for s in expression.free_symbols}, expression))

    def _relevant(self, experiment: str) -> list[str]:
        """Return the parameters on which the simulation of an experiment depends."""
        periods = self.tables.experiments[experiment].periods
        named = {n for p in periods for e in p.changes.values() for n in names_in(e)}
        first = set(periods[0].changes)
        return [p for p in self.tables.parameters if p in named or (p in self._settable and p not in first)]

    def _needed(self) -> set[str]:
        """Return the names of the model in formulas of observables, noise and changes.

        Raises
        ------
        FormatError
            For a name that nothing declares.
        """
        t, found = self.tables, set()
        targets = {n for e in t.experiments.values() for p in e.periods for n in p.changes}
        for o in t.observables.values():
            own = {*o.placeholders, *o.noise_placeholders, *t.observables, *t.parameters, *targets, TIME}
            for name in (*names_in(o.formula), *names_in(o.noise)):
                if name in self.entities:
                    found.add(name)
                elif name not in own:
                    raise FormatError(f"{t.path}: the observable {o.id} names '{name}', which nothing declares")
        for e in t.experiments.values():
            for k, period in enumerate(e.periods):
                for target, value in period.changes.items():
                    for name in names_in(value):
                        if name in self.entities and (k or name not in t.parameters):
                            found.add(name)
                        elif name not in {*t.parameters, TIME}:
                            raise FormatError(f"{t.path}: the value of {target} names '{name}', which nothing declares")
                        if k == 0 and name not in {*t.parameters, TIME}:
                            raise UnsupportedError(
                                f"{t.path}: {target} starts from '{name}', which is no parameter of the table"
                            )
        return found

    def _check_targets(self) -> None:
        t = self.tables
        named = {n for o in t.observables.values() for e in (o.formula, o.noise) for n in names_in(e)}
        changes = [c for e in t.experiments.values() for p in e.periods for c in p.changes.items()]
        values = {n for _, v in changes for n in names_in(v)}
        own = {str(v) for m in t.measurements for v in (*m.parameters, *m.noise_parameters)}
        for name in sorted({target for target, _ in changes} - self.entities - named):
            raise FormatError(f"{t.path}: a condition sets '{name}', which nothing declares")
        for p in t.parameters.values():
            if p.estimated and p.id not in {*self.entities, *named, *values, *own}:
                raise FormatError(
                    f"{t.path}: '{p.id}' is estimated, and nothing depends on it; take it out of the table"
                )
        for e in t.experiments.values():
            for target in {n for p in e.periods for n in p.changes}:
                if target in self.entities and target not in self.system.now.stored:
                    raise UnsupportedError(f"{t.path}: the experiment {e.id} sets '{target}', which a rule sets")
        for name in t.parameters:
            if name in self.system.tables.assigned:
                raise UnsupportedError(f"{t.path}: the parameter '{name}' is set by a rule of the model")
