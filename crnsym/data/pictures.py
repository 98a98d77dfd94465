"""A picture as a lattice: each pixel is a site, and its colour says what that holds."""

import logging
import os
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from ..errors import DataError

Colour: TypeAlias = str | Sequence[int]
"""A name, ``"#d1495b"``, or red, green and blue from 0 to 255."""
MOST_PIXELS = 10**7


def read_lattice(path: str | os.PathLike[str], colours: Mapping[str, Colour], empty: Colour = "white") -> np.ndarray:
    """Read a picture whose pixels are the sites of a lattice.

    Parameters
    ----------
    path
        A picture that Pillow reads, such as .png; a pixel a site.
    colours
        {species: colour}, by name (``"red"``), as ``"#d1495b"`` or as (red, green, blue) from 0 to 255. A pixel is
        what its nearest colour says.
    empty
        Colour of empty sites.

    Returns
    -------
    array
        ``(rows, columns)``, int8: 0 where a site is empty, n for the n-th species; `crnsym.simulate_lattice` takes it
        as ``initial``, for a network with the species in this order.

    Raises
    ------
    DataError
        A picture that cannot be read, colours that are none, or two alike.

    Examples
    --------
    >>> sites = read_lattice("start.png", {"A": "red", "B": "blue"})  # doctest: +SKIP
    """
    from PIL import Image, ImageColor

    logging.getLogger("PIL").addHandler(logging.NullHandler())  # what is wrong with a file is told once, by the error

    def colour(name: str, given: Colour) -> np.ndarray:
        try:
            found = ImageColor.getrgb(given)[:3] if isinstance(given, str) else tuple(map(int, given))
        except (ValueError, TypeError):
            found = ()
        if len(found) != 3 or not all(0 <= x < 256 for x in found):
            raise DataError(f"{name}: {given!r} is no colour; give a name, '#d1495b', or three numbers from 0 to 255")
        return np.array(found, dtype=float)

    if not isinstance(colours, Mapping) or not colours:
        raise DataError("colours: give {species: colour}, such as {'A': 'red'}")
    palette = np.stack([colour("empty", empty), *(colour(name, given) for name, given in colours.items())])
    if len(np.unique(palette, axis=0)) < len(palette):
        raise DataError("colours: two states have the same colour")
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise DataError(
                    f"{path}: {picture.width} x {picture.height} pixels; a lattice of {MOST_PIXELS:,} at most"
                )
            pixels = np.asarray(picture.convert("RGB"), dtype=float)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or "it is no picture"
        raise DataError(f"{path}: cannot be read ({reason})") from None
    apart = np.stack([((pixels - one) ** 2).sum(axis=2) for one in palette])
    return apart.argmin(axis=0).astype(np.int8)
