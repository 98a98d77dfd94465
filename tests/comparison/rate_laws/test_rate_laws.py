"""Rate laws found from courses."""

from dataclasses import replace

import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.rate_laws.catalogue import catalogue
from crnsym.errors import DataError, FitError, UnsupportedError


def noisy(text, starts, end, seed=0, noise=0.02):
    runs = cs.simulate(cs.network(text), (0, end, 16), initial=starts)
    rng = np.random.default_rng(seed)
    return replace(runs, values=tuple(v * (1 + noise * rng.standard_normal(v.shape)) for v in runs.values))


def test_michaelis_menten_is_found_with_its_constants_and_mechanism():
    found = cs.rate_laws(noisy("A -> P @= 2*A/(1 + 3*A)", [{"A": 2}, {"A": 0.5}, {"A": 1}], 3.0))
    law = found[0]
    assert law.title == "Michaelis-Menten"
    for name, true in {"k": 2.0, "K_A": 3.0}.items():
        assert abs(law.values[name] - true) < 4 * law.standard_errors[name]
    assert "AE -> E + P" in str(found)
    assert abs(sum(found.weights) - 1) < 1e-9
    assert found.to_rows()[0]["score"] == 0


def test_an_inhibitor_that_no_reaction_changes_takes_part():
    starts = [{"A": a, "I": i} for a, i in ((2, 0.5), (1, 2), (0.5, 0.1), (1, 0.1))]
    data = noisy("A -> P @= 2*A/(1 + 1.5*A + 2*I); I -> J @ 0", starts, 4.0)
    data = replace(data, species=data.species[:3], values=tuple(v[:, :3] for v in data.values))
    found = cs.rate_laws(data, "A -> P")
    assert found[0].title == "Michaelis-Menten with competitive inhibition by I"


def test_every_law_has_the_columns_that_it_leaves_alone_among_its_species():
    reaction = cs.network("A -> P @ k").reactions[0]
    forms = catalogue(reaction.reactants, reaction.products, ["Q"])
    assert any("Q" not in form.taken for form in forms)
    assert {form.network(("A", "P", "Q")).species_names for form in forms} == {("A", "P", "Q")}


def test_half_order_of_a_dimer_is_found_and_its_reaction_read_off():
    found = cs.rate_laws(noisy("D -> 2 M @= 0.3*D^(1/2)", [{"D": 2}, {"D": 0.7}, {"D": 1.2}], 3.0))
    assert str(found.reaction.products) == "2 M"
    assert found[0].title == "half order in D"
    assert "D <-> 2 half_D" in str(found)


def test_plain_mass_action_stays_mass_action():
    starts = [{"A": 1, "B": 2}, {"A": 2, "B": 1}, {"A": 1, "B": 1}]
    assert cs.rate_laws(noisy("A + B -> P @ 0.5", starts, 3.0), "A + B -> P")[0].title == "mass action"


def test_what_cannot_be_asked_is_refused_by_name():
    data = noisy("A -> P @ 1", [{"A": 1}, {"A": 2}], 2.0)
    with pytest.raises(DataError, match="Q is no column"):
        cs.rate_laws(data, "A + Q -> P")
    with pytest.raises(FitError, match="one reaction"):
        cs.rate_laws(data, "A <-> P")
    with pytest.raises(FitError, match="leave the rate out"):
        cs.rate_laws(data, "A -> P @ 1")
    with pytest.raises(DataError, match="one temperature"):
        cs.rate_laws(replace(data, temperatures=(300.0, 320.0)))
    with pytest.raises(FitError, match="other way round"):
        cs.rate_laws(data, "P -> A")
    with pytest.raises(FitError, match="changes no measured species"):
        cs.rate_laws(data, "A -> A")
    with pytest.raises(DataError, match="fewer than three samples"):
        cs.rate_laws({"time": [0, 1], "A": [1, 0.5], "P": [0, 0.5]}, "A -> P")
    fed = cs.Operation(volume=1.0).add(1.0, volume=0.1, contents={"A": 1.0})
    with pytest.raises(UnsupportedError, match="closed vessels"):
        cs.rate_laws(replace(data, operation=(fed, fed)))


def test_two_reactions_need_a_name():
    data = noisy("A -> P @ 1; B -> Q @ 0.3", [{"A": 1, "B": 1}, {"A": 0.5, "B": 2}], 3.0)
    with pytest.raises(FitError, match="more than one reaction"):
        cs.rate_laws(data)
    assert cs.rate_laws(data, "A -> P")[0].title == "mass action"


def test_the_law_of_one_step_is_found_beside_another():
    text = "A -> P @= 1.5*A/(1 + A + 3*Q); P -> Q @ 0.6"
    found = cs.rate_laws(
        noisy(text, [{"A": 2}, {"A": 0.5}, {"A": 1, "Q": 1}], 6.0, noise=0.01), "A -> P", beside="P -> Q @ k"
    )
    law = found[0]
    assert law.title == "Michaelis-Menten with competitive inhibition by Q"
    for name, true in {"k": 1.5, "K_A": 1.0, "K_Q": 3.0}.items():
        assert abs(law.values[name] - true) < 4 * law.standard_errors[name]
    assert law.candidate.rates["k_beside"] == pytest.approx(0.6, rel=0.02)


def test_reactions_beside_that_nobody_can_tell_apart_are_refused():
    data = noisy("A -> P @ 1", [{"A": 1}, {"A": 2}], 2.0)
    with pytest.raises(FitError, match="same changes"):
        cs.rate_laws(data, "A -> P", beside="P -> A")
    with pytest.raises(DataError, match="Q was not followed"):
        cs.rate_laws(data, "A -> P", beside="P -> Q")
