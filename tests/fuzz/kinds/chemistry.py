"""Small languages: formulas, expressions, known rates, options; with what they mean."""

import math
import re
from pathlib import Path

import numpy as np

from crnsym.cli import values as texts
from crnsym.cli.known_rates import read_rates
from crnsym.network.balance import parse_formula
from crnsym.network.expressions import parse_expression
from crnsym.network.printing import expression_text

from ..case import expect, valid
from ..damage import STRANGE, choice, damaged_text

ELEMENTS = ["H", "C", "N", "O", "Na", "Cl", "Fe", "Cu", "S", "P", "Br", "U", "He"]
FUNCTIONS = {"exp": math.exp, "sqrt": lambda x: math.sqrt(abs(x)), "sin": math.sin, "cos": math.cos, "tanh": math.tanh}


def group(random: np.random.Generator, depth: int = 0) -> tuple[str, dict[str, int]]:
    """Part of a formula and what it holds."""
    text, counts = "", {}
    for _ in range(int(random.integers(1, 4))):
        if depth < 2 and random.random() < 0.25:
            inner, held = group(random, depth + 1)
            open_, close = choice(random, ["()", "[]"])
            part = open_ + inner + close
        else:
            element = choice(random, ELEMENTS)
            part, held = element, {element: 1}
        number = choice(random, [1, 1, 2, 3, 10, 12])
        text += part + (str(number) if number > 1 else "")
        for element, count in held.items():
            counts[element] = counts.get(element, 0) + count * number
    return text, counts


def formula(random: np.random.Generator, folder: Path) -> None:
    """Nested brackets, hydrates and charges with a caret have one meaning."""
    text, counts = group(random)
    if random.random() < 0.3:
        water = int(random.integers(2, 9))
        text += f".{water}H2O"
        counts = {**counts, "H": counts.get("H", 0) + 2 * water, "O": counts.get("O", 0) + water}
    charge = int(random.integers(-3, 4))
    if charge:
        text += f"^{abs(charge) if abs(charge) > 1 else ''}{'+' if charge > 0 else '-'}"
        counts = {**counts, "charge": charge}
    with valid(text):
        found = parse_formula(text)
    expect({k: int(v) for k, v in found.items() if v} == counts, f"{text}: {found}, not {counts}")


def formula_strange(random: np.random.Generator, folder: Path) -> None:
    """Anything else is counted or refused."""
    parts = [*ELEMENTS, *"()[]{}^+-.*0123456789abcXYZ", "₂", "³⁺", "e-", "(aq)", "·", "H2O", *STRANGE]
    parse_formula("".join(choice(random, parts) for _ in range(int(random.integers(1, 10)))))


def arithmetic(random: np.random.Generator, depth: int, values: dict[str, float]) -> tuple[str, float]:
    """An expression and its value."""
    if depth == 0 or random.random() < 0.2:
        name = choice(random, [*values, None])
        if name is not None:
            return name, values[name]
        number = choice(random, ["2", "0.5", "1e-2", "3.25", ".75", "10"])
        return number, float(number)
    left, a = arithmetic(random, depth - 1, values)
    if random.random() < 0.25:
        name = choice(random, list(FUNCTIONS))
        inner = f"abs({left})" if name == "sqrt" else left
        if abs(a) > 20:
            return f"({left})", a
        return f"{name}({inner})", FUNCTIONS[name](a)
    right, b = arithmetic(random, depth - 1, values)
    operator = choice(random, ["+", "-", "*", "/"])
    if operator == "/" and abs(b) < 1e-3:
        operator = "+"
    value = {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else 0.0}[operator]
    return f"({left} {operator} {right})", value


def expression(random: np.random.Generator, folder: Path) -> None:
    """Arithmetic gives the value that Python gives; its text is read back as the same value."""
    values = {"A": float(random.lognormal()), "B": float(random.lognormal()), "k": float(random.lognormal())}
    text, value = arithmetic(random, int(random.integers(1, 5)), values)
    if not math.isfinite(value) or abs(value) > 1e12:
        return
    with valid(text):
        parsed = parse_expression(text)
        again = parse_expression(expression_text(parsed))
    for read in (parsed, again):
        point = {s: values[s.name] for s in read.free_symbols}
        found = float(read.evalf(30, subs=point) if point else read.evalf(30))
        scale = max(abs(value), 1.0)
        expect(abs(found - value) < 1e-7 * scale, f"{text} = {found}, not {value}")


def expression_strange(random: np.random.Generator, folder: Path) -> None:
    """Towers of powers, functions of huge numbers, nesting and nonsense are read quickly or refused."""
    parts = [
        "2", "9", "1e9", "A", "factorial(", "exp(", "log(", "^", "**", "(", ")", "*", "+", "-", "/", ",", "piecewise(",
        "ceil(", "floor(", "<", "&&", "sqrt(", "1e300", "99999999999", "abs(", "max(", "min(", "log10(", "!", *STRANGE,
    ]  # fmt: skip
    text = "".join(choice(random, parts) for _ in range(int(random.integers(1, 16))))
    text += ")" * max(0, text.count("(") - text.count(")")) if random.random() < 0.8 else ""
    if random.random() < 0.2:
        part = choice(random, ["(2*A)^", "9^", "A*", "sqrt(2)^", "exp(", "factorial(", "-", "(", "2^"])
        times = int(random.integers(1, 200))
        text = part * times + "9" + ")" * (times if part.endswith("(") else 0)
    expression_text(parse_expression(text))


def rates(random: np.random.Generator, folder: Path) -> None:
    """Known rates: value, error in its unit or in per cent, bounds."""
    value, error = round(float(random.lognormal()), 4) + 0.001, round(float(random.random()), 4) + 0.001
    key = choice(random, ["A -> B", "k1", "2 A + B -> C"])
    form = int(random.integers(4))
    sign = choice(random, ["@", "="])
    plus = choice(random, ["±", "+/-", "+-"])
    text = [
        f"{key} {sign} {value}", f"{key} {sign} {value} {plus} {error}", f"{key} {sign} {value} {plus} {error}%",
        f"{key} {sign} {value} .. {value + error}",
    ][form]  # fmt: skip
    (folder / "r.txt").write_text(f"# known\n\n{text}  # told\n", encoding="utf-8")
    with valid(text):
        told = read_rates(folder / "r.txt")
    expected = [value, (value, error), (value, error * value / 100), (value, value + error)][form]
    found = told.bounds[key] if form == 3 else told.rates[key]
    expect(np.allclose(found, expected), f"{text}: {found}, not {expected}")


def options_strange(random: np.random.Generator, folder: Path) -> None:
    """Files of rates and formulas, and texts of options, of whatever."""
    lines = ["A -> B @ 0.3 ± 0.02", "k1 = 0.1 .. 3", "A + B -> C @ 0.3 at 298 K", "A H2O", "B C6H12O6 solvent"]
    text = damaged_text(random, "\n".join(choice(random, lines) for _ in range(int(random.integers(1, 5)))))
    (folder / "o.txt").write_bytes(text.encode(errors="replace"))
    words = [*"0123456789:=,;.eE- ", "A", "nan", "inf", *STRANGE]
    option = "".join(choice(random, words) for _ in range(int(random.integers(1, 10))))
    match int(random.integers(5)):
        case 0:
            read_rates(folder / "o.txt")
        case 1:
            texts.formulas(folder / "o.txt")
        case 2:
            start, stop, count = texts.times(option)
            expect(math.isfinite(start) and math.isfinite(stop), f"--times {option}: {start} to {stop}, {count}")
        case 3:
            texts.initial(option)
        case _:
            found = texts.times("0:5:" + re.sub(r"\D", "", option)[:4])
            expect(found[2] > 1, found)


KINDS = {
    f.__name__: f
    for f in (formula, formula_strange, expression, expression_strange, rates, options_strange)
}  # fmt: skip
