"""Words by which the columns and the steps of an operation table are known."""

import re

ROLES = {
    "experiment": "experiment run batch exp experiments runs",
    "time": "time begin from at t",
    "until": "until end to stop",
    "duration": "duration for",
    "operation": "operation action step what event kind type",
    "volume": "volume vol",
    "flow": "flow flowrate feedrate q pump",
    "residence": "residencetime residence tau τ",
}
KINDS = {
    "start": "start charge initial fill beginning",
    "add": "add addition dose dosing shot bolus inject injection dilute dilution spike",
    "feed": "feed fed feeding infusion pump",
    "withdraw": "withdraw withdrawal sample sampling remove removal drain outflow out",
    "stirred flow": "stirredflow cstr stirredtank stirred chemostat",
    "plug flow": "plugflow pfr tube flowtube tubular",
    "steady stirred flow": "steadystirredflow steadycstr steadystirredtank steady",
    "temperature": "temperature heat heating cool cooling ramp",
}
_ROLE_OF = {word: role for role, words in ROLES.items() for word in words.split()}
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}


def role_of(name: str) -> str | None:
    """Return what the column of this name is; None for any other, such as a species."""
    return _ROLE_OF.get(_plain(name))


def kind_of(word: str) -> str | None:
    """Return what is done by a step that somebody calls so; None for an unknown word."""
    return _KIND_OF.get(_plain(word))


def _plain(text: str) -> str:
    return re.sub(r"[\s_.\-]+", "", text).lower()
