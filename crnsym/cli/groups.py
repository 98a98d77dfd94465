"""A parameter of a command whose type is a group of options becomes as many options, in its place."""

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any

KEYWORD = inspect.Parameter.KEYWORD_ONLY


def grouped(function: Callable[..., None]) -> Callable[..., None]:
    """Return a function of the single options, as the command line wants it; they are gathered for ``function``."""
    parameters = inspect.signature(function).parameters.values()
    groups: dict[str, Any] = {p.name: p.annotation for p in parameters if is_dataclass(p.annotation)}

    @wraps(function)
    def run(**given: object) -> None:
        gathered = {name: group(**{f.name: given.pop(f.name) for f in fields(group)}) for name, group in groups.items()}
        function(**given, **gathered)

    spread = [single for p in parameters for single in _options(p)]
    vars(run)["__signature__"] = inspect.Signature(spread)
    return run


def _options(parameter: inspect.Parameter) -> list[inspect.Parameter]:
    if not is_dataclass(parameter.annotation):
        return [parameter.replace(kind=KEYWORD)]
    return [
        inspect.Parameter(f.name, KEYWORD, default=f.default, annotation=f.type) for f in fields(parameter.annotation)
    ]
