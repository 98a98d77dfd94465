"""Pictures of lattices: a strip of snapshots, and a movie."""

import os
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns
from ..errors import DataError, ExportError
from ..files import write_by
from .style import EDGE, INK, PALETTE, SETTINGS, SOFT

PANELS = 6
FRAMES_A_SECOND = 12
EMPTY = "#f4f6f8"


def plot_strip(figure: Figure, source: Snapshots | LatticeRuns, run: int = 0, panels: int = PANELS) -> Figure:
    """Draw snapshots of one run side by side; a chain becomes one picture of its sites over time.

    Parameters
    ----------
    figure
        Empty, wide; with ``layout="constrained"`` it is filled best.
    source
        `Snapshots` of a lattice, or the runs that `simulate_lattice` returns.
    run
        Which run.
    panels
        Largest number of snapshots, spread evenly over the times. Of a lattice in three dimensions the middle layer
        is shown.

    Raises
    ------
    DataError
        Counts without a lattice, or a run that is not there.
    """
    species, times, sites = _one_run(source, run)
    if sites.ndim == 2:
        ax = figure.subplots()
        edges = np.concatenate([[times[0]], (times[1:] + times[:-1]) / 2, [times[-1]]])
        ax.pcolormesh(edges, np.arange(sites.shape[1] + 1), sites.T, cmap=_colours(species), vmin=0, vmax=len(species))
        ax.set(xlabel="time", ylabel="site")
        ax.grid(False)
    else:
        shown = np.unique(np.linspace(0, len(times) - 1, min(panels, len(times))).round().astype(int))
        for ax, i in zip(figure.subplots(1, len(shown), squeeze=False).flat, shown, strict=True):
            _picture(ax, sites[i], species)
            ax.set_title(f"t = {times[i]:.4g}", color=SOFT, fontsize=9)
    species_legend(figure, species)
    return figure


def write_picture(source: Snapshots | LatticeRuns, path: str | os.PathLike[str], run: int = 0) -> None:
    """Write the strip of one run, or a movie where the name ends in ``.gif``; whole or not at all.

    Raises
    ------
    DataError
        As in `plot_strip`.
    ExportError
        The file cannot be written, or its suffix is none of .png, .svg, .pdf and .gif.
    """
    import matplotlib as mpl

    path = Path(path)
    check_picture(path)

    def draw(part: Path) -> None:
        with mpl.rc_context(SETTINGS):
            if path.suffix == ".gif":
                _movie(source, part, run)
            else:
                figure = Figure(figsize=(11, 2.4), layout="constrained")
                plot_strip(figure, source, run).savefig(part, dpi=130)

    write_by(path, draw)


def check_picture(path: str | os.PathLike[str]) -> None:
    """Refuse a name that is no picture's.

    Raises
    ------
    ExportError
        Names the suffix.
    """
    if Path(path).suffix not in (".png", ".svg", ".pdf", ".gif"):
        raise ExportError(f"{path}: a picture is written as .png, .svg, .pdf, or .gif for a movie")


def _movie(source: Snapshots | LatticeRuns, path: Path, run: int) -> None:
    from matplotlib.animation import PillowWriter

    species, times, sites = _one_run(source, run)
    if sites.ndim == 2:
        sites = sites[:, None, :].repeat(max(sites.shape[1] // 10, 1), axis=1)
    figure = Figure(figsize=(4, 4.4), layout="constrained")
    ax = figure.subplots()
    image = _picture(ax, sites[0], species)
    species_legend(figure, species)
    writer = PillowWriter(fps=FRAMES_A_SECOND)
    with writer.saving(figure, str(path), dpi=100):
        for t, frame in zip(times, sites, strict=True):
            image.set_data(frame)
            ax.set_title(f"t = {t:.4g}", color=SOFT, fontsize=9)
            writer.grab_frame()


def _one_run(source: Snapshots | LatticeRuns, run: int) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    sites = (
        source.values if isinstance(source, Snapshots) and source.kind == "lattice" else getattr(source, "sites", None)
    )
    if sites is None:
        raise DataError("pictures are drawn of lattices, not of counts")
    if not 0 <= run < len(sites):
        raise DataError(f"run={run}: there are {len(sites)} runs, counted from 0")
    chosen = sites[run]
    return source.species, source.times, chosen[..., chosen.shape[-1] // 2] if chosen.ndim == 4 else chosen


def _picture(ax: Axes, sites: np.ndarray, species: tuple[str, ...]) -> AxesImage:
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set(visible=True, color=EDGE)
    return ax.imshow(sites, cmap=_colours(species), vmin=0, vmax=len(species), interpolation="nearest")


def _colours(species: tuple[str, ...]) -> ListedColormap:
    from matplotlib.colors import ListedColormap

    return ListedColormap([EMPTY, *(PALETTE[i % len(PALETTE)] for i in range(len(species)))])


def species_legend(figure: Figure, species: tuple[str, ...]) -> None:
    """Say below a figure which colour is which species."""
    from matplotlib.patches import Patch

    handles = [Patch(color=PALETTE[i % len(PALETTE)], label=name) for i, name in enumerate(species)]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 8), fontsize=9, labelcolor=INK)
