"""Profile-likelihood intervals of the rates of a candidate."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from ..refit.fit import Fit
from ..refit.profile import Interval, Point, best_point, profile_interval
from ..training.progress import Reporter, as_progress
from ..training.tasks import Tasks, as_tasks
from .candidate import Candidate, require_candidate
from .products import identified_exponents, named_powers, product_text, require_logarithms


def profile_intervals(
    candidate: Candidate,
    level: float = 0.9,
    products: Sequence[Mapping[str, int]] | None = None,
    *,
    executor: Executor | Tasks | None = None,
    progress: Reporter = None,
) -> dict[str, Interval]:
    """Profile-likelihood intervals of rates and of products of powers of rates.

    Parameters
    ----------
    candidate
        A fitted mechanism.
    level
        Probability that an interval holds the true value, if the mechanism is right.
    products
        {parameter: power} each; by default every fitted rate, and what is `identified` beside single rates.
    executor
        Follows the profiles in parallel, or `Tasks`, which also keep what is finished.
    progress
        Reporter or function ``(stage, fraction, best)``.

    Returns
    -------
    dict
        {text such as ``k1`` or ``k1/k2``: interval}, see `crnsym.refit.profile.profile_interval`.

    Raises
    ------
    KeyError
        A product of a parameter that the candidate lacks.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> interval = cs.profile_intervals(found[0], level=0.95)["k1"]
    >>> interval.low < 0.5 < interval.high
    True
    """
    require_candidate(candidate, "profile_intervals")
    fit, names = candidate.fit, list(candidate.rates)
    require_logarithms(fit)
    if products is None:
        singles = [{name: 1} for j, name in enumerate(names) if j not in fit.pinned and name not in candidate.tied]
        found = [named_powers(names, a) for a in identified_exponents(fit)]
        products = [*singles, *(p for p in found if len(p) > 1)]
    exponents = []
    for powers in products:
        a = [0.0] * len(names)
        for name, power in powers.items():
            if name not in names:
                raise KeyError(f"no rate '{name}'; the candidate has {', '.join(names)}")
            a[names.index(name)] = power
        exponents.append(a)
    shared = (fit, level, best_point(fit))
    intervals = as_tasks(executor).run(_profiled, shared, exponents, "profiles", as_progress(progress))
    return {product_text(powers): interval for powers, interval in zip(products, intervals, strict=True)}


def _profiled(shared: tuple[Fit, float, Point], exponents: list[float]) -> Interval:
    fit, level, centre = shared
    return profile_interval(fit, exponents, level, centre)
