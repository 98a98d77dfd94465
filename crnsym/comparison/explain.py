"""What a reader asks after a ranking: what the data determine, how far rates may move, and what to measure next."""

from concurrent.futures import Executor
from dataclasses import replace

from ..errors import FitError, UnsupportedError
from ..network.arguments import seed_number
from ..training.progress import Reporter, as_progress
from ..training.tasks import Tasks, as_tasks
from .experiments import next_experiment
from .identifiability import identifiability
from .intervals import profile_intervals
from .result import Discovery

WORTH = 0.02  # gain of weight below which an experiment is not proposed
MOST_PROFILED = 16  # numbers above which profiles take too long to be made unasked


def explain(
    found: Discovery,
    *,
    level: float = 0.95,
    seed: int = 0,
    executor: Executor | Tasks | None = None,
    progress: Reporter = None,
) -> Discovery:
    """Add to a discovery what the data determine of the best mechanism, its profiles, and the next experiment.

    What is there already is kept; what cannot be had (a mechanism whose parameters are not one a reaction, a single
    candidate) stays away. Ctrl-C leaves what there is, and what it cut short before is not explained.

    Parameters
    ----------
    found
        What `discover` or `compare` returned.
    level
        Probability of the intervals.
    seed
        Of the designs.
    executor, progress
        As for `profile_intervals`.

    Returns
    -------
    Discovery
        With ``identified``, ``profiles`` and ``proposal``.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> answer = cs.explain(found)
    >>> sorted(answer.profiles)
    ['k1']
    """
    if not len(found) or found.details.get("interrupted"):
        return found
    reporter, tasks = as_progress(progress), as_tasks(executor)
    try:
        plain = found[0].one_rate_each
        if plain and found.identified is None:
            reporter.report("what the data determine", None, "")
            found = replace(found, identified=identifiability(found[0], level))
        if plain and not found.profiles and len(found[0].rates) <= MOST_PROFILED and not found[0].energies:
            found = replace(found, profiles=profile_intervals(found[0], level, executor=tasks, progress=reporter))
        found = propose(found, seed_number(seed, FitError), tasks, reporter)
    except KeyboardInterrupt:
        pass
    return found


def propose(found: Discovery, seed: int, tasks: Tasks, progress: Reporter = None) -> Discovery:
    """Add the run that would tell undecided mechanisms apart, if there are any and it would."""
    if found.proposal is not None or found.verdict not in ("tie", "undecided"):
        return found
    try:
        proposal = next_experiment(found, seed=seed, executor=tasks, progress=progress)
        return replace(found, proposal=proposal) if proposal.expected > proposal.now + WORTH else found
    except (FitError, UnsupportedError, KeyboardInterrupt):
        return found
