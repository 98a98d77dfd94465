"""Checkpoints: one line of JSON with a checksum, then the leaves of a pytree."""

import hashlib
import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crnsym.errors import FitError
from crnsym.files import write_bytes

if TYPE_CHECKING:
    from jaxtyping import PyTree

FORMAT = "crnsym checkpoint 2"


def save_checkpoint(path: str | os.PathLike[str], tree: "PyTree", header: dict[str, Any]) -> None:
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

    leaves = io.BytesIO()
    eqx.tree_serialise_leaves(leaves, tree)
    content = leaves.getvalue()
    first = json.dumps({"format": FORMAT, **header})
    line = json.dumps({"check": _check(first.encode() + content), **json.loads(first)})
    write_bytes(path, line.encode() + b"\n" + content)


def read_header(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the header of a checkpoint.

    Raises
    ------
    FitError
        If the file is not a checkpoint of this version, or damaged.
    """
    return _parts(path)[0]


def load_checkpoint(path: str | os.PathLike[str], like: "PyTree") -> tuple[Any, dict[str, Any]]:
    """Read a checkpoint back into the shape of ``like``.

    Returns
    -------
    tree, header
        The pytree with the leaves of the file, and the header that was written with it.

    Raises
    ------
    FitError
        If the file is not a checkpoint of this version, is damaged or holds another pytree.
    """
    import equinox as eqx

    header, content = _parts(path)
    try:
        return eqx.tree_deserialise_leaves(io.BytesIO(content), like), header
    except Exception as error:  # whatever reading the leaves of another problem comes upon
        raise FitError(f"checkpoint {path} does not hold this problem; delete it or name another") from error


def _parts(path: str | os.PathLike[str]) -> tuple[dict[str, Any], bytes]:
    """Return the header and what follows it, once it is sure that both are as they were written."""
    try:
        line, _, content = Path(path).read_bytes().partition(b"\n")
    except OSError as error:
        raise FitError(f"checkpoint {path} cannot be read ({error.strerror or error})") from None
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise FitError(
            f"{path} is not a checkpoint of this version (expected '{FORMAT}'); delete it, or start without resume"
        )
    check = header.pop("check", None)
    if check != _check(json.dumps(header).encode() + content):
        raise FitError(f"checkpoint {path} is damaged; delete it, or start without resume")
    del header["format"]
    return header, content


def _check(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
