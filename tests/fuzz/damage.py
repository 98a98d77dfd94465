"""Damage: bytes, lines and values of a valid input, changed as accidents and hostile hands do."""

import json
from typing import Any

import numpy as np

STRANGE = [
    "", "\0", "\n", "\r", "\t", " ", "'", '"', "\\", "=", "-", "+", "@", "#", "//", "/*", "0", "-0", "1e999", "-1e999",
    "1e-999", "nan", "inf", "1/0", "99999999999999999999999", "0x10", "1_000", "٣", "½", "²", "∅", "→", "\ufeff",
    "\u202e", "\u200b", "字", "é", "é", "💥", "{", "}", "[", "]", "(", ")", "<", ">", "&", "&amp;", "%s", "{0}", "${x}",
    "__import__('os')", "None", "true", "A", "time", "k", "@=", "->", "<->", ";", ",", ".", ":", "^", "**", "!", "?",
    "x" * 300, "(" * 90, "1" * 400, "9" * 20 + "." + "9" * 20, "1e400", "2^2^2^9", "init", "param", "obs", "const",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e308, -0.0, float("nan"), float("inf"), 10**30, "", "x", "1/0", "1e999999999",
    [], {}, [None], {"a": 1}, [[[[[]]]]], "A", "k", "0", "-3", "1/3", "x" * 500, ["A", "B"], {"A": 1},
]  # fmt: skip


def damaged_bytes(random: np.random.Generator, content: bytes) -> bytes:
    """Cut, insert, change, double or drop some bytes."""
    data = bytearray(content)
    for _ in range(int(random.integers(1, 6))):
        at = int(random.integers(len(data) + 1))
        to = at + int(random.integers(0, 12))
        match int(random.integers(7)):
            case 0:
                data[at:to] = b""
            case 1:
                data[at:at] = random.bytes(int(random.integers(1, 8)))
            case 2 if at < len(data):
                data[at] ^= 1 << int(random.integers(8))
            case 3:
                data[at:at] = data[at:to] * int(random.integers(1, 20))
            case 4:
                data[at:at] = choice(random, STRANGE).encode()
            case 5:
                del data[at:]
            case _:
                data[at:to] = choice(random, STRANGE).encode()
    return bytes(data)


def damaged_text(random: np.random.Generator, text: str) -> str:
    """Change words, lines and letters; stays text."""
    lines = text.splitlines() or [""]
    for _ in range(int(random.integers(1, 5))):
        i, j = (int(random.integers(len(lines))) for _ in range(2))
        words = lines[i].split(" ")
        w = int(random.integers(len(words)))
        match int(random.integers(7)):
            case 0:
                lines[i], lines[j] = lines[j], lines[i]
            case 1:
                lines.insert(i, lines[j])
            case 2:
                words[w] = choice(random, STRANGE)
            case 3:
                words.insert(w, choice(random, STRANGE))
            case 4:
                words[w] = words[w][: int(random.integers(len(words[w]) + 1))]
            case 5:
                words[w] += choice(random, STRANGE)
            case _:
                words = words[::-1]
        if " ".join(words) != lines[i]:
            lines[i] = " ".join(words)
    return "\n".join(lines) + "\n"


def damaged_value(random: np.random.Generator, value: Any) -> Any:
    """Change one place of a JSON value: another kind, a missing or a doubled entry."""
    value = json.loads(json.dumps(value))
    place, parent, key = value, None, None
    while isinstance(place, dict | list) and place and random.random() < 0.85:
        parent, key = place, choice(random, list(place) if isinstance(place, dict) else list(range(len(place))))
        place = parent[key]
    if parent is None:
        return choice(random, VALUES)
    match int(random.integers(4)):
        case 0:
            del parent[key]
        case 1 if isinstance(parent, list):
            parent.append(place)
        case 2 if isinstance(parent, dict):
            parent[choice(random, STRANGE)] = place
        case _:
            parent[key] = choice(random, VALUES)
    return value


def choice(random: np.random.Generator, items: Any) -> Any:
    """One of the items; NumPy's own would make arrays of them."""
    return items[int(random.integers(len(items)))]
