"""Annotations by which models say what their elements are (MIRIAM), terms of the SBO, and notes: kept, written back.

The form that travels in ``network.metadata["annotations"]`` is plain data::

    {"species": {"A": [["is", "https://identifiers.org/CHEBI:17234"], ["sbo", "SBO:0000247"]]}, ...}

with the kinds ``model`` (one entry, named ""), ``species``, ``parameters`` and ``reactions``; the qualifiers
are those of BioModels.net, ``sbo`` a term of the ontology and ``notes`` XHTML.

N. Le Novère et al., Nat. Biotechnol. 23:1509, 2005.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import libsbml

from .annotation import annotation

DEFAULT_TERMS = {
    "model": "SBO:0000293",
    "species": "SBO:0000247",
    "parameters": "SBO:0000009",
    "reactions": "SBO:0000176",
}
"""What an element is where nothing else was said: rate equations, chemical, constant, reaction."""
Entries = list[list[str]]
_BIOLOGICAL = {
    libsbml.BiolQualifierType_toString(i): i
    for i in range(libsbml.BQB_UNKNOWN)
    if libsbml.BiolQualifierType_toString(i)
}
_MODEL = {f"model:{libsbml.ModelQualifierType_toString(i)}": i for i in range(libsbml.BQM_UNKNOWN)}


def annotations_of(model: libsbml.Model, names: Mapping[str, str]) -> dict[str, dict[str, Entries]]:
    """Return the annotations of a model, by kind and name in the network."""
    kinds: dict[str, Iterable[Any]] = {
        "model": [model],
        "species": model.getListOfSpecies(),
        "parameters": model.getListOfParameters(),
        "reactions": model.getListOfReactions(),
    }
    found = {}
    for kind, elements in kinds.items():
        named = {"" if kind == "model" else names.get(e.getId(), e.getId()): _entries(e, kind) for e in elements}
        if kept := {name: entries for name, entries in named.items() if entries}:
            found[kind] = kept
    return found


def _entries(element: libsbml.SBase, kind: str) -> Entries:
    entries: Entries = []
    for i in range(element.getNumCVTerms()):
        term = element.getCVTerm(i)
        if term.getQualifierType() == libsbml.BIOLOGICAL_QUALIFIER:
            qualifier = libsbml.BiolQualifierType_toString(term.getBiologicalQualifierType())
        else:
            qualifier = f"model:{libsbml.ModelQualifierType_toString(term.getModelQualifierType())}"
        entries += [[qualifier, term.getResourceURI(j)] for j in range(term.getNumResources())]
    if element.isSetSBOTerm() and element.getSBOTermID() != DEFAULT_TERMS[kind]:
        entries.append(["sbo", element.getSBOTermID()])
    if element.isSetNotes() and "standard_error" not in annotation(element):  # that note is written anew
        entries.append(["notes", element.getNotesString()])
    return entries


def write_back(element: libsbml.SBase, kept: Mapping[str, Mapping[str, Entries]], kind: str, name: str) -> None:
    """Give an element the annotations that the network keeps for it."""
    for qualifier, value in kept.get(kind, {}).get(name, ()):
        if qualifier == "sbo":
            element.setSBOTerm(value)
        elif qualifier == "notes":
            if not element.isSetNotes():
                element.setNotes(value)
        elif qualifier in _BIOLOGICAL or qualifier in _MODEL:
            term = libsbml.CVTerm(libsbml.BIOLOGICAL_QUALIFIER if qualifier in _BIOLOGICAL else libsbml.MODEL_QUALIFIER)
            if qualifier in _BIOLOGICAL:
                term.setBiologicalQualifierType(_BIOLOGICAL[qualifier])
            else:
                term.setModelQualifierType(_MODEL[qualifier])
            term.addResource(value)
            if not element.isSetMetaId():
                element.setMetaId(f"meta_{element.getIdAttribute() or kind}")
            element.addCVTerm(term)
