"""One page about a fitted lattice model: how it compares with the simulation and with closures of the equations."""

import os
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..data.snapshots import Snapshots
from ..dbm.closure import closure
from ..dbm.composition.model import CompositionDBM, check_model
from ..dbm.composition.simulate import SampledRuns, simulate_dbm
from ..dbm.diagnostics import Diagnosis
from ..dynamics.lattice.runs import LatticeRuns, as_lattice_runs
from ..errors import DataError
from ..files import write_text
from ..network.arguments import check_network
from ..network.network import Network
from .dbm_figures import plot_channels, plot_couplings, plot_lattices, plot_moment, shown_moments
from .dbm_rivals import Scores, closures, scored
from .inline import inline_svg, panels

MOST_TIMES = 26


def report_dbm(
    model: CompositionDBM,
    snapshots: LatticeRuns | Snapshots,
    path: str | os.PathLike[str],
    network: Network | None = None,
    *,
    hops: float | Mapping[str, float] = 1.0,
    rules: Mapping[str, float] | None = None,
    heldout: LatticeRuns | Snapshots | None = None,
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
    network, hops, rules
        The reactions, if they are known: mean field and pair approximation of the exact process are then compared too,
        from the same first lattices, walls included.
    heldout
        Further runs, of which the model learned nothing: all are compared with these too.
    diagnosis
        From `diagnose`; its statement is shown.
    runs, seed
        Lattices to sample at each time, and their seed.
    title
        Of the page.

    Returns
    -------
    dict
        {model or closure: {quantity: relative L2 distance from the mean of the runs}}, the table of the report; with
        ``", held out"`` behind the name for runs that were held out.

    Raises
    ------
    DataError
        Snapshots of another lattice than the model's.
    ExportError
        The file cannot be written.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> shots = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> model = cs.fit_dbm(shots)  # doctest: +SKIP
    >>> scores = cs.report_dbm(model, shots, "closure.html", net)  # doctest: +SKIP
    """
    check_model(model)
    if network is not None:
        check_network(network)
    data = _checked(model, snapshots)
    further = None if heldout is None else _checked(model, heldout)
    found, rivals, failed, scores = _compared(model, data, network, (hops, rules), runs, seed)
    tables = [("", scores)]
    if further is not None:
        tables.append((", held out", _compared(model, further, network, (hops, rules), runs, seed)[3]))
    channels = closure(
        model, data.times, data, network, hops=hops, rules=rules, sampled=found if network else None, seed=seed
    )
    moments = [lambda ax, name=name: plot_moment(ax, data, found, rivals, name) for name in scores.noise]
    context: dict[str, Any] = {
        "title": title or "A learned moment closure",
        "summary": repr(model),
        "statement": diagnosis.statement.splitlines() if diagnosis is not None else [],
        "quantities": list(scores.noise),
        "rows": [row for behind, table in tables for row in _rows(table, behind)],
        "failed": [*failed, *dict.fromkeys(remark for _, table in tables for remark in table.remarks)],
        "facts": f"{len(data)} simulated runs ({len(data.discarded)} discarded), {runs} sampled lattices at each of "
        f"{len(data.times)} times, {found.sweeps} sweeps from {found.start} lattices, seed {seed}",
        "known": network is not None,
        "moments": panels((4.4, 2.9), moments, "moment", narrow=270),
        "lattices": inline_svg((9.6, 4.2), lambda f: plot_lattices(f, data, found), "lattices"),
        "channels": inline_svg((9.6, 3.8), lambda f: plot_channels(f, channels, model.species), "channels"),
        "couplings": inline_svg(
            (9.6, 3.4), lambda f: plot_couplings(f, found.times, found.couplings, found.pairs_named), "couplings"
        ),
    }
    write_text(path, _page(context))
    return {name + behind: row for behind, table in tables for name, row in table.rows.items()}


def _checked(model: CompositionDBM, given: LatticeRuns | Snapshots) -> LatticeRuns:
    """Return runs on the lattice of the model, at so many of their times as are shown."""
    snapshots = as_lattice_runs(given)
    if snapshots.shape != model.kernel.shape or snapshots.species != model.species:
        raise DataError(
            f"snapshots hold {', '.join(snapshots.species)} on {snapshots.shape}, but the model has "
            f"{', '.join(model.species)} on {model.kernel.shape}"
        )
    if snapshots.periodic != model.kernel.periodic:
        one, other = ("periodic" if p else "walled" for p in (snapshots.periodic, model.kernel.periodic))
        raise DataError(f"snapshots are of a {one} lattice, but the model has learned a {other} one")
    return at_times(snapshots, np.unique(np.rint(np.linspace(0, len(snapshots.times) - 1, MOST_TIMES)).astype(int)))


def _compared(
    model: CompositionDBM,
    data: LatticeRuns,
    network: Network | None,
    moves: tuple[float | Mapping[str, float], Mapping[str, float] | None],
    runs: int,
    seed: int,
) -> tuple[SampledRuns, dict[str, dict[str, np.ndarray]], list[str], Scores]:
    """Sample the model and solve its rivals from the first lattices of runs, and compare both with the runs."""
    found = simulate_dbm(model, data.times, runs, data, seed=seed)
    rivals, failed = closures(network, data, *moves) if network is not None else ({}, [])
    learned = {"learned model": {k: v.mean(axis=0) for k, v in shown_moments(found).items()}}
    return found, rivals, failed, scored({**learned, **rivals}, data, rivals)


def _rows(table: Scores, behind: str) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return the rows of a table: name, and each distance with whether none is closer."""
    rows = [
        (name + behind, [(f"{row[q]:.3f}" if q in row else "", name in table.best.get(q, ())) for q in table.noise])
        for name, row in table.rows.items()
    ]
    return [*rows, (f"runs among themselves{behind}", [(f"{v:.3f}", False) for v in table.noise.values()])]


def _page(context: dict[str, Any]) -> str:
    import jinja2

    folder = files("crnsym") / "report"
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    shared = (folder / "template.html").read_text(encoding="utf-8")
    style = shared[shared.index("<style>") : shared.index("</style>") + len("</style>")]
    template = environment.from_string((folder / "dbm.html").read_text(encoding="utf-8"))
    return template.render(style=style, **context)


def at_times(runs: LatticeRuns, steps: ArrayLike) -> LatticeRuns:
    """Return runs at some of their times, given by positions."""
    chosen = np.asarray(steps)
    return LatticeRuns(
        runs.species, runs.times[chosen], runs.sites[:, chosen], runs.periodic, runs.numbers, runs.discarded,
        runs.attempts, runs.seed, runs.lattice, runs.method,
    )  # fmt: skip
