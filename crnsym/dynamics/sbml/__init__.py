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
``case``        cases of the SBML Test Suite
=============== ===================================================
"""

from .case import Settings, simulate_case

__all__ = ["Settings", "simulate_case"]
