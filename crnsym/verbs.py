"""Packages that bear the name of a verb, such as ``crnsym.network``, can be called as it.

So ``crnsym.network("A -> B @ k")`` reads a network, and ``import crnsym.network.species`` finds a module, whichever
comes first.
"""

import importlib
import inspect
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .arguments import public


class _CallableModule(ModuleType):
    """A package that is the verb defined in one of its modules."""

    __verb__: str

    def _find(self) -> Callable[..., Any]:
        name = self.__name__.rpartition(".")[2]
        return public(getattr(importlib.import_module(f"{self.__name__}.{self.__verb__}"), name), name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self._find()(*arguments, **options)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._find())

    def __reduce__(self) -> tuple[Any, ...]:
        return importlib.import_module, (self.__name__,)


def make_callable(package: str, module: str) -> None:
    """Let a package be called as the function of its own name that one of its modules defines."""
    found: Any = sys.modules[package]
    found.__verb__ = module
    found.__class__ = _CallableModule
