"""SBML models simulated as SBML means them, beyond what a network can hold.

=============== ===================================================
``load``        file to model; refusals by name
``tables``      model to quantities, rules, reactions, functions
``formula``     formulas to Python expressions
``operations``  their operators and functions
``arithmetic``  what those call
``equations``   the graph of all values; compiled parts of it
``system``      a model ready to run
``events``      what happens at one moment
``integrate``   from moment to moment
``crossing``    the first moment of a step at which a condition changes
``interval``    formulas over a stretch of time
``steps``       the steps of the solvers
``counting``    the same model as a jump process of molecules
``jumps``       its loop
``native``      formulas as machine code, for that loop
``settings``    settings files of the SBML Test Suite
``case``        its cases
``courses``     a model file as a table of time courses
=============== ===================================================
"""

from .case import simulate_case, simulate_stochastic_case
from .settings import Settings

__all__ = ["Settings", "simulate_case", "simulate_stochastic_case"]
