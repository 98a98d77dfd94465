"""What SBML has no place for, in annotations of our own: exact numbers, written units, formulas, laws.

An annotation is trusted only where it agrees with the plain SBML beside it, so that an edited file means
what it says.
"""

import math
import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

import libsbml
import sympy as sp

from ...errors import UnsupportedError
from ...network.symbols import exact_number, number_text
from .mathml import fits_real

NAMESPACE = "urn:crnsym:sbml:1"
_REFERENCE = re.compile(r"&(?=(amp|lt|gt|apos|quot|#\d+|#x[0-9A-Fa-f]+);)")


def as_written(text: str) -> str:
    """Return a text so that libsbml writes what it says: it takes ``&amp;`` in a name for a sign already escaped."""
    return _REFERENCE.sub("&amp;", text)


def annotate(element: libsbml.SBase, entries: Mapping[str, str]) -> None:
    """Attach ``<crnsym:about key="value" .../>``."""
    if entries:
        attributes = " ".join(f"{key}={quoteattr(as_written(value))}" for key, value in entries.items())
        element.setAnnotation(f'<annotation><crnsym:about xmlns:crnsym="{NAMESPACE}" {attributes}/></annotation>')


def annotation(element: libsbml.SBase) -> dict[str, str]:
    """Return the entries that `annotate` attached."""
    if not element.isSetAnnotation():
        return {}
    tree = element.getAnnotation()
    for i in range(tree.getNumChildren()):
        child = tree.getChild(i)
        if child.getURI() == NAMESPACE and child.getName() == "about":
            return {child.getAttrName(j): child.getAttrValue(j) for j in range(child.getAttributesLength())}
    return {}


def exact_entry(value: sp.Rational | None) -> dict[str, str]:
    """Return the annotation that a number needs beside the 15 digits of its attribute."""
    return {} if value is None or fits_real(value) else {"exact": number_text(value)}


def exact_value(number: float, element: libsbml.SBase, source: str) -> sp.Rational:
    """Return the exact number of an attribute, from the annotation of its element if that agrees.

    Raises
    ------
    UnsupportedError
        If it is no finite number.
    """
    entries = annotation(element)
    if not math.isfinite(number):
        what = f"the value of {element.getElementName()} '{element.getIdAttribute()}' is {number:g}"
        raise UnsupportedError(f"{source}, line {element.getLine()}: {what}, which is no finite number")
    if "exact" in entries:
        exact = exact_number(entries["exact"])
        if f"{float(exact):.15g}" == f"{number:.15g}":
            return exact
    return exact_number(number)


def note(element: libsbml.SBase, *paragraphs: str) -> None:
    """Set readable notes."""
    text = "".join(f"<p>{escape(as_written(p))}</p>" for p in paragraphs if p)
    if text:
        element.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml">{text}</body>')
