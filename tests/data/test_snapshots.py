from contextlib import suppress

import numpy as np
import pytest

from crnsym import Snapshots, network, read_snapshots, simulate_lattice, simulate_stochastic, write_snapshots
from crnsym.data.snapshots import as_snapshots
from crnsym.errors import DataError, ExportError

SITES = np.zeros((2, 3, 4, 4), dtype=int)
GOOD = {"species": ("A", "B"), "times": [0, 1, 2], "values": SITES}


def changed(place, value):
    sites = SITES.astype(float)
    sites[place] = value
    return sites


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"values": [np.zeros((3, 4, 4)), np.zeros((3, 4, 5))]}, "run 1 has the shape 3x4x5 and run 0 has 3x4x4"),
        ({"values": changed((0, 1, 2, 2), -1)}, "no negative numbers, got -1"),
        ({"values": changed((0, 1, 2, 2), 0.5)}, "whole numbers, got 0.5"),
        ({"values": changed((0, 1, 2, 2), np.nan)}, "whole numbers, got nan"),
        ({"values": changed((0, 1, 2, 2), 3)}, "a site holds 3, but there are 2 species"),
        ({"values": np.zeros((1, 3, 2)), "kind": "counts"}, "snapshots of 1 run: two or more"),
        ({"values": SITES[:0]}, "snapshots of 0 runs: one or more"),
        ({"lattice": "honeycomb"}, "lattice='honeycomb' is unknown; choose one of square, hexagonal"),
        ({"values": np.zeros((2, 3, 9)), "lattice": "hexagonal"}, "a hexagonal lattice has two sides"),
        ({"window": True}, "give periodic=False with window=True"),
        ({"values": SITES[:, :1], "times": [0]}, "snapshots at 1 time: two or more"),
        ({"values": SITES[:, :2]}, "2 snapshots a run, but there are 3 times"),
        ({"times": [0, 2, 1]}, "must be finite and increase"),
        ({"values": SITES[..., :2]}, "periodic lattice 4x2 is smaller than its kernel"),
        ({"values": SITES[..., :1], "periodic": False}, "walled lattice 4x1 is smaller than its kernel"),
        ({"values": np.zeros((2, 3, 4, 4, 4, 4))}, "1 to 3 sides"),
        ({"species": ("A", "A")}, "different names"),
        ({"times": ["a", "b", "c"]}, "times of snapshots must be numbers"),
        ({"values": None}, "values hold object; snapshots hold whole numbers"),
        ({"values": [[[[[1, 2], 0], [0, 0]]] * 3] * 2}, "run 0 has snapshots of differing shapes; .* one number"),
        ({"values": SITES * 1.0 + 1e300}, "1e+300 molecules, more than can be counted".replace("+", r"\+")),
        ({"species": [f"X{n}" for n in range(300)], "values": SITES + 200}, "300 species; a site .* 127 apart"),
        ({"species": 3}, "species=3: snapshots need species"),
        ({"kind": "photographs"}, "kind='photographs'"),
        ({"values": np.zeros((2, 3, 3)), "kind": "counts"}, "3 columns, but there are 2 species"),
    ],
)
def test_bad_snapshots_are_refused_in_one_clear_line(wrong, message):
    with pytest.raises(DataError, match=message) as caught:
        Snapshots(**{**GOOD, **wrong})
    assert "\n" not in str(caught.value)


def test_snapshots_come_back_from_a_file(tmp_path):
    runs = simulate_lattice(network("A -> B @ 1; init A = 5"), (4, 5), (0, 1, 3), 2, 1, periodic=False)
    write_snapshots(runs, tmp_path / "runs.npz")
    back = read_snapshots(tmp_path / "runs.npz")
    assert (back.kind, back.periodic, back.same_runs, back.species) == ("lattice", False, True, ("A", "B"))
    np.testing.assert_array_equal(back.values, runs.sites)
    np.testing.assert_array_equal(back.counts(), runs.counts())
    assert [p.name for p in tmp_path.iterdir()] == ["runs.npz"]


def test_the_kind_of_lattice_and_a_window_come_back_from_a_file(tmp_path):
    runs = simulate_lattice(network("A -> B @ 1; init A = 5"), (4, 5), (0, 1, 3), 1, 1, lattice="hexagonal")
    write_snapshots(runs, tmp_path / "runs.npz")
    back = read_snapshots(tmp_path / "runs.npz")
    assert (back.lattice, back.window, back.directions, back.runs) == ("hexagonal", False, 6, 1)
    write_snapshots(Snapshots(**{**GOOD, "periodic": False, "window": True}), tmp_path / "w.npz")
    assert read_snapshots(tmp_path / "w.npz").window


def test_tables_and_simulated_counts_are_snapshots_too(tmp_path):
    runs = simulate_stochastic(network("A -> B @ 1; init A = 5"), (0, 1, 3), 2, 1)
    np.testing.assert_array_equal(as_snapshots(runs).counts(), runs.counts)
    lines = ["run,time,A", "x,0,5", "x,1,3", "y,0,5", "y,1,4"]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    assert read_snapshots(tmp_path / "t.csv").values.tolist() == [[[5], [3]], [[5], [4]]]
    (tmp_path / "t.csv").write_text("\n".join([*lines[:-1], "y,2,4"]))
    with pytest.raises(DataError, match=r"t\.csv: run y has other times than run x"):
        read_snapshots(tmp_path / "t.csv")


def test_broken_files_are_refused_by_name(tmp_path):
    (tmp_path / "no.npz").write_text("nothing")
    with pytest.raises(DataError, match=r"no\.npz: cannot be read"):
        read_snapshots(tmp_path / "no.npz")
    with pytest.raises(DataError, match=r"gone\.npz: cannot be read"):
        read_snapshots(tmp_path / "gone.npz")
    np.savez(tmp_path / "other.npz", values=SITES)
    with pytest.raises(DataError, match=r"other\.npz: no entry 'species'"):
        read_snapshots(tmp_path / "other.npz")
    with pytest.raises(ExportError, match=r"\.npz"):
        write_snapshots(Snapshots(**GOOD), tmp_path / "x.csv")
    with pytest.raises(ExportError, match=r"x\.npz: cannot be written \(No such file"):
        write_snapshots(Snapshots(**GOOD), tmp_path / "gone" / "x.npz")


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("periodic", np.ones(4)),
        ("periodic", np.array("yes")),
        ("same_runs", np.ones((2, 2), bool)),
        ("same_runs", np.array([], bool)),
        ("periodic", np.array(0.5)),
    ],
)
def test_flags_that_are_none_are_named(tmp_path, entry, value):
    whole = {"species": np.array(["A"]), "times": np.arange(2.0), "values": SITES, "kind": np.array("lattice")}
    np.savez(tmp_path / "a.npz", **whole, **{entry: value})
    with pytest.raises(DataError, match=f"the entry '{entry}' is .*; it is true or false"):
        read_snapshots(tmp_path / "a.npz")


def test_no_changed_byte_of_a_file_is_a_traceback(tmp_path):
    write_snapshots(Snapshots(("A", "B"), [0.0, 1.0], np.arange(8).reshape(2, 2, 2), "counts"), tmp_path / "a.npz")
    whole = (tmp_path / "a.npz").read_bytes()
    random = np.random.default_rng(0)
    for _ in range(200):
        mutant = bytearray(whole)
        for _ in range(random.integers(1, 4)):
            at = int(random.integers(len(mutant)))
            mutant[at : at + int(random.integers(0, 9))] = random.bytes(int(random.integers(0, 9)))
        (tmp_path / "b.npz").write_bytes(mutant)
        with suppress(DataError):
            read_snapshots(tmp_path / "b.npz")
