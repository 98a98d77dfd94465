"""Texts of the command line as values."""

from pathlib import Path


def formulas(path: Path) -> dict[str, str]:
    """Read lines of species and formula, separated by a comma, '=', ':' or blanks."""
    import re

    from ..errors import DataError
    from ..formats.files import read_text

    formulas = {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        text = line.split("#")[0].strip()
        if not text:
            continue
        parts = [p for p in re.split(r"\s*[,;=:\t]\s*|\s+", text) if p]
        if len(parts) not in (2, 3):
            raise DataError(f"{path}, line {number}: expected 'species formula [excess or solvent]', found '{text}'")
        formulas[parts[0]] = " ".join(parts[1:])
    return formulas


def times(text: str) -> tuple[float, float, int]:
    """Read start, stop and number of times."""
    from ..errors import DataError

    try:
        start, stop, points = text.split(":")
        grid = float(start), float(stop), int(points)
        if not (grid[1] > grid[0] and grid[2] > 1):
            raise ValueError
    except ValueError:
        raise DataError(f"--times {text}: expected start:stop:points such as 0:40:101, stop after start") from None
    return grid


def initial(text: str) -> dict[str, float]:
    """Read initial values by species."""
    from ..errors import DataError

    try:
        return values(text)
    except ValueError:
        raise DataError(f"--initial {text}: expected 'A=1, B=0.5', each name once") from None


def values(text: str) -> dict[str, float]:
    """Read numbers by name; one that stands there twice is a `ValueError`, as what is no number."""
    pairs = [item.split("=") for item in text.replace(";", ",").split(",") if item.strip()]
    found = {name.strip(): float(value) for name, value in pairs}
    if len(found) < len(pairs):
        raise ValueError(f"'{text}' has a name twice")
    return found


def noise(text: str) -> str | dict[str, str]:
    """Read the name of a form, a number, or numbers by name: ``0.02``, ``2%``, ``A = 0.1, B = 2%``."""
    import re

    from ..errors import DataError

    if "=" not in text:
        return text
    pairs = [item.partition("=") for item in text.replace(";", ",").split(",") if item.strip()]
    found = {name.strip(): value.strip() for name, _, value in pairs}
    if len(found) < len(pairs) or not all(re.fullmatch(r"[\d.]+([eE][+-]?\d+)?\s*%?", v) for v in found.values()):
        raise DataError(
            f"--noise '{text}': expected the name of a form, a number, or 'A = 0.1, B = 2%', each name once"
        )
    return found
