"""The site: sources in a temporary folder, Sphinx over them, and every link followed before it counts as made."""

import io
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ExportError
from ..files import fill_folder
from .chapters import write_chapters
from .links import dead_links
from .reference import write_reference

if TYPE_CHECKING:
    from typer.core import TyperGroup

SETTINGS: dict[str, Any] = {
    "project": "crnsym",
    "extensions": ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_parser"],
    "html_theme": "furo",
    "html_title": "crnsym",
    "html_static_path": ["_static"],
    "html_css_files": ["crnsym.css"],
    "html_show_sourcelink": False,
    "html_copy_source": False,
    "html_show_copyright": False,
    "templates_path": [],
    "default_role": "py:obj",
    "suppress_warnings": ["ref.python"],  # a word that is an attribute of two classes links to one of them
    "add_module_names": False,
    "autodoc_typehints": "description",
    "autodoc_typehints_description_target": "documented_params",  # what is returned stands under Returns
    "python_use_unqualified_type_names": True,
    "autodoc_preserve_defaults": True,
    "maximum_signature_line_length": 90,
    "napoleon_google_docstring": False,
    "napoleon_use_rtype": False,
    "napoleon_use_ivar": True,
    "myst_enable_extensions": ["dollarmath"],
    "myst_heading_anchors": 3,
    "pygments_style": "friendly",
    "highlight_language": "none",
    "smartquotes": False,  # two hyphens are an option, and quotes belong to code
}


_DASH = re.compile(r"(</strong>|</em>|</a>|\)) -- ")  # between a parameter and its description


def build(
    out: str | os.PathLike[str], commands: "TyperGroup", run: bool = True, tell: Callable[[str], None] = lambda _: None
) -> int:
    """Render handbook and reference into a folder.

    Parameters
    ----------
    out
        Afterwards holds ``index.html`` and all that it needs; readable without a network.
    commands
        The click group whose commands are listed.
    run
        Whether the scripts of the handbook are run for their results, about two minutes.
    tell
        Called with a line at each step.

    Returns
    -------
    int
        Number of pages.

    Raises
    ------
    ExportError
        A script failed, a page is malformed, a link leads nowhere, or the folder cannot be written.
    """
    with tempfile.TemporaryDirectory() as place:
        source, made = Path(place) / "source", Path(place) / "made"
        (source / "_static").mkdir(parents=True)
        (source / "_static" / "crnsym.css").write_bytes((Path(__file__).parent / "crnsym.css").read_bytes())
        write_chapters(source, run, tell)
        write_reference(source, commands)
        tell("pages")
        _typeset(source, made, Path(place) / "trees")
        dead = dead_links(made)
        if dead:
            raise ExportError("pages of the handbook have dead links:\n" + "\n".join(dead))
        fill_folder(out, lambda target: _copy(made, target), owned=lambda old: _files(old))
        return len(list(made.rglob("*.html")))


def _typeset(source: Path, made: Path, trees: Path) -> None:
    from sphinx.application import Sphinx

    said = io.StringIO()
    app = Sphinx(source, None, made, trees, "html", confoverrides=SETTINGS, status=None, warning=said, freshenv=True)
    app.connect("autodoc-process-docstring", _name_by_name, priority=400)  # before they are laid out
    app.connect("autodoc-process-signature", _without_fields)
    app.build()
    if said.getvalue().strip():
        raise ExportError(f"pages of the handbook are malformed:\n{said.getvalue()}")
    for left in (made / ".buildinfo", made / "objects.inv"):
        left.unlink(missing_ok=True)
    for page in (made / "reference").glob("*.html"):
        page.write_text(_DASH.sub(r"\1 – ", page.read_text(encoding="utf-8")), encoding="utf-8")


def _name_by_name(_app: object, _what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Give each of several attributes that share a description an entry of its own, which is what Sphinx reads."""
    if "Attributes" not in lines:
        return
    start = lines.index("Attributes") + 2
    for i in range(len(lines) - 1, start - 1, -1):
        names = lines[i].split(", ")
        if len(names) > 1 and all(name.isidentifier() for name in names):
            stop = next((j for j in range(i + 1, len(lines)) if not lines[j].startswith(" ")), len(lines))
            lines[i:stop] = [line for name in names for line in (name, *lines[i + 1 : stop])]


def _without_fields(
    _app: object, what: str, _name: str, found: object, _options: object, signature: str, returned: str
) -> tuple[str, str]:
    """Leave out the fields of what users are given and do not make: they stand below as attributes."""
    made = what != "class" or "Parameters\n" in (found.__doc__ or "")
    return (signature, returned) if made else ("", "")


def _copy(made: Path, target: Path) -> None:
    shutil.copytree(made, target, dirs_exist_ok=True)


def _files(old: Path) -> list[str]:
    """Return what an earlier site left: all of it, if it was one."""
    if not (old / "_static" / "crnsym.css").is_file():
        return []
    return [p.relative_to(old).as_posix() for p in old.rglob("*") if p.is_file()]
