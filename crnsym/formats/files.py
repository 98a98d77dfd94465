"""Reading text files."""

import os
from pathlib import Path

from ..errors import FormatError


def read_text(path: str | os.PathLike[str]) -> str:
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
