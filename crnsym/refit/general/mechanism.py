"""A network with any rate laws in the form that is fitted: parameters as numbers, laws as programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import sympy as sp

from ...data.operation.operation import Operation
from ...data.operation.plan import clocks
from ...dynamics.arrays import net_changes
from ...dynamics.integration.machine import Assembler
from ...dynamics.programs import compile_expressions
from ...network.network import Network
from ..evaluate import Evaluation
from ..problem import FitProblem
from .breaks import break_times
from .columns import Prepared
from .observe import Laws
from .text import prepared_from
from .transform import Transform

KEPT = 256  # networks whose programs are kept


@dataclass(frozen=True, eq=False)
class LawMechanism:
    """A network of any rate laws with the fitted parameters on the scale on which they are fitted.

    It stands where a `crnsym.Mechanism` stands in a `crnsym.refit.fit.Fit`; what only makes sense for mass action of
    single rates it does not have.

    Attributes
    ----------
    species
        Columns of its fit problems: those of the data (species or observables), species that were not measured,
        and then names of parameters that have a value of their own in every run.
    text
        What `prepared` is made from; text, so that a mechanism can be handed to other processes.
    log_rates
        ``(params,)`` the fitted numbers, see `transform`: logarithms of positive parameters.
    transform
        From these numbers to parameters.
    provenance
        Remarks.
    """

    species: tuple[str, ...]
    text: str
    log_rates: np.ndarray
    transform: Transform
    provenance: tuple[str, ...] = field(default=("given",))

    @property
    def prepared(self) -> Prepared:
        """The network, what its columns are, and what is fitted."""
        return prepared_from(self.text)

    @property
    def laws(self) -> Laws:
        """Programs of the rates and columns."""
        return compiled(self.text, self.species)[0]

    @property
    def start_laws(self) -> Laws:
        """Programs of the rates and the initial values."""
        return compiled(self.text, self.species)[1]

    @property
    def network(self) -> Network:
        """The network that was given, numeric rate constants named."""
        return self.prepared.network

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the fitted parameters, in order."""
        return self.prepared.fitted

    @property
    def hidden(self) -> tuple[str, ...]:
        """Species that stand in no column of the data by themselves."""
        return tuple(self.prepared.starts)

    @cached_property
    def values(self) -> np.ndarray:
        """Values of the fitted parameters, ``(params,)``."""
        return self.transform.values(self.log_rates)

    @cached_property
    def reactions(self) -> list[str]:
        """The reactions as text; with the rate law where it is not mass action."""
        return [
            f"{r.reactants} -> {r.products}" + ("" if r.rate.is_mass_action else f"  {r.rate.text()}")
            for r in self.network.reactions
        ]

    @property
    def break_laws(self) -> Laws:
        """Programs of the rates and of the times at which they jump."""
        return break_laws(self.text, self.species)

    @property
    def held(self) -> np.ndarray:
        """Which species reactions and dilution leave alone, ``(species,)``."""
        fixed = self.network.fixed_species
        return np.array([name in fixed for name in self.network.species_names], dtype=np.bool_)

    def clocks(
        self, operation: tuple[Operation, ...] | None, times: np.ndarray, lengths: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the times to integrate through and what is done to the vessels, for the species of the network."""
        return clocks(operation, self.network.species_names, times, lengths)

    @property
    def measured(self) -> tuple[tuple[int, int], ...]:
        """(column, species) of the species that are columns and start from what was measured."""
        return measured(self.text, self.species)

    def evaluate(self, problem: FitProblem, initial: np.ndarray, rtol: float = 1e-6) -> Evaluation | None:
        """Simulate every run and compare, as `crnsym.refit.evaluate.evaluate` does."""
        from .evaluate import evaluate

        return evaluate(self, problem, initial, rtol)

    def courses(
        self,
        initial: np.ndarray,
        times: Sequence[np.ndarray],
        rtol: float = 1e-6,
        operation: tuple[Operation, ...] | None = None,
    ) -> list[np.ndarray]:
        """Return the columns over time, ``(times, columns)`` a run; NaN where a run cannot be integrated."""
        from .evaluate import courses

        return courses(self, initial, times, rtol, operation)


@lru_cache(KEPT)
def measured(text: str, columns: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """(column, species) of the species that are columns and start from what was measured."""
    prepared = prepared_from(text)
    index = prepared.network.species_index
    return tuple((c, index[s]) for c, s in enumerate(columns) if s in index and s not in prepared.starts)


@lru_cache(KEPT)
def compiled(text: str, columns: tuple[str, ...]) -> tuple[Laws, Laws]:
    """Return the programs of a prepared network: rates and columns, and initial values.

    Raises
    ------
    UnsupportedError
        A function in a rate law or observable that cannot be simulated.
    """
    prepared = prepared_from(text)
    network = prepared.network
    names = [*network.species_names, *network.parameters]
    places = {name: i for i, name in enumerate(names)}
    starts, changed, changes = net_changes(network, range(len(network.reactions)))
    species = len(network.species_names)
    rates = _program([r.rate_expression for r in network.reactions], places)
    seen = _program([prepared.columns.get(c, sp.Symbol(c)) for c in columns], places)
    laws = Laws(species, *rates, starts, changed.astype(np.int64), changes, *seen)
    first = _program([prepared.starts.get(s, sp.S.Zero) for s in network.species_names], places)
    return laws, laws._replace(seen_rows=first[0], seen_numbers=first[1], seen=first[2])


@lru_cache(KEPT)
def break_laws(text: str, columns: tuple[str, ...]) -> Laws:
    """Return the program of the times at which rates jump, see `breaks.break_times`; no outputs where none do."""
    prepared = prepared_from(text)
    names = [*prepared.network.species_names, *prepared.network.parameters]
    found = _program(break_times(prepared), {name: i for i, name in enumerate(names)})
    return compiled(text, columns)[0]._replace(seen_rows=found[0], seen_numbers=found[1], seen=found[2])


def _program(expressions: Sequence[sp.Expr], places: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    assembler = Assembler(len(places), [])
    outputs = assembler.place(compile_expressions(expressions, places, {}))
    rows = np.array(assembler.rows, dtype=np.int64).reshape(-1, 4)
    return rows, np.array(assembler.numbers, dtype=float), np.array(outputs, dtype=np.int64)
