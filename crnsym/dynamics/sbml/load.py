"""SBML of any level to a libsbml model, and what no simulation here can do refused by name."""

from pathlib import Path
from typing import Any

import libsbml

from ...errors import FormatError, UnsupportedError


def load(path: str | Path) -> libsbml.SBMLDocument:
    """Read an SBML file; the model lives as long as the document that is returned.

    Raises
    ------
    FormatError
        For a file that cannot be read, broken XML or no model.
    UnsupportedError
        For a package, algebraic rule or fast reaction, by name.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path}: cannot be read ({error})") from None
    document = libsbml.readSBMLFromString(text)
    _refuse_packages(document, str(path))
    for i in range(document.getNumErrors()):
        error = document.getError(i)
        if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR:
            message = " ".join(error.getShortMessage().split() or error.getMessage().split())
            raise FormatError(f"{path}, line {error.getLine()}: {message} (SBML error {error.getErrorId()})")
    model: Any = document.getModel()
    if model is None:
        raise FormatError(f"{path}: no model in this SBML file")
    _refuse_elements(model, str(path))
    return document


def _refuse_packages(document: Any, source: str) -> None:
    """Refuse every package that is required, and those that give a model another meaning."""
    if document.getLevel() < 3:
        return
    known = [document.getPlugin(i).getPackageName() for i in range(document.getNumPlugins())]
    unknown = [document.getUnknownPackagePrefix(i) for i in range(document.getNumUnknownPackages())]
    for package in (*known, *unknown):
        if package == "l3v2extendedmath":  # libsbml's own, for Level 3 Version 1
            continue
        if package in ("comp", "fbc") or document.getPackageRequired(package):
            raise UnsupportedError(f"{source}: the SBML package '{package}' is not supported")


def _refuse_elements(model: Any, source: str) -> None:
    for rule in model.getListOfRules():
        if rule.isAlgebraic() and rule.isSetMath():
            raise UnsupportedError(f"{source}: an algebraic rule is not supported")
    for reaction in model.getListOfReactions():
        if reaction.isSetFast() and reaction.getFast():
            raise UnsupportedError(f"{source}: a fast reaction ('{reaction.getId()}') is not supported")
