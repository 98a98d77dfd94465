"""What users may give where a number, a rate or times are asked for."""

from collections.abc import Mapping, Sequence
from typing import SupportsFloat, TypeAlias

import sympy as sp
from numpy.typing import ArrayLike

Number: TypeAlias = SupportsFloat | str
"""As `exact_number` reads it: of Python, numpy or sympy, or a text such as ``"1/3"``."""

Formula: TypeAlias = Number | sp.Basic
"""As `exact_expression` reads it: a number, a text with names, or an expression of sympy."""

Hops: TypeAlias = Formula | Mapping[str, Formula]
"""Rate of a hop to each empty neighbour, one for all species or {species: rate}."""

Times: TypeAlias = ArrayLike
"""``(start, stop, points)``, or two or more times that increase, as `time_grid` reads them."""

Amounts: TypeAlias = Mapping[str, Number]
"""{species: concentration or number of molecules}."""

Initial: TypeAlias = Amounts | Sequence[Amounts] | None
"""The state at the start; a list of them makes one run each."""

Shape: TypeAlias = int | Sequence[int]
"""Sides of a lattice; one number is a chain."""
