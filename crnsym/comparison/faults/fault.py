"""One fault of the measurements, in a sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with some values.

    Attributes
    ----------
    sentence
        Run, column, time and value, and what is wrong.
    remedy
        What is done about it, added to the sentence if it is done.
    places
        (run, row, column) of values that are left out.
    column
        A column that is left out as a whole.
    """

    sentence: str
    remedy: str = ""
    places: tuple[tuple[int, int, int], ...] = ()
    column: int | None = None
