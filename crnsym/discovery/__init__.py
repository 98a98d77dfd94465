"""The verb that finds reactions: a request, prepared, searched for, answered; one module each."""

from .stages import discover

__all__ = ["discover"]
