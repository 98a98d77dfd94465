"""SBML text to a valid libsbml document of Level 3 Version 2, or one line that says what is wrong."""

import libsbml

from ...errors import FormatError, UnsupportedError
from ..sbml_text import document_of, raise_first
from .refuse import refuse_fast

_SLOW_OR_STYLE = (
    libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
    libsbml.LIBSBML_CAT_MODELING_PRACTICE,
    libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
)

_HARMLESS = frozenset({"l3v2extendedmath", "layout", "render"})
"""Packages that do not change what a model means (the first is libsbml's own, for Level 3 Version 1)."""


def parse(text: str, source: str) -> tuple[libsbml.SBMLDocument, str]:
    """Read and check SBML of any level, and convert it to Level 3 Version 2; return its own level as text too.

    Raises
    ------
    FormatError
        For broken XML, no model or invalid SBML: the first error, with its line.
    UnsupportedError
        For a package that the model requires, or a level that cannot be converted.
    """
    document = document_of(text, source)
    _refuse_packages(document, source)
    raise_first(document, source)
    model = document.getModel()
    if model is None:
        raise FormatError(f"{source}: no model in this SBML file")
    refuse_fast(model, source)
    for category in _SLOW_OR_STYLE:
        document.setConsistencyChecks(category, False)
    document.checkConsistency()
    raise_first(document, source)
    level = f"Level {document.getLevel()} Version {document.getVersion()}"
    current = (document.getLevel(), document.getVersion()) == (3, 2)
    if not current and not document.setLevelAndVersion(3, 2, False):
        raise UnsupportedError(f"{source}: SBML {level} that libsbml cannot convert to Level 3 Version 2")
    return document, level


def _refuse_packages(document: libsbml.SBMLDocument, source: str) -> None:
    if document.getLevel() < 3:
        return
    for i in range(document.getNumPlugins()):
        package = document.getPlugin(i).getPackageName()
        if package not in _HARMLESS and document.getPackageRequired(package):
            raise UnsupportedError(f"{source}: the SBML package '{package}' is required, and not supported")
    for i in range(document.getNumUnknownPackages()):
        if document.getPackageRequired(document.getUnknownPackageURI(i)):
            package = document.getUnknownPackagePrefix(i)
            raise UnsupportedError(f"{source}: the SBML package '{package}' is required, and not supported")
