"""The figures of the page about a discovery, each a panel that is read on a telephone and beside others on a desk."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..comparison.residuals import residuals
from ..comparison.result import Discovery
from . import mixed
from .arrhenius import plot_arrhenius
from .design import parting_species, plot_experiment
from .drawing import draw_mechanism, drawable, drawing_height
from .inline import inline_svg, legend, panels
from .left_over import plot_residual
from .ranking import MOST_REACTIONS, RARE, plot_inclusion, plot_ranking
from .rates import plot_rates
from .runs import plot_run
from .style import SOFT, concentration_axis, time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_RUNS = 12  # that are drawn


def page_figures(found: Discovery) -> dict[str, str]:
    """Return every figure of the page about a discovery with candidates, by its name in the template."""
    best = found[0]
    n, shown = len(best.rates), min(len(found), 12)
    mechanism, labels = drawable(best)
    drawing = drawing_height(mechanism, labels, 5.6)
    reactions = sum(p > RARE for p in list(found.inclusion.values())[:MOST_REACTIONS])

    def one(name: str, width: float, height: float, draw: Callable[[Any], Any]) -> str:
        return inline_svg((width, height), lambda figure: draw(figure.subplots()), name)

    return {
        "fits": _fits(found),
        "residuals": _residuals(found),
        "drawing": one("drawing", 5.6, drawing, lambda ax: draw_mechanism(ax, mechanism, labels, best.hidden_species)),
        "rates": one("rates", 4.6, 0.75 + 0.34 * n, lambda ax: plot_rates(ax, best, found.profiles)),
        "arrhenius": one("arrhenius", 4.9, 3.1, lambda ax: plot_arrhenius(ax, best)) if best.energies else "",
        "design": _design(found),
        "ranking": one(
            "ranking", 4.6, 0.8 + 0.27 * shown, lambda ax: plot_ranking(ax, found.candidates, found.ties, shown)
        ),
        "inclusion": one("inclusion", 4.9, 0.8 + 0.27 * reactions, lambda ax: plot_inclusion(ax, found)),
    }


def _fits(found: Discovery) -> str:
    """Draw the runs, a panel each."""
    data, runs = found.data, min(len(found.data), MOST_RUNS)
    kelvin = data.temperatures if data.temperatures and len(set(data.temperatures)) > 1 else None
    drawn: list[Axes] = []

    def draw(ax: "Axes", run: int) -> None:
        plot_run(ax, found, found[0], run)
        if len(data) > 1:
            heat = f", {kelvin[run]:g} K" if kelvin else ""
            ax.set_title(f"run {data.experiments[run]}{heat}", loc="left", color=SOFT, fontsize=9)
        ax.set(xlabel=time_axis(data), ylabel=concentration_axis(data))
        drawn.append(ax)

    size = (5.8, 3.3) if runs == 1 else (4.4, 2.9)
    shown = panels(size, [partial(draw, run=run) for run in range(runs)], "fit", narrow=270)
    return legend(drawn[0]) + shown


def _residuals(found: Discovery) -> str:
    """Draw what the fit leaves, a panel a species."""
    if residuals(found[0].fit) is None:
        return ""
    draws = [lambda ax, name=name: plot_residual(ax, found, found[0], name) for name in found.data.species]
    return panels((3.0, 2.2), draws, "left", narrow=165)


def _design(found: Discovery) -> str:
    """Draw what the mechanisms predict for the proposed run, a panel a species."""
    proposal = found.proposal
    if proposal is None:
        return ""
    drawn: list[Axes] = []

    def draw(ax: "Axes", name: str) -> None:
        drawn.append(plot_experiment(ax, proposal, name))

    shown = panels((4.0, 2.9), [partial(draw, name=name) for name in parting_species(proposal)], "design", narrow=250)
    return legend(drawn[0], backwards=True) + shown


def behind_mixtures(found: Discovery) -> dict[str, Any]:
    """Draw what no column shows by itself, and list the coefficients."""
    best = found[0]
    drawn: list[Axes] = []

    def draw(ax: "Axes", run: int) -> None:
        drawn.append(mixed.plot_concentrations(ax, found, best, run))

    runs = range(min(len(found.data), mixed.MOST_RUNS))
    shown = panels((4.4, 2.9), [partial(draw, run=run) for run in runs], "behind", narrow=270)
    return {
        "coefficients": mixed.coefficient_rows(best),
        "concentrations": legend(drawn[0]) + shown,
        "spectra": inline_svg((5.6, 3.2), lambda f: mixed.plot_spectra(f.subplots(), found, best), "spectra")
        if mixed.is_spectral(best)
        else "",
    }
