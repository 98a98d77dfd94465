"""Symbols: exact reaction networks in sympy and networkx.

The package is callable: ``crnsym.network("A -> B @ k")`` reads a network from text, see `crnsym.network.text.network`.
"""

from ..verbs import make_callable

make_callable(__name__, "text")
