"""SBML of any level to a libsbml model, and what no simulation here can do refused by name."""

from pathlib import Path
from typing import Any

import libsbml

from ...errors import FormatError, UnsupportedError
from ...formats.antimony.library import to_sbml
from ...formats.files import read_text
from ...formats.sbml_text import document_of, raise_first


def load(path: str | Path) -> libsbml.SBMLDocument:
    """Read an SBML or Antimony (.ant) file; the model lives as long as the document that is returned.

    Raises
    ------
    FormatError
        For a file that cannot be read, broken XML or no model.
    UnsupportedError
        For a package, algebraic rule or fast reaction, by name.
    """
    text = read_text(path)
    document = document_of(to_sbml(text, str(path)) if Path(path).suffix.lower() == ".ant" else text, str(path))
    _refuse_packages(document, str(path))
    raise_first(document, str(path))
    if document.getLevel() > 2 and document.getPlugin("comp") is not None:
        document = _flattened(document, Path(path))
    model: Any = document.getModel()
    if model is None:
        raise FormatError(f"{path}: no model in this SBML file")
    _refuse_elements(model, str(path))
    return document


def _flattened(document: libsbml.SBMLDocument, path: Path) -> libsbml.SBMLDocument:
    """Return a hierarchical model with its submodels in place, named as libsbml does: ``submodel__element``.

    Files that it refers to are looked for beside it.
    """
    options = libsbml.ConversionProperties()
    options.addOption("flatten comp", True)
    options.addOption("basePath", str(path.resolve().parent))
    options.addOption("performValidation", False)
    document.getErrorLog().clearLog()
    if document.convert(options) != libsbml.LIBSBML_OPERATION_SUCCESS:
        log = [document.getError(i).getMessage() for i in range(document.getNumErrors())]
        why = " ".join(" ".join(log[1:2] or log).split())
        raise UnsupportedError(f"{path}: the submodels (SBML package 'comp') cannot be put into one model: {why}")
    document = document_of(libsbml.writeSBMLToString(document))
    _refuse_packages(document, str(path))
    raise_first(document, str(path))
    return document


def _refuse_packages(document: libsbml.SBMLDocument, source: str) -> None:
    """Refuse every package that is required, and those that give a model another meaning."""
    if document.getLevel() < 3:
        return
    found = {
        document.getPlugin(i).getPackageName(): document.getPlugin(i).getURI() for i in range(document.getNumPlugins())
    }
    for i in range(document.getNumUnknownPackages()):
        found[document.getUnknownPackagePrefix(i)] = document.getUnknownPackageURI(i)
    for package, address in found.items():
        if package in ("comp", "l3v2extendedmath"):  # the latter is libsbml's own, for Level 3 Version 1
            continue
        if package == "fbc" or document.getPackageRequired(address):
            raise UnsupportedError(f"{source}: the SBML package '{package}' is not supported")


def _refuse_elements(model: libsbml.Model, source: str) -> None:
    for rule in model.getListOfRules():
        if rule.isAlgebraic() and rule.isSetMath():
            raise UnsupportedError(f"{source}: an algebraic rule is not supported")
    for reaction in model.getListOfReactions():
        if reaction.isSetFast() and reaction.getFast():
            raise UnsupportedError(f"{source}: a fast reaction ('{reaction.getId()}') is not supported")
