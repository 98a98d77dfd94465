"""A vessel that is fed, emptied, flowed through or heated as SBML: its network, and events where a stretch begins."""

import os

import libsbml
import numpy as np
import sympy as sp

from ..data.operation import plan as columns
from ..data.operation.attach import Operations, as_operations, check_species
from ..data.operation.operation import Operation
from ..data.operation.plan import FIRST, plan, stretch_of
from ..data.operation.scale import Wanted
from ..data.reading.grid import quoted
from ..errors import DataError, UnsupportedError
from ..files import write_text
from ..formats.identifiers import ElementIdentifiers
from ..formats.sbml.mathml import to_ast
from ..formats.sbml.writer import sbml_document
from ..network.network import Network
from ..network.symbols import exact_number, symbol
from .vessels import Vessel, vessel


def write_operated(
    network: Network,
    path: str | os.PathLike[str],
    operation: Operations,
    *,
    experiment: str | None = None,
    start: float = 0.0,
) -> None:
    """Write a network in its vessel as SBML: feeds and flows as reactions, additions as events.

    Volume, inflow and feeds become species, those of a temperature program too; other programs simulate the file as
    `crnsym.simulate` does the network with its operation. At the moment of an addition SBML gives the state after it.

    Parameters
    ----------
    network
        With rates and initial concentrations.
    path
        An ``.xml`` or ``.sbml`` file.
    operation
        An `Operation`, {experiment: Operation}, or the path, frame or dict of columns of a table of it.
    experiment
        Which run, where the table tells of several.
    start
        Time at which the simulation starts.

    Raises
    ------
    DataError
        An operation that cannot be, or of a species that is not there.
    UnsupportedError
        Times that are residence times, or a path that is not that of an SBML file.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A + B -> C @ 0.1; init A = 2, B = 0, C = 0")
    >>> cs.write_operated(net, "fed.xml", cs.Operation(1.0).feed(0, 15, flow=0.1, contents={"B": 2.0}))
    >>> data = cs.simulate("fed.xml", times=(0, 30, 4))
    """
    if not str(path).lower().endswith((".xml", ".sbml")):
        raise UnsupportedError(f"{path}: a vessel is written as SBML; choose a name that ends in .xml")
    chosen = _chosen(as_operations(operation, Wanted(network.species_names)), experiment)
    check_species(chosen, network.species_names, experiment or "")
    if chosen.axis != "time":
        raise UnsupportedError(f"{chosen.axis}: its times are residence times, which SBML has no place for")
    write_text(path, libsbml.writeSBMLToString(_document(network, chosen, start)))


def _chosen(operations: dict[str, Operation], experiment: str | None) -> Operation:
    """Return the operation of the run that is asked for.

    Raises
    ------
    DataError
        Several, and none is chosen; or none of that name.
    """
    if experiment is None and len(operations) == 1:
        return next(iter(operations.values()))
    if experiment is None:
        raise DataError(f"the operation tells of {quoted(operations)}; choose one (experiment=)")
    if experiment not in operations and "" not in operations:
        raise DataError(f"operation: no experiment '{experiment}'; there are {quoted(operations)}")
    return operations.get(experiment, operations.get("", Operation()))


def _document(network: Network, operation: Operation, start: float) -> libsbml.SBMLDocument:
    whole = vessel(network.with_initial(dict(operation.charge)), (operation,))
    table = plan(operation, network.species_names)
    here = int(stretch_of(table, np.array([start]))[0])
    if here + 1 < len(table) and table[here + 1, columns.BEGIN] == start:
        here += 1  # what is done at the start is done before it
    first = dict(zip(whole.added, whole.condition(table[here], start).tolist(), strict=True))
    begun = whole.network.with_initial(first)
    if table[here, columns.BEGIN] == start:
        begun = begun.with_initial(_charged(begun, whole, table[here]))
    document = sbml_document(begun)
    names, model = ElementIdentifiers(begun), document.getModel()
    assert model is not None  # it was just written
    for number, row in enumerate(table[here + 1 :], 1):
        _event(model, names, whole, row, number)
    return document


def _charged(network: Network, whole: Vessel, row: np.ndarray) -> dict[str, float]:
    """Return initial concentrations after what is done at the start itself."""
    state = np.array([float(network.initial.get(name) or 0.0) for name in whole.species])
    return dict(zip(whole.species, whole.jumped(state, row).tolist(), strict=True))


def _event(model: libsbml.Model, names: ElementIdentifiers, whole: Vessel, row: np.ndarray, number: int) -> None:
    """Let a stretch of the plan begin at its time: concentrations jump, flows are others."""
    event = model.createEvent()
    identifier = f"stretch_{number}"
    while model.getElementBySId(identifier) is not None:
        identifier += "_"
    event.setId(identifier)
    event.setUseValuesFromTriggerTime(True)
    trigger = event.createTrigger()
    trigger.setInitialValue(False)
    trigger.setPersistent(True)
    trigger.setMath(libsbml.parseL3Formula(f"time >= {float(row[columns.BEGIN])!r}"))
    keep, rise = float(row[columns.KEEP]), row[FIRST + len(whole.species) :]
    jumping = [i for i in whole.changing if keep != 1.0 or rise[i] != 0.0]
    then: dict[str, sp.Expr] = {
        whole.species[i]: exact_number(keep) * symbol(whole.species[i]) + exact_number(float(rise[i])) for i in jumping
    }
    begun = whole.condition(row, row[columns.BEGIN]).tolist()
    then |= {n: exact_number(v) for n, v in zip(whole.added, begun, strict=True)}
    for name, value in then.items():
        assignment = event.createEventAssignment()
        assignment.setVariable(names.species[name])
        assignment.setMath(to_ast(value, names.symbols))
