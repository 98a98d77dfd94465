"""Samples from the posterior of a mechanism's rates, by the no-U-turn sampler of blackjax.

The noise model sets the relative weight of the values; its overall scale is integrated out with the prior 1/s, which
leaves the likelihood chi2^(-N/2). Log rates (and activation energies) and the free initial values have broad normal
priors around the fit. Coordinates are those in which the posterior would be a standard normal if the model were linear,
and gradients are the exact sensitivities of the refit kernel (Hoffman & Gelman 2014, J. Mach. Learn. Res. 15, 1593).
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..arguments import checked
from ..data.frames import Tidy
from ..errors import FitError, MissingExtraError, UnsupportedError
from ..network.arguments import seed_number
from ..refit.fit import Fit
from ..refit.profile import Interval
from ..training.progress import Reporter, as_progress
from ..training.tasks import Tasks, as_tasks
from .candidate import Candidate, require_candidate
from .density import Target
from .products import product_text

BROAD = 3.0  # standard deviation of the prior of a logarithm: a factor of 20


@checked
@dataclass(frozen=True, slots=True, eq=False)
class Posterior(Tidy):
    """Samples of the rates of a mechanism.

    Attributes
    ----------
    names
        Parameters: rates, and with temperatures the activation energies.
    log_rates
        ``(chains, draws, rates)`` natural logarithms; a rate that the fit held stays where it was.
    energies
        ``(chains, draws, rates)`` in kJ/mol, or None.
    rhat, ess
        {parameter: split R-hat, effective sample size}; below 1.01 and above 400 the samples can be trusted.
    divergences
        Number of draws at which the integration of the sampler failed; more than a few mean a distorted posterior.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> samples = cs.posterior(found[0], draws=500)  # doctest: +SKIP
    >>> samples.trusted  # doctest: +SKIP
    >>> samples.intervals()["k1"]  # doctest: +SKIP
    """

    names: tuple[str, ...]
    log_rates: np.ndarray
    energies: np.ndarray | None
    rhat: Mapping[str, float]
    ess: Mapping[str, float]
    divergences: int

    def __repr__(self) -> str:
        chains, draws, _ = self.log_rates.shape
        worst, least = max(self.rhat.values(), default=1.0), min(self.ess.values(), default=0.0)
        head = f"{chains} chains of {draws} draws, R-hat up to {worst:.3f}, effective samples from {least:.0f}"
        head += f", {self.divergences} divergences" if self.divergences else ""
        lines = [f"    {k} = {i.value:.4g} ({i.low:.4g} to {i.high:.4g})" for k, i in self.intervals().items()]
        return "\n".join([head, *lines])

    @property
    def trusted(self) -> bool:
        """Whether the chains agree and the samples are enough."""
        return all(r < 1.01 for r in self.rhat.values()) and all(e > 400 for e in self.ess.values())

    def interval(self, powers: Mapping[str, int], level: float = 0.9) -> Interval:
        """Central interval of a product of powers of rates, {parameter: power}; its value is the median."""
        a = np.array([powers.get(name, 0) for name in self.names], float)
        draws = (self.log_rates @ a).ravel()
        low, middle, high = np.exp(np.quantile(draws, [0.5 - 0.5 * level, 0.5, 0.5 + 0.5 * level]))
        return Interval(float(middle), float(low), float(high), float(draws.std(ddof=1)), level)

    def intervals(self, level: float = 0.9) -> dict[str, Interval]:
        """Central interval of every rate."""
        return {product_text({name: 1}): self.interval({name: 1}, level) for name in self.names}

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one dict a draw: chain, draw and every rate."""
        chains, draws, _ = self.log_rates.shape
        rates = np.exp(self.log_rates)
        return [
            {"chain": c, "draw": d, **dict(zip(self.names, map(float, rates[c, d]), strict=True))}
            for c in range(chains)
            for d in range(draws)
        ]


def posterior(
    candidate: Candidate,
    draws: int = 500,
    *,
    chains: int = 4,
    warmup: int = 200,
    seed: int = 0,
    prior: float = BROAD,
    executor: Executor | Tasks | None = None,
    progress: Reporter = None,
) -> Posterior:
    """Sample the rates of a fitted mechanism.

    Parameters
    ----------
    candidate
        A mass-action mechanism; its data travel with it.
    draws, chains, warmup
        Samples kept of each chain, number of chains, and samples spent on the step size.
    seed
        The same seed gives the same samples, whoever computes them.
    prior
        Standard deviation of the normal prior of the logarithm of every fitted number, around the fit.
    executor
        Runs the chains in parallel, or `Tasks`, which also keep the chains that are finished.
    progress
        Reporter or function ``(stage, fraction, best)``.

    Returns
    -------
    Posterior

    Raises
    ------
    MissingExtraError
        blackjax is not installed.
    UnsupportedError
        A mechanism with other rate laws than mass action.
    FitError
        A fit that cannot be integrated, or numbers that make no chain.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> samples = cs.posterior(found[0], draws=500, chains=4)  # doctest: +SKIP
    >>> samples.rhat, samples.ess  # doctest: +SKIP
    """
    try:
        from blackjax.diagnostics import effective_sample_size, potential_scale_reduction
    except ImportError:
        raise MissingExtraError('posterior() needs blackjax: python -m pip install "crnsym[sampling]"') from None
    require_candidate(candidate, "posterior")
    seed = seed_number(seed, FitError)
    if not candidate.one_rate_each:
        raise UnsupportedError(
            f"posterior() samples mass-action mechanisms; {candidate.name} has other rate laws: use profile_intervals "
            "or bootstrap of a mass-action form"
        )
    if draws < 4 or chains < 2 or warmup < 20 or not prior > 0:
        raise FitError(
            f"draws={draws}, chains={chains}, warmup={warmup}, prior={prior:g}: give 4 draws, 2 chains, 20 warm-up "
            "draws and a positive prior at least"
        )
    fit = candidate.fit
    shared = (fit, draws, warmup, float(prior))
    results = as_tasks(executor).run(
        _chain, shared, [(seed, c) for c in range(chains)], "posterior", as_progress(progress)
    )
    numbers = np.array([r[0] for r in results])
    names, n = tuple(candidate.rates), len(candidate.rates)
    moving = np.ptp(numbers, axis=(0, 1)) > 0.0
    labels = [*names, *candidate.energies]
    quality = {
        name: (float(potential_scale_reduction(numbers[..., j])), float(effective_sample_size(numbers[..., j])))
        for j, name in enumerate(labels)
        if moving[j]
    }
    heat = fit.problem.temperatures
    return Posterior(
        names,
        numbers[..., :n],
        None if heat is None else numbers[..., n:] * heat.unit / 1e3,
        {name: q[0] for name, q in quality.items()},
        {name: q[1] for name, q in quality.items()},
        int(sum(r[1] for r in results)),
    )


def _chain(shared: tuple[Fit, int, int, float], batch: tuple[int, int]) -> tuple[np.ndarray, int]:
    """Run one chain; parameters ``(draws, parameters)`` and the number of divergences."""
    import jax

    fit, draws, warmup, prior = shared
    seed, number = batch
    with jax.enable_x64(True):
        target, run = _sampler(fit, draws, warmup, prior)
        start_key, key = jax.random.split(jax.random.fold_in(jax.random.key(seed), number))
        points, divergent = run(key, jax.random.normal(start_key, (target.size,)))
        points = np.asarray(points)
    return np.array([target.numbers(z) for z in points]), int(np.asarray(divergent).sum())


@lru_cache(maxsize=2)
def _sampler(fit: Fit, draws: int, warmup: int, prior: float) -> tuple[Target, Callable[..., Any]]:
    """Compile the chain of a fit, once for all chains of a process."""
    import blackjax
    import jax
    import jax.numpy as jnp

    target = Target(fit, prior)
    words = jax.ShapeDtypeStruct((target.size + 1, 2), jnp.uint32)

    # callbacks run on a thread for which float64 is off: numbers cross as pairs of words
    def outside(point: np.ndarray) -> np.ndarray:
        value, gradient = target(np.ascontiguousarray(point, np.uint32).view(np.float64)[:, 0])
        return np.append(gradient, value)[:, None].view(np.uint32)

    def forward(z: jax.Array) -> tuple[jax.Array, jax.Array]:
        point = jax.lax.bitcast_convert_type(z, jnp.uint32)
        found = jax.lax.bitcast_convert_type(jax.pure_callback(outside, words, point), jnp.float64)
        return found[-1], found[:-1]

    @jax.custom_vjp
    def density(z: jax.Array) -> jax.Array:
        return forward(z)[0]

    density.defvjp(forward, lambda gradient, cotangent: (cotangent * gradient,))

    @jax.jit
    def run(key: jax.Array, start: jax.Array) -> tuple[jax.Array, jax.Array]:
        warm_key, key = jax.random.split(key)
        warm: Any = blackjax.window_adaptation(blackjax.nuts, density, initial_step_size=0.5)
        (state, found), _ = warm.run(warm_key, start, num_steps=warmup)
        step: Any = blackjax.nuts(density, **found).step

        def one(state: Any, key: jax.Array) -> tuple[Any, tuple[jax.Array, jax.Array]]:
            state, info = step(key, state)
            return state, (state.position, info.is_divergent)

        return jax.lax.scan(one, state, jax.random.split(key, draws))[1]

    return target, run
