"""Small SBML models for tests, written from formulas in infix notation."""

from pathlib import Path

import libsbml

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" '
    'level="3" version="2"><model id="m">'
)


def math(formula: str) -> str:
    """Return a formula as MathML."""
    tree = libsbml.parseL3Formula(formula)
    assert tree is not None, libsbml.getLastParseL3Error()
    return libsbml.writeMathMLToString(tree).split("\n", 1)[1]


def listed(tag: str, items: list[str]) -> str:
    return f"<listOf{tag}>{''.join(items)}</listOf{tag}>" if items else ""


def event(
    id_: str, trigger: str, delay="", priority="", initial=True, persistent=True, early=True, **assignments
) -> str:
    """Return an event; ``early`` takes values from the time of the trigger."""
    flags = f'initialValue="{str(initial).lower()}" persistent="{str(persistent).lower()}"'
    return (
        f'<event id="{id_}" useValuesFromTriggerTime="{str(early).lower()}">'
        f"<trigger {flags}>{math(trigger)}</trigger>"
        + (f"<delay>{math(delay)}</delay>" if delay else "")
        + (f"<priority>{math(priority)}</priority>" if priority else "")
        + listed(
            "EventAssignments",
            [f'<eventAssignment variable="{v}">{math(f)}</eventAssignment>' for v, f in assignments.items()],
        )
        + "</event>"
    )


def model(
    folder: Path,
    parameters: dict[str, float],
    rules: dict[str, str] | None = None,
    rates: dict[str, str] | None = None,
    events: tuple[str, ...] = (),
    body: str = "",
    reactions: str = "",
) -> Path:
    """Write a model of parameters (of compartments, species and reactions where given) and return its file."""
    written = [f'<parameter id="{p}" value="{v}" constant="false"/>' for p, v in parameters.items()]
    lines = [f'<assignmentRule variable="{v}">{math(f)}</assignmentRule>' for v, f in (rules or {}).items()]
    lines += [f'<rateRule variable="{v}">{math(f)}</rateRule>' for v, f in (rates or {}).items()]
    text = body + listed("Parameters", written) + listed("Rules", lines) + reactions + listed("Events", list(events))
    file = folder / "model.xml"
    file.write_text(f"{_HEAD}{text}</model></sbml>")
    return file
