"""Snapshots in the studio, without a page: read, searched, simulated again, taken away."""

import zipfile

import numpy as np
import pytest

import crnsym as cs
from crnsym.errors import DataError
from crnsym.studio.lattice import LatticeProject

pytest.importorskip("nicegui", reason="the extra 'studio' is not installed")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("shots") / "decay.npz"
    net = cs.network("A -> 0 @ 0.5; init A = 40")
    cs.write_snapshots(cs.simulate_lattice(net, (10, 10), times=(0, 3, 7), runs=12, seed=1, hops=0.5), path)
    return path


def test_the_rules_are_found_simulated_again_and_taken_away(file, tmp_path):
    from crnsym.studio.lattice_view import numbers_chart, packed
    from crnsym.studio.pages import opened

    project = opened([file])
    assert isinstance(project, LatticeProject)
    assert not project.answers
    project.search().join(100)
    assert (project.problem, project.searching) == ("", False)
    assert project.found.candidates[0].reactions == ["A -> 0"]
    again, shots = project.again, project.shots
    assert again.shape[1:] == shots.counts().shape[1:]
    np.testing.assert_allclose(again.mean(axis=0), shots.counts().mean(axis=0), atol=8)
    series = numbers_chart(shots.species, shots.times, shots.counts(), again, dark=False)["series"]
    assert [(s["name"], s["type"]) for s in series] == [("A", "scatter"), ("A", "line")]
    with zipfile.ZipFile(packed(project)) as archive:
        archive.extractall(tmp_path)
    assert cs.read(tmp_path / "decay" / "best.crn").species_names == ("A",)


def test_a_search_that_is_stopped_or_fails_says_so(file, monkeypatch):
    project = LatticeProject.opened(file)
    tell = project._tell
    monkeypatch.setattr(project, "_tell", lambda *told: (project.stop(), tell(*told)))
    project.search().join(100)
    assert not project.searching
    assert project.problem or project.found is not None
    monkeypatch.setattr("crnsym.snapshots.discover.discover_snapshots", lambda *a, **o: 1 / 0)
    project.search().join(100)
    assert project.problem == "ZeroDivisionError: division by zero"


def test_snapshots_are_one_file(file):
    from crnsym.studio.pages import opened

    with pytest.raises(DataError, match="snapshots are in one file"):
        opened([file, file])
