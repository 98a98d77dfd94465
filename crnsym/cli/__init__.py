"""The command line: one file a group of commands, every option declared once in ``options``."""

from .commands import app, main

__all__ = ["app", "main"]
