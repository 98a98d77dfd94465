"""Model files through `crnsym.simulate`: as networks, or as their language means them."""

import math

import numpy as np
import pytest

import crnsym as cs
from crnsym.errors import CrnsymError, FormatError, NetworkError, SimulationError, UnsupportedError
from tests.dynamics.sbml_models import event, listed, model
from tests.dynamics.sbml_models import math as mathml


def body(size=1.0, amounts="false", start='initialConcentration="8"', constant="true"):
    return listed(
        "Compartments", [f'<compartment id="c" size="{size}" constant="{constant}" spatialDimensions="3"/>']
    ) + listed(
        "Species",
        [
            f'<species id="A" compartment="c" {start} hasOnlySubstanceUnits="{amounts}" boundaryCondition="false" '
            'constant="false"/>'
        ],
    )


def decay(law="k * A"):
    side = listed("Reactants", ['<speciesReference species="A" stoichiometry="1" constant="true"/>'])
    text = f"<kineticLaw>{mathml(law)}</kineticLaw>"
    return listed("Reactions", [f'<reaction id="r" reversible="false">{side}{text}</reaction>'])


def test_events_restart_the_decay_they_interrupt(tmp_path):
    file = model(tmp_path, {"k": 0.5}, body=body(), reactions=decay(), events=(event("dose", "time >= 2", A="A + 3"),))
    data = cs.simulate(file, times=(0, 4, 5))
    exact = [8 * math.exp(-0.5 * t) + (3 * math.exp(-0.5 * (t - 2)) if t >= 2 else 0) for t in range(5)]
    assert data.species == ("A",)
    np.testing.assert_allclose(data.values[0][:, 0], exact, rtol=1e-7)


def test_what_rules_and_events_set_stands_in_the_table(tmp_path):
    file = model(
        tmp_path,
        {"k": 0.5, "x": 0, "double": 0, "flag": 0, "still": 3},
        rules={"double": "2 * A"},
        rates={"x": "1"},
        body=body(),
        reactions=decay(),
        events=(event("on", "x > 1.5", flag="1"),),
    )
    data = cs.simulate(file, times=(0, 2, 3))
    assert set(data.species) == {"A", "x", "double", "flag"}
    table = dict(zip(data.species, data.values[0].T, strict=True))
    np.testing.assert_allclose(table["x"], [0, 1, 2], atol=1e-9)
    np.testing.assert_allclose(table["double"], 2 * table["A"])
    assert table["flag"].tolist() == [0, 0, 1]


def test_amounts_in_a_compartment_that_grows_are_concentrations(tmp_path):
    grown = body(2, constant="false").replace('id="c"', 'id="c"')
    file = model(tmp_path, {"k": 0}, rates={"c": "0.1 * c"}, body=grown, reactions=decay("k * A"))
    data = cs.simulate(file, times=(0, 10, 11))
    table = dict(zip(data.species, data.values[0].T, strict=True))
    np.testing.assert_allclose(table["A"] * table["c"], 16, rtol=1e-7)
    np.testing.assert_allclose(table["c"][-1], 2 * math.e, rtol=1e-7)


def test_substance_units_are_concentrations_with_a_remark(tmp_path):
    units = body(4, "true", 'initialAmount="8"')
    file = model(tmp_path, {"k": 0.5}, body=units, reactions=decay(), events=(event("e", "time > 99", k="0"),))
    data = cs.simulate(file, times=(0, 1, 2))
    assert data.remarks == ("amounts are concentrations in the table: A",)
    np.testing.assert_allclose(data.values[0][:, 0], [2, 2 * math.exp(-0.5)], rtol=1e-8)
    again = cs.simulate(file, times=(0, 1, 2), initial={"A": 1})
    np.testing.assert_allclose(again.values[0][:, 0], [1, math.exp(-0.5)], rtol=1e-8)


def test_starts_of_several_runs_reach_what_is_computed_from_them(tmp_path):
    assigned = listed("InitialAssignments", [f'<initialAssignment symbol="A">{mathml("2 * p")}</initialAssignment>'])
    text = model(tmp_path, {"p": 3, "x": 0}, rates={"x": "p"}, body=body()).read_text()
    file = tmp_path / "assigned.xml"
    file.write_text(text.replace("<listOfRules>", assigned + "<listOfRules>"))
    data = cs.simulate(file, times=(0, 1, 2), initial=[{}, {"p": 5}, {"A": 1}])
    starts = [dict(zip(data.species, rows[0], strict=True))["A"] for rows in data.values]
    assert starts == [6, 10, 1]


@pytest.mark.parametrize(
    ("initial", "message"),
    [({"B": 1}, "'B' is no species"), ({"double": 1}, "is set by a rule"), ({"A": -1}, "no value to start from")],
)
def test_starts_that_cannot_be_are_refused(initial, message, tmp_path):
    file = model(tmp_path, {"k": 0.5, "double": 0, "x": 0}, {"double": "2 * A"}, {"x": "1"}, body=body())
    with pytest.raises(NetworkError, match=message):
        cs.simulate(file, initial=initial)


def test_a_file_of_a_network_gives_what_the_network_gives_and_its_observables(tmp_path):
    net = cs.network("A -> B @ 1; obs total = A + 2*B, twice = 2*A + 4*B; init A = 1")
    direct = cs.simulate(net, times=(0, 3, 7))
    for name in ("n.crn", "n.xml", "n.json", "n.ant"):
        cs.write(net, tmp_path / name)
        data = cs.simulate(tmp_path / name, times=(0, 3, 7))
        assert data.species == ("A", "B", "total", "twice")
        np.testing.assert_allclose(data.values[0][:, :2], direct.values[0], rtol=1e-12)
        np.testing.assert_allclose(data.values[0][:, 3], 2 * data.values[0][:, 2])


def test_the_ruled_species_of_a_network_is_a_column(tmp_path):
    file = model(
        tmp_path, {"k": 0.5}, {"B": "2 * A"}, body=body().replace("</listOfSpecies>", _ruled()), reactions=decay()
    )
    data = cs.simulate(file, times=(0, 1, 2))
    np.testing.assert_allclose(data.values[0][:, data.species.index("B")], [16, 16 * math.exp(-0.5)], rtol=1e-7)


def _ruled():
    return (
        '<species id="B" compartment="c" hasOnlySubstanceUnits="false" boundaryCondition="true" constant="false"/>'
        "</listOfSpecies>"
    )


def test_noise_is_that_of_the_seed(tmp_path):
    file = model(tmp_path, {"x": 1}, rates={"x": "1"})
    clean = cs.simulate(file, times=(0, 1, 5)).values[0]
    noisy = [cs.simulate(file, times=(0, 1, 5), noise=0.1, seed=s).values[0] for s in (1, 1, 2)]
    assert (noisy[0] == noisy[1]).all()
    assert not (noisy[0] == noisy[2]).any()
    np.testing.assert_allclose(noisy[0], clean, rtol=0.5)


def test_the_start_holds_at_the_first_time(tmp_path):
    file = model(tmp_path, {"x": 1}, rates={"x": "time"})
    assert cs.simulate(file, times=(2, 3, 2)).values[0][:, 0] == pytest.approx([1, 3.5])


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("m.xml", "<sbml", FormatError, "line 1"),
        ("m.ant", "A -> ", FormatError, "not Antimony"),
        ("m.txt", "A -> B", CrnsymError, "neither a network nor the path of one"),
        ("m.ant", "A -> B; k*delay(A, 1); k = 1; x' = 3", UnsupportedError, "delay"),
        ("m.ant", "A -> B; k*A; A' = 3; k = 1", FormatError, "species 'A' occurs in both a rule and reaction"),
        ("m.ant", "A' = b; A = 1", UnsupportedError, "'b' has no value"),
        ("m.ant", "x' = 1/(1 - x); x = 1", SimulationError, "infinite"),
    ],
)
def test_what_cannot_be_simulated_is_one_line_that_names_the_file(name, content, error, message, tmp_path):
    (tmp_path / name).write_text(content)
    with pytest.raises(error, match=message) as found:
        cs.simulate(str(tmp_path / name))
    assert "\n" not in str(found.value)
    assert name in str(found.value)


def test_text_of_reactions_is_told_what_to_call():
    with pytest.raises(NetworkError, match=r"cs\.network\(text\)"):
        cs.simulate("A -> B @ 1; init A = 1")


def test_molecules_are_counted_through_events(tmp_path):
    dosed = (event("dose", "time >= 1", A="A + 3"),)
    units = body(1, "true", 'initialAmount="8"')
    file = model(tmp_path, {"k": 0.5}, body=units, reactions=decay(), events=dosed)
    found = cs.simulate_stochastic(file, times=(0, 3, 4), runs=400, seed=1)
    exact = [8 * math.exp(-0.5 * t) + (3 * math.exp(-0.5 * (t - 1)) if t >= 1 else 0) for t in range(4)]
    assert found.counts.dtype == np.int64
    assert found.species == ("A",)
    assert found.mean()[:, 0] == pytest.approx(exact, abs=0.4)
    assert (found.counts[:, 0, 0] == 8).all()
    np.testing.assert_array_equal(found.events, 11 - found.counts[:, -1, 0])


def test_molecules_of_a_rate_rule_are_refused(tmp_path):
    with pytest.raises(UnsupportedError, match="rate rule of 'x'"):
        cs.simulate_stochastic(model(tmp_path, {"x": 1}, rates={"x": "1"}))


def test_a_species_without_a_start_starts_at_nothing_and_says_so(tmp_path):
    (tmp_path / "m.ant").write_text("A -> B; k*A; A = 1; k = 1; x' = 1; x = 0")
    data = cs.simulate(tmp_path / "m.ant", times=(0, 1, 2))
    assert data.remarks == ("the file gives no start of B: 0 is taken",)
    assert data.values[0][1, data.species.index("B")] == pytest.approx(1 - math.exp(-1), rel=1e-7)
