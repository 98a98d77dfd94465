"""Checkpoints are whole or absent, and say so when they do not fit."""

import numpy as np
import pytest

from crnsym.errors import ExportError, FitError
from crnsym.training.checkpoint import load_checkpoint, read_header, save_checkpoint

TREE = {"a": np.arange(3.0), "b": (np.ones((2, 2)), 5)}


def test_a_checkpoint_comes_back_equal(tmp_path):
    save_checkpoint(tmp_path / "c", TREE, {"epoch": 3})
    tree, header = load_checkpoint(tmp_path / "c", {"a": np.zeros(3), "b": (np.zeros((2, 2)), 0)})
    assert header == {"epoch": 3}
    np.testing.assert_array_equal(tree["a"], TREE["a"])
    assert tree["b"][1] == 5
    assert read_header(tmp_path / "c") == {"epoch": 3}


def test_a_failed_write_leaves_the_old_checkpoint_and_nothing_else(tmp_path):
    file = tmp_path / "c"
    save_checkpoint(file, TREE, {"epoch": 1})
    before = file.read_bytes()
    with pytest.raises(TypeError):
        save_checkpoint(file, TREE, {"epoch": object()})
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_a_folder_that_does_not_exist_is_one_clear_error(tmp_path):
    with pytest.raises(ExportError, match="cannot be written"):
        save_checkpoint(tmp_path / "missing" / "c", TREE, {})


@pytest.mark.parametrize("content", [b"", b"species,time\n1,2\n", b"\xff\xfe\x00\n", b'{"format": "other"}\n'])
def test_another_file_is_not_taken_for_a_checkpoint(tmp_path, content):
    file = tmp_path / "c"
    file.write_bytes(content)
    with pytest.raises(FitError, match="not a checkpoint"):
        load_checkpoint(file, TREE)


def test_a_checkpoint_of_another_shape_is_refused(tmp_path):
    save_checkpoint(tmp_path / "c", TREE, {})
    with pytest.raises(FitError, match="does not hold this problem"):
        load_checkpoint(tmp_path / "c", {"a": np.zeros(4), "b": (np.zeros((2, 2)), 0)})


@pytest.mark.parametrize("place", [30, 90, 200, -60, -1])
def test_a_checkpoint_with_a_changed_byte_is_said_to_be_damaged(tmp_path, place):
    file = tmp_path / "c"
    save_checkpoint(file, TREE, {"epoch": 3, "name": "x" * 100})
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    for act in (lambda: load_checkpoint(file, TREE), lambda: read_header(file)):
        with pytest.raises(FitError, match=r"damaged|not a checkpoint"):
            act()
    file.write_bytes(content[:place])
    with pytest.raises(FitError, match=r"damaged|not a checkpoint"):
        load_checkpoint(file, TREE)
