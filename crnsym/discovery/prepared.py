"""From a table and a request to questions: roles of columns, knowledge and restrictions, checked before any work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..comparison.faults import without_faults
from ..comparison.known_rates import knowledge
from ..comparison.mixed_columns import told_of_columns
from ..comparison.options import check_options
from ..comparison.restrictions import Restrictions
from ..data.noise import NoiseModel, estimate_noise
from ..data.operation.attach import check_species, with_operation
from ..data.trajectories import Trajectories
from ..errors import FitError, UnsupportedError
from ..network.arguments import seed_number
from ..refit.knowledge import Knowledge
from ..refit.mixtures import Mixtures
from ..refit.observables import mixtures_of
from ..search.question import Question, Unmeasured, ask, ask_mixtures
from .request import Request


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What is asked, in the terms of a search.

    Attributes
    ----------
    request
        As given; its ``hidden`` is 0 where a list of reactions or formulas names no unmeasured species.
    table
        The measurements, with what was done to the vessel, without the faults that were found in them.
    species
        The columns, or the species of which they are mixtures.
    mixtures
        What the columns are, None where each is the concentration of a species.
    restrictions, known_rates, unmeasured
        Of reactions, of rates, and the hidden species that somebody named.
    fixed_starts
        Whether runs start from their first row as recorded.
    """

    request: Request
    table: Trajectories
    species: tuple[str, ...]
    mixtures: Mixtures | None
    restrictions: Restrictions
    known_rates: Knowledge | None
    unmeasured: Unmeasured | None
    fixed_starts: bool

    def question(self, runs: Sequence[int] | None = None, noise: NoiseModel | None = None) -> Question:
        """Ask about some runs (by default all), with the noise that the columns show (by default) or another."""
        request = self.request
        runs = range(len(self.table)) if runs is None else runs
        part = self.table.select(runs)
        asking = ask if self.mixtures is None else partial(ask_mixtures, mixtures=self.mixtures.select(runs))
        return asking(
            part,
            estimate_noise(part, request.noise) if noise is None else noise,
            fixed_starts=self.fixed_starts,
            knowledge=self.known_rates,
            chemistry=self.restrictions,
            max_order=request.max_order,
            hidden=request.hidden,
            unmeasured=self.unmeasured,
            vessel=request.vessel,
            starts=self.restrictions.starts,
            weak_form=request.learner != "crnn",
            seed=request.seed,
        )


def prepare(table: Trajectories, request: Request, time_budget: float) -> Prepared:
    """Check everything that was asked, and arrange it.

    Raises
    ------
    DataError, FitError, NetworkError, UnsupportedError
        See `crnsym.discover`.
    """
    named = request.named()
    table = with_operation(table, request.operation, named if request.plain else None)
    if request.plain:
        table = without_faults(table, _spoken_of(table, request))
    fed = [name for done in table.operation or () for name in done.species]
    chemistry = [n for n in dict.fromkeys([*named, *fed]) if n not in table.species]
    table, mixtures = told_of_columns(table, request.observables, request.spectra, request.charged, chemistry)
    if request.per_run:
        mixtures = (mixtures or mixtures_of(table, {})).per_run(request.per_run, table.experiments)
    starts = request.starts if request.charged is None else "fitted"
    seed_number(request.seed, FitError)
    measured = check_options(
        table,
        request.hidden,
        request.learner,
        request.restarts,
        starts,
        time_budget,
        request.vessel,
        mixtures is not None,
    )
    courses = table if mixtures is None else mixtures.courses(table)
    for label, done in zip(table.experiments, table.operation or (), strict=False):
        check_species(done, (*courses.species, *named), label)
    restrictions = Restrictions.of(
        courses, request.known, request.formulas, request.max_order, request.library, request.vessel, request.excluded
    )
    networks = () if request.known is None else (request.known,)
    known_rates = knowledge(courses, request.rates, request.bounds, request.detailed_balance, networks)
    unmeasured = restrictions.unmeasured(len(courses.species))
    request = replace(request, hidden=_hidden(request, unmeasured))
    return Prepared(request, table, courses.species, mixtures, restrictions, known_rates, unmeasured, measured)


def _spoken_of(table: Trajectories, request: Request) -> set[str]:
    """Species that somebody speaks of: a column of theirs is none too many. Rates may speak of any."""
    if request.rates or request.bounds:
        return set(table.species)
    excluded = () if request.excluded is None else request.excluded.species_names
    noise = request.noise if isinstance(request.noise, Mapping) else ()
    return {*request.named(), *excluded, *noise}


def _hidden(request: Request, unmeasured: Unmeasured | None) -> int | None:
    if unmeasured is not None or (request.formulas is None and request.library is None):
        return request.hidden
    if request.hidden:
        what = "the library" if request.library is not None else "formulas"
        raise UnsupportedError(
            f"hidden={request.hidden} together with {what}: name each species that was not measured in {what}"
        )
    return 0
