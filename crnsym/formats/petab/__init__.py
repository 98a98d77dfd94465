"""PEtab, problems of parameter estimation as tables beside a model: versions 1 and 2 are read, version 1 is written.

============ ==========================================
``problem``  what a problem says, of either version
``read``     a YAML file to that
``version1`` tables of version 1
``version2`` tables of version 2
``write``    a network and its measurements as a problem
============ ==========================================
"""

from .write import write_petab

__all__ = ["write_petab"]
