"""The reference as pages: public names by topic, and the commands with their options."""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import crnsym

from .commands import commands_page, heading
from .topics import Topic, names_by_topic

if TYPE_CHECKING:
    from typer.core import TyperGroup


def write_reference(target: Path, commands: "TyperGroup") -> None:
    """Write the pages of the reference into a folder of their own; the commands are those of a click group."""
    place = target / "reference"
    place.mkdir()
    topics = names_by_topic()
    for topic, names in topics.items():
        (place / f"{topic.key}.rst").write_text(_page(topic, names), encoding="utf-8")
    (place / "commands.rst").write_text(commands_page(commands), encoding="utf-8")
    (place / "index.rst").write_text(_index(topics), encoding="utf-8")


def first_sentence(name: str) -> str:
    """Return what a public name is, in one line."""
    return (inspect.getdoc(target_of(name)) or "").split("\n\n")[0].replace("\n", " ")


def target_of(name: str) -> object:
    """Return what a public name stands for; of a package that can be called, the function."""
    found = getattr(crnsym, name)
    return found._find() if inspect.ismodule(found) else found


def _page(topic: Topic, names: list[str]) -> str:
    parts = [heading(topic.title), topic.about, "", ".. currentmodule:: crnsym", ""]
    if topic.key == "errors":
        parts += [".. automodule:: crnsym.errors", "   :no-index:", ""]
    for name in names:
        kind = "autoclass" if inspect.isclass(target_of(name)) else "autofunction"
        parts += [f".. {kind}:: crnsym.{name}"]
        parts += ["   :members:", "   :member-order: bysource"] if kind == "autoclass" else []
        parts += [""]
    return "\n".join(parts)


def _index(topics: dict[Topic, list[str]]) -> str:
    parts = [heading("Reference"), "Every public name, ``import crnsym as cs``, by topic. "]
    parts += [
        "The commands are in :doc:`commands`.",
        "",
        ".. currentmodule:: crnsym",
        "",
        ".. toctree::",
        "   :hidden:",
        "",
        "   commands",
    ]
    parts += [f"   {topic.key}" for topic in topics]
    for topic, names in topics.items():
        parts += ["", f":doc:`{topic.key}`", "-" * (len(topic.key) + 7), "", ".. list-table::", "   :widths: 30 70", ""]
        for name in names:
            parts += [f"   * - `~crnsym.{name}`", f"     - {first_sentence(name)}"]
    return "\n".join(parts) + "\n"
