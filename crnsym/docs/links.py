"""Looking for dead links in a folder of pages, and for what a page would fetch from the net."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


class _Page(HTMLParser):
    """The anchors of a page, and where it points: (target, whether it is fetched with the page)."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[tuple[str, bool]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            if name in ("href", "src") and value:
                self.targets.append((value, (tag, name) in _FETCHED))


def dead_links(folder: Path) -> list[str]:
    """Return a line for every link of the pages in a folder that leads nowhere, or that fetches from the net.

    Links to other sites, which a reader may follow, are left alone.
    """
    pages = {path.resolve(): _Page(path) for path in sorted(folder.rglob("*.html"))}
    return [f"{path.relative_to(folder.resolve())}: {line}" for path in pages for line in _dead(path, pages)]


def _dead(path: Path, pages: dict[Path, _Page]) -> Iterator[str]:
    for target, fetched in pages[path].targets:
        parts = urlsplit(target)
        if parts.scheme in ("http", "https") or target.startswith("//"):
            if fetched:
                yield f"{target} is fetched from the net"
        elif not parts.scheme:
            place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if place.is_dir():
                place = place / "index.html"
            if not place.is_file():
                yield f"{target} leads nowhere"
            elif parts.fragment and place in pages and unquote(parts.fragment) not in pages[place].anchors:
                yield f"{target}: the page has no such place"
