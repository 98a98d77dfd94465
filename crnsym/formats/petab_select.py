"""PEtab Select: candidate networks as a space of models, each with a PEtab problem of its own.

A table a model names its PEtab problem and which of its parameters are estimated (one table for all would give every
model the parameters of the others); a YAML file names the tables, the criterion (BIC) and the method: all models are
calibrated. Format version 1.0.0;
https://petab-select.readthedocs.io/en/stable/problem_definition.html.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..files import fill_folder, write_text
from .identifiers import ElementIdentifiers, Identifiers
from .petab.write import ESTIMATED, FILES, Measurements, PetabNoise, write_petab

if TYPE_CHECKING:
    from ..network.network import Network

_ID, _PROBLEM = "model_subspace_id", "model_subspace_petab_yaml"
_YAML = """format_version: 1.0.0
criterion: BIC
method: brute_force
model_space_files:
"""


def write_petab_select(
    candidates: "Sequence[tuple[str, Network, Sequence[str]]]",
    data: Measurements,
    folder: str | os.PathLike[str],
    noise: PetabNoise = None,
    *,
    initial: str = ESTIMATED,
    conditions: Mapping[str, Mapping[str, float]] | None = None,
) -> Path:
    """Write candidate networks and data as a PEtab Select problem, and return the path of its YAML file.

    Parameters
    ----------
    candidates
        Of each its name, the network, and the names of the parameters that are estimated; others keep their values.
    data, noise, initial, conditions
        See `write_petab`, which writes each network into a folder of its own.
    folder
        Made if it is not there; files of the same names are replaced.

    Raises
    ------
    DataError
        No candidates, or a parameter without a value that is not estimated.
    ExportError
        If a file cannot be written.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> B @ k; param k = 0.5; init A = 1, B = 0")
    >>> data = cs.simulate(net, (0, 6, 7), noise=0.02, seed=0)
    >>> path = cs.write_petab_select([("first", net, ["k"])], data, "choice")
    >>> path.suffix
    '.yaml'
    """
    if not candidates:
        raise DataError("there are no candidates to write as a PEtab Select problem")
    ids, tables, owned = Identifiers(), {}, ["problem.yaml"]

    def fill(part: Path) -> None:
        for name, network, estimated in candidates:
            label = ids.give("model", f"model_{name}")
            known = {*network.species_names, *network.parameters}
            runs = {e: {n: v for n, v in values.items() if n in known} for e, values in (conditions or {}).items()}
            write_petab(network, data, part / label, noise, initial=initial, conditions=runs, title=name)
            differing = {n for values in runs.values() for n in values}
            tables[f"{label}.tsv"] = _row(name, label, network, estimated, differing)
            owned.extend((f"{label}.tsv", *(f"{label}/{file}" for file in FILES)))
        for name, text in tables.items():
            write_text(part / name, text)
        write_text(part / "problem.yaml", _YAML + "".join(f"- {name}\n" for name in tables))

    fill_folder(folder, fill, lambda _: owned)
    return Path(folder) / "problem.yaml"


def _row(name: str, label: str, network: "Network", estimated: "Sequence[str]", differing: set[str]) -> str:
    """Return the table of one candidate: what is estimated, and the values of what is not."""
    parameters = ElementIdentifiers(network).parameters
    row = {_ID: label, _PROBLEM: f"{label}/problem.yaml"}
    for parameter, value in network.parameters.items():
        if parameter in differing:
            continue
        if parameter not in estimated and value is None:
            raise DataError(f"{name}: the parameter '{parameter}' has no value and is not estimated")
        row[parameters[parameter]] = "estimate" if parameter in estimated else repr(float(value or 0.0))
    return "\t".join(row) + "\n" + "\t".join(row.values()) + "\n"
