"""Find the chemical reaction network behind data.

The names below load their modules when they are first used; importing ``crnsym`` itself loads nothing heavy.
"""

import importlib
from typing import Any

import lazy_loader

_find, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load what the stub lists; packages of a verb's name are that verb, see `crnsym.verbs`."""
    return importlib.import_module(f"{__name__}.{name}") if name in ("network", "report") else _find(name)
