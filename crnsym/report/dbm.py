"""One page about a fitted lattice model: how it compares with the simulation and with closures of the equations."""

import os
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np

from ..data.snapshots import Snapshots
from ..dbm.closure import closure
from ..dbm.composition.model import CompositionDBM, check_model
from ..dbm.composition.simulate import simulate_dbm
from ..dbm.diagnostics import Diagnosis
from ..dynamics.lattice.runs import LatticeRuns, as_lattice_runs
from ..dynamics.moments.simulate import simulate_moments
from ..errors import CrnsymError, DataError
from ..files import write_text
from ..network.arguments import check_network
from ..network.moments.lattice import lattice_moment_equations
from ..network.network import Network
from .dbm_figures import plot_channels, plot_couplings, plot_lattices, plot_moments, shown_moments
from .html import _svg

MOST_TIMES = 26


def report_dbm(
    model: CompositionDBM,
    snapshots: LatticeRuns | Snapshots,
    path: str | os.PathLike,
    network: Network | None = None,
    *,
    hops: float | Mapping[str, float] = 1.0,
    diagnosis: Diagnosis | None = None,
    runs: int = 60,
    seed: int = 0,
    title: str = "",
) -> dict[str, dict[str, float]]:
    """Write a report that compares a fitted model with simulated runs, as one HTML file.

    Parameters
    ----------
    model
        From `fit_dbm`.
    snapshots
        Simulated runs to compare with; the model starts from their first lattices.
    path
        Of the file.
    network, hops
        The reactions, if they are known: mean field and pair approximation of the exact process are then compared too.
    diagnosis
        From `diagnose`; its statement is shown.
    runs, seed
        Lattices to sample at each time, and their seed.
    title
        Of the page.

    Returns
    -------
    dict
        {model or closure: {quantity: relative L2 distance from the mean of the runs}}, the table of the report.

    Raises
    ------
    DataError
        Snapshots of another lattice than the model's.
    ExportError
        The file cannot be written.
    """
    check_model(model)
    if network is not None:
        check_network(network)
    snapshots = as_lattice_runs(snapshots)
    if snapshots.shape != model.kernel.shape or snapshots.species != model.species:
        raise DataError(
            f"snapshots hold {', '.join(snapshots.species)} on {snapshots.shape}, but the model has "
            f"{', '.join(model.species)} on {model.kernel.shape}"
        )
    kept = np.unique(np.rint(np.linspace(0, len(snapshots.times) - 1, MOST_TIMES)).astype(int))
    data = at_times(snapshots, kept)
    found = simulate_dbm(model, data.times, runs, data, seed=seed)
    rivals, failed = closures(network, data, hops) if network is not None else ({}, [])
    truth = {name: values.mean(axis=0) for name, values in shown_moments(data).items()}
    curves = {"learned model": {k: v.mean(axis=0) for k, v in shown_moments(found).items()}, **rivals}
    scores = {name: _scores(moments, truth) for name, moments in curves.items()}
    channels = closure(model, data.times, data, network, hops=hops, sampled=found if network else None, seed=seed)
    count = len(truth)
    context: dict[str, Any] = {
        "title": title or "A learned moment closure",
        "summary": repr(model),
        "statement": diagnosis.statement.splitlines() if diagnosis is not None else [],
        "quantities": list(truth),
        "rows": [
            (name, [f"{v:.3f}" if (v := s.get(q)) is not None else "" for q in truth]) for name, s in scores.items()
        ],
        "failed": failed,
        "facts": f"{len(data)} simulated runs ({len(data.discarded)} discarded), {runs} sampled lattices at each of "
        f"{len(data.times)} times, {found.sweeps} sweeps from {found.start} lattices, seed {seed}",
        "known": network is not None,
        "moments": _svg((9.6, 1.0 + 2.2 * -(-count // 3)), lambda f: plot_moments(f, data, found, rivals)),
        "lattices": _svg((9.6, 4.2), lambda f: plot_lattices(f, data, found)),
        "channels": _svg((9.6, 3.8), lambda f: plot_channels(f, channels, model.species)),
        "couplings": _svg((9.6, 3.4), lambda f: plot_couplings(f, found.times, found.couplings, found.pairs_named)),
    }
    write_text(path, _page(context))
    return scores


def _page(context: dict[str, Any]) -> str:
    import jinja2

    folder = files("crnsym") / "report"
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    shared = (folder / "template.html").read_text(encoding="utf-8")
    style = shared[shared.index("<style>") : shared.index("</style>") + len("</style>")]
    template = environment.from_string((folder / "dbm.html").read_text(encoding="utf-8"))
    return template.render(style=style, **context)


def at_times(runs: LatticeRuns, steps: Any) -> LatticeRuns:
    """Return runs at some of their times, given by positions."""
    chosen = np.asarray(steps)
    return LatticeRuns(
        runs.species, runs.times[chosen], runs.sites[:, chosen], runs.periodic, runs.numbers, runs.discarded,
        runs.attempts, runs.seed,
    )  # fmt: skip


def closures(
    network: Network, data: LatticeRuns, hops: float | Mapping[str, float]
) -> tuple[dict[str, dict[str, np.ndarray]], list[str]]:
    """Return mean field and pair approximation from the mean initial numbers, and what could not be solved.

    Returns
    -------
    tuple
        {closure: {quantity: ``(times,)``}}, and one line for each closure that failed.
    """
    found, failed = {}, []
    initial = dict(zip(data.species, data.counts()[:, 0].mean(axis=0).tolist(), strict=True))
    for name, reach in (("mean field", 0), ("pair approximation", 1)):
        try:
            equations = lattice_moment_equations(network, data.shape, hops=hops, reach=reach)
            courses: Any = simulate_moments(equations.close(), data.times, initial)
        except CrnsymError as error:
            failed.append(f"{name}: {error}")
            continue
        counts = courses.counts()
        curves = {species: counts[:, s] for s, species in enumerate(data.species)}
        if reach:
            for i, one in enumerate(data.species):
                for other in data.species[i:]:
                    curves[f"{one}-{other} neighbours"] = courses.nearest(one, other)
        found[name] = curves
    return found, failed


def _scores(found: Mapping[str, np.ndarray], truth: Mapping[str, np.ndarray]) -> dict[str, float]:
    return {
        name: float(np.linalg.norm(found[name][1:] - wanted[1:]) / max(np.linalg.norm(wanted[1:]), 1e-12))
        for name, wanted in truth.items()
        if name in found
    }
