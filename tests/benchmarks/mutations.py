"""Numbers that decide, halved and doubled: ``python -m tests.benchmarks.mutations MODULE ... [-- TEST ...]``.

Every number with a name in upper case at the top of a module, such as ``crnsym/search/score.py``, is halved and
doubled in a copy of the package, and the tests that mirror the module, or those that are named, run. A number whose
changes no test sees is printed: it wants a test, or it can go.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.house import PACKAGE, ROOT, constants

FACTORS = (0.5, 2.0)


def mirrored(module: Path) -> list[str]:
    """Return the tests of a module: the file of its name, or else all of its folder that name it."""
    inside = module.relative_to(PACKAGE)
    folder = ROOT / "tests" / inside.parent
    own = folder / f"test_{module.stem}.py"
    if own.exists():
        return [str(own.relative_to(ROOT))]
    dotted = ".".join(("crnsym", *inside.with_suffix("").parts))
    return [str(p.relative_to(ROOT)) for p in sorted((ROOT / "tests").rglob("test_*.py")) if dotted in p.read_text()]


def mutated(text: str, line: int, name: str, factor: float) -> str:
    """Return the source with one number multiplied by a factor; whole numbers stay whole and change by at least 1."""
    lines = text.splitlines(keepends=True)
    targets = [part for node in ast.parse(text).body if node.lineno <= line <= (node.end_lineno or 0)
               for part in _values(node, name)]  # fmt: skip
    part, value = targets[0]
    other = value * factor if isinstance(value, float) else max(round(value * factor), value - 1 if factor < 1 else 0)
    row = lines[part.lineno - 1].encode()
    new = row[: part.col_offset] + repr(other).encode() + row[part.end_col_offset :]
    lines[part.lineno - 1] = new.decode()
    return "".join(lines)


def _values(node: ast.stmt, name: str) -> list[tuple[ast.expr, float]]:
    found = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign):
            target, value = inner.targets[0], inner.value
        elif isinstance(inner, ast.AnnAssign) and inner.value is not None:
            target, value = inner.target, inner.value
        else:
            continue
        both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
        pairs = zip(target.elts, value.elts, strict=True) if both else [(target, value)]
        found += [(v, ast.literal_eval(v)) for t, v in pairs if isinstance(t, ast.Name) and t.id.lstrip("_") == name]
    return found


def main(modules: list[str], tests: list[str]) -> None:
    """Print a line a mutation, and the share that was caught."""
    caught, count = 0, 0
    with tempfile.TemporaryDirectory() as place:
        for folder in ("crnsym", "tests"):
            shutil.copytree(ROOT / folder, Path(place) / folder)
        shutil.copy(ROOT / "pyproject.toml", place)
        environment = {**os.environ, "PYTHONPATH": place, "PYTHONDONTWRITEBYTECODE": "1"}
        for module in map(Path, modules):
            text, copy = (ROOT / module).read_text(encoding="utf-8"), Path(place) / module
            chosen = tests or mirrored(ROOT / module)
            command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-x", "-p", "no:cacheprovider", *chosen]
            for name, value, line in constants(ast.parse(text)):
                for factor in FACTORS:
                    copy.write_text(mutated(text, line, name, factor), encoding="utf-8")
                    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False)
                    count, caught = count + 1, caught + (done.returncode == 1)
                    said = {0: "not caught", 1: "caught"}.get(done.returncode, f"no answer: {done.returncode}")
                    print(f"{module}  {name} = {value} x {factor:g}: {said}", flush=True)
            copy.write_text(text, encoding="utf-8")
    print(f"caught {caught} of {count}")


if __name__ == "__main__":
    given = sys.argv[1:]
    cut = given.index("--") if "--" in given else len(given)
    main(given[:cut], given[cut + 1 :])
