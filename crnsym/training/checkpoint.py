"""Checkpoints: one line of JSON, then the leaves of a pytree; written to the side and moved into place."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from crnsym.errors import ExportError, FitError

FORMAT = "crnsym checkpoint 1"


def save_checkpoint(path: str | os.PathLike[str], tree: Any, header: dict[str, Any]) -> None:
    """Write ``tree`` and ``header`` to ``path``, whole or not at all.

    Parameters
    ----------
    path
        The file; an existing one is replaced in one step, so that an interruption leaves the old one.
    tree
        Any pytree of arrays and numbers.
    header
        What is needed to decide whether the checkpoint fits: JSON values only.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    import equinox as eqx

    path = Path(path)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ExportError(f"checkpoint {path} cannot be written: {error.strerror or error}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps({"format": FORMAT, **header}).encode() + b"\n")
            eqx.tree_serialise_leaves(file, tree)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_header(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the header of a checkpoint.

    Raises
    ------
    FitError
        If the file is not a checkpoint of this version.
    """
    with open(path, "rb") as file:
        return _header(file.readline(), path)


def load_checkpoint(path: str | os.PathLike[str], like: Any) -> tuple[Any, dict[str, Any]]:
    """Read a checkpoint back into the shape of ``like``.

    Returns
    -------
    tree, header
        The pytree with the leaves of the file, and the header that was written with it.

    Raises
    ------
    FitError
        If the file is not a checkpoint of this version or holds another pytree.
    """
    import equinox as eqx

    with open(path, "rb") as file:
        header = _header(file.readline(), path)
        try:
            return eqx.tree_deserialise_leaves(file, like), header
        except (RuntimeError, ValueError, EOFError, TypeError) as error:
            raise FitError(f"checkpoint {path} does not hold this problem; delete it or name another") from error


def _header(line: bytes, path: str | os.PathLike[str]) -> dict[str, Any]:
    try:
        header = json.loads(line)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.pop("format", None) != FORMAT:
        raise FitError(f"{path} is not a checkpoint of this version (expected '{FORMAT}')")
    return header
