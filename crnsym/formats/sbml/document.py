"""SBML text to a valid libsbml document of Level 3 Version 2, or one line that says what is wrong."""

import libsbml

from ...errors import FormatError, UnsupportedError

_SLOW_OR_STYLE = (
    libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
    libsbml.LIBSBML_CAT_MODELING_PRACTICE,
    libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
)


def parse(text: str, source: str) -> libsbml.SBMLDocument:
    """Read and check SBML of any level, and convert it to Level 3 Version 2.

    Raises
    ------
    FormatError
        For broken XML, no model or invalid SBML: the first error, with its line.
    UnsupportedError
        For a package that the model requires, or a level that cannot be converted.
    """
    document = libsbml.readSBMLFromString(text)
    _raise_first(document, source)
    if document.getModel() is None:
        raise FormatError(f"{source}: no model in this SBML file")
    _refuse_packages(document, source)
    for category in _SLOW_OR_STYLE:
        document.setConsistencyChecks(category, False)
    document.checkConsistency()
    _raise_first(document, source)
    if (document.getLevel(), document.getVersion()) != (3, 2):
        level = f"Level {document.getLevel()} Version {document.getVersion()}"
        if not document.setLevelAndVersion(3, 2, False):
            raise UnsupportedError(f"{source}: SBML {level} that libsbml cannot convert to Level 3 Version 2")
    return document


def _raise_first(document: libsbml.SBMLDocument, source: str) -> None:
    for i in range(document.getNumErrors()):
        error = document.getError(i)
        if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR:
            message = " ".join(error.getShortMessage().split() or error.getMessage().split())
            line = f", line {error.getLine()}" if error.getLine() else ""
            detail = _detail(error.getMessage())
            raise FormatError(f"{source}{line}: {message}{detail} (SBML error {error.getErrorId()})")


def _detail(message: str) -> str:
    """Return the last sentence of libsbml's message: the one about this file, not the rule."""
    lines = [" ".join(line.split()) for line in message.splitlines() if line.strip()]
    last = lines[-1].rstrip(".") if lines else ""
    return f": {last}" if last and len(last) < 300 else ""


def _refuse_packages(document: libsbml.SBMLDocument, source: str) -> None:
    for i in range(document.getNumPlugins()):
        package = document.getPlugin(i).getPackageName()
        if package != "l3v2extendedmath" and document.getPackageRequired(package):  # libsbml's own, for L3V1
            raise UnsupportedError(f"{source}: the SBML package '{package}' is required, and not supported")
    for i in range(document.getNumUnknownPackages()):
        prefix = document.getUnknownPackagePrefix(i)
        if document.getPackageRequired(prefix):
            raise UnsupportedError(f"{source}: the SBML package '{prefix}' is required, and not supported")
