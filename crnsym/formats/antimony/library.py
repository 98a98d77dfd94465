"""Antimony to SBML, by libantimony: the reference implementation of the language."""

import re
from pathlib import Path
from types import ModuleType

from ...errors import FormatError, MissingExtraError, UnsupportedError

_MOST_WAYS = 1_000_000
_COMMENT = re.compile(r"//[^\n]*|#[^\n]*|/\*.*?\*/", re.DOTALL)
_ASSIGNED = re.compile(r"(?:^|[;\n])\s*([A-Za-z_]\w*)\s*:?=([^;\n]*)")
_NAME = re.compile(r"[A-Za-z_]\w*")


def to_sbml(content: str, source: str) -> str:
    """Return Antimony text as SBML text; files that it imports are looked for beside ``source``.

    Raises
    ------
    MissingExtraError
        Without the package ``antimony``.
    FormatError
        For what is not Antimony, with its line.
    UnsupportedError
        For formulas that name each other in more ways than libantimony can follow.
    """
    library = _library()
    _refuse_towers(content, source)
    problem = _load(library, content, source)
    if problem:  # annotations of a model by its own name, as older versions wrote them
        renamed = _own_annotations(content)
        problem = _load(library, renamed, source) if renamed != content else problem
    if problem:
        at = re.match(r"Error in model string, (line \d+):\s*(.*)", problem)
        where, what = (f"{source}, {at[1]}", at[2]) if at else (source, problem)
        raise FormatError(f"{where}: not Antimony ({what})")
    return library.getSBMLString(library.getMainModuleName())


def _library() -> ModuleType:
    try:
        import antimony
    except ImportError:
        raise MissingExtraError("Antimony needs the extra: python -m pip install 'crnsym[antimony]'") from None
    return antimony


def _load(library: ModuleType, content: str, source: str) -> str:
    """Load a text; return what is wrong with it, or nothing."""
    library.clearPreviousLoads()
    library.clearDirectories()
    library.addDirectory(str(Path(source).absolute().parent))
    if library.loadAntimonyString(content) >= 0:
        return ""
    try:
        told = library.getLastError()
    except UnicodeDecodeError:  # it cuts letters in two
        told = "it cannot be read"
    problem = " ".join(told.replace("\\n", "line end").split())
    if "from libSBML: " in problem:  # the rule that is broken, and at last what breaks it
        rule, _, detail = problem.partition("from libSBML: ")[2].partition("Reference: ")
        problem = re.sub(r"^L3V\d .*?\d ", "", detail).partition(" A <")[0] or rule
        problem = problem.partition(". ")[0]
    return problem


def _refuse_towers(content: str, source: str) -> None:
    """Refuse formulas that name each other in a million ways: libantimony follows every one, and nothing stops it."""
    lines = _COMMENT.sub(" ", content)
    named = {name: [n for n in _NAME.findall(formula) if n != name] for name, formula in _ASSIGNED.findall(lines)}
    ways: dict[str, int] = {}
    for first in named:
        stack, open_ = [first], {first}
        while stack:
            name = stack[-1]
            waiting = next((n for n in named[name] if n in named and n not in ways and n not in open_), None)
            if waiting is not None:
                stack.append(waiting)
                open_.add(waiting)
                continue
            open_.discard(stack.pop())
            ways[name] = 1 + sum(ways.get(n, 0) for n in named[name])
            if ways[name] > _MOST_WAYS:
                raise UnsupportedError(
                    f"{source}: the formula of {name[:40]} has more than {_MOST_WAYS} parts when all that it names is "
                    "written out"
                )


def _own_annotations(content: str) -> str:
    """Write ``model is "..."`` for ``NAME is "..."`` where NAME is that of a model."""
    for name in re.findall(r"^\s*model\s+\*?\s*([A-Za-z_]\w*)", content, re.MULTILINE):
        content = re.sub(rf'(^|;)([ \t]*){name}(?=[ \t]+\w+[ \t]+["`])', r"\1\2model", content, flags=re.MULTILINE)
    return content
