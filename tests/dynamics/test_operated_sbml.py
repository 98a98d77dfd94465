"""Vessels as SBML are simulated as the network with its operation is."""

import numpy as np
import pytest

import crnsym as cs

NET = "A + B -> C @ 0.3; C -> D @ 0.08; init A = 2, B = 0, C = 0, D = 0"
HOT = "A -> B @ arrhenius(0.3, 45000, T, 0, 318); param T; init A = 1, B = 0"
OPERATIONS = {
    "fed": (NET, cs.Operation(1.0).feed(0, 15, flow=0.1, contents={"B": 2}).withdraw(20, volume=0.3).add(25, 0.5)),
    "added at the start": (NET, cs.Operation(1.0).add(0, 0.3, {"B": 2.0}).add(5, contents={"B": 0.5})),
    "stirred": (NET, cs.Operation().stirred(4, {"A": 1.0, "B": 2.0}, until=12)),
    "amounts": (NET, cs.Operation(2.0).add(5, amounts={"B": 1.5}).withdraw(7, 9, flow=0.1).feed(10, 14, volume=0.5)),
    "charged": (NET, cs.Operation(1.0, charge=(("B", 0.7),)).add(3, 1.0)),
    "heated": (HOT, cs.Operation().temperature(0, 295).temperature(12, 330).temperature(20, 300)),
}  # fmt: skip
TIMES = np.concatenate([[0.0], np.linspace(0.013, 30.013, 40)])


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_vessel_as_sbml_goes_as_with_its_operation(tmp_path, name):
    text, operation = OPERATIONS[name]
    network, path = cs.network(text), tmp_path / "vessel.xml"
    cs.write_operated(network, path, operation)
    wanted, found = cs.simulate(network, TIMES, operation=operation), cs.simulate(path, TIMES)
    columns = [found.species.index(s) for s in wanted.species]
    np.testing.assert_allclose(found.values[0][1:, columns], wanted.values[0][1:], rtol=1e-6, atol=1e-7)


def test_the_run_is_chosen_and_what_has_no_place_is_refused(tmp_path):
    network, path = cs.network(NET), tmp_path / "vessel.xml"
    both = {"1": cs.Operation().add(1, contents={"B": 1.0}), "2": cs.Operation().add(1, contents={"B": 2.0})}
    with pytest.raises(cs.CrnsymError, match="choose one"):
        cs.write_operated(network, path, both)
    cs.write_operated(network, path, both, experiment="2")
    late = cs.simulate(path, [0, 1, 1.001])
    assert late.values[0][-1, late.species.index("B")] == pytest.approx(2.0, rel=2e-3)
    with pytest.raises(cs.CrnsymError, match="no experiment '3'"):
        cs.write_operated(network, path, both, experiment="3")
    with pytest.raises(cs.CrnsymError, match="residence times"):
        cs.write_operated(network, path, cs.Operation(axis="plug flow"))
    with pytest.raises(cs.CrnsymError, match=r"ends in \.xml"):
        cs.write_operated(network, tmp_path / "vessel.crn", both["1"])
