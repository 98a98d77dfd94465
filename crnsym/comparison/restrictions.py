"""What is known beforehand: reactions that must be there, elements that must balance."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..data.mechanism import Mechanism
from ..data.trajectories import Trajectories
from ..errors import FitError, NetworkError
from ..network.balance import composition
from ..network.network import Network
from ..network.species import Species
from ..regression.composition import Composition
from ..regression.library import Library
from ..search.widen import widened
from .given import given_mechanism


@dataclass(frozen=True, slots=True, eq=False)
class Restrictions:
    """Known chemistry, applied to libraries and mechanisms.

    Attributes
    ----------
    required
        Reactions that every mechanism must have, or None.
    composition
        Formulas of the measured and the hidden species, or None; every reaction must balance.
    """

    required: Mechanism | None
    composition: Composition | None

    @staticmethod
    def of(
        data: Trajectories, known: Network | None, formulas: Mapping[str, str] | None, max_order: int | None
    ) -> "Restrictions":
        """Check and arrange what the user knows.

        Raises
        ------
        FitError
            ``max_order`` out of range, or a known reaction that does not balance.
        NetworkError, UnsupportedError
            Known reactions or formulas of species that are not measured.
        """
        if max_order is not None and max_order not in (1, 2, 3):
            raise FitError(f"max_order={max_order} is not possible; give 1, 2 or 3 reactant molecules")
        required = None if known is None else given_mechanism(known, data, "known")
        made_of = None if formulas is None else _composition(data.species, formulas)
        if required is not None and made_of is not None:
            changes = required.net_stoichiometry @ made_of.elements[:, : len(data.species)].T
            if any(tuple(change) not in made_of.reachable for change in changes.tolist()):
                raise FitError("a known reaction does not balance by the formulas; correct one of them")
        return Restrictions(required, made_of)

    @property
    def starts(self) -> tuple[Mechanism, ...]:
        """The known reactions as a mechanism to start from."""
        return () if self.required is None else (self.required,)

    def allowed(self, library: Library) -> Library:
        """Keep the reactions that balance, and add the known ones where they are missing."""
        if self.composition is not None:
            library = self.composition.allowed(library, int(library.orders.max(initial=0)))
        if self.required is None:
            return library
        hidden = library.net.shape[1] - len(self.required.species)
        return library.including(widened(self.required, (*self.required.species, *("" for _ in range(hidden)))))

    def met_by(self, mechanism: Mechanism) -> bool:
        """Whether a mechanism has every known reaction."""
        if self.required is None:
            return True
        return widened(self.required, mechanism.species).structure() <= mechanism.structure()

    def complete(self, mechanism: Mechanism) -> Mechanism:
        """Add the known reactions that a mechanism lacks."""
        if self.required is None:
            return mechanism
        have = mechanism.structure()
        r = widened(self.required, mechanism.species)
        missing = np.array(
            [(tuple(map(int, a)), tuple(map(int, b))) not in have for a, b in zip(r.reactants, r.products, strict=True)]
        )
        if not missing.any():
            return mechanism
        return mechanism.extended(r.reactants[missing], r.products[missing], r.log_rates[missing])


def _composition(measured: tuple[str, ...], formulas: Mapping[str, str]) -> Composition:
    """Read formulas: of measured species, of hidden ones, and of what is there in excess or as solvent."""
    kinds: dict[str, list[str]] = {"": [], "excess": [], "solvent": []}
    plain = {}
    for name, text in formulas.items():
        formula, _, kind = text.strip().partition(" ")
        if kind.strip() not in kinds:
            raise NetworkError(
                f"formula of {name}: '{kind.strip()}' after {formula} is not understood; "
                "write nothing, excess or solvent"
            )
        plain[name] = formula
        kinds[kind.strip()].append(name)
    lost = [name for name in measured if name in plain and name not in kinds[""]]
    if lost:
        raise NetworkError(f"formula of {lost[0]}: a measured species cannot be in excess or a solvent")
    hidden = tuple(name for name in kinds[""] if name not in measured)
    names = (*measured, *hidden, *kinds["excess"], *kinds["solvent"])
    matrix = composition(Network(species=tuple(map(Species, names))), plain)[1]
    n, e = len(measured) + len(hidden), len(kinds["excess"])
    return Composition.of((*measured, *hidden), matrix[:, :n], matrix[:, n : n + e], matrix[:, n + e :])
