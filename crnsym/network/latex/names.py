"""Names in LaTeX: escaped, Greek as letters, trailing digits as subscripts; no two alike."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_LETTERS = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi
psi omega"""
_CAPITALS = {"Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"}
_GREEK_WORDS = {*_LETTERS.split(), *_CAPITALS}
_ESCAPES = {
    **{c: f"\\{c}" for c in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "→": r"$\rightarrow$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "∅": r"$\varnothing$",
}
_CHEMICAL = re.compile(r"([A-Z][a-z]{0,2}[0-9]*|[A-Z]+[0-9]*)+")
_SUFFIXED = re.compile(r"([kKVE])([a-z]{1,4}|[A-Z])")


def escape(text: str) -> str:
    """Return running text with everything escaped that LaTeX reads as a command."""
    return "".join(_escaped(c) for c in unicodedata.normalize("NFC", text))


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character in "\n\t":
        return " "
    if character.isascii() or "\xa0" <= character <= "ſ":  # T1 fonts have these
        return character
    if greek := _greek_letter(character):
        return f"${greek}$"
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?"


def _greek_letter(character: str) -> str:
    """Return the command of a Greek letter, an upright Latin one for capitals that look Latin, or nothing."""
    title = unicodedata.name(character, "")
    if not title.startswith("GREEK") or "LETTER " not in title:
        return r"\mu" if character == "µ" else ""
    word = title.split("LETTER ")[1].split(" ")[0].lower().replace("lamda", "lambda")
    if "CAPITAL" in title:
        word = word.capitalize()
        if word not in _CAPITALS:
            return rf"\mathrm{{{ {'Eta': 'H', 'Rho': 'P', 'Chi': 'X'}.get(word, word[0]) }}}"
    return {"omicron": "o"}.get(word, rf"\{word}")


def math_name(name: str, overrides: Mapping[str, str] | None = None, upright: bool = False) -> str:
    r"""Return a name in math mode.

    ``k1`` gives ``k_{1}``, ``kcat`` gives ``k_{\mathrm{cat}}``, ``alpha_2`` gives ``\alpha_{2}``.

    Parameters
    ----------
    overrides
        {name: LaTeX} for names that should look otherwise.
    upright
        Set the stem in roman, as species are: ``A2`` as ``\mathrm{A}_{2}``, ``Km`` as ``\mathrm{Km}``.
    """
    if overrides and name in overrides:
        return overrides[name]
    base, *subscripts = [part for part in name.split("_") if part] or [name]
    base, digits = _split_digits(base)
    short = None if upright else _SUFFIXED.fullmatch(base)
    if short and base not in _GREEK_WORDS:
        base = short.group(1)
        subscripts.insert(0, short.group(2))
    if digits:
        subscripts.insert(1 if short and base not in _GREEK_WORDS else 0, digits)
    lower = ",".join(_word(part, "\\mathrm") for part in subscripts)
    return _word(base, "\\mathrm", upright) + (f"_{{{lower}}}" if lower else "")


def _split_digits(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?[^\d])(\d+)", text)
    return (match.group(1), match.group(2)) if match else (text, "")


def _word(text: str, font: str, upright: bool = False) -> str:
    """Return one part of a name: a Greek letter, a single italic letter, a number, or an upright word."""
    if text in _GREEK_WORDS:
        return f"\\{text}"
    if len(text) == 1 and (greek := _greek_letter(text)):
        return greek
    if text.isascii() and (text.isdigit() or (len(text) == 1 and text.isalpha() and not upright)):
        return text
    if text.isascii() and text.isalnum():
        return f"{font}{{{text}}}"
    return rf"\text{{{escape(text)}}}"


def species_name(name: str, overrides: Mapping[str, str] | None = None) -> str:
    r"""Return a species' name for inside ``\ce{...}``: formulas and capitals as they stand, the rest in math."""
    if overrides and name in overrides:
        return f"${overrides[name]}$"
    if name.isascii() and _CHEMICAL.fullmatch(name):
        return name
    head, digits = _split_digits(name)
    digits = digits.lstrip("_")
    head = head.rstrip("_") or name
    if head in _GREEK_WORDS or (len(head) == 1 and _greek_letter(head)):
        body = _word(head, "\\mathrm")
    else:
        body = rf"\text{{{escape(head.replace('_', '-'))}}}"
    return f"${body}{f'_{{{digits}}}' if digits else ''}$"


def apart(names: Iterable[str], given: Mapping[str, str] | None = None, reserved: Iterable[str] = ()) -> dict[str, str]:
    """Return {name: LaTeX in math mode} of names that would look like another one, such as ``k_1`` beside ``k1``.

    The first of them looks as it always does (one that is no ASCII before the others); the others are written out, or
    numbered where even that looks the same.

    Parameters
    ----------
    given
        Names that someone wants to look otherwise; they come back too.
    reserved
        What is printed for other things.
    """
    found = dict(given or {})
    seen = {_look(text) for text in (*reserved, *found.values())}
    for name in sorted((n for n in dict.fromkeys(names) if n not in found), key=str.isascii):
        usual = {_look(math_name(name)), _look(math_name(name, upright=True)), _look(species_name(name))}
        if not usual & seen:
            seen |= usual
            continue
        written, number = rf"\text{{{escape(name)}}}", 2
        text = written
        while _look(text) in seen:
            text, number = rf"{written}_{{({number})}}", number + 1
        found[name] = text
        seen.add(_look(text))
    return found


def _look(text: str) -> str:
    """Return what is seen of LaTeX, whatever the font."""
    return re.sub(r"\\(mathrm|text)(?![a-z])|(?<!\\)[{}$ ]", "", text)
