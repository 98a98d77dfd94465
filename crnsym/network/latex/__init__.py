r"""LaTeX: reactions by mhchem, numbers by siunitx, tables by booktabs.

============ ================================================
``names``    escaping, Greek, subscripts
``numbers``  ``\num{1.2(3)e-4}`` and units
``inline``   what math mode can hold
``formulas`` rates and differential equations
``document`` reactions, tables and the document around them
============ ================================================
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

from ...errors import UnsupportedError
from .document import Pieces
from .inline import expression_latex as expression_latex
from .inline import latex_name as latex_name
from .inline import network_latex
from .names import apart as apart

if TYPE_CHECKING:
    from ..network import Network

Form = Literal["aligned", "reactions", "odes", "table", "parameters", "matrix", "document"]
FORMS = get_args(Form)


def latex(
    network: "Network",
    form: Form = "reactions",
    *,
    title: str = "",
    notes: str = "",
    standard_errors: Mapping[str, float] | None = None,
    names: Mapping[str, str] | None = None,
    digits: int = 6,
) -> str:
    r"""Return a network as LaTeX.

    All forms but the document need the packages amsmath, amssymb, mhchem (version 4), siunitx (version 3) and
    booktabs, longtable for more than 40 rows.

    Parameters
    ----------
    form
        ``"aligned"``: reactions as rows for math mode, as a notebook shows them, without the options below;
        ``"reactions"``: ``\ce{2 A ->[$k_{1}$] B}``, a line each; ``"odes"``: the rate equations;
        ``"table"``: reactions, rates and rate constants; ``"parameters"``: values with uncertainties and
        units; ``"matrix"``: the net stoichiometry with its species; ``"document"``: all but the matrix, ready
        for pdflatex.
    title, notes
        Heading and opening text of the document.
    standard_errors
        {parameter: standard error}; the network's metadata if not given.
    names
        {species or parameter: LaTeX in math mode} for names that should look otherwise.
    digits
        Significant digits of numbers without uncertainty.

    Raises
    ------
    UnsupportedError
        For an unknown form.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(latex(network("2 A -> B @ k1")))
    \begin{align*}
    & \ce{2 A ->[$k_{1}$] B}
    \end{align*}
    """
    if not isinstance(form, str) or form not in FORMS:
        raise UnsupportedError(f"no LaTeX form named {form!r}; known are {', '.join(FORMS)}")
    if form == "aligned":
        return network_latex(network)
    errors = standard_errors or network.metadata.get("standard_errors") or {}
    pieces = Pieces(network, errors, names, digits)
    return pieces.document(title, notes) if form == "document" else getattr(pieces, form)()
