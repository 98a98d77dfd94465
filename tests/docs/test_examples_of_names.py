"""Every public name has an example in its docstring, and the examples run."""

import doctest
import inspect
import re
from functools import cache
from pathlib import Path

import pytest

import crnsym
from crnsym.docs.reference import first_sentence, target_of
from crnsym.docs.topics import TOPICS, names_by_topic

ROOT = Path(crnsym.__file__).parents[1]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NEEDS = {"formats": "petab"}


@cache
def examples(name: str) -> tuple[doctest.Example, ...]:
    return tuple(doctest.DocTestParser().get_examples(inspect.getdoc(target_of(name)) or ""))


def is_skipped(example: doctest.Example) -> bool:
    return bool(example.options.get(doctest.SKIP))


def test_every_public_name_says_what_it_is_and_has_an_example():
    assert [name for name in crnsym.__all__ if not first_sentence(name).endswith((".", ":"))] == []
    assert [name for name in crnsym.__all__ if not examples(name)] == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.key)
def test_the_examples_of_a_topic_run(topic, tmp_path, monkeypatch):
    if topic.key in NEEDS:
        pytest.importorskip(NEEDS[topic.key])
    failed = []
    for name in names_by_topic()[topic]:
        place = tmp_path / name
        place.mkdir()
        monkeypatch.chdir(place)
        module = inspect.getmodule(inspect.unwrap(target_of(name)))
        test = doctest.DocTest(list(examples(name)), dict(vars(module)), name, None, None, None)
        said: list[str] = []
        doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(test, out=said.append)
        failed += ["".join(said)] if said else []
    assert not failed, "\n".join(failed)


def test_what_an_example_leaves_out_is_run_by_the_handbook_or_a_test():
    left = [name for name in crnsym.__all__ if all(map(is_skipped, examples(name)[1:]))]
    text = "\n".join(
        p.read_text(encoding="utf-8") for folder in ("examples", "tests") for p in (ROOT / folder).rglob("*.py")
    )
    assert [name for name in left if not re.search(rf"\b{name}\b", text)] == []
