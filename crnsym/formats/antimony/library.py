"""Antimony to SBML, by libantimony: the reference implementation of the language."""

import re
from pathlib import Path
from typing import Any

from ...errors import FormatError, MissingExtraError

_LONGEST = 300
"""Characters of a message that are shown."""


def to_sbml(content: str, source: str) -> str:
    """Return Antimony text as SBML text; files that it imports are looked for beside ``source``.

    Raises
    ------
    MissingExtraError
        Without the package ``antimony``.
    FormatError
        For what is not Antimony, with its line.
    """
    library = _library()
    problem = _load(library, content, source)
    if problem:  # annotations of a model by its own name, as older versions wrote them
        renamed = _own_annotations(content)
        problem = _load(library, renamed, source) if renamed != content else problem
    if problem:
        at = re.match(r"Error in model string, (line \d+):\s*(.*)", problem)
        where, what = (f"{source}, {at[1]}", at[2]) if at else (source, problem)
        raise FormatError(f"{where}: not Antimony ({what})")
    return library.getSBMLString(library.getMainModuleName())


def _library() -> Any:
    try:
        import antimony
    except ImportError:
        raise MissingExtraError("Antimony needs the extra: python -m pip install 'crnsym[antimony]'") from None
    return antimony


def _load(library: Any, content: str, source: str) -> str:
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
    return problem if len(problem) < _LONGEST else f"{problem[:_LONGEST]} ..."


def _own_annotations(content: str) -> str:
    """Write ``model is "..."`` for ``NAME is "..."`` where NAME is that of a model."""
    for name in re.findall(r"^\s*model\s+\*?\s*([A-Za-z_]\w*)", content, re.MULTILINE):
        content = re.sub(rf'(^|;)([ \t]*){name}(?=[ \t]+\w+[ \t]+["`])', r"\1\2model", content, flags=re.MULTILINE)
    return content
