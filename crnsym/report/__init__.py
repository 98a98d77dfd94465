"""Results for people: figures, one HTML page, a folder of files.

The module is callable: ``crnsym.report(found, "report.html")`` writes the page, see `crnsym.report.html`.
"""

import sys
from types import ModuleType
from typing import Any


class _CallableModule(ModuleType):
    """Lets ``crnsym.report`` be both this package and the verb that writes a report."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from .html import report

        return report(*arguments, **options)


sys.modules[__name__].__class__ = _CallableModule
