"""One self-contained page about a discovery."""

from ..comparison.ranking import Discovery


def report_html(found: Discovery) -> str:
    """Return the report."""
    return f"<!doctype html><meta charset='utf-8'><title>crnsym</title>{found._repr_html_()}"
