"""Symbols: exact reaction networks in sympy and networkx.

The module is callable: ``crnsym.network("A -> B @ k")`` reads a network from text, see `crnsym.network.text`.
"""

import sys
from types import ModuleType
from typing import Any


class _CallableModule(ModuleType):
    """Lets ``crnsym.network`` be both this package and the verb that reads a network."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from .text import network

        return network(*arguments, **options)


sys.modules[__name__].__class__ = _CallableModule
