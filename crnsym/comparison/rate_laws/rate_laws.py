"""Rate laws of one reaction: what is asked, and the search."""

from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from ...data.laws import is_followed
from ...data.noise import Noise, NoiseModel, estimate_noise
from ...data.smoothing import smooth
from ...data.sources import Measurements, as_trajectories
from ...data.trajectories import Trajectories
from ...deciding import THRESHOLDS
from ...errors import DataError, FitError, UnsupportedError
from ...network.arguments import seed_number
from ...network.network import Network
from ...network.reaction import Reaction
from ...refit.temperature import Temperatures
from ...training.tasks import Tasks
from ..candidate import Candidate
from ..compare import compare
from .beside import beside_of, changes_of, started
from .catalogue import catalogue
from .courses import extents
from .reaction import MOVES, check_species, infer, reaction_of
from .result import RateLaw, RateLaws
from .screen import Screened, chosen, is_idle, screen
from .steps import mechanism_of


def rate_laws(
    data: Measurements,
    reaction: str | None = None,
    *,
    beside: str | Network | None = None,
    noise: Noise = "auto",
    seed: int = 0,
    executor: Executor | Tasks | None = None,
) -> RateLaws:
    """Find the rate law of a reaction, also where it is no mass action, and the mechanism that makes it.

    Power laws of whole and half orders, Michaelis-Menten, reversible, competitive and product inhibition, and
    Langmuir-Hinshelwood denominators are screened on the extent of the reaction; the best are fitted to the
    measurements and ranked by BIC, as by `compare`.

    Parameters
    ----------
    data
        The measurements, as `read_table` returns them, or what it reads. Columns that no reaction changes, such as an
        inhibitor, may take part where they differ between the runs.
    reaction
        Such as ``"A + B -> P"``; by default what one reaction makes of all columns that move.
    beside
        Reactions that go on beside it, ``"P -> Q; 2 Q <-> R"``: of mass action, with constants that are fitted, or of
        any law. All their species must be columns, and their changes must not make those of the reaction.
    noise, seed, executor
        As for `compare`.

    Returns
    -------
    RateLaws
        Its text is a table.

    Raises
    ------
    DataError, FitError, UnsupportedError
        A reactant that was not measured, several reactions and none named, runs of several temperatures, an operated
        vessel.

    Examples
    --------
    >>> import crnsym as cs
    >>> network = cs.network("A -> P @= 2*A/(1 + 3*A)")
    >>> runs = cs.simulate(network, (0, 3, 21), initial=[{"A": 1}, {"A": 2}, {"A": 0.3}])
    >>> cs.rate_laws(runs, "A -> P", noise=0.001)[0].title
    'Michaelis-Menten'
    """
    seed, table = seed_number(seed, FitError), as_trajectories(data)
    _check(table)
    model = noise if isinstance(noise, NoiseModel) else estimate_noise(table, noise)
    wanted = infer(table, model) if reaction is None else reaction_of(reaction)
    wanted, said = check_species(wanted, table)
    further = None if beside is None else beside_of(beside, table)
    known = {*wanted.reactants, *wanted.products, *(further.species_names if further else ())}
    others, aside = _others(table, model, wanted, known)
    places = [i for i, x in enumerate(table.species) if x in known or x in others]
    table = _only(table, places)
    if isinstance(noise, NoiseModel):
        noise = NoiseModel(noise.relative[places], noise.absolute[places])
    model = noise if isinstance(noise, NoiseModel) else estimate_noise(table, noise)
    if not wanted.net:
        raise FitError("the reaction changes no measured species; name one that does, such as 'A -> P'")
    changes = changes_of(wanted, further.reactions if further else (), table.species)
    taking_part = [x for x in table.species if x in known and x not in {*wanted.reactants, *wanted.products}]
    forms = catalogue(wanted.reactants, wanted.products, [*taking_part, *others])
    course = extents(table, model, changes)
    if np.all(course.gains <= 0):
        arrow = f"{wanted.products} -> {wanted.reactants}"
        raise FitError(f"the reaction runs the other way round in every run; name it as '{arrow}'")
    screened = screen(forms, course, table.species)
    kept = chosen(screened)
    if not kept:
        raise FitError("no rate law of this reaction follows the runs; does another reaction change its species?")
    networks = [law.form.network(table.species, law.values) for law in kept]
    if further is not None:
        going_on = started(further, table, model, changes)
        networks = [law + going_on for law in networks]
    names = [str(i) for i in range(len(kept))]
    found = compare(networks, table, names=names, noise=noise, seed=seed, executor=executor)
    laws = [_law(kept[int(c.name)], c) for c in found]
    # at its optimum a law may be a simpler one, which is there by itself
    laws = tuple(law for law in laws if not is_idle(law.form, law.values, course.points, table.species)) or tuple(laws)
    laws = _plainest_first(laws)
    return RateLaws(wanted, laws, found, len(forms), (*table.remarks, *said, *aside))


def _check(data: Trajectories) -> None:
    if Temperatures.of(data) is not None:
        raise DataError("rate laws need runs of one temperature; give those of one")
    if data.operation is not None:
        raise UnsupportedError("rate laws need closed vessels; for runs with an operation compare laws by `compare`")
    if data.wavelengths:
        raise DataError("rate laws need concentrations, not absorbances; the columns are wavelengths")


def _others(
    data: Trajectories, noise: NoiseModel, reaction: Reaction, known: set[str]
) -> tuple[list[str], tuple[str, ...]]:
    """Return columns outside the reaction that stay and differ between runs, and remarks on those that move."""
    courses = smooth(data, noise)
    sigma = np.array([noise.sigma(c).mean(axis=0) for c in courses])
    moved = np.max([np.abs(c[-1] - c[0]) / (2.0 * s) for c, s in zip(courses, sigma, strict=True)], axis=0) > MOVES
    differs = np.ptp([c.mean(axis=0) for c in courses], axis=0) > MOVES * sigma.mean(axis=0)
    outside = [i for i, name in enumerate(data.species) if name not in known]
    followed = is_followed(data)
    aside = tuple(
        f"{data.species[i]} moves but is not in '{reaction.reactants} -> {reaction.products}'; it is left out"
        for i in outside
        if moved[i] and followed[i]
    )
    return [data.species[i] for i in outside if differs[i] and followed[i] and not moved[i]], aside


def _only(data: Trajectories, places: list[int]) -> Trajectories:
    """Return the table of some of its columns."""
    return replace(
        data,
        species=tuple(data.species[i] for i in places),
        values=tuple(v[:, places] for v in data.values),
        errors=None if data.errors is None else tuple(e[:, places] for e in data.errors),
        units=tuple(data.units[i] for i in places) if data.units else (),
    )


def _plainest_first(laws: tuple[RateLaw, ...]) -> tuple[RateLaw, ...]:
    """Sort by score; of those as good as the best, the one with the fewest constants comes first."""
    least = min((law.candidate.score for law in laws), default=0.0)

    def place(law: RateLaw) -> tuple[float, ...]:
        score = law.candidate.score
        return (0, len(law.form.parameters), score) if score <= least + THRESHOLDS.tie else (1, score)

    return tuple(sorted(laws, key=place))


def _law(screened: Screened, candidate: Candidate) -> RateLaw:
    return RateLaw(screened.form, mechanism_of(screened.form), candidate)
