"""Public verbs, classes and methods that are given a thing of another kind in the place of one argument."""

import contextlib
import inspect
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import crnsym as cs

from ..case import prepared
from ..damage import choice


def anything(*arguments: object, **options: object) -> None:
    """A function that never fails by itself."""


WRONG = [
    3, -0.5, "text", b"bytes", None, True, [1], [], ("A",), ["A", 2], {"a": 1}, {}, {3: None}, anything, object(),
    np.ones((2, 2)), ...,
]  # fmt: skip
LONG = {
    "discover", "start_discovery", "discover_batch", "train_crnn", "train_matched", "train_natural", "train_wake_sleep",
    "fit_dbm", "fit_closure", "fit_closure_rates", "posterior", "bootstrap", "refit_many", "simulate_moments",
    "Workers", "explain", "NetworkFinder.fit", "rate_laws",
}  # fmt: skip
"""What takes seconds where all is right: only the arguments that must be given are spoiled."""
BY_POSITION = {"Layers", "Mechanism"}
"""Arrays of the package's own, whose methods take arrays that fit; numpy says what does not."""


@cache
def things() -> dict[str, Any]:
    """Something right for what an annotation names, the first that it names counts; made once."""
    net = cs.network("A -> B @ k; B -> A @ 0.1; param k = 0.5; init A = 1, B = 0")
    sites = cs.network("A -> 0 @ 1; init A = 4")
    data = cs.simulate(net, (0.0, 4.0, 8), noise=0.02, initial=[{"A": 1.0}, {"A": 2.0, "B": 0.5}], seed=0)
    compared = cs.compare([net], data)
    moments = cs.moment_equations(net)
    return {
        "DiGraph": net.graph(), "Trajectories": data, "Discovery": compared, "Candidate": compared[0],
        "LatticeRuns": cs.simulate_lattice(sites, (4, 4), (0.0, 1.0, 3), runs=2, initial={"A": 4}),
        "LatticeMomentEquations": cs.lattice_moment_equations(sites, (4, 4)), "MomentEquations": moments,
        "ClosedMoments": moments.close(), "Elementary": cs.elementary(net), "Reaction": net.reactions[0],
        "Complex": net.reactions[0].reactants, "MassAction": net.reactions[0].rate, "Operation": cs.Operation(),
        "MasterEquation": cs.master_equation(net, {"A": 4, "B": 4}, {"A": 2, "B": 0}),
        "StationaryNoise": cs.stationary_noise(net), "NetworkFinder": cs.NetworkFinder(), "Tasks": cs.Tasks(),
        "Reduction": cs.eliminate(cs.network("A -> B @ 1; B -> C @ 9; init A = 1, B = 0, C = 0"), "B"),
        "Mechanism": cs.mass_action_arrays(net), "Network": net, "PathLike": "no_such_file.crn", "bool": False,
        "int": 1, "float": 0.5, "str": "A", "Mapping": {"A": 1.0},
    }  # fmt: skip


@cache
def callables() -> tuple[tuple[str, Any], ...]:
    """Return all public functions, classes and methods that take arguments, the methods of things that are at hand."""
    found = []
    for name in cs.__all__:
        thing = getattr(cs, name)
        if not inspect.isclass(thing):
            found.append((name, thing))
        elif name in things() and name not in BY_POSITION:
            methods = [m for m in vars(thing) if not m.startswith("_") and callable(getattr(things()[name], m))]
            found += [(f"{name}.{method}", getattr(things()[name], method)) for method in methods]
        if inspect.isclass(thing) and hasattr(vars(thing).get("__init__"), "__wrapped__"):
            found.append((name, thing))
    return tuple((name, thing) for name, thing in found if inspect.signature(thing).parameters)


@prepared(callables)
def wrong_kind(random: np.random.Generator, folder: Path) -> None:
    """It is answered or refused in one line, and fails nowhere inside."""
    name, thing = choice(random, callables())
    parameters = [*inspect.signature(thing).parameters.values()]
    needed = [one for one in parameters if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
    spoiled = choice(random, needed if name in LONG else parameters)
    arguments: list[Any] = []
    options: dict[str, Any] = {}
    for one in parameters:
        if one is not spoiled and one not in needed:
            continue
        value = choice(random, WRONG) if one is spoiled else _right(str(one.annotation))
        if one.kind is one.VAR_KEYWORD:
            options["unknown"] = value
        elif one.kind in (one.VAR_POSITIONAL, one.POSITIONAL_ONLY):
            arguments.append(value)
        else:
            options[one.name] = value
    try:
        with contextlib.chdir(folder):  # some write where they are told
            thing(*arguments, **options)
    except TypeError as error:
        if "unexpected keyword argument 'unknown'" not in str(error):
            raise


def _right(annotation: str) -> Any:
    """Return something of the first kind that an annotation names."""
    named = [(annotation.index(name), name) for name in things() if name in annotation]
    found = things()[min(named)[1]] if named else (0.0, 1.0, 3)
    return [found] if annotation.startswith(("collections.abc.Sequence", "collections.abc.Iterable")) else found


KINDS = {"wrong_kind": wrong_kind}
