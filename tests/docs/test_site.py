"""The handbook and the reference as pages: complete, without dead links, and readable without a network."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

import crnsym
from crnsym.cli import app
from crnsym.docs.cells import cells, title
from crnsym.docs.chapters import page_of
from crnsym.docs.links import dead_links
from crnsym.docs.running import run_script
from crnsym.docs.topics import TOPICS, homes, names_by_topic, topic_of
from crnsym.errors import ExportError

SCRIPT = """# %% [markdown]
# # Two figures
#
# Some *words*.

# %%
import matplotlib.pyplot as plt

print("<told>")
plt.plot([0, 1])

# %%
figure = plt.figure()
figure.add_subplot()
7 * 6
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if any(find_spec(name) is None for name in ("sphinx", "furo", "myst_parser")):
        pytest.skip("the extra 'docs' is not installed")
    out = tmp_path_factory.mktemp("docs") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "crnsym", "docs", str(out), "--quick"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_all_public_names_are_in_the_reference(site: Path) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (site / "reference").glob("*.html"))
    assert [name for name in crnsym.__all__ if f'id="crnsym.{name}"' not in pages] == []


def test_every_chapter_has_a_page_and_every_page_is_reached(site: Path) -> None:
    start = (site / "index.html").read_text(encoding="utf-8")
    scripts = (Path(crnsym.__file__).parents[1] / "examples").glob("*.py")
    assert [script.stem for script in scripts if f"{script.stem}.html" not in start] == []


def test_no_link_of_the_site_is_dead_and_nothing_is_fetched_from_the_net(site: Path) -> None:
    assert dead_links(site) == []


def test_dead_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text('<p id="here"></p>')
    (tmp_path / "a.html").write_text(
        '<a href="b.html#here"></a><a href="https://example.org"></a><a href="c.html"></a><a href="b.html#gone"></a>'
        '<script src="https://example.org/x.js"></script><img src="d.png">'
    )
    assert dead_links(tmp_path) == [
        "a.html: c.html leads nowhere",
        "a.html: b.html#gone: the page has no such place",
        "a.html: https://example.org/x.js is fetched from the net",
        "a.html: d.png leads nowhere",
    ]


def test_cells_are_text_and_code_with_their_lines() -> None:
    found = cells(SCRIPT)
    assert [(cell.text, cell.line) for cell in found] == [(True, 2), (False, 7), (False, 13)]
    assert found[0].source == "# Two figures\n\nSome *words*."
    assert title(SCRIPT) == "Two figures"


def test_a_page_shows_what_is_printed_drawn_and_last(tmp_path: Path) -> None:
    script = tmp_path / "two.py"
    script.write_text(SCRIPT)
    page = page_of(script, run_script(script, tmp_path), tmp_path)
    assert "&lt;told&gt;" in page
    assert "<pre>42</pre>" in page
    assert [p.name for p in sorted(tmp_path.glob("*.svg"))] == ["two-1.svg", "two-2.svg"]


def test_a_cell_that_fails_is_named(tmp_path: Path) -> None:
    script = tmp_path / "bad.py"
    script.write_text("# %%\nx = 1\n\n# %%\n1 / 0\n")
    with pytest.raises(ExportError, match=r"bad.py: the cell at line 5 failed: ZeroDivisionError"):
        run_script(script, tmp_path)


def test_every_public_name_has_a_topic_and_every_topic_has_names() -> None:
    found = names_by_topic()
    assert sorted(name for names in found.values() for name in names) == sorted(crnsym.__all__)
    assert all(found[topic] for topic in TOPICS)
    assert set(homes()) == set(crnsym.__all__)
    with pytest.raises(KeyError, match="no topic of the reference has the module nowhere"):
        topic_of("nowhere")


def test_a_missing_extra_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("crnsym.cli.docs.find_spec", lambda name: None if name == "furo" else object())
    told = CliRunner().invoke(app, ["docs", str(tmp_path / "site")])
    assert told.exit_code == 2
    assert 'python -m pip install "crnsym[docs]"' in told.output
    assert not (tmp_path / "site").exists()
