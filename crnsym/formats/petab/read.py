"""A PEtab problem from its YAML file, by the library of the field; what is not supported is refused by name."""

import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from ...errors import CrnsymError, FormatError, MissingExtraError, UnsupportedError
from ..files import read_text
from .problem import Tables

T = TypeVar("T")

SUFFIXES = (".yaml", ".yml")


def read_tables(path: str | os.PathLike[str]) -> Tables:
    """Read the tables of a PEtab problem of version 1 or 2.

    Raises
    ------
    MissingExtraError
        Without the package ``petab``.
    FormatError
        For a file that is missing or broken, or tables that do not fit together.
    UnsupportedError
        For what cannot be evaluated here, by name: several models or problems, models that are no SBML, extensions.
    """
    path = Path(path)
    config = _config(path)
    version = str(config.get("format_version", "")).split(".")[0]
    with told_plainly(path):
        if version == "1":
            from .version1 import tables

            return tables(path, config)
        if version == "2":
            from .version2 import tables

            return tables(path, config)
    given = config.get("format_version")
    raise UnsupportedError(f"{path}: format_version {given} of PEtab is not supported; 1 and 2 are")


def _config(path: Path) -> dict[str, Any]:
    try:
        import petab.v1  # noqa: F401  # whether it is there
        import yaml
    except ImportError:
        raise MissingExtraError("PEtab needs the extra: python -m pip install 'crnsym[petab]'") from None
    try:
        config = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise FormatError(f"{path}: no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(config, dict) or "format_version" not in config:
        raise FormatError(f"{path}: no PEtab problem; a line format_version is missing")
    return config


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """Make one line of whatever the library raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except CrnsymError:
        raise
    except Exception as error:  # the library raises what its own libraries do
        said = " ".join(str(error).split()) or type(error).__name__
        raise FormatError(f"{path}: {said[:400]}") from None


def beside(path: Path, name: object) -> Path:
    """Return the path of a file that a YAML file names."""
    found = path.parent / str(name)
    if "://" in str(name):
        raise UnsupportedError(f"{path}: files from the net are not supported ({name}); put it beside the YAML file")
    if not found.is_file():
        raise FormatError(f"{path}: the file {name} is not there")
    return found


def only(path: Path, names: Iterable[T] | None, what: str) -> T:
    """Return the only entry of a list."""
    entries = list(names or [])
    if len(entries) != 1:
        raise UnsupportedError(f"{path}: {len(entries)} {what} are not supported; one is")
    return entries[0]
