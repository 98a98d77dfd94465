"""The kinds of objects that a saved discovery is made of, by the names that stand in the file.

A name stays what it is when its class moves to another module. A field that a class has gained since has its default in
an older file; a field that it has lost, or that means something else now, needs a new version of the format.
"""

import importlib
from functools import cache

KINDS = {
    "Candidate": "crnsym.comparison.candidate",
    "Combination": "crnsym.comparison.identifiability",
    "Discovery": "crnsym.comparison.result",
    "End": "crnsym.refit.general.limits",
    "Experiment": "crnsym.comparison.proposal",
    "Fit": "crnsym.refit.fit",
    "FitProblem": "crnsym.refit.problem",
    "Identifiability": "crnsym.comparison.identifiability",
    "Interval": "crnsym.refit.profile",
    "KnownRate": "crnsym.refit.knowledge",
    "Knowledge": "crnsym.refit.knowledge",
    "LawCandidate": "crnsym.comparison.laws",
    "LawFit": "crnsym.refit.general.limits",
    "LawMechanism": "crnsym.refit.general.mechanism",
    "Mechanism": "crnsym.data.mechanism",
    "NoiseModel": "crnsym.data.noise",
    "Observation": "crnsym.refit.observation",
    "Operation": "crnsym.data.operation.operation",
    "ProposedLaw": "crnsym.comparison.rate_laws.proposed",
    "Step": "crnsym.data.operation.operation",
    "Temperatures": "crnsym.refit.temperature",
    "Trajectories": "crnsym.data.trajectories",
    "Transform": "crnsym.refit.general.transform",
}
ONCE = ("Fit", "FitProblem", "LawFit", "NoiseModel", "Trajectories")  # written once, however often they are used


@cache
def kind(name: str) -> type:
    """Return a class by its name; `KeyError` where there is none."""
    return getattr(importlib.import_module(KINDS[name]), name)


def name_of(value: object) -> str:
    """Return the name of the kind of an object, ``""`` where it has none."""
    name = type(value).__name__
    return name if name in KINDS and kind(name) is type(value) else ""
