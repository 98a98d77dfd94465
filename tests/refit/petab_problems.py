"""Small PEtab problems for tests, written from a few lines."""

from pathlib import Path

from tests.dynamics.sbml_models import listed, math

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" '
    'level="3" version="2"><model id="m">'
)
OBSERVABLE = {"observableId": "obs", "observableFormula": "A", "noiseFormula": "0.5", "noiseDistribution": "normal"}


def sbml(parameters, initial=None, size="1", extra="") -> str:
    """Return A <-> B with laws k1 A and k2 B (amounts per time) in a compartment c."""
    species = [
        f'<species id="{s}" compartment="c" initialConcentration="{v}" hasOnlySubstanceUnits="false" '
        'boundaryCondition="false" constant="false"/>'
        for s, v in (("A", 1), ("B", 0))
    ]
    written = [f'<parameter id="{p}" value="{v}" constant="false"/>' for p, v in parameters.items()]
    starts = [f'<initialAssignment symbol="{s}">{math(f)}</initialAssignment>' for s, f in (initial or {}).items()]
    reactions = [_reaction("there", "A", "B", "c * k1 * A"), _reaction("back", "B", "A", "c * k2 * B")]
    return (
        HEAD
        + listed("Compartments", [f'<compartment id="c" size="{size}" constant="false" spatialDimensions="3"/>'])
        + listed("Species", species)
        + listed("Parameters", written)
        + listed("InitialAssignments", starts)
        + extra
        + listed("Reactions", reactions)
        + "</model></sbml>"
    )


def _reaction(name, left, right, law):
    sides = [f'<speciesReference species="{s}" stoichiometry="1" constant="true"/>' for s in (left, right)]
    law = f"<kineticLaw>{math(law)}</kineticLaw>"
    return (
        f'<reaction id="{name}" reversible="false">{listed("Reactants", sides[:1])}{listed("Products", sides[1:])}'
        f"{law}</reaction>"
    )


def tsv(path: Path, rows) -> str:
    """Write rows as a table; return its name."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["\t".join(columns), *("\t".join(str(row.get(c, "")) for c in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path.name


def version1(folder, model, parameters, observables, conditions, measurements) -> Path:
    """Write a problem of version 1 and return its YAML file; parameters as (id, value, further columns)."""
    folder.mkdir(exist_ok=True)
    (folder / "model.xml").write_text(model)
    rows = [
        {"parameterId": p, "parameterScale": "log10", "lowerBound": 1e-3, "upperBound": 1e3, "nominalValue": v}
        | {"estimate": 1}
        | more
        for p, v, more in parameters
    ]
    files = {
        "parameters": tsv(folder / "parameters.tsv", rows),
        "observables": tsv(folder / "observables.tsv", observables),
        "conditions": tsv(folder / "conditions.tsv", conditions),
        "measurements": tsv(folder / "measurements.tsv", measurements),
    }
    yaml = folder / "problem.yaml"
    yaml.write_text(
        f"format_version: 1\nparameter_file: {files['parameters']}\nproblems:\n- sbml_files: [model.xml]\n"
        + "".join(f"  {what[:-1]}_files: [{files[what]}]\n" for what in ("observables", "conditions", "measurements"))
    )
    return yaml


def version2(folder, model, parameters, observables, conditions, experiments, measurements) -> Path:
    """Write a problem of version 2 and return its YAML file; tables without rows are left out."""
    folder.mkdir(exist_ok=True)
    (folder / "model.xml").write_text(model)
    tables = {"parameter": parameters, "observable": observables, "condition": conditions}
    tables |= {"experiment": experiments, "measurement": measurements}
    lines = ["format_version: 2.0.0", "model_files:", "  m: {language: sbml, location: model.xml}"]
    for what, rows in tables.items():
        if rows:
            lines.append(f"{what}_files: [{tsv(folder / f'{what}s.tsv', rows)}]")
    yaml = folder / "problem.yaml"
    yaml.write_text("\n".join(lines) + "\n")
    return yaml


def row(time, value, condition="c0", observable="obs", **more):
    """Return a measurement of version 1."""
    measured = {"observableId": observable, "simulationConditionId": condition, "measurement": value, "time": time}
    return measured | more
