"""Start a discovery and go on with something else."""

from inspect import signature
from typing import Any

from ..comparison.explain import explain
from ..comparison.result import Discovery
from ..data.sources import Measurements, as_trajectories
from ..discovery import discover
from ..errors import FitError
from ..training.progress import Progress
from .job import DiscoveryJob


def start_discovery(data: Measurements, *, name: str = "", explained: bool = False, **options: Any) -> DiscoveryJob:
    """Start `discover` in a thread of its own and return a handle at once.

    Several jobs may run in one process; each gives the answer that it would give alone. Compiled programs take turns
    in one process: for more processors at a time give each job ``executor=Workers(n)``.

    Parameters
    ----------
    data
        As for `discover`; it is read here, so that what cannot be read is said at once.
    name
        What the job is called in logs (``logging.getLogger("crnsym.jobs")``).
    explained
        Whether the answer also has what `explain` adds.
    options
        As for `discover`, ``progress`` excepted: the job's events tell more.

    Returns
    -------
    DiscoveryJob
        With ``events``, ``cancel()`` and ``result()``; ``for event in job`` follows it, ``await job`` gives the result.

    Raises
    ------
    DataError
        Data that cannot be used.
    FitError
        ``progress`` among the options.

    Examples
    --------
    >>> job = cs.start_discovery("runs.csv", seed=0)     # doctest: +SKIP
    >>> for event in job:                                # doctest: +SKIP
    ...     print(event)
    >>> found = job.result()                             # doctest: +SKIP
    """
    if "progress" in options:
        raise FitError("progress: a job tells of itself by events; iterate over it, or ask for its latest")
    measured = as_trajectories(data)
    signature(discover).bind(measured, **options)  # a name that there is not is said here, too

    def work(progress: Progress) -> Discovery:
        found = discover(measured, progress=progress, **options)
        if explained:
            return explain(found, seed=options.get("seed", 0), executor=options.get("executor"), progress=progress)
        return found

    return DiscoveryJob(work, name)
