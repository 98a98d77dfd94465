"""Kinds of input, each a function of a random generator and an empty folder; see `tests.fuzz.case`."""

from . import analyses, arguments, chemistry, documents, models, records, snapshots, tables

KINDS = {
    **tables.KINDS,
    **models.KINDS,
    **chemistry.KINDS,
    **snapshots.KINDS,
    **records.KINDS,
    **documents.KINDS,
    **analyses.KINDS,
    **arguments.KINDS,
}
