"""What every rate law can do."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import sympy as sp

from ..complexes import quoted
from ..printing import expression_text
from ..symbols import exact_expression, symbol

if TYPE_CHECKING:
    from ..reaction import Reaction


class RateLaw(ABC):
    """The rate of a reaction as a function of concentrations (subclasses are frozen dataclasses).

    Fields of a subclass are sympy expressions (constants) or texts (species names).
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    is_mass_action: bool = False
    """Whether the rate is ``k`` times the product of reactant concentrations; then the law has a ``k``."""

    runs_backward: bool = False
    """Whether the rate is that of a step less that of its reverse, so that it may be negative by intent."""

    kind: str
    """Its name in files."""

    call: str = ""
    """Its name in the text format, ``call(species, ..., constants, ...)``; empty for laws with a form of their own."""

    extensive: tuple[str, ...] = ()
    """Constants that are rates or concentrations, and so grow with the volume where amounts are counted."""

    ontology: int = 1
    """Its term of the Systems Biology Ontology, https://www.ebi.ac.uk/sbo; 1 is any rate law."""

    def __post_init__(self) -> None:
        roles = self.roles()
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name not in roles and value is not None:
                object.__setattr__(self, f.name, exact_expression(value))

    @abstractmethod
    def expression(self, reaction: "Reaction") -> sp.Expr:
        """Return the whole rate of the reaction in the ODE, concentration per time."""

    def text(self) -> str:
        """Return the law as the text format writes it: ``@= call(species, ..., constants, ...)``."""
        roles = self.roles()
        constants = [getattr(self, f.name) for f in fields(self) if f.name not in roles]
        return f"@= {self.call}({', '.join([*map(quoted, self.species), *map(expression_text, constants)])})"

    @classmethod
    def roles(cls) -> tuple[str, ...]:
        """Names of the fields that hold a species; they follow the constants."""
        return tuple(f.name for f in fields(cls) if f.type in (str, "str"))  # type: ignore[arg-type]

    @property
    def species(self) -> tuple[str, ...]:
        """Species that the law names itself (those in a free expression are not known here)."""
        return tuple(getattr(self, f.name) for f in fields(self) if isinstance(getattr(self, f.name), str))

    @property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Symbols in the law's constants, by name; a free expression may have species among them."""
        found: set[Any] = set()
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, sp.Symbol):
                found.add(value)
            elif isinstance(value, sp.Basic):
                found |= value.free_symbols
        return tuple(sorted(found, key=lambda s: s.name))

    def substitute(self, values: Mapping[sp.Symbol, sp.Expr]) -> Self:
        """Return the law with symbols replaced in its constants."""
        changes = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, sp.Basic):
                changes[f.name] = value.xreplace(dict(values))
        return replace(self, **changes)

    def rename(self, names: Mapping[str, str]) -> Self:
        """Return the law with species and parameters renamed."""
        law = self.substitute({symbol(a): symbol(b) for a, b in names.items()})
        changes = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, str):
                changes[f.name] = names.get(value, value)
        return replace(law, **changes) if changes else law
