"""Names in LaTeX, as everywhere (`crnsym.network.latex_names`)."""

from ...network.latex_names import escape as escape
from ...network.latex_names import math_name as math_name
from ...network.latex_names import species_name as species_name
