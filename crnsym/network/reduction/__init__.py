"""Elimination of fast species: which slower network is left, and how good it is."""

from .eliminate import eliminate as eliminate
from .result import Reduction as Reduction
