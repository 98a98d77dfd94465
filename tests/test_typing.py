"""A user's script of forty lines, checked strictly: no error, and types where users look."""

import re

import pytest

SCRIPT = """
from pathlib import Path

import numpy as np

import crnsym as cs

net = cs.network("A + B -> C @ k; C -> A + B @ 0.1; param k = 2; init A = 1, B = 2, C = 0")
data = cs.simulate(net, (0.0, 10.0, 21), noise=0.02, seed=1)
finer = cs.simulate(net, np.linspace(0, 1, 5), initial=[{"A": 2.0}, {"A": 3.0}])
runs = cs.simulate_stochastic(net, (0.0, 1.0, 11), runs=3, seed=0, method="tau")
mean = runs.mean()
found = cs.discover(data, time_budget=10.0, max_order=2, hidden=0)
from_file = cs.discover(Path("runs.csv"))
from_columns = cs.discover({"time": [0, 1, 2], "A": [3.0, 2.0, 1.0]})
best = found[0]
rates = best.rates
errors = best.standard_errors
weight = best.weight
mechanism = best.network
rows = found.to_rows()
remarks = found.remarks
compared = cs.compare([net, cs.network("A -> C")], data)
intervals = cs.profile_intervals(compared[0], level=0.95)
low = intervals["k"].low
error = intervals["k"].standard_error
known = cs.identifiability(best)
reduced = cs.eliminate(net, "C", "partial_equilibrium")
left = reduced.remaining
steady = cs.steady_states(net)
laws = net.conservation_laws()
odes = net.odes()
species = net.species_names
changed = net.with_parameters({"k": 3.0}).with_initial({"A": 2.0})
table = cs.read_table("d.csv")
cs.write(changed, Path("m.xml"))
again = cs.read("m.xml")
same = net.dynamically_equivalent(again)
try:
    cs.network("A -> ")
except cs.CrnsymError as problem:
    told = str(problem)
"""
EXPECTED = {
    "net": "Network",
    "data": "Trajectories",
    "runs": "StochasticRuns",
    "found": "Discovery",
    "from_file": "Discovery",
    "from_columns": "Discovery",
    "best": "Candidate",
    "weight": "float",
    "mechanism": "Network",
    "compared": "Discovery",
    "low": "float",
    "error": "float",
    "reduced": "Reduction",
    "steady": "SteadyStates",
    "changed": "Network",
    "table": "Trajectories",
    "again": "Network",
    "same": "bool",
}


# the scripts name only types of crnsym and numpy; to read the libraries behind them takes half of the time
UNREAD = "diffrax equinox jax jaxlib lineax matplotlib networkx numba optax optimistix pandas rich scipy sympy typer"


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    """Options of mypy, and what it has found out about the package, for both scripts."""
    folder = tmp_path_factory.mktemp("mypy")
    libraries = ",".join(f"{name}.*" for name in UNREAD.split())
    (folder / "mypy.ini").write_text(f"[mypy]\n[mypy-{libraries}]\nfollow_imports = skip\n")
    return ["--strict", "--cache-dir", str(folder), "--config-file", str(folder / "mypy.ini")]


def test_a_users_script_sees_types_and_passes_the_strictest_check(tmp_path, monkeypatch, options):
    api = pytest.importorskip("mypy.api", reason="mypy is not installed")
    names = [*dict.fromkeys(re.findall(r"^ {0,4}(\w+) = ", SCRIPT, re.MULTILINE))]
    assert len(SCRIPT.strip().splitlines()) >= 40
    script = SCRIPT + "".join(f"reveal_type({name})\n" for name in names)
    (tmp_path / "script.py").write_text(script)
    monkeypatch.chdir(tmp_path)
    out, err, code = api.run([*options, "script.py"])
    assert (code, err) == (0, ""), out
    revealed = dict(zip(names, re.findall(r'Revealed type is "(.*)"', out), strict=True))
    assert not [name for name, shown in revealed.items() if shown == "Any"]
    assert {name: revealed[name].rpartition(".")[2] for name in EXPECTED} == EXPECTED


def test_a_wrong_word_and_a_wrong_argument_are_found_before_the_script_runs(tmp_path, monkeypatch, options):
    api = pytest.importorskip("mypy.api", reason="mypy is not installed")
    lines = [
        "import crnsym as cs",
        'net = cs.network("A -> B")',
        'cs.simulate_stochastic(net, method="tua")',
        'cs.eliminate(net, "A", assumption="quasi-steady")',
        'cs.discover("d.csv", learner="neural")',
        "cs.discover(time_budget=3.0)",
        'cs.compare(3, "d.csv")',
        "net.reactoins",
    ]
    (tmp_path / "script.py").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    out, _, code = api.run([*options, "script.py"])
    assert code == 1
    assert {int(n) for n in re.findall(r"script.py:(\d+): error", out)} == set(range(3, len(lines) + 1)), out
