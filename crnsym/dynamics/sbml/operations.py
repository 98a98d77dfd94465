"""The functions of SBML core in Python, and the conditions at which a formula may jump."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

import libsbml

from ...errors import FormatError, UnsupportedError

_F = "AST_FUNCTION_"
_HYPERBOLIC = ("sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh", "sech", "csch", "coth")
_CALLS = {
    **{_F + f.upper(): f for f in _HYPERBOLIC},
    **{_F + "ARC" + f.upper(): "a" + f for f in _HYPERBOLIC},
    **{_F + f.upper(): f for f in ("exp", "ln", "log", "root", "floor", "ceiling", "factorial", "quotient", "rem")},
    **{_F + "ABS": "fabs", _F + "MIN": "smallest", _F + "MAX": "largest", _F + "POWER": "power", "AST_POWER": "power"},
}
_CALL = {getattr(libsbml, name): call for name, call in _CALLS.items()}
_ONE = {"root": 1, "log": 1, "power": 2, "quotient": 2, "rem": 2}
_STEPS = frozenset({"floor", "ceiling", "factorial", "quotient", "rem"})
_RELATIONS = {
    libsbml.AST_RELATIONAL_LT: "<",
    libsbml.AST_RELATIONAL_LEQ: "<=",
    libsbml.AST_RELATIONAL_GT: ">",
    libsbml.AST_RELATIONAL_GEQ: ">=",
    libsbml.AST_RELATIONAL_EQ: "==",
    libsbml.AST_RELATIONAL_NEQ: "!=",
}
NUMBERS = (libsbml.AST_INTEGER, libsbml.AST_REAL, libsbml.AST_REAL_E, libsbml.AST_RATIONAL)


@dataclass
class Formula:
    """Python code, the nodes it names, and the conditions at which it may jump.

    ``equalities`` are signed comparisons (-1, 0, 1) whose passing through zero a sample cannot show; at a change of
    ``kinks`` the derivative of the formula jumps, not its value.
    """

    code: str
    needs: set[str] = field(default_factory=set)
    switches: list[str] = field(default_factory=list)
    equalities: list[str] = field(default_factory=list)
    kinks: list[str] = field(default_factory=list)


def operands(tree: libsbml.ASTNode, kind: int) -> list[Any]:
    """Return the children; a sum or product that libsbml nested, however deep, in one list."""
    if kind not in (libsbml.AST_PLUS, libsbml.AST_TIMES):
        return [tree.getChild(i) for i in range(tree.getNumChildren())]
    found, stack = [], [tree]
    while stack:
        top = stack.pop()
        if top.getType() == kind:
            stack.extend(top.getChild(i) for i in reversed(range(top.getNumChildren())))
        else:
            found.append(top)
    return found


def number(tree: libsbml.ASTNode) -> str:
    """Return a number of a formula as code."""
    if tree.getType() == libsbml.AST_INTEGER:
        return f"{float(tree.getInteger())!r}"
    if tree.getType() == libsbml.AST_RATIONAL:
        return f"({tree.getNumerator()} / {tree.getDenominator()})"
    if tree.getType() == libsbml.AST_REAL_E:
        return repr(float(f"{tree.getMantissa()!r}e{tree.getExponent()}"))
    return f"({tree.getReal()!r})"  # bracketed: inf and nan are names


def operation(tree: libsbml.ASTNode, kind: int, arguments: list[str], into: Formula, where: str) -> str:
    """Return the code of an operator or function applied to the codes of its arguments."""
    n = len(arguments)
    if kind == libsbml.AST_PLUS:
        return f"({' + '.join(arguments)})" if n else "0.0"
    if kind == libsbml.AST_TIMES:
        return f"({' * '.join(arguments)})" if n else "1.0"
    if kind == libsbml.AST_MINUS and n in (1, 2):
        return f"(-{arguments[0]})" if n == 1 else f"({arguments[0]} - {arguments[1]})"
    if kind == libsbml.AST_DIVIDE and n == 2:
        return f"div({arguments[0]}, {arguments[1]})"
    if kind in _CALL:
        return _library(_CALL[kind], arguments, into, where)
    if kind in _RELATIONS:
        return _relation(_RELATIONS[kind], arguments, into)
    if kind == libsbml.AST_FUNCTION_PIECEWISE:
        return _piecewise(arguments)
    if kind in _LOGIC:
        return _LOGIC[kind](arguments)
    raise UnsupportedError(f"{where}: the formula element '{tree.getName() or kind}' is not supported")


def _library(name: str, arguments: list[str], into: Formula, where: str) -> str:
    n, least = len(arguments), _ONE.get(name, 1)
    most = {"root": 2, "log": 2, "smallest": n, "largest": n}.get(name, least)
    if not least <= n <= most:
        raise FormatError(f"{where}: {name} of {n} arguments")
    code = f"{name}({', '.join(arguments)})"
    if name in ("smallest", "largest"):
        into.kinks += [f"({a} < {b})" for a, b in combinations(arguments, 2)]
    if name == "fabs":
        into.kinks.append(f"({arguments[0]} < 0)")
    if name in _STEPS:
        into.switches.append(f"kept({code.replace('rem', 'quotient', 1) if name == 'rem' else code})")
    return code


def _relation(sign: str, arguments: list[str], into: Formula) -> str:
    if len(arguments) < 2:
        return "True"
    if sign in ("==", "!="):
        into.equalities += [f"sign({a} - {b})" for a, b in pairwise(arguments)]
    code = f"({f' {sign} '.join(arguments)})"
    into.switches.append(code)
    return code


def _piecewise(arguments: list[str]) -> str:
    pairs = list(zip(arguments[::2], arguments[1::2], strict=False))
    code = arguments[-1] if len(arguments) % 2 else "nan"
    for value, condition in reversed(pairs):
        code = f"({value} if {condition} else {code})"
    return code


def _joined(word: str, empty: str) -> Callable[[list[str]], str]:
    return lambda arguments: f"({f' {word} '.join(f'bool({a})' for a in arguments)})" if arguments else empty


_LOGIC: dict[int, Callable[[list[str]], str]] = {
    libsbml.AST_LOGICAL_AND: _joined("and", "True"),
    libsbml.AST_LOGICAL_OR: _joined("or", "False"),
    libsbml.AST_LOGICAL_XOR: _joined("^", "False"),
    libsbml.AST_LOGICAL_NOT: lambda a: f"(not {a[0]})",
    libsbml.AST_LOGICAL_IMPLIES: lambda a: f"((not {a[0]}) or bool({a[1]}))",
}
