"""What is known beforehand: reactions that must or may be there, elements that must balance, a closed vessel."""

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
from ..regression.library import Library, build_library
from ..search.question import Unmeasured
from ..search.score import Vessel
from ..search.strategies.composed import steps
from ..search.widen import widened
from .allowed import LAST, allowed_reactions, library_of
from .describe import reaction_texts
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
    listed
        Reactions beside which there are none but the required ones, or None; of measured species, then hidden ones.
    vessel
        In a closed one no reaction makes or destroys matter.
    excluded
        Reactions of measured species that no mechanism may have, or None.
    """

    required: Mechanism | None
    composition: Composition | None
    listed: Mechanism | None = None
    vessel: Vessel = "auto"
    excluded: Mechanism | None = None

    @staticmethod
    def of(
        data: Trajectories,
        known: Network | None,
        formulas: Mapping[str, str] | None,
        max_order: int | None,
        library: Network | None = None,
        vessel: Vessel = "auto",
        excluded: Network | None = None,
    ) -> "Restrictions":
        """Check and arrange what the user knows.

        Raises
        ------
        FitError
            ``max_order`` out of range, a known or allowed reaction that does not balance, one that a closed vessel
            cannot have, or one that is both known and excluded.
        NetworkError, UnsupportedError
            Known reactions or formulas of species that are not measured.
        """
        if max_order is not None and max_order not in (1, 2, 3):
            raise FitError(f"max_order={max_order} is not possible; give 1, 2 or 3 reactant molecules")
        required = None if known is None else given_mechanism(known, data, "known")
        made_of = None if formulas is None else _composition(data.species, formulas)
        named = () if made_of is None else made_of.species[len(data.species) :]
        listed = None if library is None else allowed_reactions(library, data, named)
        for mechanism, kind in ((required, "known"), (listed, "allowed")):
            if mechanism is not None:
                _check(mechanism, kind, made_of, vessel)
        never = None if excluded is None else given_mechanism(excluded, data, "excluded")
        if never is not None and required is not None:
            for text in reaction_texts(never):
                if text in reaction_texts(required):
                    raise FitError(f"the reaction {text} is both known and excluded; leave it out of one of them")
        return Restrictions(required, made_of, listed, vessel, never)

    @property
    def starts(self) -> tuple[Mechanism, ...]:
        """The known reactions as a mechanism to start from."""
        return () if self.required is None else (self.required,)

    def library(self, species: int, order: int, products: int, laws: np.ndarray | None) -> Library:
        """List the reactions that may be, and the known ones whether they are among them or not."""
        if self.listed is not None:
            return self.including_known(self._without(library_of(self.listed, species, order, laws)))
        library = self._without(build_library(species, order, products, laws))
        if self.composition is not None:
            library = self.composition.allowed(library, order)
        if self.vessel == "closed":
            library = library.restrict(~one_sided(library.net))
        return self.including_known(library)

    def unmeasured(self, measured: int) -> Unmeasured | None:
        """Return the hidden species that a list of reactions or formulas name beside the measured ones, if any."""
        source = self.listed or self.composition
        if source is None or len(source.species) == measured:
            return None
        if self.listed is not None:
            every = library_of(self.listed, len(source.species), LAST)
            return Unmeasured(source.species[measured:], self._without(every))
        assert self.composition is not None
        return Unmeasured(source.species[measured:], self._without(steps(self.composition)))

    def kept(self, mechanism: Mechanism) -> Mechanism:
        """Return what a list of reactions allows of a mechanism, without what is excluded."""
        mechanism = self._stripped(mechanism)
        if self.listed is None:
            return mechanism
        may = widened(self.listed, mechanism.species).structure()
        if self.required is not None:
            may |= widened(self.required, mechanism.species).structure()
        sides = zip(mechanism.reactants.tolist(), mechanism.products.tolist(), strict=True)
        return mechanism.take(np.array([i for i, (a, b) in enumerate(sides) if (tuple(a), tuple(b)) in may], int))

    def allows(self, mechanism: Mechanism) -> bool:
        """Whether every reaction of a mechanism is allowed: by the list, by a closed vessel, and not excluded."""
        closed = self.vessel != "closed" or not one_sided(mechanism.net_stoichiometry).any()
        return closed and len(self.kept(mechanism).log_rates) == len(mechanism.log_rates)

    def including_known(self, library: Library) -> Library:
        """Add the known reactions where they are missing."""
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
        """Add the known reactions that a mechanism lacks, and take away those that are excluded."""
        mechanism = self._stripped(mechanism)
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

    def _stripped(self, mechanism: Mechanism) -> Mechanism:
        if self.excluded is None:
            return mechanism
        never = widened(self.excluded, mechanism.species).structure()
        sides = zip(mechanism.reactants.tolist(), mechanism.products.tolist(), strict=True)
        kept = [i for i, (a, b) in enumerate(sides) if (tuple(a), tuple(b)) not in never]
        return mechanism if len(kept) == len(mechanism.log_rates) else mechanism.take(np.array(kept, int))

    def _without(self, library: Library) -> Library:
        if self.excluded is None:
            return library
        hidden = library.net.shape[1] - len(self.excluded.species)
        never = widened(self.excluded, (*self.excluded.species, *("" for _ in range(hidden)))).structure()
        left = library.complexes[library.source]
        rows = zip(left.tolist(), (left + library.net).tolist(), strict=True)
        return library.restrict(np.array([(tuple(a), tuple(b)) not in never for a, b in rows], bool))


def one_sided(net: np.ndarray) -> np.ndarray:
    """Whether each reaction only makes or only destroys molecules, ``(reactions,)``."""
    return np.all(net >= 0, axis=1) | np.all(net <= 0, axis=1)


def _check(mechanism: Mechanism, kind: str, made_of: Composition | None, vessel: Vessel) -> None:
    """Refuse reactions that somebody wrote where they contradict something else that was said."""
    net = mechanism.net_stoichiometry
    texts = reaction_texts(mechanism)
    if made_of is not None:
        changes = net @ made_of.elements[:, : net.shape[1]].T
        for text, change in zip(texts, changes.tolist(), strict=True):
            if tuple(change) not in made_of.reachable:
                raise FitError(f"the {kind} reaction {text} does not balance by the formulas; correct one of them")
    if vessel == "closed" and one_sided(net).any():
        text = texts[int(np.flatnonzero(one_sided(net))[0])]
        raise FitError(
            f"the {kind} reaction {text} makes or destroys matter, which a closed vessel cannot; leave it out, "
            "or say that the vessel is open"
        )


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
