"""Tables of PEtab version 2."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import FormatError, UnsupportedError
from .formulas import formula, name_or_number
from .problem import STEADY, Experiment, Measurement, Observable, Parameter, Period, Prior, Tables
from .read import beside, only

if TYPE_CHECKING:
    from petab import v2

_LOGARITHMIC = {"log-normal": "normal", "log-laplace": "laplace"}
_AS_IS = "the model as it is"


def tables(path: Path, config: dict[str, Any]) -> Tables:
    """Read the tables that the YAML file names."""
    from petab.v2 import Problem

    if config.get("extensions"):
        raise UnsupportedError(f"{path}: extensions of PEtab are not supported ({', '.join(config['extensions'])})")
    models = config.get("model_files") or {}
    model = models[only(path, models, "models")]
    if model.get("language") != "sbml":
        raise UnsupportedError(f"{path}: a model in {model.get('language')} is not supported; SBML is")
    location = beside(path, model.get("location"))
    for key, files in config.items():
        for name in files if key.endswith("_files") and isinstance(files, list) else ():
            beside(path, name)
    problem = Problem.from_yaml(str(path))
    _refuse_mappings(path, problem)
    observables = {o.id: _observable(path, o) for o in problem.observables}
    conditions = {c.id: {x.target_id: formula(x.target_value) for x in c.changes} for c in problem.conditions}
    experiments = {e.id: _experiment(path, e, conditions) for e in problem.experiments}
    if any(not m.experiment_id for m in problem.measurements):
        experiments[_AS_IS] = Experiment(_AS_IS, (Period(0.0),))
    measured = tuple(_measurement(path, m, observables, experiments) for m in problem.measurements)
    informed = any(p.estimate and p.prior_distribution for p in problem.parameters)
    values = {p.id: _parameter(p, informed) for p in problem.parameters}
    return Tables(path, location, 2, values, observables, experiments, measured)


def _word(entry: object) -> str:
    """Return the text of an entry of an enumeration."""
    return str(getattr(entry, "value", entry))


def _refuse_mappings(path: Path, problem: "v2.Problem") -> None:
    for mapping in problem.mappings:
        if mapping.model_id and mapping.model_id != mapping.petab_id:
            raise UnsupportedError(
                f"{path}: the mapping of {mapping.petab_id} to {mapping.model_id} is not supported; "
                "name elements of the model as the model does"
            )


def _parameter(p: "v2.Parameter", informed: bool) -> Parameter:
    """Read a parameter; beside others with priors one without has the uniform one between its bounds."""
    low, high = -math.inf if p.lb is None else float(p.lb), math.inf if p.ub is None else float(p.ub)
    prior = Prior("uniform", (low, high)) if informed and p.estimate else None
    if p.estimate and p.prior_distribution:
        prior = Prior(_word(p.prior_distribution), tuple(map(float, p.prior_parameters)), bounded=True)
    nominal = math.nan if p.nominal_value is None else float(p.nominal_value)
    scale = "log10" if low > 0 else "lin"  # version 2 leaves it to us
    return Parameter(p.id, scale if p.estimate else "lin", low, high, nominal, bool(p.estimate), prior)


def _observable(path: Path, o: "v2.Observable") -> Observable:
    kind = _word(o.noise_distribution or "normal")
    shape = _LOGARITHMIC.get(kind, kind)
    if shape not in ("normal", "laplace"):
        raise UnsupportedError(f"{path}: noiseDistribution '{kind}' of {o.id} is not supported")
    if o.formula is None or o.noise_formula is None:
        raise FormatError(f"{path}: the observable {o.id} needs observableFormula and noiseFormula")
    return Observable(
        o.id,
        formula(o.formula),
        formula(o.noise_formula),
        "log" if kind in _LOGARITHMIC else "lin",
        shape == "laplace",
        tuple(str(s) for s in o.observable_placeholders),
        tuple(str(s) for s in o.noise_placeholders),
    )


def _experiment(path: Path, e: "v2.Experiment", conditions: dict[str, dict[str, Any]]) -> Experiment:
    periods = []
    for period in sorted(e.periods, key=lambda p: p.time):
        changes: dict[str, Any] = {}
        for id_ in period.condition_ids:
            if id_ not in conditions:
                raise FormatError(f"{path}: the experiment {e.id} names the condition '{id_}', which nothing defines")
            if twice := set(changes) & set(conditions[id_]):
                raise FormatError(f"{path}: the experiment {e.id} sets {min(twice)} twice at time {period.time:g}")
            changes |= conditions[id_]
        periods.append(Period(float(period.time), changes))
    if not periods or periods[-1].time == STEADY:
        periods.append(Period(0.0))
    return Experiment(e.id, tuple(periods))


def _measurement(
    path: Path, m: "v2.Measurement", observables: dict[str, Any], experiments: dict[str, Any]
) -> Measurement:
    label = m.experiment_id or _AS_IS
    for what, name, known in (("observable", m.observable_id, observables), ("experiment", label, experiments)):
        if name not in known:
            raise FormatError(f"{path}: a measurement names the {what} '{name}', which nothing defines")
    own = tuple(name_or_number(x) for x in m.observable_parameters)
    noise = tuple(name_or_number(x) for x in m.noise_parameters)
    return Measurement(m.observable_id, label, float(m.time), float(m.measurement), own, noise)
