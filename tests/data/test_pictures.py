import numpy as np
import pytest
from PIL import Image

from crnsym import network, read_lattice, simulate_lattice
from crnsym.errors import DataError


def test_a_picture_is_a_lattice_to_start_from(tmp_path):
    sites = np.random.default_rng(1).integers(0, 3, size=(5, 7))
    palette = np.array([[250, 251, 249], [220, 10, 20], [5, 0, 240]], dtype=np.uint8)  # not exactly the colours
    Image.fromarray(palette[sites]).save(tmp_path / "start.png")
    found = read_lattice(tmp_path / "start.png", {"A": "red", "B": (0, 0, 255)})
    np.testing.assert_array_equal(found, sites)
    net = network("A -> B @ 1")
    np.testing.assert_array_equal(simulate_lattice(net, (5, 7), [0, 1], 1, initial=found).sites[0, 0], sites)


@pytest.mark.parametrize(
    ("colours", "message"),
    [
        ({}, "give {species: colour}"),
        ({"A": "reddish"}, "A: 'reddish' is no colour"),
        ({"A": (1, 2)}, "is no colour"),
        ({"A": "white"}, "two states have the same colour"),
        ({"A": "red"}, "cannot be read .it is no picture."),
    ],
)
def test_pictures_and_colours_that_are_none_are_refused_in_one_line(colours, message, tmp_path):
    (tmp_path / "no.png").write_text("no picture")
    with pytest.raises(DataError, match=message) as caught:
        read_lattice(tmp_path / "no.png", colours)
    assert "\n" not in str(caught.value)
