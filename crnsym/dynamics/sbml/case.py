"""Cases of the SBML Test Suite: a model, a settings file, and the table that the two ask for."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import FormatError
from ...network.arguments import whole_number
from .integrate import integrate
from .load import load
from .settings import Settings
from .system import System

_SUFFIXES = ("l3v2", "l3v1", "l2v5", "l2v4", "l2v3", "l2v2", "l2v1", "l1v2", "l1v1")


def simulate_case(
    folder_or_xml: str | os.PathLike[str],
    settings: "Settings | Mapping[str, Any] | str | os.PathLike[str] | None" = None,
) -> dict[str, np.ndarray]:
    """Simulate an SBML model as a case of the SBML Test Suite asks for it.

    Parameters
    ----------
    folder_or_xml
        A folder of the suite (the highest level and version in it is read), or an SBML file.
    settings
        A settings file, or a mapping with its keys ``start``, ``duration``, ``steps``, ``variables``, ``amount``,
        ``concentration``, ``absolute``; without it the ``*-settings.txt`` beside the model. Where it asks for means
        and standard deviations (``output``), the case is a stochastic one, see `simulate_stochastic_case`.

    Returns
    -------
    dict of str to ndarray
        The columns of the results file: ``time``, then the variables in their order; each of shape (steps + 1,).

    Raises
    ------
    UnsupportedError
        For algebraic rules, ``delay()``, fast reactions, required packages, and events in random order where the
        order matters; by name.
    FormatError
        For a broken model or settings file.
    SimulationError
        Where the integration does not reach its end.

    Examples
    --------
    >>> import crnsym as cs
    >>> cs.write(cs.network("A -> B @ 0.5; init A = 1, B = 0"), "model.xml")
    >>> columns = cs.simulate_case("model.xml", {"start": 0, "duration": 4, "steps": 4, "variables": ["A", "B"]})
    >>> columns["A"].round(3).tolist()
    [1.0, 0.607, 0.368, 0.223, 0.135]
    """
    system, s = _opened(folder_or_xml, settings)
    if s.output:
        return _counted(system, s, 10_000, 0)
    outputs = system.now.function(system.outputs(s.variables, set(s.amount), set(s.concentration)))
    rows = integrate(system, s.times, outputs, rtol=1e-9, atol=min(1e-12, 1e-6 * s.absolute))
    if np.isnan(rows).any():
        system.refuse_unset()
    return {"time": s.times, **{name: rows[:, i] for i, name in enumerate(s.variables)}}


def simulate_stochastic_case(
    folder_or_xml: str | os.PathLike[str],
    settings: "Settings | Mapping[str, Any] | str | os.PathLike[str] | None" = None,
    runs: int = 10_000,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Simulate an SBML model exactly as a jump process, as a stochastic case of the SBML Test Suite asks for it.

    The rate of a reaction is its propensity: reactions per unit of time of the model as a whole. Amounts are numbers
    of molecules. Events keep their meaning: they are executed when time, or a reaction, makes their trigger true.

    Parameters
    ----------
    folder_or_xml, settings
        As for `simulate_case`; the settings may name the columns as ``output``.
    runs
        Number of runs.
    seed
        0 to 2^32 - 1; run i draws from Threefry-2x32-13 with key (seed, i).

    Returns
    -------
    dict of str to ndarray
        ``time``, then ``X-mean`` and ``X-sd`` (that of one run, not of the mean) of the variables or, if given, of
        ``output``; each of shape (steps + 1,).

    Raises
    ------
    UnsupportedError
        As `simulate_case`, and for rate rules and rates that depend on time; by name.
    NetworkError
        For amounts that are not whole numbers.
    SimulationError
        For a propensity that is negative or not a finite number.

    References
    ----------
    T. W. Evans, C. S. Gillespie, D. J. Wilkinson, "The SBML discrete stochastic models test suite",
    Bioinformatics 24, 285 (2008).

    Examples
    --------
    >>> import crnsym as cs
    >>> cs.write(cs.network("A -> 0 @ 0.5; init A = 10").to_amounts(1), "model.xml")
    >>> asked = {"start": 0, "duration": 2, "steps": 2, "variables": ["A"]}
    >>> cs.simulate_stochastic_case("model.xml", asked, runs=200)["time"].tolist()
    [0.0, 1.0, 2.0]
    """
    runs, seed = whole_number("runs", runs, 2), whole_number("seed", seed, 0, 2**32 - 1)
    return _counted(*_opened(folder_or_xml, settings), int(runs), int(seed))


def _counted(system: System, s: Settings, runs: int, seed: int) -> dict[str, np.ndarray]:
    from .counting import Counting  # numba: slow to import, and the other cases do without

    wanted = [name.rsplit("-", 1) for name in s.output] or [[v, k] for v in s.variables for k in ("mean", "sd")]
    for parts in wanted:
        if parts[-1] not in ("mean", "sd"):
            raise FormatError(f"output '{'-'.join(parts)}': X-mean or X-sd is needed")
    names = list(dict.fromkeys(parts[0] for parts in wanted))
    outputs = system.outputs(names, set(s.amount), set(s.concentration))
    values = Counting(system, outputs).runs(s.times, runs, seed)
    with np.errstate(invalid="ignore"):  # an infinity has no standard deviation
        tables = {"mean": values.mean(axis=0), "sd": values.std(axis=0, ddof=1)}
    return {"time": s.times, **{f"{name}-{kind}": tables[kind][:, names.index(name)] for name, kind in wanted}}


def _opened(
    folder_or_xml: str | os.PathLike[str], settings: Settings | Mapping[str, Any] | str | os.PathLike[str] | None
) -> tuple[System, Settings]:
    model = _model_file(Path(folder_or_xml))
    system = System(load(model), str(model))
    return system, Settings.of(_settings_file(model) if settings is None else settings)


def _model_file(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.xml"))
    for suffix in _SUFFIXES:
        for file in found:
            if file.stem.endswith(f"-sbml-{suffix}"):
                return file
    named = [f for f in found if f.stem == path.name] or found
    if len(named) != 1:
        raise FormatError(f"{path}: one SBML file is needed, found {len(named)}")
    return named[0]


def _settings_file(model: Path) -> Path:
    found = sorted(model.parent.glob("*-settings.txt"))
    found = [f for f in found if model.stem.startswith(f.name.removesuffix("-settings.txt"))] or found
    if len(found) != 1:
        raise FormatError(f"{model.parent}: one *-settings.txt is needed, found {len(found)}")
    return found[0]
