"""A discovery in a file, and a discovery from a file.

Version 2 has a checksum of what the machine reads: a number that changed on the way is no result.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

from ...errors import FormatError, UnsupportedError
from ...files import write_text
from ...formats.files import read_text
from ..result import Discovery
from .values import Reader, Writer

FORMAT, VERSION = "crnsym.discovery", 2
NAME = "discovery.json"  # in a folder of results


def save_discovery(found: Discovery, path: str | os.PathLike[str]) -> None:
    """Write a discovery as JSON, whole or not at all; see `Discovery.save`."""
    write_text(path, discovery_text(found))


def discovery_text(found: Discovery) -> str:
    """Return a discovery as the text of a JSON file."""
    from ... import __version__

    writer = Writer()
    content = writer.plain(found)
    entries = {
        "format": FORMAT,
        "version": VERSION,
        "crnsym": __version__,
        "statement": found.statement,  # this one and the next for readers; the rest is for the machine
        "mechanism": list(found[0].reactions) if len(found) else [],
        "check": _check(writer.objects, content),
        "objects": writer.objects,
        "discovery": content,
    }
    lines = [f"{json.dumps(name)}: {_lines(value, name)}" for name, value in entries.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def load_discovery(path: str | os.PathLike[str]) -> Discovery:
    """Read what `Discovery.save` wrote, of this or an earlier version.

    Parameters
    ----------
    path
        The file, or a folder with a ``discovery.json`` in it, as ``crnsym discover --out`` leaves one.

    Raises
    ------
    FormatError
        The file cannot be read, or is not a saved discovery.
    UnsupportedError
        A newer version of the format.

    Examples
    --------
    >>> found.save("found.json")                  # doctest: +SKIP
    >>> cs.load_discovery("found.json").statement # doctest: +SKIP
    """
    path = Path(path)
    path = path / NAME if path.is_dir() else path
    return read_discovery(read_text(path), str(path))


def read_discovery(text: str, path: str) -> Discovery:
    """Read the text of a saved discovery; ``path`` names it in errors, see `load_discovery`."""
    content = _content(text, path)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FormatError(f'{path}: not a saved discovery (no "format": "{FORMAT}" at the top)')
    version = content.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FormatError(f"{path}: version {str(version)[:40]} of the format is none")
    if version > VERSION:
        raise UnsupportedError(
            f"{path}: version {version} of the format, of crnsym {str(content.get('crnsym'))[:20]}; "
            f"this one reads up to {VERSION}"
        )
    parts = content.get("objects"), content.get("discovery")
    if version > 1 and content.get("check") != _check(*parts):
        raise FormatError(f"{path}: a damaged discovery (its checksum is another); save it again from its data")
    try:
        found = Reader(content["objects"]).built(content["discovery"])
    except Exception as error:  # whatever a class says of values that it refuses
        raise FormatError(
            f"{path}: a damaged discovery ({type(error).__name__}: {str(error)[:200]}); save it again from its data"
        ) from None
    if not isinstance(found, Discovery):
        raise FormatError(f"{path}: a {type(found).__name__} where a discovery was expected")
    return found


def _check(objects: object, discovery: object) -> str:
    """Return a checksum of the values, however they are laid out as text."""
    return sha256(json.dumps([objects, discovery], sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:32]


def _content(text: str, path: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError(f"{path}, line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from None
    except (RecursionError, ValueError):
        raise FormatError(f"{path}: nested too deeply, or with numbers too long, for a saved discovery") from None


def _lines(value: object, name: str) -> str:
    """Write an object a line: two saved discoveries can be compared line by line."""
    if name != "objects" or not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    rows = [json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for row in value]
    return "[\n" + ",\n".join(rows) + "\n]"
