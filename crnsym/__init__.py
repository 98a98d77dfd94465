"""Find the chemical reaction network behind data.

The names below load their modules when they are first used; importing ``crnsym`` itself loads nothing heavy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__version__ = "0.1.0"
