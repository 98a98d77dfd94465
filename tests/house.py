"""The counts of the house: ``python -m tests.house [names]``; with ``names``, what only tests call.

What is printed is read from the code alone: modules and their lines, functions, ``Any`` in signatures, numbers that
decide, comments, circles of imports, and lines of tests a line of code in every folder.
"""

import ast
import io
import re
import statistics
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).parents[1]
PACKAGE, TESTS = ROOT / "crnsym", ROOT / "tests"
DECIDING = ("search", "comparison", "refit", "regression", "data")
PLAIN = (-1, 0, 1, 2)  # numbers in a condition that count or say a sign
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(folder: Path) -> dict[Path, str]:
    """Return the text of every module."""
    return {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}


def functions(tree: ast.AST) -> list[Function]:
    """Return all functions, also those inside others."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def any_in_signatures(tree: ast.AST) -> int:
    """Count ``Any`` in the annotations of arguments and results."""
    found = 0
    for node in functions(tree):
        a = node.args
        arguments = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
        annotations = [*(x.annotation for x in arguments), node.returns]
        parts = [part for x in annotations if x is not None for part in _whole(x)]
        found += sum(isinstance(part, ast.Name) and part.id == "Any" for part in parts)
    return found


def _whole(annotation: ast.expr) -> list[ast.expr]:
    """Return the alternatives of an annotation; a mapping to ``Any`` is a row of a table and no ``Any`` itself."""
    if isinstance(annotation, ast.BinOp):
        return [*_whole(annotation.left), *_whole(annotation.right)]
    return [annotation]


def number(node: ast.AST) -> float | None:
    """Return the value of a literal number, or none."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = number(node.operand)
        return None if inner is None else -inner
    plain = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    return node.value if plain else None  # type: ignore[union-attr, return-value]


def constants(tree: ast.Module) -> Iterator[tuple[str, float, int]]:
    """Name, value and line of every number in upper case at the top of a module, or that a class of fields has."""
    for node in [*tree.body, *(inner for c in tree.body if isinstance(c, ast.ClassDef) for inner in c.body)]:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target, value = node.target, node.value
        else:
            continue
        pairs = zip(target.elts, value.elts, strict=False) if isinstance(target, ast.Tuple) and isinstance(
            value, ast.Tuple) else [(target, value)]  # fmt: skip
        for name, part in pairs:
            found = number(part)
            if isinstance(name, ast.Name) and found is not None and name.id.isupper():
                yield name.id.lstrip("_"), found, part.lineno


def bare(tree: ast.Module) -> list[tuple[float, int]]:
    """Return numbers that stand in a comparison without a name, and their lines; those that count are left out."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            values = [(number(part), part.lineno) for part in (node.left, *node.comparators)]
            found += [(v, line) for v, line in values if v is not None and v not in PLAIN]
    return found


def comments(text: str) -> list[int]:
    """Return the lines that have a comment."""
    read = tokenize.generate_tokens(io.StringIO(text).readline)
    return [t.start[0] for t in read if t.type == tokenize.COMMENT and not re.match(r"# (fmt|type|noqa)", t.string)]


def imports(path: Path, tree: ast.Module, names: dict[str, Path]) -> set[Path]:
    """Return the modules that a module imports when it is loaded."""
    package = list(path.relative_to(ROOT).with_suffix("").parts)[:-1]
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *((node.module or "").split(".") if node.module else [])])
            found |= {names.get(f"{base}.{a.name}", names.get(base, path)) for a in node.names}
    return found - {path}


def circles(texts: dict[Path, str], trees: dict[Path, ast.Module]) -> list[set[Path]]:
    """Return groups of modules that import one another."""
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in texts}
    graph = nx.DiGraph((p, q) for p, tree in trees.items() for q in imports(p, tree, names))
    return [group for group in nx.strongly_connected_components(graph) if len(group) > 1]


def only_tests_call(trees: dict[Path, ast.Module]) -> list[tuple[Path, str]]:
    """Return functions and classes at the top of a module that nothing else in the package names, and not public."""
    public = set(re.findall(r"\w+", (PACKAGE / "__init__.pyi").read_text(encoding="utf-8")))
    used: Counter[str] = Counter()
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                used[node.id] += 1
            elif isinstance(node, ast.Attribute):
                used[node.attr] += 1
            elif isinstance(node, ast.ImportFrom):
                used.update(alias.name for alias in node.names)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 80:
                used.update(re.findall(r"\w+", node.value))  # annotations and tables of names
    defined = [
        (path, node.name)
        for path, tree in trees.items()
        for node in tree.body
        if isinstance(node, (*Function.__args__, ast.ClassDef))
        and not any("command" in ast.unparse(d) or "callback" in ast.unparse(d) for d in node.decorator_list)
    ]
    return [(path, name) for path, name in defined if not used[name] and name not in public]


def main() -> None:
    """Print the counts."""
    texts = sources(PACKAGE)
    trees = {path: ast.parse(text) for path, text in texts.items()}
    if sys.argv[1:] == ["names"]:
        for path, name in only_tests_call(trees):
            print(f"{path.relative_to(ROOT)}: {name}")
        return
    lines = {path: text.count("\n") for path, text in texts.items()}
    lengths = [f.end_lineno - f.lineno + 1 for tree in trees.values() for f in functions(tree) if f.end_lineno]
    deciding = [p for p in trees if p.relative_to(PACKAGE).parts[0] in DECIDING]
    named = [(p, *c) for p in deciding for c in constants(trees[p])]
    said = sum({line, line - 1} & set(comments(texts[p])) != set() for p, _, _, line in named)
    unnamed = sum(len(bare(trees[p])) for p in deciding)
    print(f"modules              {len(texts)}, median {statistics.median(lines.values()):.0f} lines, "
          f"{sum(n > 300 for n in lines.values())} above 300")  # fmt: skip
    print(f"lines                {sum(lines.values())}")
    print(f"functions            {len(lengths)}, median {statistics.median(lengths):.0f} lines")
    print(f"Any in signatures    {sum(map(any_in_signatures, trees.values()))}")
    print(f"numbers that decide  {len(named)} with a name, {said} of them with a comment; {unnamed} bare in conditions")
    remarks = 100 * sum(len(comments(t)) for t in texts.values()) / sum(lines.values())
    print(f"comments             {remarks:.1f} a 100 lines")
    print(f"circles of imports   {[len(c) for c in circles(texts, trees)] or 'none'}")
    print(f"named by tests alone {len(only_tests_call(trees))}")
    for folder in sorted(p for p in PACKAGE.iterdir() if p.is_dir() and p.name != "__pycache__"):
        code = sum(n for p, n in lines.items() if p.is_relative_to(folder))
        tests = sum(t.count("\n") for t in sources(TESTS / folder.name).values())
        print(f"  {folder.name:<12} {code:>6} lines, tests {tests / max(code, 1):.2f}")


if __name__ == "__main__":
    main()
