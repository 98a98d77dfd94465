"""The page and the folder: complete, self-contained, whole or not there."""

import importlib
import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure
from scipy.stats import t as student

import crnsym
from crnsym.comparison.compare import assemble, compare
from crnsym.comparison.explain import explain
from crnsym.comparison.intervals import profile_intervals
from crnsym.data.mechanism import Mechanism
from crnsym.errors import DataError, ExportError
from crnsym.network.text import network
from crnsym.report.arrhenius import plot_arrhenius
from crnsym.report.design import plot_experiment
from crnsym.report.drawing import Arrow, _free_direction, draw_mechanism
from crnsym.report.html import report_html
from crnsym.report.mathml import equations_mathml
from crnsym.report.output import check_folder, write_folder
from crnsym.report.ranking import plot_ranking
from crnsym.report.rates import plot_rates
from crnsym.report.runs import dense_grid, logarithmic, plot_run
from crnsym.report.style import PALETTE

from ..comparison.cases import measured, mechanism


@pytest.fixture(scope="module")
def found():
    return compare([network("A -> B @ 0.3"), network("2 A -> 2 B @ 0.3")], measured(), names=["<first>", "second"])


@pytest.fixture(scope="module")
def undecided():
    few = measured(runs=1, points=5)
    return replace(compare([network("A -> B @ 0.3"), network("A -> B @ 0.3; B -> A @ 0.01")], few), verdict="tie")


class Balanced(HTMLParser):
    """Fails where tags do not close in order."""

    VOID = frozenset({"meta", "br", "img", "link", "hr", "mspace", "path", "use", "rect", "image", "circle", "line"})

    def __init__(self):
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_page_is_well_formed_and_needs_nothing_from_outside(found):
    page = report_html(found, "A title & more")
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert "A title &amp; more" in page
    assert "<script" not in page
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(s.startswith(("#", "data:")) for s in sources)


def test_ids_of_drawings_do_not_collide(found):
    ids = re.findall(r'\bid="([^"]+)"', report_html(found))
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'href="#([^"]+)"', report_html(found)))
    assert targets <= set(ids)


def test_the_same_result_gives_the_same_page(found):
    assert report_html(found) == report_html(found)


def test_what_is_drawn_follows_the_page_into_the_dark(found):
    page = report_html(found)
    assert "prefers-color-scheme: dark" in page
    styles = re.findall(r"(?:fill|stroke): ?(#[0-9a-fA-F]{3,6}|var\(--\w+\))", page[page.index("<svg") :])
    fixed = {style.lower() for style in styles if style[0] == "#"}
    assert fixed <= {*(colour.lower() for colour in PALETTE), "#fdfeff", "#10161d", "#000"}
    assert {style[6:-1] for style in styles if style[0] == "v"} <= set(re.findall(r"--(\w+):", page))
    assert "var(--ink)" in styles


def seen_without(kind):
    """Machado, Oliveira, Fernandes (2009): colours as seen without one kind of cones, at full severity."""
    return {
        "red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        "green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        "blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    }[kind]


@pytest.mark.parametrize("kind", ["red", "green", "blue"])
def test_the_first_six_colours_are_told_apart_by_everybody(kind):
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in PALETTE[:6]])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(seen_without(kind)).T, 0, 1)
    xyz = seen @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]).T
    root = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]))
    lab = np.stack([116 * root[:, 1], 500 * (root[:, 0] - root[:, 1]), 200 * (root[:, 1] - root[:, 2])], axis=1)
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2)[np.triu_indices(6, 1)]
    assert apart.min() > 12  # 2.3 is just seen side by side


def test_the_page_shows_rates_intervals_and_verdict(found):
    page = report_html(found)
    best = found[0]
    assert escape(found.statement) in page
    width = student.ppf(0.975, best.fit.degrees_of_freedom)
    low = f"{np.exp(best.mechanism.log_rates[0] - width * best.fit.log_errors[0]):.4g}"
    assert low in page
    assert "<math" in page
    assert page.count("<svg") == len(found.data) + len(found.data.species) + 4  # panels, and the single figures
    assert found.proposal is None
    interval = profile_intervals(best, 0.95)["k1"]
    assert f"{interval.low:.4g} – {interval.high:.4g}" in page
    assert "The data determine 1 of 1 numbers" in page


def test_a_page_without_candidates_still_says_why():
    data = measured()
    base = compare([network("A -> B @ 0.3")], data)
    empty = assemble([], data, base.problem)
    assert empty.verdict == "not reached"
    assert empty.statement in report_html(empty)


def test_names_in_data_cannot_break_the_page():
    source = mechanism(((1, 0), (0, 1), 0.3), species=("<A&>", "B"))
    data = measured(source)
    nasty = compare([network('"<A&>" -> B @ 0.3')], data)
    page = report_html(nasty, "<script>alert(1)</script>")
    assert "<script" not in page
    assert "<A&>" not in page


def test_equations_have_a_term_a_reaction_with_its_sign():
    m = mechanism(((2, 0), (0, 1), 0.1), ((0, 1), (1, 0), 0.2))
    first, second = equations_mathml(m, ["k1", "k2"])
    assert re.findall(r"<mo>(.)</mo>", first) == ["=", "−", "+"]
    assert "<mn>2</mn><mspace width='0.15em'/><msub><mi>k</mi><mn>1</mn></msub>" in first
    assert re.findall(r"<mo>(.)</mo>", second) == ["=", "−"]
    assert "<mn>0</mn>" in equations_mathml(mechanism(((1, 0), (1, 1), 1.0)), ["k1"])[0]


def test_settings_of_matplotlib_are_left_alone(found):
    before = dict(matplotlib.rcParams)
    report_html(found)
    assert dict(matplotlib.rcParams) == before


def test_every_figure_draws_on_the_axes_it_is_given(found):
    ax = Figure().subplots()
    assert plot_run(ax, found, found[0], 0) is ax
    assert len(ax.lines) == 2 * len(found.data.species)
    dots = ax.lines[1].get_ydata()
    assert np.array_equal(dots, found.data.values[0][:, 0])
    curve = ax.lines[0]
    assert np.interp(4.0, curve.get_xdata(), curve.get_ydata()) == pytest.approx(
        found[0].fit.initial_states[0, 0] * np.exp(-4 * found[0].rates["k1"]), rel=1e-3
    )
    assert plot_rates(Figure().subplots(), found[0])
    assert plot_ranking(Figure().subplots(), found.candidates, 1)


def test_bands_are_wider_for_measurements_than_for_the_curve(found):
    ax = plot_run(Figure().subplots(), found, found[0], 0)
    light, dark = (c.get_paths()[0].get_extents() for c in ax.collections[:2])
    assert light.height > dark.height
    assert len(ax.collections) == 2 * len(found.data.species)


def test_a_proposal_is_drawn_and_said(undecided):
    shown = explain(undecided)
    ax = Figure().subplots()
    assert plot_experiment(ax, shown.proposal, "B") is ax
    assert len(ax.lines) >= len(shown.proposal.names) + 1
    page = report_html(shown)
    assert "What to measure next" in page
    assert page.count('id="design') >= len(shown.proposal.measured)
    assert f"{shown.proposal.names[0]} ({shown.proposal.weights[0]:.2f})</span>" in page
    assert str(shown.proposal).replace("'", "&#39;") in page


def test_mechanisms_with_rate_laws_have_a_page_too():
    models = [network("A -> B @= V*A/(K + A)\n param V = 1, K = 0.5"), network("A -> B @ 0.3")]
    page = report_html(compare(models, measured(), names=["saturated", "plain"]))
    assert "K" in page
    assert page.count("<math") >= 2
    assert "∅" not in page


def test_candidates_and_discoveries_display_richly(found):
    from rich.console import Console

    console = Console(record=True, width=90)
    console.print(found[0])
    assert "A -> B" in console.export_text()
    assert "k1" not in repr(found[0])
    assert "A -> B  @" in repr(found[0])
    assert "<b>" in found[0]._repr_html_()
    frame = pytest.importorskip("pandas") and found.to_pandas()
    assert list(frame["rank"]) == [1, 2]
    assert pytest.importorskip("polars")
    assert found.data.to_polars().height == sum(map(len, found.data.times))


def test_logarithmic_samples_get_a_logarithmic_axis():
    assert logarithmic(np.geomspace(1e-3, 1e4, 20))
    assert not logarithmic(np.linspace(0, 10, 50))
    times = np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 20)])
    grid = dense_grid(times)
    assert grid[0] == 0
    assert np.isclose(grid[-1], 1e4)
    assert np.all(np.diff(grid) > 0)


def test_a_drawing_has_all_species_dots_and_coefficients():
    m = mechanism(((1, 1), (0, 2), 1.0), ((0, 2), (1, 1), 1.0), ((0, 1), (0, 0), 1.0))
    ax = Figure().subplots()
    draw_mechanism(ax, m, ["k1", "k2", "k3"])
    texts = [t.get_text() for t in ax.texts]
    assert {"A", "B", "∅", "k1 ⇌ k2", "k3", "2"} <= set(texts)
    positions = {t.get_text(): t.get_position() for t in ax.texts}
    assert positions["A"] != positions["B"]


def test_a_label_keeps_clear_of_the_lines_of_its_dot():
    ax = Figure(figsize=(5, 3)).subplots()
    draw_mechanism(ax, mechanism(((1, 0), (0, 1), 1.0)), ["k1"])
    (label,) = [t for t in ax.texts if t.get_text() == "k1"]
    assert (label.get_ha(), label.get_va()) == ("center", "bottom")
    across = Arrow("there", 1, True)
    for up, wanted in ((1.0, -1), (-1.0, 1)):
        found = _free_direction(ax, {"dot": (0.0, 0.0), "there": (0.0, up)}, "dot", [across])
        assert np.sign(found[1]) == wanted


def test_a_course_that_hides_another_is_dashed():
    both = measured(mechanism(((1, 0), (0, 1), 0.3)), runs=2)
    twice = replace(both, species=("A", "B"), values=tuple(v[:, [0, 0]] for v in both.values))
    result = compare([network("A -> 0 @ 0.3; B -> 0 @ 0.3")], twice)
    ax = Figure().subplots()
    plot_run(ax, result, result[0], 0)
    dashed = {line.get_label(): line.is_dashed() for line in ax.lines if line.get_label() in ("A", "B")}
    assert dashed == {"A": False, "B": True}


def test_runs_of_several_temperatures_have_an_arrhenius_figure(found):
    kelvin = (290.0, 300.0, 310.0, 320.0)
    rates = [0.3 * np.exp(-50e3 / 8.314 * (1 / t - 1 / 305)) for t in kelvin]
    parts = [measured(mechanism(((1, 0), (0, 1), k)), runs=1, seed=i) for i, k in enumerate(rates)]
    data = replace(
        parts[0],
        experiments=tuple("abcd"),
        times=tuple(p.times[0] for p in parts),
        values=tuple(p.values[0] for p in parts),
        temperatures=kelvin,
    )
    warm = compare([network("A -> B @ 0.3")], data)
    ax = plot_arrhenius(Figure().subplots(), warm[0])
    x, y = ax.lines[0].get_data()
    np.testing.assert_allclose(-np.polyfit(x / 1000, np.log(y), 1)[0] * 8.314, 50e3, rtol=0.05)
    assert ax.get_yscale() == "log"
    assert "between the temperatures of the runs" in report_html(warm)
    assert "between the temperatures of the runs" not in report_html(found)


def test_an_earlier_result_is_replaced_as_a_whole(found, tmp_path):
    out = tmp_path / "out"
    write_folder(found, out)
    (out / "notes.txt").write_text("mine")
    (out / "candidates" / "99.crn").write_text("old")
    write_folder(found, out)
    assert (out / "notes.txt").read_text() == "mine"
    assert not (out / "candidates" / "99.crn").exists()
    assert not [p for p in tmp_path.iterdir() if p != out]


def test_a_failure_while_writing_leaves_nothing(found, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "disk full")

    monkeypatch.setattr(importlib.import_module("crnsym.report.html"), "report_html", full)
    with pytest.raises(ExportError, match="disk full"):
        write_folder(found, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_checking_a_folder_leaves_no_trace(tmp_path):
    check_folder(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "f").write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        check_folder(tmp_path / "f" / "b")


def test_report_is_a_verb_and_a_package(found, tmp_path):
    crnsym.report(found, tmp_path / "r.html", title="T")
    assert "<title>T" in (tmp_path / "r.html").read_text(encoding="utf-8")
    with pytest.raises(ExportError):
        crnsym.report(found, tmp_path / "no" / "r.html")


@pytest.fixture
def _no_window():
    before = matplotlib.get_backend()
    matplotlib.use("agg")
    yield
    pyplot.close("all")
    matplotlib.use(before)


@pytest.mark.usefixtures("_no_window")
def test_figures_need_no_axes(found, undecided):
    ours = [
        crnsym.plot_run(found, found[0], 0),
        crnsym.plot_residual(found, found[0], "B"),
        crnsym.plot_rates(found[0]),
        crnsym.plot_ranking(found.candidates, 1),
        crnsym.plot_inclusion(found),
        crnsym.plot_experiment(explain(undecided).proposal),
        crnsym.draw_mechanism(found[0]),
    ]
    assert [ax.figure.number for ax in ours] == pyplot.get_fignums()
    assert all(ax.has_data() for ax in ours)
    given = Figure().subplots()
    assert crnsym.plot_rates(found[0], ax=given) is given
    assert len(pyplot.get_fignums()) == len(ours)
    with pytest.raises(DataError, match="species='nothing': no column of the data; choose one of A, B"):
        crnsym.plot_residual(found, found[0], "nothing")
    with pytest.raises(DataError, match="run=9: there are"):
        crnsym.plot_run(found, found[0], 9)
    assert len(pyplot.get_fignums()) == len(ours)


def test_where_there_is_nothing_to_draw_the_figure_says_so(found):
    nothing = Mechanism(("A", "B"), np.zeros((0, 2), int), np.zeros((0, 2), int), np.zeros(0))
    texts = [
        plot_ranking(Figure().subplots(), (), 0).texts[0].get_text(),
        draw_mechanism(Figure().subplots(), nothing).texts[0].get_text(),
    ]
    assert texts == ["no candidates", "no reactions"]
