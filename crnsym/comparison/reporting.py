"""How a running search is told to a reporter."""

from ..search.pool import Pool
from ..search.run import Report, SearchProgress
from ..training.progress import Progress
from .describe import mechanism_lines, ordered


def reporting(reporter: Progress) -> Report:
    """Tell a reporter of the best answer as text, or one that knows searches of all that was fitted."""

    def report(stage: str, pool: Pool | None, count: int) -> None:
        if isinstance(reporter, SearchProgress):
            reporter.searching(stage, pool, count)
            return
        fit = None if pool is None else pool.best_fit
        lines = [] if fit is None else mechanism_lines(ordered(fit.mechanism))
        told = [] if fit is None else [f"chi2/N {fit.reduced:.3f}, {count} fits"]
        reporter.report(stage, None, "\n".join([*lines, *told]))

    return report
