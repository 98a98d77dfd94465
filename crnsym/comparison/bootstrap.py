"""How far the rates move when the experiments, or their noise, are drawn again."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ..arguments import checked
from ..data.frames import Tidy
from ..errors import FitError
from ..network.arguments import seed_number
from ..refit.evaluate import Evaluation, evaluate
from ..refit.fit import Fit, fit_mechanism
from ..refit.problem import FitProblem
from ..refit.profile import Interval
from ..training.progress import Reporter, as_progress
from ..training.tasks import Tasks, as_tasks
from .bands import restored
from .candidate import Candidate, require_candidate
from .products import product_text, require_logarithms

FEWEST = 6  # experiments that can be drawn again; below, the noise is
BATCH = 10  # refits a task


@checked
@dataclass(frozen=True, slots=True, eq=False)
class Bootstrap(Tidy):
    """Rates of a mechanism refitted to data drawn again.

    Attributes
    ----------
    names
        Parameters.
    log_rates
        ``(refits, reactions)``; refits that failed are left out.
    best
        ``(reactions,)`` log rates of the fit itself.
    resampled
        ``"experiments"`` or ``"noise"``.
    failed
        Number of refits that could not be integrated.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> spread = cs.bootstrap(found[0], runs=20)
    >>> spread.resampled, spread.log_rates.shape
    ('noise', (20, 1))
    """

    names: tuple[str, ...]
    log_rates: np.ndarray
    best: np.ndarray
    resampled: str
    failed: int = 0

    def to_rows(self) -> list[dict[str, float]]:
        """Return one dict a refit: every rate."""
        return [dict(zip(self.names, map(float, row), strict=True)) for row in np.exp(self.log_rates)]

    def interval(self, powers: Mapping[str, int], level: float = 0.9) -> Interval:
        """Percentile interval of a product of powers of rates, {parameter: power}."""
        a = np.array([powers.get(name, 0) for name in self.names], float)
        draws = self.log_rates @ a
        low, high = np.exp(np.quantile(draws, [0.5 - 0.5 * level, 0.5 + 0.5 * level]))
        return Interval(float(np.exp(self.best @ a)), float(low), float(high), float(draws.std(ddof=1)), level)

    def intervals(self, level: float = 0.9) -> dict[str, Interval]:
        """Percentile interval of every rate."""
        return {product_text({name: 1}): self.interval({name: 1}, level) for name in self.names}


def bootstrap(
    candidate: Candidate,
    runs: int = 200,
    *,
    seed: int = 0,
    resample: Literal["auto", "experiments", "noise"] = "auto",
    executor: Executor | Tasks | None = None,
    progress: Reporter = None,
) -> Bootstrap:
    """Refit a mechanism to data that are drawn again.

    Parameters
    ----------
    candidate
        A fitted mechanism; its data travel with it.
    runs
        Number of refits.
    seed
        Of the draws.
    resample
        ``"experiments"`` draws whole experiments with replacement and needs no noise model; ``"noise"`` adds fresh
        noise of the fitted size to the fitted courses; ``"auto"`` takes experiments where there are six at least.
    executor
        Runs batches of refits in parallel, or `Tasks`, which also keep what is finished; the result does not depend
        on it.
    progress
        Reporter or function ``(stage, fraction, best)``.

    Returns
    -------
    Bootstrap

    Raises
    ------
    FitError
        An unknown ``resample``, fewer than two refits, or a fit that cannot be integrated.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> interval = cs.bootstrap(found[0], runs=20).intervals(level=0.9)["k1"]
    >>> interval.low < 0.5 < interval.high
    True
    """
    if resample not in ("auto", "experiments", "noise"):
        raise FitError(f"resample='{resample}' is not known; choose auto, experiments or noise")
    if runs < 2:
        raise FitError(f"runs={runs}: a spread needs at least two refits")
    require_candidate(candidate, "bootstrap")
    seed = seed_number(seed, FitError)
    fit = candidate.fit
    require_logarithms(fit)
    how = resample if resample != "auto" else ("experiments" if len(fit.problem.lengths) >= FEWEST else "noise")
    batches = [(seed, i, min(i + BATCH, runs)) for i in range(0, runs, BATCH)]
    results = as_tasks(executor).run(_refits, (fit, how), batches, "bootstrap", as_progress(progress))
    draws = [rates for batch in results for rates in batch]
    kept = [rates for rates in draws if rates is not None]
    if len(kept) < 2:
        raise FitError(f"{runs - len(kept)} of {runs} refits could not be integrated")
    return Bootstrap(tuple(candidate.rates), np.array(kept), fit.mechanism.log_rates, how, runs - len(kept))


def _refits(shared: tuple[Fit, str], batch: tuple[int, int, int]) -> list[np.ndarray | None]:
    """Log rates of one batch of refits, (seed, first, past the last); None where one failed."""
    (fit, how), (seed, first, stop) = shared, batch
    model = evaluate(fit.problem, fit.mechanism, fit.initial_states, rtol=1e-6)
    results = []
    for i in range(first, stop):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(i,)))
        initial = fit.initial_states
        if how == "experiments":
            drawn = rng.integers(0, len(initial), len(initial))
            problem, initial = fit.problem.thin(drawn), initial[drawn]
        elif model is None:
            results.append(None)
            continue
        else:
            problem = _noisy(fit, model, rng)
        again = fit_mechanism(
            fit.mechanism, problem, initial=initial, iterations=30, tolerance=1e-5, prior=0.0, pinned=fit.pinned
        )
        results.append(again.mechanism.log_rates if again.ok else None)
    return results


def _noisy(fit: Fit, model: Evaluation, rng: np.random.Generator) -> FitProblem:
    """Fitted courses with fresh noise; exact zeros stay, as they are known and not measured."""
    noise = fit.problem.noise
    scale, states = np.sqrt(fit.noise_scale), model.states
    seen = fit.problem.observation
    if seen is not None:
        drawn = seen.predicted(states, model.coefficients) + scale * seen.sigma * rng.standard_normal(seen.values.shape)
        return replace(fit.problem, observation=replace(seen, values=np.where(seen.informative, drawn, 0.0)))
    widths = scale if fit.problem.weights is None else scale / fit.problem.weights
    values = restored(noise, noise.stabilise(states) + widths * rng.standard_normal(states.shape))
    informative = fit.problem.present & (fit.problem.values != 0.0)
    return replace(fit.problem, values=np.where(informative, values, fit.problem.values))
