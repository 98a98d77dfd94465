"""Reading and writing files, whole or not at all."""

import os
from pathlib import Path

from ..errors import ExportError, FormatError


def read_text(path: str | os.PathLike) -> str:
    """Return the text of a file (UTF-8, with or without a byte-order mark).

    Raises
    ------
    FormatError
        The file cannot be read, or is not text.
    """
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{path}: not a UTF-8 text (byte {error.start} is {error.object[error.start]:#04x})"
        ) from None


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write a text file by way of a temporary name in the same folder, so that nobody sees half of it.

    Raises
    ------
    ExportError
        The file cannot be written; what stood there before is unharmed.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            part.write_bytes(text.encode("utf-8"))
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written ({error.strerror or error})") from None
