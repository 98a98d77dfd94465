"""Rate laws, one file each; `LAWS` is the table that texts and files of every format go by.

A further law is one more file and one more line of the table: what it is called, which of its constants grow with the
volume and its term of the ontology are attributes of its class, see `RateLaw`.
"""

from .arrhenius import Arrhenius as Arrhenius
from .base import RateLaw as RateLaw
from .custom import Custom as Custom
from .hill import Hill as Hill
from .hill import HillRepression as HillRepression
from .mass_action import MassAction as MassAction
from .michaelis_menten import MichaelisMenten as MichaelisMenten
from .reversible import ReversibleMM as ReversibleMM

LAWS: tuple[type[RateLaw], ...] = (
    MassAction,
    Arrhenius,
    MichaelisMenten,
    ReversibleMM,
    Hill,
    HillRepression,
    Custom,
)


def laws_by_kind() -> dict[str, type[RateLaw]]:
    """Return the laws by their names in files."""
    return {law.kind: law for law in LAWS}


def laws_by_call() -> dict[str, type[RateLaw]]:
    """Return the laws by their names in the text format."""
    return {law.call: law for law in LAWS if law.call}
