"""A rate law is proposed unasked where mass action misfits, and only there."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

import crnsym as cs
from crnsym.comparison.rate_laws.apart import _vectors, reactions_apart
from crnsym.comparison.rate_laws.proposed import with_rate_law
from crnsym.comparison.saved.file import discovery_text, read_discovery
from crnsym.report.html import report_html


def noisy(text, starts, end, noise=0.02):
    runs = cs.simulate(cs.network(text), (0, end, 16), initial=starts)
    rng = np.random.default_rng(5)
    return replace(runs, values=tuple(v * (1 + noise * rng.standard_normal(v.shape)) for v in runs.values))


def searched(texts, data):
    """What a search that ended would say of these mechanisms."""
    return cs.compare([cs.network(text) for text in texts], data)


def test_a_half_order_is_said_beside_mass_action_that_misfits():
    data = noisy("D -> 2 M @= 0.3*D^(1/2)", [{"D": 3}, {"D": 0.2}, {"D": 1}], 3.0)
    found = with_rate_law(searched(["D -> 2 M @ 0.3", "2 D -> 4 M @ 0.3"], data))
    law = found.rate_law
    assert law.title == "half order in D"
    assert law.reached == (True, False)
    assert "Mass action does not describe these data; the rate law r = " in found.statement
    assert abs(law.numbers["k"] - 0.3) < 4 * law.standard_errors["k"]
    assert any("D <-> 2 half_D" in line for line in law.lines)
    again = read_discovery(discovery_text(found), "text")
    assert again.rate_law.sentence == law.sentence
    assert again.rate_law.network.reactions == law.network.reactions
    assert "Steps that make it" in report_html(found)


def test_saturation_is_said_beside_a_mechanism_with_an_unusual_step():
    data = noisy("A -> P @= 2*A/(1 + 3*A)", [{"A": 2}, {"A": 0.2}, {"A": 1}], 3.0)
    found = with_rate_law(searched(["A -> P @ 1; A + P -> 2 P @ 0.1"], data))
    assert found.rate_law.title == "Michaelis-Menten"
    assert found.rate_law.lead > 6


def test_mass_action_that_fits_gets_no_rate_law():
    data = noisy("A -> P @ 0.7", [{"A": 2}, {"A": 0.2}], 3.0)
    found = searched(["A -> P @ 1"], data)
    assert with_rate_law(found) is found


def test_one_of_two_reactions_gets_a_law_beside_the_other():
    starts = [{"A": 2, "B": 3}, {"A": 0.2, "B": 0.3}, {"A": 1, "B": 1}]  # nearly alike, so that one might seem enough
    data = noisy("A -> P @ 0.7; B -> Q @= 2*B/(1 + 3*B)", starts, 4.0)
    found = with_rate_law(searched(["A -> P @ 1; B -> Q @ 0.5"], data))
    law = found.rate_law
    assert (law.reaction, law.title, law.beside) == ("B -> Q", "Michaelis-Menten", "A -> P")
    assert "beside A -> P" in found.statement
    assert read_discovery(discovery_text(found), "text").rate_law.sentence == law.sentence


def test_reactions_are_told_apart_by_what_they_change():
    data = noisy("A -> P @ 1; P -> Q @ 0.5", [{"A": 1}, {"A": 2}], 4.0)
    found = searched(["A -> P @ 1; A + P -> 2 P @ 0.1; 2 A -> A + Q @ 0.1"], data)
    assert set(reactions_apart(found)) == {"A -> P", "P -> Q"}


def test_steps_of_a_catalyst_that_was_not_measured_are_one_reaction():
    net = np.array([[-1, 0, 0, -1, 1], [0, 1, 0, 1, -1], [0, -1, 1, 0, 0]])  # A + E -> Z, Z -> E + P, P -> Q
    answer = [SimpleNamespace(mechanism=SimpleNamespace(net_stoichiometry=net))]
    assert _vectors(answer, 3) == [(-1, 1, 0), (0, -1, 1)]
