"""Results for people: figures, one HTML page, a folder of files; `crnsym.report` itself writes the page."""

from ..verbs import make_callable

make_callable(__name__, "html")
