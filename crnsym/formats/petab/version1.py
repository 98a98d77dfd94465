"""Tables of PEtab version 1.

L. Schmiester et al., PLoS Comput. Biol. 17:e1008646, 2021.
"""

import math
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import FormatError, UnsupportedError
from .formulas import formula, name_or_number
from .problem import STEADY, Experiment, Measurement, Observable, Parameter, Period, Prior, Tables
from .read import beside, only

if TYPE_CHECKING:
    import pandas as pd

_PRIORS = {
    "uniform": "uniform",
    "normal": "normal",
    "laplace": "laplace",
    "logNormal": "log-normal",
    "logLaplace": "log-laplace",
    "parameterScaleUniform": "uniform",
    "parameterScaleNormal": "normal",
    "parameterScaleLaplace": "laplace",
}
SCALES = ("lin", "log", "log10")


def tables(path: Path, config: dict[str, Any]) -> Tables:
    """Read the tables that the YAML file names."""
    from petab.v1 import conditions, core, measurements, observables, parameters

    if config.get("extensions"):
        raise UnsupportedError(f"{path}: extensions of PEtab are not supported ({', '.join(config['extensions'])})")
    entry = only(path, config.get("problems"), "problems")
    model = beside(path, _model(path, entry))
    if entry.get("mapping_files"):
        raise UnsupportedError(f"{path}: mapping files are not supported in PEtab version 1")
    files: Any = config.get("parameter_file") or []
    given: Any = parameters.get_parameter_df(
        [str(beside(path, f)) for f in ([files] if isinstance(files, str) else files)]
    )

    def table(key: str, reader: Callable[..., Any]) -> "pd.DataFrame":
        return core.concat_tables([str(beside(path, f)) for f in entry.get(key, [])], reader)

    values = {str(id_): _parameter(path, str(id_), row) for id_, row in given.iterrows()}
    seen = table("observable_files", observables.get_observable_df)
    found = {str(id_): _observable(path, str(id_), row) for id_, row in seen.iterrows()}
    changes = _conditions(path, table("condition_files", conditions.get_condition_df))
    experiments: dict[str, Experiment] = {}
    measured = tuple(
        _measurement(path, row, changes, found, experiments)
        for _, row in table("measurement_files", measurements.get_measurement_df).iterrows()
    )
    return Tables(path, model, 1, values, found, experiments, measured)


def _model(path: Path, entry: dict[str, Any]) -> str:
    if entry.get("model_files"):
        info = entry["model_files"][only(path, entry["model_files"], "models")]
        if info.get("language") != "sbml":
            raise UnsupportedError(f"{path}: a model in {info.get('language')} is not supported; SBML is")
        return info["location"]
    return only(path, entry.get("sbml_files"), "models")


def _text(row: "pd.Series", key: str, default: str) -> str:
    value = row.get(key, default)
    missing = value is None or (isinstance(value, float) and math.isnan(value)) or str(value).strip() == ""
    return default if missing else str(value).strip()


def _number(row: "pd.Series", key: str, default: float = math.nan) -> float:
    text = _text(row, key, "")
    return float(text) if text else default


def _one_of(path: Path, what: str, value: str, known: Collection[str]) -> str:
    if value not in known:
        raise UnsupportedError(f"{path}: {what} '{value}' is not supported; {', '.join(known)} are")
    return value


def _parameter(path: Path, id_: str, row: "pd.Series") -> Parameter:
    scale = _one_of(path, f"the scale of {id_}", _text(row, "parameterScale", "lin"), SCALES)
    estimated = bool(int(_number(row, "estimate", 1)))
    prior = None
    if kind := _text(row, "objectivePriorType", ""):
        name = _PRIORS[_one_of(path, f"the prior of {id_}", kind, _PRIORS)]
        numbers = _text(row, "objectivePriorParameters", "")
        parts = tuple(float(x) for x in numbers.split(";") if x.strip())
        if len(parts) != 2 and kind != "parameterScaleUniform":
            raise FormatError(f"{path}: the prior of {id_} needs two parameters, found '{numbers}'")
        prior = Prior(name, parts, scaled=kind.startswith("parameterScale")) if len(parts) == 2 else None
    low, high = _number(row, "lowerBound", -math.inf), _number(row, "upperBound", math.inf)
    nominal = _number(row, "nominalValue")
    if not estimated and math.isnan(nominal):
        raise FormatError(f"{path}: the parameter {id_} is neither estimated nor has it a nominalValue")
    if estimated and not (low < high and (scale == "lin" or low > 0 or nominal > 0)):
        raise FormatError(f"{path}: the bounds {low:g} and {high:g} of {id_} are none for the scale {scale}")
    return Parameter(id_, scale, low, high, nominal, estimated, prior)


def _observable(path: Path, id_: str, row: "pd.Series") -> Observable:
    scale = _one_of(path, f"observableTransformation of {id_}", _text(row, "observableTransformation", "lin"), SCALES)
    kind = _text(row, "noiseDistribution", "normal")
    _one_of(path, f"noiseDistribution of {id_}", kind, ("normal", "laplace"))
    seen, noise = formula(_text(row, "observableFormula", "")), formula(_text(row, "noiseFormula", "1"))
    names = {str(s) for s in seen.free_symbols | noise.free_symbols}
    own = _placeholders("observableParameter", id_, names), _placeholders("noiseParameter", id_, names)
    return Observable(id_, seen, noise, scale, kind == "laplace", *own)


def _placeholders(word: str, observable: str, names: set[str]) -> tuple[str, ...]:
    """Return the placeholders of an observable, in order; where one is left out none follow."""
    pattern = re.compile(rf"{word}(\d+)_{re.escape(observable)}$")
    last = max((int(m[1]) for m in map(pattern.match, names) if m), default=0)
    return tuple(f"{word}{i}_{observable}" for i in range(1, last + 1))


def _conditions(path: Path, table: "pd.DataFrame") -> dict[str, dict[str, Any]]:
    """Return {condition: {target: formula}} without gaps."""
    found: dict[str, dict[str, Any]] = {}
    for id_, row in table.iterrows():
        cells = {str(t): v for t, v in row.items() if t not in ("conditionName", "conditionId")}
        cells = {t: v for t, v in cells.items() if not (isinstance(v, float) and math.isnan(v)) and str(v).strip()}
        found[str(id_)] = {t: formula(v if not isinstance(v, str) else v.strip()) for t, v in cells.items()}
        for target, value in found[str(id_)].items():
            if not (value.is_number or value.is_Symbol):
                raise UnsupportedError(f"{path}: the condition {id_} sets {target} to a formula; version 1 has none")
    return found


def _measurement(
    path: Path,
    row: "pd.Series",
    changes: dict[str, Any],
    observables: dict[str, Any],
    experiments: dict[str, Experiment],
) -> Measurement:
    """Read one row; the pair of conditions that it names becomes an experiment."""
    first, second = _text(row, "preequilibrationConditionId", ""), _text(row, "simulationConditionId", "")
    for condition in filter(None, (first, second)):
        if condition not in changes:
            raise FormatError(f"{path}: a measurement names the condition '{condition}', which nothing defines")
    observable = _text(row, "observableId", "")
    if observable not in observables:
        raise FormatError(f"{path}: a measurement names the observable '{observable}', which nothing defines")
    label = f"{first} then {second}" if first else second
    if label not in experiments:
        before = [Period(STEADY, changes[first])] if first else []
        experiments[label] = Experiment(label, (*before, Period(0.0, changes[second])))
    lists = [
        tuple(name_or_number(x) for x in _text(row, key, "").split(";") if x.strip())
        for key in ("observableParameters", "noiseParameters")
    ]
    return Measurement(observable, label, _number(row, "time"), _number(row, "measurement"), *lists)
