"""PEtab problems, fitted and ranked: different models of the same measurements."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from ..errors import FitError
from ..refit.petab.problem import STARTS, PetabFit, PetabProblem
from .criteria import weights


@dataclass(frozen=True, eq=False)
class PetabComparison:
    """Fits of problems with the same measurements.

    Attributes
    ----------
    fits
        Best first, by BIC.
    weights
        Probabilities that BIC gives them.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> B @ k; param k = 0.5; init A = 1, B = 0")
    >>> data = cs.simulate(net, (0, 6, 7), noise=0.02, seed=0)
    >>> problem = cs.read_petab(cs.write_petab(net, data, "first"))
    >>> rival = cs.network("2 A -> 2 B @ k; param k = 1; init A = 1, B = 0")
    >>> other = cs.read_petab(cs.write_petab(rival, data, "other"))
    >>> ranking = cs.compare_petab([problem, other], starts=2)
    >>> [fit.problem.name for fit in ranking.fits]
    ['first', 'other']
    """

    fits: tuple[PetabFit, ...]
    weights: tuple[float, ...]

    def __str__(self) -> str:
        shown = [str(fit) for fit in self.fits]
        if len(self.fits) > 1:
            best = self.fits[0].bic
            ranked = zip(self.fits, self.weights, strict=True)
            shown.append("Ranked by BIC:")
            shown += [f"  {f.problem.name:24} {f.bic - best:+10.3g}  weight {w:.3f}" for f, w in ranked]
        return "\n".join(shown)


def compare_petab(
    problems: Sequence[PetabProblem],
    *,
    starts: int = STARTS,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Callable[[str], object] | None = None,
) -> PetabComparison:
    """Fit PEtab problems and rank them by BIC.

    Parameters
    ----------
    problems
        From `crnsym.read_petab`; their measurements are the same.
    starts, seed, executor
        As for `PetabProblem.fit`.
    progress
        Called with the name of each problem before it is fitted.

    Raises
    ------
    FitError
        For no problems, or problems of different measurements.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> B @ k; param k = 0.5; init A = 1, B = 0")
    >>> data = cs.simulate(net, (0, 6, 7), noise=0.02, seed=0)
    >>> problem = cs.read_petab(cs.write_petab(net, data, "first"))
    >>> ranking = cs.compare_petab([problem], starts=2)
    >>> ranking.weights
    (1.0,)
    """
    if not problems:
        raise FitError("no problems to compare; give at least one")
    first = _measured(problems[0])
    for other in problems[1:]:
        if _measured(other) != first:
            raise FitError(
                f"{other.tables.path}: its measurements are not those of {problems[0].tables.path}; "
                "likelihoods of different data cannot be compared, fit each by itself"
            )
    fits = []
    for problem in problems:
        if progress is not None:
            progress(problem.name)
        fits.append(problem.fit(starts, seed, executor))
    fits.sort(key=lambda fit: fit.bic)
    return PetabComparison(tuple(fits), tuple(map(float, weights([fit.bic for fit in fits]))))


def _measured(problem: PetabProblem) -> list[tuple[str, float, float]]:
    return sorted((m.observable, m.time, m.value) for m in problem.tables.measurements)
