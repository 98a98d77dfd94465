"""Find the reactions, and the hops, behind snapshots of a stochastic system."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..data.snapshots import Shots, Snapshots
from ..errors import DataError
from ..network.arguments import whole_number
from ..training.progress import Progress, Reporter, as_progress
from .counts import count_jumps, count_rules
from .exclusion import AnyRule, Library, examine
from .jumps import lattice_jumps
from .misread import confusion
from .movement import with_hops
from .observed import Jumps
from .preparations import library_of, preparations, refuse_few, refuse_many
from .reading import with_reading_errors
from .result import SnapshotDiscovery
from .searching import advice, search_sets
from .select import Search, Set
from .verdict import conclude
from .weak import independent
from .wording import rule_set

KEPT, MOST_KEPT = 10.0, 40  # score units behind the best up to which a set is reported


def discover_snapshots(
    snapshots: Shots | Sequence[Shots],
    *,
    observables: str = "pairs",
    max_order: int | None = None,
    longest_hop: float = 1.0,
    misread: ArrayLike | None = None,
    progress: Reporter = None,
) -> SnapshotDiscovery:
    """Find the reactions behind snapshots of a lattice, or of counted molecules in a well-mixed volume.

    The expected change of any observable is linear in the rates of the rules and exact for each snapshot, so that
    trajectories are not needed. For a lattice the library holds everything that can happen on a site or between two
    neighbours, hops included, and the observables are counts, their second moments and numbers of pairs; for counts it
    holds all reactions up to an order, and the observables are means and second moments. Sets of rules are fitted to
    the mean increments between snapshots, projected on cosines in time.

    Parameters
    ----------
    snapshots
        `Snapshots`, or the runs that `simulate_lattice` or `simulate_stochastic` return; or a list of these, one a
        preparation, whose rates are the same. Few runs on a large lattice, down to one, are divided into blocks.
    observables
        ``"pairs"``, or ``"counts"`` for the counts (means) alone, from which less can be told.
    max_order
        Largest number of molecules on either side of a reaction, for counts; by default 2, then 3 if 2 is not enough.
    longest_hop
        Distance up to which molecules may hop at once, in distances of neighbours.
    misread
        Chance that a site is taken for another state, each as likely; or ``(states, states)``, empty sites first: a
        column for what a site is, a row for what it is taken for.
    progress
        A reporter, or a function ``(stage, fraction, best)``. Ctrl-C ends the search with the best so far.

    Returns
    -------
    SnapshotDiscovery
        Ranked sets of rules with rates and standard errors, the sets that cannot be told apart, and remarks.

    Raises
    ------
    DataError
        Snapshots that cannot be used, or in which nothing happens; an argument out of its range.

    Examples
    --------
    >>> from crnsym import network, simulate_stochastic
    >>> runs = simulate_stochastic(network("A -> B @ 0.5; init A = 50"), (0, 5, 21), runs=40)
    >>> discover_snapshots(runs)[0].reactions
    ['A -> B']
    """
    every = preparations(snapshots)
    shots = every[0]
    if observables not in ("pairs", "counts"):
        raise DataError(f"observables={observables!r} is unknown; choose pairs or counts")
    if max_order is not None:
        max_order = whole_number("max_order", max_order, 1, 3, DataError)
    if max_order is not None and shots.kind == "lattice":
        raise DataError("max_order is for counts; on a lattice rules take at most two neighbours")
    if shots.kind == "counts" and (misread is not None or longest_hop != 1.0):
        name = "misread" if misread is not None else "longest_hop"
        raise DataError(f"{name} is for snapshots of a lattice; these are counts")
    reporter, counts_only = as_progress(progress), observables == "counts"
    if shots.kind == "lattice":
        rules: Sequence[AnyRule] = library_of(shots, longest_hop)
        wrong = None if misread is None else confusion(misread, len(shots.species) + 1)
        reporter.report("counting pairs", None, "")
        jumps = [lattice_jumps(s, rules, counts_only, wrong) for s in every]  # type: ignore[arg-type]  # of lattices
        return _discover(every, rules, jumps, counts_only, reporter)
    for order in (2, 3) if max_order is None else (int(max_order),):
        rules = count_rules(len(shots.species), order)
        refuse_many(len(rules), f"reactions of {order} molecules of {len(shots.species)} species")
        jumps = [count_jumps(s.values, rules, 1 if counts_only else 2) for s in every]
        found = _discover(every, rules, jumps, counts_only, reporter)
        if found.verdict != "not reached":
            break
    return found  # type: ignore[possibly-undefined]  # (one branch runs)


def _discover(
    every: Sequence[Snapshots], rules: Sequence[AnyRule], jumps: Sequence[Jumps], counts_only: bool, reporter: Progress
) -> SnapshotDiscovery:
    library = examine(every, rules, jumps)
    jumps = [independent(j.of_rules(library.usable)) for j in jumps]
    if not all(j.values.shape[2] for j in jumps):
        raise DataError("nothing happens: no snapshot differs from the first of its run in the observables")
    if not library.usable:
        raise DataError(f"no rule of the library can change these snapshots as they change; {advice(every[0])}")
    refuse_few(every, jumps)
    search = search_sets(every, jumps, library, reporter)
    found = _report(every[0], library, search, counts_only)
    rates, best = np.zeros(len(library.usable)), search.best(1)[0]
    rates[list(best)] = search.rates[best]
    return with_reading_errors(found, every, jumps, rates)


def _report(shots: Snapshots, library: Library, search: Search, counts_only: bool) -> SnapshotDiscovery:
    sets = search.best(MOST_KEPT)
    founders: dict[Set, list[Set]] = {}  # of classes of sets with the same process
    for s in (s for s in sets if search.scores[s] <= search.scores[sets[0]] + KEPT):
        for founder, others in founders.items():
            if search.same_process(founder, s):
                if len(s) == len(founder):
                    others.append(s)
                break
        else:
            founders[s] = []

    def numbers(s: Set) -> list[int]:
        return [library.usable[i] for i in s]

    candidates = [
        rule_set(
            shots,
            library,
            numbers(s),
            search.rates[s],
            search.loss.covariance(np.array(s), search.rates[s]),
            search.scores[s] - search.price(s),
            search.scores[s],
            [numbers(o) for o in others],
        )
        for s, others in founders.items()
    ]
    found = conclude(shots, library, candidates, [set(numbers(s)) for s in founders], search, counts_only)
    return found if counts_only else with_hops(found, library, search, sets[0])
