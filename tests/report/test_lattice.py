import pytest
from matplotlib.figure import Figure

from crnsym import Snapshots, network, simulate_lattice
from crnsym.errors import DataError, ExportError
from crnsym.report.lattice import plot_strip, write_picture

NET = network("A -> B @ 1; init A = 6")


@pytest.mark.parametrize(("shape", "panels"), [((8, 9), 4), ((4, 5, 3), 4), ((30,), 1)])
def test_a_strip_shows_snapshots_over_time(shape, panels):
    runs = simulate_lattice(NET, shape, (0, 3, 9), 1, 1)
    figure = plot_strip(Figure(), runs, panels=4)
    assert len(figure.axes) == panels
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["A", "B"]
    if panels > 1:
        assert [ax.get_title() for ax in figure.axes] == ["t = 0", "t = 1.125", "t = 1.875", "t = 3"]
        middle = runs.sites[0, 0] if len(shape) == 2 else runs.sites[0, 0, ..., 1]
        assert (figure.axes[0].images[0].get_array() == middle).all()


@pytest.mark.parametrize("suffix", [".png", ".svg", ".gif"])
def test_pictures_are_written_whole(suffix, tmp_path):
    runs = simulate_lattice(NET, (30,) if suffix == ".gif" else (5, 5), (0, 1, 3), 1, 1)
    write_picture(runs, tmp_path / f"lattice{suffix}")
    assert [p.name for p in tmp_path.iterdir()] == [f"lattice{suffix}"]
    assert (tmp_path / f"lattice{suffix}").stat().st_size > 1000


def test_what_is_no_lattice_or_no_picture_is_refused(tmp_path):
    runs = simulate_lattice(NET, (5, 5), (0, 1, 3), 1, 1)
    with pytest.raises(ExportError, match=r"\.gif for a movie"):
        write_picture(runs, tmp_path / "lattice.doc")
    with pytest.raises(DataError, match="run=1: there are 1 runs"):
        write_picture(runs, tmp_path / "lattice.png", run=1)
    with pytest.raises(DataError, match="not of counts"):
        write_picture(Snapshots(("A",), [0, 1], [[[1], [2]]] * 2, "counts"), tmp_path / "lattice.png")
    assert not list(tmp_path.iterdir())
